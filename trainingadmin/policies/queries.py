"""Reads of the statutory calendar, of the figures in force on a date, of drafts and of golden cases."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Date, Select, String, bindparam, func, literal, or_, select
from sqlalchemy.orm import selectinload

from trainingadmin import schemes
from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.roles import STAFF, Actor
from trainingadmin.kernel.working_days import Calendar
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, one_or_404, remembered
from trainingadmin.policies.day_kinds import DayKind
from trainingadmin.policies.models import CalendarDay, CalendarYear, GoldenCase, PolicyDraft, PolicyVersion
from trainingadmin.policies.states import OPEN, DraftState
from trainingadmin.schemes import SCHEMES, BadFact, Version
from trainingadmin.schemes.office_terms import TERMS

AHEAD_MONTHS = 2
"""How long before it is needed the calendar of the next year is asked for."""


def calendar() -> Calendar:
    """Return the statutory calendar as it is kept now."""
    return _calendar(tuple([(one.year, one.revision) for one in driver.rows(_YEARS)]))


_YEARS = select(CalendarYear.year, CalendarYear.revision).order_by(CalendarYear.year)


@lru_cache(maxsize=16)
def _calendar(years: tuple[tuple[int, str], ...]) -> Calendar:
    """Return the calendar of these years in these revisions, as it has just been read from the database."""
    days = db.session.execute(select(CalendarDay.date, CalendarDay.working)).all()
    return Calendar({row.date: row.working for row in days}, frozenset(year for year, _revision in years))


def is_known(year: int) -> bool:
    """Tell whether the calendar of a year is kept."""
    return db.session.get(CalendarYear, year) is not None


def kind_in(kept: Calendar, day: date) -> DayKind:
    """Return what a calendar says of a day: worked, off, or as the week has it."""
    worked = kept.exceptions.get(day)
    return DayKind.USUAL if worked is None else DayKind.WORKED if worked else DayKind.OFF


def kind_of(day: date) -> DayKind:
    """Return what is kept of a day now."""
    found = db.session.get(CalendarDay, day)
    return DayKind.USUAL if found is None else DayKind.WORKED if found.working else DayKind.OFF


def exceptions(year: int) -> dict[date, Any]:
    """Return the days of a year that are not as the week has them: date, whether it is worked, name and source."""
    return {one.date: one for one in driver.rows(_exceptions(year))}


@remembered
def _exceptions(year: int) -> Select[*tuple[Any, ...]]:
    told = select(CalendarDay.date, CalendarDay.working, CalendarDay.name, CalendarDay.source)
    return told.where(CalendarDay.date.between(date(year, 1, 1), date(year, 12, 31)))


def source_of(year: int) -> str | None:
    """Return where the calendar of a year comes from; None while it is missing."""
    kept = db.session.get(CalendarYear, year)
    return None if kept is None else kept.source


def years() -> list[int]:
    """Return the years that are kept, in order."""
    return list(db.session.scalars(select(CalendarYear.year).order_by(CalendarYear.year)))


def year_soon(today: date) -> int:
    """Return the last year that deadlines of the next two months need."""
    return add_months(today, AHEAD_MONTHS).year


def kept_year(year: int) -> Select[*tuple[Any, ...]]:
    """Select a year, as text, and 1 where its calendar is kept."""
    return select(literal(str(year)), func.count()).where(CalendarYear.year == year)


def missing_soon(today: date) -> int | None:
    """Return the year that deadlines of the next two months need and that is not kept yet, None while all is well."""
    year = year_soon(today)
    return None if is_known(year) else year


# Versions ---------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def read(scheme: str, content: str) -> Version[Any]:
    """Return the version whose canonical JSON is `content`; BadPolicy when it is none of the scheme's."""
    entry = json.loads(content)
    return schemes.version_from_json(scheme, {name: told for name, told in entry.items() if name != "scheme"})


def written(version: Version[Any]) -> str:
    """Return the canonical JSON that the digest of a version covers."""
    return schemes.canonical({"scheme": version.scheme, **version.to_json()}).decode()


def rows(scheme: str) -> list[PolicyVersion]:
    """Return the stored versions of a scheme in order of their dates."""
    return list(
        db.session.scalars(
            select(PolicyVersion).where(PolicyVersion.scheme == scheme).order_by(PolicyVersion.valid_from)
        )
    )


def versions(scheme: str) -> tuple[Version[Any], ...]:
    """Return the versions of a scheme in order of their dates: the stored ones, else those that seed them.

    KeyError: no such scheme.
    """
    return versions_of([scheme])[scheme]


def versions_of(codes: Collection[str]) -> dict[str, tuple[Version[Any], ...]]:
    """Return the versions of each of these schemes, as `versions` does; one query."""
    found = _read(_versions_of(tuple(sorted(set(codes)))))
    return {scheme: found.get(scheme) or schemes.versions(scheme) for scheme in codes}


@remembered
def _versions_of(codes: tuple[str, ...]) -> Select[str, str]:
    return _stored().where(PolicyVersion.scheme.in_(codes))


def _stored() -> Select[str, str]:
    told = select(PolicyVersion.scheme, PolicyVersion.content)
    return told.order_by(PolicyVersion.scheme, PolicyVersion.valid_from)


def _read(statement: Select[str, str]) -> dict[str, tuple[Version[Any], ...]]:
    found: dict[str, list[Version[Any]]] = {}
    for scheme, content in driver.rows(statement):
        found.setdefault(scheme, []).append(read(scheme, content))
    return {scheme: tuple(stored) for scheme, stored in found.items()}


class Dated(NamedTuple):
    """What a list says of a version; the names are empty for versions that came with the application."""

    code: str
    digest: str
    document: str
    from_on: date
    to_on: date | None = None
    drafted_by: str = ""
    activated_by: str = ""
    now: bool = False


def dated(today: date) -> dict[str, list[Dated]]:
    """Return the versions of every scheme, the newest first, and which of them is in force; one query."""
    stored: dict[str, list[Dated]] = {}
    for scheme, *told in driver.rows(_DATED):
        one = Dated(*told)
        now = one.from_on <= today and (one.to_on is None or today <= one.to_on)
        stored.setdefault(scheme, []).append(one._replace(now=now))
    return {scheme: stored.get(scheme) or _shipped(scheme, today) for scheme in SCHEMES}


def _shipped(scheme: str, today: date) -> list[Dated]:
    found = schemes.versions(scheme)
    last = max((one.from_on for one in found if one.from_on <= today), default=None)
    told = (Dated(one.code, one.digest, one.document, one.from_on, now=one.from_on == last) for one in found)
    return [*told][::-1]


_DATED = select(
    PolicyVersion.scheme,
    PolicyVersion.code,
    PolicyVersion.digest,
    PolicyVersion.document,
    PolicyVersion.valid_from,
    PolicyVersion.valid_to,
    PolicyVersion.drafted_by,
    PolicyVersion.activated_by,
).order_by(PolicyVersion.scheme, PolicyVersion.valid_from.desc())


def versions_with(figure: str) -> dict[str, tuple[Version[Any], ...]]:
    """Return the stored versions, in order of their dates, of each scheme of which one has a figure; one query."""
    return _read(_versions_with(figure))


@remembered
def _versions_with(figure: str) -> Select[str, str]:
    having = select(PolicyVersion.scheme).where(PolicyVersion.content.contains(figure))
    return _stored().where(PolicyVersion.scheme.in_(having))


_DAY: BindParameter[date] = bindparam("on", type_=Date())
_BINDING = select(PolicyVersion.content).where(
    PolicyVersion.scheme == bindparam("scheme", type_=String()),
    PolicyVersion.valid_from <= _DAY,
    or_(PolicyVersion.valid_to.is_(None), PolicyVersion.valid_to >= _DAY),
)


def in_force(scheme: str, on: date) -> Version[Any]:
    """Return the version that binds on a date by the scheme's date rule; `BadFact` `no-policy` when there is none."""
    content = driver.scalar(_BINDING, scheme=scheme, on=on)
    if content is not None:
        return read(scheme, content)
    if db.session.scalars(select(PolicyVersion.id).where(PolicyVersion.scheme == scheme).limit(1)).first() is None:
        return schemes.version_on(scheme, on)
    raise BadFact("no-policy", SCHEMES[scheme].anchor, "锚定日没有施行中的政策版本")


def term(scheme: str, name: str, on: date) -> tuple[int, str]:
    """Return a term of the office in force on a date (`acceptance_days`, `review_days`, `notice_days`) and its basis.

    The basis is empty where no version says anything and the term is the one that `TERMS` holds.
    """
    return terms(scheme, (name,), on)[0]


def terms(scheme: str, names: Sequence[str], on: date) -> list[tuple[int, str]]:
    """Return several terms, each as `term` does."""
    try:
        figures = in_force(scheme, on).figures
    except BadFact:
        figures = {}
    found = [(name, figures.get(name)) for name in names]
    return [(TERMS[name], "") if figure is None else (figure.value, figure.citation) for name, figure in found]


def by_digest(digest: str) -> Version[Any] | None:
    """Return the version with this digest, however long ago it was in force; None when there never was one."""
    row = db.session.scalars(select(PolicyVersion).where(PolicyVersion.digest == digest)).one_or_none()
    if row is not None:
        return read(row.scheme, row.content)
    shipped = (version for scheme in SCHEMES for version in schemes.versions(scheme))
    return next((version for version in shipped if version.digest == digest), None)


def row_by_digest(digest: str) -> PolicyVersion | None:
    """Return the stored row of a version; None before its first use."""
    return db.session.scalars(select(PolicyVersion).where(PolicyVersion.digest == digest)).one_or_none()


def before(scheme: str, on: date) -> Version[Any]:
    """Return the version that a new one from `on` would follow: the latest that begins earlier, else the first."""
    earlier = [version for version in versions(scheme) if version.from_on < on]
    return earlier[-1] if earlier else versions(scheme)[0]


# Drafts -----------------------------------------------------------------------------------------------------------------


def draft(draft_id: int, *, actor: Actor) -> PolicyDraft:
    """Return one draft or answer 404; the whole bureau may read them, nobody else."""
    seen = select(PolicyDraft).where(PolicyDraft.id == draft_id).options(selectinload(PolicyDraft.steps))
    return one_or_404(seen if actor.has(*STAFF) else seen.where(PolicyDraft.id < 0))


def drafts(states: Sequence[DraftState] = tuple(DraftState)) -> list[PolicyDraft]:
    """Return the drafts in these states, the newest first."""
    found = select(PolicyDraft).where(PolicyDraft.state.in_(states)).order_by(PolicyDraft.id.desc())
    return list(db.session.scalars(found))


def drafts_listed() -> Sequence[Any]:
    """Return what a list says of every draft, the newest first."""
    return driver.rows(_DRAFTS)


_DRAFTS = select(
    PolicyDraft.id,
    PolicyDraft.scheme,
    PolicyDraft.code,
    PolicyDraft.document,
    PolicyDraft.valid_from,
    PolicyDraft.state,
).order_by(PolicyDraft.id.desc())


def open_drafts(scheme: str) -> list[PolicyDraft]:
    """Return the drafts of a scheme that may still come into force."""
    return [one for one in drafts(tuple(OPEN)) if one.scheme == scheme]


def version_of(draft: PolicyDraft) -> Version[Any]:
    """Return the figures that a draft would put into force."""
    return read(draft.scheme, draft.content)


def law_with(draft: PolicyDraft) -> tuple[Version[Any], ...]:
    """Return the versions of the draft's scheme as they would be with it in force."""
    proposed = version_of(draft)
    kept = [one for one in versions(draft.scheme) if one.digest != proposed.digest]
    return tuple(sorted([*kept, proposed], key=lambda version: version.from_on))


# Golden cases -----------------------------------------------------------------------------------------------------------


def golden_cases(scheme: str, draft: PolicyDraft | None = None) -> list[GoldenCase]:
    """Return the cases that count now, and those of `draft` besides; what they replace is left out. By id."""
    counting = or_(
        GoldenCase.draft_id.is_(None),
        PolicyDraft.state == DraftState.ACTIVE,
        GoldenCase.draft_id == (draft.id if draft else -1),
    )
    found = db.session.scalars(
        select(GoldenCase)
        .outerjoin(PolicyDraft, PolicyDraft.id == GoldenCase.draft_id)
        .where(GoldenCase.scheme == scheme, counting)
        .order_by(GoldenCase.id)
    ).all()
    replaced = {case.replaces_id for case in found}
    return [case for case in found if case.id not in replaced and case.content is not None]


def golden_case(case_id: int, *, actor: Actor) -> GoldenCase:
    """Return one case or answer 404; the whole bureau may read them."""
    seen = select(GoldenCase).where(GoldenCase.id == case_id)
    return one_or_404(seen if actor.has(*STAFF) else seen.where(GoldenCase.id < 0))
