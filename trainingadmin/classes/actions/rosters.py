"""Takes the roster of a class in: the shared way of all rosters, with the columns and rules of a class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trainingadmin.classes import evidence, queries, roster
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.roster import ClassContext, ClassReading, TraineeRow
from trainingadmin.classes.roster_columns import ANCHORS, FIELDS
from trainingadmin.cohorts.actions import rosters as shared
from trainingadmin.cohorts.models import Cohort, RosterUpload
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import fonts
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, in_order

_KEPT = ("position", "category", "education", "prior_training", "remark")


def upload_roster(found: TrainingClass, filename: str, data: bytes, *, by: Actor) -> RosterUpload:
    """Read a roster without importing it; refusals `not-editable` and those of `read_workbook`."""
    return shared.upload_roster(found.cohort, filename, data, by=by, kind=TRAINEES)


def enrol(upload: RosterUpload, *, by: Actor) -> bool:
    """Import an upload whole, in place of the roster before; False when it is the roster in force already.

    Everybody is without a shift group again. Refusals `not-editable`, `roster-has-errors`, `roster-race`.
    """
    return shared.enrol(upload, by=by, kind=TRAINEES)


def context(found: TrainingClass) -> ClassContext:
    """Return what a reader of rosters is told of a class."""
    cohort = found.cohort
    return ClassContext(
        opened_on=cohort.starts_on,
        min_age=evidence.version(found).parameters.min_age,
        credit_code=cohort.operator.credit_code,
        project=found.item.name,
        number=cohort.number,
        groups=found.item.open_to,
        unprintable=lambda name: "".join(fonts.missing_glyphs(name)),
    )


def read(cohort: Cohort, sheets: Sequence[Sheet]) -> tuple[ClassReading, tuple[CellFinding, ...]]:
    """Read lines by the rules of this class's roster, names known otherwise included; nothing is kept."""
    reading = roster.read(sheets, context(queries.of(cohort)))
    return reading, in_order([*reading.findings, *shared.other_names(sheets, reading.people, FIELDS, ANCHORS)])


def enrolment(cohort_id: int, row: TraineeRow, person_id: int) -> dict[str, Any]:
    """Return what a line becomes in the table of enrolments; the period and the item are the class's."""
    cohort = db.session.get_one(Cohort, cohort_id)
    item = queries.of(cohort).item
    return {name: getattr(row, name) for name in _KEPT} | {
        "cohort_id": cohort_id,
        "person_id": person_id,
        "post": "",
        "insured_unit": "",
        "insured_since": "",
        "occupation": item.name,
        "occupation_code": item.occupation_code or "",
        "mentor": "",
        "teacher": "",
        "filed_months": 0,
        "starts_on": cohort.starts_on,
        "ends_on": cohort.ends_on,
        "card_number": row.card_number,
    }


TRAINEES = shared.Kind(read, enrolment)
