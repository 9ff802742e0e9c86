"""The pages at the door as one blueprint, who may open them, and how they find a session."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request

from trainingadmin.attendance.actions import may_record
from trainingadmin.attendance.queries import session
from trainingadmin.checkins.phones import Phone, Place, phone
from trainingadmin.checkins.states import DIRECTION_LABELS, SENTENCES, VERDICT_LABELS
from trainingadmin.cohorts.queries import cohort
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing import devices
from trainingadmin.plumbing.access import actor, staff_and

bp = Blueprint("checkins", __name__)

OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)
ANYONE = staff_and(*OPERATORS)


def held_in(cohort_id: int, session_id: int) -> Any:
    """Return a session of a filing that the actor may see, or answer 404."""
    return session(cohort(cohort_id, actor=actor()).id, session_id)


def mine(cohort_id: int, session_id: int) -> Any:
    """Return a session whose attendance the actor writes, or answer 404."""
    held = held_in(cohort_id, session_id)
    return held if may_record(held.cohort, actor()) else abort(404)


def phone_now(place: Place | None = None) -> Phone:
    """Return what is kept of the phone that sent this request."""
    return phone(devices.letters(), request.remote_addr or "", request.user_agent.string, place)


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"directions": DIRECTION_LABELS, "verdicts": VERDICT_LABELS, "sentences": SENTENCES}
