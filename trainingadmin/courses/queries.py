"""Reads of the catalogue: what is in force on a day, its versions, batches on their way, files that were sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from trainingadmin.courses.models import CatalogueBatch, CatalogueItem, CatalogueUpload
from trainingadmin.courses.states import CatalogueState, Group
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Account
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, one_or_404, remembered

_PUBLISHED = select(CatalogueBatch.id).where(CatalogueBatch.state == CatalogueState.PUBLISHED)


def item_on(code: str, day: date) -> CatalogueItem | None:
    """Return the version of an item that a class opened on `day` falls under; None if it cannot be opened then.

    The last version that has begun decides: it closes the open end of the one before it.
    """
    begun = select(CatalogueItem).where(
        CatalogueItem.code == code, CatalogueItem.valid_from <= day, CatalogueItem.batch_id.in_(_PUBLISHED)
    )
    last = db.session.scalars(begun.order_by(CatalogueItem.valid_from.desc()).limit(1)).one_or_none()
    return last if last is not None and (last.valid_to is None or day <= last.valid_to) else None


@remembered
def items_on(day: date, q: str = "", group: str = "", batch: str = "") -> Select[CatalogueItem]:
    """Select the versions that can be opened on `day` with their batches, narrowed by words, group and batch code."""
    later = aliased(CatalogueItem)
    overtaken = (
        select(later.id)
        .where(
            later.code == CatalogueItem.code,
            later.valid_from > CatalogueItem.valid_from,
            later.valid_from <= day,
            later.batch_id.in_(_PUBLISHED),
        )
        .exists()
    )
    chosen = (
        select(CatalogueItem)
        .where(CatalogueItem.batch_id.in_(_PUBLISHED), CatalogueItem.valid_from <= day)
        .where(or_(CatalogueItem.valid_to.is_(None), CatalogueItem.valid_to >= day), ~overtaken)
    )
    if q:
        chosen = chosen.where(
            or_(*(column.icontains(q, autoescape=True) for column in (CatalogueItem.name, CatalogueItem.code)))
        )
    if group in set(Group):
        chosen = chosen.where(CatalogueItem.groups.contains(f";{group};", autoescape=True))
    if batch:
        chosen = chosen.where(CatalogueItem.batch_id.in_(_PUBLISHED.where(CatalogueBatch.code == batch)))
    return chosen.order_by(CatalogueItem.code)


@remembered
def listed_on(day: date, q: str = "", group: str = "", batch: str = "") -> Select[*tuple[Any, ...]]:
    """Select what a list says of those versions."""
    return (
        items_on(day, q, group, batch)
        .join(CatalogueBatch, CatalogueBatch.id == CatalogueItem.batch_id)
        .with_only_columns(
            CatalogueItem.code,
            CatalogueItem.name,
            CatalogueItem.version,
            CatalogueBatch.document,
            CatalogueItem.theory_hours,
            CatalogueItem.practice_hours,
            CatalogueItem.subsidy,
            CatalogueItem.groups,
            CatalogueItem.valid_from,
            CatalogueItem.valid_to,
        )
    )


def openable() -> Sequence[CatalogueItem]:
    """Return the newest published version of every item, by code: what an institution chooses from."""
    later = aliased(CatalogueItem)
    newer = select(later.id).where(
        later.code == CatalogueItem.code, later.version > CatalogueItem.version, later.batch_id.in_(_PUBLISHED)
    )
    found = select(CatalogueItem).where(CatalogueItem.batch_id.in_(_PUBLISHED), ~newer.exists())
    return db.session.scalars(found.order_by(CatalogueItem.code)).all()


def versions(code: str) -> Sequence[tuple[CatalogueItem, CatalogueBatch]]:
    """Return every published version of an item with its batch, the newest first."""
    found = (
        select(CatalogueItem, CatalogueBatch)
        .join(CatalogueBatch, CatalogueBatch.id == CatalogueItem.batch_id)
        .where(CatalogueItem.code == code, CatalogueBatch.state == CatalogueState.PUBLISHED)
        .order_by(CatalogueItem.version.desc())
    )
    return [(item, batch) for item, batch in db.session.execute(found)]


_IN_FORCE = (
    select(CatalogueBatch.code, CatalogueBatch.document)
    .where(CatalogueBatch.state == CatalogueState.PUBLISHED)
    .order_by(CatalogueBatch.published_on.desc(), CatalogueBatch.id.desc())
)


def published_batches() -> Sequence[Any]:
    """Return code and document of the batches in force, the newest first."""
    return driver.rows(_IN_FORCE)


def visible_to(actor: Actor) -> Select[CatalogueBatch]:
    """Select the batches `actor` may see: the bureau all of them, everybody else the published ones."""
    every = select(CatalogueBatch)
    return every if actor.is_staff else every.where(CatalogueBatch.state == CatalogueState.PUBLISHED)


def batches(actor: Actor) -> Sequence[Any]:
    """Return the visible batches with how many items each has, the newest first."""
    return driver.rows(_counted(actor))


@remembered
def _counted(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        visible_to(actor)
        .join(CatalogueItem, CatalogueItem.batch_id == CatalogueBatch.id)
        .with_only_columns(
            CatalogueBatch.id,
            CatalogueBatch.code,
            CatalogueBatch.document,
            CatalogueBatch.published_on,
            CatalogueBatch.state,
            func.count(CatalogueItem.id).label("items"),
        )
        .group_by(CatalogueBatch.id)
        .order_by(CatalogueBatch.published_on.desc(), CatalogueBatch.id.desc())
    )


def batch(batch_id: int, *, actor: Actor) -> CatalogueBatch:
    """Return one visible batch or answer 404."""
    return one_or_404(visible_to(actor).where(CatalogueBatch.id == batch_id))


def items_of(batch_id: int) -> Sequence[tuple[CatalogueItem, CatalogueItem | None]]:
    """Return a batch's items, each with the published version that it follows."""
    of = select(CatalogueItem).where(CatalogueItem.batch_id == batch_id).order_by(CatalogueItem.code)
    items = db.session.scalars(of).all()
    earlier = (
        select(CatalogueItem)
        .where(CatalogueItem.code.in_([one.code for one in items]), CatalogueItem.batch_id.in_(_PUBLISHED))
        .order_by(CatalogueItem.version)
    )
    known = db.session.scalars(earlier).all()
    return [
        (one, next((was for was in reversed(known) if was.code == one.code and was.version < one.version), None))
        for one in items
    ]


def live_items() -> Sequence[Any]:
    """Return code, name, version and validity of every version that was not dropped, by code and version."""
    live = (
        select(
            CatalogueItem.code,
            CatalogueItem.name,
            CatalogueItem.version,
            CatalogueItem.valid_from,
            CatalogueItem.valid_to,
        )
        .join(
            CatalogueBatch,
            and_(CatalogueBatch.id == CatalogueItem.batch_id, CatalogueBatch.state != CatalogueState.DROPPED),
        )
        .order_by(CatalogueItem.code, CatalogueItem.version)
    )
    return db.session.execute(live).all()


def live_batch_codes() -> frozenset[str]:
    """Return the codes of the batches that were not dropped."""
    return frozenset(
        db.session.scalars(select(CatalogueBatch.code).where(CatalogueBatch.state != CatalogueState.DROPPED))
    )


def uploads() -> Select[*tuple[Any, ...]]:
    """Select the files that were sent with who sent each, the latest first."""
    return (
        select(
            CatalogueUpload.id,
            CatalogueUpload.filename,
            CatalogueUpload.lines,
            CatalogueUpload.findings,
            CatalogueUpload.at,
            CatalogueUpload.imported_at,
            Account.name.label("who"),
        )
        .join(Account, Account.id == CatalogueUpload.account_id)
        .order_by(CatalogueUpload.id.desc())
    )


def upload(upload_id: int) -> CatalogueUpload:
    """Return one file that was sent or answer 404; the catalogue is the whole city's."""
    return one_or_404(select(CatalogueUpload).where(CatalogueUpload.id == upload_id))


def batches_of(upload_id: int) -> Sequence[CatalogueBatch]:
    """Return the batches that a file was imported as."""
    of = select(CatalogueBatch).where(CatalogueBatch.upload_id == upload_id).order_by(CatalogueBatch.id)
    return db.session.scalars(of).all()


def imported_file(sha256: str) -> CatalogueUpload | None:
    """Return the upload as which these bytes were imported."""
    same = select(CatalogueUpload).where(CatalogueUpload.sha256 == sha256, CatalogueUpload.imported_at.is_not(None))
    return db.session.scalars(same).one_or_none()
