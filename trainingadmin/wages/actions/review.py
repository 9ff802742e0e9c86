"""Moves a filing of people trained at work along its lifecycle: what each move demands, and what it settles."""

from __future__ import annotations

from trainingadmin.cohorts.actions import moving
from trainingadmin.cohorts.evidence import version_of
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import PLACEMENT
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock
from trainingadmin.wages import queries


def move(cohort: Cohort, name: str, *, by: Actor, note: str = "") -> None:
    """Make a move of the lifecycle, and all that it settles.

    Refusals: those of `moving.make`; at submit `roster-missing`, `no-policy`; at completion `months-running`,
    `scans-missing`.
    """
    settles = {"submit": lambda: _submit(cohort), "approve": lambda: _approve(cohort), "complete": lambda: _end(cohort)}
    moving.make(cohort, PLACEMENT, name, settles, by=by, note=note)


def _submit(cohort: Cohort) -> None:
    if not queries.tally(cohort).people:
        raise Refusal("roster-missing", N_("还没有导入花名册，不能提交。"))
    version_of(cohort)
    cohort.filed_on = cohort.filed_on or clock.today()


def _approve(cohort: Cohort) -> None:
    """Freeze the version of the first month: 以工代训 is judged by it whenever it is judged."""
    version = version_of(cohort)
    cohort.policy_code, cohort.policy_digest, cohort.policy = version.code, version.digest, version.to_json()


def _end(cohort: Cohort) -> None:
    """Confirm that the months are over; from now on no wage is entered."""
    if clock.today() <= cohort.ends_on:
        raise Refusal("months-running", N_("申报期间还没有结束，不能确认期满。"))
    if lacking := queries.unscanned(cohort.id):
        message = N_("%(months)s 登记了工资，但没有上传凭证扫描件。")
        raise Refusal("scans-missing", message, months="、".join(lacking))
