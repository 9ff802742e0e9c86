"""Filings with attendance, their sessions and groups, and the files uploaded for them."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from trainingadmin.attendance.models import AttendanceRevision, AttendanceUpload, MarkStatus, Session
from trainingadmin.attendance.queries.expecting import missing, waiting
from trainingadmin.attendance.queries.sums import effective, in_sessions
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import visible_to
from trainingadmin.cohorts.states import WORK_SCHEME, CohortState, EnrolmentState
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing.database import db, one_or_404, remembered

# Filings that have attendance: those in training, and those that had it.
KEPT = (CohortState.APPROVED, CohortState.COMPLETED)


@remembered
def attended(actor: Actor) -> Select[Cohort]:
    """Select the visible filings of which attendance is kept; people trained at work are proved by their wages."""
    return visible_to(actor).where(Cohort.scheme != WORK_SCHEME)


def filing(cohort_id: int, *, actor: Actor) -> Cohort:
    """Return one visible filing of which attendance is kept, or answer 404."""
    return one_or_404(attended(actor).where(Cohort.id == cohort_id))


@remembered
def listing(
    actor: Actor, *, q: str = "", state: str = "", among: tuple[int, ...] | None = None
) -> Select[*tuple[Any, ...]]:
    """Select the columns of the list of filings with attendance, those in training first; where given, some of them."""
    wanted = (CohortState(state),) if state in KEPT else KEPT
    seen = (
        attended(actor)
        .join(Organisation, Organisation.id == Cohort.operator_id)
        .outerjoin(AttendanceRevision, AttendanceRevision.cohort_id == Cohort.id)
        .where(Cohort.state.in_(wanted))
        .with_only_columns(
            Cohort.id,
            Cohort.number,
            Cohort.title,
            Organisation.name.label("enterprise"),
            Cohort.starts_on,
            Cohort.ends_on,
            Cohort.state,
            Cohort.scheme,
            Cohort.policy_digest,
            AttendanceRevision.revision,
        )
    )
    if q:
        fields = (Cohort.number, Cohort.title, Organisation.name)
        seen = seen.where(or_(*(field.icontains(q, autoescape=True) for field in fields)))
    if among is not None:
        seen = seen.where(Cohort.id.in_(among))
    return seen.order_by(Cohort.state, Cohort.id.desc())


def groups(cohort_id: int) -> dict[str, int]:
    """Return the shift groups of a filing with the apprentices in training in each, by name."""
    counted = (
        select(Enrolment.shift_group, func.count())
        .where(Enrolment.cohort_id == cohort_id, Enrolment.state == EnrolmentState.ACTIVE)
        .group_by(Enrolment.shift_group)
        .order_by(Enrolment.shift_group)
    )
    return dict(db.session.execute(counted).all())


def sessions(cohort_id: int) -> list[Session]:
    """Return the sessions of a filing in the order they are held."""
    held = select(Session).where(Session.cohort_id == cohort_id)
    return list(db.session.scalars(held.order_by(Session.held_on, Session.starts_at, Session.shift_group)))


def session_ids(cohort_id: int) -> dict[tuple[str, date, time], int]:
    """Return the ids of a filing's sessions by group, day and time."""
    rows = select(Session.shift_group, Session.held_on, Session.starts_at, Session.id)
    return {
        (group, on, at): id_ for group, on, at, id_ in db.session.execute(rows.where(Session.cohort_id == cohort_id))
    }


def session(cohort_id: int, session_id: int) -> Session:
    """Return one session of a filing that was found visible before, or answer 404."""
    found: Session = db.one_or_404(select(Session).where(Session.cohort_id == cohort_id, Session.id == session_id))
    return found


def sessions_on(cohort_id: int, held_on: date) -> list[Session]:
    """Return the sessions of a filing on one day."""
    return list(db.session.scalars(select(Session).where(Session.cohort_id == cohort_id, Session.held_on == held_on)))


def session_rows(
    cohort_id: int, *, group: str = "", first: date | None = None, last: date | None = None, open_only: bool = False
) -> Select[*tuple[Any, ...]]:
    """Select the columns of the list of sessions with what was marked, narrowed by group and days.

    `unmarked` is how many are expected in it and have no mark; `open_only` leaves those that are `waiting`.
    """
    marks = effective().where(in_sessions(Session.cohort_id == cohort_id)).subquery()
    counts = (
        select(marks.c.session_id, *(_count(marks.c.status == status, status.value) for status in MarkStatus))
        .group_by(marks.c.session_id)
        .subquery()
    )
    lacking = missing(cohort_id)
    rows = (
        select(
            Session.id,
            Session.shift_group,
            Session.held_on,
            Session.starts_at,
            Session.ends_at,
            Session.course,
            Session.teacher,
            Session.kind,
            Session.planned_minutes,
            counts.c.present,
            counts.c.absent,
            counts.c.leave,
            func.coalesce(lacking.c.people, 0).label("unmarked"),
            waiting(lacking).label("waits"),
        )
        .outerjoin(counts, counts.c.session_id == Session.id)
        .outerjoin(lacking, lacking.c.session_id == Session.id)
        .where(Session.cohort_id == cohort_id)
        .order_by(Session.held_on.desc(), Session.starts_at.desc(), Session.shift_group)
    )
    return rows.where(*_narrowed(group, first, last), *((waiting(lacking),) if open_only else ()))


def span(cohort_id: int) -> tuple[date | None, date | None]:
    """Return the days of a filing's first and last session."""
    first, last = db.session.execute(
        select(func.min(Session.held_on), func.max(Session.held_on)).where(Session.cohort_id == cohort_id)
    ).one()
    return first, last


def _count(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0)).label(name)


def _narrowed(group: str, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    limits = [
        Session.shift_group == group if group else None,
        Session.held_on >= first if first else None,
        Session.held_on <= last if last else None,
    ]
    return [limit for limit in limits if limit is not None]


def uploads(cohort_id: int, limit: int = 10) -> list[AttendanceUpload]:
    """Return the latest files uploaded for a filing, newest first."""
    sent = select(AttendanceUpload).where(AttendanceUpload.cohort_id == cohort_id)
    return list(db.session.scalars(sent.order_by(AttendanceUpload.id.desc()).limit(limit)))


def upload(cohort_id: int, upload_id: int) -> AttendanceUpload:
    """Return one upload of a filing that was found visible before, or answer 404."""
    found: AttendanceUpload = db.one_or_404(
        select(AttendanceUpload).where(AttendanceUpload.cohort_id == cohort_id, AttendanceUpload.id == upload_id)
    )
    return found


def imported(cohort_id: int, sha256: str) -> AttendanceUpload | None:
    """Return the upload by which exactly these bytes were imported before."""
    sent = select(AttendanceUpload).where(
        AttendanceUpload.cohort_id == cohort_id,
        AttendanceUpload.sha256 == sha256,
        AttendanceUpload.imported_at.is_not(None),
    )
    return db.session.scalars(sent.order_by(AttendanceUpload.id.desc()).limit(1)).first()
