"""The three lists of what is late: not accepted in time, not decided in time, not paid in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import CLAIM, ClaimState, LineState
from trainingadmin.desk import whereabouts
from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import FINANCE, REVIEWERS, Actor, Role
from trainingadmin.kernel.working_days import Calendar
from trainingadmin.notices.models import Notice, NoticeLine
from trainingadmin.people.models import Office
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.exports import heading
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_table
from trainingadmin.policies import queries as policies
from trainingadmin.schemes import Version
from trainingadmin.schemes.office_terms import TERMS

S, L = ClaimState, LineState
_TERM = "payment_months"
_CHUNK = 200


class Late(StrEnum):
    """Which of the office's terms has run out."""

    ACCEPTANCE = "acceptance"
    REVIEW = "review"
    PAYMENT = "payment"


LABELS = {Late.ACCEPTANCE: N_("超期未受理"), Late.REVIEW: N_("超期未审核"), Late.PAYMENT: N_("超期未拨付")}
_STATES = {Late.ACCEPTANCE: (S.SUBMITTED,), Late.REVIEW: (S.ACCEPTED, S.CHECKED, S.REVIEWED)}
_UNPAID = (L.CLEARED, L.PAYING, L.FAILED)
WATCHED_BY = {
    Late.ACCEPTANCE: (Role.ACCEPTANCE,),
    Late.REVIEW: (Role.FIRST_REVIEW, Role.SECOND_REVIEW, Role.APPROVAL),
    Late.PAYMENT: FINANCE,
}
"""Whose desk counts which list; supervisors and administrators count all."""
READERS = (*REVIEWERS, *FINANCE, Role.SUPERVISOR, Role.ADMIN)


def watched(actor: Actor) -> list[Late]:
    """Return the lists that somebody's desk counts."""
    whole = actor.has(Role.SUPERVISOR, Role.ADMIN)
    return [late for late, roles in WATCHED_BY.items() if whole or actor.has(*roles)]


def listing(late: Late, actor: Actor, office: str = "") -> Select[*tuple[Any, ...]]:
    """Select the late claims that `actor` may see, the longest waiting first.

    Columns: id, number, title, payee, office, state, `since` (the promised day, or for payments the notice's last),
    people, amount.
    """
    about = (Claim.id, Claim.number, Claim.title)
    more = (Claim.applicant.label("payee"), Office.name.label("office"), Claim.state, Claim.scheme)
    told = _late(late, actor, office).subquery()
    return (
        select(*about, *more, told.c.since, told.c.people, told.c.amount)
        .join(told, told.c.id == Claim.id)
        .join(Office, Office.code == Claim.office_code)
        .order_by(told.c.since, Claim.id)
    )


def _late(late: Late, actor: Actor, office: str = "") -> Select[*tuple[Any, ...]]:
    """Select id, office code, since, people and amount of the late claims."""
    seen = office_filter(Claim.office_code, actor)
    if office:
        seen = and_(seen, Claim.office_code == office)
    if late is Late.PAYMENT:
        return _unpaid(seen, terms_to_pay())
    people = select(func.count()).where(ClaimLine.claim_id == Claim.id).correlate(Claim).scalar_subquery()
    columns = (Claim.id, Claim.office_code, Claim.due_on.label("since"), people.label("people"))
    late_ones = _past_due(_STATES[late], clock.today())
    return select(*columns, Claim.entitlement.label("amount")).where(seen, *late_ones)


def _unpaid(seen: ColumnElement[bool], terms: TermsToPay) -> Select[*tuple[Any, ...]]:
    since = func.min(Notice.closes_on).label("since")
    sums = (func.count().label("people"), func.sum(ClaimLine.balance).label("amount"))
    return (
        select(Claim.id, Claim.office_code, since, *sums)
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .join(NoticeLine, NoticeLine.claim_line_id == ClaimLine.id)
        .join(Notice, Notice.id == NoticeLine.notice_id)
        .where(seen, ClaimLine.state.in_(_UNPAID), _run_out(terms))
        .group_by(Claim.id, Claim.office_code)
    )


class Span(NamedTuple):
    """The days of a version of a scheme, the last left out, and until when a notice of them may have ended to be overdue."""

    from_on: date
    before: date
    until: date


class TermsToPay(NamedTuple):
    """Until when a notice may have ended for its payment to be overdue today: of most schemes, and of those that say it
    themselves by their versions."""

    usual: date
    own: tuple[tuple[str, tuple[Span, ...]], ...]


def terms_to_pay() -> TermsToPay:
    """Return the terms to pay after a notice; one query."""
    own = policies.versions_with(_TERM)
    return TermsToPay(last_closing(TERMS[_TERM]), tuple((scheme, _spans(found)) for scheme, found in own.items()))


def _spans(versions: Sequence[Version[Any]]) -> tuple[Span, ...]:
    ends = [*(version.from_on for version in versions[1:]), date.max]
    figures = [version.figures.get(_TERM) for version in versions]
    months = [TERMS[_TERM] if figure is None else int(figure.value) for figure in figures]
    return tuple(
        Span(version.from_on, end, last_closing(number))
        for version, end, number in zip(versions, ends, months, strict=True)
    )


def _run_out(terms: TermsToPay) -> ColumnElement[bool]:
    """Tell of a notice whether the term to pay after it, as it was in force when the notice ended, has run out."""
    ended = Notice.closes_on
    usual = and_(Claim.scheme.not_in([scheme for scheme, _spans in terms.own]), ended <= terms.usual)
    return or_(usual, *(and_(Claim.scheme == scheme, _within(spans)) for scheme, spans in terms.own))


def _within(spans: Iterable[Span]) -> ColumnElement[bool]:
    ended = Notice.closes_on
    return or_(*(and_(ended >= one.from_on, ended < one.before, ended <= one.until) for one in spans))


def last_closing(months: int) -> date:
    """Return the last day on which a notice may have ended for its payment to be overdue today."""
    return _last_closing(months, clock.today())


@lru_cache(maxsize=64)
def _last_closing(months: int, today: date) -> date:
    day = add_months(today, -months)
    while add_months(day, months) >= today:
        day -= timedelta(days=1)
    while add_months(day + timedelta(days=1), months) < today:
        day += timedelta(days=1)
    return day


def counts(actor: Actor) -> Counter[Late]:
    """Count the late claims one may see, by list."""
    told = union_all(*counted(actor, Late, clock.today(), terms_to_pay()))
    return Counter({Late(late): number for late, number in driver.rows(told)})


def counted(
    actor: Actor, lates: Iterable[Late], today: date, terms: TermsToPay | None
) -> Iterator[Select[*tuple[Any, ...]]]:
    """Select for each of some lists which it is and how many late claims one may see in it; payments need their `terms`."""
    seen = office_filter(Claim.office_code, actor)
    for late in lates:
        if late is not Late.PAYMENT:
            yield select(literal(late.value), func.count()).where(seen, *_past_due(_STATES[late], today))
        elif terms is not None:
            unpaid = _unpaid(seen, terms).subquery()
            yield select(literal(late.value), func.count()).select_from(unpaid)


def _past_due(states: tuple[ClaimState, ...], today: date) -> tuple[ColumnElement[bool], ...]:
    return Claim.state.in_(states), Claim.due_on < today


def by_office(actor: Actor) -> list[tuple[str, str, Counter[Late]]]:
    """Return code, name and counts of each office with something late, the most first."""
    found: dict[tuple[str, str], Counter[Late]] = {}
    for late in Late:
        told = _late(late, actor).subquery()
        grouped = select(Office.code, Office.name, func.count()).join(told, told.c.office_code == Office.code)
        for code, name, number in db.session.execute(grouped.group_by(Office.code, Office.name)):
            found.setdefault((code, name), Counter())[late] = number
    return sorted(((*key, told) for key, told in found.items()), key=lambda row: -row[2].total())


def undated(actor: Actor) -> int:
    """Count the claims under review that have no deadline, because the calendar of the year it falls in is missing."""
    waiting = [state for states in _STATES.values() for state in states]
    told = select(func.count()).where(Claim.state.in_(waiting), Claim.due_on.is_(None))
    return db.session.scalar(told.where(office_filter(Claim.office_code, actor))) or 0


@dataclass(frozen=True, slots=True)
class Row:
    """One late claim: by when it was promised, how late it is, and who has it."""

    claim: Any
    promised_on: date
    over: int
    holder: str
    names: list[str]


def rows(late: Late, found: Sequence[Any], actor: Actor) -> list[Row]:
    """Return the rows of a page of `listing`, with working days over and who has each; constant queries."""
    holders = {
        one.claim_id: one.now for one in whereabouts.told(whereabouts.records_of([row.id for row in found]), actor)
    }
    calendar, terms = policies.calendar(), whereabouts.Terms.of({row.scheme for row in found})
    told = []
    for row in found:
        promised, now = row.since, holders[row.id]
        if late is Late.PAYMENT:
            promised = add_months(row.since, terms(row.scheme, _TERM, row.since))
        told.append(Row(row, promised, _over(calendar, promised), now["holder"], now["names"]))
    return told


def _over(calendar: Calendar, promised: date) -> int:
    with suppress(Refusal):
        return calendar.between(promised, clock.today())
    return (clock.today() - promised).days


def table(late: Late, actor: Actor, office: str = "") -> tuple[bytes, int]:
    """Return a list to take away, and how many rows it has."""
    columns = (
        Column(_("申领编号"), Form.TEXT, 22),
        Column(_("名称"), Form.TEXT, 26),
        Column(_("单位"), Form.TEXT, 30),
        Column(_("经办机构"), Form.TEXT, 26),
        Column(_("人数"), Form.NUMBER, 8),
        Column(_("金额（元）"), Form.MONEY, 16),
        Column(_("状态"), Form.TEXT, 12),
        Column(_("期限"), Form.DATE, 12),
        Column(_("超期工作日"), Form.NUMBER, 12),
        Column(_("在谁手里"), Form.TEXT, 36),
    )
    found = db.session.execute(listing(late, actor, office)).all()
    told = [row for start in range(0, len(found), _CHUNK) for row in rows(late, found[start : start + _CHUNK], actor)]
    name = _(LABELS[late])
    return write_table(columns, list(_values(told)), heading=heading(name, actor, office), sheet=name), len(told)


def _values(told: Sequence[Row]) -> Iterator[Sequence[Value]]:
    for row in told:
        one = row.claim
        amount = one.amount if isinstance(one.amount, Money) else Money(one.amount or 0)
        about = (one.number, one.title, one.payee, one.office, one.people, amount, _(CLAIM.labels[one.state]))
        yield (*about, row.promised_on, row.over, " ".join(filter(None, (row.holder, _("、").join(row.names)))))
