"""Importing sign-in files: the sample to the hour, once; other files refused whole with every error."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from tests.attendance import stage
from tests.cohorts.stage import approved_cohort, completed_cohort, draft_cohort
from tests.factories import Office, id_number
from tests.sample_files import ATTENDANCE_CSV, ATTENDANCE_XLSX, CLASS_ROSTER, sample
from trainingadmin.attendance import actions, queries
from trainingadmin.attendance.actions import Entry
from trainingadmin.attendance.models import AttendanceUpload, Mark, MarkSource, MarkStatus, Session
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.reading import SpreadsheetRefused, read_workbook
from trainingadmin.plumbing.storage import store


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def edited(*lines: dict[str, str], keep: int = 1) -> bytes:
    """The sample's first `keep` lines, then a copy of the first with each of these changes."""
    rows = list(csv.DictReader(io.StringIO(sample(ATTENDANCE_CSV).decode("utf-8-sig"))))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows([*rows[:keep], *({**rows[0], **line} for line in lines)])
    return text.getvalue().encode("utf-8-sig")


def codes(upload: AttendanceUpload, severity: str = "error") -> list[tuple[int, str, str]]:
    return [(one["row"], one["column_name"], one["code"]) for one in upload.findings if one["severity"] == severity]


def test_the_sample_gives_the_hours_of_its_list(office: Office) -> None:
    cohort = stage.attended_cohort(office)
    told = {4: 80, 23: 80, 9: 76, 17: 88, 28: 96, 13: 96}
    assert stage.hours(cohort) == {number: told.get(number, 100) for number in range(1, 31)}
    summed = queries.totals(cohort.id)
    assert {one.planned_minutes for one in summed.values()} == {100 * 45}
    with clock.at(stage.IMPORTED_ON):
        below = [one.position for one in people(cohort.id) if queries.totals(cohort.id)[one.id].is_below(80)]
    assert below == [9]
    assert {one.position: one.shift_group for one in people(cohort.id)} == {
        number: "甲乙丙"[(number - 1) // 10] for number in range(1, 31)
    }


def test_a_dry_run_counts_and_writes_nothing(office: Office) -> None:
    cohort = approved_cohort(office)
    upload = stage.uploaded(office, cohort)
    assert (upload.lines, upload.imported_at, count(Mark), count(Session)) == (751, None, 0, 0)
    assert upload.counts == {
        "sessions_new": 75,
        "sessions_known": 0,
        "people": 30,
        "credited_minutes": (24 * 100 + 80 + 80 + 76 + 88 + 96 + 96) * 45,
        "suspect": 4,
        "marks": 751,
        "same": 0,
        "changed": 0,
        "kept": 0,
        "groups": 30,
        "lacking": [],
        "numbers": ["XT511824-2020-001"],
    }
    assert codes(upload) == []
    assert sorted(code for _, _, code in codes(upload, "warning")) == [
        "identical-seconds",
        "identical-seconds",
        "other-group",
        "outside-hours",
    ]


def test_suspect_marks_are_kept_with_their_evidence(office: Office) -> None:
    cohort = approved_cohort(office)
    stage.imported(office, stage.uploaded(office, cohort, ATTENDANCE_XLSX))
    found = {(row.position, row.held_on): row.flags for row in db.session.execute(queries.suspects(cohort.id))}
    assert found == {
        (2, date(2020, 5, 1)): [
            {"code": "during-shift", "evidence": {"own": "甲", "came": "08:55:12"}},
            {"code": "other-group", "evidence": {"own": "甲", "group": "乙"}},
        ],
        (13, date(2020, 5, 1)): [
            {
                "code": "outside-hours",
                "evidence": {"came": "21:40:00", "left": "21:41:10", "starts": "09:00", "ends": "12:00"},
            }
        ],
        (25, date(2020, 5, 13)): [_identical("26", found)],
        (26, date(2020, 5, 13)): [_identical("25", found)],
    }
    assert queries.suspect_count(cohort.id) == 4


def _identical(others: str, found: object) -> dict[str, object]:
    assert isinstance(found, dict)
    evidence = found[(25, date(2020, 5, 13))][0]["evidence"]
    assert evidence["came"] == "08:56:27"
    return {"code": "identical-seconds", "evidence": {**evidence, "others": others}}


@pytest.mark.parametrize(("first", "second"), [(ATTENDANCE_CSV, ATTENDANCE_XLSX), (ATTENDANCE_XLSX, ATTENDANCE_CSV)])
def test_the_same_sign_ins_in_another_file_add_nothing(office: Office, first: str, second: str) -> None:
    cohort = approved_cohort(office)
    assert stage.imported(office, stage.uploaded(office, cohort, first)) == 751
    again = stage.uploaded(office, cohort, second)
    assert (again.counts["marks"], again.counts["same"], again.counts["sessions_new"]) == (0, 751, 0)
    assert stage.imported(office, again) == 0
    assert (count(Mark), count(Session)) == (751, 75)


def test_the_same_file_again_is_answered_with_its_first_upload(office: Office) -> None:
    cohort = approved_cohort(office)
    first = stage.uploaded(office, cohort)
    stage.imported(office, first)
    assert stage.uploaded(office, cohort) is first
    assert stage.imported(office, first) == 0
    assert count(Mark) == 751


def test_the_training_institution_may_import_too(office: Office) -> None:
    cohort = approved_cohort(office)
    upload = stage.uploaded(office, cohort, login="institution")
    assert stage.imported(office, upload, login="institution") == 751


def test_what_differs_is_told_and_replaces_the_earlier_mark(office: Office) -> None:
    cohort = approved_cohort(office)
    stage.imported(office, stage.uploaded(office, cohort, data=edited()))
    later = stage.uploaded(office, cohort, data=edited({"签退": "10:30:00"}, keep=0))
    assert codes(later, "warning") == [(2, "签到", "mark-changes")]
    assert stage.imported(office, later) == 1
    assert (stage.hours(cohort)[1], count(Mark)) == (2, 2)


def test_a_mark_that_somebody_corrected_stays(office: Office) -> None:
    cohort = approved_cohort(office)
    stage.imported(office, stage.uploaded(office, cohort, data=edited()))
    session, first = queries.sessions(cohort.id)[0], people(cohort.id)[0]
    with clock.at(stage.IMPORTED_ON), transaction.unit():
        absent, by, second = (
            [Entry(first.id, MarkStatus.ABSENT)],
            office.actor("institution"),
            office.actor("enterprise"),
        )
        actions.record(session, absent, "查监控未到", by=by, second=second)
    later = stage.uploaded(office, cohort, data=edited({"签退": "10:30:00"}, keep=0))
    assert codes(later, "warning") == [(2, "签到", "mark-corrected")]
    assert (later.counts["kept"], stage.imported(office, later), stage.hours(cohort)[1]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ({"身份证号": id_number(801)}, ("身份证号", "person-unknown")),
        ({"姓名": "谭嘉"}, ("姓名", "name-differs")),
        ({"签到": "九点"}, ("签到", "time-form")),
        ({"日期": "2020-04-30"}, ("日期", "session-outside-training")),
        ({"日期": "2020-08-04"}, ("日期", "session-not-begun")),
        ({"日期": "2020-05-08", "计划结束": "20:00", "课时": "12", "签退": "20:00:00"}, ("日期", "day-cap")),
        ({"计划开始": "10:00", "课时": ""}, ("计划开始", "session-overlaps")),
    ],
)
def test_each_error_is_named_by_its_cell_and_nothing_is_imported(
    office: Office, line: dict[str, str], finding: tuple[str, str]
) -> None:
    cohort = approved_cohort(office)
    upload = stage.uploaded(office, cohort, data=edited(line))
    assert codes(upload) == [(3, *finding)]
    with pytest.raises(Refusal) as refused:
        stage.imported(office, upload)
    assert refused.value.code == "attendance-has-errors"
    assert (count(Mark), count(Session)) == (0, 0)


def test_a_session_that_is_planned_otherwise_is_an_error(office: Office) -> None:
    cohort = stage.attended_cohort(office)
    upload = stage.uploaded(office, cohort, data=edited({"计划结束": "11:15", "课时": "3"}, keep=0))
    assert codes(upload) == [(2, "计划结束", "session-differs")]


def test_a_sign_in_after_leaving_is_an_error(office: Office) -> None:
    cohort = approved_cohort(office)
    with transaction.unit():
        people(cohort.id)[0].left_on = date(2020, 5, 6)
    assert codes(stage.uploaded(office, cohort, data=edited())) == [(2, "身份证号", "person-left")]


def test_the_annotated_copy_shows_every_finding(office: Office) -> None:
    cohort = approved_cohort(office)
    upload = stage.uploaded(office, cohort, data=edited({"签到": "九点"}))
    assert upload.annotated_sha256 is not None
    sheets = read_workbook(store().read(upload.annotated_sha256)).sheets
    assert "九点" in {cell.text for row in sheets[0].rows for cell in row.cells}


def test_findings_never_hold_a_whole_id_number(office: Office) -> None:
    stranger = id_number(802)
    upload = stage.uploaded(office, approved_cohort(office), data=edited({"身份证号": stranger}))
    assert stranger not in str(upload.findings)


def test_a_file_that_is_no_spreadsheet_is_refused_at_its_field(office: Office) -> None:
    cohort = approved_cohort(office)
    with pytest.raises(SpreadsheetRefused) as refused:
        stage.uploaded(office, cohort, "x.csv", data=b"")
    assert (refused.value.code, refused.value.field) == ("empty", "sheet")


def test_a_roster_is_not_attendance(office: Office) -> None:
    upload = stage.uploaded(office, approved_cohort(office), CLASS_ROSTER)
    assert [code for _, _, code in codes(upload)] == ["header-missing"]


@pytest.mark.parametrize("login", ["acceptance", "other_enterprise", "supervisor"])
def test_only_operators_of_the_filing_import(office: Office, login: str) -> None:
    cohort = approved_cohort(office)
    with pytest.raises(Refusal) as refused:
        stage.uploaded(office, cohort, login=login)
    assert refused.value.code == "not-the-recorder"


def test_a_completed_filing_is_locked(office: Office) -> None:
    cohort = completed_cohort(office)
    with pytest.raises(Refusal) as refused:
        stage.uploaded(office, cohort)
    assert refused.value.code == "attendance-locked"


def test_an_upload_is_locked_too_once_the_filing_is_completed(office: Office) -> None:
    cohort = completed_cohort(office)
    upload = AttendanceUpload(
        cohort_id=cohort.id,
        filename="x.csv",
        sha256="0" * 64,
        lines=1,
        findings=[],
        account_id=office.actor("enterprise").id,
        at=clock.now(),
    )
    with transaction.unit():
        db.session.add(upload)
    with pytest.raises(Refusal) as refused:
        stage.imported(office, upload)
    assert refused.value.code == "attendance-locked"


def test_a_draft_takes_no_attendance(office: Office) -> None:
    cohort = draft_cohort(office)
    with pytest.raises(Refusal) as refused:
        stage.uploaded(office, cohort)
    assert refused.value.code == "not-in-training"


def test_marks_name_their_source_and_upload(office: Office) -> None:
    cohort = approved_cohort(office)
    upload = stage.uploaded(office, cohort, data=edited())
    stage.imported(office, upload)
    mark = db.session.scalars(select(Mark)).one()
    assert (mark.source, mark.roll.upload_id, mark.status) == (MarkSource.IMPORT, upload.id, MarkStatus.PRESENT)
    assert db.session.get_one(Enrolment, mark.enrolment_id).shift_group == "甲"


def statements(app: Flask, office: Office, cohort: Cohort, data: bytes) -> int:
    """Count what one import asks the database, dry run left out."""
    upload = stage.uploaded(office, cohort, data=data)
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    event.listen(db.engine, "before_cursor_execute", note)
    stage.imported(office, upload)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_an_import_asks_as_much_of_the_database_for_30_people_as_for_3(app: Flask, office: Office) -> None:
    cohort = approved_cohort(office)
    few = statements(app, office, cohort, edited(keep=3))
    doubts = 1  # what is suspect is written by one statement, and the first three lines are not
    before = 1  # the second file finds the marks of the first, which are read by one statement
    assert statements(app, office, cohort, edited(keep=751)) == few + doubts + before
