"""Filings with attendance: the sample sign-ins of May to July 2020, and single sessions, by the product's own actions."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from tests.cohorts.stage import approved_cohort
from tests.factories import Office
from tests.sample_files import ATTENDANCE_CSV, sample
from tests.staging import staged
from trainingadmin.attendance import actions, queries
from trainingadmin.attendance.actions import Entry, SessionPlan
from trainingadmin.attendance.models import AttendanceUpload, MarkStatus, Session
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.queries import people
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.clock import LOCAL

# The last session of the sample is of 29 July 2020.
IMPORTED_ON = date(2020, 8, 3)
# A day on which no group of the sample has class.
HELD_ON = date(2020, 8, 10)
DURING = datetime(2020, 8, 10, 13, 0, tzinfo=LOCAL)


@staged
def uploaded(
    office: Office, cohort: Cohort, name: str = ATTENDANCE_CSV, *, data: bytes | None = None, login: str = "enterprise"
) -> AttendanceUpload:
    """A file as its dry run left it; the sample by default."""
    with clock.at(IMPORTED_ON), transaction.unit():
        content = sample(name) if data is None else data
        return actions.upload_sheet(cohort, name, content, by=office.actor(login))


@staged
def imported(office: Office, upload: AttendanceUpload, *, login: str = "enterprise") -> int:
    """Import an upload; return how many marks that added."""
    with clock.at(IMPORTED_ON), transaction.unit():
        return actions.import_sheet(upload, by=office.actor(login))


@staged
def attended_cohort(office: Office, advance_percent: int = 50, **changes: Any) -> Cohort:
    """A filing in training with the sample's 75 sessions and 751 sign-in lines; 29 of 30 people at 80 % or above."""
    cohort = approved_cohort(office, advance_percent, **changes)
    imported(office, uploaded(office, cohort))
    return cohort


@staged
def planned_session(office: Office, cohort: Cohort, *, login: str = "institution", **changes: Any) -> Session:
    """A session of three hours for everybody on 10 August 2020 at nine."""
    values: dict[str, Any] = {
        "held_on": HELD_ON,
        "starts_at": time(9),
        "ends_at": time(12),
        "course": "安全生产",
        "teacher": "赵月国",
    }
    with clock.at(IMPORTED_ON), transaction.unit():
        return actions.plan_session(cohort, SessionPlan(**{**values, **changes}), by=office.actor(login))


@staged
def marked_session(
    office: Office, cohort: Cohort, *, at: datetime = DURING, absent: int = 0, **changes: Any
) -> Session:
    """A session in which everybody is marked present but for the first `absent` of the roster."""
    session = planned_session(office, cohort, **changes)
    entries = [
        Entry(one.id, MarkStatus.ABSENT if at_ < absent else MarkStatus.PRESENT)
        for at_, one in enumerate(people(cohort.id))
    ]
    with clock.at(at), transaction.unit():
        actions.record(session, entries, by=office.actor("institution"))
    return session


def hours(cohort: Cohort) -> dict[int, float]:
    """Return the class hours credited to each number of the roster."""
    summed = queries.totals(cohort.id)
    return {one.position: summed[one.id].credited_minutes / 45 for one in people(cohort.id)}


def filled_in(name: str, value: str) -> dict[str, Any]:
    """Return one field of a form as a test fills it in, whatever it is called."""
    return {name: value}
