"""Confirming the end of a training, and the certificates that follow; and what the bank paid ahead."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from tests.claims.stage import attend
from tests.cohorts import rosters, stage
from tests.cohorts.refused import refused
from tests.factories import Office
from trainingadmin.certificates import queries as certificates
from trainingadmin.certificates.models import Certificate
from trainingadmin.cohorts import actions, queries
from trainingadmin.cohorts.actions import ChangeRequest
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import ChangeKind, CohortState, Outcome
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import SYSTEM
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db


def complete(office: Office, cohort: Cohort) -> None:
    with clock.at(stage.COMPLETED_ON), transaction.unit():
        actions.move(cohort, "complete", by=office.actor("acceptance"))


def test_everybody_who_passed_gets_a_training_certificate(office: Office) -> None:
    cohort = stage.completed_cohort(office)
    assert cohort.state is CohortState.COMPLETED
    assert certificates.progress(f"cohort:{cohort.id}").total == 30
    one = db.session.scalars(select(Certificate).order_by(Certificate.id)).first()
    assert one is not None
    content = json.loads(one.content)
    person = queries.people(cohort.id)[0].person
    assert one.number.startswith("PX5118242022")
    assert content["holder"] == {"name": person.name, "id_number": person.id_number}
    assert (content["level"], content["occupation"]) == ("三级/高级工", "焊工")
    assert content["period"] == {"start_on": "2020-05-01", "end_on": "2022-04-30"}
    assert one.public["id"] == f"{person.id_number[:6]}********{person.id_number[-4:]}"
    assert (one.holder_person_id, one.organisation_id) == (person.id, cohort.enterprise_id)


def hours_stated(cohort: Cohort) -> list[int]:
    made = db.session.scalars(select(Certificate).where(Certificate.group == f"cohort:{cohort.id}"))
    return [json.loads(one.content)["hours"] for one in made.all()]


def test_a_certificate_states_the_hours_attended_and_not_those_filed(office: Office) -> None:
    cohort = stage.finished_cohort(office, roster=rosters.made_up(3))
    away = queries.people(cohort.id)[0].id
    with transaction.unit():
        attend(office, cohort, absent={away}, minutes=460)
    complete(office, cohort)
    assert hours_stated(cohort) == [0, 10, 10]  # 460 minutes are ten hours of 45, and ten minutes


def test_what_a_certificate_states_stays_when_attendance_is_reckoned_anew(office: Office) -> None:
    cohort = stage.completed_cohort(office, roster=rosters.made_up(2))
    with transaction.unit():
        attend(office, cohort)
    assert hours_stated(cohort) == [0, 0]


def test_who_failed_or_left_or_is_doubted_gets_none(office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(4))
    people = queries.people(cohort.id)
    leave = ChangeRequest(ChangeKind.LEAVE, date(2021, 1, 1), "离职", enrolment_id=people[0].id)
    with clock.at(date(2021, 1, 2)), transaction.unit():
        change = actions.request_change(cohort, leave, by=office.actor("enterprise"))
        actions.decide_change(cohort, change, "approve", by=office.actor("first_review"))
    given = stage.passed(people)[1:]
    given[0] = replace(given[0], outcome=Outcome.FAILED)
    with clock.at(stage.ISSUED_ON), transaction.unit():
        actions.record_results(cohort, given, by=office.actor("enterprise"))
    with clock.at(stage.VERIFIED_ON), transaction.unit():
        officer = office.actor("acceptance")
        actions.verify_results(cohort, [people[2].id], False, "查询系统", officer)
        actions.verify_results(cohort, [people[3].id], True, "查询系统", officer)
    complete(office, cohort)
    assert list(db.session.scalars(select(Certificate.holder_person_id))) == [people[3].person_id]


def test_missing_results_hold_the_end_back(office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(2))
    with refused("results-missing", on=stage.COMPLETED_ON):
        actions.move(cohort, "complete", by=office.actor("acceptance"))


def test_certificates_that_nobody_compared_hold_the_end_back(office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(2))
    with clock.at(stage.ISSUED_ON), transaction.unit():
        actions.record_results(cohort, stage.passed(queries.people(cohort.id)), by=office.actor("enterprise"))
    with refused("results-unverified", on=stage.COMPLETED_ON):
        actions.move(cohort, "complete", by=office.actor("acceptance"))


def test_changes_without_a_decision_hold_the_end_back(office: Office) -> None:
    cohort = stage.finished_cohort(office, roster=rosters.made_up(2))
    asked = ChangeRequest(ChangeKind.MENTOR, date(2022, 1, 1), "调岗", mentor="新导师")
    with clock.at(stage.VERIFIED_ON), transaction.unit():
        actions.request_change(cohort, asked, by=office.actor("enterprise"))
    with refused("changes-open", on=stage.COMPLETED_ON):
        actions.move(cohort, "complete", by=office.actor("acceptance"))


def test_what_the_bank_paid_ahead_is_noted_once(office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(2))
    one, other = queries.people(cohort.id)
    for _ in range(2):
        with transaction.unit():
            actions.advance_settled({one.id: Money.yuan(4000), other.id: ZERO}, by=SYSTEM)
    assert [p.advance_paid for p in queries.people(cohort.id)] == [Money.yuan(4000), ZERO]
    assert [e.verb for e in journal.of(f"cohorts:{cohort.id}")].count("settle-advance") == 1


def test_more_than_planned_or_another_amount_is_refused(office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(1))
    one = queries.people(cohort.id)[0]
    with refused("advance-unplanned", on=stage.APPROVED_ON):
        actions.advance_settled({one.id: Money.yuan(4001)}, by=SYSTEM)
    with transaction.unit():
        actions.advance_settled({one.id: Money.yuan(4000)}, by=SYSTEM)
    with refused("advance-settled", on=stage.APPROVED_ON):
        actions.advance_settled({one.id: ZERO}, by=SYSTEM)
