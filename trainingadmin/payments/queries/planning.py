"""Finds what may have become owed: shares of advances, cleared lines, advances that were not earned."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, literal_column, or_, select
from sqlalchemy.orm import joinedload

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import CohortState, EnrolmentState
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.notices.models import Notice, NoticeLine
from trainingadmin.payments.models import Due, Offset, Transfer
from trainingadmin.payments.states import EARNED, DueKind, DueState, TransferCode
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.membership import among
from trainingadmin.schemes import Owed, owing

_DECIDED_CLAIMS = (ClaimState.APPROVED, ClaimState.IN_NOTICE, ClaimState.CLEARED, ClaimState.PAYING, ClaimState.PAID)
_AFTER_NOTICE = (ClaimState.CLEARED, ClaimState.PAYING, ClaimState.PAID)
_FINAL_LINES = frozenset({LineState.REFUSED, LineState.PAID})


_PLANNED_ADVANCE = exists().where(
    Due.enrolment_id == Enrolment.id, Due.kind == DueKind.ADVANCE, Due.state != DueState.CANCELLED
)
_UNPLANNED_SHARE = (Enrolment.advance > ZERO) & Enrolment.advance_paid.is_(None) & ~_PLANNED_ADVANCE
_OF_LINES = EARNED | {DueKind.ALLOWANCE}
_PLANNED_LINE = exists().where(
    Due.claim_line_id == ClaimLine.id, Due.kind.in_(_OF_LINES), Due.state != DueState.CANCELLED
)


def cohorts_with_advances() -> list[int]:
    """Return the approved filings in which a share of the advance has not been planned."""
    decided = Cohort.state.in_((CohortState.APPROVED, CohortState.COMPLETED))
    return list(
        db.session.scalars(
            select(Enrolment.cohort_id).distinct().join(Enrolment.cohort).where(decided, _UNPLANNED_SHARE)
        )
    )


def unplanned_shares(cohort_ids: Iterable[int]) -> list[Enrolment]:
    """Return the shares of these filings for which no due is live, in roster order."""
    shares = select(Enrolment).where(among(Enrolment.cohort_id, cohort_ids), _UNPLANNED_SHARE)
    return list(db.session.scalars(shares.order_by(Enrolment.cohort_id, Enrolment.position, Enrolment.id)))


def advances_of_leavers() -> list[int]:
    """Return advances that are not on their way to the bank although the apprentice has left."""
    waiting = Due.state.in_((DueState.OPEN, DueState.FAILED))
    left = (
        select(Due.id)
        .join(Due.enrolment)
        .where(Due.kind == DueKind.ADVANCE, waiting, Enrolment.state == EnrolmentState.LEFT)
    )
    return list(db.session.scalars(left))


def chain_of(due_ids: Iterable[int]) -> tuple[set[int], set[int]]:
    """Return the filings and the claims that dues belong to; an advance belongs to no claim."""
    filings, requests = set[int](), set[int]()
    owed = select(Due.cohort_id, ClaimLine.claim_id).outerjoin(ClaimLine, ClaimLine.id == Due.claim_line_id)
    for cohort_id, claim_id in db.session.execute(owed.where(among(Due.id, due_ids)).distinct()):
        filings |= {cohort_id} if cohort_id is not None else set()
        requests |= {claim_id} - {None}
    return filings, requests


_ROOM: ColumnElement[int] = literal_column("0")
_TAKEN = (
    select(func.coalesce(func.sum(Offset.amount), _ROOM)).where(Offset.claim_line_id == ClaimLine.id).scalar_subquery()
)
_ORDERED_BACK = (
    select(func.coalesce(func.sum(Due.amount), _ROOM))
    .where(Due.enrolment_id == ClaimLine.enrolment_id, Due.kind == DueKind.RECOVERY, Due.state != DueState.CANCELLED)
    .scalar_subquery()
)


def claims_to_plan(today: date) -> list[int]:
    """Return the claims with lines that have become payable or unearned advances nothing covers yet, or with nobody left."""
    payable = (
        exists()
        .where(NoticeLine.claim_line_id == ClaimLine.id, Notice.id == NoticeLine.notice_id)
        .where(Notice.payable_on <= today)
    )
    ready = (ClaimLine.state == LineState.CLEARED) & payable & ~_PLANNED_LINE
    beside = (ClaimLine.state == LineState.REFUSED) & (ClaimLine.beside > ZERO) & ~_PLANNED_LINE
    left_over = Claim.state.in_(_AFTER_NOTICE) & beside
    unearned = ClaimLine.state.in_(_FINAL_LINES) & (ClaimLine.advance - ClaimLine.entitlement > _TAKEN + _ORDERED_BACK)
    alive = exists().where(ClaimLine.claim_id == Claim.id, ClaimLine.state != LineState.REFUSED).correlate(Claim)
    over = (Claim.state == ClaimState.CLEARED) & ~alive
    wanted = select(Claim.id).distinct().join(ClaimLine, ClaimLine.claim_id == Claim.id)
    return list(
        db.session.scalars(wanted.where(Claim.state.in_(_DECIDED_CLAIMS), or_(ready, left_over, unearned, over)))
    )


@dataclass(slots=True)
class Line:
    """A claim line as planning sees it: its notice, and what of its unearned advance is covered already."""

    line: ClaimLine
    notice_number: str
    payable: bool
    covered: Money

    @property
    def owed(self) -> list[Owed]:
        """The sums that are to be paid for it now: all of a cleared line, of a refused one what stands beside it."""
        told = [owing.from_json(one) for one in self.line.owed]
        if self.line.state is LineState.REFUSED:
            beside = [one for one in told if one.kind == DueKind.ALLOWANCE.value]
            return beside if self.line.claim.state in _AFTER_NOTICE else []
        return told if self.payable else []

    @property
    def final(self) -> bool:
        """Whether what it earned is settled for good: refused, paid, or about to be as it earned no more than its advance."""
        return self.line.state in _FINAL_LINES or (self.payable and self.line.balance <= ZERO)

    @property
    def uncovered(self) -> Money:
        """What of its advance was neither earned nor taken from others nor ordered back."""
        return self.line.advance - self.line.entitlement - self.covered


def lines(claim_ids: Collection[int], today: date) -> list[Line]:
    """Return the lines of claims in roster order."""
    rows = (
        select(ClaimLine, Notice.number, Notice.payable_on, _TAKEN, _ORDERED_BACK)
        .outerjoin(NoticeLine, NoticeLine.claim_line_id == ClaimLine.id)
        .outerjoin(Notice, Notice.id == NoticeLine.notice_id)
        .where(among(ClaimLine.claim_id, claim_ids))
        .order_by(ClaimLine.claim_id, ClaimLine.position, ClaimLine.id)
        .options(joinedload(ClaimLine.claim))
        .execution_options(populate_existing=True)
    )
    found: list[Line] = []
    for line, number, payable_on, taken, back in db.session.execute(rows):
        ready = line.state is LineState.CLEARED and payable_on is not None and payable_on <= today
        found.append(Line(line, number or "", ready, Money(_fen(taken) + _fen(back))))
    return found


def _fen(amount: Money | int) -> int:
    return amount.fen if isinstance(amount, Money) else int(amount)


def planned_of(claim_ids: Collection[int]) -> list[int]:
    """Return the live dues of claims that their lines' sums became."""
    live = Due.kind.in_(_OF_LINES) & (Due.state != DueState.CANCELLED)
    owed = select(Due.id).join(ClaimLine, ClaimLine.id == Due.claim_line_id)
    return list(db.session.scalars(owed.where(live, among(ClaimLine.claim_id, claim_ids))))


def accrual_of(due_id: int) -> Transfer:
    """Return the transfer that booked a due."""
    booked = select(Transfer).where(Transfer.due_id == due_id, Transfer.code == TransferCode.ACCRUE)
    return db.session.scalars(booked).one()
