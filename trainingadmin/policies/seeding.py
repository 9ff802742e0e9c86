"""Stores the versions and golden cases that come with the application, so that they resolve for ever."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import select

from trainingadmin import schemes
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db, ensure
from trainingadmin.policies import golden, queries
from trainingadmin.policies.models import GoldenCase, PolicyVersion
from trainingadmin.schemes import SCHEMES


def seed() -> int:
    """Store what of every scheme is not stored yet; return how many rows that were. Safe to repeat.

    Once a scheme has stored versions or cases, these are the truth: a later release changes none of them.
    """
    return sum(seed_versions(scheme) + seed_cases(scheme) for scheme in SCHEMES)


def seed_versions(scheme: str) -> int:
    """Store the shipped versions of a scheme that has none yet."""
    if queries.rows(scheme):
        return 0
    shipped = schemes.versions(scheme)
    ends = [later.from_on - timedelta(days=1) for later in shipped[1:]]
    for version, valid_to in zip(shipped, [*ends, None], strict=True):
        ensure(
            PolicyVersion,
            scheme=scheme,
            code=version.code,
            valid_from=version.from_on,
            valid_to=valid_to,
            document=version.document,
            content=queries.written(version),
            digest=version.digest,
            scan_name="",
            drafted_by="",
            activated_by="",
            simulation_digest="",
        )
    return len(shipped)


def seed_cases(scheme: str) -> int:
    """Store the shipped golden cases of a scheme that has none yet."""
    if db.session.scalars(select(GoldenCase.id).where(GoldenCase.scheme == scheme).limit(1)).first() is not None:
        return 0
    cases = [
        {
            "scheme": scheme,
            "name": case["case"],
            "content": json.dumps(case, ensure_ascii=False),
            "note": "",
            "shipped": True,
            "at": clock.now(),
        }
        for case in golden.shipped(scheme)
    ]
    bulk_insert(GoldenCase, cases)
    return len(cases)
