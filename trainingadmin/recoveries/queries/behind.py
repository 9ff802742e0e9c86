"""Which orders ask a due back: the one that a recovery belongs to, or those about what was paid for the same person and origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Due
from trainingadmin.payments.states import DueKind, DueState
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing.database import db
from trainingadmin.recoveries.models import RecoveryLine, RecoveryOrder
from trainingadmin.recoveries.states import OrderState


def behind(due: Due, *, actor: Actor) -> Sequence[Any]:
    """Return id, number, state and reason of the orders behind a due with cause and sum of its person, oldest first."""
    told = select(
        RecoveryOrder.id,
        RecoveryOrder.number,
        RecoveryOrder.state,
        RecoveryOrder.reason,
        RecoveryLine.cause,
        RecoveryLine.amount,
    ).join(RecoveryLine, RecoveryLine.order_id == RecoveryOrder.id)
    mine = told.where(_about(due), RecoveryOrder.state != OrderState.WITHDRAWN)
    seen = mine.where(office_filter(RecoveryOrder.office_code, actor)).order_by(RecoveryOrder.id)
    return db.session.execute(seen).all()


def _about(due: Due) -> ColumnElement[bool]:
    if due.kind is DueKind.RECOVERY or due.state is not DueState.SETTLED:
        return RecoveryLine.due_id == due.id
    origin = or_(
        and_(RecoveryOrder.cohort_id.is_not(None), RecoveryOrder.cohort_id == due.cohort_id),
        and_(RecoveryOrder.claim_line_id.is_not(None), RecoveryOrder.claim_line_id == due.claim_line_id),
    )
    return and_(RecoveryLine.person_id == due.person_id, origin)
