"""A new list reaches the open claims of people by itself: what it changes is judged again, and nothing is approved on old facts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.applications import stage
from tests.client import Browser
from tests.factories import Office, id_number
from tests.journeys.acting import at_the_clock
from tests.registers import lists
from trainingadmin.claims import actions, queries
from trainingadmin.claims.models import Assessment, Claim, Verdict
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.registers import actions as registers
from trainingadmin.registers import queries as found
from trainingadmin.registers.states import Register

LATER = stage.APPLIED_ON + timedelta(days=1)


@pytest.fixture
def founder(office: Office) -> Actor:
    actor = stage.founder(office)
    stage.on_the_register(office, actor)
    return actor


@pytest.fixture
def claim(office: Office, founder: Actor) -> Claim:
    return stage.submitted(founder)


def struck(day: date = LATER) -> int:
    with clock.at(at_the_clock(day, 10)), transaction.unit():
        return actions.take_lists_in()


def cancelled(office: Office, founder: Actor) -> None:
    """The register's next version says that the shop is closed."""
    who = {"name": stage.person_of(founder).name, "id_number": stage.person_of(founder).id_number}
    shop: dict[str, Value] = {"from_on": stage.OPENED_ON, "founder": "是", "standing": "注销", **who}
    lists.imported(office, lists.made_up(Register.BUSINESS, [shop], as_of="2026-03-01"), on=LATER)


def codes(claim: Claim) -> set[str]:
    """Name what stands in the way by the latest assessment."""
    newest = select(Assessment).where(Assessment.line_id == claim.lines[0].id).order_by(Assessment.id.desc())
    latest = db.session.scalars(newest).first()
    assert latest is not None
    return {one["code"] for one in latest.findings if one["outcome"] == "fail"}


def test_nothing_new_changes_nothing(claim: Claim) -> None:
    assert struck() == 0


def test_a_new_version_is_taken_in_once(office: Office, founder: Actor, claim: Claim) -> None:
    assert "not-operating" not in codes(claim)
    cancelled(office, founder)
    assert struck() == 1
    db.session.expire_all()
    assert codes(claim) == {"not-operating"}
    assert claim.lines[0].verdict is Verdict.REFUSED
    assert queries.assessments(claim.lines[0].id)[0].occasion == "lists"
    assert struck() == 0
    assert queries.news_since(claim) is None


def test_a_list_that_says_the_same_leaves_only_the_moment(office: Office, founder: Actor, claim: Claim) -> None:
    before = len(queries.assessments(claim.lines[0].id))
    other = {"name": "另一人", "id_number": lists_other()}
    lists.imported(office, lists.made_up(Register.DEATH, [other], as_of="2026-03-01"), on=LATER)
    assert struck() == 1
    assert len(queries.assessments(claim.lines[0].id)) == before
    assert struck() == 0


def lists_other() -> str:
    return id_number(78, date(1950, 1, 1))


def test_a_ruling_is_taken_in_too(office: Office, founder: Actor, claim: Claim) -> None:
    drawn = {"name": "石另一", "id_number": stage.person_of(founder).id_number}
    lists.imported(office, lists.made_up(Register.PENSION, [drawn], as_of="2026-03-01"), on=LATER)
    struck()
    (match,) = found.matches(office.actor("acceptance"), kind="pension")
    with clock.at(at_the_clock(LATER, 11)), transaction.unit():
        registers.rule(match, True, "与社保局核对", by=office.actor("acceptance"))
    with clock.at(at_the_clock(LATER, 12)), transaction.unit():
        assert actions.take_lists_in() == 1
    db.session.expire_all()
    assert "retired" in codes(claim)


def test_what_is_decided_stays_as_it_was_decided(office: Office, founder: Actor) -> None:
    claim = stage.approved(office, founder)
    cancelled(office, founder)
    assert struck(stage.POSTED_ON) == 0
    assert claim.lines[0].verdict is Verdict.ELIGIBLE


def test_many_are_judged_in_turn(office: Office, founder: Actor, claim: Claim) -> None:
    cancelled(office, founder)
    with clock.at(at_the_clock(LATER, 10)), transaction.unit():
        assert actions.take_lists_in(at_once=0) == 0
    assert struck() == 1


def test_the_reviewer_sees_why(office: Office, founder: Actor, claim: Claim, browser: Browser) -> None:
    cancelled(office, founder)
    struck()
    with clock.at(LATER):
        browser.sign_in("acceptance")
        page = browser.open(f"/claims/lines/{claim.lines[0].id}")
        assert page.said("名单更新")
