"""The bank's answer: all of it or nothing, once; paid lines are certified, failed ones issued again."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from tests.factories import Office
from tests.payments import stage
from tests.payments.stage import YUAN
from trainingadmin.certificates.models import Certificate
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.ledger.queries import balances
from trainingadmin.payments import actions, entries
from trainingadmin.payments.actions import AnswerRefused
from trainingadmin.payments.models import BankAnswer, Batch
from trainingadmin.payments.states import BatchState, DueState, PaymentState, TransferCode
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.documents.contents import checked


@pytest.fixture
def claim(office: Office) -> Claim:
    claim = stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0))
    stage.plan()
    return claim


def refused(office: Office, batch: Batch, data: bytes, *, login: str = "preparer") -> Refusal:
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.answer(batch, "answer.csv", data, by=office.actor(login))
    return refusal.value


def certificates(batch: Batch) -> list[Certificate]:
    return list(db.session.scalars(select(Certificate).filter_by(group=f"batch:{batch.id}").order_by(Certificate.id)))


def test_everything_paid_settles_batch_dues_lines_and_claim(office: Office, claim: Claim) -> None:
    batch = stage.settled(office)
    assert batch.state is BatchState.SETTLED
    assert {payment.state for payment in stage.payments(batch)} == {PaymentState.PAID}
    assert {due.state for due in stage.dues()} == {DueState.SETTLED}
    assert {line.state for line in stage.lines(claim)} == {LineState.PAID}
    assert claim.state is ClaimState.PAID
    assert balances.balance(entries.bank(stage.FUND, "511824")) == -YUAN(24_000)
    assert balances.balance(entries.payable(str(claim.payee_id))) == ZERO
    stage.proved()


def test_a_paid_advance_is_on_record_with_the_filing(office: Office) -> None:
    cohort = stage.approved_cohort(office)
    stage.plan()
    stage.settled(office)
    assert [one.advance_paid for one in stage.enrolments(cohort)] == [YUAN(4000)] * 3
    stage.proved()


def test_a_failed_line_fails_alone(office: Office, claim: Claim) -> None:
    batch = stage.settled(office, {2: "账户已销户"})
    assert batch.state is BatchState.SETTLED
    assert [(payment.state, payment.failure) for payment in stage.payments(batch)] == [
        (PaymentState.PAID, None),
        (PaymentState.FAILED, "账户已销户"),
        (PaymentState.PAID, None),
    ]
    assert [due.state for due in stage.dues()] == [DueState.SETTLED, DueState.FAILED, DueState.SETTLED]
    assert [line.state for line in stage.lines(claim)] == [LineState.PAID, LineState.FAILED, LineState.PAID]
    assert claim.state is ClaimState.PAYING
    assert balances.balance(entries.payable(str(claim.payee_id))) == -YUAN(8000)
    stage.proved()


def test_every_paid_line_gets_its_certificate_with_all_that_the_form_prints(office: Office, claim: Claim) -> None:
    batch = stage.settled(office, {3: "户名不符"})
    found = certificates(batch)
    assert [one.subject for one in found] == [f"payment:{payment.id}" for payment in stage.payments(batch)[:2]]
    content = json.loads(found[0].content)
    assert content["payee"] == {
        "name": office.enterprise.name,
        "account": content["payee"]["account"],
        "bank": "示例银行石棉支行",
    }
    assert content["payee"]["account"].endswith("0017")
    assert "6222020000000000017" not in found[0].content
    assert content["amount"] == {"figures": "8,000.00", "words": "人民币捌仟元整"}
    assert content["hands"] == {"prepared": "preparer", "checked": "checker", "approved": "张审批"}
    assert content["notice"]["number"].startswith("GS-511824-2022-")
    assert content["bases"][0]["document"] == "人社部发〔2018〕66号"
    assert content["fiscal_year"] == "2022年度"
    checked(
        "payment_certificate",
        {**content, "issued_on": "", "verify_url": "", "verify_site": "", "mark": "", "mark_on": "", "seal": ""},
    )
    assert found[0].public["id"] == content["trainee"]["id_number"]


def test_a_certificate_of_an_advance_names_no_notice(office: Office) -> None:
    stage.approved_cohort(office, 1)
    stage.plan()
    (found,) = certificates(stage.settled(office))
    content = json.loads(found.content)
    assert content["notice"] is None
    assert content["hands"]["approved"] == "陈初审"
    assert [line["amount"] for line in content["lines"]] == ["8,000.00", "4,000.00"]


def test_a_certificate_says_what_was_taken_off(office: Office) -> None:
    stage.prepaid_claim(office, 3, uncertified={1}, worth=YUAN(9000))
    stage.plan()
    content = json.loads(certificates(stage.settled(office))[0].content)
    assert [line["amount"] for line in content["lines"]] == ["9,000.00", "4,000.00", "4,000.00", "1,000.00"]


def test_the_same_file_twice_changes_nothing(office: Office, claim: Claim) -> None:
    batch = stage.released(office)
    data = stage.bank_answer(batch, {1: "户名不符"})
    first = stage.answer(office, batch, data)
    assert stage.answer(office, batch, data, login="checker").id == first.id
    assert len(certificates(batch)) == 2
    stage.proved()


def test_another_file_that_says_the_same_changes_nothing(office: Office, claim: Claim) -> None:
    batch = stage.settled(office)
    again = stage.answer(office, batch, stage.bank_answer(batch) + b"\r\n")
    assert (again.paid, again.failed) == (3, 0)
    assert len(certificates(batch)) == 3
    stage.proved()


def test_a_later_answer_that_contradicts_is_refused_whole(office: Office, claim: Claim) -> None:
    batch = stage.settled(office)
    refusal = refused(office, batch, stage.bank_answer(batch, {2: "退回"}))
    assert isinstance(refusal, AnswerRefused)
    assert [finding.code for finding in refusal.findings] == ["contradicts-settled"]
    stage.proved()


def test_an_answer_in_two_parts_settles_the_batch_with_the_second(office: Office, claim: Claim) -> None:
    batch = stage.released(office)
    stage.answer(office, batch, stage.bank_answer(batch, only={1, 3}))
    assert batch.settled_at is None
    stage.proved()
    stage.answer(office, batch, stage.bank_answer(batch, only={2}))
    assert batch.state is BatchState.SETTLED
    stage.proved()


def test_one_wrong_line_refuses_the_whole_file(office: Office, claim: Claim) -> None:
    batch = stage.released(office)
    refusal = refused(office, batch, stage.bank_answer(batch).replace(b"8000.00", b"8000.01", 1))
    assert refusal.code == "answer-differs"
    assert {payment.state for payment in stage.payments(batch)} == {PaymentState.PENDING}
    assert db.session.scalars(select(BankAnswer)).all() == []


def test_an_answer_before_the_release_is_refused(office: Office, claim: Claim) -> None:
    batch = stage.composed(office)
    assert refused(office, batch, stage.bank_answer(batch)).code == "not-released"


def test_a_file_that_is_no_spreadsheet_is_refused_at_the_field(office: Office, claim: Claim) -> None:
    batch = stage.released(office)
    refusal = refused(office, batch, b"%PDF-1.4 \x00\xff\xfe\x00")
    assert refusal.field == "answer"


def test_a_file_without_lines_is_refused(office: Office, claim: Claim) -> None:
    batch = stage.released(office)
    assert refused(office, batch, stage.bank_answer(batch, only=())).code in {"answer-empty", "answer-differs"}


def test_only_finance_imports_answers(office: Office, claim: Claim) -> None:
    batch = stage.released(office)
    assert refused(office, batch, stage.bank_answer(batch), login="approval").code == "move-role"


def test_every_payment_is_booked_once(office: Office, claim: Claim) -> None:
    stage.settled(office)
    booked = [row[1] for due in stage.dues() for row in entries.of_due(due.id)]
    assert booked == [TransferCode.ACCRUE, TransferCode.PAY] * 3
