"""Classes at every stage of the sample class (石棉, May 2020), made by the product's own actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from tests.cohorts.rosters import name, number
from tests.courses import stage as courses
from tests.factories import Office
from tests.sample_files import CLASS_ROSTER, sample
from tests.staging import staged
from trainingadmin.classes import actions, queries
from trainingadmin.classes.actions import Marks, Opening, Sitting, Timetable
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.roster_columns import FIELDS
from trainingadmin.classes.states import Mode
from trainingadmin.classes.timetable import Slot
from trainingadmin.cohorts.queries import people
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_table
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact

APPLIED_ON, ACCEPTED_ON, APPROVED_ON = date(2020, 5, 4), date(2020, 5, 6), date(2020, 5, 8)
OPENS_ON, ENDS_ON, EXAMINED_ON = date(2020, 5, 11), date(2020, 5, 22), date(2020, 5, 22)
COMPLETED_ON = date(2020, 5, 28)
TEACHERS = ("高兴云", "贺明德")
COURSES = (
    "开班与安全", "茶叶基础知识", "鲜叶采摘标准", "鲜叶摊放", "杀青原理", "杀青实操一", "杀青实操二", "揉捻",
)  # fmt: skip
MORNING, AFTERNOON = Slot(time(8, 30), time(11, 30), TEACHERS[0]), Slot(time(14), time(17), TEACHERS[1])
NUMBER = "PX511824-2020-T001"


@staged
def catalogue(office: Office) -> None:
    """Publish the sample catalogue, once."""
    if "catalogue2" not in office.accounts:
        courses.maintainers(office)
        courses.published(office)


def opening(**changes: Any) -> Opening:
    """Return the application for the sample class, with `changes`."""
    values: dict[str, Any] = {
        "item_code": courses.TEA,
        "title": "名优绿茶加工培训班",
        "place": "石棉县示例村茶叶初制所",
        "starts_on": OPENS_ON,
        "ends_on": ENDS_ON,
        "mode": Mode.POVERTY,
        "teachers": TEACHERS,
        "assess_on": EXAMINED_ON,
        "assess_place": "石棉县示例村茶叶初制所",
        "assessors": ("考评一",),
    }
    return Opening(**{**values, **changes})


def timetable(**changes: Any) -> Timetable:
    """Return ten working days of eight class hours, as the sample class was taught."""
    values: dict[str, Any] = {
        "first": OPENS_ON,
        "last": ENDS_ON,
        "slots": (MORNING, AFTERNOON),
        "courses": COURSES,
        "weekdays": frozenset(range(5)),
    }
    return Timetable(**{**values, **changes})


def made_up(count: int, *, first: int = 0, changes: Mapping[int, Mapping[str, Value]] | None = None) -> bytes:
    """Return a roster of this many people, with `changes` by place and the key of a column."""
    usual = ("农民工", "名优绿茶加工")
    rows: list[Sequence[Value]] = []
    for at in range(count):
        told: dict[str, Value] = {
            "position": str(at + 1),
            "name": name(first + at),
            "id_number": number(first + at),
            "category": usual[0],
            "project": usual[1],
            "phone": f"14000{first + at:06d}",
        }
        told |= (changes or {}).get(at, {})
        rows.append([told.get(field.key, "") for field in FIELDS])
    columns = [Column(field.title, Form.TEXT, 12) for field in FIELDS]
    return write_table(columns, rows, sheet="培训花名册")


@staged
def draft(office: Office, **changes: Any) -> TrainingClass:
    """A class without people or plan."""
    catalogue(office)
    with clock.at(APPLIED_ON), transaction.unit():
        return actions.open_class(opening(**changes), by=office.actor("institution"))


@staged
def enrolled(office: Office, roster: bytes | None = None, **changes: Any) -> TrainingClass:
    """A draft with a roster, that of the sample file unless given: 25 people."""
    found, by = draft(office, **changes), office.actor("institution")
    with clock.at(APPLIED_ON), transaction.unit():
        sent = actions.upload_roster(found, CLASS_ROSTER, roster or sample(CLASS_ROSTER), by=by)
        assert actions.enrol(sent, by=by)
    return found


@staged
def planned(
    office: Office, roster: bytes | None = None, plan: Timetable | None = None, **changes: Any
) -> TrainingClass:
    """A draft ready to be submitted: roster, twenty sessions, commitment."""
    found, by = enrolled(office, roster, **changes), office.actor("institution")
    with clock.at(APPLIED_ON), transaction.unit():
        actions.plan_daily(found, plan or timetable(), by=by)
        actions.promise(found, by=by)
    return found


@staged
def submitted(office: Office, roster: bytes | None = None, **changes: Any) -> TrainingClass:
    """A class at the acceptance desk."""
    found = planned(office, roster, **changes)
    with clock.at(APPLIED_ON), transaction.unit():
        actions.move(found, "submit", by=office.actor("institution"))
    return found


@staged
def attest_clear(office: Office, found: TrainingClass, *, on: date = ACCEPTED_ON) -> None:
    """Let an officer record that nobody of the class is a member of the civil-service pension scheme."""
    persons = [one.person_id for one in people(found.cohort_id)]
    with clock.at(on), transaction.unit():
        for fact in (Fact.CIVIL_SERVICE_PENSION,):
            told = {"persons": persons, "source": "市社保局名单", "as_of": on}
            registers.attest(fact, False, by=office.actor("acceptance"), **told)  # type: ignore[arg-type]


@staged
def approved(office: Office, roster: bytes | None = None, **changes: Any) -> TrainingClass:
    """A running class; what lists do not show yet was agreed to with a note."""
    found = submitted(office, roster, **changes)
    with clock.at(ACCEPTED_ON), transaction.unit():
        actions.move(found, "accept", by=office.actor("acceptance"))
    attest_clear(office, found)
    with clock.at(APPROVED_ON), transaction.unit():
        actions.move(found, "approve", by=office.actor("first_review"), note="人员类别材料已看原件")
    return found


@staged
def scored(office: Office, found: TrainingClass, failing: Sequence[int] = ()) -> TrainingClass:
    """Everybody examined; those at the positions `failing` did not pass."""
    seats = people(found.cohort_id)
    entries = [Marks(one.id, 80, 50 if one.position in failing else 80) for one in seats if one.state == "active"]
    with clock.at(EXAMINED_ON), transaction.unit():
        sitting = Sitting(1, EXAMINED_ON, "考评一")
        actions.record_scores(found, sitting, entries, by=office.actor("institution"))
    return found


@staged
def completed(office: Office, roster: bytes | None = None, **changes: Any) -> TrainingClass:
    """A class that has ended, everybody passed."""
    found = scored(office, approved(office, roster, **changes))
    with clock.at(COMPLETED_ON), transaction.unit():
        actions.move(found, "complete", by=office.actor("acceptance"))
    return found


def held(found: TrainingClass) -> list[Any]:
    """Return the sessions of a class in their order."""
    return queries.sessions(found.cohort_id)
