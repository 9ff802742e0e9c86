"""Reads of certificates; `visible_to` is the only door for people, `by_number` for strangers with a code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, or_, select

from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind, CertificateState
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db, one_or_404, remembered

S = CertificateState


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be made, and why."""

    id: int
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the documents of one group are."""

    total: int = 0
    sealed: int = 0
    pending: int = 0
    failures: tuple[Failure, ...] = field(default=())

    @property
    def failed(self) -> int:
        """How many could not be made."""
        return len(self.failures)


def visible_to(actor: Actor) -> Select[Certificate]:
    """Select what `actor` may see: holders theirs, organisations theirs, staff their district's."""
    own = Certificate.organisation_id == actor.organisation_id if actor.organisation_id else false()
    held = Certificate.holder_person_id == actor.person_id if actor.is_trainee and actor.person_id else false()
    return select(Certificate).where(or_(own, held, office_filter(Certificate.office_code, actor)))


def certificate(certificate_id: int, *, actor: Actor) -> Certificate:
    """Return one visible certificate or answer 404."""
    return one_or_404(visible_to(actor).where(Certificate.id == certificate_id))


def held_by(person_id: int) -> list[Certificate]:
    """Return a person's sealed documents, newest first."""
    mine = select(Certificate).where(Certificate.holder_person_id == person_id, Certificate.sha256.is_not(None))
    return list(db.session.scalars(mine.order_by(Certificate.issued_at.desc(), Certificate.id.desc())))


@remembered
def listing(
    actor: Actor, *, q: str = "", state: str = "", kind: str = ""
) -> Select[int, str, CertificateKind, CertificateState, dict[str, Any], datetime, str | None]:
    """Select the columns of the list, newest first, narrowed by number, state and kind."""
    seen = visible_to(actor).with_only_columns(
        Certificate.id,
        Certificate.number,
        Certificate.kind,
        Certificate.state,
        Certificate.public,
        Certificate.issued_at,
        Certificate.failure,
    )
    if q:
        seen = seen.where(Certificate.number.contains(q.upper(), autoescape=True))
    if state in set(CertificateState):
        seen = seen.where(Certificate.state == CertificateState(state))
    if kind in set(CertificateKind):
        seen = seen.where(Certificate.kind == CertificateKind(kind))
    return seen.order_by(Certificate.id.desc())


def by_content(number: str, begins: str) -> Certificate | None:
    """Find the sealed document a code vouches for by its number and the start of its content's hash."""
    same = select(Certificate).where(Certificate.number == number, Certificate.content_sha256.startswith(begins))
    return db.session.scalars(same.where(Certificate.sha256.is_not(None))).first()


def latest(group: str) -> Certificate | None:
    """Return the newest document of a group that is not void."""
    valid = Certificate.state.not_in((S.REPLACED, S.REVOKED))
    newest = select(Certificate).where(Certificate.group == group, valid).order_by(Certificate.id.desc()).limit(1)
    return db.session.scalars(newest).first()


def live(number: str) -> Certificate | None:
    """Return the one valid document that bears `number`: a re-issue keeps its number."""
    return db.session.scalars(
        select(Certificate).where(Certificate.number == number, Certificate.state == S.SEALED)
    ).first()


def history(certificate_id: int) -> list[journal.JournalEntry]:
    """Return what was done to one certificate."""
    return journal.of(f"certificates:{certificate_id}")


def group_visible(group: str, actor: Actor) -> bool:
    """Whether `actor` may see any document of the group."""
    return (
        db.session.scalars(
            visible_to(actor).with_only_columns(Certificate.id).where(Certificate.group == group).limit(1)
        ).first()
        is not None
    )


def progress(group: str) -> Progress:
    """Count one group's documents by state, and name the failures."""
    counted = select(Certificate.state, func.count()).where(Certificate.group == group).group_by(Certificate.state)
    counts: Counter[CertificateState] = Counter(dict(db.session.execute(counted).all()))
    failed = select(Certificate.id, Certificate.number, Certificate.failure).where(
        Certificate.group == group, Certificate.state == S.FAILED
    )
    failures = tuple(
        Failure(id_, number, reason or "")
        for id_, number, reason in db.session.execute(failed.order_by(Certificate.id).limit(200))
    )
    return Progress(
        sum(counts.values()), sum(counts.values()) - counts[S.PENDING] - counts[S.FAILED], counts[S.PENDING], failures
    )


def undone(limit: int = 5000) -> list[int]:
    """Return pending documents that nobody holds a live lease on, oldest first."""
    free = or_(Certificate.lease_until.is_(None), Certificate.lease_until < clock.now())
    waiting = select(Certificate.id).where(Certificate.state == S.PENDING, free).order_by(Certificate.id).limit(limit)
    return list(db.session.scalars(waiting))


def kept_hashes() -> Select[str]:
    """Select the hashes of all sealed documents, for the verification of the store."""
    return select(Certificate.sha256).where(Certificate.sha256.is_not(None)).order_by(Certificate.id)  # type: ignore[return-value]
