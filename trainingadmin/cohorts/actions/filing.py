"""Files a plan of training and keeps it right while it may still be changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from trainingadmin.cohorts import queries
from trainingadmin.cohorts.actions.holding import subject, to_edit
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.levels import LEVELS
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name
from trainingadmin.kernel.occupations import OCCUPATIONS
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import Office, Organisation
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db, locked

_TITLE_CHARACTERS = 80
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """What an enterprise plans: whom it trains for what, where, when, how much, and the advance it asks for.

    `plan_hours_per_year` counts class hours of 45 minutes; `advance_percent` is of the planned subsidy.
    """

    title: str
    occupation_codes: tuple[str, ...]
    target_level: int
    institution_id: int
    starts_on: date
    ends_on: date
    plan_hours_per_year: int
    mentors: tuple[str, ...]
    advance_percent: int = 0


def file(plan: Plan, *, by: Actor) -> Cohort:
    """Open a filing as a draft, numbered XT-office-year-serial.

    Refusals `not-an-enterprise`, `title-missing`, `occupation-unknown`, `level-unknown`, `institution-unknown`,
    `period-reversed`, `hours-none`, `mentors-missing`, `mentor-name`, `advance-percent`.
    """
    enterprise = db.session.get(Organisation, by.organisation_id) if by.organisation_id else None
    if enterprise is None or not by.has(Role.ENTERPRISE) or enterprise.kind is not OrganisationKind.ENTERPRISE:
        raise Refusal("not-an-enterprise", N_("只有企业经办人可以提出备案。"))
    checked = _checked(plan)
    cohort = Cohort(
        number=_number(enterprise.office_code),
        title=checked.title,
        enterprise_id=enterprise.id,
        institution_id=checked.institution_id,
        office_code=enterprise.office_code,
        occupation_codes=list(checked.occupation_codes),
        target_level=checked.target_level,
        starts_on=checked.starts_on,
        ends_on=checked.ends_on,
        plan_hours_per_year=checked.plan_hours_per_year,
        mentors=list(checked.mentors),
        advance_percent=checked.advance_percent,
        created_by=by.id,
        created_at=clock.now(),
    )
    db.session.add(cohort)
    db.session.flush()
    journal.record("file-cohort", subject(cohort), by=by, number=cohort.number)
    return cohort


def amend(cohort: Cohort, plan: Plan, *, by: Actor) -> None:
    """Change the plan while it is a draft or returned; refusals as for `file`, and `not-editable`."""
    to_edit(cohort, by)
    checked = _checked(plan)
    cohort.title, cohort.institution_id = checked.title, checked.institution_id
    cohort.occupation_codes, cohort.target_level = list(checked.occupation_codes), checked.target_level
    cohort.starts_on, cohort.ends_on = checked.starts_on, checked.ends_on
    cohort.plan_hours_per_year, cohort.mentors = checked.plan_hours_per_year, list(checked.mentors)
    cohort.advance_percent = checked.advance_percent
    journal.record("amend-cohort", subject(cohort), by=by)


def _number(office_code: str) -> str:
    """Take the next number of the office's year; the office's row is locked so that no two are the same."""
    db.session.scalars(locked(select(Office.code).where(Office.code == office_code))).one()
    year = clock.today().year
    return f"XT-{office_code}-{year}-{queries.number_of_filings(office_code, year) + 1:03d}"


def _checked(plan: Plan) -> Plan:
    title = fold(plan.title)
    if not title or len(title) > _TITLE_CHARACTERS:
        raise Refusal("title-missing", N_("请填写班级名称，不超过 80 个字。"), field="title")
    if not plan.occupation_codes or not set(plan.occupation_codes) <= OCCUPATIONS.keys():
        raise Refusal("occupation-unknown", N_("请从列表中选择培训职业（工种）。"), field="occupation_codes")
    if plan.target_level not in LEVELS:
        raise Refusal("level-unknown", N_("请选择培养等级。"), field="target_level")
    institution = db.session.get(Organisation, plan.institution_id)
    if institution is None or institution.kind is not OrganisationKind.INSTITUTION:
        raise Refusal("institution-unknown", N_("请选择培训机构。"), field="institution_id")
    if plan.ends_on < plan.starts_on:
        raise Refusal("period-reversed", N_("结束日期不能早于开始日期。"), field="ends_on")
    if plan.plan_hours_per_year <= 0:
        raise Refusal("hours-none", N_("每年计划课时应大于 0。"), field="plan_hours_per_year")
    if not 0 <= plan.advance_percent <= _HUNDRED:
        raise Refusal("advance-percent", N_("预支比例应为 0 至 100 的整数。"), field="advance_percent")
    return Plan(
        title,
        tuple(code for code in OCCUPATIONS if code in plan.occupation_codes),
        plan.target_level,
        plan.institution_id,
        plan.starts_on,
        plan.ends_on,
        plan.plan_hours_per_year,
        _mentors(plan.mentors),
        plan.advance_percent,
    )


def _mentors(names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        read = tuple(dict.fromkeys(parse_name(name) for name in names if name.strip()))
    except Malformed as malformed:
        raise Refusal("mentor-name", malformed.reason, field="mentors") from None
    if not read:
        raise Refusal("mentors-missing", N_("请填写至少一名企业导师，每行一人。"), field="mentors")
    return read
