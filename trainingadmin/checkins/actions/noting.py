"""Notes somebody by hand on the screen, with a reason; once for each id that the screen gave it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from trainingadmin.attendance.actions import Entry, record
from trainingadmin.attendance.models import MarkStatus, Session
from trainingadmin.checkins import queries
from trainingadmin.checkins.evidence import span_of, timing
from trainingadmin.checkins.models import HandMark
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db

_AT_ONCE = timedelta(minutes=2)
CLIENT_ID = re.compile(r"[0-9a-zA-Z-]{16,40}")


@dataclass(frozen=True, slots=True)
class Noted:
    """What the teacher noted: of whom, why, and when by the screen's clock, which may have had no network then."""

    enrolment_id: int
    status: MarkStatus
    reason: str
    client_id: str
    noted_at: datetime


def note_by_hand(session: Session, noted: Noted, *, by: Actor) -> HandMark:
    """Mark one person by hand; what was sent before under the same id is not marked again.

    Refusals `client-id`, `scan-of-another`, `reason-missing`, and those of `attendance.actions.record`, which writes
    the journal.
    """
    if not CLIENT_ID.fullmatch(noted.client_id):
        raise Refusal("client-id", N_("请刷新页面后再登记。"))
    before = queries.noted_before(noted.client_id)
    if before is not None:
        if (before.account_id, before.session_id) != (by.id, session.id):
            raise Refusal("scan-of-another", N_("这条离线记录是用别的账号上传过的。"))
        return before
    if not noted.reason.strip():
        raise Refusal("reason-missing", N_("手工登记请写明原因。"), field="reason")
    opens_at = span_of(session, timing(session.cohort)).opens_at
    record(session, [Entry(noted.enrolment_id, noted.status)], noted.reason, by=by, opens_at=opens_at)
    now = clock.now()
    mark = HandMark(
        session_id=session.id,
        enrolment_id=noted.enrolment_id,
        status=noted.status,
        reason=noted.reason.strip(),
        client_id=noted.client_id,
        noted_at=min(noted.noted_at, now),
        late_synced=now - noted.noted_at > _AT_ONCE,
        account_id=by.id,
        at=now,
    )
    db.session.add(mark)
    return mark
