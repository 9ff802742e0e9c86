"""An objection freezes its line alone; the office decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from flask import Flask

from tests.claims.stage import lines_of
from tests.client import Browser, values_of
from tests.factories import Office
from tests.notices import stage
from tests.racing import at_once
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.notices import actions
from trainingadmin.notices.models import Notice, Objection
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

WORDS = {"text": "此人 2020 年 6 月已经离职，没有参加培训。", "objector": "李四", "contact": "13900000000"}


def object_to(browser: Browser, notice: Notice, position: int = 3, expect: int = 200) -> None:
    with clock.at(stage.POSTED_ON):
        browser.submit(
            browser.open(f"/public/notices/{notice.number}/object"), "", position=str(position), expect=expect, **WORDS
        )
    db.session.expire_all()


def sent_twice(app: Flask, notice: Notice, **second: str) -> list[int]:
    """Return how two sendings of one form at the same moment are answered; `second` is what the other one says instead."""
    path = f"/public/notices/{notice.number}/object"
    with clock.at(stage.POSTED_ON):
        written = {**values_of(Browser(app).open(path).form("")), **WORDS, "position": "3"}

    def sending(data: dict[str, Any]) -> Callable[[], int]:
        def send() -> int:
            with clock.at(stage.POSTED_ON):
                return app.test_client().post(path, data=data).status_code

        return send

    return [cast("int", one) for one in at_once(app, sending(written), sending({**written, **second}))]


def states() -> list[LineState]:
    return [line.state for line in lines_of(db.session.query(Claim).one())]


def test_anybody_objects_and_only_that_line_is_frozen(browser: Browser, office: Office) -> None:
    object_to(browser, stage.posted_notice(office))
    assert states()[2] is LineState.OBJECTED
    assert states().count(LineState.IN_NOTICE) == 29


def test_a_form_sent_twice_with_one_click_too_many_is_one_objection(app: Flask, office: Office) -> None:
    assert sent_twice(app, stage.posted_notice(office)) == [302, 302]
    assert db.session.query(Objection).count() == 1


def test_a_form_written_anew_is_an_objection_of_its_own(browser: Browser, office: Office) -> None:
    notice = stage.posted_notice(office)
    object_to(browser, notice)
    object_to(browser, notice)
    assert db.session.query(Objection).count() == 2


def test_one_form_does_not_say_two_things(app: Flask, office: Office) -> None:
    assert sorted(sent_twice(app, stage.posted_notice(office), position="4")) == [302, 409]
    assert db.session.query(Objection).count() == 1


def test_the_others_are_released_and_the_objected_line_is_not(browser: Browser, office: Office) -> None:
    object_to(browser, stage.posted_notice(office))
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        actions.clear_due()
    assert states().count(LineState.CLEARED) == 29
    assert states()[2] is LineState.OBJECTED


def decide(browser: Browser, upheld: str) -> None:
    objection = db.session.query(Objection).one()
    with clock.at(stage.PAYABLE_ON):
        browser.sign_in("first_review")
        browser.submit(
            browser.open(f"/notices/objections/{objection.id}"), "", upheld=upheld, decision="核对考勤与工资记录"
        )
    db.session.expire_all()


def test_dismissed_after_the_window_the_line_is_released_at_once(browser: Browser, office: Office) -> None:
    object_to(browser, stage.posted_notice(office))
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        actions.clear_due()
    decide(browser, "no")
    assert set(states()) == {LineState.CLEARED}
    assert db.session.query(Claim).one().state is ClaimState.CLEARED


def test_upheld_the_line_is_refused_and_earns_nothing(browser: Browser, office: Office) -> None:
    object_to(browser, stage.posted_notice(office))
    decide(browser, "yes")
    line = lines_of(db.session.query(Claim).one())[2]
    assert line.state is LineState.REFUSED
    assert line.entitlement == ZERO


def test_the_objector_is_never_shown_in_public_and_is_kept_encrypted(browser: Browser, office: Office) -> None:
    notice = stage.posted_notice(office)
    object_to(browser, notice)
    assert not browser.open(f"/public/notices/{notice.number}").said("李四")
    raw = db.session.connection().exec_driver_sql("SELECT objector, contact FROM objections").one()
    assert "李四" not in raw[0]
    assert WORDS["contact"] not in raw[1]


def test_an_unknown_position_is_refused_beside_the_field(browser: Browser, office: Office) -> None:
    notice = stage.posted_notice(office)
    for position in (31, 0, 10**20):
        object_to(browser, notice, position=position, expect=422)


def test_after_the_window_nobody_can_object(browser: Browser, office: Office) -> None:
    notice = stage.posted_notice(office)
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        actions.clear_due()
        with pytest.raises(Refusal) as refused:
            actions.object_to(
                db.session.get_one(Notice, notice.id), 3, "迟到的异议", "李四", "139", address="127.0.0.1"
            )
    assert refused.value.code == "notice-closed"


def test_a_decision_needs_a_reason_and_is_made_once(browser: Browser, office: Office) -> None:
    object_to(browser, stage.posted_notice(office))
    objection = db.session.query(Objection).one()
    reviewer = office.actor("first_review")
    with transaction.unit():
        with pytest.raises(Refusal) as refused:
            actions.decide(objection, upheld=False, decision=" ", by=reviewer)
        assert refused.value.code == "decision-missing"
        actions.decide(objection, upheld=False, decision="不属实", by=reviewer)
        with pytest.raises(Refusal) as refused:
            actions.decide(objection, upheld=True, decision="属实", by=reviewer)
        assert refused.value.code == "objection-decided"


def test_one_address_cannot_flood_the_office(office: Office) -> None:
    notice = stage.posted_notice(office)
    with clock.at(stage.POSTED_ON), transaction.unit():
        for _ in range(actions.OBJECTIONS_PER_ADDRESS):
            actions.object_to(notice, 3, "同样的话再说一遍", "李四", "139", address="127.0.0.1")
        with pytest.raises(Refusal) as refused:
            actions.object_to(notice, 3, "同样的话再说一遍", "李四", "139", address="127.0.0.1")
    assert refused.value.code == "too-many-attempts"
