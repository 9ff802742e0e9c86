"""The lines of one claim as the page lists them, and what stands in their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from trainingadmin.applications import queries as applications
from trainingadmin.claims.models import Assessment, Claim, ClaimLine, ClaimStep, Verdict
from trainingadmin.claims.queries.guards import latest_ids
from trainingadmin.claims.states import UNDECIDED, LineState
from trainingadmin.cohorts.models import Enrolment, Result
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import CITY
from trainingadmin.people.models import Person
from trainingadmin.people.name_keys import named
from trainingadmin.plumbing.database import db
from trainingadmin.registers import queries as registers


def _newest() -> Any:
    return (
        select(func.max(Assessment.id)).where(Assessment.line_id == ClaimLine.id).correlate(ClaimLine).scalar_subquery()
    )


def lines(claim_id: int, *, verdict: str = "", state: str = "", q: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of a claim's lines in roster order with their latest facts and findings.

    Narrowed by verdict, by state, and by a name or the last characters of an ID number.
    """
    seen: Select[*tuple[Any, ...]] = (
        select(
            ClaimLine.id,
            Person.name,
            Person.id_number,
            ClaimLine.position,
            ClaimLine.particulars,
            ClaimLine.verdict,
            ClaimLine.entitlement,
            ClaimLine.advance,
            ClaimLine.balance,
            ClaimLine.state,
            ClaimLine.frozen_reason,
            Assessment.facts,
            Assessment.findings,
        )
        .join(Person, Person.id == ClaimLine.person_id)
        .join(Assessment, Assessment.id == _newest())
        .where(ClaimLine.claim_id == claim_id)
        .order_by(ClaimLine.position)
    )
    if verdict in set(Verdict):
        seen = seen.where(ClaimLine.verdict == Verdict(verdict))
    if state in set(LineState):
        seen = seen.where(ClaimLine.state == LineState(state))
    if q:
        seen = seen.where(named(q))
    return seen


@dataclass(slots=True)
class Tally:
    """How many lines of a claim have each verdict and each state, and which conditions stand in the way of how many.

    `waiting` are those somebody has to look at, held or not yet verified; `held` is what the held ones would be paid.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    reasons: list[tuple[str, str, int]] = field(default_factory=list)
    waiting: int = 0
    held: Money = ZERO

    @property
    def people(self) -> int:
        """All lines."""
        return self.verdicts.total()


def tally(claim_id: int) -> Tally:
    """Count the lines of a claim, and the failing or unknown conditions of those that are not eligible."""
    rows = db.session.execute(
        select(ClaimLine.verdict, ClaimLine.state, func.count(), func.sum(ClaimLine.balance))
        .where(ClaimLine.claim_id == claim_id)
        .group_by(ClaimLine.verdict, ClaimLine.state)
    )
    told = Tally()
    for verdict, state, number, balance in rows:
        told.verdicts[verdict.value] += number
        told.states[state.value] += number
        if state is LineState.HELD:
            told.held += balance
        if state is LineState.HELD or (state is LineState.OPEN and verdict is Verdict.UNKNOWN):
            told.waiting += number
    if told.people > told.verdicts[Verdict.ELIGIBLE.value]:
        others = select(ClaimLine.id).where(ClaimLine.claim_id == claim_id, ClaimLine.verdict != Verdict.ELIGIBLE)
        findings = db.session.scalars(select(Assessment.findings).where(Assessment.id.in_(latest_ids(others))))
        told.reasons.extend(reasons(findings))
    return told


def reasons(findings: Any) -> list[tuple[str, str, int]]:
    """Count the failing and unknown conditions of many judgements: code, outcome, people; failures first."""
    found = Counter(
        (one["code"], one["outcome"]) for told in findings for one in told if one["outcome"] in ("fail", "unknown")
    )
    return sorted(
        ((code, outcome, number) for (code, outcome), number in found.items()),
        key=lambda row: (row[1], -row[2], row[0]),
    )


def masked_ids(person_ids: Collection[int]) -> Mapping[int, str]:
    """Return the masked ID number of each person."""
    rows = db.session.execute(select(Person.id, Person.id_number).where(Person.id.in_(person_ids)))
    return {row.id: mask_id(row.id_number) for row in rows}


def steps_of_line(line_id: int) -> list[ClaimStep]:
    """Return what was done to one line, oldest first."""
    return list(db.session.scalars(select(ClaimStep).where(ClaimStep.line_id == line_id).order_by(ClaimStep.id)))


def next_doubtful(line: ClaimLine) -> int | None:
    """Return the next line of the claim, after this one in the roster, that is open or held and not eligible."""
    found: int | None = db.session.scalar(
        select(ClaimLine.id)
        .where(
            ClaimLine.claim_id == line.claim_id,
            ClaimLine.id > line.id,
            ClaimLine.verdict != Verdict.ELIGIBLE,
            ClaimLine.state.in_(UNDECIDED),
        )
        .order_by(ClaimLine.id)
        .limit(1)
    )
    return found


def news_since(claim: Claim) -> datetime | None:
    """Return when a check, a list, a ruling or a verification came after the last judgement, None when none did."""
    lines = select(ClaimLine.id).where(ClaimLine.claim_id == claim.id)
    people = select(ClaimLine.person_id).where(ClaimLine.claim_id == claim.id)
    results = select(func.max(Result.verified_at)).join(Enrolment, Enrolment.id == Result.enrolment_id)
    judged = select(func.max(Assessment.at)).where(Assessment.line_id.in_(lines))
    attested = registers.latest_at(people, claim.payee_id)
    ruled = registers.latest_ruling(people, claim.payee_id)
    imported = registers.latest_import({claim.office_code, CITY})
    verified = results.where(Enrolment.cohort_id == claim.cohort_id)
    visited = applications.latest_visit(claim.application_id)
    at, *news = db.session.execute(
        select(*(one.scalar_subquery() for one in (judged, attested, ruled, imported, verified, visited)))
    ).one()
    newest: datetime | None = max((one for one in news if one is not None), default=None)
    at = max((one for one in (at, claim.judged_at) if one is not None), default=None)
    return newest if newest is not None and (at is None or newest > at) else None


class Unmet(NamedTuple):
    """What stood in one person's way, with the facts that were known and their sources."""

    unmet: list[Any]
    facts: dict[str, Any]
    sources: dict[str, Any]


def unmet_at(claim_id: int, at: datetime) -> list[tuple[int, str, Unmet]]:
    """Return position, name and unmet findings of the people whom something stood in the way of at an instant."""
    lines = select(ClaimLine.id).where(ClaimLine.claim_id == claim_id)
    last = (
        select(func.max(Assessment.id))
        .where(Assessment.line_id.in_(lines), Assessment.at <= at)
        .group_by(Assessment.line_id)
    )
    rows = db.session.execute(
        select(ClaimLine.position, Person.name, Assessment.findings, Assessment.facts, Assessment.sources)
        .join(ClaimLine, ClaimLine.id == Assessment.line_id)
        .join(Person, Person.id == ClaimLine.person_id)
        .where(Assessment.id.in_(last), Assessment.verdict != Verdict.ELIGIBLE)
        .order_by(ClaimLine.position)
    )
    return [
        (position, name, Unmet([one for one in findings if one["outcome"] in ("fail", "unknown")], facts, sources))
        for position, name, findings, facts, sources in rows
    ]


def apprentices(cohort_id: int) -> Select[*tuple[Any, ...]]:
    """Select the people of a cohort in roster order, for checking them with other departments."""
    return (
        select(Enrolment.id, Enrolment.person_id, Enrolment.position, Person.name, Person.id_number)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id)
        .order_by(Enrolment.position)
    )


def apprentice(cohort_id: int, enrolment_id: int) -> Any:
    """Return one person of a cohort as `apprentices` lists them, or None."""
    return db.session.execute(apprentices(cohort_id).where(Enrolment.id == enrolment_id)).one_or_none()


def persons(claim_id: int) -> list[int]:
    """Return whom a claim is for."""
    return list(db.session.scalars(select(ClaimLine.person_id).where(ClaimLine.claim_id == claim_id)))


def flags(claim: Claim, *, people: bool) -> list[registers.Flagged]:
    """Return the flags that are up on the payee of a claim, and on its `people` where the reader may know."""
    theirs = select(ClaimLine.person_id).where(ClaimLine.claim_id == claim.id)
    return registers.flags(theirs if people else [], [claim.payee_id] if claim.payee_id is not None else [])
