"""What a month comes to over all filings one may see, read from the sums that the marks keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from trainingadmin.attendance.models import CohortMonth
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.queries import visible_to
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing.database import db, in_chunks

_CHUNK = 1_000

SUMS = ("present", "absent", "leave", "planned_minutes", "credited_minutes", "leave_minutes")


def _sums() -> list[Any]:
    return [func.sum(getattr(CohortMonth, name)).label(name) for name in SUMS]


def of_month(actor: Actor, month: date) -> Select[*tuple[Any, ...]]:
    """Select a month's sums of each filing that had class in it: all kinds of session together."""
    seen = visible_to(actor).with_only_columns(Cohort.id)
    return (
        select(Cohort.id, Cohort.number, Cohort.title, Organisation.name.label("operator"), *_sums())
        .join(Cohort, Cohort.id == CohortMonth.cohort_id)
        .join(Organisation, Organisation.id == Cohort.operator_id)
        .where(CohortMonth.month == month, CohortMonth.cohort_id.in_(seen))
        .group_by(Cohort.id, Cohort.number, Cohort.title, Organisation.name)
        .order_by(Cohort.number)
    )


def filings(cohort_ids: Sequence[int]) -> Iterator[Cohort]:
    """Return filings that a report names, whole."""
    for part in in_chunks(cohort_ids, _CHUNK):
        yield from db.session.scalars(select(Cohort).where(Cohort.id.in_(part))).unique()


def all_months(actor: Actor) -> list[Any]:
    """Return the sums of every month and kind of session over all filings one may see, the latest month first."""
    seen = visible_to(actor).with_only_columns(Cohort.id)
    rows = (
        select(CohortMonth.month, CohortMonth.kind, *_sums())
        .where(CohortMonth.cohort_id.in_(seen))
        .group_by(CohortMonth.month, CohortMonth.kind)
        .order_by(CohortMonth.month.desc(), CohortMonth.kind)
    )
    return list(db.session.execute(rows))
