"""The class of the samples in training, row by row: 25 people of 名优绿茶加工 under the figures of its opening day."""

from __future__ import annotations

import io
from datetime import date, time, timedelta

import openpyxl

from tests.attendance import stage
from tests.factories import Office
from tests.sample_files import CLASS_ATTENDANCE, CLASS_ROSTER, sample
from tests.staging import staged
from trainingadmin.attendance import actions
from trainingadmin.attendance.models import AttendanceUpload, Session
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.identifiers import IdNumber
from trainingadmin.people.actions import add_person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies.queries import in_force

OPENED_ON, CLOSED_ON = date(2020, 5, 11), date(2020, 5, 22)


@staged
def class_in_training(
    office: Office, number: str = "PX511824-2020-T001", *, keep: int = 25, planned: bool = False
) -> Cohort:
    """A class approved, with the first `keep` people of the sample's roster, and its plan if asked for."""
    version = in_force("special_skill", OPENED_ON)
    with transaction.unit():
        cohort = Cohort(
            number=number,
            title="名优绿茶加工",
            scheme="special_skill",
            enterprise_id=None,
            institution_id=office.institution.id,
            office_code="511824",
            occupation_codes=["6-02-06-10"],
            target_level=None,
            starts_on=OPENED_ON,
            ends_on=CLOSED_ON,
            plan_hours_per_year=None,
            mentors=[],
            state=CohortState.APPROVED,
            filed_on=OPENED_ON,
            policy_code=version.code,
            policy_digest=version.digest,
            policy=version.to_json(),
            created_by=office.actor("institution").id,
            created_at=clock.now(),
        )
        db.session.add(cohort)
        db.session.flush()
        db.session.add_all(_enrolment(cohort.id, row) for row in roster()[:keep])
        db.session.add_all(_plan(cohort.id) if planned else [])
    return cohort


def _plan(cohort_id: int) -> list[Session]:
    """Return the twenty sessions that were agreed to: a morning and an afternoon on ten working days."""
    days = [OPENED_ON + timedelta(days=at) for at in range(12) if at % 7 < 5]
    return [
        Session(
            cohort_id=cohort_id,
            shift_group="",
            held_on=day,
            starts_at=first,
            ends_at=last,
            course="名优绿茶加工",
            teacher=teacher,
            planned_minutes=180,
        )
        for day in days
        for first, last, teacher in ((time(8, 30), time(11, 30), "高兴云"), (time(14), time(17), "贺明德"))
    ]


def roster() -> list[tuple[object, ...]]:
    """Return the lines of the sample's roster."""
    sheet = openpyxl.load_workbook(io.BytesIO(sample(CLASS_ROSTER))).worksheets[0]
    return [row for row in sheet.iter_rows(min_row=5, values_only=True) if isinstance(row[0], int)]


def _enrolment(cohort_id: int, row: tuple[object, ...]) -> Enrolment:
    position, name, number = row[0], str(row[1]), IdNumber.parse(str(row[4]))
    assert isinstance(position, int)
    person = add_person(number.text, name, number.born_on, number.sex.value)
    db.session.flush()
    return Enrolment(
        cohort_id=cohort_id,
        person_id=person.id,
        position=position,
        category=str(row[7]),
        post="",
        education=str(row[5]),
        contract_from=None,
        contract_to=None,
        insured_unit="",
        insured_since="",
        occupation_code="6-02-06-10",
        occupation="茶叶加工工",
        target_level=None,
        mentor="",
        teacher="",
        starts_on=OPENED_ON,
        ends_on=CLOSED_ON,
        filed_months=0,
    )


@staged
def uploaded(office: Office, cohort: Cohort, *, data: bytes | None = None) -> AttendanceUpload:
    """The sample's three sheets as their dry run left them."""
    return stage.uploaded(office, cohort, CLASS_ATTENDANCE, data=data, login="institution")


@staged
def attended_class(office: Office) -> Cohort:
    """The class with its 500 sign-in lines imported."""
    cohort = class_in_training(office, planned=True)
    upload = uploaded(office, cohort)
    with clock.at(stage.IMPORTED_ON), transaction.unit():
        actions.import_sheet(upload, by=office.actor("institution"))
    return cohort
