"""Tables of the statutory calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from trainingadmin.plumbing.database import Base


class CalendarDay(Base):
    """An exception to the week: a day off that is a weekday, or a day worked that is not (GB: 调休)."""

    __tablename__ = "holiday_calendar"

    date: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str]
    source: Mapped[str]


class CalendarYear(Base):
    """A year whose calendar is known."""

    __tablename__ = "holiday_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
