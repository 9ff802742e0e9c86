"""Another person in an apprentice's place: asked for, read like a roster's line, judged, enrolled."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from tests.attendance import stage as attendance
from tests.client import Browser
from tests.cohorts import rosters, stage
from tests.cohorts.refused import refused
from tests.factories import Office
from trainingadmin.attendance import actions as attending
from trainingadmin.attendance import queries as sessions
from trainingadmin.attendance.actions import Entry
from trainingadmin.attendance.models import MarkStatus
from trainingadmin.cohorts import actions, queries
from trainingadmin.cohorts.actions import ChangeRequest, Newcomer, NewcomerRefused
from trainingadmin.cohorts.models import Change, Cohort
from trainingadmin.cohorts.states import ChangeKind, EnrolmentState
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index

ON = date(2020, 7, 1)


@pytest.fixture
def cohort(office: Office) -> Cohort:
    return stage.approved_cohort(office, roster=rosters.made_up(3))


def cells(**changes: str) -> dict[str, str]:
    """What a form about somebody new says."""
    row = {key: str(value) for key, value in rosters.row(5001).items()}
    left = {"position", "occupation", "occupation_code", "target_level", "teacher", "starts_on", "sex"}
    return {key: value for key, value in row.items() if key not in left} | changes


def request(cohort: Cohort, at: int = 0, on: date = ON, **changes: str) -> ChangeRequest:
    who = queries.people(cohort.id)[at].id
    return ChangeRequest(ChangeKind.REPLACE, on, "原学徒离职", enrolment_id=who, newcomer=Newcomer(cells(**changes)))


def ask(office: Office, cohort: Cohort, **changes: Any) -> Change:
    with clock.at(ON), transaction.unit():
        return actions.request_change(cohort, request(cohort, **changes), by=office.actor("enterprise"))


def decide(office: Office, cohort: Cohort, change: Change, note: str = "已核对") -> None:
    with clock.at(ON), transaction.unit():
        actions.decide_change(cohort, change, "approve", by=office.actor("first_review"), note=note)


def test_the_newcomer_is_enrolled_and_the_other_leaves_the_day_before(office: Office, cohort: Cohort) -> None:
    decide(office, cohort, ask(office, cohort))
    people = queries.people(cohort.id)
    assert (people[0].state, people[0].left_on) == (EnrolmentState.LEFT, date(2020, 6, 30))
    came = people[-1]
    assert (came.position, came.person.name, came.state) == (1004, rosters.name(5001), EnrolmentState.ACTIVE)
    assert (came.joined_on, came.starts_on, came.filed_months) == (ON, ON, 22)
    assert (came.occupation, came.target_level) == (people[0].occupation, people[0].target_level)


def test_the_newcomer_earns_by_months_and_nothing_is_paid_ahead(office: Office, cohort: Cohort) -> None:
    decide(office, cohort, ask(office, cohort))
    came = queries.people(cohort.id)[-1]
    assert (came.planned, came.advance, came.advance_paid) == (Money.parse("7333"), ZERO, ZERO)


def test_sessions_before_the_newcomer_came_do_not_count_and_take_no_mark(office: Office, cohort: Cohort) -> None:
    session = attendance.planned_session(office, cohort)
    before = sessions.totals(cohort.id)
    with clock.at(ON), transaction.unit():
        came = queries.people(cohort.id)[1]
        came.joined_on = date(2021, 12, 1)
    after = sessions.totals(cohort.id)
    assert before[came.id].planned_minutes > 0
    assert after[came.id].planned_minutes == after[came.id].credited_minutes == 0
    assert after[queries.people(cohort.id)[2].id] == before[queries.people(cohort.id)[2].id]
    with refused("person-not-yet", on=session.held_on):
        entries = [Entry(came.id, MarkStatus.PRESENT)]
        with clock.at(attendance.DURING):
            attending.record(session, entries, by=office.actor("institution"))


def test_who_comes_is_not_readable_in_the_database(office: Office, cohort: Cohort) -> None:
    ask(office, cohort)
    with transaction.unit(reads=True):
        (stored,) = db.session.scalars(text("SELECT newcomer FROM changes"))
    assert stored.startswith("k1:")


@pytest.mark.parametrize(
    ("code", "field", "changes"),
    [
        ("replace-late", "effective_on", {"on": date(2020, 8, 2)}),
        ("replace-first-day", "effective_on", {"on": stage.STARTS_ON}),
        ("newcomer-there", "id_number", {"id_number": rosters.number(1001), "name": rosters.name(1001)}),
    ],
)
def test_a_request_is_refused(office: Office, cohort: Cohort, code: str, field: str, changes: dict[str, Any]) -> None:
    with refused(code, on=ON, field=field):
        actions.request_change(cohort, request(cohort, **changes), by=office.actor("enterprise"))


def test_the_last_day_is_still_in_time(office: Office, cohort: Cohort) -> None:
    assert ask(office, cohort, on=date(2020, 8, 1)).effective_on == actions.deadline(cohort)


def test_every_mistake_of_the_line_is_told_at_its_column(office: Office, cohort: Cohort) -> None:
    wrong = request(cohort, id_number="511824198001010001", phone="123", contract_to="2020-12-30")
    with pytest.raises(NewcomerRefused) as caught, clock.at(ON), transaction.unit():
        actions.request_change(cohort, wrong, by=office.actor("enterprise"))
    assert {key for key, _ in caught.value.wrong} == {"id_number", "phone", "contract_to"}


def test_somebody_must_be_replaced(office: Office, cohort: Cohort) -> None:
    asked = ChangeRequest(ChangeKind.REPLACE, ON, "原因", newcomer=Newcomer(cells()))
    with refused("person-missing", on=ON, field="enrolment_id"):
        actions.request_change(cohort, asked, by=office.actor("enterprise"))


def test_what_is_not_verified_of_the_newcomer_needs_a_reason(office: Office, cohort: Cohort) -> None:
    change = ask(office, cohort)
    with refused("unknown-needs-note", on=ON, field="note"):
        actions.decide_change(cohort, change, "approve", by=office.actor("first_review"))


def test_somebody_in_another_running_training_is_refused(office: Office, cohort: Cohort) -> None:
    change = ask(office, cohort)
    stage.approved_cohort(office, roster=rosters.made_up(2, first=5001))
    with refused("filing-refused", on=ON):
        actions.decide_change(cohort, change, "approve", by=office.actor("first_review"), note="同意")
    assert queries.people(cohort.id)[0].state is EnrolmentState.ACTIVE


def test_nobody_decides_about_a_relative_who_comes(office: Office, cohort: Cohort) -> None:
    change = ask(office, cohort)
    with clock.at(ON), transaction.unit():
        index = blind_index(rosters.number(5001))
        account = office.accounts["first_review"].id
        db.session.add(Relative(account_id=account, id_number_index=index, declared_at=clock.now()))
    with refused("own-relative", on=ON):
        actions.decide_change(cohort, change, "approve", by=office.actor("first_review"), note="同意")


def test_the_enterprise_replaces_on_the_page_and_first_review_agrees(
    browser: Browser, office: Office, cohort: Cohort
) -> None:
    first = queries.people(cohort.id)[0]
    form = cells(phone="123")
    left = {"nation", "household", "remark"}
    sent = {key: value for key, value in form.items() if key not in left} | {
        "effective_on": "2020-07-01",
        "reason": "离职",
    }
    with clock.at(ON):
        browser.sign_in("enterprise")
        page = browser.open(f"/cohorts/{cohort.id}/people/{first.id}")
        page = browser.open(next(iter(page.links("/replace"))))
        page = browser.submit(page, "", expect=422, **sent)
        assert page.said("手机")
        assert 'id="phone-error"' in page.text
        assert browser.submit(page, "", phone="14000005001").said("变更申请已提交")
        browser.sign_in("first_review")
        page = browser.open(f"/cohorts/{cohort.id}/changes")
        page = browser.open(next(iter(page.links("/changes/"))))
        assert page.said(rosters.name(5001))
        assert rosters.number(5001) not in page.text
        assert browser.submit(page, "", move="approve", note="已核对").said("已办理")
    assert queries.people(cohort.id)[-1].person.name == rosters.name(5001)
