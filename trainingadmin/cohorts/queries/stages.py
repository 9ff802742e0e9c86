"""How far a filing is: the stages of its bar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import COHORT
from trainingadmin.cohorts.states import CohortState as S
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.roles import ROLE_LABELS, Role


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a filing as the bar shows it; `label` to translate, `status` done, now, todo or stopped."""

    label: str
    status: str
    who: str = ""
    when: datetime | None = None
    waits_for: str = ""


_STAGES = (
    ("submit", N_("提交备案"), N_("申报企业")),
    ("accept", N_("受理"), ROLE_LABELS[Role.ACCEPTANCE]),
    ("approve", N_("审核"), ROLE_LABELS[Role.FIRST_REVIEW]),
    ("complete", N_("培养与结业"), ROLE_LABELS[Role.ACCEPTANCE]),
)
_OF_CLASS = (
    ("submit", N_("提交开班申请"), N_("培训机构")),
    ("accept", N_("受理"), ROLE_LABELS[Role.ACCEPTANCE]),
    ("approve", N_("审核"), ROLE_LABELS[Role.FIRST_REVIEW]),
    ("complete", N_("培训与结班"), ROLE_LABELS[Role.ACCEPTANCE]),
)
_AT = {S.DRAFT: 0, S.RETURNED: 0, S.SUBMITTED: 1, S.ACCEPTED: 2, S.APPROVED: 3, S.COMPLETED: 4}
_STOPPED = {"withdraw": 0, "reject": 1, "refuse": 2}


def stages(cohort: Cohort) -> list[Stage]:
    """Return how far a filing is: who made each move last and when, and who has it now."""
    last = {step.move: step for step in cohort.steps}
    stopped = _STOPPED.get(cohort.steps[-1].move) if cohort.steps and cohort.state in COHORT.final else None
    here = _AT.get(cohort.state, stopped or 0)
    bar = []
    for at, (move, label, waits_for) in enumerate(_OF_CLASS if cohort.is_class else _STAGES):
        if at < here:
            bar.append(
                Stage(label, "done", last[move].name if move in last else "", last[move].at if move in last else None)
            )
        elif at > here:
            bar.append(Stage(label, "todo"))
        elif stopped is not None:
            bar.append(Stage(label, "stopped", cohort.steps[-1].name, cohort.steps[-1].at))
        else:
            bar.append(Stage(label, "now", waits_for=waits_for))
    return bar
