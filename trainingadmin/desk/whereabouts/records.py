"""Reads what became of claims so far: steps, notices, payments, certificates; a constant number of queries for any number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    cast,
    func,
    literal,
    null,
    select,
    true,
    type_coerce,
    union_all,
)

from trainingadmin.certificates.models import Certificate
from trainingadmin.claims.models import Claim, ClaimLine, ClaimStep
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import Role
from trainingadmin.notices.models import Notice, NoticeLine
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.states import BatchState, PaymentState
from trainingadmin.people import queries as people
from trainingadmin.people.models import Office
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import Instant, remembered
from trainingadmin.plumbing.membership import among, ids_named


class Made(NamedTuple):
    """A move of a claim as a whole."""

    move: str
    at: datetime
    name: str
    role: str
    human: str


class Posted(NamedTuple):
    """A notice in which lines of a claim stood."""

    number: str
    posted_on: date
    closes_on: date


class Sent(NamedTuple):
    """Payments of a claim that share a batch and a state."""

    batch: str
    batch_state: BatchState
    state: PaymentState
    released_at: datetime | None
    settled_at: datetime | None
    payments: int


@dataclass(slots=True)
class Record:
    """One claim, or one person's part of it, with everything that happened to it."""

    claim_id: int
    number: str
    scheme: str
    state: ClaimState
    due_on: date | None
    office_code: str
    office: str
    entitlement: Money
    title: str
    steps: list[Made] = field(default_factory=list)
    lines: Counter[LineState] = field(default_factory=Counter)
    reason: str = ""
    notices: list[Posted] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    documents: int = 0
    documented_at: datetime | None = None
    staff: dict[Role, list[people.Holder]] = field(default_factory=dict)


class Read(NamedTuple):
    """Rows of claims and of what happened to them, and who holds which role in their offices: `records` in the raw."""

    claims: Sequence[Any]
    happened: Sequence[Any] = ()
    holders: tuple[people.Holder, ...] = ()


def of_claims(claim_ids: Collection[int]) -> Read:
    """Read claims in the order of their ids."""
    return _read(driver.rows(_BY_ID, claims=list(claim_ids)))


def of_lines(line_ids: Collection[int]) -> Read:
    """Read, for each of these lines, its claim as far as it concerns this person alone."""
    return _read(driver.rows(_BY_LINE, lines=list(line_ids)), list(line_ids))


def of_organisation(organisation_id: int) -> Read:
    """Read the claims of an organisation that are under way, the latest first."""
    return _read(driver.rows(_under_way(organisation_id)))


_MOST = 6
_ENDED = frozenset({ClaimState.DRAFT, ClaimState.WITHDRAWN, ClaimState.NOT_ACCEPTED, ClaimState.REFUSED})


def _claims() -> Select[*tuple[Any, ...]]:
    return select(
        Claim.id,
        Claim.number,
        Claim.scheme,
        Claim.state,
        Claim.due_on,
        Claim.office_code,
        Office.name,
        Claim.entitlement,
        Claim.title,
    ).join(Office, Office.code == Claim.office_code)


_BY_ID = _claims().where(among(Claim.id, ids_named("claims"))).order_by(Claim.id)
_BY_LINE = (
    _claims()
    .where(Claim.id.in_(select(ClaimLine.claim_id).where(among(ClaimLine.id, ids_named("lines")))))
    .order_by(Claim.id)
)


@remembered
def _under_way(organisation_id: int) -> Select[*tuple[Any, ...]]:
    begun = [state for state in ClaimState if state not in _ENDED]
    mine = _claims().where(Claim.payee_id == organisation_id, Claim.state.in_(begun))
    return mine.order_by(Claim.id.desc()).limit(_MOST)


def _read(claims: Sequence[Any], lines: list[int] | None = None) -> Read:
    """Read what happened to these claims, or to no more than some lines of them; two queries."""
    if not claims:
        return Read(claims)
    asked: dict[str, Any] = {"claims": [row.id for row in claims]}
    if lines is not None:
        asked["lines"] = lines
    holders = people.holders({row.office_code for row in claims})
    return Read(claims, driver.rows(_happened(lines is not None), **asked), tuple(holders))


def records(read: Read) -> list[Record]:
    """Return each claim with everything that happened to it."""
    found = {row[0]: Record(*row) for row in read.claims}
    for row in sorted(read.happened, key=_in_order):
        _NOTED[row.what](found[row.claim_id], row)
    by_office: dict[str, dict[Role, list[people.Holder]]] = defaultdict(lambda: defaultdict(list))
    for holder in read.holders:
        by_office[holder.office_code][holder.role].append(holder)
    for record in found.values():
        record.staff = by_office[record.office_code]
    return list(found.values())


def _in_order(row: Any) -> tuple[int, date, str]:
    return row.place, row.until_on or date.min, row.word or ""


# What happened -----------------------------------------------------------------------------------------------------------


def _note_step(record: Record, row: Any) -> None:
    record.steps.append(Made(row.word, row.at, row.name, row.role, row.human))


def _note_lines(record: Record, row: Any) -> None:
    record.lines[LineState(row.word)] += row.number
    record.reason = row.name or record.reason


def _note_notice(record: Record, row: Any) -> None:
    record.notices.append(Posted(row.word, row.from_on, row.until_on))


def _note_payments(record: Record, row: Any) -> None:
    batch, state = BatchState(row.role), PaymentState(row.human)
    record.sent.append(Sent(row.word, batch, state, row.at, row.until, row.number))


def _note_documents(record: Record, row: Any) -> None:
    record.documents, record.documented_at = row.number, row.at


_NOTED: dict[str, Callable[[Record, Any], None]] = {
    "step": _note_step,
    "lines": _note_lines,
    "notice": _note_notice,
    "payments": _note_payments,
    "documents": _note_documents,
}


@remembered
def _happened(alone: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Select all that happened to claims, or to some lines of them `alone`, under names that serve each kind of it."""
    only = among(ClaimLine.id, ids_named("lines")) if alone else true()
    these = (among(ClaimLine.claim_id, ids_named("claims")), only)
    return union_all(_steps(), _lines(*these), _notices(*these), _payments(*these), _documents(*these))


def _told(what: str, claim: Any, **columns: Any) -> Select[*tuple[Any, ...]]:
    kinds: dict[str, Any] = {
        "place": Integer,
        "word": String,
        "name": String,
        "role": String,
        "human": String,
        "from_on": Date,
        "until_on": Date,
        "at": Instant,
        "until": Instant,
        "number": Integer,
    }
    given = {name: type_coerce(column, kinds[name]) for name, column in ({"place": literal(0)} | columns).items()}
    named = ((given[name] if name in given else cast(null(), kind)).label(name) for name, kind in kinds.items())
    return select(literal(what).label("what"), claim.label("claim_id"), *named)


def _steps() -> Select[*tuple[Any, ...]]:
    step = ClaimStep
    by = {"name": step.name, "role": step.role, "human": step.human}
    told = _told("step", step.claim_id, place=step.id, word=step.move, at=step.at, **by)
    return told.where(among(step.claim_id, ids_named("claims")), step.line_id.is_(None))


def _lines(*these: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    reason = func.max(ClaimLine.frozen_reason)
    told = _told("lines", ClaimLine.claim_id, word=ClaimLine.state, name=reason, number=func.count())
    return told.where(*these).group_by(ClaimLine.claim_id, ClaimLine.state)


def _notices(*these: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    days = {"from_on": Notice.posted_on, "until_on": Notice.closes_on}
    told = _told("notice", ClaimLine.claim_id, word=Notice.number, **days)
    joined = told.join(NoticeLine, NoticeLine.claim_line_id == ClaimLine.id)
    return joined.join(Notice, Notice.id == NoticeLine.notice_id).where(*these).distinct()


def _paid(told: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    joined = told.select_from(ClaimLine).join(Due, Due.claim_line_id == ClaimLine.id)
    return joined.join(Payment, Payment.due_id == Due.id)


def _payments(*these: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Payments of a claim that share a batch and a state: `role` is the batch's state, `human` theirs."""
    states = {"role": Batch.state, "human": Payment.state}
    when = {"at": Batch.released_at, "until": func.max(Payment.settled_at)}
    told = _told(
        "payments", ClaimLine.claim_id, place=Batch.id, word=Batch.number, number=func.count(), **states, **when
    )
    live = _paid(told).join(Batch, Batch.id == Payment.batch_id).where(*these, Payment.state != PaymentState.CANCELLED)
    return live.group_by(ClaimLine.claim_id, Batch.id, Payment.state)


def _documents(*these: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    same = Certificate.subject == literal("payment:") + cast(Payment.id, String)
    # The day it bears: its bytes may be made later.
    last = func.max(Certificate.issued_at)
    made = _paid(_told("documents", ClaimLine.claim_id, number=func.count(), at=last)).join(Certificate, same)
    sealed = (Certificate.sealed_at.is_not(None), Certificate.ended_at.is_(None))
    return made.where(*these, *sealed).group_by(ClaimLine.claim_id)
