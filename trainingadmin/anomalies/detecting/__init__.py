"""Everything that is looked for, one detector after the other; each reads, none writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from trainingadmin.anomalies.detecting import counted, flagged, scanned, twice
from trainingadmin.anomalies.detecting.sighting import Sighting

DETECTORS: tuple[Callable[[Mapping[str, int]], Iterable[Sighting]], ...] = (
    flagged.odd_marks,
    flagged.after_death,
    twice.people_in_two_places,
    twice.teachers_in_two_places,
    twice.copied_rosters,
    scanned.relayed_codes,
    scanned.bad_codes,
    counted.perfect_filings,
    counted.many_certificates,
    counted.insurance_churn,
)

__all__ = ["DETECTORS", "Sighting", "everything"]


def everything(limits: Mapping[str, int]) -> Iterator[Sighting]:
    """Yield whatever any detector sees."""
    for detect in DETECTORS:
        yield from detect(limits)
