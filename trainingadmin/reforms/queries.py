"""Reads of simulations, of whom they touch, and of what is still to be judged under a new version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from trainingadmin.applications.models import Application
from trainingadmin.claims.actions.reforming import OPEN
from trainingadmin.claims.models import Assessment, Claim, ClaimLine
from trainingadmin.claims.queries import latest_ids
from trainingadmin.claims.states import UNDECIDED, ClaimState
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.money import ZERO
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Organisation, Person
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.policies.models import PolicyDraft, PolicyVersion
from trainingadmin.reforms.models import Reassessment, SimulatedLine, Simulation, SimulationPart
from trainingadmin.reforms.states import UNDER_WAY, SimulationState
from trainingadmin.schemes import SCHEMES

S = ClaimState
_DECIDED = (S.APPROVED, S.IN_NOTICE, S.CLEARED, S.PAYING, S.PAID)


# Simulations ------------------------------------------------------------------------------------------------------------


def simulation_for(draft: PolicyDraft) -> Simulation | None:
    """Return the latest finished simulation of exactly the draft's figures, if there is one."""
    of_figures = select(Simulation).where(
        Simulation.draft_id == draft.id,
        Simulation.digest == draft.digest,
        Simulation.state == SimulationState.DONE,
    )
    return db.session.scalars(of_figures.order_by(Simulation.id.desc()).limit(1)).first()


def simulations(draft_id: int) -> list[Simulation]:
    """Return a draft's simulations, the newest first."""
    found = select(Simulation).where(Simulation.draft_id == draft_id).order_by(Simulation.id.desc())
    return list(db.session.scalars(found))


def simulation(simulation_id: int) -> Simulation | None:
    """Return one simulation."""
    return db.session.get(Simulation, simulation_id)


def under_way(draft_id: int) -> Simulation | None:
    """Return the simulation of a draft that has not ended, if there is one."""
    running = select(Simulation).where(Simulation.draft_id == draft_id, Simulation.state.in_(UNDER_WAY))
    return db.session.scalars(running).one_or_none()


def judged(simulation_id: int) -> int:
    """Count the people of a simulation's finished parts."""
    done = select(func.sum(SimulationPart.people)).where(
        SimulationPart.simulation_id == simulation_id, SimulationPart.done_at.is_not(None)
    )
    return int(db.session.scalar(done) or 0)


def undone_simulations() -> list[int]:
    """Return the simulations that have not ended and that nobody is working on."""
    at_work = exists().where(
        SimulationPart.simulation_id == Simulation.id,
        SimulationPart.done_at.is_(None),
        SimulationPart.lease_until >= clock.now(),
    )
    waiting = select(Simulation.id).where(Simulation.state.in_(UNDER_WAY), ~at_work)
    return list(db.session.scalars(waiting.order_by(Simulation.id)))


def cuts(scheme: str, size: int) -> list[tuple[int, int, int]]:
    """Cut the lines of a scheme's claims into runs of at most `size`: first id, last id, people."""
    runs: list[tuple[int, int, int]] = []
    last = 0
    while True:
        ids = (
            select(ClaimLine.id)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .where(Claim.scheme == scheme, ClaimLine.id > last)
            .order_by(ClaimLine.id)
            .limit(size)
            .subquery()
        )
        first, last_id, people = db.session.execute(
            select(func.min(ids.c.id), func.max(ids.c.id), func.count()).select_from(ids)
        ).one()
        if not people:
            return runs
        runs.append((first, last_id, people))
        last = last_id


@dataclass(frozen=True, slots=True, repr=False)
class Stored:
    """The stored facts of one line, with what the sums are broken down by."""

    line_id: int
    facts: dict[str, Any]
    office_code: str
    payee_id: int | None
    month: str
    open: bool


def stored_facts(scheme: str, first: int, last: int) -> list[Stored]:
    """Return the latest facts of the lines of a run, with office, payee, month of the claim; two queries."""
    lines = select(ClaimLine.id).where(ClaimLine.id.between(first, last))
    rows = db.session.execute(
        select(
            ClaimLine.id,
            Assessment.facts,
            Claim.office_code,
            Claim.payee_id,
            Claim.claimed_on,
            Claim.state,
            ClaimLine.state,
        )
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(Assessment, Assessment.line_id == ClaimLine.id)
        .where(Claim.scheme == scheme, Assessment.id.in_(latest_ids(lines)))
        .order_by(ClaimLine.id)
    )
    return [
        Stored(
            line_id,
            facts,
            office,
            payee,
            f"{claimed_on:%Y-%m}",
            claim_state in OPEN and line_state in UNDECIDED,
        )
        for line_id, facts, office, payee, claimed_on, claim_state, line_state in rows
    ]


def touched(simulation_id: int, actor: Actor, *, kind: str = "", bound: bool = False) -> Select[*tuple[Any, ...]]:
    """Select the people a simulation changes, the largest losses first; `kind`: "gains" or "loses"."""
    seen: Select[*tuple[Any, ...]] = (
        select(
            SimulatedLine.line_id,
            Person.name,
            Person.id_number,
            Claim.number,
            func.coalesce(Organisation.name, Claim.applicant).label("payee"),
            SimulatedLine.verdict_before,
            SimulatedLine.verdict_after,
            SimulatedLine.before,
            SimulatedLine.after,
            SimulatedLine.difference,
            SimulatedLine.bound,
            SimulatedLine.codes,
        )
        .join(ClaimLine, ClaimLine.id == SimulatedLine.line_id)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(Person, Person.id == ClaimLine.person_id)
        .outerjoin(Organisation, Organisation.id == Claim.payee_id)
        .where(SimulatedLine.simulation_id == simulation_id, office_filter(Claim.office_code, actor))
        .order_by(SimulatedLine.difference, SimulatedLine.line_id)
    )
    if kind == "gains":
        seen = seen.where(SimulatedLine.difference > ZERO)
    if kind == "loses":
        seen = seen.where(SimulatedLine.difference < ZERO)
    return seen.where(SimulatedLine.bound) if bound else seen


# What a new version still has to judge ----------------------------------------------------------------------------------


def _behind(version: PolicyVersion) -> ColumnElement[bool]:
    """Tell of a filing whether the version binds it and it is not under it yet; decided claims keep theirs."""
    decided = exists().where(Claim.cohort_id == Cohort.id, Claim.state.in_(_DECIDED))
    until = [] if version.valid_to is None else [Cohort.filed_on <= version.valid_to]
    in_range = [Cohort.filed_on >= version.valid_from, *until]
    frozen = Cohort.state.in_((CohortState.APPROVED, CohortState.COMPLETED))
    other = or_(Cohort.policy_digest.is_(None), Cohort.policy_digest != version.digest)
    conditions: ColumnElement[bool] = Cohort.scheme == version.scheme
    for more in (frozen, other, ~decided, *in_range):
        conditions = conditions & more
    return conditions


def behind(version: PolicyVersion, limit: int = 50) -> list[int]:
    """Return filings that a version binds and that are still judged under another, oldest first."""
    found = select(Cohort.id).where(_behind(version)).order_by(Cohort.id).limit(limit)
    return list(db.session.scalars(found))


def _own_behind(version: PolicyVersion) -> Select[int]:
    """Select the open claims in people's own names that a version binds by their anchor date and that are not under it."""
    anchor = Application.facts[SCHEMES[version.scheme].anchor].as_string()
    until = [] if version.valid_to is None else [anchor <= version.valid_to.isoformat()]
    bound = [anchor >= version.valid_from.isoformat(), *until]
    other = Claim.policy_digest != version.digest
    mine = select(Claim.id).join(Application, Application.id == Claim.application_id)
    return mine.where(Claim.scheme == version.scheme, Claim.state.in_(OPEN), other, *bound)


def own_behind(version: PolicyVersion, limit: int = 50) -> list[int]:
    """Return the open claims in people's own names that a version binds and that are judged under another, oldest first."""
    return list(db.session.scalars(_own_behind(version).order_by(Claim.id).limit(limit)))


def count_behind(version: PolicyVersion) -> int:
    """Count what `behind` and `own_behind` would return without a limit."""
    filings = db.session.scalar(select(func.count()).select_from(Cohort).where(_behind(version))) or 0
    return filings + (db.session.scalar(select(func.count()).select_from(_own_behind(version).subquery())) or 0)


def version_by_id(version_id: int) -> PolicyVersion | None:
    """Return one stored version."""
    return db.session.get(PolicyVersion, version_id)


def reassessment(version_id: int) -> Reassessment | None:
    """Return how far the re-assessment under a version is; None where there was none."""
    return db.session.get(Reassessment, version_id)


def undone_reassessments() -> list[int]:
    """Return the versions put into force here that still have filings to judge, and that nobody is working on."""
    free = or_(Reassessment.lease_until.is_(None), Reassessment.lease_until < clock.now())
    rows = db.session.scalars(
        select(PolicyVersion).join(Reassessment, Reassessment.version_id == PolicyVersion.id).where(free)
    ).all()
    begun = {row.version_id for row in db.session.scalars(select(Reassessment).where(Reassessment.ended_at.is_(None)))}
    return [version.id for version in rows if version.id in begun or count_behind(version)]
