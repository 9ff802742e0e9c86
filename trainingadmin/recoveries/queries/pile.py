"""What of recoveries waits for a second person: orders to be issued, and what was entered to close one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from trainingadmin.kernel.roles import Actor
from trainingadmin.people.queries import office_filter
from trainingadmin.recoveries.models import RecoveryAct, RecoveryOrder
from trainingadmin.recoveries.states import ActState, OrderState


def to_issue(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Count the drafted orders of one's office."""
    counted = select(func.count()).select_from(RecoveryOrder)
    return counted.where(RecoveryOrder.state == OrderState.DRAFTED, office_filter(RecoveryOrder.office_code, actor))


def to_decide(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Count what was entered to close orders of one's office and nobody decided on, by its kind."""
    counted = select(RecoveryAct.kind, func.count()).join(RecoveryOrder, RecoveryOrder.id == RecoveryAct.order_id)
    mine = counted.where(RecoveryAct.state == ActState.PROPOSED, office_filter(RecoveryOrder.office_code, actor))
    return mine.group_by(RecoveryAct.kind)


def undecided() -> ColumnElement[bool]:
    """Tell of an order that something entered to close it waits for a second person."""
    return exists().where(RecoveryAct.order_id == RecoveryOrder.id, RecoveryAct.state == ActState.PROPOSED)
