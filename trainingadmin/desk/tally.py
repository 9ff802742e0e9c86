"""Counts what a desk shows: whatever is counted for somebody, in whichever slice, comes in one statement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CompoundSelect, Integer, Select, String, case, func, literal, select, type_coerce, union_all

from trainingadmin.anomalies import queries as anomalies
from trainingadmin.checkins import queries as checkins
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.queries import released
from trainingadmin.claims.states import FROZEN
from trainingadmin.classes import queries as classes
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import APPRENTICE_SCHEME, CohortState
from trainingadmin.desk import overdue, queries
from trainingadmin.desk.queries import mine
from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import FINANCE, REVIEWERS, Actor, Role
from trainingadmin.notices.models import Notice, NoticeLine, Objection
from trainingadmin.notices.states import ObjectionState
from trainingadmin.offers import queries as offers
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.queries.answered import strays
from trainingadmin.payments.states import PaymentState
from trainingadmin.people import queries as people
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import remembered
from trainingadmin.policies import queries as policies
from trainingadmin.policies.models import PolicyDraft
from trainingadmin.recoveries import queries as recoveries
from trainingadmin.wages import queries as wages

MONTHS = 12


class What(StrEnum):
    """What is counted: by state where it has one."""

    FILINGS = "filings"
    CLASSES = "classes"
    WORK = "work"
    CLAIMS = "claims"
    RELEASED = "released"
    OBJECTIONS = "objections"
    LATE = "late"
    OFFERS = "offers"
    LATE_ENTRIES = "late_entries"
    CHANGES = "changes"
    ANOMALIES = "anomalies"
    DELEGATIONS = "delegations"
    DRAFTS = "drafts"
    DUES = "dues"
    BATCHES = "batches"
    STRAYS = "strays"
    OWED = "owed"
    ORDERS = "orders"
    ACTS = "acts"
    PEOPLE = "people"
    FROZEN = "frozen"
    PAID = "paid"
    PAID_IN_MONTH = "paid_in_month"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers and sums as of a day, by what was counted and its state; what was not found is 0."""

    today: date
    found: Mapping[tuple[str, str], tuple[int, Money]]

    def number(self, what: What, state: str = "") -> int:
        """Return how many there are in a state."""
        return self.found.get((what, state), _NOTHING)[0]

    def total(self, what: What) -> int:
        """Return how many there are in all states."""
        return sum(number for (of_what, _state), (number, _sum) in self.found.items() if of_what == what)

    def states(self, what: What) -> list[str]:
        """Return in which states something was found, in order."""
        return sorted(state for of_what, state in self.found if of_what == what)

    def sum(self, what: What, state: str = "") -> Money:
        """Return what those in a state add up to."""
        return self.found.get((what, state), _NOTHING)[1]

    def paid_by_month(self) -> list[tuple[str, Money]]:
        """Return what was paid in each of the last twelve months, oldest first."""
        return [(f"{month:%Y-%m}", self.sum(What.PAID_IN_MONTH, f"{month:%Y-%m}")) for month in _months(self.today)]

    def missing_year(self) -> int | None:
        """Return the year that deadlines will soon need and whose calendar nobody entered, None while all is well."""
        year = policies.year_soon(self.today)
        return None if self.number(What.YEARS, str(year)) else year


_NOTHING = (0, Money(0))


def of(actor: Actor) -> Tally:
    """Count what the desk of `actor` shows."""
    terms = overdue.terms_to_pay() if overdue.Late.PAYMENT in overdue.watched(actor) else None
    today = clock.today()
    found = driver.rows(_everything(actor, today, terms))
    return Tally(today, {(what, state): (int(number), Money(int(fen))) for what, state, number, fen in found})


@remembered
def _everything(actor: Actor, today: date, terms: overdue.TermsToPay | None) -> CompoundSelect[*tuple[Any, ...]]:
    """Select what, state, number and fen of all that is counted for `actor`."""
    wanted = [(what, count(actor)) for what, roles, count in _BY_ROLE if actor.has(*roles)]
    wanted += [(What.LATE, one) for one in overdue.counted(actor, overdue.watched(actor), today, terms)]
    if not wanted or actor.has(Role.SUPERVISOR):
        wanted += _of_office(actor)
    if actor.is_staff:
        wanted.append((What.DELEGATIONS, people.delegations_asked(actor.id, today)))
        wanted.append((What.YEARS, policies.kept_year(policies.year_soon(today))))
    wanted.append((What.PAID_IN_MONTH, _paid_by_month(actor, today)))
    return union_all(*(_told(what, statement) for what, statement in wanted))


def _told(what: What, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Select what, state, number and fen, of a statement over a number, a state and a number, or these and a sum."""
    columns = list(statement.selected_columns)
    state = type_coerce(columns[0], String) if len(columns) > 1 else literal("")
    number = columns[1] if len(columns) > 1 else columns[0]
    fen = func.coalesce(type_coerce(columns[2], Integer), 0) if len(columns) > 2 else literal(0)
    return statement.with_only_columns(literal(what.value), state, number, fen, maintain_column_froms=True)


# What is counted for whom ------------------------------------------------------------------------------------------------


def _filings(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Count the filings of apprentices one may see, by state."""
    return _by_state(Cohort.state, Cohort.office_code, Cohort.operator_id, actor).where(
        Cohort.scheme == APPRENTICE_SCHEME
    )


def _claims(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Count the claims one may see, by state."""
    return _by_state(Claim.state, Claim.office_code, Claim.payee_id, actor)


def _released(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Count the approved claims one may see that have people released since."""
    return select(func.count()).where(mine(Claim.office_code, Claim.payee_id, actor), released())


def _by_state(state: Any, office: Any, organisation: Any, actor: Actor) -> Select[*tuple[Any, ...]]:
    return select(state, func.count()).where(mine(office, organisation, actor)).group_by(state)


def _objections(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Count the undecided objections of one's office."""
    counted = select(func.count()).select_from(Objection).join(NoticeLine).join(Notice)
    return counted.where(Objection.state == ObjectionState.OPEN, office_filter(Notice.office_code, actor))


def _drafts(_actor: Actor) -> Select[*tuple[Any, ...]]:
    """Count the drafts of new figures, by state."""
    return select(PolicyDraft.state, func.count()).group_by(PolicyDraft.state)


def _dues(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Count and sum the dues of one's office, or of one's organisation, by state."""
    summed = select(Due.state, func.count(), func.sum(Due.amount) - func.sum(Due.offset))
    return summed.where(mine(Due.office_code, Due.payee_id, actor)).group_by(Due.state)


def _batches(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Count the batches of one's office, by state."""
    return select(Batch.state, func.count()).where(office_filter(Batch.office_code, actor)).group_by(Batch.state)


_BY_ROLE: tuple[tuple[What, Collection[Role], Callable[[Actor], Select[*tuple[Any, ...]]]], ...] = (
    (What.FILINGS, (Role.ENTERPRISE, Role.ACCEPTANCE, Role.FIRST_REVIEW), _filings),
    (What.CLASSES, (Role.INSTITUTION, Role.ACCEPTANCE, Role.FIRST_REVIEW), classes.counted),
    (What.WORK, (Role.ENTERPRISE, Role.ACCEPTANCE, Role.FIRST_REVIEW), wages.counted),
    (What.CLAIMS, (Role.ENTERPRISE, Role.INSTITUTION, *REVIEWERS), _claims),
    (What.RELEASED, (Role.APPROVAL,), _released),
    (What.OBJECTIONS, REVIEWERS, _objections),
    (What.OFFERS, (Role.ACCEPTANCE,), offers.open_ones),
    (
        What.LATE_ENTRIES,
        (Role.ENTERPRISE, Role.INSTITUTION, Role.ACCEPTANCE, Role.FIRST_REVIEW),
        checkins.counted_waiting,
    ),
    (What.CHANGES, (Role.FIRST_REVIEW,), queries.changes_by_scheme),
    (What.ANOMALIES, (Role.ACCEPTANCE, Role.FIRST_REVIEW, Role.SUPERVISOR), anomalies.counted),
    (What.DRAFTS, (Role.POLICY,), _drafts),
    (What.DUES, (*FINANCE, Role.ENTERPRISE, Role.INSTITUTION), _dues),
    (What.BATCHES, FINANCE, _batches),
    (What.STRAYS, FINANCE, strays.unsettled),
    (What.ORDERS, (Role.CHECKER,), recoveries.to_issue),
    (What.ACTS, (Role.CHECKER, Role.APPROVAL), recoveries.to_decide),
    (What.OWED, (Role.ENTERPRISE, Role.INSTITUTION), recoveries.owed_by),
)


def _of_office(actor: Actor) -> list[tuple[What, Select[*tuple[Any, ...]]]]:
    """Return the figures of a supervisor's desk: people in training by scheme, lines that are frozen, what was paid."""
    training = select(Cohort.scheme, func.count()).select_from(Enrolment).join(Cohort).group_by(Cohort.scheme)
    training = training.where(mine(Cohort.office_code, Cohort.operator_id, actor), Cohort.state == CohortState.APPROVED)
    frozen = (
        select(func.count())
        .select_from(ClaimLine)
        .join(Claim)
        .where(
            mine(Claim.office_code, Claim.payee_id, actor),
            ClaimLine.state.in_(FROZEN),
        )
    )
    return [(What.PEOPLE, training), (What.FROZEN, frozen), (What.PAID, _paid(literal(""), actor))]


def _paid(key: Any, actor: Actor) -> Select[*tuple[Any, ...]]:
    summed = select(key, func.count(), func.sum(Payment.amount)).join(Due, Due.id == Payment.due_id)
    return summed.where(Payment.state == PaymentState.PAID, mine(Due.office_code, Due.payee_id, actor))


def _months(today: date) -> list[date]:
    """Return the first days of the last twelve months, oldest first."""
    return [add_months(today.replace(day=1), number) for number in range(1 - MONTHS, 1)]


def _paid_by_month(actor: Actor, today: date) -> Select[*tuple[Any, ...]]:
    """Add up each month in the database: a desk is opened more often than a year has payments."""
    months = _months(today)
    first, *ends = (clock.end_of(day - timedelta(days=1)) for day in (*months, add_months(months[-1], 1)))
    month = case(*((Payment.settled_at < end, f"{day:%Y-%m}") for day, end in zip(months, ends, strict=True)))
    within = (Payment.settled_at >= first, Payment.settled_at < ends[-1])
    return _paid(month, actor).where(*within).group_by(month)
