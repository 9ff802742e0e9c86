"""What the scans of codes give away: one phone for many, far from the class, in one second, and codes that were no good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from trainingadmin.anomalies.detecting.sighting import Sighting, place
from trainingadmin.anomalies.states import AnomalyKind
from trainingadmin.attendance.models import Session
from trainingadmin.attendance.queries import KEPT
from trainingadmin.checkins import queries as checkins
from trainingadmin.checkins.models import Scan
from trainingadmin.checkins.states import Verdict
from trainingadmin.checkins.suspicion import Seen, Sign, Suspicion, suspicions
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db, in_chunks

_CHUNK = 200
_KINDS = {
    Sign.ONE_DEVICE: AnomalyKind.ONE_DEVICE,
    Sign.FAR_APART: AnomalyKind.FAR_APART,
    Sign.SAME_SECOND: AnomalyKind.SAME_SECOND,
}
_NO_GOOD = (Verdict.FORGED, Verdict.OTHER_CLASS)
_OUT_OF_TIME = (Verdict.EXPIRED, Verdict.EARLY)
_KEPT_FOR = timedelta(minutes=5)
"""A code this far from its half minute was kept or passed on; one a little old is how phones are."""


def relayed_codes(_limits: Mapping[str, int]) -> Iterator[Sighting]:
    """See, session by session, what speaks strongly for a code that was passed on."""
    scanned = db.session.scalars(select(Scan.session_id).where(Scan.session_id.is_not(None)).distinct())
    for some in in_chunks((id_ for id_ in scanned.all() if id_ is not None), _CHUNK):
        held, of_session = _sessions(some), defaultdict(list)
        for one in checkins.seen_in(some):
            of_session[one.session_id].append(one)
        for session_id, seen in of_session.items():
            if session_id in held:
                yield from _of_session(held[session_id], seen)


def _of_session(row: Any, seen: list[Seen]) -> Iterator[Sighting]:
    by_id = {one.id: one for one in seen}
    for told in suspicions(seen, _time):
        if told.sign in _KINDS:
            yield _relayed(row, told, [by_id[id_] for id_ in told.scans])


def _relayed(row: Any, told: Suspicion, scans: list[Seen]) -> Sighting:
    ids = {one.enrolment_id for one in scans if one.enrolment_id is not None}
    facts = {"day": row.held_on.isoformat(), **told.evidence}
    # The people are known by their roster; a scan that comes later makes no other anomaly of the same device.
    about = told.evidence.get("device", "") or "-".join(str(id_) for id_ in sorted(ids))
    what = f"{row.session_id}:{about}"
    places = [place(row, person=False)]
    return Sighting(_KINDS[told.sign], what, row.office_code, row.cohort_id, facts, places, _people(ids))


def _people(enrolment_ids: set[int]) -> dict[int, int]:
    rows = select(Enrolment.id, Enrolment.person_id).where(Enrolment.id.in_(enrolment_ids))
    return {row.id: row.person_id for row in db.session.execute(rows)}


def _sessions(ids: list[int]) -> dict[int, Any]:
    columns = (Session.held_on, Session.starts_at, Session.ends_at, Session.course, Session.teacher)
    of_cohort = (Cohort.id.label("cohort_id"), Cohort.number, Cohort.title, Cohort.office_code)
    rows = select(Session.id.label("session_id"), *columns, *of_cohort).join(Cohort, Cohort.id == Session.cohort_id)
    return {row.session_id: row for row in db.session.execute(rows.where(Session.id.in_(ids), Cohort.state.in_(KEPT)))}


def bad_codes(_limits: Mapping[str, int]) -> Iterator[Sighting]:
    """See people in training who sent forged codes, kept ones or those of another class: once a person and day, with how
    many."""
    rows = (
        select(
            Scan.person_id, Scan.scanned_at, Scan.shown_at, Scan.verdict, Enrolment.id.label("enrolment_id"), Cohort.id.label("cohort_id"),
            Cohort.number, Cohort.title, Cohort.office_code,
        )
        .join(Enrolment, Enrolment.person_id == Scan.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Scan.verdict.in_((*_NO_GOOD, *_OUT_OF_TIME)), Cohort.state.in_(KEPT))
        .order_by(Scan.id)
    )  # fmt: skip
    days: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in filter(_is_bad, db.session.execute(rows)):
        days[row.enrolment_id, clock.local(row.scanned_at).date().isoformat()].append(row)
    for (enrolment_id, day), sent in days.items():
        first = sent[0]
        facts = {"day": day, "n": len(sent), "times": _time(first.scanned_at)}
        places = [{"cohort": first.cohort_id, "number": first.number, "title": first.title}]
        people, what = {enrolment_id: first.person_id}, f"{enrolment_id}:{day}"
        yield Sighting(AnomalyKind.BAD_CODE, what, first.office_code, first.cohort_id, facts, places, people)


def _is_bad(row: Any) -> bool:
    return row.verdict in _NO_GOOD or (row.shown_at is not None and abs(row.scanned_at - row.shown_at) > _KEPT_FOR)


def _time(at: datetime) -> str:
    return f"{clock.local(at):%H:%M:%S}"
