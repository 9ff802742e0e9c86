"""What is known of everybody trained at work in a filing: the months proved, and those that may not be paid again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from trainingadmin.claims.evidence.shapes import Evidence
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import COMMITTED
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.evidence import version_of
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import WORK_SCHEME
from trainingadmin.cohorts.ways import roster_source
from trainingadmin.kernel.dates import add_months, month_text, parse_month
from trainingadmin.kernel.names import fold
from trainingadmin.plumbing.database import db
from trainingadmin.registers import evidence as registers
from trainingadmin.registers.evidence import Asked, Told
from trainingadmin.registers.states import Fact
from trainingadmin.registers.why import Source
from trainingadmin.schemes.work_as_training import Facts, Months, months_left
from trainingadmin.wages import queries as wages
from trainingadmin.wages.queries import Proof

_PAID = "monthly"
"""What a sum owed for one month is called in a line's `owed`."""

Training = tuple[str, date, date]  # number, first and last day


def gather(cohort: Cohort, claimed_on: date) -> list[Evidence]:
    """Return what is known of everybody of a filing, in roster order: as many queries for three as for thirty."""
    people = cohorts.people(cohort.id)
    ids = [one.person_id for one in people]
    proved, paid, others = wages.proved(cohort.id), _paid(ids, cohort.id), wages.other_trainings(ids, cohort.id)
    told = registers.gather([Asked(one, claimed_on) for one in ids], cohort.operator, cohort.office_code)
    roster: Source = {"from": "roster", **roster_source(cohort.id)}
    return [
        _evidence(cohort, one, proved.get(one.id, ()), paid[one.person_id], others.get(one.person_id, ()),
                  _insured(cohort, one, told, claimed_on, roster))
        for one in people
    ]  # fmt: skip


def _evidence(
    cohort: Cohort,
    enrolment: Enrolment,
    proofs: Sequence[Proof],
    paid: Mapping[date, str],
    others: Sequence[Training],
    insured: tuple[bool | None, Source],
) -> Evidence:
    months = tuple(one.month for one in proofs)
    taken = {month: number for number, first, last in others for month in _months(first, last)}
    facts = Facts(
        case=f"{cohort.number}/{enrolment.position}",
        policy_on=cohort.starts_on,
        months=months,
        months_paid_before=tuple(sorted(paid)),
        in_other_training_months=tuple(sorted(taken)),
        born_on=enrolment.person.born_on,
        insured_by_applicant=insured[0],
    )
    sources: dict[str, Source] = {
        "months": {"from": "wages", "who": _entered_by(proofs), "vouchers": [one.voucher for one in proofs]},
        "months_paid_before": {"from": "claims", "numbers": sorted(set(paid.values()))},
        "in_other_training_months": {"from": "filings", "numbers": sorted(set(taken.values()))},
        "born_on": {"from": "id_number"},
        "insured_by_applicant": insured[1],
    }
    left = months_left(facts, version_of(cohort).parameters) or ()
    particulars = {"post": enrolment.post, "months": [month_text(one) for one in left]}
    return Evidence(enrolment.position, enrolment.person, enrolment, facts, sources, particulars)


def _entered_by(proofs: Sequence[Proof]) -> str:
    return "、".join(dict.fromkeys(one.who for one in proofs))


def _paid(person_ids: Collection[int], cohort_id: int) -> Mapping[int, dict[date, str]]:
    """Return by person the months that other claims pay, or are bound to pay, each with the claim's number."""
    rows = db.session.execute(
        select(ClaimLine.person_id, ClaimLine.owed, Claim.number)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(
            Claim.scheme == WORK_SCHEME,
            Claim.cohort_id != cohort_id,
            ClaimLine.person_id.in_(person_ids),
            ClaimLine.state.in_(COMMITTED),
        )
        .order_by(ClaimLine.id)
    )
    paid: dict[int, dict[date, str]] = defaultdict(dict)
    for person_id, owed, number in rows:
        paid[person_id] |= {parse_month(one["period"]): number for one in owed if one["kind"] == _PAID}
    return paid


def _months(first: date, last: date) -> Months:
    """Return the months that a term inclusive of both ends touches."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(add_months(first.replace(day=1), at) for at in range(count))


def _insured(cohort: Cohort, enrolment: Enrolment, told: Told, day: date, roster: Source) -> tuple[bool | None, Source]:
    """Return whether the applicant insures a person: lists and officers go before what the roster states."""
    known: Any = told.of(Fact.INSURED_BY_APPLICANT, Asked(enrolment.person_id, day))
    if known is not None:
        return known.value, known.source
    stated = _plain(enrolment.insured_unit)
    return (stated == _plain(cohort.operator.name), roster) if stated else (None, {"from": "unattested"})


def _plain(unit: str) -> str:
    return fold(unit).replace(" ", "")
