"""Takes marks that are entered after their time: they count once a second person confirmed them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import time
from typing import Any

from trainingadmin.attendance.actions import RECORDERS, Entry, is_late, may_record, record, weigh
from trainingadmin.attendance.evidence import terms
from trainingadmin.attendance.models import MarkStatus, Session
from trainingadmin.checkins.models import LateEntry, LateStep
from trainingadmin.checkins.states import LATE, LateState
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import Account
from trainingadmin.people.queries import relatives_of
from trainingadmin.people.sessions import as_actor
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db


def enter_late(session: Session, entries: Sequence[Entry], reason: str, *, by: Actor) -> LateEntry:
    """Enter marks when one person alone may not any more; they wait for another.

    Refusals `not-late`, `nothing-new`, and those of `attendance.actions.weigh`.
    """
    if not is_late(session):
        message = N_("下课还没有超过 %(n)s 小时，请直接在点名册登记。")
        raise Refusal("not-late", message, n=terms(session.cohort).late_hours)
    if not weigh(session, entries, reason, by=by):
        raise Refusal("nothing-new", N_("与已登记的相同，没有要补登的。"))
    entry = LateEntry(session_id=session.id, entries=[_told(one) for one in entries], reason=reason.strip())
    db.session.add(entry)
    entry.steps.append(_step("enter", LateState.WAITING, "", by, RECORDERS))
    db.session.flush()
    journal.record("enter-late", f"sessions:{session.id}", by=by, entry=entry.id, people=len(entries))
    return entry


def move_late(entry: LateEntry, name: str, note: str = "", *, by: Actor) -> None:
    """Confirm a late entry, which marks the people, or decline it; by somebody who did not enter it.

    Refusals of `LATE.check`, `not-the-recorder`, `late-relative`, and those of `attendance.actions.record`.
    """
    session = entry.session
    if not (by.is_staff or may_record(session.cohort, by)):
        raise Refusal("not-the-recorder", N_("考勤由申报企业或培训机构的经办人登记。"))
    allowed = LATE.check(name, state=entry.state, actor=by, past=entry.steps, note=note)
    entered = people(session.cohort_id, among=[one.enrolment_id for one in entries_of(entry)])
    if {one.person.id_number_index for one in entered} & relatives_of(by):
        raise Refusal("late-relative", N_("补登的人里有您本人或已申报的亲属，须由其他人确认。"))
    if allowed.target is LateState.CONFIRMED:
        first = as_actor(db.session.get_one(Account, entry.steps[0].account_id))
        record(session, entries_of(entry), entry.reason, by=first, second=by)
    entry.state = allowed.target
    entry.steps.append(_step(name, allowed.target, note.strip(), by, allowed.roles))
    journal.record(f"{name}-late", f"sessions:{session.id}", by=by, entry=entry.id)


def entries_of(entry: LateEntry) -> list[Entry]:
    """Return what was entered."""
    return [
        Entry(one["person"], MarkStatus(one["status"]), _time(one["came"]), _time(one["left"])) for one in entry.entries
    ]


def _told(one: Entry) -> dict[str, Any]:
    came, left = (moment.isoformat() if moment else "" for moment in (one.in_at, one.out_at))
    return {"person": one.enrolment_id, "status": one.status.value, "came": came, "left": left}


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


def _step(move: str, target: LateState, note: str, by: Actor, roles: Collection[Role]) -> LateStep:
    signed = by.name_as(*roles)
    return LateStep(move=move, target=target, account_id=by.id, human=by.human, name=signed, note=note, at=clock.now())
