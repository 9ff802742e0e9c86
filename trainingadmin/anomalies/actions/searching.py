"""Searches for anomalies and keeps those that are new.

What nobody has looked at yet is kept as it is seen now; once a human has said what they found out, the evidence that they
had before them stays, whatever becomes of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from trainingadmin.anomalies import queries
from trainingadmin.anomalies.detecting import Sighting, everything
from trainingadmin.anomalies.models import Anomaly, AnomalyPerson, AnomalySearch
from trainingadmin.kernel.roles import SYSTEM
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db


def search_if_new() -> int:
    """Search when anything that is searched came in since the last search; return how many anomalies are new."""
    return 0 if queries.searched() == queries.newest() else search()


def search() -> int:
    """Search everything; return how many anomalies are new. Safe to run at any time: a thing is kept once."""
    seen = queries.newest()
    known, undecided = queries.known_keys(), queries.undecided()
    found, renewed = 0, 0
    for sighting in everything(queries.limits()):
        if sighting.key not in known:
            known.add(sighting.key)
            _keep(sighting)
            found += 1
        elif (kept := undecided.pop(sighting.key, None)) is not None:
            renewed += _renew(kept, sighting)
    db.session.add(AnomalySearch(seen=seen, found=found, at=clock.now()))
    if found or renewed:
        journal.record("find-anomalies", "anomalies", by=SYSTEM, found=found, renewed=renewed)
    return found


def _evidence(sighting: Sighting) -> dict[str, Any]:
    told = {"facts": dict(sighting.facts), "places": sighting.places}
    return dict(json.loads(json.dumps(told)))  # as it will be read back, or it would never be the same


def _renew(kept: Anomaly, sighting: Sighting) -> bool:
    """Tell an anomaly as it is seen now; return whether anything is different."""
    evidence = _evidence(sighting)
    if kept.evidence == evidence:
        return False
    kept.evidence = evidence
    named = {one.id for one in queries.people(kept.id)}
    _name(kept, {enrolment: person for enrolment, person in sighting.people.items() if enrolment not in named})
    return True


def _keep(sighting: Sighting) -> None:
    kept = Anomaly(
        kind=sighting.kind,
        key=sighting.key,
        office_code=sighting.office_code,
        cohort_id=sighting.cohort_id,
        evidence=_evidence(sighting),
        first_seen_at=clock.now(),
    )
    db.session.add(kept)
    db.session.flush()
    _name(kept, sighting.people)


def _name(kept: Anomaly, people: Mapping[int, int]) -> None:
    rows = [
        {"anomaly_id": kept.id, "enrolment_id": enrolment_id, "person_id": person_id}
        for enrolment_id, person_id in sorted(people.items())
    ]
    bulk_insert(AnomalyPerson, rows)
