"""The teacher's screen: the code, who is in, notes by hand, and what looks wrong in the scans."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.attendance.stage import planned_session
from tests.checkins import stage
from tests.checkins.stage import at
from tests.client import Browser
from tests.factories import Office
from trainingadmin.attendance import queries as marks
from trainingadmin.attendance.models import MarkStatus
from trainingadmin.checkins import actions, screen
from trainingadmin.checkins.models import HandMark
from trainingadmin.checkins.states import Direction
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, qr, transaction
from trainingadmin.plumbing.database import db


def screen_of(browser: Browser, path: str, when, login: str = "institution"):  # type: ignore[no-untyped-def]
    with clock.at(when):
        browser.sign_in(login)
        return browser.open(path)


def test_todays_sessions_lead_to_their_screens(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    page = screen_of(browser, "/checkins/", at(9))
    assert page.said("正在上课")
    assert f"/checkins/{cohort.id}/{session.id}" in page.text
    assert screen_of(browser, "/checkins/", at(9) + timedelta(days=1)).said("今天没有课")


def test_staff_see_the_scans_and_not_the_code(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    page = screen_of(browser, "/checkins/", at(9), "supervisor")
    assert f"/checkins/{cohort.id}/{session.id}/scans" in page.text
    with clock.at(at(9)):
        browser.open(f"/checkins/{cohort.id}/{session.id}", expect=403)


def test_the_screen_shows_a_code_and_asks_for_itself_when_it_changes(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    path = f"/checkins/{cohort.id}/{session.id}"
    page = screen_of(browser, path, at(9, 0, 12))
    assert re.search(r'http-equiv="refresh" content="19"', page.text)
    assert "data:image/svg+xml" in page.text
    assert page.said("18 秒后更换") or page.said("19 秒后更换")
    token = re.compile(r"/k/[A-Za-z0-9_-]{32}")
    assert not token.search(page.text), "the address is in the drawing only"


def test_near_the_end_the_code_is_for_leaving(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    path = f"/checkins/{cohort.id}/{session.id}"
    assert 'data-direction="in"' in screen_of(browser, path, at(9)).text
    assert 'data-direction="out"' in screen_of(browser, path, at(11, 50)).text
    assert 'data-direction="out"' in screen_of(browser, f"{path}?direction=out", at(9)).text
    assert 'data-direction="in"' in screen_of(browser, f"{path}?direction=sideways", at(9)).text


def test_before_and_after_there_is_no_code(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    path = f"/checkins/{cohort.id}/{session.id}"
    assert screen_of(browser, path, at(8, 29)).said("还没有到签到时间")
    assert screen_of(browser, path, at(12, 30)).said("签到已结束")


def test_the_code_of_the_drawing_lets_somebody_in(office: Office) -> None:
    cohort, session = stage.class_of(office)
    with clock.at(at(9)):
        shown = screen.shown(session, Direction.IN)
        token = shown.address.rpartition("/k/")[2]
        drawn = base64.b64decode(shown.drawing.partition(",")[2]).decode()
        assert drawn == qr.svg(shown.address, qr.version_for(len(shown.address)))
    assert stage.scanned(session, stage.roster(cohort)[0], at(9), letters=token).verdict.is_good


def test_every_code_is_drawn_in_as_many_modules(office: Office) -> None:
    _, session = stage.class_of(office)
    sides = set()
    for minute in range(60):
        with clock.at(at(9, minute)):
            address = screen.shown(session, Direction.OUT).address
            sides.add((len(address), qr.version_for(len(address))))
    assert len(sides) == 1
    assert max(sides)[1] <= 5


def test_an_open_screen_gets_the_codes_of_the_next_hour_once(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    with clock.at(at(9)):
        browser.sign_in("institution")
        first = browser.client.get(f"/checkins/{cohort.id}/{session.id}/codes").get_json()
        windows = sorted({window for window, _, _ in first["codes"]})
        assert (len(windows), len(first["codes"])) == (121, 242)
        assert first["now"] == int(at(9).timestamp() * 1000)
        more = browser.client.get(f"/checkins/{cohort.id}/{session.id}/codes?after={windows[-1]}").get_json()
        assert more["codes"] == []
    side = first["side"]
    assert len(base64.b64decode(first["codes"][0][2])) == -(-side * side // 8)


def test_codes_end_with_the_session(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    with clock.at(at(12, 20)):
        browser.sign_in("institution")
        told = browser.client.get(f"/checkins/{cohort.id}/{session.id}/codes").get_json()
    assert told["until"] == int(at(12, 30).timestamp() * 1000)
    assert max(window for window, _, _ in told["codes"]) * 30 == int(at(12, 30).timestamp())


def test_the_screen_tells_who_is_in_out_and_missing(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, other, *_ = stage.roster(cohort)
    stage.scanned(session, one, at(9))
    stage.scanned(session, other, at(9))
    stage.scanned(session, other, at(11), Direction.OUT)
    with clock.at(at(11, 1)):
        browser.sign_in("institution")
        told = browser.client.get(f"/checkins/{cohort.id}/{session.id}/standing").get_json()
        page = browser.open(f"/checkins/{cohort.id}/{session.id}")
    assert told == {str(one.id): ["in", "09:00", ""], str(other.id): ["out", "09:00", "11:00"]}
    assert page.text.count('data-state="missing"') == 4
    assert other.person.id_number not in page.text


def test_somebody_is_noted_by_hand_with_a_reason(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, path = stage.roster(cohort)[0], f"/checkins/{cohort.id}/{session.id}"
    with clock.at(at(9, 10)):
        browser.sign_in("institution")
        page = browser.open(path)
        assert browser.submit(page, "", enrolment_id=str(one.id), marked="present", expect=422).said("写明原因")
        assert browser.submit(page, "", enrolment_id=str(one.id), marked="present", reason="手机没电").said("已登记")
    (noted,) = db.session.scalars(select(HandMark))
    assert (noted.reason, noted.late_synced) == ("手机没电", False)
    assert marks.marks_of(session.id)[one.id].credited_minutes == 180


def note(browser: Browser, path: str, enrolment_id: int, client_id: str, when: str):  # type: ignore[no-untyped-def]
    fields = {
        "enrolment_id": enrolment_id,
        "marked": "absent",
        "reason": "未到",
        "client_id": client_id,
        "noted_at": when,
    }
    return browser.client.post(path, data=fields)


def test_what_was_noted_without_a_network_is_taken_once_and_says_so(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, path = stage.roster(cohort)[0], f"/checkins/{cohort.id}/{session.id}"
    then = str(int(at(9, 10).timestamp() * 1000))
    with clock.at(at(10, 30)):
        browser.sign_in("institution")
        answers = [note(browser, path, one.id, "c" * 36, then).status_code for _ in range(3)]
    assert answers == [302, 302, 302]
    (noted,) = db.session.scalars(select(HandMark))
    assert (noted.noted_at, noted.late_synced, noted.status) == (at(9, 10), True, MarkStatus.ABSENT)
    assert len(marks.marks_of(session.id)) == 1


@pytest.mark.parametrize("client_id", ["", "short", "no spaces allowed here"])
def test_a_note_needs_a_number_of_its_own(browser: Browser, office: Office, client_id: str) -> None:
    cohort, session = stage.class_of(office)
    with clock.at(at(9, 10)):
        browser.sign_in("institution")
        answer = note(browser, f"/checkins/{cohort.id}/{session.id}", stage.roster(cohort)[0].id, client_id or "x", "")
    assert answer.status_code == 422


def test_another_sessions_number_is_refused(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    other = planned_session(office, cohort, starts_at=at(14).time(), ends_at=at(16).time())
    with clock.at(at(14, 10)):
        browser.sign_in("institution")
        assert note(browser, f"/checkins/{cohort.id}/{session.id}", one.id, "c" * 36, "").status_code == 302
        assert note(browser, f"/checkins/{cohort.id}/{other.id}", one.id, "c" * 36, "").status_code == 422


def test_the_scans_page_lists_what_looks_wrong_with_the_evidence(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, other, third = stage.roster(cohort)[:3]
    stage.scanned(session, one, at(9), device="shared")
    stage.scanned(session, other, at(9, 0, 4), device="shared")
    stage.scanned(session, third, at(9), letters=stage.token(session, at(8, 55)))
    page = screen_of(browser, f"/checkins/{cohort.id}/{session.id}/scans", at(10), "supervisor")
    assert page.said("一部手机替多人扫码")
    assert page.said(f"{one.person.name}、{other.person.name} 都用设备")
    assert page.said("过期的二维码")
    assert one.person.id_number not in page.text


def test_somebody_is_noted_by_hand_as_soon_as_the_door_is_open(office: Office) -> None:
    """Half an hour before the session, like the codes; the register itself waits for it to begin."""
    cohort, session = stage.class_of(office)
    one, other = stage.roster(cohort)[:2]

    def note(enrolment_id: int, minute: int) -> None:
        noted = actions.Noted(enrolment_id, MarkStatus.PRESENT, "手机没电", f"{enrolment_id:016d}", at(8, minute))
        with clock.at(at(8, minute)), transaction.unit():
            actions.note_by_hand(session, noted, by=office.actor("institution"))

    with pytest.raises(Refusal) as refusal:
        note(one.id, 29)
    assert refusal.value.code == "session-not-begun"
    note(other.id, 30)
    assert marks.marks_of(session.id).keys() == {other.id}
