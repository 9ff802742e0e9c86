"""Moves single lines: held, released, decided, published, paid; and the claim after them when they allow it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from trainingadmin.applications import actions as applications
from trainingadmin.claims import queries
from trainingadmin.claims.actions import assessing, steps
from trainingadmin.claims.models import Claim, ClaimLine, ClaimStep, Verdict
from trainingadmin.claims.queries import LineRow
from trainingadmin.claims.states import CLAIM, DECIDED, IN_REVIEW, LINE, LIVE, ClaimState, LineState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import SYSTEM, Actor, Role
from trainingadmin.plumbing import journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db, move_rows

L = LineState
_FREEZING = frozenset({"hold", "object"})
_STAGE_MOVES = {
    Role.ACCEPTANCE: "accept",
    Role.FIRST_REVIEW: "check",
    Role.SECOND_REVIEW: "review",
    Role.APPROVAL: "approve",
}


def move_lines(lines: Sequence[ClaimLine | LineRow], name: str, *, by: Actor, note: str = "") -> None:
    """Move lines by one of LINE's automatic moves, then their claims as far as their lines allow.

    For notices: "publish" (APPROVED → IN_NOTICE), "object", "dismiss", "uphold", "clear". For payments: "pay", "fail",
    "settle". All or nothing; `note` is kept with every line and, for "object", shown as the reason it is frozen.
    A line that is refused (uphold) earns nothing, its balance becomes minus its advance. The claim goes to IN_NOTICE
    with its first published line, to CLEARED when no line is in notice any more, to PAYING with its first line in a
    batch, to PAID when every line is paid or refused. Refusals as `Lifecycle.check`.
    """
    apply(lines, name, by=by, note=note)
    follow(_claims({line.claim_id for line in lines}), by=by)


def apply(
    lines: Sequence[ClaimLine | LineRow], name: str, *, by: Actor, note: str = "", role: Role | None = None
) -> None:
    """Move lines and write down a step for each, under `role` where the actor has several; the claims stay."""
    for state in dict.fromkeys(line.state for line in lines):
        LINE.check(name, state=state, actor=by, past=(), note=note)
    move = LINE.moves[name]
    if move.target is L.REFUSED:
        for line in (db.session.get_one(ClaimLine, line.id) for line in lines):
            line.state, line.frozen_reason = move.target, ""
            _earn_nothing(line)
    else:
        reason = note.strip() if name in _FREEZING else ""
        move_rows(ClaimLine, lines, state=move.target, frozen_reason=reason)
    # But for the line every step is the same.
    step = steps.row(0, 0, name, move.target.value, {role} if role else move.roles, by=by, note=note)
    bulk_insert(ClaimStep, [{**step, "claim_id": line.claim_id, "line_id": line.id} for line in lines])
    for claim_id, count in Counter(line.claim_id for line in lines).items():
        journal.record(
            f"line-{name}", f"claims:{claim_id}", by=by, lines=count, only=lines[0].id if len(lines) == 1 else None
        )


def _earn_nothing(line: ClaimLine) -> None:
    line.entitlement, line.balance = ZERO, -line.advance
    if line.verdict is not Verdict.REFUSED:  # who only did not pass keeps what stands beside the entitlement
        line.owed, line.beside = [], ZERO


def _claims(ids: Collection[int]) -> list[Claim]:
    return list(db.session.scalars(select(Claim).where(Claim.id.in_(ids)).order_by(Claim.id)))


def follow(claims: Sequence[Claim], *, by: Actor) -> None:
    """Make the automatic moves of claims that the states of their lines allow, one after the other."""
    db.session.flush()
    counts = queries.line_states([claim.id for claim in claims])
    for claim in claims:
        assessing.add_up(claim)
        close_dead(claim, by=by)
        while (name := due_move(claim.state, counts[claim.id])) is not None:
            advance(claim, name, by=by)


def close_dead(claim: Claim, *, by: Actor) -> None:
    """Let the person of a claim that ended, or came to nothing, apply again: the application is closed unpaid."""
    if claim.application is None or claim.application.closed_at is not None:
        return
    if claim.state not in LIVE or all(line.state is L.REFUSED for line in claim.lines):
        applications.close(claim.application, by=by)


def advance(claim: Claim, name: str, *, by: Actor) -> None:
    """Make one automatic move of a claim, in the name of the actor where their role may, else of the system."""
    actor = by if by.has(*CLAIM.moves[name].roles) else SYSTEM
    allowed = CLAIM.check(name, state=claim.state, actor=actor, past=())
    claim.state = allowed.target
    claim.due_on = None
    steps.note_down(claim, name, allowed.target.value, allowed.roles, by=actor)
    journal.record(name, f"claims:{claim.id}", by=actor)


def due_move(state: ClaimState, lines: Mapping[LineState, int]) -> str | None:
    """Return the automatic move that a claim with so many lines in each state is ready for.

    Held and objected lines keep back only themselves, and the end.
    """
    present = {one for one, count in lines.items() if count}
    published = present & {L.IN_NOTICE, L.OBJECTED, L.CLEARED, L.PAYING, L.PAID, L.FAILED}
    if state is ClaimState.APPROVED:
        return "publish" if published else "conclude" if present == {L.REFUSED} else None
    if state is ClaimState.IN_NOTICE:
        return (
            "clear"
            if (published - {L.IN_NOTICE, L.OBJECTED} and L.IN_NOTICE not in present) or present == {L.REFUSED}
            else None
        )
    if state is ClaimState.CLEARED and present & {L.PAYING, L.FAILED}:
        return "pay"
    if state in (ClaimState.CLEARED, ClaimState.PAYING) and L.PAID in present and present <= {L.PAID, L.REFUSED}:
        return "settle"
    if state is ClaimState.CLEARED and L.PAID in present:
        return "pay"
    return None


def note_hands(claim_ids: Collection[int], name: str, *, by: Actor) -> None:
    """Note on claims who checked ("verify") or let go ("send") their money: they may do nothing else on them."""
    for claim in _claims(claim_ids):
        if claim.state is ClaimState.PAYING:
            advance(claim, name, by=by)


def settle_claims(claims: Collection[Claim], *, by: Actor) -> None:
    """End cleared claims of which every line was refused: the advances are being recovered, there is nothing to pay."""
    for claim in claims:
        present = set(queries.line_states([claim.id])[claim.id])
        if present != {L.REFUSED}:
            raise Refusal("lines-unsettled", N_("还有人员没有办结，不能结清。"))
        advance(claim, "settle", by=by)


def hold(line: ClaimLine, *, by: Actor, note: str) -> None:
    """Keep one person back while the claim goes on; by the officer whose stage it is at.

    Refusals as `Lifecycle.check`, `claim-in-batch`, `line-stage`, `relative`.
    """
    steps.refuse_in_batch(line.claim_id, line.id)
    role = _stage(line.claim, by, after=False)
    apply([line], "hold", by=by, note=note, role=role)


def release(line: ClaimLine, *, by: Actor, note: str) -> None:
    """Take a person's hold off; after the claim's approval by the approver, who then decides the line as a supplement.

    Refusals as `hold`.
    """
    steps.refuse_in_batch(line.claim_id, line.id)
    role = _stage(line.claim, by, after=True)
    apply([line], "release", by=by, note=note, role=role)


def refuse_line(line: ClaimLine, *, by: Actor, note: str) -> None:
    """Refuse one held or released person for good, by the approver, with the reason.

    Refusals as `hold`.
    """
    claim = line.claim
    steps.refuse_in_batch(claim.id, line.id)
    if claim.state not in DECIDED | {ClaimState.REVIEWED}:
        raise Refusal("line-stage", N_("到审批环节才能单独决定一个人。"))
    role = _stage(claim, by, after=True)
    if not note.strip():
        raise Refusal("move-note", N_("请写明理由，对方会看到。"), field="note")
    apply([line], "refuse", by=by, note=note, role=role)
    line.owed, line.beside = [], ZERO
    follow([claim], by=by)


def refusal_to_touch(line: ClaimLine, by: Actor, *, released: bool) -> Refusal | None:
    """Return why `by` may not hold this line (or, `released`, release or refuse it) now; None when they may."""
    try:
        steps.refuse_in_batch(line.claim_id, line.id)
        _stage(line.claim, by, after=released)
    except Refusal as refusal:
        return refusal
    return None


def _stage(claim: Claim, by: Actor, *, after: bool) -> Role:
    """Return the role whose pile the claim lies on, once it is sure that `by` may act in it."""
    steps.refuse_wrong_hands(claim, by)
    role = IN_REVIEW.get(claim.state) or (Role.APPROVAL if after and claim.state in DECIDED else None)
    if role is None:
        raise Refusal("line-stage", N_("本件不在审核中，不能暂缓或解除暂缓。"))
    # The stage's own move carries its duty: its guard is the line's guard.
    at = next(state for state, owner in IN_REVIEW.items() if owner is role)
    CLAIM.check(_STAGE_MOVES[role], state=at, actor=by, past=queries.past(claim.id))
    return role
