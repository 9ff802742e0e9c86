"""Holds what a sign-in file says against the filing: who may stand in it, which sessions and marks are known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from trainingadmin.attendance import queries, sheet
from trainingadmin.attendance.crediting import CreditRules, Flag, most_minutes, overlap
from trainingadmin.attendance.evidence import expected, flagged, suspicions, terms
from trainingadmin.attendance.models import MarkSource, MarkStatus, Session
from trainingadmin.attendance.queries import Known
from trainingadmin.attendance.sheet import AttendanceContext, AttendanceReading, MarkRow, PlannedSession, SessionKey
from trainingadmin.attendance.sheet_columns import MARK_ANCHORS, MARK_FIELDS
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import extended, people
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import Line, Table, find_table

_COLUMN_OF = {Flag.OTHER_GROUP: "group", Flag.ONE_TIME_ONLY: "out_at"}


@dataclass(frozen=True, slots=True)
class NewMark:
    """A mark that a file would add: of whom, in which session, with its flags as they are stored."""

    row: MarkRow
    enrolment_id: int
    flags: list[dict[str, Any]]


@dataclass(slots=True)
class Intake:
    """What a file would do to a filing: sessions and marks to add, groups to set, and everything found in it."""

    reading: AttendanceReading
    known_sessions: dict[SessionKey, int]
    new_sessions: list[PlannedSession]
    marks: list[NewMark]
    groups: dict[int, str]
    findings: tuple[CellFinding, ...]
    counts: dict[str, Any]

    @property
    def importable(self) -> bool:
        """No error anywhere."""
        return self.reading.importable and not has_errors(self.findings)


def check(cohort: Cohort, sheets: Sequence[Sheet]) -> Intake:
    """Read a file for a filing and hold it against what is known; a constant number of queries."""
    roster = people(cohort.id)
    by_number = {one.person.id_number: one for one in roster}
    context = AttendanceContext(
        rules=terms(cohort).rules,
        people={number: one.person.name for number, one in by_number.items()},
        groups={number: one.shift_group for number, one in by_number.items() if one.shift_group},
    )
    reading = sheet.read(sheets, context)
    checker = _Checker(cohort, reading, by_number, find_table(sheets, MARK_FIELDS, MARK_ANCHORS))
    return checker.intake()


class _Checker:
    """Goes through one reading."""

    def __init__(
        self, cohort: Cohort, reading: AttendanceReading, roster: dict[str, Enrolment], table: Table | None
    ) -> None:
        self._cohort, self._reading, self._roster, self._table = cohort, reading, roster, table
        self._rows = {row.number: row for row in table.sheet.rows} if table else {}
        self._findings: list[CellFinding] = []
        self._stored = queries.sessions(cohort.id)
        self._ids = {(one.shift_group, one.held_on, one.starts_at): one.id for one in self._stored}
        self._known = queries.known(cohort.id)
        self._counts: Counter[str] = Counter()
        self._twins = self._by_times()

    def intake(self) -> Intake:
        """Return what the file would do."""
        self._check_sessions(terms(self._cohort).rules)
        marks = [new for row in self._reading.marks if (new := self._mark(row)) is not None]
        fresh = [one for one in self._reading.sessions if one.key not in self._ids]
        groups = {
            self._roster[number].id: group
            for number, group in self._reading.groups.items()
            if number in self._roster and group != self._roster[number].shift_group
        }
        found = in_order([*self._reading.findings, *self._findings])
        return Intake(self._reading, self._ids, fresh, marks, groups, found, self._counted(fresh, marks, groups))

    def _counted(self, fresh: list[PlannedSession], marks: list[NewMark], groups: dict[int, str]) -> dict[str, Any]:
        reading = self._reading
        numbers = {one.cohort_number for one in reading.sessions} - {"", self._cohort.number}
        return {
            "sessions_new": len(fresh),
            "sessions_known": len(reading.sessions) - len(fresh),
            "people": len({mark.id_number.text for mark in reading.marks}),
            "credited_minutes": sum(mark.credited_minutes for mark in reading.marks),
            "suspect": sum(1 for mark in reading.marks if mark.flags),
            "marks": len(marks),
            "same": self._counts["same"],
            "changed": self._counts["changed"],
            "kept": self._counts["kept"],
            "groups": len(groups),
            "lacking": self._lacking(groups),
            "numbers": sorted(numbers),
        }

    def _lacking(self, groups: dict[int, str]) -> list[dict[str, Any]]:
        """Return who of those expected is neither in the file nor noted already, by session, of those that have begun."""
        noted: dict[SessionKey, set[int]] = defaultdict(set)
        for mark in self._reading.marks:
            if (enrolment := self._roster.get(mark.id_number.text)) is not None:
                noted[mark.session.key].add(enrolment.id)
        keys = {id_: key for key, id_ in self._ids.items()}
        for session_id, enrolment_id in self._known:
            noted[keys[session_id]].add(enrolment_id)
        found = []
        for one in self._reading.sessions:
            if queries.begins(one.held_on, one.starts_at) > clock.now():
                continue
            people_ = expected(self._roster.values(), one.group, one.held_on, noted[one.key], groups)
            lacking = [each.id for each in people_ if each.id not in noted[one.key]]
            times = f"{one.starts_at:%H:%M}–{one.ends_at:%H:%M}"
            if lacking:
                found.append({"on": f"{one.held_on}", "times": times, "group": one.group, "people": lacking})
        return found

    def _line(self, row: int) -> Line:
        assert self._table is not None
        return Line(self._table, self._rows[row], self._findings)

    def _check_sessions(self, rules: CreditRules) -> None:
        first_row: dict[SessionKey, int] = {}
        for mark in self._reading.marks:
            first_row.setdefault(mark.session.key, mark.row)
        days: dict[date, list[_Held]] = defaultdict(list)
        for one in self._stored:
            days[one.held_on].append(_held_of(one))
        for planned in self._reading.sessions:
            if planned.key in first_row:
                line = self._line(first_row[planned.key])
                if self._cohort.is_class and planned.key not in self._ids:
                    reason = N_("同意的教学计划里没有这次课")
                    advice = N_("请核对日期、时间和班组；调课请先到班级的“变更”页申请")
                    line.error("starts_at", "session-unplanned", reason, advice)
                else:
                    _check_session(line, planned, days[planned.held_on], rules)
            if planned.key not in self._ids:
                days[planned.held_on].append(_held_of_plan(planned))

    def _mark(self, row: MarkRow) -> NewMark | None:
        """Return the mark to add for a line, or None when it says nothing new or must not be written."""
        enrolment = self._roster.get(row.id_number.text)
        if enrolment is None:
            return None
        stored = self._flags(row, enrolment)
        self._check_person(row, enrolment)
        self._tell_flags(row, stored)
        session_id = self._ids.get(row.session.key)
        known = self._known.get((session_id, enrolment.id)) if session_id else None
        if known is not None and not self._says_more(row, known):
            return None
        return NewMark(row, enrolment.id, stored)

    def _says_more(self, row: MarkRow, known: Known) -> bool:
        if known.says(MarkStatus(row.status), row.in_at, row.out_at):
            self._counts["same"] += 1
            return False
        line = self._line(row.row)
        if known.source is MarkSource.CORRECTION:
            self._counts["kept"] += 1
            reason, advice = N_("这条记录已由人工更正，与文件不同，保留更正"), N_("仍需改动的，请在点名册上更正")
            line.report("in_at", Severity.WARNING, "mark-corrected", reason, advice)
            return False
        self._counts["changed"] += 1
        reason, advice = N_("与已登记的不同，导入后以文件为准"), N_("请核对是否传错文件")
        line.report("in_at", Severity.WARNING, "mark-changes", reason, advice)
        return True

    def _check_person(self, row: MarkRow, enrolment: Enrolment) -> None:
        held_on = row.session.held_on
        last = extended(enrolment.ends_on, enrolment.extended_months)
        if enrolment.left_on is not None and held_on > enrolment.left_on:
            reason = N_("这个人已于 %(day)s 退出，之后不应有考勤")
            self._line(row.row).error("id_number", "person-left", reason, day=enrolment.left_on.isoformat())
        elif not enrolment.starts_on <= held_on <= last:
            reason, advice = N_("这一天不在这个人的培养期（%(first)s 至 %(last)s）内"), N_("请核对日期")
            span = {"first": enrolment.starts_on.isoformat(), "last": last.isoformat()}
            self._line(row.row).error("held_on", "session-outside-training", reason, advice, **span)
        elif queries.begins(held_on, row.session.starts_at) > clock.now():
            self._line(row.row).error("held_on", "session-not-begun", N_("这次课还没有开始"), N_("请核对日期"))

    def _flags(self, row: MarkRow, enrolment: Enrolment) -> list[dict[str, Any]]:
        beside = self._twins.get((row.session.key, row.in_at, row.out_at), ())
        return flagged(
            row.flags,
            own=enrolment.shift_group or self._reading.groups.get(row.id_number.text, ""),
            group=row.session.group,
            starts_at=row.session.starts_at,
            ends_at=row.session.ends_at,
            in_at=row.in_at,
            out_at=row.out_at,
            others=[number for number in beside if number != enrolment.position],
        )

    def _by_times(self) -> dict[tuple[SessionKey, time | None, time | None], list[int]]:
        """Return the roster numbers that stand in a session with the same times."""
        found: dict[tuple[SessionKey, time | None, time | None], list[int]] = defaultdict(list)
        for row in self._reading.marks:
            enrolment = self._roster.get(row.id_number.text)
            if enrolment is not None and Flag.IDENTICAL_SECONDS in row.flags:
                found[row.session.key, row.in_at, row.out_at].append(enrolment.position)
        return found

    def _tell_flags(self, row: MarkRow, stored: Iterable[dict[str, Any]]) -> None:
        for suspicion in suspicions(stored):
            column = _COLUMN_OF.get(Flag(suspicion.code), "in_at")
            advice = N_("请核实；不影响导入")
            self._line(row.row).report(
                column, Severity.WARNING, suspicion.code, suspicion.sentence, advice, **suspicion.evidence
            )


@dataclass(frozen=True, slots=True)
class _Held:
    """A session of a day as clashes are judged by."""

    group: str
    starts_at: time
    ends_at: time
    minutes: int


def _held_of(session: Session) -> _Held:
    return _Held(session.shift_group, session.starts_at, session.ends_at, session.planned_minutes)


def _held_of_plan(planned: PlannedSession) -> _Held:
    return _Held(planned.group, planned.starts_at, planned.ends_at, planned.planned_minutes)


def _check_session(line: Line, planned: PlannedSession, day: Sequence[_Held], rules: CreditRules) -> None:
    """Report a session that is known otherwise, or clashes with another of its day."""
    beside = [one for one in day if one.group == planned.group or not (one.group and planned.group)]
    for one in beside:
        if (one.group, one.starts_at) == (planned.group, planned.starts_at):
            if one != _held_of_plan(planned):
                reason = N_("系统里这次课到 %(time)s 结束，计 %(n)s 分钟，与文件不一致")
                advice, time_text = N_("请核对上课时间和课时"), f"{one.ends_at:%H:%M}"
                line.error("ends_at", "session-differs", reason, advice, time=time_text, n=one.minutes)
            return
    for one in beside:
        if overlap((one.starts_at, one.ends_at), (planned.starts_at, planned.ends_at)):
            times = f"{one.starts_at:%H:%M}–{one.ends_at:%H:%M}"
            reason = N_("与这一天 %(times)s 的课时间重叠")
            line.error("starts_at", "session-overlaps", reason, N_("请核对上课时间"), times=times)
            return
    minutes = most_minutes([*((one.group, one.minutes) for one in beside), (planned.group, planned.planned_minutes)])
    if minutes > rules.day_minutes_max:
        line.error("held_on", "day-cap", N_("这一天的课超过 %(n)s 课时的上限"), N_("请核对课时"), n=rules.day_hours_max)
