"""The journal: who did what to which row when, chained so that a cut or a change shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, secrets, transaction
from trainingadmin.plumbing.database import Base, append_only, db, ensure, locked

GENESIS = "0" * 64
_PENDING = "journal"
_NOTHING_NOTED: Mapping[int, str] = {}


class JournalEntry(Base):
    """One act. `detail` holds no personal data: ids, states, amounts, reasons."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_verb_id", "verb", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    account_id: Mapped[int]
    human: Mapped[str]
    verb: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    mac: Mapped[str]


class JournalHead(Base):
    """The last link of the chain; one row, locked while a transaction appends."""

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_id: Mapped[int]
    mac: Mapped[str]


append_only(JournalEntry.__table__)


def record(verb: str, subject: str, *, by: Actor, **detail: Any) -> None:
    """Note that `by` did `verb` to `subject` ("claims:12"); written as the transaction commits.

    Queued until then so that the chain's head is locked for an instant only. TypeError for what JSON cannot hold.
    """
    detail = json.loads(json.dumps(detail))  # as it will be read back, or the chain would seem broken
    pending = db.session.info.setdefault(_PENDING, [])
    if not pending:
        transaction.before_commit(_append)
    pending.append(
        JournalEntry(
            id=0, at=clock.now(), account_id=by.id, human=by.human, verb=verb, subject=subject, detail=detail, mac=""
        )
    )


def _append() -> None:
    entries: list[JournalEntry] = db.session.info.pop(_PENDING, [])
    head = _locked_head()
    for entry in entries:
        entry.id = head.last_id + 1
        entry.mac = secrets.current().chain(head.mac, canonical(entry))
        head.last_id, head.mac = entry.id, entry.mac
        db.session.add(entry)


def _locked_head() -> JournalHead:
    # Read anew although this transaction may have read it before: others have gone on since.
    newest = locked(select(JournalHead)).execution_options(populate_existing=True)
    found: JournalHead | None = db.session.scalars(newest).one_or_none()
    if found is None:
        ensure(JournalHead, id=1, last_id=0, mac=GENESIS)
        found = db.session.scalars(newest).one()
    return found


def canonical(entry: JournalEntry) -> str:
    """Return the exact text a row's mac covers."""
    row = [entry.id, entry.at.isoformat(), entry.account_id, entry.human, entry.verb, entry.subject, entry.detail]
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the chain found: the rows read and the first break, if any."""

    entries: int
    broken_at: int | None
    reason: str | None
    head: str


def verify(noted: Mapping[int, str] = _NOTHING_NOTED) -> Verification:
    """Recompute the whole chain; edits, deletions, swaps, forgeries and a cut tail all break it.

    `noted` are heads written down elsewhere (a file, a printed report) by the number of their row: only they show
    that whoever may write everything cut the tail and set the head back to where it then ended.
    """
    mac, expected = GENESIS, 0
    chained = select(JournalEntry).order_by(JournalEntry.id).execution_options(yield_per=1000)
    with closing(db.session.scalars(chained)) as entries:
        for entry in entries:
            expected += 1
            if entry.id != expected:
                return Verification(expected - 1, expected, "missing", mac)
            if not secrets.current().chain(mac, canonical(entry)) == entry.mac == noted.get(entry.id, entry.mac):
                return Verification(expected - 1, entry.id, "changed", mac)
            mac = entry.mac
    return _ended(expected, mac, max(noted, default=0))


def _ended(entries: int, mac: str, noted: int) -> Verification:
    head = db.session.scalars(select(JournalHead)).one_or_none()
    agreed = (head.last_id, head.mac) == (entries, mac) if head else entries == 0
    if not agreed or noted > entries:
        return Verification(entries, max(noted, entries + 1), "cut", mac)
    return Verification(entries, None, None, mac)


def of(subject: str) -> list[JournalEntry]:
    """Return what was done to `subject`, oldest first."""
    return list(
        db.session.scalars(select(JournalEntry).where(JournalEntry.subject == subject).order_by(JournalEntry.id))
    )
