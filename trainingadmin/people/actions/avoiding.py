"""Keeps officers out of their own affairs and of those of the relatives they declared."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Person
from trainingadmin.people.queries import relatives_of
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.membership import among


def refuse_relatives(persons: Iterable[int | None], *, by: Actor) -> None:
    """Refuse (`relative`) whoever is one of these people, or declared one of them a relative (policy §7)."""
    indexes = relatives_of(by)
    if not indexes:
        return
    theirs = among(Person.id, (one for one in persons if one is not None))
    mine = select(Person.id).where(theirs, Person.id_number_index.in_(indexes))
    if db.session.scalar(mine.limit(1)) is not None:
        raise Refusal("relative", N_("本件涉及您本人或已申报的亲属，须回避，由其他人办理。"))
