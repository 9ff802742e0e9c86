"""Reads of what was checked with other departments: the latest answer per fact, and how it came to be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from trainingadmin.people.models import Account
from trainingadmin.plumbing.database import db
from trainingadmin.registers.models import Attestation, Ruling
from trainingadmin.registers.states import ABOUT, About, Fact

_Key = tuple[Fact, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded check: what was found, against which source of which date, by whom and when."""

    id: int
    fact: Fact
    person_id: int | None
    organisation_id: int | None
    value: bool
    source: str
    as_of: date
    note: str
    who: str
    at: datetime


class Attested:
    """The latest answers about some people and organisations; a missing one was never checked."""

    def __init__(self, answers: Mapping[_Key, Answer]) -> None:
        self._answers = answers

    def of(self, fact: Fact, *, person_id: int | None = None, organisation_id: int | None = None) -> Answer | None:
        """Return the latest answer on `fact`; give both ids, what the fact is not about is left aside."""
        about = ABOUT[fact]
        person = person_id if about is not About.ORGANISATION else None
        organisation = organisation_id if about is not About.PERSON else None
        return self._answers.get((fact, person, organisation))


def attested(person_ids: Collection[int], organisation_ids: Collection[int]) -> Attested:
    """Return the latest answers about these people and organisations, in one query however many they are."""
    latest = (
        select(func.max(Attestation.id))
        .where(_about(person_ids, organisation_ids))
        .group_by(Attestation.fact, Attestation.person_id, Attestation.organisation_id)
    )
    return Attested({(a.fact, a.person_id, a.organisation_id): a for a in _answers(Attestation.id.in_(latest))})


def history(person_id: int, organisation_id: int | None) -> list[Answer]:
    """Return every check of this person, of this organisation, and of the two together, newest first."""
    return _answers(_about([person_id], [] if organisation_id is None else [organisation_id]))


def latest_at(persons: Select[*tuple[Any, ...]], organisation_id: int | None) -> Select[*tuple[Any, ...]]:
    """Select when one of `persons` (a select of their ids) or the organisation was last checked."""
    of_people = Attestation.person_id.in_(persons)
    of_firm = Attestation.person_id.is_(None) & (Attestation.organisation_id == organisation_id)
    return select(func.max(Attestation.at)).where(of_people | of_firm)


def latest_ruling(persons: Select[*tuple[Any, ...]], organisation_id: int | None) -> Select[*tuple[Any, ...]]:
    """Select when an officer last ruled on a match of one of `persons` or of the organisation."""
    about = Ruling.person_id.in_(persons) | (
        Ruling.organisation_id.is_not(None) & (Ruling.organisation_id == organisation_id)
    )
    return select(func.max(Ruling.at)).where(about)


def _about(person_ids: Collection[int], organisation_ids: Collection[int]) -> ColumnElement[bool]:
    # A pair counts for its person only together with one of the organisations asked for.
    theirs = or_(Attestation.organisation_id.is_(None), Attestation.organisation_id.in_(organisation_ids))
    of_people = Attestation.person_id.in_(person_ids) & theirs
    return or_(of_people, Attestation.organisation_id.in_(organisation_ids) & Attestation.person_id.is_(None))


def _answers(wanted: ColumnElement[bool]) -> list[Answer]:
    rows = db.session.execute(
        select(
            Attestation.id,
            Attestation.fact,
            Attestation.person_id,
            Attestation.organisation_id,
            Attestation.value,
            Attestation.source,
            Attestation.as_of,
            Attestation.note,
            Account.name,
            Attestation.at,
        )
        .join(Account, Account.id == Attestation.account_id)
        .where(wanted)
        .order_by(Attestation.id.desc())
    )
    return [Answer(*tuple(row)) for row in rows]
