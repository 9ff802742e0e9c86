"""Writes down who moved a claim or a line, and keeps hands off it that may not touch it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from trainingadmin.claims import queries
from trainingadmin.claims.models import Claim, ClaimLine, ClaimStep
from trainingadmin.claims.states import LIVE, LineState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import FINANCE, Actor, Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db

# Whoever holds several roles pays as the one who pays: what follows from a batch is no act of a reviewer.
_FINANCE: Mapping[str, tuple[Role, ...]] = {
    "pay": (Role.PREPARER,),
    "verify": (Role.CHECKER,),
    "send": (Role.CHECKER,),
    **dict.fromkeys(("recall", "fail", "settle"), FINANCE),
}


def row(
    claim_id: int, line_id: int | None, move: str, target: str, roles: Collection[Role], *, by: Actor, note: str
) -> dict[str, Any]:
    """Return a step as a row to insert; its role is the one of the actor's that the move admits."""
    first = _FINANCE.get(move, ())
    role = next((role for role in (*first, *Role) if role in roles and role in by.roles), by.role)
    return {
        "claim_id": claim_id,
        "line_id": line_id,
        "move": move,
        "target": target,
        "account_id": by.id,
        "human": by.human,
        "name": by.name_as(role),
        "role": role.value,
        "note": note.strip(),
        "at": clock.now(),
    }


def note_down(claim: Claim, move: str, target: str, roles: Collection[Role], *, by: Actor, note: str = "") -> None:
    """Add the step of a claim as a whole."""
    db.session.add(ClaimStep(**row(claim.id, None, move, target, roles, by=by, note=note)))


def refuse_wrong_hands(claim: Claim, by: Actor) -> None:
    """Refuse an applicant another's claim (`claim-not-yours`), an officer their own or a relative's (`relative`)."""
    if by.has(Role.SYSTEM):
        return
    if not by.is_staff and not applies(claim, by):
        raise Refusal("claim-not-yours", N_("只有申领单位的经办人或申领人本人可以办理。"))
    if by.is_staff and queries.names_relative(claim.id, by):
        raise Refusal("relative", N_("本件涉及您本人或已申报的亲属，须回避，由其他人办理。"))


def applies(claim: Claim, actor: Actor) -> bool:
    """Tell whether `actor` is the applicant of a claim: an operator of the firm that is paid, or the person themselves."""
    if claim.application is not None:
        return actor.has(Role.TRAINEE) and actor.person_id == claim.application.person_id
    return actor.has(Role.ENTERPRISE, Role.INSTITUTION) and actor.organisation_id == claim.payee_id


def refuse_in_batch(claim_id: int, line_id: int | None = None) -> None:
    """Refuse to touch a claim, or one of its lines, while a batch holds it (`claim-in-batch`): who put it in, when, into which."""
    held = select(ClaimStep.name, ClaimStep.at, ClaimStep.note).join(ClaimLine, ClaimLine.id == ClaimStep.line_id)
    held = held.where(ClaimStep.claim_id == claim_id, ClaimStep.move == "pay", ClaimLine.state == LineState.PAYING)
    if line_id is not None:
        held = held.where(ClaimStep.line_id == line_id)
    found = db.session.execute(held.order_by(ClaimStep.id.desc()).limit(1)).first()
    if found is not None:
        raise in_batch(*found)


def in_batch(who: str, at: datetime, batch: str) -> Refusal:
    """Return why nothing can be done to what a batch holds: who put it in, when, into which."""
    reason = N_("%(who)s 已于 %(when)s 将款项列入批次 %(batch)s。银行回单入账或批次撤销后才能办理这一步。")
    when = clock.local(at).strftime("%Y-%m-%d %H:%M")
    return Refusal("claim-in-batch", reason, who=who, when=when, batch=batch)


def refuse_dead(claim: Claim) -> None:
    """Refuse to touch a claim that has ended (`claim-ended`)."""
    if claim.state not in LIVE:
        raise Refusal("claim-ended", N_("本件已办结，不能再改动。"))
