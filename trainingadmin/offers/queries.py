"""Reads of offers; `visible_to` is the only door to their rows."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, false, func, select
from sqlalchemy.sql import ColumnElement

from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.offers.models import Offer
from trainingadmin.offers.states import Fate
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, one_or_404, remembered

OPEN = Offer.claimed_at.is_(None) & Offer.expired_at.is_(None) & Offer.dismissed_at.is_(None)
_FATES: dict[Fate, ColumnElement[bool]] = {
    Fate.OPEN: OPEN,
    Fate.CLAIMED: Offer.claimed_at.is_not(None),
    Fate.DISMISSED: Offer.dismissed_at.is_not(None),
    Fate.EXPIRED: Offer.expired_at.is_not(None),
}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Limit offers to those of one's office, firm, or own person."""
    if actor.has(Role.ENTERPRISE):
        return Offer.organisation_id == actor.organisation_id
    if actor.is_trainee:
        return Offer.person_id == actor.person_id if actor.person_id else false()
    return office_filter(Offer.office_code, actor)


@remembered
def listing(actor: Actor, *, scheme: str = "", fate: str = Fate.OPEN.value) -> Select[*tuple[Any, ...]]:
    """Select the columns of the offers one may see, the earliest possible first, by scheme and what became of them."""
    wanted: Select[*tuple[Any, ...]] = select(
        Offer.id,
        Offer.scheme,
        Offer.name,
        Offer.title,
        Offer.possible_on,
        Offer.amount,
        Offer.claimed_at,
        Offer.dismissed_at,
        Offer.expired_at,
    ).where(visible_to(actor))
    if scheme:
        wanted = wanted.where(Offer.scheme == scheme)
    if fate in set(Fate):
        wanted = wanted.where(_FATES[Fate(fate)])
    return wanted.order_by(Offer.possible_on, Offer.id)


def offer(offer_id: int, *, actor: Actor) -> Offer:
    """Return one visible offer or answer 404."""
    return one_or_404(select(Offer).where(visible_to(actor), Offer.id == offer_id))


def fate_of(found: Any) -> Fate:
    """Return what became of an offer."""
    if found.claimed_at is not None:
        return Fate.CLAIMED
    if found.dismissed_at is not None:
        return Fate.DISMISSED
    return Fate.EXPIRED if found.expired_at is not None else Fate.OPEN


class Waiting(NamedTuple):
    """What a firm could claim for one class: how many people, how much, from when."""

    cohort_id: int
    title: str
    people: int
    amount: Money
    possible_on: date


def waiting(actor: Actor) -> list[Waiting]:
    """Return what a firm could claim, class by class."""
    return [Waiting(*tuple(row)) for row in driver.rows(_waiting(actor))]


@remembered
def _waiting(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Offer.cohort_id, Offer.title, func.count(), func.sum(Offer.amount), func.max(Offer.possible_on))
        .where(visible_to(actor), OPEN, Offer.cohort_id.is_not(None))
        .group_by(Offer.cohort_id, Offer.title)
        .order_by(Offer.cohort_id)
    )


def open_ones(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select the number of open offers one may see."""
    return select(func.count()).select_from(Offer).where(visible_to(actor), OPEN)


def of_person(person_id: int) -> list[Offer]:
    """Return the open offers of one person; only ever called with one's own id."""
    mine = select(Offer).where(Offer.person_id == person_id, OPEN).order_by(Offer.possible_on, Offer.id)
    return list(db.session.scalars(mine))
