"""What the lists of every kind of filing share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_
from sqlalchemy.sql.expression import SQLColumnExpression

from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState


def narrowed(
    seen: Select[*tuple[Any, ...]], q: str, state: str, *fields: SQLColumnExpression[str]
) -> Select[*tuple[Any, ...]]:
    """Narrow a list of filings of any kind by words in some of its columns and by state; the newest first."""
    if q:
        seen = seen.where(or_(*(field.icontains(q, autoescape=True) for field in fields)))
    if state in set(CohortState):
        seen = seen.where(Cohort.state == CohortState(state))
    return seen.order_by(Cohort.id.desc())


def by_state(seen: Select[Cohort]) -> Select[*tuple[Any, ...]]:
    """Select each state with the number of filings in it."""
    return seen.with_only_columns(Cohort.state, func.count()).group_by(Cohort.state)
