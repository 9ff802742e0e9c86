"""Failed lines are issued again as a linked batch, once the payee's account was put right."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import Office
from tests.payments import stage
from trainingadmin.certificates.models import Certificate
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Role
from trainingadmin.ledger.queries import balances
from trainingadmin.payments import actions, entries
from trainingadmin.payments.bank import remittance
from trainingadmin.payments.models import AccountReview, Batch, Due
from trainingadmin.payments.queries.answered import accounts
from trainingadmin.payments.states import BatchState, DueKind, DueState
from trainingadmin.people import actions as people
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db

NEW_ACCOUNT = "6222020000000000033"


def half_failed(office: Office) -> Batch:
    stage.cleared_claim(office, stage.approved_cohort(office, 4, advance=0))
    stage.plan()
    return stage.settled(office, {2: "账户已销户", 3: "账户已销户"})


def correct_account(office: Office) -> None:
    with transaction.unit():
        db.session.get_one(Organisation, office.enterprise.id).payee_account = NEW_ACCOUNT


def review(office: Office, *, passed: bool = True, note: str = "", login: str = "first_review") -> AccountReview:
    """Let a second person look at the enterprise's account."""
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        found = accounts.one("organisation", office.enterprise.id, actor=office.actor(login))
        return actions.review_account(found, passed=passed, note=note, by=office.actor(login))


def review_refused(office: Office, **how: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        review(office, **how)
    return refusal.value.code


def again(office: Office, batch: Batch, note: str = "", *, login: str = "preparer") -> Batch:
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        return actions.compose_again(batch, note, by=office.actor(login))


def refused(office: Office, batch: Batch, note: str = "", *, login: str = "preparer") -> str:
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.compose_again(batch, note, by=office.actor(login))
    return refusal.value.code


def test_failed_lines_go_out_again_to_the_corrected_account(office: Office) -> None:
    first = half_failed(office)
    correct_account(office)
    review(office)
    second = again(office, first)
    assert (second.follows_id, second.count, second.funding_source) == (first.id, 2, first.funding_source)
    assert {row.account for row in remittance.rows(second.id)} == {NEW_ACCOUNT}
    failed = [payment.id for payment in stage.payments(first) if payment.failure]
    assert [payment.follows_id for payment in stage.payments(second)] == failed
    stage.proved()


def test_the_chain_ends_with_the_claim_paid_and_certified(office: Office) -> None:
    first = half_failed(office)
    correct_account(office)
    review(office)
    second = again(office, first)
    stage.release(office, second)
    stage.answer(office, second)
    claim = db.session.get_one(Claim, 1)
    assert {line.state for line in stage.lines(claim)} == {LineState.PAID}
    assert claim.state is ClaimState.PAID
    assert balances.balance(entries.payable(str(claim.payee_id))) == ZERO
    certified = db.session.scalars(select(Certificate).filter_by(group=f"batch:{second.id}")).all()
    assert [json.loads(one.content)["remark"] for one in certified] == ["原支付退回后重新支付"] * 2
    stage.proved()


def test_a_corrected_account_waits_for_a_second_person(office: Office) -> None:
    first = half_failed(office)
    correct_account(office)
    assert refused(office, first) == "account-unreviewed"
    assert refused(office, first, "账户已更正") == "account-unreviewed"
    assert review_refused(office, login="preparer") == "move-role"
    assert review_refused(office, passed=False) == "move-note"
    review(office, passed=False, note="开户行写错")
    assert refused(office, first) == "account-unreviewed"
    review(office, login="checker")
    assert again(office, first).count == 2
    assert [entry.verb for entry in journal.of(f"organisations:{office.enterprise.id}")][-1] == "review-account"


def test_an_account_changed_once_more_is_looked_at_once_more(office: Office) -> None:
    first = half_failed(office)
    correct_account(office)
    review(office)
    with transaction.unit():
        db.session.get_one(Organisation, office.enterprise.id).payee_account = "6222020000000000041"
    assert refused(office, first) == "account-unreviewed"


def test_corrected_accounts_that_nobody_looked_at_are_counted(office: Office) -> None:
    def waiting() -> int:
        by = office.actor("first_review")
        number = accounts.waiting(by)
        assert number == sum(one.waits for one in accounts.returned(by))
        return number

    assert waiting() == 0
    half_failed(office)
    assert waiting() == 0
    correct_account(office)
    assert waiting() == 1
    assert accounts.waiting(office.actor("other_office")) == 0
    review(office, passed=False, note="开户行写错")
    assert waiting() == 0
    with transaction.unit():
        db.session.get_one(Organisation, office.enterprise.id).payee_bank = "别的银行"
    assert waiting() == 1


def test_a_payment_that_fails_to_the_corrected_account_does_not_lock_the_one_before(office: Office) -> None:
    for _ in range(2):
        stage.approved_cohort(office, 1)
    stage.plan(stage.APPROVED_ON)
    one, other = stage.dues()
    first = stage.released(office, [one])
    stage.answer(office, first, stage.bank_answer(first, {1: "账户已销户"}))
    correct_account(office)
    second = stage.released(office, [other])
    stage.answer(office, second, stage.bank_answer(second, {1: "银行系统故障"}))
    assert refused(office, first) == "account-unreviewed"
    assert accounts.waiting(office.actor("checker")) == 1
    (found,) = accounts.returned(office.actor("checker"))
    assert (found.waits, found.reason) == (True, "账户已销户、银行系统故障")
    review(office)
    assert accounts.waiting(office.actor("checker")) == 0
    assert again(office, first).count == 1
    assert refused(office, second) == "account-unchanged"


def test_an_account_in_another_name_is_not_passed(office: Office) -> None:
    half_failed(office)
    with transaction.unit():
        db.session.get_one(Organisation, office.enterprise.id).payee_name = "别的公司"
    assert review_refused(office) == "payee-name"


def test_who_entered_an_account_does_not_review_it(office: Office) -> None:
    half_failed(office)
    with transaction.unit():
        human = office.accounts["checker"].person_id
        office.add("moonlighter", [Role.FIRST_REVIEW], office_code="511824", person_id=human)
        firm = db.session.get_one(Organisation, office.enterprise.id)
        by = replace(office.actor("enterprise"), person_id=human)  # the same human being at the firm's desk
        people.set_payee(firm, firm.name, NEW_ACCOUNT, firm.payee_bank, by=by)
    assert review_refused(office, login="moonlighter") == "move-same-person"
    assert review_refused(office, login="checker") == "move-same-person"
    review(office)


def test_an_account_that_was_not_corrected_is_not_reviewed(office: Office) -> None:
    half_failed(office)
    assert review_refused(office) == "account-unchanged"


def test_an_unchanged_account_needs_an_explanation(office: Office) -> None:
    first = half_failed(office)
    assert refused(office, first) == "account-unchanged"
    assert again(office, first, "银行误退，已书面确认账户正常").count == 2


def test_nothing_is_issued_twice(office: Office) -> None:
    first = half_failed(office)
    correct_account(office)
    review(office)
    again(office, first)
    assert refused(office, first) == "nothing-failed"


def test_only_a_preparer_issues_again(office: Office) -> None:
    assert refused(office, half_failed(office), "说明", login="checker") == "move-role"


def test_a_cancelled_follow_up_can_be_followed_again(office: Office) -> None:
    first = half_failed(office)
    correct_account(office)
    review(office)
    second = again(office, first)
    with transaction.unit():
        actions.cancel(second, "重复", by=office.actor("preparer"))
    assert {due.state for due in stage.dues()} == {DueState.SETTLED, DueState.FAILED}
    stage.proved()
    third = again(office, first)
    assert third.follows_id == first.id
    assert [payment.follows_id for payment in stage.payments(third)] == [p.id for p in stage.payments(second)]
    stage.proved()


def test_a_line_that_fails_again_is_followed_from_where_it_failed_last(office: Office) -> None:
    first = half_failed(office)
    second = again(office, first, "银行误退")
    stage.release(office, second)
    stage.answer(office, second, stage.bank_answer(second, {1: "户名不符"}))
    assert refused(office, first, "说明") == "nothing-failed"
    correct_account(office)
    review(office)
    third = again(office, second)
    assert (third.count, third.follows_id, third.state) == (1, second.id, BatchState.COMPOSED)
    stage.proved()


def cancel_due(office: Office, due: Due, note: str = "企业放弃预支") -> None:
    with transaction.unit():
        actions.cancel_due(due, note, by=office.actor("preparer"))


def test_an_advance_that_cannot_be_paid_is_dropped_and_the_claim_can_go_on(office: Office) -> None:
    cohort = stage.approved_cohort(office, 2)
    stage.plan()
    stage.settled(office, {1: "账户已销户"})
    cancel_due(office, stage.dues(state=DueState.FAILED)[0])
    assert [one.advance_paid for one in stage.enrolments(cohort)] == [ZERO, stage.YUAN(4000)]
    assert balances.balance(entries.payable(str(cohort.operator_id))) == ZERO
    assert stage.plan() == 0
    stage.proved()


def test_an_open_advance_is_dropped_before_it_was_sent(office: Office) -> None:
    stage.approved_cohort(office, 2)
    stage.plan()
    cancel_due(office, stage.dues()[0])
    assert [due.state for due in stage.dues()] == [DueState.CANCELLED, DueState.OPEN]
    stage.proved()


@pytest.mark.parametrize(("note", "code"), [("", "move-note"), ("企业放弃", "claim-in-batch")])
def test_what_is_on_its_way_or_without_a_reason_is_not_dropped(office: Office, note: str, code: str) -> None:
    stage.approved_cohort(office, 2)
    stage.plan()
    if note:
        stage.composed(office)
    with pytest.raises(Refusal) as refusal:
        cancel_due(office, stage.dues()[0], note)
    assert refusal.value.code == code


def test_a_balance_is_never_dropped(office: Office) -> None:
    stage.cleared_claim(office, stage.approved_cohort(office, 1, advance=0))
    stage.plan()
    with pytest.raises(Refusal) as refusal:
        cancel_due(office, stage.dues(DueKind.BALANCE)[0])
    assert refusal.value.code == "due-not-open"
