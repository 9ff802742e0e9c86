"""Takes a filing in hand: locked and fresh, open for the act, and by somebody who may."""

from __future__ import annotations

from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.plumbing.database import db

EDITABLE = frozenset({CohortState.DRAFT, CohortState.RETURNED})


def hold(cohort: Cohort) -> None:
    """Lock the filing's row until the transaction ends and read again what others may have changed."""
    db.session.refresh(cohort, ["state", "version", "filed_on", "policy"], with_for_update=True)


def to_edit(cohort: Cohort, by: Actor) -> None:
    """Hold a filing that its enterprise changes; refusals `not-the-enterprise`, `not-editable`."""
    hold(cohort)
    require_enterprise(cohort, by)
    if cohort.state not in EDITABLE:
        raise Refusal("not-editable", N_("备案已提交，不能修改。需要修改的，请先撤回，或等待退回补正。"))


def require_enterprise(cohort: Cohort, by: Actor) -> None:
    """Refuse anyone but the operators of who files: `not-the-enterprise`, for a class `not-the-institution`."""
    if by.organisation_id == cohort.operator_id and by.has(Role.INSTITUTION if cohort.is_class else Role.ENTERPRISE):
        return
    if cohort.is_class:
        raise Refusal("not-the-institution", N_("只有开班机构的经办人可以办理这一步。"))
    raise Refusal("not-the-enterprise", N_("只有申报企业的经办人可以办理这一步。"))


def in_training(cohort: Cohort) -> None:
    """Hold a filing whose training is running; refusal `not-in-training`."""
    hold(cohort)
    if cohort.state is not CohortState.APPROVED:
        raise Refusal("not-in-training", N_("只有备案已同意、尚未结业的班级可以办理这一步。"))


def to_correct(cohort: Cohort) -> None:
    """Hold a filing whose training runs or has ended, to be put right for a claim; refusal `not-in-training`."""
    hold(cohort)
    if cohort.state not in (CohortState.APPROVED, CohortState.COMPLETED):
        raise Refusal("not-in-training", N_("只有备案已同意的班级可以办理这一步。"))


def subject(cohort: Cohort) -> str:
    """Return how the journal names a filing."""
    return f"cohorts:{cohort.id}"
