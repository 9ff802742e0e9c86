"""The only place that asks what time it is, so that tests and the demo can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """Return the current instant, in UTC."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """Return the current date in Asia/Shanghai."""
    return now().astimezone(LOCAL).date()


def local(instant: datetime) -> datetime:
    """Return `instant` on the wall clock of Asia/Shanghai."""
    return instant.astimezone(LOCAL)


def end_of(day: date) -> datetime:
    """Return 24:00 of `day` in Asia/Shanghai, as an instant."""
    return datetime.combine(day + timedelta(days=1), time(), LOCAL).astimezone(UTC)


@contextmanager
def at(moment: datetime | date) -> Iterator[None]:
    """Let the block live at `moment` (a date means 09:00 local)."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(9), LOCAL)
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
