"""Turns scans into marks: the first coming and the last leaving of a person in a session."""

from __future__ import annotations

from datetime import time

from trainingadmin.attendance.actions import Entry, noted, to_write, write_marks
from trainingadmin.attendance.crediting import Flag
from trainingadmin.attendance.evidence import terms
from trainingadmin.attendance.models import MarkSource, MarkStatus, Session
from trainingadmin.attendance.queries import Known, known_of
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.kernel.roles import Actor


def stay_of(session: Session, enrolment: Enrolment) -> Known | None:
    """Hold the filing and return the person's effective mark, which then stays the latest until the transaction ends.

    Refusals of `to_write`.
    """
    to_write(session.cohort)
    return known_of(session.id, enrolment.id)


def note_scan(
    session: Session,
    enrolment: Enrolment,
    before: Known | None,
    *,
    came: time | None = None,
    left: time | None = None,
    by: Actor,
) -> bool:
    """Let a scan add to what `stay_of` returned; return whether it did.

    What a person corrected by hand stays, and so does a teacher's word for the whole session. A mark without a time of
    leaving earns nothing yet, and is not suspect for it.
    """
    if before is not None and (before.source is MarkSource.CORRECTION or _is_whole(before)):
        return False
    known_in_at, known_out_at = (before.in_at, before.out_at) if before else (None, None)
    earliest = min((one for one in (known_in_at, came) if one), default=None)
    latest = max((one for one in (known_out_at, left) if one), default=None)
    if before is not None and before.says(MarkStatus.PRESENT, earliest, latest):
        return False
    entry = Entry(enrolment.id, MarkStatus.PRESENT, earliest, latest)
    mark = noted(session, entry, enrolment, terms(session.cohort).rules, MarkSource.CHECKIN)
    flags = [flag for flag in mark.flags if latest or flag["code"] != Flag.ONE_TIME_ONLY]
    write_marks(session.cohort, [mark._replace(flags=flags)], by=by)
    return True


def _is_whole(before: Known) -> bool:
    """Whether somebody noted the person as present without times, which earns the session whole."""
    return before.status is MarkStatus.PRESENT and before.in_at is None and before.out_at is None
