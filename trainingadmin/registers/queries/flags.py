"""Which flags of the bureau's own are up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from trainingadmin.plumbing.database import db
from trainingadmin.registers.models import Flag
from trainingadmin.registers.states import FlagCode


class Flagged(NamedTuple):
    """A flag that is up: on whom, what for, since when."""

    code: FlagCode
    person_id: int | None
    organisation_id: int | None
    reference: str
    since_on: date


def flags(persons: Select[*tuple[Any, ...]] | Collection[int], organisation_ids: Collection[int]) -> list[Flagged]:
    """Return the flags on these people (ids, or a select of them) and organisations that are up, in one query."""
    theirs = or_(Flag.person_id.in_(persons), Flag.organisation_id.in_(organisation_ids))
    told: Select[*tuple[Any, ...]] = select(
        Flag.code, Flag.person_id, Flag.organisation_id, Flag.reference, Flag.since_on
    )
    up = told.where(Flag.ended_on.is_(None), theirs).order_by(Flag.since_on, Flag.id)
    return [Flagged(*tuple(row)) for row in db.session.execute(up)]
