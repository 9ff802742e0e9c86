"""A grant all the way: the person is paid, to their own account, once; the books and the certificate say so."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from tests.applications import stage
from tests.factories import Office
from tests.payments import stage as payments
from trainingadmin.certificates.models import Certificate
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.ledger.queries import balances, statements
from trainingadmin.payments import actions, entries
from trainingadmin.payments.queries.answered import accounts
from trainingadmin.payments.states import DueKind
from trainingadmin.people import actions as people
from trainingadmin.people.models import PayoutAccount
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.documents import pdf


@pytest.fixture
def founder(office: Office) -> Actor:
    """Somebody with a shop on the register."""
    actor = stage.founder(office)
    stage.on_the_register(office, actor)
    return actor


def test_the_person_is_owed_once_and_paid_to_their_own_account(office: Office, founder: Actor) -> None:
    batch = stage.paid(office, founder)
    (due,) = payments.dues()
    assert (due.kind, due.amount, due.payee_id, due.person_id) == (
        DueKind.ONE_OFF, Money.yuan(10_000), None, founder.person_id,
    )  # fmt: skip
    (payment,) = payments.payments(batch)
    assert (payment.payee_name, payment.payee_account, payment.payee_bank) == ("石开业", stage.CARD, stage.BANK)
    assert balances.balance(entries.payable(due.owner)) == ZERO
    claim = payments.dues()[0]
    assert claim.about.startswith("SL-CY-511824-2026-")
    payments.proved()


def test_the_claim_ends_with_the_payment(office: Office, founder: Actor) -> None:
    claim = stage.cleared(office, founder)
    payments.plan(stage.PAYABLE_ON)
    payments.settled(office)
    db.session.refresh(claim)
    assert (claim.state, claim.lines[0].state) == (ClaimState.PAID, LineState.PAID)
    assert payments.plan(stage.PAYABLE_ON) == 0
    assert stage.application_of(claim).closed_at is None


def test_the_certificate_names_the_person_the_business_and_the_basis(office: Office, founder: Actor) -> None:
    stage.paid(office, founder)
    made = db.session.scalars(select(Certificate)).one()
    content = json.loads(made.content)
    assert content["title"] == "一次性创业补贴资金拨付凭证"
    assert content["payee"]["name"] == content["trainee"]["name"] == "石开业"
    assert stage.CARD not in made.content
    told = {one["label"]: one["text"] for one in content["particulars"]}
    assert (told["经营主体"], told["登记日期"]) == (stage.NAME, "2025-02-10")
    assert content["notice"]["number"].startswith("GS-511824-2026-")
    assert content["bases"][0]["document"]
    assert content["attachments"] == 3, "licence, place, and what the officers saw there"
    assert (made.holder_person_id, made.organisation_id) == (founder.person_id, None)
    press = {"issued_on": "", "verify_url": "", "verify_site": "", "mark": "", "mark_on": "", "seal": ""}
    assert (
        pdf("payment_certificate", {**content, **press, "number": made.number, "issued_on": "2026-03-18"})[:5]
        == b"%PDF-"
    )


def test_who_has_no_account_cannot_be_put_into_a_batch(office: Office, founder: Actor) -> None:
    stage.cleared(office, founder)
    payments.plan(stage.PAYABLE_ON)
    with transaction.unit():
        other = PayoutAccount(
            person_id=founder.person_id or 0, holder="别人", number="6228480402564890018", number_index="x", bank="某行",
            account_id=founder.id, at=clock.now(),
        )  # fmt: skip
        db.session.add(other)
    with pytest.raises(Refusal, match="payee-name"):
        payments.composed(office)


def test_a_failed_payment_is_issued_again_to_the_corrected_account(office: Office, founder: Actor) -> None:
    claim = stage.cleared(office, founder)
    payments.plan(stage.PAYABLE_ON)
    batch = payments.settled(office, {1: "账号户名不符"})
    db.session.refresh(claim)
    assert claim.lines[0].state is LineState.FAILED
    with pytest.raises(Refusal, match="account-unchanged"), transaction.unit():
        actions.compose_again(batch, "", by=office.actor("preparer"))
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        people.set_payout(stage.person_of(founder), "石开业", "6228480402637874213", stage.BANK, by=founder)
    with pytest.raises(Refusal, match="account-unreviewed"), transaction.unit():
        actions.compose_again(batch, "", by=office.actor("preparer"))
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        returned = accounts.one("person", founder.person_id or 0, actor=office.actor("first_review"))
        actions.review_account(returned, passed=True, note="", by=office.actor("first_review"))
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        again = actions.compose_again(batch, "", by=office.actor("preparer"))
    payments.release(office, again)
    payments.answer(office, again)
    db.session.refresh(claim)
    assert claim.state is ClaimState.PAID
    payments.proved()


def test_a_persons_statement_agrees_with_the_scheme_and_the_batch(office: Office, founder: Actor) -> None:
    batch = stage.paid(office, founder)
    checker = office.actor("checker")
    for by, key in (("person", str(founder.person_id)), ("scheme", stage.GRANT), ("batch", str(batch.id))):
        sums = statements.sums(checker, by, key)
        assert (sums.owed, sums.paid, sums.to_pay) == (Money.yuan(10_000), Money.yuan(10_000), ZERO)
        (booked, *_) = db.session.execute(statements.rows(checker, by, key)).all()
        assert (booked.payee, booked.cohort_id) == ("石开业", None)
