"""Takes a scan: the seal before any read, then the half minute, the roster, the door; refused ones are kept as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trainingadmin.attendance.models import Session
from trainingadmin.attendance.queries import Known, begins
from trainingadmin.checkins import queries
from trainingadmin.checkins.actions.marking import note_scan, stay_of
from trainingadmin.checkins.evidence import by_the_clock, by_the_door, by_the_roster, span_of, time_on, timing
from trainingadmin.checkins.models import Scan
from trainingadmin.checkins.phones import Phone
from trainingadmin.checkins.screen import sealer
from trainingadmin.checkins.states import Direction, Verdict
from trainingadmin.checkins.tokens import Code, digest
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db

REFUSED_MAX = 60
"""Refused scans that one account may leave behind in a quarter of an hour."""
_LATELY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a phone sends: the letters of the code, when it was scanned, from which phone.

    `offline`: the phone had no network and kept it; then `client_id` tells one scan from another.
    """

    token: str
    at: datetime
    phone: Phone
    offline: bool = False
    client_id: str | None = None


def scan(sent: Scanned, *, by: Actor) -> Scan:
    """Check somebody in or out by a code; return what it came to, which is kept whatever it is.

    The same person with the same code, or the same `client_id`, is the same scan. Refusals `too-many-attempts` and
    those of `stay_of`.
    """
    if sent.client_id and (before := _sent_before(sent.client_id, by)):
        return before
    code = sealer().read(sent.token)
    if code is None:
        return _refused(Verdict.FORGED, sent, None, None, by)
    session = queries.session_of(code.session_id)
    enrolment = queries.enrolment_in(session.cohort_id, by.person_id) if session else None
    verdict = by_the_clock(code, sent.at)
    if session is None or verdict:
        return _refused(verdict or Verdict.EXPIRED, sent, code, session, by, enrolment)
    verdict = by_the_roster(session, enrolment) or _in_time(sent, session)
    if enrolment is None or verdict:
        return _refused(verdict or Verdict.OTHER_CLASS, sent, code, session, by, enrolment)
    return _at_the_door(sent, code, session, enrolment, by)


def note_opened(sent: Scanned, *, by: Actor) -> None:
    """Keep, once and in a transaction of its own, that somebody opened a code that is not good: a page only reads."""
    if queries.refused_before(by.id, digest(sent.token)):
        return
    with transaction.unit():
        scan(sent, by=by)


def _sent_before(client_id: str, by: Actor) -> Scan | None:
    before = queries.sent_before(client_id)
    if before is not None and before.account_id != by.id:
        raise Refusal("scan-of-another", N_("这条离线记录是用别的账号上传过的。"))
    return before


def _in_time(sent: Scanned, session: Session) -> Verdict | None:
    """Hold a scan that was kept without a network against the hours in which it may come."""
    if not sent.offline:
        return None
    last = begins(session.held_on, session.ends_at) + timedelta(hours=timing(session.cohort).checkin_sync_hours)
    return Verdict.TOO_LATE if clock.now() > last else None


def _at_the_door(sent: Scanned, code: Code, session: Session, enrolment: Enrolment, by: Actor) -> Scan:
    if session.cohort.state is not CohortState.APPROVED:
        return _refused(Verdict.CLOSED, sent, code, session, by, enrolment)
    before = stay_of(session, enrolment)
    same = queries.accepted(session.id, enrolment.id, code.direction, digest(sent.token))
    if same is not None:
        return same
    verdict = by_the_door(code, span_of(session, timing(session.cohort)), sent.at, before)
    if verdict:
        return _refused(verdict, sent, code, session, by, enrolment)
    return _taken(sent, code, session, enrolment, before, by)


def _taken(sent: Scanned, code: Code, session: Session, enrolment: Enrolment, before: Known | None, by: Actor) -> Scan:
    """Keep the scan and let it add to the mark; coming twice is one coming, leaving later is the one that counts."""
    told = "came" if code.direction is Direction.IN else "left"
    added = note_scan(session, enrolment, before, by=by, **{told: time_on(session.held_on, sent.at)})
    row = _kept(Verdict.ACCEPTED if added else Verdict.REPEATED, sent, code, session, by, enrolment)
    verb = "check-in" if code.direction is Direction.IN else "check-out"
    journal.record(verb, f"sessions:{session.id}", by=by, scan=row.id, offline=sent.offline)
    return row


def _refused(
    verdict: Verdict, sent: Scanned, code: Code | None, session: Session | None, by: Actor,
    enrolment: Enrolment | None = None,
) -> Scan:  # fmt: skip
    if queries.refused_lately(by.id, clock.now() - _LATELY) >= REFUSED_MAX:
        raise Refusal("too-many-attempts", N_("扫码失败次数过多，请 15 分钟后再试，或请教师登记。"))
    row = _kept(verdict, sent, code, session, by, enrolment)
    told: dict[str, Any] = {"session": session.id} if session else {}
    journal.record("refuse-scan", f"scans:{row.id}", by=by, verdict=verdict.value, **told)
    return row


def _kept(
    verdict: Verdict, sent: Scanned, code: Code | None, session: Session | None, by: Actor, enrolment: Enrolment | None
) -> Scan:
    place = sent.phone.place
    row = Scan(
        account_id=by.id,
        person_id=by.person_id,
        session_id=session.id if session else None,
        enrolment_id=enrolment.id if enrolment else None,
        direction=code.direction if code else None,
        verdict=verdict,
        token_digest=digest(sent.token),
        shown_at=code.shown_at if code else None,
        scanned_at=sent.at,
        offline=sent.offline,
        client_id=sent.client_id,
        device=sent.phone.device,
        address=sent.phone.address,
        network=sent.phone.network,
        agent=sent.phone.agent,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        accuracy=place.accuracy if place else None,
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row
