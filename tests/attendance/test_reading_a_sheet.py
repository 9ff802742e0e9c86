"""Reading attendance files: the samples' totals and flags exactly, and each kind of mistake by its code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sample_files import ATTENDANCE_CSV, ATTENDANCE_XLSX, CLASS_ATTENDANCE, CLASS_ROSTER, sample
from trainingadmin.attendance import sheet as attendance
from trainingadmin.attendance.crediting import (
    ABSENT,
    LEAVE,
    PRESENT,
    CreditRules,
    Flag,
    clock_minutes,
    credited_minutes,
    flags_of_times,
)
from trainingadmin.attendance.sheet import AttendanceContext, AttendanceReading, Total
from trainingadmin.attendance.sheet_columns import MARK_FIELDS, template
from trainingadmin.kernel.identifiers import id_check_digit
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind, Merged, Row, Sheet
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.plumbing.spreadsheets.writing import Value

A, B = (first + id_check_digit(first) for first in ("51182419900101001", "51182419900101003"))
HEADER = (
    "班期号",
    "班组",
    "日期",
    "时段",
    "计划开始",
    "计划结束",
    "课程",
    "教师",
    "课时",
    "姓名",
    "身份证号",
    "签到",
    "签退",
    "状态",
)


def read_sample(name: str, context: AttendanceContext | None = None) -> AttendanceReading:
    return attendance.read(read_workbook(sample(name)).sheets, context)


def numbered(reading: AttendanceReading) -> dict[str, int]:
    """Each person's number in the sample, which is the order of first appearance."""
    numbers: dict[str, int] = {}
    for mark in reading.marks:
        numbers.setdefault(mark.id_number.text, len(numbers) + 1)
    return numbers


def hours(reading: AttendanceReading) -> dict[int, float]:
    numbers = numbered(reading)
    return {numbers[person]: total.credited_minutes / 45 for person, total in reading.totals().items()}


def line(**changes: str) -> list[str]:
    values = dict(
        zip(
            HEADER,
            (
                "X1",
                "甲",
                "2020-05-07",
                "上午",
                "09:00",
                "12:00",
                "安全",
                "赵月国",
                "4",
                "谭佳",
                A,
                "08:57:01",
                "12:10:52",
                "到",
            ),
            strict=True,
        )
    )
    return list((values | changes).values())


def sheet_of(
    *lines: Sequence[str], header: Sequence[str] = HEADER, name: str = "签到明细", merged: Sequence[Merged] = ()
) -> Sheet:
    rows = tuple(
        Row(
            number,
            tuple(Cell(number, at, Kind.TEXT if text else Kind.EMPTY, text) for at, text in enumerate(values, start=1)),
        )
        for number, values in enumerate((header, *lines), start=1)
    )
    return Sheet(name, rows, tuple(merged))


def codes(reading: AttendanceReading) -> list[tuple[str, str]]:
    return [(finding.column_name, finding.code) for finding in reading.findings]


def test_the_class_sample_gives_the_hours_of_its_list() -> None:
    reading = read_sample(CLASS_ATTENDANCE)
    assert (len(reading.sessions), len(reading.marks)) == (20, 500)
    assert [(one.address, one.code) for one in reading.findings] == [("B11", "form-differs"), ("B15", "form-differs")]
    told = {3: 64, 7: 64, 11: 63, 14: 60, 19: 72, 22: 56}
    assert hours(reading) == {number: told.get(number, 80) for number in range(1, 26)}
    assert {total.planned_minutes for total in reading.totals().values()} == {80 * 45}


def test_leave_counts_only_where_the_rules_say_so() -> None:
    reading = read_sample(CLASS_ATTENDANCE, AttendanceContext(CreditRules(leave_counts=True)))
    assert (hours(reading)[14], hours(reading)[19]) == (80, 80)


def test_ten_minutes_late_are_forgiven_or_taken_off_by_the_rules() -> None:
    assert hours(read_sample(CLASS_ATTENDANCE, AttendanceContext(CreditRules(late_minutes=9))))[5] == 79 + 35 / 45


@pytest.mark.parametrize("name", [ATTENDANCE_XLSX, ATTENDANCE_CSV])
def test_the_apprentices_sample_gives_the_hours_of_its_list(name: str) -> None:
    reading = read_sample(name)
    assert (len(reading.sessions), reading.lines, len(reading.marks), reading.findings) == (75, 751, 751, ())
    told = {4: 80, 23: 80, 9: 76, 17: 88, 28: 96, 13: 96}
    assert hours(reading) == {number: told.get(number, 100) for number in range(1, 31)}
    assert {total.planned_minutes for total in reading.totals().values()} == {100 * 45}


def test_the_apprentices_sample_gives_the_flags_of_its_list_and_no_others() -> None:
    reading = read_sample(ATTENDANCE_XLSX)
    numbers = numbered(reading)
    flags = {(numbers[mark.id_number.text], mark.session.held_on, *mark.flags) for mark in reading.marks if mark.flags}
    assert flags == {
        (2, date(2020, 5, 1), Flag.DURING_SHIFT, Flag.OTHER_GROUP),
        (13, date(2020, 5, 1), Flag.OUTSIDE_HOURS),
        (25, date(2020, 5, 13), Flag.IDENTICAL_SECONDS),
        (26, date(2020, 5, 13), Flag.IDENTICAL_SECONDS),
    }
    assert reading.importable


def test_the_same_lines_are_the_same_marks_from_both_files() -> None:
    book, text = read_sample(ATTENDANCE_XLSX), read_sample(ATTENDANCE_CSV)
    assert book.sessions == text.sessions
    assert [(m.session.key, m.id_number, m.in_at, m.out_at, m.credited_minutes) for m in book.marks] == [
        (m.session.key, m.id_number, m.in_at, m.out_at, m.credited_minutes) for m in text.marks
    ]


def test_shifts_and_groups_may_be_told_where_the_file_lacks_them() -> None:
    book = read_sample(ATTENDANCE_XLSX)
    context = AttendanceContext(groups=book.groups, shifts=frozenset({("甲", date(2020, 5, 1))}))
    (mark,) = [mark for mark in read_sample(ATTENDANCE_CSV, context).marks if Flag.DURING_SHIFT in mark.flags]
    assert mark.name == "俄木·尔作"


def credit(status: str, came: str = "", left: str = "", planned: int = 180, **rules: int) -> int:
    return credited_minutes(
        status,
        time.fromisoformat(came) if came else None,
        time.fromisoformat(left) if left else None,
        starts_at=time(9),
        ends_at=time(12),
        planned_minutes=planned,
        rules=CreditRules(**rules),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("status", "came", "left", "minutes"),
    [
        (PRESENT, "", "", 180),
        (PRESENT, "08:30:00", "13:00:00", 180),
        (PRESENT, "09:15:00", "12:00:00", 180),
        (PRESENT, "09:15:01", "12:00:00", 164),
        (PRESENT, "09:16:00", "12:00:00", 164),
        (PRESENT, "08:59:59", "11:15:00", 135),
        (PRESENT, "08:59:59", "11:59:59", 179),
        (PRESENT, "10:00:00", "11:00:00", 60),
        (PRESENT, "09:10:00", "11:00:00", 120),
        (PRESENT, "12:00:00", "12:30:00", 0),
        (PRESENT, "08:00:00", "09:00:00", 0),
        (PRESENT, "09:00:00", "", 0),
        (PRESENT, "", "12:00:00", 0),
        (ABSENT, "", "", 0),
        (LEAVE, "", "", 0),
    ],
)
def test_a_mark_is_worth_the_time_spent_in_class(status: str, came: str, left: str, minutes: int) -> None:
    assert credit(status, came, left) == minutes


def test_with_breaks_in_it_a_session_loses_what_was_missed() -> None:
    assert credit(PRESENT, "09:00:00", "11:30:00", planned=135) == 105
    assert credit(PRESENT, "11:00:00", "11:30:00", planned=135) == 0


@given(st.times(), st.times(), st.integers(0, 180), st.integers(0, 30))
def test_credit_is_never_negative_and_never_more_than_planned(came: time, left: time, planned: int, late: int) -> None:
    minutes = credit(PRESENT, came.isoformat(), left.isoformat(), planned, late_minutes=late)
    assert 0 <= minutes <= planned


def test_suspect_times_are_flagged() -> None:
    def flags(came: time | None, left: time | None) -> tuple[Flag, ...]:
        return flags_of_times(came, left, starts_at=time(9), ends_at=time(12))

    assert flags(None, None) == flags(time(8), time(13)) == ()
    assert flags(time(9), None) == (Flag.ONE_TIME_ONLY,)
    assert flags(time(21), time(22)) == (Flag.OUTSIDE_HOURS,)
    assert all(flag.label for flag in Flag)
    assert clock_minutes(time(9), time(12, 30)) == 210


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"日期": "2020-02-30"}, ("日期", "date-none")),
        ({"日期": ""}, ("日期", "missing")),
        ({"计划开始": "早上"}, ("计划开始", "time-form")),
        ({"计划结束": "08:00"}, ("计划结束", "session-times")),
        ({"课时": "5"}, ("课时", "session-hours")),
        ({"课时": "0"}, ("课时", "session-hours")),
        ({"课时": "四"}, ("课时", "number-form")),
        ({"姓名": ""}, ("姓名", "missing")),
        ({"身份证号": A[:17] + "B"}, ("身份证号", "id-characters")),
        ({"签到": "九点"}, ("签到", "time-form")),
        ({"签到": "13:00", "签退": "12:30"}, ("签退", "times-reversed")),
        ({"签到": "", "签退": ""}, ("签到", "times-missing")),
        ({"状态": "在岗"}, ("状态", "status-unknown")),
        ({"班期号": "X2"}, ("班期号", "cohort-differs")),
        ({"姓名": "谭家"}, ("姓名", "name-differs")),
        ({"身份证号": B}, ("身份证号", "person-unknown")),
    ],
)
def test_a_mistake_is_named_by_its_column_and_code(changes: dict[str, str], finding: tuple[str, str]) -> None:
    reading = attendance.read([sheet_of(line(**changes))], AttendanceContext(cohort_number="X1", people={A: "谭佳"}))
    assert codes(reading) == [finding]
    assert not reading.importable


def test_a_good_line_of_a_known_person_is_read() -> None:
    reading = attendance.read([sheet_of(line())], AttendanceContext(cohort_number="X1", people={A: "谭佳"}))
    (mark,) = reading.marks
    assert (mark.status, mark.credited_minutes, mark.session.key) == (PRESENT, 180, ("甲", date(2020, 5, 7), time(9)))
    assert repr(mark) == "MarkRow(2)"
    assert reading.totals() == {A: Total(180, 180)}


def test_where_word_and_times_differ_the_times_decide() -> None:
    reading = attendance.read([sheet_of(line(状态="缺勤"))])
    assert codes(reading) == [("状态", "status-differs")]
    assert (reading.marks[0].status, reading.marks[0].credited_minutes) == (PRESENT, 180)


def test_without_a_word_no_times_mean_absence() -> None:
    (mark,) = attendance.read([sheet_of(line(状态="", 签到="", 签退=""))]).marks
    assert (mark.status, mark.credited_minutes) == (ABSENT, 0)


def test_one_time_without_the_other_is_suspect_and_worth_nothing() -> None:
    reading = attendance.read([sheet_of(line(签退=""))])
    assert (reading.marks[0].flags, reading.marks[0].credited_minutes) == ((Flag.ONE_TIME_ONLY,), 0)
    assert reading.importable


def test_the_same_line_twice_counts_once() -> None:
    reading = attendance.read([sheet_of(line(), line())])
    assert (len(reading.marks), reading.lines) == (1, 2)
    assert [(finding.row, finding.code, finding.params["row"]) for finding in reading.findings] == [
        (3, "mark-repeated", 2)
    ]
    assert reading.importable


def test_two_lines_that_contradict_are_an_error() -> None:
    assert codes(attendance.read([sheet_of(line(), line(签退="11:00:00"))])) == [("身份证号", "mark-contradicts")]


def test_one_session_cannot_end_at_two_times() -> None:
    assert codes(attendance.read([sheet_of(line(), line(身份证号=B, 姓名="某", 计划结束="13:00"))])) == [
        ("计划结束", "session-differs")
    ]


def test_without_class_hours_the_clock_counts() -> None:
    (session,) = attendance.read([sheet_of(line(课时=""))]).sessions
    assert session.planned_minutes == 180


PLAN_HEADER = ("日期", "时段", "计划开始", "计划结束", "课时")
SHORT_HEADER = ("日期", "时段", "姓名", "身份证号", "签到", "签退")


def test_times_may_stand_in_a_plan_of_their_own() -> None:
    plan = sheet_of(
        ("2020-05-07", "上午", "09:00", "12:00", "4"), ("小计", "", "", "", ""), header=PLAN_HEADER, name="教学日志"
    )
    marks = sheet_of(
        ("2020-05-07", "上午", "谭佳", A, "09:00", "12:00"),
        ("2020-05-07", "下午", "谭佳", A, "14:00", "17:00"),
        header=SHORT_HEADER,
    )
    reading = attendance.read([marks, plan])
    assert [(finding.sheet, finding.code) for finding in reading.findings] == [
        ("签到明细", "session-unknown"),
    ]
    assert reading.marks[0].credited_minutes == 180


def test_lines_below_without_a_number_are_left_out_and_merged_cells_refused() -> None:
    footed = sheet_of(line(), ["填表人：甲"] + [""] * 13)
    assert attendance.read([footed]).importable
    merged = sheet_of(line(), line(日期="2020-05-08"), merged=[Merged(2, 7, 3, 7)])
    assert codes(attendance.read([merged])) == [("课程", "merged")]


def test_a_file_without_sign_in_lines_says_so() -> None:
    assert codes(read_sample(CLASS_ROSTER)) == [("", "header-missing")]
    header = [title for title in HEADER if title != "姓名"]
    assert [finding.code for finding in attendance.read([sheet_of(line(), header=header)]).findings] == [
        "column-missing"
    ]
    assert attendance.read([sheet_of()]).marks == ()


def test_an_unreadable_line_of_the_group_list_does_no_harm() -> None:
    groups = sheet_of(("谭佳", A, "乙"), ("某", "错", "甲"), header=("姓名", "身份证号", "班组"), name="班组")
    shifts = sheet_of(("2020-05-07", "休", "班"), ("合计", "", "班"), header=("日期", "甲", "乙"), name="倒班表")
    (mark,) = attendance.read([sheet_of(line()), groups, shifts]).marks
    assert mark.flags == (Flag.DURING_SHIFT, Flag.OTHER_GROUP)
    assert mark.credited_minutes == 0


def test_the_template_takes_what_is_planned_and_reads_back() -> None:
    row: list[Value] = [
        "X1",
        "甲",
        date(2020, 5, 7),
        "上午",
        "09:00",
        "12:00",
        "安全",
        "赵月国",
        "4",
        "1",
        "谭佳",
        A,
        "",
        "",
        "请假",
    ]
    line = {item.key: value for item, value in zip(MARK_FIELDS, row, strict=True)}
    reading = attendance.read(read_workbook(template([line])).sheets)
    assert [mark.status for mark in reading.marks] == [LEAVE]
