"""Reads of certificates; `visible_to` is the only door for people, `by_number` for strangers with a code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from trainingadmin.certificates.models import Bundle, Certificate, Volume
from trainingadmin.certificates.states import CertificateKind, CertificateState
from trainingadmin.kernel.roles import SYSTEM, Actor
from trainingadmin.people import queries as people
from trainingadmin.people.models import Person
from trainingadmin.people.name_keys import named
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
def listing(actor: Actor, *, q: str = "", state: str = "", kind: str = "", group: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of the list, newest first, narrowed by state, kind, group, and number, holder, unit or project."""
    seen = visible_to(actor).with_only_columns(
        Certificate.id,
        Certificate.number,
        Certificate.kind,
        Certificate.state,
        Certificate.public["holder"].as_string().label("holder"),
        Certificate.public["amount"].as_string().label("amount"),
        Certificate.issued_at,
        Certificate.failure,
    )
    if q:
        seen = seen.outerjoin(Person, Person.id == Certificate.holder_person_id).where(_speaks_of(q))
    if state in set(CertificateState):
        seen = seen.where(Certificate.state == CertificateState(state))
    if kind in set(CertificateKind):
        seen = seen.where(Certificate.kind == CertificateKind(kind))
    if group:
        seen = seen.where(Certificate.group == group)
    return seen.order_by(Certificate.id.desc())


def _speaks_of(q: str) -> ColumnElement[bool]:
    told = (Certificate.public[name].as_string() for name in ("holder", "unit", "project"))
    number = Certificate.number.contains(q.upper(), autoescape=True)
    return or_(number, named(q), *(one.contains(q, autoescape=True) for one in told))


def by_content(number: str, begins: str) -> Certificate | None:
    """Find the sealed document a code vouches for by its number and the start of its content's hash.

    The newest of them: replacements of one day used to be worded alike, and the last is the one that counts.
    """
    same = select(Certificate).where(Certificate.number == number, Certificate.content_sha256.startswith(begins))
    newest = same.where(Certificate.sha256.is_not(None)).order_by(Certificate.id.desc()).limit(1)
    return db.session.scalars(newest).first()


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


def same_number(number: str) -> list[Certificate]:
    """Return every document that ever bore a number, in the order of issue: a re-issue keeps it."""
    return list(db.session.scalars(select(Certificate).where(Certificate.number == number).order_by(Certificate.id)))


def live_subject(kind: CertificateKind, subject: str) -> int | None:
    """Return the id of the document of this kind about a subject that was neither replaced nor revoked."""
    live_ = select(Certificate.id).where(Certificate.kind == kind, Certificate.subject == subject)
    return db.session.scalar(live_.where(Certificate.state.not_in((S.REPLACED, S.REVOKED))))


def enders(rows: Collection[Certificate]) -> dict[int, str]:
    """Return who revoked or replaced each of some documents, and for whom they stood in, by the document's id."""
    acts = {row.id: entry for row in rows if row.ended_at for entry in journal.of(f"certificates:{row.id}")}
    names = people.names({entry.account_id for entry in acts.values()})
    return {id_: entry.detail.get("signed") or names.get(entry.account_id, SYSTEM.name) for id_, entry in acts.items()}


def group_visible(group: str, actor: Actor) -> bool:
    """Whether `actor` may see any document of the group."""
    return (
        db.session.scalars(
            visible_to(actor).with_only_columns(Certificate.id).where(Certificate.group == group).limit(1)
        ).first()
        is not None
    )


def progress(group: str) -> Progress:
    """Count one group's documents in force or on their way by state, one for each subject, and name the failures."""
    in_force = Certificate.state.not_in((S.REPLACED, S.REVOKED))
    counted = select(Certificate.state, func.count()).where(Certificate.group == group, in_force)
    counts: Counter[CertificateState] = Counter(dict(db.session.execute(counted.group_by(Certificate.state)).all()))
    failed = select(Certificate.id, Certificate.number, Certificate.failure).where(
        Certificate.group == group, Certificate.state == S.FAILED
    )
    failures = tuple(
        Failure(id_, number, reason or "")
        for id_, number, reason in db.session.execute(failed.order_by(Certificate.id).limit(200))
    )
    return Progress(sum(counts.values()), counts[S.SEALED], counts[S.PENDING], failures)


def undone(limit: int = 5000) -> list[int]:
    """Return pending documents that nobody holds a live lease on, oldest first."""
    free = or_(Certificate.lease_until.is_(None), Certificate.lease_until < clock.now())
    waiting = select(Certificate.id).where(Certificate.state == S.PENDING, free).order_by(Certificate.id).limit(limit)
    return list(db.session.scalars(waiting))


def kept_hashes() -> Select[str]:
    """Select the hashes of all sealed documents, for the verification of the store."""
    return select(Certificate.sha256).where(Certificate.sha256.is_not(None)).order_by(Certificate.id)  # type: ignore[return-value]


def packable(actor: Actor, *, q: str = "", state: str = "", kind: str = "", group: str = "") -> list[int]:
    """Return the ids of the documents of a list that have bytes, oldest first."""
    listed = listing(actor, q=q, state=state, kind=kind, group=group).with_only_columns(Certificate.id).order_by(None)
    return list(db.session.scalars(listed.where(Certificate.sha256.is_not(None)).order_by(Certificate.id)))


def by_ids(ids: Collection[int]) -> list[Certificate]:
    """Return documents by their ids, which the caller has found visible, oldest first."""
    return list(db.session.scalars(select(Certificate).where(Certificate.id.in_(ids)).order_by(Certificate.id)))


def bundle(bundle_id: int, *, actor: Actor) -> Bundle:
    """Return a bundle that `actor` asked for, or answer 404: what was packed for one is nobody else's."""
    return one_or_404(select(Bundle).where(Bundle.id == bundle_id, Bundle.account_id == actor.id))


def volumes(bundle_id: int) -> list[Volume]:
    """Return the volumes of a bundle in order."""
    return list(db.session.scalars(select(Volume).where(Volume.bundle_id == bundle_id).order_by(Volume.position)))


def still_visible(ids: Collection[int], actor: Actor) -> bool:
    """Whether `actor` may still see every one of some documents."""
    seen = visible_to(actor).with_only_columns(func.count()).where(Certificate.id.in_(ids))
    return db.session.scalar(seen) == len(ids)


def unpacked(bundle_id: int | None = None) -> list[Volume]:
    """Return the volumes that wait to be packed, of one bundle or of all."""
    waiting = select(Volume).where(Volume.sha256.is_(None))
    if bundle_id is not None:
        waiting = waiting.where(Volume.bundle_id == bundle_id)
    return list(db.session.scalars(waiting.order_by(Volume.id)))


def language_of(bundle_id: int) -> str:
    """Return the language in which a bundle was asked for."""
    return db.session.get_one(Bundle, bundle_id).language
