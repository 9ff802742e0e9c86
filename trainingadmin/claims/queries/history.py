"""A line's judgements over time, each compared with the one before and with its digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from trainingadmin import schemes
from trainingadmin.claims.models import Assessment, Verdict
from trainingadmin.claims.states import Occasion
from trainingadmin.people.models import Account
from trainingadmin.plumbing.database import db


def content_of(assessment: Assessment) -> dict[str, Any]:
    """Return what an assessment's digest covers, as JSON."""
    return {
        "policy_code": assessment.policy_code,
        "policy_digest": assessment.policy_digest,
        "facts": assessment.facts,
        "sources": assessment.sources,
        "findings": assessment.findings,
        "verdict": assessment.verdict.value,
        "entitlement": str(assessment.entitlement),
        "advance": None if assessment.advance is None else str(assessment.advance),
    }


def intact(assessment: Assessment) -> bool:
    """Tell whether an assessment still is what its digest was made of."""
    return schemes.digest_of(content_of(assessment)) == assessment.digest


@dataclass(frozen=True, slots=True)
class Judged:
    """One assessment in a line's history, with who made it (nobody: the system) and the one before it."""

    assessment: Assessment
    who: str | None
    before: Assessment | None

    @property
    def changes(self) -> tuple[str, ...]:
        """The conditions that came out differently than before."""
        if self.before is None:
            return ()
        outcomes = {one["code"]: one["outcome"] for one in self.before.findings}
        return tuple(one["code"] for one in self.assessment.findings if outcomes.get(one["code"]) != one["outcome"])

    def change(self, name: str) -> tuple[Any, Any] | None:
        """What the assessment's `name` was before and is now, where that differs; None of the first."""
        if self.before is None or (was := getattr(self.before, name)) == (now := getattr(self.assessment, name)):
            return None
        return was, now

    @property
    def verdict(self) -> Verdict:
        """What the scheme said."""
        return self.assessment.verdict

    @property
    def occasion(self) -> Occasion:
        """Why it was judged."""
        return Occasion(self.assessment.occasion)


def assessments(line_id: int) -> list[Judged]:
    """Return every judgement of a line, newest first, each compared with the one before it."""
    rows = db.session.execute(
        select(Assessment, Account.name)
        .outerjoin(Account, Account.id == Assessment.account_id)
        .where(Assessment.line_id == line_id)
        .order_by(Assessment.id)
    )
    history: list[Judged] = []
    for assessment, who in rows:
        before = history[-1].assessment if history else None
        history.append(Judged(assessment, who, before))
    return history[::-1]
