"""A founder's own pages on the phone: what is still to do, the account, what was sent."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.applications import stage
from tests.client import Browser, Page, values_of
from tests.factories import Office
from trainingadmin.claims.models import Claim
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock


@pytest.fixture
def founder(office: Office, browser: Browser) -> Actor:
    """Somebody with a shop, signed in."""
    actor = stage.founder(office)
    stage.signed_in(browser, actor)
    return actor


def own(browser: Browser, claim: Claim) -> Page:
    with clock.at(stage.APPLIED_ON):
        return browser.open(f"/claims/own/{claim.application_id}")


def test_all_that_a_draft_lacks_is_named_and_giving_up_comes_last(browser: Browser, founder: Actor) -> None:
    page = own(browser, stage.draft(founder))
    assert page.said("还缺：营业执照照片、经营场所照片、本人社会保障卡账户")
    assert page.text.index("提交申领") < page.text.rindex("撤回申领")
    assert not page.said("核定补贴")
    assert not page.said("审核中")


def test_whoever_saves_the_account_from_a_claim_is_back_at_it(browser: Browser, founder: Actor) -> None:
    claim = stage.draft(founder)
    (link,) = own(browser, claim).links("/account")
    told: dict[str, Any] = {"holder": "石开业", "number": stage.CARD, "bank": stage.BANK}
    page = browser.submit(browser.open(link), "/account", **told)
    assert page.said("提交前要准备好")


def test_the_photograph_that_is_still_missing_is_chosen(browser: Browser, founder: Actor) -> None:
    claim = stage.draft(founder)
    path = f"/m/applications/{claim.application_id}/photos"
    page = browser.submit(browser.open(path), "/photos", photo=(io.BytesIO(stage.picture()), "a.jpg"))
    assert values_of(page.form("/photos"))["kind"] == ["site"]


def test_what_was_sent_can_be_seen_afterwards(browser: Browser, founder: Actor) -> None:
    page = own(browser, stage.submitted(founder))
    assert page.said(stage.PLACE)
    assert len(page.links("/photos/")) == 2
    assert not page.said("核定补贴")
