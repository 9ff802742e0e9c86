"""Puts another person in a trainee's place before the cut-off: read like a line of the roster, judged like at the opening."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from trainingadmin.classes import evidence
from trainingadmin.classes.actions.rosters import enrolment, read
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.roster import TraineeRow
from trainingadmin.classes.roster_columns import FIELDS
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.actions.replacing import Newcomer, NewcomerRefused, sheet_of
from trainingadmin.cohorts.actions.rosters import person_of
from trainingadmin.cohorts.models import Change, Enrolment
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index
from trainingadmin.plumbing.spreadsheets.findings import Severity
from trainingadmin.schemes import Verdict

REPLACE_DAYS = 3
"""For versions that do not say."""

__all__ = ["Newcomer", "carry_out", "check", "deadline"]


def deadline(found: TrainingClass) -> date:
    """Return the last day on which another person may come: so many days after the opening [CHOICE]."""
    days = evidence.version(found).parameters.replace_days
    return found.cohort.starts_on + timedelta(days=REPLACE_DAYS if days is None else days)


def check(found: TrainingClass, newcomer: Newcomer | None, effective_on: date) -> TraineeRow:
    """Read the newcomer's line by the rules of the roster.

    Refusals `replace-late`, `newcomer-wrong` with every mistake, `newcomer-there`.
    """
    last = deadline(found)
    if effective_on > last:
        message = N_("替换学员的截止日期是 %(day)s（%(clause)s），此后只能办理退出。")
        clause = evidence.clause(evidence.version(found), "replace_days")
        raise Refusal("replace-late", message, field="effective_on", day=last.isoformat(), clause=clause)
    sheet = sheet_of(newcomer or Newcomer({}), FIELDS)
    reading, findings = read(found.cohort, (sheet,))
    wrong = [(_key(one.column_name), one) for one in findings if one.severity is Severity.ERROR]
    if wrong or not reading.people:
        raise NewcomerRefused(wrong)
    if cohorts.names_any_of(found.cohort_id, {blind_index(reading.people[0].id_number.text)}):
        raise Refusal("newcomer-there", N_("这个人已在本班的花名册里。"), field="id_number")
    return reading.people[0]


def _key(title: str) -> str:
    return next((one.key for one in FIELDS if one.title == title), "")


def carry_out(found: TrainingClass, change: Change, replaced: Enrolment) -> Enrolment:
    """Enrol the newcomer and let the other leave the day before; refusals of `check`, and `opening-refused`."""
    row = check(found, Newcomer.of(change), change.effective_on)
    last = select(func.max(Enrolment.position)).where(Enrolment.cohort_id == found.cohort_id)
    values = enrolment(found.cohort_id, row, person_of(row)) | {
        "position": (db.session.scalar(last) or 0) + 1,
        "shift_group": replaced.shift_group,
        "joined_on": change.effective_on,
    }
    newcomer = Enrolment(**values, contract_from=None, contract_to=None, target_level=None)
    db.session.add(newcomer)
    db.session.flush()
    replaced.left_on = change.effective_on - timedelta(days=1)
    (judged,) = evidence.findings(found, [newcomer])
    if judged.verdict is Verdict.REFUSED:
        raise Refusal("opening-refused", N_("新学员不符合开班条件：%(names)s。"), names=newcomer.person.name)
    newcomer.planned, newcomer.advance, newcomer.advance_paid = found.item.subsidy, ZERO, ZERO
    return newcomer
