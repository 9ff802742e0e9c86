"""A draft that reaches back into the past says so, whom it judges anew and for how much, before it is put into force."""

from __future__ import annotations

from datetime import date

import pytest

from tests.client import Browser, Page
from tests.factories import Office
from tests.reforms import stage
from trainingadmin.plumbing import clock
from trainingadmin.policies.models import PolicyDraft
from trainingadmin.policies.states import DraftState

BACK = "施行日期 2022-01-01 早于今天"
FOR_GOOD = "施行后不能撤销"
ANEW = "自施行日起备案、尚未批准的 3 人将按新数值重新核验：0 人增加，3 人减少，合计 -6,000.00 元"


def confirming(office: Office, browser: Browser, draft: PolicyDraft, on: date = stage.DRAFTED_ON) -> Page:
    """The page on which the second person puts a draft into force, reached by the link on the draft's page."""
    with clock.at(on):
        browser.sign_in("policy2")
        page = browser.open(f"/reforms/drafts/{draft.id}")
        (link,) = page.links("move=activate")
        return browser.open(link)


def test_the_confirming_page_says_that_it_reaches_back_and_what_it_costs(office: Office, browser: Browser) -> None:
    stage.open_claim(office)
    draft = stage.proposed(office)
    page = confirming(office, browser, draft)
    assert page.said(BACK)
    assert page.said(ANEW)
    assert page.said(FOR_GOOD)
    with clock.at(stage.DRAFTED_ON):
        browser.submit(page, f"/reforms/drafts/{draft.id}/move")
    assert draft.state is DraftState.ACTIVE


@pytest.mark.parametrize("simulated", [True, False])
def test_the_drafter_is_told_at_once(office: Office, browser: Browser, *, simulated: bool) -> None:
    stage.open_claim(office)
    draft = stage.drafted(office)
    if simulated:
        stage.simulated(office, draft)
    with clock.at(stage.DRAFTED_ON):
        browser.sign_in("policy")
        page = browser.open(f"/reforms/drafts/{draft.id}")
        assert browser.open(f"/reforms/{stage.SCHEME}/new").said("早于今天的")
    assert page.said(BACK)
    assert page.said(FOR_GOOD)
    assert page.said(ANEW) is simulated
    assert page.said("还没有按本稿数值试算") is not simulated


def test_a_draft_that_lies_ahead_is_no_warning(office: Office, browser: Browser) -> None:
    draft = stage.proposed(office)
    page = confirming(office, browser, draft, on=date(2021, 12, 1))
    assert not page.said("早于今天")
    assert page.said("自 2022-01-01 起施行")
    assert page.said(FOR_GOOD)
