"""Reads of attendance: sessions, effective marks, and what they add up to; filings are the door to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from trainingadmin.attendance.crediting import CreditRules
from trainingadmin.attendance.models import AttendanceUpload, Mark, MarkSource, MarkStatus, Session
from trainingadmin.cohorts.evidence import version_of
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import visible_to
from trainingadmin.cohorts.states import CohortState, EnrolmentState
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Organisation, Person
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db

# Filings that have attendance: those in training, and those that had it.
KEPT = (CohortState.APPROVED, CohortState.COMPLETED)
_MARK_PERCENT = 80
_OWN_GROUP = or_(Session.shift_group == Enrolment.shift_group, Session.shift_group == "")


@dataclass(frozen=True, slots=True)
class Totals:
    """Minutes of one apprentice in the sessions of their own shift group (and of those for all groups).

    `planned` counts every session of the plan, `due` those of past days and of today once somebody is marked,
    `held` those with a mark of this person, `leave` what was missed on leave.
    """

    planned_minutes: int = 0
    credited_minutes: int = 0
    leave_minutes: int = 0
    held_minutes: int = 0
    due_minutes: int = 0

    @property
    def missed_minutes(self) -> int:
        """What of the sessions so far earned nothing."""
        return max(0, self.due_minutes - self.credited_minutes)

    @property
    def ahead_minutes(self) -> int:
        """What is still to come."""
        return self.planned_minutes - self.due_minutes

    def is_below(self, percent: int) -> bool:
        """Less than `percent` of the sessions so far; compared in whole minutes, never as a rounded share."""
        return 100 * self.credited_minutes < percent * self.due_minutes

    def is_lost(self, percent: int) -> bool:
        """Even with everything to come, `percent` of the plan cannot be reached."""
        return 100 * (self.credited_minutes + self.ahead_minutes) < percent * self.planned_minutes


def effective() -> Select[Mark]:
    """Select the latest mark of each person in each session: marks are append-only, the last word counts."""
    later = aliased(Mark)
    superseded = exists().where(
        later.session_id == Mark.session_id, later.enrolment_id == Mark.enrolment_id, later.id > Mark.id
    )
    return select(Mark).where(~superseded)


def totals(cohort_id: int) -> dict[int, Totals]:
    """Return each enrolment's totals in two queries, whatever their number."""
    return _totals([cohort_id])


def _totals(cohort_ids: Collection[int]) -> dict[int, Totals]:
    marked = and_(Session.held_on == clock.today(), exists().where(Mark.session_id == Session.id))
    due = case((or_(Session.held_on < clock.today(), marked), Session.planned_minutes), else_=0)
    planned = (
        select(Enrolment.id, func.sum(Session.planned_minutes), func.sum(due))
        .outerjoin(Session, and_(Session.cohort_id == Enrolment.cohort_id, _OWN_GROUP))
        .where(Enrolment.cohort_id.in_(cohort_ids))
        .group_by(Enrolment.id)
    )
    marks = (
        effective().where(Mark.session_id.in_(select(Session.id).where(Session.cohort_id.in_(cohort_ids)))).subquery()
    )
    seen = (
        select(
            marks.c.enrolment_id, marks.c.status, func.sum(marks.c.credited_minutes), func.sum(Session.planned_minutes)
        )
        .join(Session, Session.id == marks.c.session_id)
        .join(Enrolment, and_(Enrolment.id == marks.c.enrolment_id, _OWN_GROUP))
        .group_by(marks.c.enrolment_id, marks.c.status)
    )
    sums: dict[int, dict[MarkStatus, tuple[int, int]]] = {}
    for enrolment_id, status, credited, held in db.session.execute(seen):
        sums.setdefault(enrolment_id, {})[MarkStatus(status)] = (int(credited or 0), int(held or 0))
    return {
        enrolment_id: _summed(int(minutes or 0), int(so_far or 0), sums.get(enrolment_id, {}))
        for enrolment_id, minutes, so_far in db.session.execute(planned)
    }


def _summed(planned: int, due: int, by_status: dict[MarkStatus, tuple[int, int]]) -> Totals:
    return Totals(
        planned_minutes=planned,
        credited_minutes=sum(credited for credited, _ in by_status.values()),
        leave_minutes=by_status.get(MarkStatus.LEAVE, (0, 0))[1],
        held_minutes=sum(held for _, held in by_status.values()),
        due_minutes=due,
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """What a filing's policy version says of attendance: how marks are credited, and the share to be reached."""

    rules: CreditRules
    percent: int


def terms(cohort: Cohort) -> Terms:
    """Return the terms of a filing; figures that its scheme does not have stay at their defaults."""
    parameters = version_of(cohort).parameters
    own = {
        name: getattr(parameters, name)
        for name in CreditRules.__dataclass_fields__
        if getattr(parameters, name, None) is not None
    }
    return Terms(CreditRules(**own), getattr(parameters, "attendance_percent", _MARK_PERCENT))


def begins(held_on: date, starts_at: time) -> datetime:
    """Return the instant at which a session begins or ends."""
    return datetime.combine(held_on, starts_at, clock.LOCAL)


@dataclass(frozen=True, slots=True)
class Overview:
    """A filing's attendance in one line: shares over all its apprentices, and how many are at risk."""

    planned_minutes: int = 0
    credited_minutes: int = 0
    due_minutes: int = 0
    below: int = 0
    lost: int = 0


def listing(actor: Actor, *, q: str = "", state: str = "") -> Select[*tuple[Any, ...]]:
    """Select the columns of the list of filings with attendance, those in training first."""
    people = select(func.count()).where(Enrolment.cohort_id == Cohort.id).correlate(Cohort).scalar_subquery()
    held = select(func.count()).where(Session.cohort_id == Cohort.id).correlate(Cohort).scalar_subquery()
    wanted = (CohortState(state),) if state in KEPT else KEPT
    seen = (
        visible_to(actor)
        .join(Organisation, Organisation.id == Cohort.enterprise_id)
        .where(Cohort.state.in_(wanted))
        .with_only_columns(
            Cohort.id,
            Cohort.number,
            Cohort.title,
            Organisation.name.label("enterprise"),
            Cohort.starts_on,
            Cohort.ends_on,
            Cohort.state,
            people.label("people"),
            held.label("sessions"),
        )
    )
    if q:
        fields = (Cohort.number, Cohort.title, Organisation.name)
        seen = seen.where(or_(*(field.icontains(q, autoescape=True) for field in fields)))
    return seen.order_by(Cohort.state, Cohort.id.desc())


def overviews(cohort_ids: Collection[int], percent: int = _MARK_PERCENT) -> dict[int, Overview]:
    """Return the overview of each of these filings in three queries; those who left are not counted."""
    active = select(Enrolment.id, Enrolment.cohort_id).where(
        Enrolment.cohort_id.in_(cohort_ids), Enrolment.state == EnrolmentState.ACTIVE
    )
    summed = _totals(cohort_ids)
    of_cohort: dict[int, list[Totals]] = {cohort_id: [] for cohort_id in cohort_ids}
    for enrolment_id, cohort_id in db.session.execute(active):
        of_cohort[cohort_id].append(summed.get(enrolment_id, Totals()))
    return {cohort_id: overview(found, percent) for cohort_id, found in of_cohort.items()}


def overview(found: Collection[Totals], percent: int) -> Overview:
    """Add up the totals of a filing's apprentices."""
    return Overview(
        planned_minutes=sum(one.planned_minutes for one in found),
        credited_minutes=sum(one.credited_minutes for one in found),
        due_minutes=sum(one.due_minutes for one in found),
        below=sum(one.is_below(percent) for one in found),
        lost=sum(one.is_lost(percent) for one in found),
    )


def groups(cohort_id: int) -> dict[str, int]:
    """Return the shift groups of a filing with the apprentices in training in each, by name."""
    counted = (
        select(Enrolment.shift_group, func.count())
        .where(Enrolment.cohort_id == cohort_id, Enrolment.state == EnrolmentState.ACTIVE)
        .group_by(Enrolment.shift_group)
        .order_by(Enrolment.shift_group)
    )
    return dict(db.session.execute(counted).tuples().all())


def sessions(cohort_id: int) -> list[Session]:
    """Return the sessions of a filing in the order they are held."""
    held = select(Session).where(Session.cohort_id == cohort_id)
    return list(db.session.scalars(held.order_by(Session.held_on, Session.starts_at, Session.shift_group)))


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

    `open_only` leaves those that have begun and that nobody has marked.
    """
    marks = effective().where(Mark.session_id.in_(select(Session.id).where(Session.cohort_id == cohort_id))).subquery()
    counts = (
        select(marks.c.session_id, *(_count(marks.c.status == status, status.value) for status in MarkStatus))
        .group_by(marks.c.session_id)
        .subquery()
    )
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
        )
        .outerjoin(counts, counts.c.session_id == Session.id)
        .where(Session.cohort_id == cohort_id)
        .order_by(Session.held_on.desc(), Session.starts_at.desc(), Session.shift_group)
    )
    return rows.where(*_narrowed(group, first, last), *((_unmarked(),) if open_only else ()))


def _count(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0)).label(name)


def _narrowed(group: str, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    limits = [
        Session.shift_group == group if group else None,
        Session.held_on >= first if first else None,
        Session.held_on <= last if last else None,
    ]
    return [limit for limit in limits if limit is not None]


def _unmarked() -> ColumnElement[bool]:
    now = clock.local(clock.now())
    begun = or_(Session.held_on < now.date(), and_(Session.held_on == now.date(), Session.starts_at <= now.time()))
    return and_(begun, ~exists().where(Mark.session_id == Session.id))


def unmarked(cohort_id: int) -> int:
    """Return how many sessions have begun without a mark of anybody."""
    return (
        db.session.scalar(select(func.count()).select_from(Session).where(Session.cohort_id == cohort_id, _unmarked()))
        or 0
    )


class Known(NamedTuple):
    """A person's effective mark in a session, as far as a new one is held against it."""

    session_id: int
    enrolment_id: int
    status: MarkStatus
    in_at: time | None
    out_at: time | None
    source: MarkSource

    def says(self, status: MarkStatus, in_at: time | None, out_at: time | None) -> bool:
        """Whether a new mark would say nothing new."""
        return (self.status, self.in_at, self.out_at) == (status, in_at, out_at)


def known(cohort_id: int) -> dict[tuple[int, int], Known]:
    """Return the effective marks of a filing by session and enrolment; one query."""
    own = Mark.session_id.in_(select(Session.id).where(Session.cohort_id == cohort_id))
    return _known(effective().where(own))


def known_in(session_id: int) -> dict[tuple[int, int], Known]:
    """Return the effective marks of one session by session and enrolment."""
    return _known(effective().where(Mark.session_id == session_id))


def _known(marks: Select[Mark]) -> dict[tuple[int, int], Known]:
    columns = (Mark.session_id, Mark.enrolment_id, Mark.status, Mark.in_at, Mark.out_at, Mark.source)
    found = (Known(*row) for row in db.session.execute(marks.with_only_columns(*columns)))
    return {(one.session_id, one.enrolment_id): one for one in found}


def marks_of(session_id: int) -> dict[int, Mark]:
    """Return the effective marks of one session by enrolment."""
    return {mark.enrolment_id: mark for mark in db.session.scalars(effective().where(Mark.session_id == session_id))}


def suspects(cohort_id: int) -> Select[*tuple[Any, ...]]:
    """Select the columns of effective marks that carry a flag, in the order of the sessions."""
    return (
        effective()
        .join(Session, Session.id == Mark.session_id)
        .join(Enrolment, Enrolment.id == Mark.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Session.cohort_id == cohort_id, Mark.flags != [])
        .with_only_columns(
            Mark.id,
            Mark.flags,
            Mark.credited_minutes,
            Mark.source,
            Enrolment.id.label("enrolment_id"),
            Enrolment.position,
            Person.name,
            Person.id_number,
            Session.id.label("session_id"),
            Session.held_on,
            Session.starts_at,
            Session.ends_at,
            Session.shift_group,
            Session.course,
        )
        .order_by(Session.held_on, Session.starts_at, Enrolment.position)
    )


def suspect_count(cohort_id: int) -> int:
    """Return how many effective marks carry a flag."""
    return db.session.scalar(select(func.count()).select_from(suspects(cohort_id).order_by(None).subquery())) or 0


def history(enrolment: Enrolment) -> list[tuple[Session, list[Mark]]]:
    """Return one apprentice's sessions, the latest first, each with all marks ever made, the effective one last."""
    said: dict[int, list[Mark]] = {}
    for mark in db.session.scalars(select(Mark).where(Mark.enrolment_id == enrolment.id).order_by(Mark.id)):
        said.setdefault(mark.session_id, []).append(mark)
    own = or_(Session.shift_group.in_(("", enrolment.shift_group)), Session.id.in_(said))
    held = select(Session).where(Session.cohort_id == enrolment.cohort_id, own)
    ordered = db.session.scalars(held.order_by(Session.held_on.desc(), Session.starts_at.desc()))
    return [(one, said.get(one.id, [])) for one in ordered]


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
