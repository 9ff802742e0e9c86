"""Looking at attendance: who sees what, risks first, files taken in by two clicks, exports."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from tests.attendance import stage
from tests.attendance.test_importing import edited
from tests.client import Browser
from tests.cohorts.stage import approved_cohort, completed_cohort
from tests.factories import Office
from tests.sample_files import ATTENDANCE_CSV, ATTENDANCE_XLSX, sample
from trainingadmin.attendance import evidence, queries
from trainingadmin.attendance.evidence import Risk
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import EnrolmentState
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.reading import read_workbook


def test_a_file_is_checked_then_imported_by_one_click(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    browser.sign_in("enterprise")
    form = browser.open(f"/attendance/{cohort.id}/upload")
    checked = browser.submit(form, "", sheet=(sample(ATTENDANCE_CSV), ATTENDANCE_CSV))
    for words in (
        "检查通过，可以导入",
        "新增考勤 751 条",
        "新建 75 · 已有 0",
        "文件里的班期号是 XT511824-2020-001",
        "按文件填写班组 30 人",
    ):
        assert checked.said(words), words
    assert browser.submit(checked, "").said("已导入 751 条考勤")
    again = browser.submit(
        browser.open(f"/attendance/{cohort.id}/upload"), "", sheet=(sample(ATTENDANCE_XLSX), "b.xlsx")
    )
    assert again.said("没有新内容，无需导入")
    assert again.said("751 条考勤都已登记")


def test_a_file_with_errors_comes_back_annotated(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    browser.sign_in("institution")
    form = browser.open(f"/attendance/{cohort.id}/upload")
    page = browser.submit(form, "", sheet=(edited({"签到": "九点"}), "早班.csv"))
    assert page.said("有 1 处错误，没有导入任何考勤")
    assert page.said("看不懂这个时间")
    (link,) = page.links("/annotated")
    assert browser.download(link).startswith(b"PK")


def test_no_file_is_refused_beside_the_field(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    browser.sign_in("enterprise")
    page = browser.submit(browser.open(f"/attendance/{cohort.id}/upload"), "", expect=422)
    assert page.said("文件是空的")


def test_an_import_with_errors_is_refused(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    upload = stage.uploaded(office, cohort, data=edited({"签到": "九点"}))
    browser.sign_in("enterprise")
    browser.post(f"/attendance/{cohort.id}/uploads/{upload.id}", expect=422)


def test_the_list_shows_the_share_and_those_at_risk(browser: Browser, office: Office) -> None:
    stage.attended_cohort(office)
    browser.sign_in("first_review")
    page = browser.open("/attendance/")
    assert page.said("97.2%")
    assert page.said("1 人低于 80%")
    assert browser.open("/attendance/?q=没有这个班").said("没有符合条件的班级")
    assert browser.open("/attendance/?state=completed").said("共 0 个班级")


def test_an_office_without_classes_is_told_the_next_step(browser: Browser, office: Office) -> None:
    browser.sign_in("other_office")
    assert browser.open("/attendance/").said("还没有班级在培养")


def test_apprentices_are_listed_by_risk_and_narrowed(browser: Browser, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    browser.sign_in("supervisor")
    page = browser.open(f"/attendance/{cohort.id}")
    assert page.text.index(people(cohort.id)[8].person.name) < page.text.index(people(cohort.id)[0].person.name)
    below = browser.open(f"/attendance/{cohort.id}?risk=below")
    assert below.said("学员 1 人")
    assert below.said("76.0%")
    assert browser.open(f"/attendance/{cohort.id}?group=甲").said("学员 10 人")
    assert browser.open(f"/attendance/{cohort.id}?q={people(cohort.id)[3].person.id_number[-4:]}").said("80.0%")
    assert browser.open(f"/attendance/{cohort.id}?q=无此人").said("没有符合条件的学员")


def test_whether_the_mark_can_still_be_reached(office: Office) -> None:
    cohort = stage.attended_cohort(office)
    # Two of three hours are still to come, so that only those far behind are lost.
    for day in (11, 12):
        stage.planned_session(office, cohort, group="甲", held_on=date(2020, 8, day))
    with clock.at(stage.IMPORTED_ON):
        found = {
            one.enrolment.position: one for one in evidence.standings(people(cohort.id), queries.totals(cohort.id), 80)
        }
    assert (found[9].risk, found[9].slack_minutes) == (Risk.LOST, 0)
    assert (found[4].risk, found[4].slack_minutes) == (Risk.NONE, 72)
    stage.planned_session(office, cohort, group="甲", held_on=date(2020, 8, 13))
    for day in (14, 15):
        stage.planned_session(office, cohort, group="甲", held_on=date(2020, 8, day))
    with clock.at(stage.IMPORTED_ON):
        found = {
            one.enrolment.position: one for one in evidence.standings(people(cohort.id), queries.totals(cohort.id), 80)
        }
    assert (found[9].risk, found[9].slack_minutes) == (Risk.BELOW, 0)


def test_one_apprentice_is_shown_session_by_session(browser: Browser, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    browser.sign_in("enterprise")
    page = browser.open(f"/attendance/{cohort.id}/people/{people(cohort.id)[12].id}")
    assert page.said("21:40:00 签到、21:41:10 签退，上课时间是 09:00 至 12:00")
    assert page.said("已修 96 / 100 课时")


def test_a_correction_shows_what_it_replaced(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.marked_session(office, cohort)
    one = people(cohort.id)[0]
    with clock.at(stage.DURING):
        browser.sign_in("enterprise")
        page = browser.open(f"/attendance/{cohort.id}/sessions/{session.id}")
        browser.submit(page, "", **stage.filled_in(f"p{one.id}-status", "leave"), reason="病假条")
        page = browser.open(f"/attendance/{cohort.id}/people/{one.id}")
    assert page.said("原为 到（点名登记")
    assert page.said("病假条")


def test_suspect_marks_are_listed_with_their_evidence(browser: Browser, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    browser.sign_in("first_review")
    page = browser.open(f"/attendance/{cohort.id}/suspects")
    assert page.said("可疑记录 4 条")
    assert page.said("与序号 26 的学徒分秒不差")
    assert page.said("本人是甲班组，签到的是乙班组的课")


def test_sessions_are_shown_by_month_and_by_what_waits(browser: Browser, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    browser.sign_in("enterprise")
    assert browser.open(f"/attendance/{cohort.id}/sessions?month=2020-07&group=甲").said("2020-07 课次")
    assert browser.open(f"/attendance/{cohort.id}/sessions?month=nonsense").said("课次日历")
    stage.planned_session(office, cohort)
    waiting = browser.open(f"/attendance/{cohort.id}/sessions?open=1")
    assert waiting.said("待登记的课次 1 次")
    assert browser.open(f"/attendance/{cohort.id}/sessions?month=2021-01").said("这个月没有课")


def test_before_it_begins_a_register_only_says_when(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    with clock.at(stage.IMPORTED_ON):
        browser.sign_in("enterprise")
        page = browser.open(f"/attendance/{cohort.id}/sessions/{session.id}")
    assert page.said("2020-08-10 09:00 起可以点名")
    assert page.links("/remove")


def test_staff_read_a_register_but_cannot_mark_it(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.marked_session(office, cohort)
    browser.sign_in("acceptance")
    page = browser.open(f"/attendance/{cohort.id}/sessions/{session.id}")
    assert page.said("点名登记")
    assert len(page.forms()) == len(browser.open(f"/attendance/{cohort.id}/suspects").forms())
    one = people(cohort.id)[0].id
    answer = browser.post(f"/attendance/{cohort.id}/sessions/{session.id}", {f"p{one}-status": "absent"}, expect=422)
    assert queries.marks_of(session.id)[one].status == "present"
    assert answer.status == 422


def test_the_sign_in_sheet_has_places_to_sign(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    session = stage.planned_session(office, cohort)
    browser.sign_in("institution")
    page = browser.open(f"/attendance/{cohort.id}/sessions/{session.id}/sheet")
    assert page.said("本人签名")
    assert page.said("（盖章）")
    assert people(cohort.id)[0].person.id_number not in page.text


def test_the_form_is_exported_with_every_session(browser: Browser, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    browser.sign_in("enterprise")
    (sheet,) = read_workbook(browser.download(f"/attendance/{cohort.id}/export")).sheets
    rows = [[cell.text for cell in row.cells] for row in sheet.rows]
    head = next(row for row in rows if row[0] == "序号")
    assert len(head) == 4 + 75 + 4
    ninth = next(row for row in rows if row[0] == "9")
    assert ninth[-4:] == ["100", "76", "0", "76.0%"]
    assert (ninth.count("√"), ninth.count("×"), ninth.count("—")) == (19, 6, 50)
    assert any(row[0].startswith("由 enterprise 于") for row in rows)


def test_the_form_to_fill_in_names_everybody_in_training(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    roster = people(cohort.id)
    with transaction.unit():
        roster[4].state = EnrolmentState.LEFT
    browser.sign_in("enterprise")
    (link,) = browser.open(f"/attendance/{cohort.id}/upload").links("/template")
    sheet = read_workbook(browser.download(link)).sheets[0]
    assert sheet.name == "签到明细"
    lines = [{cell.text for cell in row.cells} for row in sheet.rows[2:]]
    named = [one for one in roster if {one.person.name, one.person.id_number, str(one.position)} <= lines[0]]
    assert named == roster[:1]
    written = set().union(*lines)
    assert {one.person.id_number for one in people(cohort.id)} - written == {roster[4].person.id_number}


def test_the_form_names_people_whole_only_to_who_may_record(browser: Browser, office: Office) -> None:
    cohort = approved_cohort(office)
    browser.sign_in("first_review")
    assert not browser.open(f"/attendance/{cohort.id}/upload").links("/template")
    browser.open(f"/attendance/{cohort.id}/template", expect=403)


def test_a_completed_class_is_shown_as_locked(browser: Browser, office: Office) -> None:
    cohort = completed_cohort(office)
    browser.sign_in("enterprise")
    page = browser.open(f"/attendance/{cohort.id}")
    assert page.said("考勤已锁定")
    assert not page.links("/upload?")
    assert browser.open(f"/attendance/{cohort.id}/upload").said("现在不能导入")


@pytest.mark.parametrize("login", ["other_enterprise", "other_office"])
@pytest.mark.parametrize("page", ["", "/sessions", "/suspects", "/upload", "/export", "/uploads/1", "/sessions/1"])
def test_a_strangers_class_is_not_found(browser: Browser, office: Office, login: str, page: str) -> None:
    cohort = _looked_at(office)
    browser.sign_in(login)
    browser.open(f"/attendance/{cohort.id}{page}", expect=404)


def _looked_at(office: Office) -> Cohort:
    cohort = approved_cohort(office)
    stage.planned_session(office, cohort)
    return cohort


def test_pages_are_english_on_request(browser: Browser, office: Office) -> None:
    cohort = stage.attended_cohort(office)
    browser.sign_in("enterprise")
    page = browser.open(f"/attendance/{cohort.id}")
    browser.open(page.links("/language/en")[0])
    with browser.app.app_context():  # the language is remembered by context, and a server has one a request
        assert browser.open(f"/attendance/{cohort.id}").said("Average attendance")
        assert browser.open(f"/attendance/{cohort.id}/suspects").said("Belongs to group 甲")


PAGES = ("", "/suspects", "/sessions?month=2020-05", "/upload", "/groups", "/sessions/{session}", "/people/{person}")


def test_pages_ask_as_much_of_the_database_for_30_people_as_for_3(browser: Browser, office: Office) -> None:
    many = stage.attended_cohort(office)
    browser.sign_in("enterprise")
    few = _of_three(many)
    alone = _statements(browser, "/attendance/")
    stage.planned_session(office, many, group="甲", held_on=date(2020, 8, 11))
    stage.marked_session(office, few)
    assert _statements(browser, "/attendance/") == alone <= 12
    assert _statements(browser, "/attendance/") < alone  # nothing changed, and nothing is added up
    for page in PAGES:
        counts = [_statements(browser, _address(cohort, page)) for cohort in (many, few)]
        # On PostgreSQL a transaction's own terms are one statement; one person's page is no list.
        assert counts[0] == counts[1] <= (13 if "{person}" in page else 12), page


def _of_three(like: Cohort) -> Cohort:
    """A filing in training like another, of its first three people; nobody could file them twice."""
    with transaction.unit():
        few = Cohort(**{**_columns(like, "id", "version"), "number": "XT-511824-2020-999"})
        db.session.add(few)
        db.session.flush()
        for one in people(like.id)[:3]:
            db.session.add(Enrolment(**{**_columns(one, "id"), "cohort_id": few.id}))
    return few


def _columns(row: Any, *without: str) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in without}


def _address(cohort: Cohort, page: str) -> str:
    held, one = queries.sessions(cohort.id)[0], people(cohort.id)[0]
    return f"/attendance/{cohort.id}{page.format(session=held.id, person=one.id)}"


def _statements(browser: Browser, address: str) -> int:
    seen: list[Any] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    event.listen(db.engine, "before_cursor_execute", note)
    browser.open(address)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
