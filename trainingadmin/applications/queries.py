"""Reads of applications, their photographs and visits; `visible_to` is the only door to their rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, false, func, select

from trainingadmin.applications.models import Application, Photo, SiteVisit
from trainingadmin.applications.states import PhotoKind
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing.database import db, one_or_404


def visible_to(actor: Actor) -> Select[Application]:
    """Select the applications one may see: staff those of their office, a person their own."""
    if actor.is_staff:
        return select(Application).where(office_filter(Application.office_code, actor))
    mine = Application.person_id == actor.person_id if actor.person_id is not None else false()
    return select(Application).where(mine)


def application(application_id: int, *, actor: Actor) -> Application:
    """Return one visible application or answer 404."""
    return one_or_404(visible_to(actor).where(Application.id == application_id))


def live(scheme: str, person_id: int) -> Application | None:
    """Return the one application of a person that is not closed."""
    mine = select(Application).where(
        Application.scheme == scheme, Application.person_id == person_id, Application.closed_at.is_(None)
    )
    return db.session.scalars(mine).one_or_none()


def taken(scheme: str, credit_code: str) -> Application | None:
    """Return the one application for a business that is not closed."""
    theirs = select(Application).where(
        Application.scheme == scheme, Application.credit_code == credit_code, Application.closed_at.is_(None)
    )
    return db.session.scalars(theirs).one_or_none()


def photos(application_id: int) -> list[Photo]:
    """Return the photographs of an application in the order in which they were taken in."""
    return list(db.session.scalars(select(Photo).where(Photo.application_id == application_id).order_by(Photo.id)))


def photo(application_id: int, photo_id: int) -> Photo:
    """Return one photograph of an application or answer 404; ask `application` first whether the reader may see it."""
    return one_or_404(select(Photo).where(Photo.id == photo_id, Photo.application_id == application_id))


def photo_kinds(application_id: int) -> set[PhotoKind]:
    """Return what the photographs of an application show."""
    return set(db.session.scalars(select(Photo.kind).where(Photo.application_id == application_id).distinct()))


def visits(application_id: int) -> list[SiteVisit]:
    """Return the visits to the place, newest first."""
    mine = select(SiteVisit).where(SiteVisit.application_id == application_id)
    return list(db.session.scalars(mine.order_by(SiteVisit.id.desc())))


def visit(application_id: int, visit_id: int) -> SiteVisit:
    """Return one visit of an application or answer 404."""
    return one_or_404(select(SiteVisit).where(SiteVisit.id == visit_id, SiteVisit.application_id == application_id))


def latest_visit(application_id: int | None) -> Select[datetime | None]:
    """Select when a visit to the place was last confirmed."""
    return select(func.max(SiteVisit.confirmed_at)).where(SiteVisit.application_id == application_id)


def confirmed_visit(application_id: int) -> SiteVisit | None:
    """Return the last visit that a second officer confirmed; it is the one that counts."""
    newest = select(func.max(SiteVisit.id)).where(
        SiteVisit.application_id == application_id, SiteVisit.confirmed_at.is_not(None)
    )
    return db.session.scalars(select(SiteVisit).where(SiteVisit.id == newest.scalar_subquery())).one_or_none()
