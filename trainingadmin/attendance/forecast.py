"""Whether the share to be reached still can be, and until when: computed in whole minutes from what is still planned. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Outlook(StrEnum):
    """How somebody stands."""

    REACHED = "reached"
    OPEN = "open"
    LOST = "lost"
    UNPLANNED = "unplanned"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected of one person.

    `lacking_minutes` is what the share still needs; `spare_minutes` what may be missed of the sessions to come;
    `until` the day after which the share is out of reach if every session until then is missed; `each_counts` that
    it is out of reach as soon as any one of them is missed whole.
    """

    outlook: Outlook
    lacking_minutes: int = 0
    spare_minutes: int = 0
    until: date | None = None
    each_counts: bool = False


def forecast(credited: int, planned: int, ahead: Sequence[tuple[date, int]], percent: int) -> Forecast:
    """Return the forecast of somebody with `credited` of `planned` minutes and sessions `ahead` (day, minutes) in order.

    The share is of the plan whole. Whatever of past sessions earned nothing is lost; what is ahead is not.
    """
    if planned <= 0:
        return Forecast(Outlook.UNPLANNED)
    needed = -(-percent * planned // 100)
    if credited >= needed:
        return Forecast(Outlook.REACHED, spare_minutes=sum(minutes for _, minutes in ahead))
    spare = credited + sum(minutes for _, minutes in ahead) - needed
    if spare < 0:
        return Forecast(Outlook.LOST, needed - credited)
    each = bool(ahead) and spare < min(minutes for _, minutes in ahead)
    return Forecast(Outlook.OPEN, needed - credited, spare, _last_day(ahead, spare), each)


def _last_day(ahead: Sequence[tuple[date, int]], spare: int) -> date | None:
    for day, minutes in ahead:
        spare -= minutes
        if spare < 0:
            return day
    return None
