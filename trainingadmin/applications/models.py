"""Tables of applications in a person's own name, of their photographs, and of the visits to the place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.applications.states import PhotoKind
from trainingadmin.people.models import Office, Person
from trainingadmin.plumbing.database import Base, append_only, choice

_LIVE = text("closed_at IS NULL")


class Application(Base):
    """One person's wish to be paid for one business. It is open, or was paid, until it is closed unpaid.

    Once in a life: of one scheme a person, and a business, has at most one that is not closed.
    `facts` are what was stated, as JSON under the names of the scheme's facts.
    """

    __tablename__ = "applications"
    __table_args__ = (
        Index(
            "uq_applications_live_person",
            "scheme",
            "person_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "uq_applications_live_entity",
            "scheme",
            "credit_code",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    scheme: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("offices.code"), index=True)
    credit_code: Mapped[str]
    business: Mapped[str]
    place: Mapped[str]
    facts: Mapped[dict[str, Any]]
    stated_on: Mapped[date]
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)

    person: Mapped[Person] = relationship(init=False)
    office: Mapped[Office] = relationship(init=False)

    __mapper_args__ = {"version_id_col": version}


class Photo(Base):
    """A photograph of licence, place or visit; its bytes are in the store under their hash. Append-only."""

    __tablename__ = "application_photos"
    __table_args__ = (UniqueConstraint("application_id", "kind", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("site_visits.id"), default=None, index=True)
    kind: Mapped[PhotoKind] = mapped_column(choice(PhotoKind))
    sha256: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


append_only(Photo.__table__)


class SiteVisit(Base):
    """What one officer found at the place, and another who was there confirmed; it counts once it is confirmed.

    Latitude and longitude are degrees as the browser gave them, where it gave any.
    """

    __tablename__ = "site_visits"
    __table_args__ = (
        CheckConstraint("confirmed_human IS NULL OR confirmed_human <> visited_human", name="two_people"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_at"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    place: Mapped[str]
    latitude: Mapped[str | None] = mapped_column(default=None)
    longitude: Mapped[str | None] = mapped_column(default=None)
    passed: Mapped[bool]
    remark: Mapped[str]
    visited_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    visited_human: Mapped[str]
    visited_name: Mapped[str]
    visited_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    confirmed_human: Mapped[str | None] = mapped_column(default=None)
    confirmed_name: Mapped[str | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}
