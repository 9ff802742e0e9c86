"""Sets which shift group each apprentice belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update

from trainingadmin.attendance import queries
from trainingadmin.attendance.actions.holding import to_record
from trainingadmin.attendance.models import PersonMonth
from trainingadmin.cohorts.actions.holding import subject
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import journal
from trainingadmin.plumbing.database import db

_CHARACTERS = 10


def assign_groups(cohort: Cohort, groups: Mapping[int, str], *, by: Actor) -> int:
    """Set the shift group of enrolments, "" for none; return how many changed.

    Whoever is marked in sessions of a group stays in it: moving would leave those hours behind. In a class only
    groups of its plan are set. Refusals of `to_record`, `person-missing`, `group-name`, `group-unplanned`,
    `group-has-marks`.
    """
    to_record(cohort, by)
    roster = {one.id: one for one in people(cohort.id)}
    if not groups.keys() <= roster.keys():
        raise Refusal("person-missing", N_("名单里没有这名学徒。"))
    tidy = {enrolment_id: fold(group) for enrolment_id, group in groups.items()}
    for enrolment_id, group in tidy.items():
        if len(group) > _CHARACTERS:
            raise Refusal("group-name", N_("班组名称不超过 10 个字。"), field=f"group-{enrolment_id}")
    changed = {id_: group for id_, group in tidy.items() if group != roster[id_].shift_group}
    _refuse_unplanned(cohort, changed)
    _refuse_marked(changed, roster)
    if changed:
        db.session.execute(update(Enrolment), [{"id": id_, "shift_group": group} for id_, group in changed.items()])
        journal.record("assign-groups", subject(cohort), by=by, people=len(changed))
    return len(changed)


def _refuse_unplanned(cohort: Cohort, changed: Mapping[int, str]) -> None:
    """Refuse a group that the plan agreed to does not have: whoever were in it would have no hours to miss."""
    if not cohort.is_class:
        return
    planned = {one.shift_group for one in queries.sessions(cohort.id)}
    for id_, group in changed.items():
        if group not in (planned - {""} or {""}):
            message = N_("同意的教学计划里没有这个班组，请选择计划里的班组。")
            raise Refusal("group-unplanned", message, field=f"group-{id_}")


def _refuse_marked(changed: Mapping[int, str], roster: Mapping[int, Enrolment]) -> None:
    marked = (
        select(PersonMonth.enrolment_id)
        .join(Enrolment, Enrolment.id == PersonMonth.enrolment_id)
        .where(
            PersonMonth.enrolment_id.in_(changed),
            PersonMonth.shift_group == Enrolment.shift_group,
            PersonMonth.shift_group != "",
        )
    )
    found = db.session.scalars(marked.limit(1)).first()
    if found is not None:
        message = N_("%(name)s 在原班组已有考勤，不能换班组。")
        raise Refusal("group-has-marks", message, field=f"group-{found}", name=roster[found].person.name)
