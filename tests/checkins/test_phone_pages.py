"""The trainee's phone: a scanned code, one button, what came of it; signed in or not, with a network or not."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from tests.checkins import stage
from tests.checkins.stage import at
from tests.client import Browser
from tests.cohorts.rosters import made_up
from tests.cohorts.stage import approved_cohort
from tests.factories import Office
from trainingadmin.attendance import queries as marks
from trainingadmin.checkins.models import Scan
from trainingadmin.checkins.states import Direction, Verdict
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


def kept() -> list[Scan]:
    return list(db.session.scalars(select(Scan).order_by(Scan.id)))


def test_one_button_checks_in_and_says_what_is_left(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    with stage.signed_in(browser, one, at(8, 57)):
        page = browser.open(f"/k/{stage.token(session, at(8, 57))}")
        done = browser.submit(page, "/k/")
        assert done.said("已签到")
        assert done.said("08:57:00 签到")
        assert done.said("已修 0 / 4 课时")
    with clock.at(at(12)):
        with stage.signed_in(browser, one, at(12)):
            left = browser.submit(browser.open(f"/k/{stage.token(session, at(12), Direction.OUT)}"), "/k/")
        assert left.said("已签退")
        assert left.said("已修 4 / 4 课时")


def test_a_stranger_signs_in_and_comes_back_in_time(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    with transaction.unit():
        one.person.phone = "14000007056"
    with clock.at(at(8, 57)):
        page = browser.open(f"/k/{stage.token(session, at(8, 57))}")
        assert page.said("学员登录")
    with clock.at(at(8, 59)):  # the code has changed four times meanwhile
        page = browser.submit(page, "/m/sign-in", id_number=one.person.id_number)
        code = browser.open("/dev/inbox").text.split("验证码是 ")[1][:6]
        page = browser.submit(page, "/m/sign-in/code", code=code)
        assert browser.submit(page, "/k/").said("已签到")
    assert marks.marks_of(session.id)[one.id].in_at == at(8, 57).time()


def test_coming_back_too_late_is_too_late(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    with clock.at(at(8, 57)):
        address = browser.client.get(f"/k/{stage.token(session, at(8, 57))}").headers["Location"]
    back = re.findall(r"next=([^&]+)", address)[0].replace("%2F", "/").replace("%3F", "?").replace("%3D", "=")
    with stage.signed_in(browser, stage.roster(cohort)[0], at(9, 8)):
        assert browser.open(back).said("二维码已过期")


def test_a_receipt_of_another_phone_is_worth_nothing(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    token = stage.token(session, at(8, 57))
    with clock.at(at(8, 57)):
        address = Browser(browser.app).client.get(f"/k/{token}").headers["Location"]
    receipt = re.findall(r"r%3D([A-Za-z0-9_-]{16})", address)[0]
    with stage.signed_in(browser, stage.roster(cohort)[0], at(8, 59)):
        assert browser.open(f"/k/{token}?r={receipt}").said("二维码已过期")


def test_a_bad_code_is_explained_and_kept_once(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    old = stage.token(session, at(8, 40))
    with stage.signed_in(browser, stage.roster(cohort)[0], at(9)):
        for _ in range(3):
            assert browser.open(f"/k/{old}").said("二维码已过期，没有签到")
        assert browser.open(f"/k/{'A' * 32}").said("不是本系统生成的")
    assert [scan.verdict for scan in kept()] == [Verdict.EXPIRED, Verdict.FORGED]


def test_strangers_with_a_bad_code_are_told_and_nothing_is_written(browser: Browser, office: Office) -> None:
    with clock.at(at(9)):
        assert browser.open("/k/whatever-this-is").said("不是本系统生成的")
    assert kept() == []


def test_another_class_is_told_so(browser: Browser, office: Office) -> None:
    _, session = stage.class_of(office)
    other = approved_cohort(office, roster=made_up(3, first=6000))
    with stage.signed_in(browser, stage.roster(other)[0], at(9)):
        done = browser.submit(browser.open(f"/k/{stage.token(session, at(9))}"), "/k/")
    assert done.said("这是别的班级的二维码")
    assert kept()[0].session_id == session.id


def test_staff_who_scan_are_told_whose_code_it_is(browser: Browser, office: Office) -> None:
    _, session = stage.class_of(office)
    with clock.at(at(9)):
        browser.sign_in("institution")
        assert browser.open(f"/k/{stage.token(session, at(9))}").said("这是学员用的签到码")


def test_pressing_twice_is_once(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    with stage.signed_in(browser, stage.roster(cohort)[0], at(9)):
        page = browser.open(f"/k/{stage.token(session, at(9))}")
        assert browser.submit(page, "/k/").said("已签到")
        assert browser.submit(page, "/k/").said("已签到")
    assert len(kept()) == 1


def test_leaving_at_once_is_told_to_be_worth_nothing_yet(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    stage.scanned(session, one, at(9))
    with stage.signed_in(browser, one, at(9, 0, 6)):
        page = browser.open(f"/k/{stage.token(session, at(9, 0, 6), Direction.OUT)}")
        left = browser.submit(page, "/k/")
    assert left.said("现在计 0 课时。12:00 才下课")
    assert left.said("下课时再扫一次签退码，以最后一次为准")


def test_whoever_is_in_already_is_told_so_and_not_asked_again(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    stage.scanned(session, one, at(8, 57))
    with stage.signed_in(browser, one, at(9)):
        page = browser.open(f"/k/{stage.token(session, at(9))}")
        assert page.said("您已签到")
        assert page.said("08:57:00 签到")
        assert not [form for form in page.forms() if "/k/" in (form.get("action") or "")]
        stage.scanned(session, one, at(9, 30), Direction.OUT)
    with stage.signed_in(browser, one, at(12)):
        again = browser.open(f"/k/{stage.token(session, at(12), Direction.OUT)}")
        assert again.said("您已签退 09:30:00 签退；再签退一次，以最后一次为准")
        assert browser.submit(again, "/k/").said("这次课计 4 课时")


def test_a_code_that_is_no_good_still_leads_home(browser: Browser, office: Office) -> None:
    cohort, _ = stage.class_of(office)
    with clock.at(at(9)):
        assert "/" in browser.open(f"/k/{'A' * 32}").links("/")
    with stage.signed_in(browser, stage.roster(cohort)[0], at(9)):
        assert browser.open(f"/k/{'A' * 32}").said("回到首页")


def test_a_place_is_kept_only_when_it_is_sent(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    with stage.signed_in(browser, stage.roster(cohort)[0], at(9)):
        page = browser.open(f"/k/{stage.token(session, at(9))}")
        browser.submit(page, "/k/", latitude="29.228300", longitude="102.359100", accuracy="12")
    (scan,) = kept()
    assert (scan.latitude, scan.longitude, scan.accuracy) == (29228300, 102359100, 12)


def test_ones_own_scans_are_nobody_elses(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one, other = stage.roster(cohort)[:2]
    scan = stage.scanned(session, one, at(9))
    with stage.signed_in(browser, other, at(9, 5)):
        browser.open(f"/k/done/{scan.id}", expect=404)


def send(browser: Browser, token: str, client_id: str, ago: int):  # type: ignore[no-untyped-def]
    now = int(clock.now().timestamp() * 1000) + 7_200_000  # a phone whose clock is two hours fast
    fields = {"token": token, "client_id": client_id, "scanned_at": now - ago * 1000, "device_now": now}
    return browser.client.post("/k/queued", data=fields)


def test_a_kept_scan_is_taken_once_whatever_the_phones_clock_says(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    token = stage.token(session, at(8, 57))
    with stage.signed_in(browser, one, at(9, 57)):
        answers = [send(browser, token, "d" * 36, 3590).get_json() for _ in range(3)]
    assert all(answer["good"] for answer in answers)
    (scan,) = kept()
    assert (scan.offline, scan.scanned_at) == (True, at(8, 57, 10))


def test_a_kept_scan_of_another_time_is_refused(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    token = stage.token(session, at(8, 57))
    with stage.signed_in(browser, stage.roster(cohort)[0], at(9, 57)):
        answer = send(browser, token, "d" * 36, 600)
    assert (answer.get_json()["good"], kept()[0].verdict) == (False, Verdict.EXPIRED)


def test_nonsense_is_refused_with_a_sentence(browser: Browser, office: Office) -> None:
    cohort, _ = stage.class_of(office)
    with stage.signed_in(browser, stage.roster(cohort)[0], at(9, 57)):
        answer = browser.client.post("/k/queued", data={"token": "x"})
    assert answer.status_code == 422
    assert answer.get_json()["said"]


def test_who_comes_back_learns_whether_they_are_signed_in(browser: Browser, office: Office) -> None:
    cohort, _ = stage.class_of(office)
    assert browser.client.get("/k/pass").get_json()["trainee"] is False
    with stage.signed_in(browser, stage.roster(cohort)[0], at(9)):
        assert browser.client.get("/k/pass").get_json()["trainee"] is True


def test_the_worker_may_answer_for_every_page(browser: Browser) -> None:
    answer = browser.client.get("/k/worker.js")
    assert (answer.mimetype, answer.headers["Service-Worker-Allowed"]) == ("text/javascript", "/")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert browser.open("/k/offline").said("现在没有网络")


def test_nothing_in_addresses_names_a_person(browser: Browser, office: Office) -> None:
    cohort, session = stage.class_of(office)
    one = stage.roster(cohort)[0]
    with clock.at(at(9) + timedelta(seconds=1)):
        address = browser.client.get(f"/k/{stage.token(session, at(9))}").headers["Location"]
    assert one.person.id_number not in address
