"""What is known of each apprentice of a filing and where each fact comes from, gathered in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased, defer

from trainingadmin.attendance import queries as attendance
from trainingadmin.attendance.queries import Totals
from trainingadmin.claims.evidence.shapes import Evidence
from trainingadmin.claims.evidence.trainings import PaidTraining, of_levels, of_year, paid_elsewhere, said
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import EnrolmentState, Outcome
from trainingadmin.cohorts.ways import roster_source
from trainingadmin.kernel.dates import retirement_day
from trainingadmin.kernel.identifiers import Sex
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.names import fold
from trainingadmin.people.models import Account, Person
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.registers import evidence as registers
from trainingadmin.registers.evidence import Asked, Told
from trainingadmin.registers.states import Fact
from trainingadmin.registers.why import Source
from trainingadmin.schemes.apprenticeship_terms import Certificate, Facts, PaidBefore

FILING: Source = {"from": "filing"}
ROSTER: Source = {"from": "roster"}
ID_NUMBER: Source = {"from": "id_number"}
CHANGES: Source = {"from": "changes"}
ATTENDANCE: Source = {"from": "attendance"}
PAYMENTS: Source = {"from": "payments"}
CLAIM: Source = {"from": "claim"}
UNATTESTED: Source = {"from": "unattested"}
NO_RESULT: Source = {"from": "no_result"}

_BASE: Mapping[str, Source] = {
    "filed_on": FILING,
    "claimed_on": CLAIM,
    "born_on": ID_NUMBER,
    "retirement_class": ID_NUMBER,
    "contract_from": ROSTER,
    "contract_to": ROSTER,
    "starts_on": ROSTER,
    "filed_months": ROSTER,
    "extended_months": CHANGES,
    "left_early": CHANGES,
    "occupation": ROSTER,
    "target_level": ROSTER,
    "plan_hours_per_year": FILING,
    "planned_minutes": ATTENDANCE,
    "credited_minutes": ATTENDANCE,
    "advance_paid": PAYMENTS,
}


class _Row(NamedTuple):
    enrolment: Enrolment
    person: Person
    result: Result | None
    verifier: str | None
    recorder: str | None


def gather(cohort: Cohort, claimed_on: date) -> list[Evidence]:
    """Return what is known of every person of a cohort, in roster order: as many queries for three as for thirty."""
    rows, sources = _rows(cohort.id), _sources(cohort.id)
    totals = attendance.totals(cohort.id)
    told = registers.gather([_asked(row, claimed_on) for row in rows], cohort.operator, cohort.office_code)
    paid = paid_elsewhere(cohort.id)
    return [
        _evidence(cohort, claimed_on, row, totals, told, paid.get(row.person.id, ()), dict(sources)) for row in rows
    ]


def _asked(row: _Row, claimed_on: date) -> Asked:
    """Lists are asked about the last day of the training: what they say of the time after it is no bar."""
    ended_on = row.result.ended_on if row.result else row.enrolment.left_on
    return Asked(row.person.id, ended_on or claimed_on)


def _sources(cohort_id: int) -> Mapping[str, Source]:
    roster = {**ROSTER, **roster_source(cohort_id)}
    return {name: roster if source is ROSTER else source for name, source in _BASE.items()}


def _rows(cohort_id: int) -> list[_Row]:
    verifier, recorder = aliased(Account), aliased(Account)
    found = db.session.execute(
        select(Enrolment, Person, Result, verifier.name, recorder.name)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Result, Result.enrolment_id == Enrolment.id)
        .outerjoin(verifier, verifier.id == Result.verified_by)
        .outerjoin(recorder, recorder.id == Result.entered_by)
        .where(Enrolment.cohort_id == cohort_id)
        .order_by(Enrolment.position)
        # Nothing here needs them, and each would be deciphered.
        .options(defer(Person.id_number), defer(Person.phone))
    )
    return [_Row._make(row) for row in found]


def _evidence(
    cohort: Cohort,
    claimed_on: date,
    row: _Row,
    totals: Mapping[int, Totals],
    told: Told,
    paid: Sequence[PaidTraining],
    sources: dict[str, Source],
) -> Evidence:
    enrolment, person, result = row.enrolment, row.person, row.result
    this_year, asked = of_year(paid, claimed_on.year), _asked(row, claimed_on)
    answers, attended = _answers(cohort, enrolment, told, asked, sources), totals.get(enrolment.id)
    sources |= _sources_of_result(row) | {"paid_before": said(of_levels(paid)), "trainings_this_year": said(this_year)}
    facts = Facts(
        case=f"{cohort.number}/{enrolment.position}",
        stage="claim",
        filed_on=cohort.filed_on,
        claimed_on=claimed_on,
        born_on=person.born_on,
        retirement_class=_retirement_class(enrolment, person, sources),
        contract_from=enrolment.contract_from,
        contract_to=enrolment.contract_to,
        starts_on=enrolment.starts_on,
        filed_months=enrolment.filed_months,
        extended_months=enrolment.extended_months,
        ended_on=result.ended_on if result else enrolment.left_on,
        left_early=_left_early(enrolment, told, asked, sources),
        occupation=enrolment.occupation,
        target_level=enrolment.target_level,
        plan_hours_per_year=cohort.plan_hours_per_year,
        planned_minutes=attended.planned_minutes if attended else None,
        credited_minutes=attended.credited_minutes if attended else None,
        certificate=_certificate(result),
        no_certificate=True if result is not None and result.outcome is Outcome.FAILED else None,
        paid_before=tuple(PaidBefore(occupation=one.occupation, level=one.level) for one in of_levels(paid)),
        trainings_this_year=len(this_year),
        advance_paid=_advance_paid(enrolment),
        **answers,
    )
    return Evidence(enrolment.position, person, enrolment, facts, sources, particulars(enrolment))


def particulars(enrolment: Enrolment) -> dict[str, Any]:
    """Return what is said of an apprentice's line."""
    return {
        "occupation": enrolment.occupation,
        "occupation_code": enrolment.occupation_code,
        "level": enrolment.target_level,
        "months": enrolment.filed_months,
        "period": [enrolment.starts_on.isoformat(), enrolment.ends_on.isoformat()],
    }


def _answers(
    cohort: Cohort, enrolment: Enrolment, told: Told, asked: Asked, sources: dict[str, Source]
) -> dict[str, Any]:
    """Return the facts that other departments know, noting the source of each; those nobody answered are None."""
    answers: dict[str, Any] = {}
    for fact in Fact:
        known = told.of(fact, asked)
        answers[fact.value] = known.value if known else None
        sources[fact.value] = known.source if known else UNATTESTED
    # Lists and officers go before what the roster states.
    insured = Fact.INSURED_BY_APPLICANT.value
    if sources[insured] is UNATTESTED and (stated := _insured(cohort, enrolment)) is not None:
        answers[insured], sources[insured] = stated, sources["starts_on"]
    return answers


def _left_early(enrolment: Enrolment, told: Told, asked: Asked, sources: dict[str, Source]) -> bool | None:
    """Whoever died before the end left before it; a doubtful line of a death list is for a human first."""
    death = told.death(asked)
    if enrolment.state is EnrolmentState.LEFT or death is None:
        return enrolment.state is EnrolmentState.LEFT
    sources["left_early"] = death.source
    return death.value


def _sources_of_result(row: _Row) -> dict[str, Source]:
    result = row.result
    if result is None:
        ended: Source = CHANGES if row.enrolment.left_on else NO_RESULT
        return {"certificate": NO_RESULT, "no_certificate": NO_RESULT, "ended_on": ended}
    entered: Source = {"from": "result", "who": row.recorder, "on": _day(result.entered_at)}
    verified: Source = {
        "from": "verification",
        "source": result.verified_source,
        "who": row.verifier,
        "on": _day(result.verified_at),
    }
    certificate = entered if result.verified is None else verified
    return {"certificate": certificate, "no_certificate": entered, "ended_on": entered}


def _certificate(result: Result | None) -> Certificate | None:
    if result is None or result.outcome is not Outcome.PASSED:
        return None
    return Certificate(
        occupation=result.occupation,
        level=result.level,
        number=result.certificate_number,
        issued_on=result.issued_on,
        verified=result.verified,
    )


def _advance_paid(enrolment: Enrolment) -> Money | None:
    # None while the bank has not answered; where no advance was planned there is none to wait for.
    return enrolment.advance_paid if enrolment.advance else enrolment.advance_paid or ZERO


def _retirement_class(enrolment: Enrolment, person: Person, sources: dict[str, Source]) -> str | None:
    """Return the class stated at filing, else a man's, else a woman's where both ages say the same of the start.

    Which age applies to a woman depends on her post; nobody is refused by a guess.
    Clause: 国务院关于渐进式延迟法定退休年龄的办法.
    """
    if enrolment.retirement_class:
        sources["retirement_class"] = FILING
        return enrolment.retirement_class
    if person.sex == Sex.MALE:
        return "M60"
    at_50, at_55 = (enrolment.starts_on >= retirement_day(person.born_on, kind) for kind in ("F50", "F55"))
    return "F50" if at_50 == at_55 else None


def _insured(cohort: Cohort, enrolment: Enrolment) -> bool | None:
    """Return what the roster states; a blank cell is not known."""
    stated = _plain(enrolment.insured_unit)
    return stated == _plain(cohort.operator.name) if stated else None


def _plain(unit: str) -> str:
    return fold(unit).replace(" ", "")


def _day(moment: datetime | None) -> str:
    return clock.local(moment).date().isoformat() if moment else ""
