"""The finance checker: releases what somebody else composed, after being asked once more."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from tests.browser.world import World
from trainingadmin.payments.states import BatchState

EXPECTED = {"certificates.index", "payments.index", "ledger.index", "payments.payables", "payments.show"}


def test_every_page_is_usable(window: Opens, walker: Walks, world: World) -> None:
    walked = walker(window("fuhe")).walk("/desk", world.batch(BatchState.COMPOSED), "/certificates?state=sealed")
    assert walked >= EXPECTED


def test_one_who_composed_a_batch_is_told_who_releases_it(window: Opens, world: World) -> None:
    preparer = window("zhidan")
    preparer.open(world.batch(BatchState.COMPOSED))
    button = preparer.page.get_by_role("button", name="复核通过", exact=True)
    assert button.is_disabled()
    assert "可由财务复核办理" in preparer.page.inner_text(f"#{button.get_attribute('aria-describedby')}")


def test_a_release_is_asked_for_once_more_and_can_be_thought_over(window: Opens, world: World) -> None:
    checker, batch = window("fuhe"), world.batch(BatchState.COMPOSED)
    checker.open(batch)
    question = checker.page.locator("dialog#ask")
    checker.press("复核通过")
    checker.page.get_by_text("已办理：复核通过。").wait_for()
    checker.press("放款")
    assert "放款后不能撤销" in question.inner_text()
    question.get_by_role("button", name="再想想").click()
    assert world.batch(BatchState.CHECKED) == batch
    checker.press("放款")
    question.get_by_role("button", name="确定").click()
    checker.page.get_by_text("已办理：放款。").wait_for()
    with checker.page.expect_download() as download:
        checker.page.get_by_role("link", name="下载银行文件（CSV，GB18030）").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert checker.troubles == []
