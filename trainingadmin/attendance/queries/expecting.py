"""When a session is on, who is expected in it, and how many of those nobody has noted yet."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, literal, or_, select

from trainingadmin.attendance.models import Mark, Roll, Session
from trainingadmin.attendance.queries.marks import begins
from trainingadmin.attendance.queries.sums import OWN_GROUP, ended
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db

_EXPECTED = and_(
    Enrolment.cohort_id == Session.cohort_id,
    OWN_GROUP,
    or_(Enrolment.left_on.is_(None), Session.held_on <= Enrolment.left_on),
)


class Phase(StrEnum):
    """Where a session stands by the clock: nobody missed anything of it before it is over."""

    AHEAD = "ahead"
    RUNNING = "running"
    OVER = "over"


def phase(held: Any) -> Phase:
    """Return where a session stands now; `held` has its day and its times."""
    now = clock.now()
    if now < begins(held.held_on, held.starts_at):
        return Phase.AHEAD
    return Phase.RUNNING if now < begins(held.held_on, held.ends_at) else Phase.OVER


def missing(cohort_id: int) -> Subquery:
    """Select of each session of a filing how many are expected in it without any mark, as `session_id` and `people`.

    Expected is who `evidence.expected` names, but for those of other groups who came all the same.
    """
    of_it = Session.cohort_id == cohort_id
    expected = _counted(select(Session.id).join(Enrolment, _EXPECTED).where(of_it))
    marked = (
        select(Session.id)
        .join(Roll, Roll.session_id == Session.id)
        .join(Mark, Mark.roll_id == Roll.id)
        .join(Enrolment, and_(Enrolment.id == Mark.enrolment_id, _EXPECTED))
        .where(of_it)
    )
    noted = _counted(marked)
    lacking = expected.c.people - func.coalesce(noted.c.people, 0)
    joined = select(expected.c.session_id, lacking.label("people"))
    return joined.outerjoin(noted, noted.c.session_id == expected.c.session_id).subquery()


def _counted(people: Select[Any]) -> Subquery:
    number = func.count(Enrolment.id.distinct()).label("people")
    return people.with_only_columns(Session.id.label("session_id"), number).group_by(Session.id).subquery()


def waiting(lacking: Subquery) -> ColumnElement[bool]:
    """Tell of a session, outer joined to what `missing` selects, that it is over and somebody is still to be noted."""
    now = clock.local(clock.now())
    nobody = ~exists().where(Roll.session_id == Session.id)
    return and_(ended(literal(now.date()), literal(now.time())), or_(lacking.c.people > 0, nobody))


def unmarked(cohort_id: int) -> int:
    """Return how many sessions are over in which somebody expected has no mark."""
    lacking = missing(cohort_id)
    joined = select(func.count()).select_from(Session).outerjoin(lacking, lacking.c.session_id == Session.id)
    return db.session.scalar(joined.where(Session.cohort_id == cohort_id, waiting(lacking))) or 0
