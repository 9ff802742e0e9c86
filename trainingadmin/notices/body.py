"""What a notice shows, and nothing more: names, masked numbers, units, standards and sums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from trainingadmin.claims.models import ClaimLine
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.levels import level_name
from trainingadmin.kernel.money import total
from trainingadmin.people.models import Office


def of_lines(lines: Sequence[ClaimLine], office: Office) -> dict[str, Any]:
    """Return the frozen body; `lines` come with enrolment, person, claim, cohort and payee loaded."""
    return {
        "office": office.name,
        "phone": office.phone,
        "headcount": len(lines),
        "total": str(total(line.entitlement for line in lines)),
        "units": _units(lines),
        "rows": [_row(position, line) for position, line in enumerate(lines, start=1)],
    }


def _units(lines: Sequence[ClaimLine]) -> list[dict[str, Any]]:
    units: dict[int, dict[str, Any]] = {}
    for line in lines:
        claim = line.claim
        unit = units.setdefault(
            claim.id,
            {
                "enterprise": claim.payee.name,
                "institution": claim.cohort.institution.name,
                "cohort": claim.cohort.number,
                "claim": claim.number,
                "policy": claim.policy_code,
                "document": (claim.cohort.policy or {}).get("document", ""),
                "headcount": 0,
                "fen": 0,
            },
        )
        unit["headcount"] += 1
        unit["fen"] += line.entitlement.fen
    return list(units.values())


def _row(position: int, line: ClaimLine) -> dict[str, Any]:
    return {
        "position": position,
        "name": line.person.name,
        "id": mask_id(line.person.id_number),
        "enterprise": line.claim.payee.name,
        "occupation": line.enrolment.occupation,
        "level": level_name(line.enrolment.target_level),
        "months": line.enrolment.filed_months,
        "amount": str(line.entitlement),
    }


def digest(body: dict[str, Any]) -> str:
    """Return the SHA-256 under which the notice is archived."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
