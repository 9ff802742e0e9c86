"""The door of a class: a tablet that shows the code, a phone that scans it, and both of them without a network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from tests.browser.conftest import Opens
from tests.browser.walking import PHONE, TABLET, Visitor, visiting
from tests.browser.world import World
from trainingadmin.attendance.models import Session
from trainingadmin.checkins import screen
from trainingadmin.checkins.models import HandMark, Scan
from trainingadmin.checkins.states import Direction, Verdict
from trainingadmin.checkins.tokens import Code, window_at
from trainingadmin.cohorts.queries import people
from trainingadmin.demo import door
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def held(world: World) -> tuple[int, int]:
    """The filing and the session that is on now."""
    with world.app.app_context(), transaction.unit(reads=True):
        on = select(Session).where(Session.cohort_id == door.class_in_training().id, Session.held_on == clock.today())
        session = db.session.scalars(on).one()
        return session.cohort_id, session.id


@pytest.fixture
def teacher(window: Opens) -> Visitor:
    """The institution's operator at a tablet."""
    visitor = window("jigou")
    visitor.page.set_viewport_size(TABLET)
    return visitor


def code_now(world: World, session_id: int, direction: Direction = Direction.IN) -> str:
    """Return the address that a camera would read off the screen now."""
    with world.app.app_context():
        return "/k/" + screen.sealer().seal(Code(session_id, direction, window_at(clock.now()), b"test"))


def counted(world: World, statement: Callable[[], object]) -> int:
    with world.app.app_context(), transaction.unit(reads=True):
        return int(db.session.scalar(statement()) or 0)  # type: ignore[call-overload]


def scans(world: World, session_id: int, person: int) -> list[Verdict]:
    """Return what the scans of one on the roster came to."""
    with world.app.app_context(), transaction.unit(reads=True):
        cohort_id = db.session.get_one(Session, session_id).cohort_id
        mine = select(Scan.verdict).where(
            Scan.enrolment_id == people(cohort_id)[person].id, Scan.session_id == session_id
        )
        return list(db.session.scalars(mine.order_by(Scan.id)))


WORKING = """(scope) => new Promise((done) => {
  const look = async () => {
    const one = await navigator.serviceWorker.getRegistration(scope);
    if (one && one.active && one.active.state === "activated") done(true);
    else setTimeout(look, 50);
  };
  look();
})"""
"""Waits until the worker answers: a registration alone does not mean that it does."""


@pytest.fixture
def phone(chromium: Browser, base: str, world: World) -> Iterator[Visitor]:
    """A phone of nobody yet."""
    with visiting(chromium, base, world) as visitor:
        visitor.page.set_viewport_size(PHONE)
        yield visitor


def sign_in(visitor: Visitor, inbox: Visitor, person: int) -> None:
    """Fill in ID number and code, wherever the sign-in page was reached from."""
    with visitor.world.app.app_context(), transaction.unit(reads=True):
        number = people(door.class_in_training().id)[person].person.id_number
    visitor.sign_in_by_code(number, inbox)


def drawn(page: Page) -> str:
    """Return the modules of the code that the open screen draws."""
    path = page.locator('.live:not([hidden]) path[d^="M"]')
    path.wait_for(state="attached")
    return str(path.get_attribute("d"))


def test_a_trainee_checks_in_with_two_taps_and_the_screen_tells(
    teacher: Visitor, phone: Visitor, window: Opens, world: World, held: tuple[int, int]
) -> None:
    teacher.open(f"/checkins/{held[0]}/{held[1]}")
    seat = teacher.page.locator("#seats li").nth(6)
    assert seat.get_attribute("data-state") == "missing"
    inbox = window()
    phone.open("/m/sign-in")
    sign_in(phone, inbox, 6)
    phone.page.wait_for_url(f"{phone.base}/m")
    phone.open(code_now(world, held[1]))  # the camera's own tap
    phone.expect_usable()
    phone.page.set_viewport_size(PHONE)
    phone.press("签到")  # the second one
    phone.page.get_by_role("heading", name="已签到").wait_for()
    phone.expect_usable()
    teacher.page.locator('#seats li[data-state="in"]').nth(5).wait_for(timeout=8000)
    assert seat.get_attribute("data-state") == "in"
    assert scans(world, held[1], 6) == [Verdict.ACCEPTED]


def test_a_stranger_scans_signs_in_and_is_in(
    phone: Visitor, window: Opens, world: World, held: tuple[int, int]
) -> None:
    phone.open(code_now(world, held[1]))
    sign_in(phone, window(), 7)
    phone.press("签到")
    phone.page.get_by_role("heading", name="已签到").wait_for()
    assert scans(world, held[1], 7) == [Verdict.ACCEPTED]


def test_the_teachers_pages_are_usable_at_every_size(teacher: Visitor, held: tuple[int, int]) -> None:
    where = f"/checkins/{held[0]}/{held[1]}"
    for path in ("/checkins/", where, f"{where}/scans", f"{where}/roll-calls"):
        teacher.open(path)
        teacher.expect_usable()
    teacher.page.set_viewport_size(TABLET)
    teacher.open(where)
    assert not teacher.page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_without_scripts_the_screen_reloads_itself_and_leads_to_the_register(
    window: Opens, held: tuple[int, int]
) -> None:
    teacher = window("jigou", scripts=False)
    teacher.open(f"/checkins/{held[0]}/{held[1]}")
    first = teacher.page.get_attribute("#code img", "src")
    with teacher.page.expect_navigation(timeout=40_000):
        pass
    assert teacher.page.get_attribute("#code img", "src") != first, "the code of the next half minute"
    teacher.page.get_by_role("main").get_by_role("link", name="点名册").last.click()
    marks = teacher.page.get_by_role("button", name="提交点名")
    expect(marks.or_(teacher.page.get_by_role("button", name="保存更正"))).to_be_visible()


def test_the_screen_survives_an_hour_without_a_network(teacher: Visitor, world: World, held: tuple[int, int]) -> None:
    page, context = teacher.page, teacher.page.context
    page.clock.install()
    teacher.open(f"/checkins/{held[0]}/{held[1]}")
    before = drawn(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # now through the worker, which keeps the page
    drawn(page)
    noted = counted(world, lambda: select(func.count()).select_from(HandMark))
    context.set_offline(True)
    shown = {before}
    for minutes in (1, 20, 20, 17):
        page.clock.fast_forward(timedelta(minutes=minutes).seconds * 1000)
        page.wait_for_timeout(300)
        shown.add(drawn(page))
    assert len(shown) == 5, "a new code each time"
    expect(page.get_by_text("断网中")).to_be_visible()
    page.get_by_label("学员").select_option(index=8)
    page.get_by_label("缺勤", exact=True).check()
    page.get_by_label("原因").fill("断网时点名未到")
    teacher.press("登记")
    page.get_by_text("有 1 条登记待上传").wait_for()
    page.reload()
    page.get_by_text("有 1 条登记待上传").wait_for()
    assert drawn(page), "even after the page was opened anew without a network"
    context.set_offline(False)
    page.get_by_text("1 条登记已上传").wait_for(timeout=10000)
    page.clock.fast_forward(10_000)
    assert counted(world, lambda: select(func.count()).select_from(HandMark)) == noted + 1
    teacher.troubles.clear()  # the browser complains of the network we took away


def test_a_code_of_the_offline_screen_is_good(teacher: Visitor, world: World, held: tuple[int, int]) -> None:
    """What is drawn without a network is what the server handed out: read back from the modules by an own decoder."""
    teacher.open(f"/checkins/{held[0]}/{held[1]}")
    answer = teacher.page.request.get(f"{teacher.base}/checkins/{held[0]}/{held[1]}/codes")
    told = answer.json()
    side = told["side"]
    bits = drawn(teacher.page)
    inked = sum(int(run) for run in re.findall(r"h(\d+)v", bits))
    assert side * side * 0.4 < inked < side * side * 0.6


def test_a_phone_without_a_network_keeps_its_scan_and_sends_it_once(
    phone: Visitor, window: Opens, world: World, held: tuple[int, int]
) -> None:
    phone.open("/m/sign-in")
    sign_in(phone, window(), 8)
    phone.page.wait_for_url(f"{phone.base}/m")
    phone.page.evaluate(WORKING, "/k/")
    phone.page.context.set_offline(True)
    phone.page.goto(phone.base + code_now(world, held[1]))
    phone.page.get_by_role("button", name="记下这次扫码").click()
    phone.page.get_by_text("已记下").wait_for()
    assert scans(world, held[1], 8) == []
    phone.page.context.set_offline(False)
    phone.page.get_by_text("断网时扫的码已上传").wait_for(timeout=10000)
    phone.page.reload()
    phone.page.wait_for_timeout(500)
    assert scans(world, held[1], 8) == [Verdict.ACCEPTED]
    phone.troubles.clear()  # the browser complains of the network we took away
