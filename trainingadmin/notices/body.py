"""What a notice shows, and nothing more: names, masked numbers, units, standards and sums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.money import total
from trainingadmin.people.models import Office
from trainingadmin.policies.queries import by_digest
from trainingadmin.schemes import SCHEMES, owing


def of_lines(lines: Sequence[ClaimLine], office: Office) -> dict[str, Any]:
    """Return the frozen body; `lines` come with person and claim loaded."""
    return {
        "office": office.name,
        "phone": office.phone,
        "headcount": len(lines),
        "total": str(total(line.entitlement for line in lines)),
        "units": _units(lines),
        "about": labels(lines[0].claim.scheme),
        "rows": [_row(position, line) for position, line in enumerate(lines, start=1)],
    }


def _units(lines: Sequence[ClaimLine]) -> list[dict[str, Any]]:
    units: dict[int, dict[str, Any]] = {}
    for line in lines:
        claim = line.claim
        unit = units.setdefault(
            claim.id,
            {
                "enterprise": claim.applicant,
                "institution": _institution(claim),
                "cohort": claim.cohort.number if claim.cohort is not None else "",
                "title": claim.title,
                "claim": claim.number,
                "policy": claim.policy_code,
                "document": _document(claim),
                "headcount": 0,
                "fen": 0,
            },
        )
        unit["headcount"] += 1
        unit["fen"] += line.entitlement.fen
    return list(units.values())


def _institution(claim: Claim) -> str:
    taught_by = claim.cohort.institution if claim.cohort is not None else None
    return taught_by.name if taught_by is not None else ""


def _document(claim: Claim) -> str:
    if claim.cohort is not None:
        return str((claim.cohort.policy or {}).get("document", ""))
    version = by_digest(claim.policy_digest or "")
    return version.document if version is not None else ""


def labels(scheme: str) -> list[str]:
    """Return what is said of each line beside name and sum, in the order of `about`."""
    return [one.label_zh for one in SCHEMES[scheme].particulars if one.brief]


def _row(position: int, line: ClaimLine) -> dict[str, Any]:
    return {
        "position": position,
        "name": line.person.name,
        "id": mask_id(line.person.id_number),
        "enterprise": line.claim.applicant if line.claim.payee_id is not None else "",
        "about": owing.in_brief(SCHEMES[line.claim.scheme].particulars, line.particulars, english=False),
        "amount": str(line.entitlement),
    }


def digest(body: dict[str, Any]) -> str:
    """Return the SHA-256 under which the notice is archived."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
