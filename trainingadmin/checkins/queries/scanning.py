"""Scans: one's own, those sent before, and how many were refused lately."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, func, select

from trainingadmin.checkins.models import Scan
from trainingadmin.checkins.states import Direction, Verdict
from trainingadmin.checkins.suspicion import Seen
from trainingadmin.people.models import Person
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, one_or_404

_GOOD = (Verdict.ACCEPTED, Verdict.REPEATED)


def scan_of(scan_id: int, *, account_id: int) -> Scan:
    """Return a scan that this account made, or answer 404."""
    return one_or_404(select(Scan).where(Scan.id == scan_id, Scan.account_id == account_id))


def sent_before(client_id: str) -> Scan | None:
    """Return the scan that a phone sent under this id before."""
    return db.session.scalars(select(Scan).where(Scan.client_id == client_id)).one_or_none()


def accepted(session_id: int, enrolment_id: int, direction: Direction, token_digest: str) -> Scan | None:
    """Return the scan by which this person used this very code before."""
    told = {"of_session": session_id, "of_enrolment": enrolment_id, "going": direction, "letters": token_digest}
    found = driver.scalar(_same_code(), **told)
    return db.session.get_one(Scan, found) if found else None


@cache
def _same_code() -> Select[*tuple[Any, ...]]:
    return select(Scan.id).where(
        Scan.session_id == bindparam("of_session"),
        Scan.enrolment_id == bindparam("of_enrolment"),
        Scan.direction == bindparam("going"),
        Scan.token_digest == bindparam("letters"),
        Scan.verdict == Verdict.ACCEPTED,
    )


def refused_lately(account_id: int, since: datetime) -> int:
    """Count the scans of an account that were refused since then."""
    counted = select(func.count()).where(Scan.account_id == account_id, Scan.at > since, Scan.verdict.not_in(_GOOD))
    return db.session.scalar(counted) or 0


def refused_before(account_id: int, token_digest: str) -> bool:
    """Whether a scan of this code by this account was refused and kept before."""
    same = exists().where(Scan.account_id == account_id, Scan.token_digest == token_digest, Scan.verdict.not_in(_GOOD))
    return bool(db.session.scalar(select(same)))


_COLUMNS: tuple[Any, ...] = (
    Scan.id,
    Scan.session_id,
    Scan.enrolment_id,
    func.coalesce(Person.name, "").label("person"),
    Scan.direction,
    Scan.verdict,
    Scan.shown_at,
    Scan.scanned_at,
    Scan.at,
    Scan.offline,
    Scan.device,
    Scan.network,
    Scan.agent,
    Scan.latitude,
    Scan.longitude,
    Scan.accuracy,
)


def scan_rows(session_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    """Select every scan of these sessions, the refused ones too, as the columns of `Seen`, the latest first."""
    rows = select(*_COLUMNS).outerjoin(Person, Person.id == Scan.person_id)
    return rows.where(Scan.session_id.in_(session_ids)).order_by(Scan.id.desc())


def seen_in(session_ids: Collection[int]) -> list[Seen]:
    """Return every scan of these sessions, in the order they came; what `suspicion.suspicions` judges."""
    return [Seen(*row) for row in db.session.execute(scan_rows(session_ids).order_by(None).order_by(Scan.id))]


def refused_since(since: datetime) -> list[Seen]:
    """Return the scans that were refused since then, those of no session too: forged, expired, of another class."""
    rows = select(*_COLUMNS).outerjoin(Person, Person.id == Scan.person_id)
    refused = rows.where(Scan.at >= since, Scan.verdict.not_in(_GOOD)).order_by(Scan.id)
    return [Seen(*row) for row in db.session.execute(refused)]


class SharedDevice(NamedTuple):
    """A device by which several people were checked in: how many, in how many sessions, first and last."""

    device: str
    people: int
    sessions: int
    first_at: datetime
    last_at: datetime


def shared_devices(since: datetime, until: datetime) -> list[SharedDevice]:
    """Return the devices that checked in more than one person between two instants, the busiest first."""
    people = func.count(Scan.person_id.distinct())
    shared = (
        select(
            Scan.device,
            people.label("people"),
            func.count(Scan.session_id.distinct()).label("sessions"),
            func.min(Scan.scanned_at),
            func.max(Scan.scanned_at),
        )
        .where(Scan.scanned_at >= since, Scan.scanned_at < until, Scan.verdict.in_(_GOOD), Scan.device != "")
        .group_by(Scan.device)
        .having(people > 1)
        .order_by(people.desc(), Scan.device)
    )
    return [SharedDevice(*row) for row in db.session.execute(shared)]
