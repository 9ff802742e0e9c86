"""What a person was paid is asked back of that person, with no filing behind it; nothing else bears it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.applications import stage as grants
from tests.factories import Office
from tests.payments import stage as payments
from tests.recoveries import stage
from tests.recoveries.test_ordering import paid_in_full
from trainingadmin.certificates import jobs
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind, CertificateState
from trainingadmin.claims.models import ClaimLine
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.ledger.queries import balances, statements
from trainingadmin.payments import entries
from trainingadmin.payments.queries.recoverable import Origin, of_line
from trainingadmin.payments.states import DueKind, DueState
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index
from trainingadmin.recoveries import actions, queries
from trainingadmin.recoveries.actions import Finding
from trainingadmin.recoveries.models import RecoveryOrder
from trainingadmin.recoveries.states import Cause, OrderState
from trainingadmin.registers import queries as registers

YUAN = stage.YUAN
DRAFTED_ON = grants.PAYABLE_ON
DUE_ON = DRAFTED_ON + timedelta(days=30)
TERMS = actions.Terms("经营主体由他人实际经营，骗取补贴。", DUE_ON, payments.FUND)


@pytest.fixture
def founder(office: Office) -> Actor:
    """Somebody who was paid the grant."""
    return grants.paid_founder(office)


def origin() -> Origin:
    return of_line(db.session.scalars(select(ClaimLine)).one())


def found(office: Office, founder: Actor, yuan: int | None = None, *, login: str = "preparer") -> RecoveryOrder:
    finding = Finding([founder.person_id or 0], Cause.AUDIT, YUAN(yuan) if yuan else None)
    with clock.at(DRAFTED_ON), transaction.unit():
        return actions.draft_found(origin(), finding, TERMS, by=office.actor(login))


def issued(office: Office, founder: Actor) -> RecoveryOrder:
    order = found(office, founder)
    stage.issue(office, order, on=DRAFTED_ON)
    return stage.now(order)


def test_a_grant_is_ordered_back_of_the_person_alone(office: Office, founder: Actor) -> None:
    order = issued(office, founder)
    assert (order.amount, order.person_id, order.payee_id, order.cohort_id) == (
        YUAN(10_000), founder.person_id, None, None,
    )  # fmt: skip
    assert order.payee_name == "石开业"
    (due,) = payments.dues(DueKind.RECOVERY)
    assert (due.owner, due.payee_id, due.about) == (f"person/{founder.person_id}", None, order.about)
    assert balances.balance(entries.receivable(due.owner)) == YUAN(10_000)
    stage.proved()


def test_it_comes_back_in_two_parts_and_every_statement_says_so(office: Office, founder: Actor) -> None:
    order = issued(office, founder)
    for reference, yuan in (("A1", 4000), ("A2", 6000)):
        told = stage.evidence(reference)
        stage.decide(office, stage.repay(office, order, yuan, told))
    assert stage.now(order).state is OrderState.SETTLED
    assert [due.state for due in payments.dues(DueKind.RECOVERY)] == [DueState.SETTLED]
    for by, key in (("person", str(founder.person_id)), ("scheme", grants.GRANT)):
        sums = statements.sums(office.actor("checker"), by, key)
        assert (sums.paid, sums.recovered, sums.balance, sums.to_come_back) == (YUAN(10_000), YUAN(10_000), ZERO, ZERO)
    stage.proved()


def test_no_more_than_was_paid_and_once(office: Office, founder: Actor) -> None:
    with pytest.raises(Refusal, match="more-than-paid"):
        found(office, founder, 10_001)
    issued(office, founder)
    with pytest.raises(Refusal, match="more-than-paid"):
        found(office, founder)


def test_nothing_may_be_set_off_against_a_person(office: Office, founder: Actor) -> None:
    order = issued(office, founder)
    assert queries.bearers(order) == []
    with clock.at(DRAFTED_ON), pytest.raises(Refusal, match="bearer-unfit"), transaction.unit():
        actions.set_off(order, YUAN(1), 1, "经会议同意", by=office.actor("preparer"))


def test_a_waiver_of_it_takes_two_people(office: Office, founder: Actor) -> None:
    order = issued(office, founder)
    act = stage.waive(office, order, 10_000, "本人死亡，无遗产")
    with pytest.raises(Refusal, match="move-role"):
        stage.decide(office, act, login="preparer")
    stage.decide(office, act)
    assert stage.now(order).state is OrderState.SETTLED
    stage.proved()


def test_the_letter_is_the_persons_and_says_so(office: Office, founder: Actor) -> None:
    issued(office, founder)
    letter = db.session.scalars(select(Certificate).filter_by(kind=CertificateKind.RECOVERY)).one()
    assert (letter.holder_person_id, letter.organisation_id) == (founder.person_id, None)
    content = json.loads(letter.content)
    assert (content["addressee"], content["person"]) == ("石开业", True)
    assert content["document"]
    jobs.render([letter.id])
    db.session.expire_all()
    assert letter.state is CertificateState.SEALED, letter.failure


def test_the_person_is_flagged_while_it_is_overdue(office: Office, founder: Actor) -> None:
    order = issued(office, founder)
    with clock.at(DUE_ON + timedelta(days=1)), transaction.unit():
        assert actions.flag_overdue() == 1
    (flag,) = registers.flags([founder.person_id or 0], [])
    assert (flag.reference, flag.organisation_id) == (order.number, None)


def test_a_relative_neither_drafts_nor_issues_it(office: Office, founder: Actor) -> None:
    def declare(login: str) -> None:
        with transaction.unit():
            db.session.add(
                Relative(
                    account_id=office.accounts[login].id,
                    id_number_index=blind_index(grants.person_of(founder).id_number),
                    declared_at=clock.now(),
                )
            )

    order = found(office, founder)
    for login in ("preparer", "checker"):
        declare(login)
    with pytest.raises(Refusal, match="relative"):
        found(office, founder)
    with pytest.raises(Refusal, match="relative"):
        stage.issue(office, order, on=DRAFTED_ON)


def test_what_an_organisation_was_paid_is_not_asked_of_the_person(office: Office) -> None:
    one, *_ = paid_in_full(office)
    line = db.session.scalars(select(ClaimLine).filter_by(person_id=one.person_id)).one()
    assert queries.recoverable_of(of_line(line)) == []
