"""The list of claims with one's own pile first, and what comes next on the pile."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select

from trainingadmin.claims.models import Claim, ClaimLine, ClaimStep
from trainingadmin.claims.queries.acts import naming
from trainingadmin.claims.queries.rows import visible_to
from trainingadmin.claims.states import CLAIM, DECIDED, FROZEN, IN_REVIEW, ClaimState, LineState
from trainingadmin.kernel.roles import APPLICANTS, CITY, Actor, Role
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import db, remembered
from trainingadmin.registers.models import RegisterList, Ruling


def on_pile(actor: Actor) -> ColumnElement[bool]:
    """Tell of a claim whether it waits for this very actor: at their stage, untouched under another duty, no relative's."""
    mine: list[ColumnElement[bool]] = []
    for state, role in IN_REVIEW.items():
        if actor.has(role):
            mine.append(and_(Claim.state == state, ~_acted_otherwise(actor, role)))
    if actor.has(Role.APPROVAL):
        mine.append(and_(released(), ~_acted_otherwise(actor, Role.APPROVAL)))
    if actor.has(*APPLICANTS):
        mine.append(Claim.state.in_((ClaimState.DRAFT, ClaimState.RETURNED)))
    if not mine:
        return false()
    return and_(or_(*mine), Claim.id.not_in(naming(actor))) if actor.is_staff else or_(*mine)


def released() -> ColumnElement[bool]:
    """Tell of an approved claim whether somebody held at approval was released since: the approver still decides them."""
    open_line = exists().where(ClaimLine.claim_id == Claim.id, ClaimLine.state == LineState.OPEN)
    return and_(Claim.state.in_(DECIDED), open_line)


def _acted_otherwise(actor: Actor, role: Role) -> ColumnElement[bool]:
    own = [name for name, move in CLAIM.moves.items() if move.duty == role.value]
    return exists().where(
        ClaimStep.claim_id == Claim.id,
        ClaimStep.line_id.is_(None),
        ClaimStep.human == actor.human,
        ClaimStep.move.not_in(own),
    )


def _urgent() -> tuple[Any, ...]:
    return (Claim.due_on.is_(None), Claim.due_on, Claim.id)


def listing(actor: Actor, *, q: str = "", state: str = "", pile: str = "") -> Select[Any]:
    """Select the columns of the list, one's own pile first and there the most urgent.

    Narrowed by state, by number, title or applicant, and by `pile`: "mine", "overdue", or "frozen" with somebody held,
    objected to or sent back by the bank.
    """
    return _listing(actor, q, state, pile, clock.today())


@remembered
def _listing(actor: Actor, q: str, state: str, pile: str, today: date) -> Select[Any]:
    mine = on_pile(actor)
    on_top = mine.label("mine")  # by its name, so that the database works it out once a row
    lines = select(func.count()).where(ClaimLine.claim_id == Claim.id).correlate(Claim).scalar_subquery()
    seen = visible_to(actor).with_only_columns(
        Claim.id,
        Claim.number,
        Claim.scheme,
        Claim.title,
        Claim.applicant,
        Claim.state,
        lines.label("people"),
        Claim.entitlement,
        Claim.balance,
        Claim.due_on,
        Claim.submitted_at,
        on_top,
    )
    if q:
        fields = (Claim.number, Claim.title, Claim.applicant)
        seen = seen.where(or_(*(field.icontains(q, autoescape=True) for field in fields)))
    if state in set(ClaimState):
        seen = seen.where(Claim.state == ClaimState(state))
    if pile == "mine":
        seen = seen.where(mine)
    elif pile == "overdue":
        seen = seen.where(Claim.due_on < today)
    elif pile == "frozen":
        seen = seen.where(exists().where(ClaimLine.claim_id == Claim.id, ClaimLine.state.in_(FROZEN)))
    return seen.order_by(on_top.desc(), *_urgent())


def counts(actor: Actor) -> Counter[str]:
    """Count what `actor` sees: all, on their pile ("mine"), overdue, and by state."""
    found: Counter[str] = Counter()
    for state, number, mine, late in driver.rows(_counted(actor, clock.today())):
        for name, more in ((ClaimState(state).value, number), ("all", number), ("mine", mine), ("late", late)):
            found[name] += more
    return found


@remembered
def _counted(actor: Actor, today: date) -> Select[*tuple[Any, ...]]:
    mine, late = (func.sum(case((which, 1), else_=0)) for which in (on_pile(actor), Claim.due_on < today))
    return (
        visible_to(actor).with_only_columns(Claim.state, func.count(), mine, late).order_by(None).group_by(Claim.state)
    )


def next_on_pile(actor: Actor, *, but: int) -> tuple[int, str] | None:
    """Return id and number of the most urgent claim on the actor's pile other than `but`, if there is one."""
    waiting = visible_to(actor).with_only_columns(Claim.id, Claim.number).where(on_pile(actor), Claim.id != but)
    found = db.session.execute(waiting.order_by(*_urgent()).limit(1)).first()
    return (found[0], found[1]) if found else None


def behind_lists(most: int) -> list[int]:
    """Return claims of people for themselves, under review, that were judged before the newest list or ruling about them."""
    imported = (
        select(func.max(RegisterList.imported_at))
        .where(RegisterList.office_code.in_((Claim.office_code, CITY)))
        .correlate(Claim)
        .scalar_subquery()
    )
    ruled = (
        select(func.max(Ruling.at))
        .join(ClaimLine, ClaimLine.person_id == Ruling.person_id)
        .where(ClaimLine.claim_id == Claim.id)
        .correlate(Claim)
        .scalar_subquery()
    )
    judged = func.coalesce(Claim.judged_at, Claim.created_at)
    own = Claim.application_id.is_not(None) & Claim.state.in_(list(IN_REVIEW))
    late = select(Claim.id).where(own, (imported > judged) | (ruled > judged))
    return list(db.session.scalars(late.order_by(Claim.id).limit(most)))
