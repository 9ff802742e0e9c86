"""Importing a roster: all or nothing, once per file, one row a human being."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cohorts import rosters, stage
from tests.cohorts.counting import statements
from tests.cohorts.refused import refused
from tests.cohorts.test_uploading_a_roster import upload
from tests.factories import Office
from trainingadmin.cohorts import actions, queries
from trainingadmin.cohorts.models import Cohort, Enrolment, RosterUpload
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


def enrol(office: Office, sent: RosterUpload) -> bool:
    with clock.at(stage.FILED_ON), transaction.unit():
        return actions.enrol(sent, by=office.actor("enterprise"))


def draft_with(office: Office, data: bytes, title: str = "一班") -> Cohort:
    cohort = stage.draft_cohort(office, title=title)
    enrol(office, upload(office, cohort, data))
    return cohort


def test_the_sample_roster_is_imported_whole(office: Office) -> None:
    people = queries.people(stage.enrolled_cohort(office).id)
    assert [one.position for one in people] == list(range(1, 31))
    assert {one.person.name for one in people} >= {"王䶮", "李㛃", "陈𬭎", "赵𠅤", "张𠅤", "刘𫍽"}
    assert {(one.filed_months, one.target_level) for one in people} == {(24, 3)}
    assert people[11].contract_to == date(2021, 4, 30)


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    cohort = stage.enrolled_cohort(office)
    ids = [one.id for one in queries.people(cohort.id)]
    assert not enrol(office, upload(office, cohort, stage.ROSTER.read_bytes()))
    assert [one.id for one in queries.people(cohort.id)] == ids


def test_another_file_takes_the_place_of_the_roster(office: Office) -> None:
    cohort = stage.enrolled_cohort(office)
    assert enrol(office, upload(office, cohort, rosters.made_up(3)))
    assert [one.person.name for one in queries.people(cohort.id)] == [rosters.name(at) for at in range(1000, 1003)]
    assert enrol(office, upload(office, cohort, stage.ROSTER.read_bytes()))
    assert len(queries.people(cohort.id)) == 30


def test_one_human_being_in_two_filings_is_one_person(office: Office) -> None:
    one = draft_with(office, rosters.made_up(5))
    other = draft_with(office, rosters.made_up(5, first=1003), title="二班")
    assert db.session.query(Person).where(Person.name.in_([rosters.name(at) for at in range(1000, 1008)])).count() == 8
    shared = {p.person_id for p in queries.people(one.id)} & {p.person_id for p in queries.people(other.id)}
    assert len(shared) == 2


def test_a_roster_never_changes_a_phone_on_record(office: Office) -> None:
    cohort = draft_with(office, rosters.made_up(2))
    draft_with(office, rosters.made_up(2, changes={0: {"phone": "14000009999"}}), title="二班")
    assert queries.people(cohort.id)[0].person.phone == "14000001000"


def test_a_phone_nobody_knew_is_filled_in(office: Office) -> None:
    cohort = draft_with(office, rosters.made_up(2))
    with transaction.unit():
        db.session.query(Person).update({"phone": None, "phone_index": None})
    draft_with(office, rosters.made_up(2), title="二班")
    assert [one.person.phone for one in queries.people(cohort.id)] == ["14000001000", "14000001001"]


def test_a_roster_with_errors_imports_nobody(office: Office) -> None:
    cohort = stage.draft_cohort(office)
    sent = upload(office, cohort, rosters.made_up(3, changes={2: {"phone": "1"}}))
    with refused("roster-has-errors", on=stage.FILED_ON):
        actions.enrol(sent, by=office.actor("enterprise"))
    assert db.session.query(Enrolment).count() == 0


def test_an_import_killed_in_the_middle_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = stage.enrolled_cohort(office)
    sent, before = upload(office, cohort, rosters.made_up(9)), db.session.query(Person).count()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trainingadmin.cohorts.actions.rosters.bulk_insert", killed)
    with pytest.raises(KeyboardInterrupt):
        enrol(office, sent)
    assert (db.session.query(Person).count(), len(queries.people(cohort.id))) == (before, 30)
    assert db.session.get_one(RosterUpload, sent.id).imported_at is None


def test_a_name_settled_between_dry_run_and_import_stops_the_import(office: Office) -> None:
    cohort = stage.draft_cohort(office)
    sent = upload(office, cohort, rosters.made_up(2, changes={0: {"name": "另一个"}}))
    draft_with(office, rosters.made_up(1), title="二班")
    with refused("roster-has-errors", on=stage.FILED_ON):
        actions.enrol(sent, by=office.actor("enterprise"))


def test_a_submitted_filing_takes_no_other_roster(office: Office) -> None:
    cohort = stage.enrolled_cohort(office)
    sent = upload(office, cohort, rosters.made_up(2))
    with clock.at(stage.FILED_ON), transaction.unit():
        actions.move(cohort, "submit", by=office.actor("enterprise"))
    with refused("not-editable", on=stage.FILED_ON):
        actions.enrol(sent, by=office.actor("enterprise"))


def test_an_import_costs_the_same_statements_for_3_people_and_for_400(office: Office) -> None:
    counted = []
    for count, first in ((3, 2000), (400, 3000)):
        sent = upload(office, stage.draft_cohort(office, title=f"{count}人班"), rosters.made_up(count, first=first))
        with statements() as seen:
            enrol(office, sent)
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 20


def test_a_person_is_taken_off_a_draft_with_a_reason(office: Office) -> None:
    cohort = stage.enrolled_cohort(office)
    one = queries.people(cohort.id)[4]
    with refused("reason-missing", on=stage.FILED_ON, field="reason"):
        actions.remove_person(cohort, one, " ", by=office.actor("enterprise"))
    with clock.at(stage.FILED_ON), transaction.unit():
        actions.remove_person(cohort, one, "已离职", by=office.actor("enterprise"))
    assert [left.position for left in queries.people(cohort.id)] == [n for n in range(1, 31) if n != 5]
    assert not enrol(office, upload(office, cohort, stage.ROSTER.read_bytes()))


def test_nobody_is_taken_off_a_submitted_roster(office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    with refused("not-editable", on=stage.FILED_ON):
        actions.remove_person(cohort, queries.people(cohort.id)[0], "离职", by=office.actor("enterprise"))
