"""What can be done with certificates: issue, lease, seal, fail, retry, revoke, replace, ring again."""

from __future__ import annotations

import hashlib
import json
import secrets as random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from trainingadmin.certificates import queries
from trainingadmin.certificates.models import Bundle, Certificate, Volume
from trainingadmin.certificates.states import CertificateKind, CertificateState
from trainingadmin.kernel.document_numbers import TrainingCertificate
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, journal, queue, serials
from trainingadmin.plumbing.bulk import bulk_insert_ids
from trainingadmin.plumbing.database import db

# Many times what one document takes, and short enough that a killed maker's work is taken up within half a minute.
LEASE = timedelta(seconds=15)
CHUNK = 50
ATTEMPTS = 5
QUEUE = "documents"
JOB = "trainingadmin.certificates.jobs.render"
PACKING = "trainingadmin.certificates.jobs.pack"
VOLUME = 500
"""Documents in one ZIP that a worker packs: some 20 MB, which mail and a memory bear."""
MOST = 20_000
ENDERS = (Role.CHECKER, Role.APPROVAL)
S = CertificateState
_LETTERS = {CertificateKind.PAYMENT: "BF", CertificateKind.RECOVERY: "ZH", CertificateKind.STATEMENT: "DZ"}


@dataclass(frozen=True, slots=True)
class Order:
    """A document that is wanted: what it certifies, what it prints, who may have it.

    `content` holds plain values in the fields of the kind's template, without number and address of
    verification; `public` holds what strangers may see, already masked.
    """

    subject: str
    group: str
    content: Mapping[str, Any]
    public: Mapping[str, Any]
    office_code: str
    holder_person_id: int | None = None
    organisation_id: int | None = None


def issue_many(kind: CertificateKind, orders: Sequence[Order], *, by: Actor) -> list[int]:
    """Number and freeze documents, and ask the workers for their bytes; return the ids in order.

    The pending rows are written in the caller's transaction and are the outbox: if nobody hears the
    doorbell, `reconcile` rings again. Integrity error when a subject has a live document of this kind.
    """
    if not orders:
        return []
    numbers = _numbers(kind, orders)
    now = clock.now()
    rows = [_row(kind, order, number, now) for order, number in zip(orders, numbers, strict=True)]
    ids = bulk_insert_ids(Certificate, rows)
    journal.record(
        "issue-certificates",
        orders[0].group,
        by=by,
        kind=kind.value,
        count=len(ids),
        first=numbers[0],
        last=numbers[-1],
    )
    _ring(ids)
    return ids


def _row(kind: CertificateKind, order: Order, number: str, now: datetime) -> dict[str, Any]:
    content = json.dumps({**order.content, "number": number}, ensure_ascii=False, sort_keys=True)
    return {
        "kind": kind,
        "number": number,
        "subject": order.subject,
        "group": order.group,
        "content": content,
        "content_sha256": hashlib.sha256(content.encode()).hexdigest(),
        "public": dict(order.public),
        "state": S.PENDING,
        "attempts": 0,
        "holder_person_id": order.holder_person_id,
        "organisation_id": order.organisation_id,
        "office_code": order.office_code,
        "issued_at": now,
    }


def _numbers(kind: CertificateKind, orders: Sequence[Order]) -> list[str]:
    year = clock.today().year
    regions = Counter(order.office_code for order in orders)
    taken = {
        region: iter(serials.take(f"certificate-{kind}", region, year, count))
        for region, count in sorted(regions.items())
    }
    return [_number(kind, order.office_code, year, next(taken[order.office_code])) for order in orders]


def _number(kind: CertificateKind, region: str, year: int, serial: int) -> str:
    if kind is CertificateKind.TRAINING:
        return str(TrainingCertificate(region, year, serial))
    return f"{_LETTERS[kind]}-{region}-{year}-{serial:06d}"


def _ring(ids: Sequence[int]) -> None:
    queue.ring_after_commit(QUEUE, JOB, lambda: queue.chunks(ids, CHUNK))


@dataclass(frozen=True, slots=True, repr=False)
class Lease:
    """The right to make one document until it runs out; everything the maker needs to know."""

    id: int
    token: str
    kind: CertificateKind
    number: str
    content: dict[str, Any]
    content_sha256: str
    issued_at: datetime


def lease(certificate_id: int) -> Lease | None:
    """Take the right to make a pending document; None when it is made or somebody is at it."""
    now, token = clock.now(), random.token_hex(16)
    free = (Certificate.lease_until.is_(None)) | (Certificate.lease_until < now)
    taken = (
        update(Certificate)
        .where(Certificate.id == certificate_id, Certificate.state == S.PENDING, free)
        .values(lease_token=token, lease_until=now + LEASE, attempts=Certificate.attempts + 1)
        .returning(
            Certificate.kind, Certificate.number, Certificate.content, Certificate.content_sha256, Certificate.issued_at
        )
    )
    row = db.session.execute(taken).one_or_none()
    if row is None:
        return None
    return Lease(
        certificate_id, token, row.kind, row.number, json.loads(row.content), row.content_sha256, row.issued_at
    )


def seal(held: Lease, sha256: str) -> bool:
    """Bind a document to its signed bytes; False when the lease was lost, and then nothing changes."""
    return _finish(held, state=S.SEALED, sha256=sha256, sealed_at=clock.now(), failure=None)


def fail(held: Lease, reason: str) -> bool:
    """Give a document up with the reason people will read; it can be retried."""
    return _finish(held, state=S.FAILED, failure=reason[:500])


def _finish(held: Lease, **values: Any) -> bool:
    mine = update(Certificate).where(
        Certificate.id == held.id, Certificate.lease_token == held.token, Certificate.state == S.PENDING
    )
    done: Any = db.session.execute(mine.values(lease_token=None, lease_until=None, **values))
    return bool(done.rowcount)


def retry(group: str, *, by: Actor) -> int:
    """Ask again for every failed document of a group; return how many."""
    again = update(Certificate).where(Certificate.group == group, Certificate.state == S.FAILED)
    ids = list(db.session.scalars(again.values(state=S.PENDING, failure=None, attempts=0).returning(Certificate.id)))
    if ids:
        journal.record("retry-certificates", group, by=by, count=len(ids))
        _ring(ids)
    return len(ids)


def reconcile() -> int:
    """Ring again for every pending document without a live lease; return how many there are.

    Not while jobs wait: ringing for a long pile every few seconds would only make the queue longer than the pile.
    One whose maker died `ATTEMPTS` times is given up, so that it does not take workers down for ever.
    """
    dead = update(Certificate).where(
        Certificate.state == S.PENDING, Certificate.attempts >= ATTEMPTS, Certificate.lease_until < clock.now()
    )
    db.session.execute(
        dead.values(
            state=S.FAILED, lease_token=None, lease_until=None, failure=N_("生成进程多次中断，请联系系统管理员。")
        )
    )
    ids = queries.undone()
    idle = not (queue.doorbell().depth() or {}).get(QUEUE)
    if ids and idle:
        _ring(ids)
    if idle and (unpacked := {one.bundle_id for one in queries.unpacked()}):
        _tell(sorted(unpacked))
    return len(ids)


def revoke(certificate: Certificate, reason: str, *, by: Actor) -> None:
    """Declare a sealed document void; it stays visible as 已作废. Refusals `not-valid`, `relative`, `reason-missing`."""
    _end(certificate, S.REVOKED, reason, by)


def replace(certificate: Certificate, reason: str, *, by: Actor) -> int:
    """Issue a document anew under the same number, marked 补发 with the day; the former is shown as replaced.

    From the second on the mark says which replacement it is, or two of one day would be one to whoever scans them.
    It bears the day of the first issue too, and the bytes of the former stay as they are. Refusals as `revoke`.
    """
    _end(certificate, S.REPLACED, reason, by)
    db.session.flush()
    content = _marked(certificate, nth=len(queries.same_number(certificate.number)))
    fresh = Certificate(
        kind=certificate.kind,
        number=certificate.number,
        subject=certificate.subject,
        group=certificate.group,
        content=content,
        content_sha256=hashlib.sha256(content.encode()).hexdigest(),
        public=certificate.public,
        holder_person_id=certificate.holder_person_id,
        organisation_id=certificate.organisation_id,
        office_code=certificate.office_code,
        issued_at=clock.now(),
        replaces_id=certificate.id,
    )
    db.session.add(fresh)
    db.session.flush()
    _ring([fresh.id])
    return fresh.id


def _marked(certificate: Certificate, nth: int) -> str:
    told = json.loads(certificate.content)
    first = told.get("first_issued_on") or clock.local(certificate.issued_at).date().isoformat()
    mark = "补发" if nth == 1 else f"第{nth}次补发"
    marks = {"mark": mark, "mark_on": clock.today().isoformat(), "first_issued_on": first}
    return json.dumps({**told, **marks}, ensure_ascii=False, sort_keys=True)


def _end(certificate: Certificate, state: CertificateState, reason: str, by: Actor) -> None:
    if certificate.state is not S.SEALED:
        raise Refusal("not-valid", N_("只有有效的证书可以作废或补发。"))
    people.refuse_relatives([certificate.holder_person_id], by=by)
    if not reason.strip():
        raise Refusal("reason-missing", N_("请写明原因，查验的人会看到。"), field="reason")
    still_valid = update(Certificate).where(Certificate.id == certificate.id, Certificate.state == S.SEALED)
    ended: Any = db.session.execute(still_valid.values(state=state, ended_at=clock.now(), ended_reason=reason.strip()))
    if not ended.rowcount:
        raise Refusal("not-valid", N_("只有有效的证书可以作废或补发。"))
    told = {"reason": reason.strip(), "signed": by.name_as(*ENDERS)}
    journal.record(f"{state.value}-certificate", f"certificates:{certificate.id}", by=by, **told)


def ask_for_bundle(ids: Sequence[int], language: str, *, by: Actor) -> Bundle:
    """Ask the workers to pack documents in volumes; the caller has found them visible.

    Refusals `nothing-chosen`, `too-many-documents`.
    """
    if not ids:
        raise Refusal("nothing-chosen", N_("没有可以下载的文件。"))
    if len(ids) > MOST:
        raise Refusal("too-many-documents", N_("一次最多打包 %(most)s 份，请先筛选。"), most=MOST)
    wanted = Bundle(account_id=by.id, language=language, total=len(ids), asked_at=clock.now())
    db.session.add(wanted)
    db.session.flush()
    parts = [list(ids[start : start + VOLUME]) for start in range(0, len(ids), VOLUME)]
    db.session.add_all(
        Volume(bundle_id=wanted.id, position=position, certificate_ids=part) for position, part in enumerate(parts, 1)
    )
    journal.record("export-certificates", f"bundles:{wanted.id}", by=by, count=len(ids), volumes=len(parts))
    _tell([wanted.id])
    return wanted


def _tell(bundle_ids: Sequence[int]) -> None:
    queue.ring_after_commit(QUEUE, PACKING, lambda: [[id_] for id_ in bundle_ids])


def note_packed(volume_id: int, sha256: str) -> None:
    """Note the bytes of a volume; the first to pack it is right, and whoever packs it again gets the same."""
    waiting = update(Volume).where(Volume.id == volume_id, Volume.sha256.is_(None))
    db.session.execute(waiting.values(sha256=sha256, packed_at=clock.now()))
