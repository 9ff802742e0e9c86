"""Money that has to come back: a cohort of which too few were certified, an order for it, and what closes it."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from tests.factories import Office
from tests.payments import stage as payments
from tests.staging import staged
from trainingadmin.claims.models import Claim
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.money import Money
from trainingadmin.ledger import verification
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.recoveries import actions, queries
from trainingadmin.recoveries import verification as orders
from trainingadmin.recoveries.actions import Evidence, Finding, Terms
from trainingadmin.recoveries.models import RecoveryAct, RecoveryOrder
from trainingadmin.recoveries.states import DECIDED_BY

YUAN = Money.yuan
DRAFTED_ON = payments.PAYABLE_ON
DUE_ON = DRAFTED_ON + timedelta(days=30)
SLIP = b"%PDF-1.4\n% a slip of the bank\n%%EOF\n"
TERMS = Terms("30 人中 12 人取得证书，核定少于预支。", DUE_ON, payments.FUND)


@staged
def shortfall(office: Office, people: int = 30, certified: int = 12) -> Claim:
    """A claim of a cohort that was paid ahead and of which too few were certified: what is short has been planned."""
    claim = payments.prepaid_claim(office, people, uncertified=range(certified + 1, people + 1))
    payments.plan()
    return claim


def cohort_of(claim: Claim) -> Cohort:
    return db.session.get_one(Cohort, claim.cohort_id)


@staged
def drafted(office: Office, claim: Claim, *, login: str = "preparer", terms: Terms = TERMS) -> RecoveryOrder:
    """An order that waits for its second person."""
    with clock.at(DRAFTED_ON), transaction.unit():
        return actions.draft(queries.of_filing(cohort_of(claim)), terms, by=office.actor(login))


@staged
def issued(office: Office, claim: Claim) -> RecoveryOrder:
    """An order that was sent out."""
    order = drafted(office, claim)
    issue(office, order)
    return order


@staged
def issue(office: Office, order: RecoveryOrder, *, login: str = "checker", on: date = DRAFTED_ON) -> None:
    """Send an order out."""
    with clock.at(on), transaction.unit():
        actions.issue(order, by=office.actor(login))


@staged
def found(office: Office, cohort: Cohort, finding: Finding, *, login: str = "preparer") -> RecoveryOrder:
    """An order that an audit asked for, waiting for its second person."""
    with clock.at(DRAFTED_ON), transaction.unit():
        return actions.draft_found(queries.of_filing(cohort), finding, TERMS, by=office.actor(login))


def evidence(reference: str = "20220801-0001", data: bytes = SLIP, on: date = DRAFTED_ON) -> Evidence:
    return Evidence(reference, on, "回单.pdf", data)


@staged
def repay(
    office: Office, order: RecoveryOrder, yuan: int, told: Evidence | None = None, *, login: str = "preparer"
) -> RecoveryAct:
    """Record money that came back."""
    with clock.at(DRAFTED_ON), transaction.unit():
        return actions.repay(order, YUAN(yuan), told or evidence(), by=office.actor(login))


@staged
def waive(office: Office, order: RecoveryOrder, yuan: int, reason: str = "企业注销，无财产可执行") -> RecoveryAct:
    """Ask that something is written off."""
    with clock.at(DRAFTED_ON), transaction.unit():
        return actions.waive(order, YUAN(yuan), reason, by=office.actor("preparer"))


@staged
def set_off(office: Office, order: RecoveryOrder, yuan: int, cohort: Cohort, reason: str = "经会议同意") -> RecoveryAct:
    """Ask that another filing's balances bear something."""
    with clock.at(DRAFTED_ON), transaction.unit():
        return actions.set_off(order, YUAN(yuan), cohort.id, reason, by=office.actor("preparer"))


@staged
def decide(office: Office, act: RecoveryAct, name: str = "", note: str = "", *, login: str = "") -> None:
    """Let a second person book or return what was entered."""
    name = name or DECIDED_BY[act.kind]
    by = office.actor(login or ("checker" if name == "confirm" else "approval"))
    with clock.at(DRAFTED_ON), transaction.unit():
        actions.decide(act, name, note, by=by)


def now(order: RecoveryOrder) -> RecoveryOrder:
    """Return an order as it is now."""
    db.session.expire_all()
    return db.session.scalars(select(RecoveryOrder).where(RecoveryOrder.id == order.id)).one()


def proved() -> None:
    """Insist that books and orders agree."""
    db.session.expire_all()
    report = verification.verify(orders.RULES)
    assert report.ok, report.breaches
