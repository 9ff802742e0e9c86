"""Puts another person in an apprentice's place: read like a line of the roster, judged like at the filing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext
from sqlalchemy import func, select

from trainingadmin.cohorts import evidence, queries
from trainingadmin.cohorts.actions.rosters import enrolment_of, person_of, read_lines
from trainingadmin.cohorts.models import Change, Cohort, Enrolment
from trainingadmin.cohorts.roster import RosterReading, RosterRow
from trainingadmin.cohorts.roster_columns import FIELDS
from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.levels import level_name
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind, Row, Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity
from trainingadmin.plumbing.spreadsheets.tables import Field
from trainingadmin.registers.why import label_of
from trainingadmin.schemes import Outcome, Verdict

REPLACE_MONTHS = 3
"""For filings under versions that do not say."""


@dataclass(frozen=True, slots=True, repr=False)
class Newcomer:
    """What the roster would say of the person who comes, by the keys of its columns."""

    cells: Mapping[str, str]

    def kept(self) -> str:
        """Return it as it is stored."""
        return json.dumps(dict(self.cells), ensure_ascii=False)

    @classmethod
    def of(cls, change: Change) -> Newcomer:
        """Return who is to come by a replacement."""
        return cls(json.loads(change.newcomer or "{}"))


class NewcomerRefused(Refusal):
    """The line of the person who comes has mistakes: all of them, each with its column's key."""

    def __init__(self, wrong: Sequence[tuple[str, CellFinding]]) -> None:
        super().__init__("newcomer-wrong", N_("新学徒的信息有 %(n)s 处需要改正。"), n=len(wrong))
        self.wrong = tuple(wrong)


def completed(newcomer: Newcomer, replaced: Enrolment, effective_on: date) -> Newcomer:
    """Return the whole line: what the place itself decides is taken from who leaves it."""
    place = {
        "occupation": replaced.occupation,
        "occupation_code": replaced.occupation_code,
        "target_level": level_name(replaced.level),
        "teacher": replaced.teacher,
        "starts_on": effective_on.isoformat(),
    }
    return Newcomer({**newcomer.cells, **place})


def deadline(cohort: Cohort) -> date:
    """Return the last day on which another person may come: so many months after the training began [CHOICE]."""
    months = evidence.version_of(cohort).parameters.replace_months
    return add_months(cohort.starts_on, REPLACE_MONTHS if months is None else months)


def check(cohort: Cohort, replaced: Enrolment, newcomer: Newcomer, effective_on: date) -> RosterReading:
    """Read the newcomer's line by the rules of the roster and return what was found beside errors.

    Refusals `replace-late`, `replace-first-day`, `newcomer-wrong` with every mistake, `newcomer-there`.
    """
    last = deadline(cohort)
    if effective_on > last:
        message = N_("替换学徒的截止日期是 %(day)s，此后只能办理退出。")
        raise Refusal("replace-late", message, field="effective_on", day=last.isoformat())
    if effective_on <= replaced.starts_on:
        raise Refusal("replace-first-day", N_("生效日期应晚于原学徒的培养开始日期。"), field="effective_on")
    reading = read_lines(cohort, (sheet_of(newcomer, FIELDS),))
    wrong = [(_key(found), found) for found in reading.findings if found.severity is Severity.ERROR]
    if wrong or not reading.people:
        raise NewcomerRefused(wrong)
    if _is_there(cohort, reading.people[0]):
        raise Refusal("newcomer-there", N_("这个人已在本备案的花名册里。"), field="id_number")
    return reading


def sheet_of(newcomer: Newcomer, fields: Sequence[Field]) -> Sheet:
    """Return the newcomer as a roster of one line, so that the roster's own reader judges it."""
    heads = tuple(Cell(1, at, Kind.TEXT, one.title) for at, one in enumerate(fields, start=1))
    told = [newcomer.cells.get(one.key, "") for one in fields]
    line = tuple(Cell(2, at, Kind.TEXT if text else Kind.EMPTY, text) for at, text in enumerate(told, start=1))
    return Sheet("新学徒", (Row(1, heads), Row(2, line)), ())


def _key(found: CellFinding) -> str:
    return next((one.key for one in FIELDS if one.title == found.column_name), "")


def _is_there(cohort: Cohort, row: RosterRow) -> bool:
    return queries.names_any_of(cohort.id, {blind_index(row.id_number.text)})


def carry_out(cohort: Cohort, change: Change, replaced: Enrolment, note: str) -> Enrolment:
    """Enrol the newcomer and let the other leave the day before; nothing is paid ahead for who comes.

    Refusals of `check`, and `filing-refused`, `unknown-needs-note` as at the approval of the filing.
    """
    (row,) = check(cohort, replaced, Newcomer.of(change), change.effective_on).people
    position = db.session.scalar(select(func.max(Enrolment.position)).where(Enrolment.cohort_id == cohort.id)) or 0
    newcomer = enrolment_of(cohort.id, row, person_of(row))
    newcomer.position, newcomer.shift_group = position + 1, replaced.shift_group
    newcomer.joined_on, newcomer.advance, newcomer.advance_paid = change.effective_on, ZERO, ZERO
    db.session.add(newcomer)
    db.session.flush()
    replaced.left_on = change.effective_on - timedelta(days=1)
    (judged,) = evidence.filing_findings(cohort, [newcomer])
    if judged.decision.verdict is Verdict.REFUSED:
        raise Refusal("filing-refused", N_("新学徒不符合备案条件：%(names)s。"), names=_failed(judged))
    if judged.decision.verdict is Verdict.UNKNOWN and not note.strip():
        message = N_("新学徒还有条件待核实。请先核对；确需先行同意的，请写明理由。")
        raise Refusal("unknown-needs-note", message, field="note")
    newcomer.planned = judged.planned
    return newcomer


def _failed(judged: evidence.Judged) -> str:
    """Name the conditions that fail, in the reader's language."""
    codes = [one.code for one in judged.decision.findings if one.outcome is Outcome.FAIL]
    return str(gettext("、")).join(label_of(judged.decision.version.scheme, code) for code in codes)
