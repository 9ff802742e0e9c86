"""Hands out serial numbers without gaps or doubles: one locked row per kind, region and year."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.plumbing.database import Base, db, ensure, locked


class Serial(Base):
    """The last serial taken; its row lock hands out the next."""

    __tablename__ = "serials"

    kind: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


def take(kind: str, region: str, year: int, count: int = 1) -> range:
    """Reserve `count` serials, given back if the transaction is rolled back."""
    ensure(Serial, kind=kind, region=region, year=year, last=0)
    row = db.session.scalars(
        locked(select(Serial).filter_by(kind=kind, region=region, year=year)).execution_options(populate_existing=True)
    ).one()
    first = row.last + 1
    row.last += count
    db.session.flush()
    return range(first, first + count)
