"""Reads attendance files: sessions, marks with their credit and flags, and every mistake with its cell. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time

from trainingadmin.attendance import signed_form
from trainingadmin.attendance.crediting import (
    ABSENT,
    LEAVE,
    PRESENT,
    CreditRules,
    Flag,
    clock_minutes,
    credited_minutes,
    flags_of_times,
    identical_stays,
)
from trainingadmin.attendance.sheet_columns import (
    GROUP_ANCHORS,
    GROUP_FIELDS,
    MARK_ANCHORS,
    MARK_FIELDS,
    PLAN_ANCHORS,
    PLAN_FIELDS,
)
from trainingadmin.kernel.identifiers import IdNumber
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name, same_name
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Cell, Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import (
    Line,
    Table,
    find_table,
    header_findings,
    lines_of,
    no_table,
)

_STATUSES = {
    **dict.fromkeys(("到", "√", "出勤", "已到", "迟到", "早退"), PRESENT),
    **dict.fromkeys(("缺勤", "×", "x", "X", "缺", "旷课", "未到"), ABSENT),
    **dict.fromkeys(("请假", "假"), LEAVE),
}
_AT_WORK = "班"

SessionKey = tuple[str, date, time]


@dataclass(frozen=True, slots=True)
class AttendanceContext:
    """What the reader is told; anything left out is not compared.

    `people` maps ID numbers to names, `groups` ID numbers to shift groups, `shifts` holds the days on which a
    group works.
    """

    rules: CreditRules = field(default_factory=CreditRules)
    cohort_number: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    shifts: frozenset[tuple[str, date]] = frozenset()


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """One planned class of a shift group, or of everybody when `group` is empty."""

    cohort_number: str
    group: str
    held_on: date
    period: str
    starts_at: time
    ends_at: time
    course: str
    teacher: str
    planned_minutes: int

    @property
    def key(self) -> SessionKey:
        """What makes it the same session, also in another file."""
        return self.group, self.held_on, self.starts_at


@dataclass(frozen=True, slots=True, repr=False)
class MarkRow:
    """One person in one session: when he came and left, what that is worth, and what is suspect about it."""

    row: int
    session: PlannedSession
    name: str
    id_number: IdNumber
    status: str
    in_at: time | None
    out_at: time | None
    credited_minutes: int = 0
    flags: tuple[Flag, ...] = ()

    def __repr__(self) -> str:
        return f"MarkRow({self.row})"


@dataclass(frozen=True, slots=True)
class Total:
    """Minutes of one person in a file: planned for his group, and credited in it."""

    planned_minutes: int
    credited_minutes: int


@dataclass(frozen=True, slots=True)
class AttendanceReading:
    """What an attendance file holds; `groups` is each person's own shift group, empty where there are none."""

    sessions: tuple[PlannedSession, ...]
    marks: tuple[MarkRow, ...]
    findings: tuple[CellFinding, ...]
    lines: int
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def importable(self) -> bool:
        """No error anywhere, and at least one mark."""
        return bool(self.marks) and not has_errors(self.findings)

    def totals(self) -> dict[str, Total]:
        """Return planned and credited minutes by ID number."""
        planned: Counter[str] = Counter()
        for session in self.sessions:
            planned[session.group] += session.planned_minutes
        everybody = planned.pop("", 0)
        credited: Counter[str] = Counter()
        for mark in self.marks:
            credited[mark.id_number.text] += mark.credited_minutes
        return {person: Total(everybody + planned[group], credited[person]) for person, group in self.groups.items()}


def read(sheets: Sequence[Sheet], context: AttendanceContext | None = None) -> AttendanceReading:
    """Read the sign-in lines of a file, with its plan of sessions, shift table and groups where it has them."""
    told = context or AttendanceContext()
    table = find_table(sheets, MARK_FIELDS, MARK_ANCHORS)
    if table is None:
        return AttendanceReading((), (), (no_table(sheets, ("日期", "姓名", "身份证号", "签到", "签退")),), 0)
    findings = header_findings(table)
    if findings:
        return AttendanceReading((), (), tuple(findings), 0)
    others = [sheet for sheet in sheets if sheet is not table.sheet]
    reader = _Reader(told, findings)
    reader.read_plan(others)
    marks = reader.read_marks(table)
    groups = _own_groups(marks, {**_listed_groups(others), **told.groups})
    shifts = told.shifts | _shifts(others)
    judged = _flag_identical([_judged(mark, groups[mark.id_number.text], shifts, told.rules) for mark in marks])
    findings += signed_form.compared(signed_form.read(others), _whole(judged))
    sessions = sorted(reader.sessions.values(), key=lambda session: (session.held_on, session.starts_at, session.group))
    return AttendanceReading(tuple(sessions), tuple(judged), in_order(findings), reader.lines, groups)


class _Reader:
    """Collects sessions and marks of one file."""

    def __init__(self, told: AttendanceContext, findings: list[CellFinding]) -> None:
        self.told, self._findings = told, findings
        self.sessions: dict[SessionKey, PlannedSession] = {}
        self._by_period: dict[tuple[str, date, str], PlannedSession] = {}
        self._seen: dict[tuple[SessionKey, str], MarkRow] = {}
        self.lines = 0

    def read_plan(self, sheets: Sequence[Sheet]) -> None:
        """Read the plan of sessions (教学日志), if the file has one."""
        table = find_table(sheets, PLAN_FIELDS, PLAN_ANCHORS)
        if table is None:
            return
        for line in lines_of(table, "held_on", self._findings):
            # A line of sums has no times.
            if line.has("starts_at") or line.has("ends_at"):
                self._session(line)

    def read_marks(self, table: Table) -> list[MarkRow]:
        """Read the sign-in lines; those of them that are in order."""
        marks: list[MarkRow] = []
        for line in lines_of(table, "id_number", self._findings):
            self.lines += 1
            mark = self._mark(line)
            if mark is not None and not self._is_repeated(line, mark):
                marks.append(mark)
        return marks

    def _session(self, line: Line) -> PlannedSession | None:
        """Return the session a line names, by its planned times or by the plan's period."""
        held_on = line.read_cell("held_on", written.day)
        group, period = line.text("group"), line.text("period")
        starts_at = line.read_cell("starts_at", written.time_of_day)
        ends_at = line.read_cell("ends_at", written.time_of_day)
        hours = line.read_cell("hours", written.whole_number)
        self._compare_number(line)
        if held_on is None or line.failed:
            return None
        if starts_at is None or ends_at is None:
            return self._planned(line, group, held_on, period)
        minutes = clock_minutes(starts_at, ends_at)
        planned = minutes if hours is None else hours * self.told.rules.hour_minutes
        if minutes <= 0:
            line.error("ends_at", "session-times", N_("计划结束不晚于计划开始"), N_("请核对上课时间"))
            return None
        if not 0 < planned <= minutes:
            line.error("hours", "session-hours", N_("课时与上课时间不符"), N_("一课时为45分钟，请核对"))
            return None
        number, course, teacher = line.text("cohort_number"), line.text("course"), line.text("teacher")
        return self._kept(
            line, PlannedSession(number, group, held_on, period, starts_at, ends_at, course, teacher, planned)
        )

    def _planned(self, line: Line, group: str, held_on: date, period: str) -> PlannedSession | None:
        session = self._by_period.get((group, held_on, period)) or self._by_period.get(("", held_on, period))
        if session is None:
            reason = N_("教学日志里没有这一天这个时段的课")
            line.error("held_on", "session-unknown", reason, N_("请核对日期和时段，或补填计划开始和计划结束"))
        return session

    def _kept(self, line: Line, session: PlannedSession) -> PlannedSession | None:
        known = self.sessions.setdefault(session.key, session)
        self._by_period.setdefault((session.group, session.held_on, session.period), known)
        # Another course or teacher at the same hour is a make-up lesson beside it, not another session of the plan.
        if (known.ends_at, known.planned_minutes) != (session.ends_at, session.planned_minutes):
            reason = N_("同一次课的结束时间或课时前后不一致")
            line.error("ends_at", "session-differs", reason, N_("请核对上课时间和课时"))
            return None
        return known

    def _compare_number(self, line: Line) -> None:
        stated, expected = line.text("cohort_number"), self.told.cohort_number
        if stated and expected and stated != expected:
            line.error("cohort_number", "cohort-differs", N_("班期号不是这个班的"), N_("请确认没有传错文件"))

    def _mark(self, line: Line) -> MarkRow | None:
        session = self._session(line)
        number, name = line.read("id_number", IdNumber.parse), line.read("name", parse_name)
        in_at, out_at = (line.read_cell(key, written.time_of_day) for key in ("in_at", "out_at"))
        status = line.read("status", _status)
        if in_at and out_at and out_at < in_at:
            line.error("out_at", "times-reversed", N_("签退早于签到"), N_("请核对签到和签退"))
        if number is not None and name is not None:
            self._compare_person(line, number, name)
        settled = _settled(line, status, in_at, out_at)
        if line.failed or session is None or number is None or name is None:
            return None
        return MarkRow(line.row.number, session, name, number, settled, in_at, out_at)

    def _compare_person(self, line: Line, number: IdNumber, name: str) -> None:
        if not self.told.people:
            return
        known = self.told.people.get(number.text)
        if known is None:
            line.error("id_number", "person-unknown", N_("花名册里没有这个人"), N_("请核对身份证号"))
        elif not same_name(known, name):
            line.error("name", "name-differs", N_("姓名与花名册里的不一致"), N_("请核对姓名和身份证号"))

    def _is_repeated(self, line: Line, mark: MarkRow) -> bool:
        key = (mark.session.key, mark.id_number.text)
        first = self._seen.setdefault(key, mark)
        if first is mark:
            return False
        if (first.status, first.in_at, first.out_at) == (mark.status, mark.in_at, mark.out_at):
            reason, advice = N_("与第 %(row)s 行相同，只计一次"), ""
            line.report("id_number", Severity.WARNING, "mark-repeated", reason, advice, row=first.row)
        else:
            reason, advice = N_("与第 %(row)s 行是同一人同一次课，内容却不同"), N_("请只保留正确的一行")
            line.error("id_number", "mark-contradicts", reason, advice, row=first.row)
        return True


def _status(text: str) -> str:
    try:
        return _STATUSES[fold(text)]
    except KeyError:
        raise Malformed("status-unknown", N_("状态应为到、缺勤或请假")) from None


def _settled(line: Line, status: str | None, in_at: time | None, out_at: time | None) -> str:
    """Return the status by which a mark counts: where word and times differ, the times decide."""
    if in_at is None and out_at is None:
        if status == PRESENT and not (line.has("in_at") or line.has("out_at")):
            line.error("in_at", "times-missing", N_("状态为到，却没有签到和签退时间"), N_("请补填时间，或改为缺勤"))
        return status or ABSENT
    if status in (ABSENT, LEAVE):
        reason = N_("状态与签到签退不一致，以签到签退为准")
        line.report("status", Severity.WARNING, "status-differs", reason, N_("请核对"))
    return PRESENT


def _listed_groups(sheets: Sequence[Sheet]) -> dict[str, str]:
    """Return the shift groups of a file's own list (班组); a line of it that cannot be read is not needed."""
    table = find_table(sheets, GROUP_FIELDS, GROUP_ANCHORS)
    if table is None:
        return {}
    lines = [Line(table, row, []) for row in table.sheet.below(table.header.number) if not row.is_blank]
    numbers = [(line, line.read("id_number", IdNumber.parse)) for line in lines]
    return {number.text: line.text("group") for line, number in numbers if number is not None}


def _own_groups(marks: Sequence[MarkRow], listed: Mapping[str, str]) -> dict[str, str]:
    """Return each person's own group: as listed, else the one in whose sessions he stands most."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for mark in marks:
        seen[mark.id_number.text][mark.session.group] += 1
    return {person: listed.get(person, groups.most_common(1)[0][0]) for person, groups in seen.items()}


def _shifts(sheets: Sequence[Sheet]) -> frozenset[tuple[str, date]]:
    """Return (group, day) at work from a shift table: days down, groups across, 班 or 休."""
    return frozenset(
        (fold(title.text), day)
        for sheet in sheets
        if sheet.rows and fold(sheet.rows[0].cell(1).text) == "日期"
        for row in sheet.rows[1:]
        if (day := _day(row.cell(1))) is not None
        for title in sheet.rows[0].cells[1:]
        if fold(row.cell(title.column).text) == _AT_WORK
    )


def _day(cell: Cell) -> date | None:
    try:
        return written.day(cell)
    except Malformed:
        return None


def _judged(mark: MarkRow, own_group: str, shifts: frozenset[tuple[str, date]], rules: CreditRules) -> MarkRow:
    session = mark.session
    foreign = session.group not in ("", own_group)
    flags: list[Flag] = []
    if mark.status == PRESENT:
        if (own_group, session.held_on) in shifts:
            flags.append(Flag.DURING_SHIFT)
        if foreign:
            flags.append(Flag.OTHER_GROUP)
        flags += flags_of_times(mark.in_at, mark.out_at, starts_at=session.starts_at, ends_at=session.ends_at)
    credited = credited_minutes(
        mark.status,
        mark.in_at,
        mark.out_at,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        # A session of another group has no minutes planned for this person, and credit never exceeds the plan.
        planned_minutes=0 if foreign else session.planned_minutes,
        rules=rules,
    )
    return replace(mark, credited_minutes=credited, flags=tuple(flags))


def _whole(marks: Sequence[MarkRow]) -> dict[str, int]:
    """Return, by name, how many sessions are credited in full; of namesakes, who cannot be told apart, nothing."""
    people: dict[str, set[str]] = defaultdict(set)
    for mark in marks:
        people[mark.name].add(mark.id_number.text)
    full = Counter(mark.name for mark in marks if mark.credited_minutes == mark.session.planned_minutes)
    return {name: full[name] for name, numbers in people.items() if len(numbers) == 1}


def _flag_identical(marks: Sequence[MarkRow]) -> list[MarkRow]:
    by_session: dict[SessionKey, list[MarkRow]] = defaultdict(list)
    for mark in marks:
        by_session[mark.session.key].append(mark)
    twins = {key: identical_stays((mark.in_at, mark.out_at) for mark in group) for key, group in by_session.items()}
    return [
        replace(mark, flags=(*mark.flags, Flag.IDENTICAL_SECONDS))
        if (mark.in_at, mark.out_at) in twins[mark.session.key]
        else mark
        for mark in marks
    ]
