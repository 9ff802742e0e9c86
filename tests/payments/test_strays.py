"""Lines of a bank's answer that were not sent: kept once, matched by two people, or set apart with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.client import Browser, values_of
from tests.factories import Office
from tests.payments import stage
from tests.payments.test_pages import enter
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments import actions
from trainingadmin.payments.models import Batch, Payment, StrayLine
from trainingadmin.payments.queries.answered import strays as kept
from trainingadmin.payments.states import BatchState, DueState, PaymentState, StrayState
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def batch(office: Office) -> Batch:
    """Three people at the bank; the first answer gives the third line a 序号 that was not sent."""
    stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0))
    stage.plan()
    batch = stage.released(office)
    stage.answer(office, batch, told(batch))
    return batch


def told(batch: Batch, *, remark: str = "") -> bytes:
    header, one, two, three, last = stage.bank_answer(batch).decode("gb18030").split("\r\n")
    return "\r\n".join([header, one, two, "903" + three.removeprefix("3"), last]).encode("gb18030") + remark.encode()


def stray() -> StrayLine:
    return db.session.scalars(select(StrayLine)).one()


def third(batch: Batch) -> Payment:
    return stage.payments(batch)[2]


def act(office: Office, login: str, work: Callable[..., None], *given: Any) -> str:
    """Do something to the stray line; return the code of the refusal, or nothing."""
    try:
        with clock.at(stage.PAYABLE_ON), transaction.unit():
            work(stray(), *given, by=office.actor(login))
    except Refusal as refusal:
        return refusal.code
    return ""


def matched(office: Office, batch: Batch) -> None:
    assert act(office, "preparer", actions.match, third(batch).id, "银行改了序号") == ""


def test_it_is_kept_and_books_nothing(batch: Batch) -> None:
    found = stray()
    assert (found.position, found.row, found.paid, found.state) == (903, 4, True, StrayState.OPEN)
    assert third(batch).state is PaymentState.PENDING
    assert batch.state is BatchState.RELEASED
    stage.proved()


def test_the_same_line_in_a_later_answer_is_the_same_stray(office: Office, batch: Batch) -> None:
    stage.answer(office, batch, told(batch) + b"\r\n")
    assert stray().row == 4


def test_two_people_match_it_and_the_payment_is_settled(office: Office, batch: Batch) -> None:
    matched(office, batch)
    assert third(batch).state is PaymentState.PENDING, "nothing moves on one person's word"
    assert act(office, "checker", actions.confirm) == ""
    assert (stray().state, third(batch).state) == (StrayState.MATCHED, PaymentState.PAID)
    assert db.session.get_one(Batch, batch.id).state is BatchState.SETTLED
    assert {due.state for due in stage.dues()} == {DueState.SETTLED}
    stage.proved()


def test_a_failed_line_fails_its_payment(office: Office, batch: Batch) -> None:
    with transaction.unit():
        found = stray()
        found.paid, found.reason = False, "账户已销户"
    matched(office, batch)
    assert act(office, "checker", actions.confirm) == ""
    assert (third(batch).state, third(batch).failure) == (PaymentState.FAILED, "账户已销户")
    stage.proved()


def test_who_matched_it_does_not_confirm_it(office: Office, batch: Batch) -> None:
    assert act(office, "checker", actions.match, third(batch).id, "银行改了序号") == ""
    assert act(office, "checker", actions.confirm) == "move-same-person"
    assert act(office, "preparer", actions.confirm) == "move-role"


@pytest.mark.parametrize("which", [0, None, 99])
def test_only_what_waits_with_this_account_and_amount_can_be_matched(
    office: Office, batch: Batch, which: int | None
) -> None:
    payment_id = stage.payments(batch)[0].id if which == 0 else which
    assert act(office, "preparer", actions.match, payment_id, "试试") == "stray-payment"


@pytest.mark.parametrize("change", [{"amount": stage.YUAN(1)}, {"account": "6222020000000000000"}, {"name": "别的人"}])
def test_another_amount_account_or_name_is_no_match(office: Office, batch: Batch, change: dict[str, Any]) -> None:
    with transaction.unit():
        for name, value in change.items():
            setattr(stray(), name, value)
    assert act(office, "preparer", actions.match, third(batch).id, "试试") == "stray-payment"


def test_a_payment_is_matched_once(office: Office, batch: Batch) -> None:
    matched(office, batch)
    with transaction.unit():
        first = stray()
        again = {
            name: getattr(first, name)
            for name in ("batch_id", "answer_id", "row", "position", "account", "name", "amount", "paid", "reason")
        }
        other = StrayLine(**again, line_index="other")
        db.session.add(other)
        db.session.flush()
        with pytest.raises(Refusal) as refusal:
            actions.match(other, third(batch).id, "试试", by=office.actor("preparer"))
        assert refusal.value.code == "stray-taken"
        db.session.rollback()


def test_a_payment_that_was_answered_meanwhile_is_not_settled_again(office: Office, batch: Batch) -> None:
    matched(office, batch)
    stage.answer(office, batch, stage.bank_answer(batch))
    assert act(office, "checker", actions.confirm) == "stray-payment"
    assert act(office, "checker", actions.decline, "银行已另发正确的回单") == ""
    assert act(office, "preparer", actions.set_apart, "银行已另发正确的回单") == ""
    assert stray().state is StrayState.SET_APART
    stage.proved()


@pytest.mark.parametrize(
    ("login", "work", "given"),
    [("preparer", actions.match, (1, "")), ("preparer", actions.set_apart, ("",))],
)
def test_both_need_a_reason(
    office: Office, batch: Batch, login: str, work: Callable[..., None], given: tuple[Any, ...]
) -> None:
    assert act(office, login, work, *given) == "move-note"


def test_a_match_is_declined_with_a_reason(office: Office, batch: Batch) -> None:
    matched(office, batch)
    assert act(office, "checker", actions.decline, "") == "move-note"
    assert act(office, "checker", actions.decline, "不是这一笔") == ""
    assert (stray().state, stray().payment_id) == (StrayState.OPEN, None)


@pytest.mark.parametrize("work", [actions.set_apart, actions.decline])
def test_what_is_done_is_done(office: Office, batch: Batch, work: Callable[..., None]) -> None:
    matched(office, batch)
    assert act(office, "checker", actions.confirm) == ""
    assert act(office, "checker", work, "再来") == "move-state"


def test_a_relative_confirms_nothing(office: Office, batch: Batch) -> None:
    matched(office, batch)
    with transaction.unit():
        index = third(batch).person.id_number_index
        account_id = office.accounts["checker"].id
        db.session.add(Relative(account_id=account_id, id_number_index=index, declared_at=clock.now()))
    assert act(office, "checker", actions.confirm) == "relative"


def test_it_is_settled_on_its_page_by_two_people(office: Office, batch: Batch, browser: Browser) -> None:
    enter(browser, "preparer")
    page = browser.open(browser.open("/payments/strays").links("/strays/")[0])
    assert page.said("账号和金额相同的款项")
    sent = {**values_of(page.form("/move")), "payment": str(third(batch).id), "note": "银行改了序号", "move": "match"}
    browser.post(f"/payments/strays/{stray().id}/move", sent)
    enter(browser, "checker")
    page = browser.open(f"/payments/strays/{stray().id}")
    page = browser.post(f"/payments/strays/{stray().id}/move", {**values_of(page.form("/move")), "move": "confirm"})
    assert page.said("已对应入账")
    assert stray().state is StrayState.MATCHED


def test_refused_on_its_page_it_says_why(office: Office, batch: Batch, browser: Browser) -> None:
    enter(browser, "preparer")
    address = f"/payments/strays/{stray().id}/move"
    sent = values_of(browser.open(f"/payments/strays/{stray().id}").form("/move"))
    page = browser.post(address, {**sent, "move": "set_apart"}, expect=422)
    assert page.said("请写明理由")
    browser.post(address, {**sent, "move": "nonsense"}, expect=404)


def test_another_office_sees_none_of_it(office: Office, batch: Batch) -> None:
    assert db.session.scalar(kept.unsettled(office.actor("checker"))) == 1
    assert db.session.scalar(kept.unsettled(office.actor("other_office"))) == 0
