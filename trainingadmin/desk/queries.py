"""Reads across all stages: what waits for whom, what one person may see of their own, what was paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from trainingadmin.attendance.models import Mark, MarkStatus, Session
from trainingadmin.attendance.queries import effective
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.notices.models import Notice, NoticeLine, Objection
from trainingadmin.notices.states import ObjectionState
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.states import BatchState, DueState, PaymentState
from trainingadmin.people.models import Organisation, Person
from trainingadmin.people.name_keys import named
from trainingadmin.people.queries import office_filter, person_by_id_number
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db, remembered
from trainingadmin.policies.models import PolicyDraft
from trainingadmin.policies.states import DraftState

MONTHS = 12
FOUND = 20


def cohort_counts(actor: Actor) -> dict[CohortState, int]:
    """Count the filings one may see, by state."""
    return dict(_tuples(_by_state(Cohort.state, Cohort.office_code, Cohort.enterprise_id, actor)))


def claim_counts(actor: Actor) -> dict[ClaimState, int]:
    """Count the claims one may see, by state."""
    return dict(_tuples(_by_state(Claim.state, Claim.office_code, Claim.payee_id, actor)))


def batch_counts(actor: Actor) -> dict[BatchState, int]:
    """Count the batches of one's office, by state."""
    return dict(_tuples(_by_state(Batch.state, Batch.office_code, None, actor)))


def draft_counts() -> dict[DraftState, int]:
    """Count the drafts of new figures, by state."""
    counted = select(PolicyDraft.state, func.count()).group_by(PolicyDraft.state)
    return {row.state: row[1] for row in db.session.execute(counted)}


def due_sums(actor: Actor) -> dict[DueState, tuple[int, Money]]:
    """Count and sum the dues of one's office, by state."""
    summed = (
        select(Due.state, func.count(), func.sum(Due.amount), func.sum(Due.offset))
        .where(office_filter(Due.office_code, actor))
        .group_by(Due.state)
    )
    return {state: (count, owed - offset) for state, count, owed, offset in db.session.execute(summed)}


@remembered
def _by_state(state: Any, office: Any, organisation: Any, actor: Actor) -> Select[Any, int]:
    seen = office_filter(office, actor) if organisation is None else _mine(office, organisation, actor)
    return select(state, func.count()).where(seen).group_by(state)


def _tuples(statement: Select[*tuple[Any, ...]]) -> list[Any]:
    return [tuple(row) for row in db.session.connection().execute(statement)]


def _mine(office: Any, organisation: Any, actor: Actor) -> Any:
    return organisation == actor.organisation_id if actor.organisation_id else office_filter(office, actor)


def open_objections(actor: Actor) -> int:
    """Count the undecided objections of one's office."""
    counted = select(func.count()).select_from(Objection).join(NoticeLine).join(Notice)
    return (
        db.session.scalar(
            counted.where(Objection.state == ObjectionState.OPEN, office_filter(Notice.office_code, actor))
        )
        or 0
    )


def waiting_claims(actor: Actor, states: list[ClaimState]) -> list[tuple[Any, ...]]:
    """Return the claims that wait in `states`, the most urgent first: id, number, payee, cohort title, state, due, sum."""
    return _tuples(_waiting_claims(actor, tuple(states)))


@remembered
def _waiting_claims(actor: Actor, states: tuple[ClaimState, ...]) -> Select[*tuple[Any, ...]]:
    columns = select(
        Claim.id, Claim.number, Organisation.name, Cohort.title, Claim.state, Claim.due_on, Claim.entitlement
    )
    joined = columns.join(Organisation, Organisation.id == Claim.payee_id).join(Cohort, Cohort.id == Claim.cohort_id)
    mine = _mine(Claim.office_code, Claim.payee_id, actor)
    return joined.where(mine, Claim.state.in_(states)).order_by(Claim.due_on, Claim.id).limit(8)


def waiting_cohorts(actor: Actor, states: list[CohortState]) -> list[tuple[Any, ...]]:
    """Return the filings that wait in `states`: id, number, title, enterprise, state, filed on."""
    return _tuples(_waiting_cohorts(actor, tuple(states)))


@remembered
def _waiting_cohorts(actor: Actor, states: tuple[CohortState, ...]) -> Select[*tuple[Any, ...]]:
    columns = select(Cohort.id, Cohort.number, Cohort.title, Organisation.name, Cohort.state, Cohort.filed_on)
    joined = columns.join(Organisation, Organisation.id == Cohort.enterprise_id)
    mine = _mine(Cohort.office_code, Cohort.enterprise_id, actor)
    return joined.where(mine, Cohort.state.in_(states)).order_by(Cohort.id).limit(8)


def paid_by_month(actor: Actor) -> list[tuple[str, Money]]:
    """Return what was paid in each of the last twelve months, oldest first."""
    sums: dict[str, int] = {}
    for settled_at, amount in _tuples(_paid(actor)):
        month = clock.local(settled_at or clock.now()).strftime("%Y-%m")
        sums[month] = sums.get(month, 0) + amount.fen
    return [(month, Money(sums.get(month, 0))) for month in _months_to(clock.today().strftime("%Y-%m"))]


@remembered
def _paid(actor: Actor) -> Select[*tuple[Any, ...]]:
    paid = select(Payment.settled_at, Payment.amount).join(Due, Due.id == Payment.due_id)
    return paid.where(Payment.state == PaymentState.PAID, _mine(Due.office_code, Due.payee_id, actor))


def _months_to(last: str) -> list[str]:
    year, month = map(int, last.split("-"))
    ends = [year * 12 + month - 1 - back for back in reversed(range(MONTHS))]
    return [f"{end // 12}-{end % 12 + 1:02d}" for end in ends]


def search(actor: Actor, words: str) -> dict[str, list[tuple[Any, ...]]]:
    """Find organisations, filings, claims, batches and people by name, number, code or whole ID number."""
    like = {"autoescape": True}
    seen_claim = _mine(Claim.office_code, Claim.payee_id, actor)
    seen_cohort = _mine(Cohort.office_code, Cohort.enterprise_id, actor)
    return {
        "organisations": _rows(
            select(Organisation.id, Organisation.name, Organisation.credit_code).where(
                _mine(Organisation.office_code, Organisation.id, actor),
                or_(Organisation.name.contains(words, **like), Organisation.credit_code == words.upper()),
            )
        ),
        "cohorts": _rows(
            select(Cohort.id, Cohort.number, Cohort.title).where(
                seen_cohort, or_(Cohort.number.contains(words, **like), Cohort.title.contains(words, **like))
            )
        ),
        "claims": _rows(
            select(Claim.id, Claim.number, Claim.state).where(seen_claim, Claim.number.contains(words, **like))
        ),
        "batches": _rows(
            select(Batch.id, Batch.number, Batch.state).where(
                office_filter(Batch.office_code, actor), Batch.number.contains(words, **like)
            )
        ),
        "people": _people(words, seen_cohort),
    }


def _people(words: str, seen: Any) -> list[tuple[Any, ...]]:
    by_number = person_by_id_number(words.upper()) if len(words) == 18 else None
    wanted = Person.id == by_number.id if by_number else named(words)
    people = select(Person.name, Person.id_number, Cohort.id, Cohort.number).join(
        Enrolment, Enrolment.person_id == Person.id
    )
    return _rows(people.join(Cohort, Cohort.id == Enrolment.cohort_id).where(seen, wanted))


def _rows(statement: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.session.execute(statement.limit(FOUND))]


@dataclass(frozen=True, slots=True)
class Training:
    """One training of a person, with the claim line on it and the money on its way."""

    enrolment: Enrolment
    cohort: Cohort
    line: ClaimLine | None
    claim: Claim | None


def trainings(person_id: int) -> list[Training]:
    """Return a person's trainings, the latest first, each with its live claim line."""
    live = and_(ClaimLine.enrolment_id == Enrolment.id)
    joined = (
        select(Enrolment, Cohort, ClaimLine, Claim)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(ClaimLine, live)
        .outerjoin(Claim, Claim.id == ClaimLine.claim_id)
        .where(Enrolment.person_id == person_id, Cohort.state.in_([CohortState.APPROVED, CohortState.COMPLETED]))
        .order_by(Enrolment.starts_on.desc(), ClaimLine.id.desc())
    )
    found: dict[int, Training] = {}
    for enrolment, cohort, line, claim in db.session.execute(joined).unique():
        found.setdefault(enrolment.id, Training(enrolment, cohort, line, claim))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Held:
    """One session as one person's attendance shows it."""

    held_on: date
    starts_at: str
    ends_at: str
    course: str
    teacher: str
    status: MarkStatus | None
    credited_minutes: int
    planned_minutes: int


def sessions_of(enrolment: Enrolment) -> list[Held]:
    """Return the sessions of an apprentice's own group, the latest first, each with the effective mark."""
    marks = effective().where(Mark.enrolment_id == enrolment.id).subquery()
    rows = (
        select(Session, marks.c.status, marks.c.credited_minutes)
        .outerjoin(marks, marks.c.session_id == Session.id)
        .where(Session.cohort_id == enrolment.cohort_id, Session.shift_group.in_([enrolment.shift_group, ""]))
        .where(Session.held_on >= (enrolment.joined_on or date.min))
        .order_by(Session.held_on.desc(), Session.starts_at.desc())
    )
    return [
        Held(
            held.held_on,
            f"{held.starts_at:%H:%M}",
            f"{held.ends_at:%H:%M}",
            held.course,
            held.teacher,
            MarkStatus(status) if status else None,
            credited or 0,
            held.planned_minutes,
        )
        for held, status, credited in db.session.execute(rows)
    ]


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum that was due for a person's training, and where it is."""

    kind: str
    amount: Money
    offset: Money
    state: DueState
    settled_at: datetime | None
    account_tail: str
    payee: str


def money_of(person_id: int) -> list[Sum]:
    """Return the dues for a person's trainings with the live payment of each, the latest first."""
    live = and_(Payment.due_id == Due.id, Payment.state.in_([PaymentState.PENDING, PaymentState.PAID]))
    rows = (
        select(Due, Payment, Organisation.name)
        .join(Enrolment, Enrolment.id == Due.enrolment_id)
        .join(Organisation, Organisation.id == Due.payee_id)
        .outerjoin(Payment, live)
        .where(Enrolment.person_id == person_id, Due.state != DueState.CANCELLED)
        .order_by(Due.id.desc())
    )
    return [
        Sum(
            due.kind.value,
            due.amount,
            due.offset,
            due.state,
            payment.settled_at if payment else None,
            payment.payee_account[-4:] if payment else "",
            payee,
        )
        for due, payment, payee in _paired(rows)
    ]


def _paired(rows: Select[Due, Payment, str]) -> Iterator[tuple[Due, Payment | None, str]]:
    # An outer join may give no payment, which the select's type does not say.
    yield from db.session.execute(rows).unique()


def totals_of_office(actor: Actor) -> dict[str, Any]:
    """Return the four figures of a supervisor's desk: people in training, claimed, paid, frozen lines."""
    people = (
        select(func.count())
        .select_from(Enrolment)
        .join(Cohort)
        .where(_mine(Cohort.office_code, Cohort.enterprise_id, actor), Cohort.state == CohortState.APPROVED)
    )
    frozen = select(func.count()).select_from(ClaimLine).join(Claim)
    frozen = frozen.where(
        _mine(Claim.office_code, Claim.payee_id, actor),
        ClaimLine.state.in_([LineState.HELD, LineState.OBJECTED, LineState.FAILED]),
    )
    paid = select(func.sum(Payment.amount)).join(Due, Due.id == Payment.due_id)
    paid = paid.where(_mine(Due.office_code, Due.payee_id, actor), Payment.state == PaymentState.PAID)
    return {
        "people": db.session.scalar(people) or 0,
        "frozen": db.session.scalar(frozen) or 0,
        "paid": db.session.scalar(paid) or ZERO,
    }


def overdue(actor: Actor) -> int:
    """Count the claims past the day they were promised for."""
    late = (
        select(func.count())
        .select_from(Claim)
        .where(_mine(Claim.office_code, Claim.payee_id, actor), Claim.due_on < clock.today())
    )
    return (
        db.session.scalar(
            late.where(
                Claim.state.in_([ClaimState.SUBMITTED, ClaimState.ACCEPTED, ClaimState.CHECKED, ClaimState.REVIEWED])
            )
        )
        or 0
    )


def person(person_id: int) -> Person:
    """Return one human being; only ever called with one's own id."""
    return db.session.get_one(Person, person_id)
