"""Reads across all stages: what waits for whom, what one person may see of their own, what was paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.queries import released
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts.models import Change, Cohort, Enrolment
from trainingadmin.cohorts.queries import visible_to
from trainingadmin.cohorts.states import ChangeState, CohortState
from trainingadmin.kernel.identifiers import fold_number, looks_like_id
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.states import BatchState, DueState, PaymentState
from trainingadmin.people.models import Organisation, Person
from trainingadmin.people.name_keys import named
from trainingadmin.people.queries import office_filter, person_by_id_number
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, remembered

FOUND = 20


def waiting_batches(actor: Actor, states: list[BatchState]) -> list[tuple[Any, ...]]:
    """Return the batches that wait in `states`, oldest first: id, number, scheme, kind, count, total, state, who composed it, when."""
    return _tuples(_waiting_batches(actor, tuple(states)))


@remembered
def _waiting_batches(actor: Actor, states: tuple[BatchState, ...]) -> Select[*tuple[Any, ...]]:
    columns = select(
        Batch.id,
        Batch.number,
        Batch.scheme,
        Batch.kind,
        Batch.count,
        Batch.total,
        Batch.state,
        Batch.composed_name,
        Batch.composed_at,
    )
    return columns.where(mine(Batch.office_code, None, actor), Batch.state.in_(states)).order_by(Batch.id).limit(8)


def _tuples(statement: Select[*tuple[Any, ...]]) -> list[Any]:
    return [tuple(row) for row in driver.rows(statement)]


def mine(office: Any, organisation: Any, actor: Actor) -> Any:
    """Limit rows to an operator's organisation, or to the offices that a member of staff may see."""
    return organisation == actor.organisation_id if actor.organisation_id else office_filter(office, actor)


def waiting_claims(actor: Actor, states: list[ClaimState]) -> list[tuple[Any, ...]]:
    """Return the claims that wait in `states`, the most urgent first: id, number, applicant, title, state, due, sum."""
    return _tuples(_waiting_claims(actor, tuple(states)))


@remembered
def _waiting_claims(actor: Actor, states: tuple[ClaimState, ...]) -> Select[*tuple[Any, ...]]:
    columns = select(Claim.id, Claim.number, Claim.applicant, Claim.title, Claim.state, Claim.due_on, Claim.entitlement)
    seen = mine(Claim.office_code, Claim.payee_id, actor)
    wanted: ColumnElement[bool] = Claim.state.in_(states)
    if actor.has(Role.APPROVAL):
        wanted |= released()
    return columns.where(seen, wanted).order_by(Claim.due_on, Claim.id).limit(8)


def waiting_cohorts(actor: Actor, states: list[CohortState]) -> list[tuple[Any, ...]]:
    """Return the filings that wait in `states`: id, number, title, enterprise, state, filed on."""
    return _tuples(_waiting_cohorts(actor, tuple(states)))


@remembered
def _waiting_cohorts(actor: Actor, states: tuple[CohortState, ...]) -> Select[*tuple[Any, ...]]:
    columns = select(Cohort.id, Cohort.number, Cohort.title, Organisation.name, Cohort.state, Cohort.filed_on)
    joined = columns.join(Organisation, Organisation.id == Cohort.operator_id)
    seen = mine(Cohort.office_code, Cohort.operator_id, actor)
    # An operator is shown what it has to do before what it has sent; to an officer all of one pile are alike.
    sent = Cohort.state.in_((CohortState.SUBMITTED, CohortState.ACCEPTED))
    return joined.where(seen, Cohort.state.in_(states)).order_by(sent, Cohort.id).limit(8)


@remembered
def waiting_changes(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select the columns of the changes that wait for a decision in filings and classes one may see, the oldest first."""
    return (
        visible_to(actor)
        .join(Change, Change.cohort_id == Cohort.id)
        .outerjoin(Enrolment, Enrolment.id == Change.enrolment_id)
        .outerjoin(Person, Person.id == Enrolment.person_id)
        .where(Change.state == ChangeState.REQUESTED)
        .with_only_columns(
            Change.id,
            Change.kind,
            Change.effective_on,
            Change.requested_at,
            Change.reason,
            Cohort.id.label("cohort_id"),
            Cohort.number,
            Cohort.title,
            Cohort.scheme,
            Person.name,
        )
        .order_by(Change.id)
    )


@remembered
def changes_by_scheme(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select each scheme with the number of changes in its filings that wait for a decision."""
    waiting = waiting_changes(actor).order_by(None).subquery()
    return select(waiting.c.scheme, func.count()).group_by(waiting.c.scheme)


def search(actor: Actor, words: str) -> dict[str, list[tuple[Any, ...]]]:
    """Find organisations, filings, claims, batches and people by name, number, code or whole ID number."""
    like = {"autoescape": True}
    seen_claim = mine(Claim.office_code, Claim.payee_id, actor)
    seen_cohort = mine(Cohort.office_code, Cohort.operator_id, actor)
    return {
        "organisations": _rows(
            select(Organisation.id, Organisation.name, Organisation.credit_code).where(
                mine(Organisation.office_code, Organisation.id, actor),
                or_(Organisation.name.contains(words, **like), Organisation.credit_code == words.upper()),
            )
        ),
        "cohorts": _rows(
            select(Cohort.id, Cohort.number, Cohort.title).where(
                seen_cohort, or_(Cohort.number.contains(words, **like), Cohort.title.contains(words, **like))
            )
        ),
        "claims": _rows(
            select(Claim.id, Claim.number, Claim.state).where(
                seen_claim,
                or_(
                    Claim.number.contains(words, **like),
                    Claim.title.contains(words, **like),
                    Claim.applicant.contains(words, **like),
                ),
            )
        ),
        "batches": _rows(
            select(Batch.id, Batch.number, Batch.state).where(
                office_filter(Batch.office_code, actor), Batch.number.contains(words, **like)
            )
        ),
        "people": _people(words, seen_cohort),
    }


def _people(words: str, seen: Any) -> list[tuple[Any, ...]]:
    by_number = person_by_id_number(fold_number(words)) if looks_like_id(words) else None
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
class Sum:
    """One sum that was due for a person's training, and where it is."""

    kind: str
    amount: Money
    offset: Money
    state: DueState
    settled_at: datetime | None
    account_tail: str
    payee: str | None
    period: str


def money_of(person_id: int) -> list[Sum]:
    """Return the dues for a person with the live payment of each, the latest first."""
    live = and_(Payment.due_id == Due.id, Payment.state.in_([PaymentState.PENDING, PaymentState.PAID]))
    rows = (
        select(Due, Payment, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Due.payee_id)
        .outerjoin(Payment, live)
        .where(Due.person_id == person_id, Due.state != DueState.CANCELLED)
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
            due.period,
        )
        for due, payment, payee in _paired(rows)
    ]


def _paired(rows: Select[Due, Payment, str]) -> Iterator[tuple[Due, Payment | None, str | None]]:
    # An outer join may give no payment, which the select's type does not say.
    yield from db.session.execute(rows).unique()


def person(person_id: int) -> Person:
    """Return one human being; only ever called with one's own id."""
    return db.session.get_one(Person, person_id)
