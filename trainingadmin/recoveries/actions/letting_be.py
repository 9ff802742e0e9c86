"""Lets be what was paid for somebody who died: a human's decision, with its reason, where no order is wanted."""

from __future__ import annotations

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.recoveries import queries
from trainingadmin.recoveries.models import Dismissal


def let_be(dead: queries.Dead, reason: str, *, by: Actor) -> Dismissal:
    """Decide that what one office paid of one origin for somebody confirmed dead is not asked back.

    Of that person's other money, and of what is paid later, people are asked anew.
    Refusals `move-role`, `relative`, `reason-missing`.
    """
    if not by.has(Role.APPROVAL):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))
    people.refuse_relatives([dead.person_id], by=by)
    if not reason.strip():
        raise Refusal("reason-missing", N_("请写明理由和依据。"), field="reason")
    decided = Dismissal(
        row_id=dead.row_id,
        person_id=dead.person_id,
        office_code=dead.office_code,
        cohort_id=dead.cohort_id,
        claim_line_id=dead.claim_line_id,
        reason=reason.strip(),
        account_id=by.id,
        human=by.human,
        name=by.name_as(Role.APPROVAL),
        at=clock.now(),
    )
    db.session.add(decided)
    db.session.flush()
    told = {"person": dead.person_id, "office": dead.office_code, "about": dead.about, "reason": decided.reason}
    journal.record("dismiss-recovery", f"register-rows:{dead.row_id}", by=by, **told)
    return decided
