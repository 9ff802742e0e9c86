"""Who acted on a claim: for the separation of duties, the timeline and recusal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from trainingadmin.claims.models import ClaimLine, ClaimStep
from trainingadmin.claims.states import CLAIM
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import Person
from trainingadmin.people.queries import barred
from trainingadmin.plumbing import journal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.journal import JournalEntry


class Past(NamedTuple):
    """A move that was made, as the separation of duties judges it."""

    move: str
    human: str


# A line held, released or decided by an officer is an act under the officer's duty of the claim.
_ACTS = {
    Role.ACCEPTANCE.value: "accept",
    Role.FIRST_REVIEW.value: "check",
    Role.SECOND_REVIEW.value: "review",
    Role.APPROVAL.value: "approve",
    Role.PREPARER.value: "pay",
    Role.CHECKER.value: "pay",
}


def past(claim_id: int) -> list[Past]:
    """Return who acted under which duty on a claim and on its lines, delegated accounts folded into humans."""
    of_claim = ClaimStep.line_id.is_(None)
    acts = select(of_claim, ClaimStep.move, ClaimStep.role, ClaimStep.human).where(ClaimStep.claim_id == claim_id)
    return [
        Past(move if whole and not CLAIM.moves[move].automatic else _ACTS[role], human)
        for whole, move, role, human in db.session.execute(acts.distinct())
        if (whole and not CLAIM.moves[move].automatic) or role in _ACTS
    ]


def steps(claim_id: int) -> list[ClaimStep]:
    """Return what was done to a claim as a whole, and the holds of its lines, oldest first."""
    shown = or_(ClaimStep.line_id.is_(None), ClaimStep.move.in_(("hold", "release")))
    return list(
        db.session.scalars(select(ClaimStep).where(ClaimStep.claim_id == claim_id, shown).order_by(ClaimStep.id))
    )


def names_in(steps: Iterable[ClaimStep]) -> dict[int, str]:
    """Return by line whom the steps that were done to single lines are about."""
    lines = {step.line_id for step in steps if step.line_id is not None}
    named = select(ClaimLine.id, Person.name).join(Person, Person.id == ClaimLine.person_id)
    return {row.id: row.name for row in db.session.execute(named.where(ClaimLine.id.in_(lines)))} if lines else {}


def reforms(claim_id: int) -> list[JournalEntry]:
    """Return when and why a claim was judged under another version of the figures, oldest first."""
    return [entry for entry in journal.of(f"claims:{claim_id}") if entry.verb == "reform"]


def naming(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select the ids of the claims that name the actor or a relative they declared."""
    return select(ClaimLine.claim_id).join(Person, Person.id == ClaimLine.person_id).where(barred(actor))


def names_relative(claim_id: int, actor: Actor) -> bool:
    """Tell whether a claim names the actor or a relative they declared."""
    return db.session.scalar(naming(actor).where(ClaimLine.claim_id == claim_id).limit(1)) is not None
