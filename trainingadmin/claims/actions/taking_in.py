"""Judges people's own claims again when a list of another department, or a ruling on it, came after the last judgement."""

from __future__ import annotations

from sqlalchemy import select

from trainingadmin.claims import queries
from trainingadmin.claims.actions import assessing
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import IN_REVIEW, Occasion
from trainingadmin.kernel.roles import SYSTEM
from trainingadmin.plumbing import journal
from trainingadmin.plumbing.database import db, locked

AT_ONCE = 20
"""Claims that one strike of the clock judges: the rest are judged at the next, half a minute later."""


def take_lists_in(at_once: int = AT_ONCE) -> int:
    """Judge some of the claims under review that are behind the lists; return how many. For the clock, safe at any time.

    What stays as it was leaves no trace but the moment; what changes is a new assessment that its reviewer sees.
    """
    behind = queries.behind_lists(at_once)
    for claim_id in behind:
        db.session.execute(locked(select(Claim.id).where(Claim.id == claim_id)))
        claim = db.session.get_one(Claim, claim_id, populate_existing=True)
        if claim.state not in IN_REVIEW:
            continue  # decided while this waited for the lock
        done = assessing.assess(claim, Occasion.LISTS, by=SYSTEM)
        if done.appended:
            told = {"occasion": Occasion.LISTS.value, "appended": done.appended, "changed": done.changed}
            journal.record("reassess", f"claims:{claim.id}", by=SYSTEM, **told)
    return len(behind)
