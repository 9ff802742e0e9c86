"""Reads of filings of people trained at work, of their wages by month, and of the scans that prove them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import visible_to
from trainingadmin.cohorts.queries.lists import by_state, narrowed
from trainingadmin.cohorts.states import WORK_SCHEME, CohortState, EnrolmentState
from trainingadmin.kernel.dates import add_months, month_text
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Account, Organisation, Person
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, one_or_404, remembered
from trainingadmin.wages.models import WagePaper, WageProof


def filings(actor: Actor) -> Select[Cohort]:
    """Select the filings of people trained at work that `actor` may see."""
    return visible_to(actor).where(Cohort.scheme == WORK_SCHEME)


def filing(cohort_id: int, *, actor: Actor) -> Cohort:
    """Return one visible filing of people trained at work or answer 404."""
    return one_or_404(filings(actor).where(Cohort.id == cohort_id))


def listing(actor: Actor, *, q: str = "", state: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of the list, newest first, narrowed by state and by number, title or enterprise."""
    people = select(func.count()).where(Enrolment.cohort_id == Cohort.id).correlate(Cohort).scalar_subquery()
    seen = (
        filings(actor)
        .join(Organisation, Organisation.id == Cohort.enterprise_id)
        .with_only_columns(
            Cohort.id,
            Cohort.number,
            Cohort.title,
            Organisation.name.label("enterprise"),
            Cohort.starts_on,
            Cohort.ends_on,
            Cohort.filed_on,
            Cohort.state,
            people.label("people"),
        )
    )
    return narrowed(seen, q, state, Cohort.number, Cohort.title, Organisation.name)


def counts(actor: Actor) -> Counter[CohortState]:
    """Count the visible filings by state."""
    return Counter(dict(driver.rows(counted(actor))))


@remembered
def counted(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select each state with the number of visible filings in it."""
    return by_state(filings(actor))


def number_of_filings(office_code: str, year: int) -> int:
    """Return how many filings of a year an office's numbers already count."""
    numbered = select(func.count()).where(Cohort.number.startswith(f"YG-{office_code}-{year}-"))
    return db.session.scalar(numbered) or 0


def months_of(cohort: Cohort) -> list[date]:
    """Return the first days of the months of a filing."""
    last = (cohort.ends_on.year - cohort.starts_on.year) * 12 + cohort.ends_on.month - cohort.starts_on.month
    return [add_months(cohort.starts_on.replace(day=1), month) for month in range(last + 1)]


class Proof(NamedTuple):
    """What counts of one person's month: the wage, when and how it was paid, who entered it."""

    enrolment_id: int
    month: date
    amount: Money
    paid_on: date | None
    voucher: str
    reason: str
    who: str


def proofs(cohort_id: int) -> dict[tuple[int, date], Proof]:
    """Return what counts of every person and month of a filing, struck months left out."""
    latest = (
        select(func.max(WageProof.id))
        .join(Enrolment, Enrolment.id == WageProof.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id)
        .group_by(WageProof.enrolment_id, WageProof.month)
    )
    rows = db.session.execute(
        select(
            WageProof.enrolment_id,
            WageProof.month,
            WageProof.amount,
            WageProof.paid_on,
            WageProof.voucher,
            WageProof.reason,
            Account.name,
        )
        .join(Account, Account.id == WageProof.account_id)
        .where(WageProof.id.in_(latest), WageProof.amount > ZERO)
    )
    return {(row[0], row[1]): Proof._make(row) for row in rows}


def papers(cohort_id: int) -> list[WagePaper]:
    """Return the scans of a filing by month, in the order of their upload."""
    kept = select(WagePaper).where(WagePaper.cohort_id == cohort_id).order_by(WagePaper.month, WagePaper.id)
    return list(db.session.scalars(kept))


def paper(cohort_id: int, paper_id: int) -> WagePaper:
    """Return one scan of a filing that was found visible before, or answer 404."""
    return one_or_404(select(WagePaper).where(WagePaper.cohort_id == cohort_id, WagePaper.id == paper_id))


def proved(cohort_id: int) -> Mapping[int, list[Proof]]:
    """Return by enrolment the months that are proved: a wage was entered, and a scan of that month is there."""
    scanned = {one.month for one in papers(cohort_id)}
    found: dict[int, list[Proof]] = {}
    for (enrolment_id, month), one in sorted(proofs(cohort_id).items()):
        if month in scanned:
            found.setdefault(enrolment_id, []).append(one)
    return found


def unscanned(cohort_id: int) -> list[str]:
    """Return the months for which wages were entered and no scan was uploaded."""
    scanned = {one.month for one in papers(cohort_id)}
    return sorted({month_text(month) for _, month in proofs(cohort_id) if month not in scanned})


class Tally(NamedTuple):
    """How much of a filing is there: people, person-months entered, months with a scan, person-months proved."""

    people: int
    entered: int
    scanned: int
    proved: int


def tally(cohort: Cohort) -> Tally:
    """Count what a filing holds."""
    people = db.session.scalar(select(func.count()).where(Enrolment.cohort_id == cohort.id)) or 0
    scanned = {one.month for one in papers(cohort.id)}
    entered = proofs(cohort.id)
    return Tally(people, len(entered), len(scanned), sum(month in scanned for _, month in entered))


def wanting(cohort: Cohort, today: date) -> list[tuple[str, str]]:
    """Return name and month of every person-month that is over and has no wage yet, in roster order."""
    entered = proofs(cohort.id)
    over = [month for month in months_of(cohort) if add_months(month, 1) <= today]
    return [
        (one.name, month_text(month))
        for one in db.session.execute(active(cohort.id))
        for month in over
        if month >= one.starts_on.replace(day=1) and (one.id, month) not in entered
    ]


def other_trainings(person_ids: Collection[int], but: int) -> dict[int, list[tuple[str, date, date]]]:
    """Return by person the other filings and classes they are or were in: number, first and last day.

    Filings of people trained at work are left out: of two employers' months the first that is paid counts.
    """
    last = func.coalesce(Enrolment.left_on, Enrolment.ends_on)
    rows = db.session.execute(
        select(Enrolment.person_id, Cohort.number, Enrolment.starts_on, last, Enrolment.extended_months)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            Enrolment.person_id.in_(person_ids),
            Cohort.id != but,
            Cohort.scheme != WORK_SCHEME,
            Cohort.state.in_((CohortState.APPROVED, CohortState.COMPLETED)),
        )
        .order_by(Cohort.id)
    )
    found: dict[int, list[tuple[str, date, date]]] = {}
    for person_id, number, first, end, more in rows:
        found.setdefault(person_id, []).append((number, first, add_months(end, more) if more else end))
    return found


def people(cohort_id: int) -> Select[*tuple[Any, ...]]:
    """Select the columns of the roster in its order."""
    return (
        select(
            Enrolment.id,
            Enrolment.position,
            Person.name,
            Person.id_number,
            Enrolment.category,
            Enrolment.post,
            Enrolment.starts_on,
            Enrolment.insured_unit,
            Enrolment.state,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id)
        .order_by(Enrolment.position, Enrolment.id)
    )


def active(cohort_id: int) -> Select[*tuple[Any, ...]]:
    """Select the roster without those who have left."""
    return people(cohort_id).where(Enrolment.state == EnrolmentState.ACTIVE)
