"""Proves the orders: what each asks for is its people's, what closed it is what was booked, and letters follow issuing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, ColumnElement, and_, func, literal_column, or_, select, type_coerce

from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.ledger.verification import Breach, Rule, named
from trainingadmin.payments.models import Due
from trainingadmin.plumbing.database import db
from trainingadmin.recoveries.models import RecoveryAct, RecoveryLine, RecoveryOrder
from trainingadmin.recoveries.queries import ISSUED
from trainingadmin.recoveries.states import ActState, OrderState

_NOTHING: ColumnElement[int] = literal_column("0")


def _sum(amount: ColumnElement[int], *where: ColumnElement[bool]) -> ColumnElement[int]:
    added = select(type_coerce(func.coalesce(func.sum(amount), _NOTHING), BigInteger)).where(*where)
    return added.correlate(RecoveryOrder).scalar_subquery()


def orders_add_up() -> Iterator[Breach]:
    """An order asks for what its people owe, its recoveries say the same, and what closed it was booked on them."""
    mine = RecoveryLine.order_id == RecoveryOrder.id
    asked = _sum(RecoveryLine.amount, mine)  # type: ignore[arg-type]
    due = _sum(Due.amount, mine, RecoveryLine.due_id == Due.id)  # type: ignore[arg-type]
    returned = _sum(Due.offset, mine, RecoveryLine.due_id == Due.id)  # type: ignore[arg-type]
    closed = _sum(
        RecoveryAct.amount,  # type: ignore[arg-type]
        RecoveryAct.order_id == RecoveryOrder.id,
        RecoveryAct.state == ActState.BOOKED,
    )
    issued = RecoveryOrder.state.in_(ISSUED)
    wrong = or_(
        asked != RecoveryOrder.amount,
        closed != RecoveryOrder.closed,
        and_(issued, or_(due != RecoveryOrder.amount, returned != RecoveryOrder.closed)),
        and_(RecoveryOrder.state == OrderState.WITHDRAWN, due != _NOTHING),
    )
    told = select(RecoveryOrder.id, RecoveryOrder.amount, asked, due, RecoveryOrder.closed, closed, returned)
    yield from named("recovery-order", "recovery_orders", told.where(wrong))


def issued_orders_have_letters() -> Iterator[Breach]:
    """Every order that was issued has its letter, and no other has one."""
    written = set(db.session.scalars(select(Certificate.subject).where(Certificate.kind == CertificateKind.RECOVERY)))
    for order_id, state in db.session.execute(select(RecoveryOrder.id, RecoveryOrder.state).order_by(RecoveryOrder.id)):
        if (f"recovery:{order_id}" in written) != (state in ISSUED):
            yield Breach("recovery-letter", f"recovery_orders:{order_id}", state.value)


RULES: tuple[Rule, ...] = (orders_add_up, issued_orders_have_letters)
