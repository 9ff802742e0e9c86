"""Reads of dues, batches and payments; `visible_to` is the only door to their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, or_, select

from trainingadmin.claims.models import ClaimLine
from trainingadmin.kernel.identifiers import mask_account
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import BankAnswer, Batch, BatchFile, Due, Payment
from trainingadmin.payments.queries import dues
from trainingadmin.payments.states import COMPOSE, BatchState, DueState, PaymentState
from trainingadmin.people.models import Account, Person
from trainingadmin.people.name_keys import named
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import driver, journal
from trainingadmin.plumbing.database import db, remembered

of_person = dues.of_person


class Hand(NamedTuple):
    """Somebody had a hand in a batch, as the separation of duties judges it."""

    move: str
    human: str


def hands(batch: Batch) -> list[Hand]:
    """Return who has had a hand in a batch so far."""
    made = ((COMPOSE, batch.composed_human), ("check", batch.checked_human), ("release", batch.released_human))
    return [Hand(move, human) for move, human in made if human]


# Batches --------------------------------------------------------------------------------------------------------------


def visible_to(actor: Actor) -> Select[Batch]:
    """Select the batches of the offices that a member of staff may see."""
    return select(Batch).where(office_filter(Batch.office_code, actor))


def batch(batch_id: int, *, actor: Actor) -> Batch:
    """Return one visible batch or answer 404."""
    found: Batch = db.one_or_404(visible_to(actor).where(Batch.id == batch_id))
    return found


@remembered
def batches(actor: Actor, *, q: str = "", state: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of the list, newest first, narrowed by number or payee and by state."""
    seen = visible_to(actor).with_only_columns(
        Batch.id,
        Batch.number,
        Batch.scheme,
        Batch.kind,
        Batch.count,
        Batch.total,
        Batch.state,
        Batch.composed_name,
        Batch.composed_at,
        Batch.checked_name,
        Batch.released_name,
        _count(PaymentState.PAID).label("paid"),
        _count(PaymentState.FAILED).label("failed"),
    )
    if q:
        paid_to = select(Payment.batch_id).where(Payment.payee_name.contains(q, autoescape=True))
        seen = seen.where(or_(Batch.number.contains(q.upper(), autoescape=True), Batch.id.in_(paid_to)))
    if state in set(BatchState):
        seen = seen.where(Batch.state == BatchState(state))
    return seen.order_by(Batch.id.desc())


def _count(state: PaymentState) -> Any:
    counted = select(func.count()).where(Payment.batch_id == Batch.id, Payment.state == state)
    return counted.correlate(Batch).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Tally:
    """How far the payments of one batch are."""

    counts: dict[PaymentState, int]
    sums: dict[PaymentState, Money]
    firms: int
    people: int
    cohorts: int

    def count(self, state: str) -> int:
        """How many payments are in a state."""
        return self.counts.get(PaymentState(state), 0)

    def sum(self, state: str) -> Money:
        """How much the payments in a state are."""
        return self.sums.get(PaymentState(state), ZERO)


def tally(batch_id: int, file: BatchFile | None = None) -> Tally:
    """Count and add up the payments of a batch, or of one of its files; two queries."""
    of_batch = select(Payment.state, func.count(), func.sum(Payment.amount)).where(Payment.batch_id == batch_id)
    if file is not None:
        of_batch = of_batch.where(Payment.position.between(file.first, file.last))
    found = db.session.execute(of_batch.group_by(Payment.state)).all()
    theirs = case((Due.payee_id.is_(None), Due.person_id))
    spread = select(
        func.count(Due.payee_id.distinct()), func.count(theirs.distinct()), func.count(Due.cohort_id.distinct())
    )
    firms, people, cohorts = db.session.execute(
        spread.join(Payment, Payment.due_id == Due.id).where(Payment.batch_id == batch_id)
    ).one()
    return Tally({row[0]: row[1] for row in found}, {row[0]: row[2] for row in found}, firms, people, cohorts)


def batch_lines(batch_id: int, *, state: str = "", q: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of a batch's rows in its order, narrowed by state and by person's or payee's name."""
    told = (
        select(
            Payment.id,
            Payment.position,
            Person.name.label("person"),
            Person.id_number,
            Payment.payee_name,
            Payment.payee_account,
            Due.about,
            Due.cohort_id,
            Due.period,
            Due.id.label("due_id"),
            ClaimLine.claim_id,
            Payment.amount,
            Payment.state,
            Payment.failure,
            Payment.follows_id,
        )
        .join(Due, Due.id == Payment.due_id)
        .join(Person, Person.id == Payment.person_id)
        .outerjoin(ClaimLine, ClaimLine.id == Due.claim_line_id)
        .where(Payment.batch_id == batch_id)
        .order_by(Payment.position)
    )
    if state in set(PaymentState):
        told = told.where(Payment.state == PaymentState(state))
    if q:
        told = told.where(or_(named(q), Payment.payee_name.contains(q, autoescape=True)))
    return told


def batch_payees(batch_id: int) -> list[tuple[str, str, int, Money]]:
    """Return payee, masked account, payments and sum by account: what the checker and the printed sheet look at."""
    told = select(Payment.payee_name, Payment.payee_account, Payment.payee_bank, Payment.amount).where(
        Payment.batch_id == batch_id
    )
    sums: dict[tuple[str, str, str], tuple[int, Money]] = {}
    for name, account, bank, amount in db.session.execute(told.order_by(Payment.position)):
        count, so_far = sums.get((name, account, bank), (0, ZERO))
        sums[name, account, bank] = (count + 1, so_far + amount)
    return [(f"{name}（{bank}）", mask_account(account), *sums[name, account, bank]) for name, account, bank in sums]


def followers(batch_id: int) -> list[tuple[int, str]]:
    """Return the batches that issue this one's failed lines again."""
    return [
        (id_, number)
        for id_, number in db.session.execute(
            select(Batch.id, Batch.number).where(Batch.follows_id == batch_id).order_by(Batch.id)
        )
    ]


def number_of(batch_id: int | None) -> str:
    """Return the number of a batch, or nothing."""
    return (batch_id and db.session.scalar(select(Batch.number).where(Batch.id == batch_id))) or ""


def waiting_again(batch_id: int) -> int:
    """Count the dues that failed in this batch last and wait to be issued again."""
    last = select(func.max(Payment.id)).where(Payment.due_id == Due.id, Payment.state == PaymentState.FAILED)
    here = select(func.count()).select_from(Due).join(Payment, Payment.id == last.correlate(Due).scalar_subquery())
    return db.session.scalar(here.where(Payment.batch_id == batch_id, Due.state == DueState.FAILED)) or 0


def answer_with(batch_id: int, sha256: str) -> BankAnswer | None:
    """Find an answer of these bytes."""
    return db.session.scalars(select(BankAnswer).filter_by(batch_id=batch_id, sha256=sha256)).one_or_none()


def answers(batch_id: int) -> list[tuple[BankAnswer, str]]:
    """Return the bank's answers to a batch with who imported them, newest first."""
    told = (
        select(BankAnswer, Account.name)
        .join(Account, Account.id == BankAnswer.account_id)
        .where(BankAnswer.batch_id == batch_id)
    )
    return [(found, name) for found, name in db.session.execute(told.order_by(BankAnswer.id.desc()))]


def history(batch_id: int) -> list[tuple[journal.JournalEntry, str]]:
    """Return what was done to a batch and by whom, newest first."""
    entry = journal.JournalEntry
    told = select(entry, Account.name).outerjoin(Account, Account.id == entry.account_id)
    of_batch = told.where(entry.subject == f"batches:{batch_id}").order_by(entry.id.desc())
    return [(found, name or "") for found, name in db.session.execute(of_batch)]


def funding(actor: Actor) -> list[tuple[str, str]]:
    """Return the funding sources and budget items used lately, the last one first."""
    return [(source, item) for source, item, _last in driver.rows(_funding(actor))]


@remembered
def _funding(actor: Actor) -> Select[*tuple[Any, ...]]:
    last = func.max(Batch.id).label("last")
    used = visible_to(actor).with_only_columns(Batch.funding_source, Batch.budget_item, last)
    return used.group_by(Batch.funding_source, Batch.budget_item).order_by(func.max(Batch.id).desc()).limit(10)
