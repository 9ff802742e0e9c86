"""Reads of filings; `visible_to` is the only door to their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager

from trainingadmin.cohorts.models import (
    Change,
    Cohort,
    Document,
    Enrolment,
    Result,
    RosterUpload,
)
from trainingadmin.cohorts.queries.lists import by_state, narrowed
from trainingadmin.cohorts.queries.stages import Stage, stages
from trainingadmin.cohorts.states import (
    APPRENTICE_SCHEME,
    CLASS_SCHEME,
    ChangeState,
    CohortState,
    DocumentKind,
    EnrolmentState,
    UploadKind,
)
from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.identifiers import fold_number
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import Organisation, Person
from trainingadmin.people.name_keys import named
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, in_chunks, one_or_404, remembered
from trainingadmin.plumbing.secrets import blind_index

__all__ = ["Stage", "stages"]

S = CohortState
# A filing in one of these states is a subsidised training that is asked for or running.
RUNNING = (S.SUBMITTED, S.ACCEPTED, S.APPROVED)
# Until the decision every look at a filing judges it anew.
UNDECIDED = (S.DRAFT, S.RETURNED, S.SUBMITTED, S.ACCEPTED)
_CHUNK = 500


@remembered
def visible_to(actor: Actor) -> Select[Cohort]:
    """Select what `actor` may see: enterprises and institutions their own, staff their district's but for drafts.

    A draft is its operator's alone: neither the institution of apprentices nor the employer of a class sees it.
    """
    filed = office_filter(Cohort.office_code, actor) & (Cohort.state != S.DRAFT)
    seen: list[ColumnElement[bool]] = [filed]
    if actor.organisation_id and actor.has(Role.ENTERPRISE):
        own = (Cohort.scheme != CLASS_SCHEME) | (Cohort.state != S.DRAFT)
        seen.append((Cohort.enterprise_id == actor.organisation_id) & own)
    if actor.organisation_id and actor.has(Role.INSTITUTION):
        own = (Cohort.scheme == CLASS_SCHEME) | (Cohort.state != S.DRAFT)
        seen.append((Cohort.institution_id == actor.organisation_id) & own)
    return select(Cohort).where(or_(*seen))


def frozen_policy(scheme: str, digest: str) -> dict[str, Any]:
    """Return the figures with this digest as a filing that is bound to them has them."""
    bound = select(Cohort.policy).where(Cohort.scheme == scheme, Cohort.policy_digest == digest).limit(1)
    found: dict[str, Any] = db.session.execute(bound).scalar_one()
    return found


def filings(actor: Actor) -> Select[Cohort]:
    """Select the filings of apprentices that `actor` may see; classes have a list and pages of their own."""
    return visible_to(actor).where(Cohort.scheme == APPRENTICE_SCHEME)


def cohort(cohort_id: int, *, actor: Actor) -> Cohort:
    """Return one visible filing or answer 404."""
    return one_or_404(visible_to(actor).where(Cohort.id == cohort_id))


@remembered
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
            Cohort.target_level,
            Cohort.starts_on,
            Cohort.ends_on,
            Cohort.filed_on,
            Cohort.state,
            Cohort.planned,
            people.label("people"),
        )
    )
    return narrowed(seen, q, state, Cohort.number, Cohort.title, Organisation.name)


def counts(actor: Actor) -> Counter[CohortState]:
    """Count the visible filings by state."""
    return Counter(dict(driver.rows(_counted(actor))))


@remembered
def _counted(actor: Actor) -> Select[*tuple[Any, ...]]:
    return by_state(filings(actor))


def people(cohort_id: int, *, among: Collection[int] | None = None) -> list[Enrolment]:
    """Return the apprentices of a filing, or those of `among`, in roster order with the person loaded; one query."""
    rows = _people(cohort_id)
    return list(db.session.scalars(rows if among is None else rows.where(Enrolment.id.in_(among))))


def _people(cohort_id: int) -> Select[Enrolment]:
    return (
        select(Enrolment)
        .join(Enrolment.person)
        .options(contains_eager(Enrolment.person))
        .where(Enrolment.cohort_id == cohort_id)
        .order_by(Enrolment.position, Enrolment.id)
    )


def apprentice(cohort_id: int, enrolment_id: int) -> Enrolment:
    """Return one apprentice of a filing that was found visible before, or answer 404."""
    return one_or_404(_people(cohort_id).where(Enrolment.id == enrolment_id))


def enrolled_as(cohort_id: int, id_number: str) -> int | None:
    """Return the enrolment of the person with this ID number in a filing that was found visible before, the latest first."""
    of_number = Person.id_number_index == blind_index(fold_number(id_number))
    found = select(Enrolment.id).join(Enrolment.person).where(Enrolment.cohort_id == cohort_id, of_number)
    return db.session.scalar(found.order_by(Enrolment.id.desc()).limit(1))


def roster_rows(cohort_id: int, *, q: str = "", among: Collection[int] | None = None) -> Select[*tuple[Any, ...]]:
    """Select the columns of the roster list in roster order, narrowed by name, and to `among`."""
    rows = (
        select(
            Enrolment.id,
            Enrolment.position,
            Person.name,
            Person.id_number,
            Enrolment.category,
            Enrolment.occupation,
            Enrolment.target_level,
            Enrolment.mentor,
            Enrolment.starts_on,
            Enrolment.ends_on,
            Enrolment.filed_months,
            Enrolment.extended_months,
            Enrolment.state,
            Enrolment.planned,
            Enrolment.advance,
            Enrolment.advance_paid,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id)
        .order_by(Enrolment.position, Enrolment.id)
    )
    if q:
        rows = rows.where(named(q))
    return rows if among is None else rows.where(Enrolment.id.in_(among))


def active_people(cohort_id: int) -> list[Enrolment]:
    """Return the apprentices still in training, in roster order."""
    return list(db.session.scalars(_people(cohort_id).where(Enrolment.state == EnrolmentState.ACTIVE)))


@dataclass(frozen=True, slots=True)
class Tally:
    """How much each tab of a filing holds."""

    people: int
    documents: int
    open_changes: int
    results: int
    verified: int
    left: int


def tally(cohort_id: int) -> Tally:
    """Count what the tabs of a filing hold; one query."""
    people = select(func.count()).where(Enrolment.cohort_id == cohort_id)
    recorded = (
        select(func.count())
        .select_from(Result)
        .join(Enrolment, Enrolment.id == Result.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id)
    )
    asked = select(func.count()).where(Change.cohort_id == cohort_id, Change.state == ChangeState.REQUESTED)
    counted = select(
        people.scalar_subquery(),
        select(func.count()).where(Document.cohort_id == cohort_id).scalar_subquery(),
        asked.scalar_subquery(),
        recorded.scalar_subquery(),
        recorded.where(Result.verified.is_not(None)).scalar_subquery(),
        people.where(Enrolment.state == EnrolmentState.LEFT).scalar_subquery(),
    )
    return Tally(*db.session.execute(counted).one())


def unit(actor: Actor) -> Organisation | None:
    """Return the organisation an operator acts for."""
    return db.session.get(Organisation, actor.organisation_id) if actor.organisation_id else None


def documents(cohort_id: int) -> list[Document]:
    """Return the papers of a filing, by kind and in the order of their upload."""
    return list(
        db.session.scalars(select(Document).where(Document.cohort_id == cohort_id).order_by(Document.kind, Document.id))
    )


def document(cohort_id: int, document_id: int) -> Document:
    """Return one paper of a filing that was found visible before, or answer 404."""
    found: Document = db.one_or_404(select(Document).where(Document.cohort_id == cohort_id, Document.id == document_id))
    return found


def document_kinds(cohort_id: int) -> set[DocumentKind]:
    """Return the kinds of paper a filing has."""
    return set(db.session.scalars(select(Document.kind).where(Document.cohort_id == cohort_id).distinct()))


def uploads(cohort_id: int, kind: UploadKind, limit: int = 10) -> list[RosterUpload]:
    """Return the latest spreadsheets uploaded to a filing, newest first."""
    sent = select(RosterUpload).where(RosterUpload.cohort_id == cohort_id, RosterUpload.kind == kind)
    return list(db.session.scalars(sent.order_by(RosterUpload.id.desc()).limit(limit)))


def upload(cohort_id: int, upload_id: int) -> RosterUpload:
    """Return one upload of a filing that was found visible before, or answer 404."""
    found: RosterUpload = db.one_or_404(
        select(RosterUpload).where(RosterUpload.cohort_id == cohort_id, RosterUpload.id == upload_id)
    )
    return found


def imported(cohort_id: int, kind: UploadKind) -> RosterUpload | None:
    """Return the upload whose content is in force: the one imported last."""
    sent = select(RosterUpload).where(
        RosterUpload.cohort_id == cohort_id, RosterUpload.kind == kind, RosterUpload.imported_at.is_not(None)
    )
    return db.session.scalars(sent.order_by(RosterUpload.imported_at.desc(), RosterUpload.id.desc()).limit(1)).first()


def persons_by_index(indexes: Iterable[str]) -> dict[str, Person]:
    """Return the known persons among these blind indexes; one query for 500 of them."""
    wanted = list(dict.fromkeys(indexes))
    found: dict[str, Person] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = select(Person).where(Person.id_number_index.in_(wanted[start : start + _CHUNK]))
        found.update((person.id_number_index, person) for person in db.session.scalars(chunk))
    return found


def person_ids(indexes: Iterable[str]) -> dict[str, int]:
    """Return the ids of the persons with these blind indexes; one query for 500 of them, and no entities."""
    wanted, found = list(indexes), dict[str, int]()
    rows = select(Person.id_number_index, Person.id)
    for start in range(0, len(wanted), _CHUNK):
        found.update(db.session.execute(rows.where(Person.id_number_index.in_(wanted[start : start + _CHUNK]))).all())
    return found


def elsewhere(cohort_id: int) -> list[tuple[int, str, date, date]]:
    """Return (person, filing's number, first, last day) of running trainings that a filing's people have besides it."""
    mine = select(Enrolment.person_id).where(Enrolment.cohort_id == cohort_id)
    other = (
        select(Enrolment.person_id, Cohort.number, Enrolment.starts_on, Enrolment.ends_on, Enrolment.extended_months)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            Enrolment.person_id.in_(mine),
            Enrolment.cohort_id != cohort_id,
            Enrolment.state == EnrolmentState.ACTIVE,
            Cohort.state.in_(RUNNING),
        )
    )
    return [
        (person, number, first, extended(last, more)) for person, number, first, last, more in db.session.execute(other)
    ]


def extended(last: date, months: int) -> date:
    """Return the last day of a period that ends on `last` when it goes on for `months`: 30 April + 1 is 31 May."""
    return add_months(last + timedelta(days=1), months) - timedelta(days=1) if months else last


def changes(cohort_id: int) -> list[tuple[Change, str | None]]:
    """Return the changes asked for, newest first, each with the apprentice's name."""
    asked = (
        select(Change, Person.name)
        .outerjoin(Enrolment, Enrolment.id == Change.enrolment_id)
        .outerjoin(Person, Person.id == Enrolment.person_id)
        .where(Change.cohort_id == cohort_id)
        .order_by(Change.id.desc())
    )
    return [(change, name) for change, name in db.session.execute(asked)]


def change(cohort_id: int, change_id: int) -> Change:
    """Return one change of a filing that was found visible before, or answer 404."""
    found: Change = db.one_or_404(select(Change).where(Change.cohort_id == cohort_id, Change.id == change_id))
    return found


def name_of(change: Change) -> str | None:
    """Return the name of the apprentice a change is about; None when it is about everybody."""
    named = select(Person.name).join(Enrolment, Enrolment.person_id == Person.id)
    return db.session.scalars(named.where(Enrolment.id == change.enrolment_id)).one_or_none()


def results(cohort_id: int) -> dict[int, Result]:
    """Return the results recorded in a filing, by enrolment."""
    recorded = select(Result).join(Enrolment, Enrolment.id == Result.enrolment_id)
    return {r.enrolment_id: r for r in db.session.scalars(recorded.where(Enrolment.cohort_id == cohort_id))}


def people_and_results(cohort_id: int) -> Select[*tuple[Any, ...]]:
    """Select each apprentice's columns beside the result, in roster order."""
    return (
        select(
            Enrolment.id,
            Enrolment.position,
            Person.name,
            Person.id_number,
            Enrolment.state,
            Enrolment.left_on,
            Result.outcome,
            Result.certificate_number,
            Result.occupation,
            Result.level,
            Result.issued_on,
            Result.ended_on,
            Result.verified,
            Result.verified_source,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Result, Result.enrolment_id == Enrolment.id)
        .where(Enrolment.cohort_id == cohort_id)
        .order_by(Enrolment.position, Enrolment.id)
    )


def open_results(cohort_id: int) -> list[Any]:
    """Return the rows of `people_and_results` whose result may still be corrected: recorded and not found true."""
    recorded = people_and_results(cohort_id).where(Result.enrolment_id.is_not(None), Result.verified.is_not(True))
    return list(db.session.execute(recorded))


def certificate_numbers_elsewhere(cohort_id: int, numbers: Iterable[str]) -> set[str]:
    """Return which of these certificate numbers are recorded for apprentices of other filings."""
    wanted, found = list(numbers), set[str]()
    for start in range(0, len(wanted), _CHUNK):
        taken = (
            select(Result.certificate_number)
            .join(Enrolment, Enrolment.id == Result.enrolment_id)
            .where(Result.certificate_number.in_(wanted[start : start + _CHUNK]), Enrolment.cohort_id != cohort_id)
        )
        found.update(number for number in db.session.scalars(taken) if number)
    return found


def names_any_of(cohort_id: int, indexes: set[str]) -> bool:
    """Whether anybody with one of these blind indexes is on the roster."""
    if not indexes:
        return False
    named = exists().where(
        Enrolment.cohort_id == cohort_id, Person.id == Enrolment.person_id, Person.id_number_index.in_(indexes)
    )
    return bool(db.session.scalar(select(named)))


def number_of_filings(office_code: str, year: int) -> int:
    """Return how many filings of a year an office's numbers already count."""
    numbered = select(func.count()).where(Cohort.number.startswith(f"XT-{office_code}-{year}-"))
    return db.session.scalar(numbered) or 0


def enrolments_by_id(ids: Iterable[int]) -> list[Enrolment]:
    """Return these enrolments; one query for 500 of them."""
    found: list[Enrolment] = []
    for chunk in in_chunks(ids, _CHUNK):
        found.extend(db.session.scalars(select(Enrolment).where(Enrolment.id.in_(chunk))))
    return found
