"""Makes a move of a cohort's lifecycle, whichever it is: who may, what it settles, the step that is kept for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trainingadmin.cohorts import queries
from trainingadmin.cohorts.actions.holding import hold, require_enterprise, subject
from trainingadmin.cohorts.models import Cohort, CohortStep
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.queries import relatives_of
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db


def make(
    cohort: Cohort,
    lifecycle: Lifecycle[CohortState],
    name: str,
    settles: Mapping[str, Callable[[], None]],
    *,
    by: Actor,
    note: str = "",
) -> None:
    """Make a move: `settles` holds by its name what has to be done, or refused, before the state changes.

    Refusals: those of `Lifecycle.check`; `not-the-enterprise` or `not-the-institution`; `own-relative`.
    """
    hold(cohort)
    allowed = lifecycle.check(name, state=cohort.state, actor=by, past=cohort.steps, note=note)
    if by.is_staff:
        refuse_relatives(cohort, by)
    else:
        require_enterprise(cohort, by)
    if name in settles:
        settles[name]()
    cohort.state = allowed.target
    cohort.steps.append(
        CohortStep(
            move=name,
            target=allowed.target,
            account_id=by.id,
            human=by.human,
            name=by.name_as(*allowed.roles),
            role=next(role for role in Role if role in by.roles and role in allowed.roles).value,
            note=note.strip(),
            at=clock.now(),
        )
    )
    journal.record(f"{name}-cohort", subject(cohort), by=by, state=allowed.target.value)
    db.session.flush()


def refuse_relatives(cohort: Cohort, by: Actor) -> None:
    """Refuse staff who are, or whose declared relatives are, on the roster: `own-relative`."""
    if queries.names_any_of(cohort.id, relatives_of(by)):
        raise Refusal("own-relative", N_("名单中有您本人或已申报的亲属，须由其他人办理。"))
