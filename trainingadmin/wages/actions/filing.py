"""Opens a filing of people trained at work, and changes it while it is a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from trainingadmin.cohorts.actions.holding import subject, to_edit
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import WORK_SCHEME
from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import Office, Organisation
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db, locked
from trainingadmin.policies.queries import in_force
from trainingadmin.schemes import BadFact
from trainingadmin.wages import queries

_TITLE_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Plan:
    """What is filed: a title, and the first day of the first and of the last month."""

    title: str
    first_month: date
    last_month: date


def file(plan: Plan, *, by: Actor) -> Cohort:
    """Open a filing as a draft, numbered YG-office-year-serial.

    Refusals `not-an-enterprise`, `title-missing`, `period-reversed`, `no-policy`, `period-long`.
    """
    enterprise = db.session.get(Organisation, by.organisation_id) if by.organisation_id else None
    if enterprise is None or not by.has(Role.ENTERPRISE) or enterprise.kind is not OrganisationKind.ENTERPRISE:
        raise Refusal("not-an-enterprise", N_("只有企业经办人可以提出备案。"))
    checked = _checked(plan)
    cohort = Cohort(
        number=_number(enterprise.office_code),
        title=checked.title,
        scheme=WORK_SCHEME,
        enterprise_id=enterprise.id,
        institution_id=None,
        office_code=enterprise.office_code,
        occupation_codes=[],
        target_level=None,
        starts_on=checked.first_month,
        ends_on=_last_day(checked.last_month),
        plan_hours_per_year=None,
        mentors=[],
        created_by=by.id,
        created_at=clock.now(),
    )
    db.session.add(cohort)
    db.session.flush()
    journal.record("file-cohort", subject(cohort), by=by, number=cohort.number)
    return cohort


def amend(cohort: Cohort, plan: Plan, *, by: Actor) -> None:
    """Change title and months while it is a draft or returned; refusals as for `file`, and `not-editable`."""
    to_edit(cohort, by)
    checked = _checked(plan)
    cohort.title, cohort.starts_on, cohort.ends_on = checked.title, checked.first_month, _last_day(checked.last_month)
    journal.record("amend-cohort", subject(cohort), by=by)


def _checked(plan: Plan) -> Plan:
    title = fold(plan.title)
    if not title or len(title) > _TITLE_CHARACTERS:
        raise Refusal("title-missing", N_("请填写名称，不超过 80 个字。"), field="title")
    first, last = plan.first_month.replace(day=1), plan.last_month.replace(day=1)
    if last < first:
        raise Refusal("period-reversed", N_("最后一个月不能早于第一个月。"), field="last_month")
    try:
        most = in_force(WORK_SCHEME, first).parameters.max_months
    except BadFact:
        raise Refusal("no-policy", N_("这个月份早于最早的政策版本，不能申报。"), field="first_month") from None
    if add_months(first, most) <= last:
        message = N_("每人最多补贴 %(most)s 个月，期间不能更长。")
        raise Refusal("period-long", message, field="last_month", most=most)
    return Plan(title, first, last)


def _last_day(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def _number(office_code: str) -> str:
    """Take the next number of the office's year; the office's row is locked so that no two are the same."""
    db.session.scalars(locked(select(Office.code).where(Office.code == office_code))).one()
    year = clock.today().year
    return f"YG-{office_code}-{year}-{queries.number_of_filings(office_code, year) + 1:03d}"
