"""Whom the lists are about among our people and organisations, and what officers ruled on each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from trainingadmin.kernel.names import same_name
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Account, Organisation, Person
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, remembered
from trainingadmin.registers import matching
from trainingadmin.registers.models import RegisterList, RegisterRow, Ruling
from trainingadmin.registers.queries.lists import Snapshot, current, visible_to
from trainingadmin.registers.states import Match, Register

_Key = tuple[str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """What an officer ruled: whether it is so, why, who and when."""

    confirmed: bool
    note: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """A line of a list with the person or organisation its number names, what it is to them, and the ruling."""

    row_id: int
    list_id: int
    row: int
    kind: Register
    outcome: Match
    reason: str
    person_id: int | None
    organisation_id: int | None
    subject_name: str
    line_name: str
    from_on: date | None
    to_on: date | None
    word: str
    standing: str
    unit: str
    credit_code: str | None
    details: Mapping[str, Any]
    legacy: bool
    odd: str
    ruling: Judged | None = None

    @property
    def subject(self) -> dict[str, int | None]:
        """Whom it is about, as ids."""
        return {"person_id": self.person_id, "organisation_id": self.organisation_id}

    @property
    def is_open(self) -> bool:
        """Whether a human still has to say what is true."""
        return self.ruling is None and matching.needs_ruling(self.outcome)


_LINE = (
    RegisterRow.id,
    RegisterRow.list_id,
    RegisterRow.row,
    RegisterRow.name,
    RegisterRow.from_on,
    RegisterRow.to_on,
    RegisterRow.word,
    RegisterRow.standing,
    RegisterRow.unit,
    RegisterRow.credit_code,
    RegisterRow.details,
    RegisterRow.legacy,
    RegisterRow.odd,
    RegisterRow.digest,
    RegisterList.kind,
)


def about(list_ids: Collection[int], person_ids: Collection[int], organisation_ids: Collection[int]) -> list[Found]:
    """Return the lines of these lists about these people and organisations: three queries whatever their number."""
    if not list_ids:
        return []
    return _found(list_ids, Person.id.in_(person_ids), Organisation.id.in_(organisation_ids))


def matches(actor: Actor, *, kind: str = "", outcome: str = "", ruled: str = "", q: str = "") -> list[Found]:
    """Return the matches of the newest lists that `actor` may judge, those waiting for a human first.

    `kind`, `outcome`, `ruled` ("open" or "done") and a part of the name narrow them; clear ones are left out unless
    they are asked for.
    """
    chosen = [one for one in current(actor) if kind in ("", one.kind.value)]
    looked_at = everybody(chosen) if outcome == Match.CLEAR.value else to_judge(chosen)
    wanted = [
        one
        for one in looked_at
        if (one.outcome.value == outcome if outcome else one.outcome is not Match.CLEAR)
        and (not ruled or one.is_open is (ruled == "open"))
        and q in one.subject_name
    ]
    return sorted(wanted, key=lambda one: (not one.is_open, one.outcome is not Match.HIT, one.kind, one.row_id))


def against(actor: Actor, person_ids: Collection[int]) -> list[Found]:
    """Return what the newest lists hold against people: hits and suspects that nobody ruled out. To be in a group for
    which there is support speaks against nobody."""
    lists = [one.id for one in current(actor) if one.kind is not Register.STATUS]
    named = [one for one in about(lists, person_ids, []) if one.outcome is not Match.CLEAR]
    return [one for one in named if one.ruling is None or one.ruling.confirmed]


def open_matches(actor: Actor) -> int:
    """Count the matches that wait for a human, of the newest lists."""
    return count_open(current(actor))


def count_open(snapshots: Iterable[Snapshot]) -> int:
    """Count the matches of these lists that wait for a human."""
    return sum(one.is_open for one in to_judge(snapshots))


def to_judge(snapshots: Iterable[Snapshot]) -> list[Found]:
    """Return the lines of these lists that are anything but clear about somebody we know, and perhaps a few clear ones.

    The database leaves out what is plainly clear, nearly all of a long list, so that only the rest is looked at.
    """
    ids = tuple(sorted(one.id for one in snapshots))
    return _judged(*_doubtful(ids)) if ids else []


@remembered
def _doubtful(list_ids: tuple[int, ...]) -> tuple[Select[Any], Select[Any], Select[Any]]:
    return _rulings(list_ids), _people(list_ids, ~_plain_person()), _firms(list_ids, ~_plain_firm())


def _plain_person() -> ColumnElement[bool]:
    """Tell of a line and a person, never unknown, that the line is `matching.of_person`'s CLEAR at first sight."""
    ended = or_(*(RegisterRow.standing.contains(mark) for mark in matching.ENDED))
    usual = ~or_(ended, RegisterRow.word.contains(matching.CIVIL_SERVICE))
    over = RegisterRow.to_on.is_not(None)
    harmless = or_(
        and_(RegisterList.kind.in_((Register.INSURANCE, Register.STATUS)), or_(over, usual)),
        and_(RegisterList.kind == Register.PENSION, over),
        RegisterList.kind == Register.BUSINESS,
    )
    named = and_(RegisterRow.name_index != "", RegisterRow.name_index == Person.name_index)
    born = or_(RegisterRow.from_on.is_(None), RegisterRow.from_on >= Person.born_on)
    return and_(named, born, RegisterRow.legacy.is_(False), RegisterRow.odd == "", harmless)


def _plain_firm() -> ColumnElement[bool]:
    """Tell of a line and an organisation that the line is `matching.of_organisation`'s CLEAR at first sight."""
    sound = and_(RegisterRow.legacy.is_(False), RegisterRow.odd == "")
    active = or_(*(RegisterRow.standing.startswith(word) for word in matching.ACTIVE))
    return and_(sound, active, RegisterRow.unit == Organisation.name)


def everybody(snapshots: Iterable[Snapshot]) -> list[Found]:
    """Return the lines of these lists about anybody we know."""
    ids = [one.id for one in snapshots]
    return _found(ids, true(), true()) if ids else []


def found(row_id: int, *, person_id: int | None, organisation_id: int | None, actor: Actor) -> Found:
    """Return one match of a list whose matches `actor` may see, or answer 404."""
    seen = visible_to(actor).join(RegisterRow, RegisterRow.list_id == RegisterList.id).where(RegisterRow.id == row_id)
    listed = db.session.scalars(seen).one_or_none()
    if listed is None or not (actor.sees_whole_city or listed.office_code == actor.office):
        abort(404)
    row = RegisterRow.id == row_id
    about_person = row & (Person.id == person_id) if person_id else ~true()
    about_firm = row & (Organisation.id == organisation_id) if organisation_id else ~true()
    return next(iter(_found([listed.id], about_person, about_firm)), None) or abort(404)


def judged(found: Found) -> list[Judged]:
    """Return every ruling on a match, the latest first, those on the same line of earlier lists included."""
    digest = select(RegisterRow.digest).where(RegisterRow.id == found.row_id).scalar_subquery()
    rows: Select[*tuple[Any, ...]] = (
        select(Ruling.confirmed, Ruling.note, Account.name, Ruling.at)
        .join(Account, Account.id == Ruling.account_id)
        .where(Ruling.digest == digest, _same(Ruling.person_id, found.person_id))
        .where(_same(Ruling.organisation_id, found.organisation_id))
        .order_by(Ruling.id.desc())
    )
    return [Judged(*tuple(row)) for row in db.session.execute(rows)]


def line_of(row_id: int) -> RegisterRow:
    """Return a line whole; ask `found` first whether the reader may see it."""
    return db.session.get_one(RegisterRow, row_id)


def ours(found: Found) -> Person | Organisation:
    """Return our own side of a match."""
    if found.person_id is not None:
        return db.session.get_one(Person, found.person_id)
    return db.session.get_one(Organisation, found.organisation_id)


def known_in(sent: RegisterList) -> int:
    """Count the people of ours that an imported list names."""
    known = select(func.count(func.distinct(Person.id))).join(
        RegisterRow, RegisterRow.id_index == Person.id_number_index
    )
    return db.session.scalar(known.where(RegisterRow.list_id == sent.id)) or 0


def _same(column: Any, value: int | None) -> ColumnElement[bool]:
    same: ColumnElement[bool] = column.is_(None) if value is None else column == value
    return same


def _found(list_ids: Collection[int], people: ColumnElement[bool], firms: ColumnElement[bool]) -> list[Found]:
    return _judged(_rulings(list_ids), _people(list_ids, people), _firms(list_ids, firms))


def _judged(rulings: Select[Any], people: Select[Any], firms: Select[Any]) -> list[Found]:
    of_people, of_firms = driver.rows(people), driver.rows(firms)
    if not of_people and not of_firms:
        return []
    return list(_compared(of_people, of_firms, driver.rows(rulings)))


@driver.worked_out
def _compared(people: Sequence[Any], firms: Sequence[Any], rulings: Sequence[Any]) -> Sequence[Found]:
    ruled = _latest(rulings)
    return [*_of_people(people, ruled), *_of_firms(firms, ruled)]


def _people(list_ids: Collection[int], which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(*_LINE, Person.id.label("person_id"), Person.name.label("subject"), Person.born_on)
        .join(RegisterList, RegisterList.id == RegisterRow.list_id)
        .join(Person, Person.id_number_index == RegisterRow.id_index)
        .where(RegisterRow.list_id.in_(list_ids), which)
        .order_by(RegisterRow.id)
    )


def _of_people(rows: Iterable[Any], rulings: Mapping[_Key, Judged]) -> Iterator[Found]:
    for row in rows:
        same = same_name(row.name, row.subject)
        outcome = matching.of_person(row.kind, row, same_name=same, born_on=row.born_on)
        yield _one(row, outcome, row.person_id, None, rulings.get((row.digest, row.person_id, None)))


def _firms(list_ids: Collection[int], which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(*_LINE, Organisation.id.label("organisation_id"), Organisation.name.label("subject"))
        .join(RegisterList, RegisterList.id == RegisterRow.list_id)
        .join(Organisation, Organisation.credit_code == RegisterRow.credit_code)
        .where(RegisterRow.list_id.in_(list_ids), RegisterList.kind == Register.BUSINESS, which)
        .order_by(RegisterRow.id)
    )


def _of_firms(rows: Iterable[Any], rulings: Mapping[_Key, Judged]) -> Iterator[Found]:
    for row in rows:
        outcome = matching.of_organisation(row, same_name=same_name(row.unit, row.subject))
        yield _one(row, outcome, None, row.organisation_id, rulings.get((row.digest, None, row.organisation_id)))


def _one(
    row: Any, outcome: tuple[Match, str], person_id: int | None, organisation_id: int | None, ruling: Judged | None
) -> Found:
    return Found(
        row_id=row.id,
        list_id=row.list_id,
        row=row.row,
        kind=row.kind,
        outcome=outcome[0],
        reason=outcome[1],
        person_id=person_id,
        organisation_id=organisation_id,
        subject_name=row.subject,
        line_name=row.unit if organisation_id else row.name,
        from_on=row.from_on,
        to_on=row.to_on,
        word=row.word,
        standing=row.standing,
        unit=row.unit,
        credit_code=row.credit_code,
        details=row.details,
        legacy=row.legacy,
        odd=row.odd,
        ruling=ruling,
    )


def _rulings(list_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    """Select the latest ruling on each line of these lists, also when it was made on an earlier version."""
    digests = select(RegisterRow.digest).where(RegisterRow.list_id.in_(list_ids))
    latest = (
        select(func.max(Ruling.id))
        .where(Ruling.digest.in_(digests))
        .group_by(Ruling.digest, Ruling.person_id, Ruling.organisation_id)
    )
    columns = (Ruling.digest, Ruling.person_id, Ruling.organisation_id, Ruling.confirmed, Ruling.note)
    return (
        select(*columns, Account.name, Ruling.at)
        .join(Account, Account.id == Ruling.account_id)
        .where(Ruling.id.in_(latest))
    )


def _latest(rulings: Iterable[Any]) -> dict[_Key, Judged]:
    return {(digest, person, firm): Judged(*told) for digest, person, firm, *told in rulings}
