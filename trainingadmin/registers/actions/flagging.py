"""Keeps the bureau's own flags as they should be now."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db
from trainingadmin.registers.models import Flag
from trainingadmin.registers.states import FlagCode


@dataclass(frozen=True, slots=True)
class Mark:
    """Whom a flag is on, what it is about, and the last day on which all was well."""

    person_id: int | None
    organisation_id: int | None
    reference: str
    since_on: date


def keep_flags(code: FlagCode, wanted: AbstractSet[Mark], *, by: Actor) -> int:
    """Make the live flags of one kind exactly these: raise what is missing, lift what is over; return how many changed."""
    live = {
        Mark(flag.person_id, flag.organisation_id, flag.reference, flag.since_on): flag
        for flag in db.session.scalars(select(Flag).where(Flag.code == code, Flag.ended_on.is_(None)))
    }
    raised, over = wanted - live.keys(), live.keys() - wanted
    for mark in over:
        live[mark].ended_on = clock.today()
    rows = [
        {"code": code, **{name: getattr(mark, name) for name in Mark.__slots__}}
        for mark in sorted(raised, key=lambda mark: (mark.reference, mark.organisation_id or 0, mark.person_id or 0))
    ]
    bulk_insert(Flag, rows)
    if raised or over:
        told = {
            "raised": sorted({mark.reference for mark in raised}),
            "lifted": sorted({mark.reference for mark in over}),
        }
        journal.record("keep-flags", f"flags:{code.value}", by=by, **told)
    return len(raised) + len(over)
