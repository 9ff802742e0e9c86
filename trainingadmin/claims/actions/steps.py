"""Writes down who moved a claim or a line, and keeps hands off it that may not touch it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from trainingadmin.claims import queries
from trainingadmin.claims.models import Claim, ClaimStep
from trainingadmin.claims.states import LIVE
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db


def row(
    claim_id: int, line_id: int | None, move: str, target: str, roles: Collection[Role], *, by: Actor, note: str
) -> dict[str, Any]:
    """Return a step as a row to insert; its role is the one of the actor's that the move admits."""
    role = next((role for role in Role if role in roles and role in by.roles), by.role)
    return {
        "claim_id": claim_id,
        "line_id": line_id,
        "move": move,
        "target": target,
        "account_id": by.id,
        "human": by.human,
        "name": by.name,
        "role": role.value,
        "note": note.strip(),
        "at": clock.now(),
    }


def note_down(claim: Claim, move: str, target: str, roles: Collection[Role], *, by: Actor, note: str = "") -> None:
    """Add the step of a claim as a whole."""
    db.session.add(ClaimStep(**row(claim.id, None, move, target, roles, by=by, note=note)))


def refuse_wrong_hands(claim: Claim, by: Actor) -> None:
    """Refuse an operator another firm's claim (`claim-not-yours`), an officer their own or a relative's (`relative`)."""
    if by.has(Role.SYSTEM):
        return
    if not by.is_staff and by.organisation_id != claim.payee_id:
        raise Refusal("claim-not-yours", N_("只有申领单位的经办人可以办理。"))
    if by.is_staff and queries.names_relative(claim.id, by):
        raise Refusal("relative", N_("本件涉及您本人或已申报的亲属，须回避，由其他人办理。"))


def refuse_dead(claim: Claim) -> None:
    """Refuse to touch a claim that has ended (`claim-ended`)."""
    if claim.state not in LIVE:
        raise Refusal("claim-ended", N_("本件已办结，不能再改动。"))
