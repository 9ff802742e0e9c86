"""Takes rosters of people trained at work into their filing, by the ways of all rosters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trainingadmin.cohorts.actions import rosters
from trainingadmin.cohorts.models import Cohort, RosterUpload
from trainingadmin.kernel.dates import full_months
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import fonts
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, in_order
from trainingadmin.wages import roster
from trainingadmin.wages.roster import RosterContext, RosterReading, WorkerRow
from trainingadmin.wages.roster_columns import ANCHORS, FIELDS


def upload_roster(cohort: Cohort, filename: str, data: bytes, *, by: Actor) -> RosterUpload:
    """Read a roster without importing it; refusals of `cohorts.actions.upload_roster`."""
    return rosters.upload_roster(cohort, filename, data, by=by, kind=_workers(cohort))


def enrol(upload: RosterUpload, *, by: Actor) -> bool:
    """Import an upload whole, in place of the roster before; refusals of `cohorts.actions.enrol`."""
    return rosters.enrol(upload, by=by, kind=_workers(db.session.get_one(Cohort, upload.cohort_id)))


def _workers(cohort: Cohort) -> rosters.Kind:
    return rosters.Kind(_read, lambda _, row, person_id: _enrolment(cohort, row, person_id))


def _read(cohort: Cohort, sheets: Sequence[Sheet]) -> tuple[RosterReading, tuple[CellFinding, ...]]:
    context = RosterContext(
        ends_on=cohort.ends_on,
        enterprise_name=cohort.operator.name,
        credit_code=cohort.operator.credit_code,
        unprintable=lambda name: "".join(fonts.missing_glyphs(name)),
    )
    reading = roster.read(sheets, context)
    return reading, in_order([*reading.findings, *rosters.other_names(sheets, reading.people, FIELDS, ANCHORS)])


def _enrolment(cohort: Cohort, row: WorkerRow, person_id: int) -> dict[str, Any]:
    """Return a line's enrolment: from the first day at work within the months of the filing."""
    starts_on = max(row.starts_on, cohort.starts_on)
    kept = {
        name: getattr(row, name) for name in ("position", "category", "post", "education", "insured_unit", "remark")
    }
    of_apprentices = dict.fromkeys(("contract_from", "contract_to", "target_level", "prior_level"))
    blank = dict.fromkeys(
        ("insured_since", "occupation_code", "occupation", "prior_certificate", "mentor", "teacher"), ""
    )
    return {
        "cohort_id": cohort.id,
        "person_id": person_id,
        "starts_on": starts_on,
        "ends_on": cohort.ends_on,
        "filed_months": full_months(starts_on.replace(day=1), cohort.ends_on),
        **kept,
        **of_apprentices,
        **blank,
    }
