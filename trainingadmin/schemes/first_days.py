"""The first day on which a failing condition could pass, read from the facts of a case, for people to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from trainingadmin.schemes.kinds import Json

Facts = Mapping[str, Json]


def first_day(code: str, facts: Facts) -> date | None:
    """Return that day, None where waiting does not help or a fact it needs is missing.

    What `schemes decide` prints as `possible_on` is the scheme's own and comes before this.
    """
    reckon = _DAYS.get(code)
    return reckon(facts) if reckon else None


def _day(facts: Facts, name: str) -> date | None:
    told = facts.get(name)
    return date.fromisoformat(told) if isinstance(told, str) else None


def _after_certificate(facts: Facts) -> date | None:
    certificate = facts.get("certificate")
    return _day(certificate, "issued_on") if isinstance(certificate, dict) else None


def _next_year(facts: Facts) -> date | None:
    asked = _day(facts, "claimed_on") or _day(facts, "opened_on")
    return date(asked.year + 1, 1, 1) if asked else None


_DAYS: Mapping[str, Callable[[Facts], date | None]] = {
    "certificate-after-claim": _after_certificate,
    "cap-person-year": _next_year,
}
