"""Which other trainings are paid for, or bound to be, for the people of a filing: the same for every scheme that asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import COMMITTED
from trainingadmin.classes.models import TrainingClass
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.courses.models import CatalogueItem
from trainingadmin.plumbing.database import db
from trainingadmin.registers.why import Source


class PaidTraining(NamedTuple):
    """One person's training that another claim pays for: an apprentice's has a `level`, other trainings 0; a class has an `item_code`."""

    person_id: int
    number: str
    claimed_on: date
    occupation: str
    level: int
    item_code: str | None
    starts_on: date
    ends_on: date

    def overlaps(self, one: Enrolment) -> bool:
        """Whether it was held while this training was."""
        return self.starts_on <= one.ends_on and one.starts_on <= self.ends_on


def paid_elsewhere(cohort_id: int) -> Mapping[int, list[PaidTraining]]:
    """Return what other claims pay, or are bound to pay, for each person of a filing."""
    found = db.session.execute(
        select(
            ClaimLine.person_id,
            Claim.number,
            Claim.claimed_on,
            Enrolment.occupation,
            func.coalesce(Enrolment.target_level, 0),
            CatalogueItem.code,
            Enrolment.starts_on,
            Enrolment.ends_on,
        )
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(Enrolment, Enrolment.id == ClaimLine.enrolment_id)
        .outerjoin(TrainingClass, TrainingClass.cohort_id == Claim.cohort_id)
        .outerjoin(CatalogueItem, CatalogueItem.id == TrainingClass.item_id)
        .where(
            ClaimLine.person_id.in_(select(Enrolment.person_id).where(Enrolment.cohort_id == cohort_id)),
            ClaimLine.state.in_(COMMITTED),
            Claim.cohort_id != cohort_id,
        )
        .order_by(ClaimLine.id)
    )
    paid: dict[int, list[PaidTraining]] = defaultdict(list)
    for row in found:
        one = PaidTraining._make(row)
        paid[one.person_id].append(one)
    return paid


def of_year(paid: Sequence[PaidTraining], year: int) -> list[PaidTraining]:
    """Return the trainings that count against the cap of a year."""
    return [one for one in paid if one.claimed_on.year == year]


def of_levels(paid: Sequence[PaidTraining]) -> list[PaidTraining]:
    """Return the trainings that lead to a level of an occupation."""
    return [one for one in paid if one.level]


def said(paid: Sequence[PaidTraining]) -> Source:
    """Return the claims that pay for trainings as the source of a fact."""
    return {"from": "claims", "numbers": [one.number for one in paid]}
