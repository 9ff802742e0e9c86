"""Of whom a human has confirmed the death after money was paid for them, and nobody decided yet whether it comes back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import Select, case, func, select

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Due, Offset, Payment
from trainingadmin.payments.states import DueKind, DueState, PaymentState
from trainingadmin.people.models import Organisation, Person
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing.database import db, remembered
from trainingadmin.recoveries.models import Dismissal, RecoveryLine, RecoveryOrder
from trainingadmin.recoveries.states import OrderState
from trainingadmin.registers import queries as registers

_LIVE = DueState.SETTLED
_Key = tuple[int, int | None, int | None]


class Dead(NamedTuple):
    """What was paid for somebody confirmed dead and could be asked back, by the filing or claim line it came from."""

    row_id: int
    person_id: int
    person: str
    id_number: str
    died_on: date | None
    note: str
    who: str
    ruled_at: datetime
    cohort_id: int | None
    claim_line_id: int | None
    about: str
    payee: str
    last_paid_at: datetime | None
    left: Money


def deaths(actor: Actor) -> list[Dead]:
    """Return what waits for a human to decide: order it back, or let it be; a constant number of queries."""
    confirmed = {one.person_id: one for one in registers.confirmed_deaths(_theirs(actor))}
    if not confirmed:
        return []
    let_be, gone, drafted = _dismissed(confirmed), _taken(confirmed), _drafted(confirmed)
    found = []
    for row in db.session.execute(_paid(actor, list(confirmed))):
        key = (row.person_id, *_origin(row))
        left = (row.paid or ZERO) - (row.back or ZERO) - gone.get(key, ZERO) - drafted.get(key, ZERO)
        one, last = confirmed[row.person_id], row.last_paid_at
        if left <= ZERO or (row.person_id in let_be and (last is None or last <= let_be[row.person_id])):
            continue
        named = (one.row_id, row.person_id, row.person, row.id_number, one.died_on, one.note, one.who, one.at)
        found.append(Dead(*named, key[1], key[2], row.about, row.payee, last, left))
    return found


@remembered
def _theirs(actor: Actor) -> Select[*tuple[Any, ...]]:
    return select(Due.person_id).where(
        Due.state == _LIVE, Due.kind != DueKind.RECOVERY, office_filter(Due.office_code, actor)
    )


def _origin(row: Any) -> tuple[int | None, int | None]:
    return (None, row.line_id) if row.own else (row.cohort_id, None)


def _paid(actor: Actor, person_ids: list[int]) -> Select[*tuple[Any, ...]]:
    own = Due.payee_id.is_(None)
    line = case((own, Due.claim_line_id))
    back = Due.kind == DueKind.RECOVERY
    payee = func.coalesce(Organisation.name, Person.name)
    by = (Due.person_id, Person.name, Person.id_number, own, line, Due.cohort_id, Due.about, payee)
    return (
        select(
            Due.person_id,
            Person.name.label("person"),
            Person.id_number,
            own.label("own"),
            line.label("line_id"),
            Due.cohort_id,
            Due.about,
            payee.label("payee"),
            func.sum(Due.amount).filter(~back).label("paid"),
            func.sum(Due.amount).filter(back).label("back"),
            func.max(Payment.settled_at).label("last_paid_at"),
        )
        .join(Person, Person.id == Due.person_id)
        .outerjoin(Organisation, Organisation.id == Due.payee_id)
        .outerjoin(Payment, (Payment.due_id == Due.id) & (Payment.state == PaymentState.PAID))
        .where(
            Due.person_id.in_(person_ids),
            office_filter(Due.office_code, actor),
            (Due.state == _LIVE) | ((Due.kind == DueKind.RECOVERY) & (Due.state != DueState.CANCELLED)),
        )
        .group_by(*by)
        .order_by(Person.name, Due.about)
    )


def _taken(persons: Any) -> dict[_Key, Money]:
    """What of a person's unearned advance others' dues of the filing bore."""
    told = (
        select(ClaimLine.person_id, Claim.cohort_id, func.sum(Offset.amount))
        .select_from(Offset)
        .join(ClaimLine, ClaimLine.id == Offset.claim_line_id)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(ClaimLine.person_id.in_(list(persons)))
        .group_by(ClaimLine.person_id, Claim.cohort_id)
    )
    return {(person, cohort, None): amount for person, cohort, amount in db.session.execute(told)}


def _drafted(persons: Any) -> dict[_Key, Money]:
    """What orders that nobody has issued yet ask back."""
    told = (
        select(
            RecoveryLine.person_id, RecoveryOrder.cohort_id, RecoveryOrder.claim_line_id, func.sum(RecoveryLine.amount)
        )
        .join(RecoveryOrder, RecoveryOrder.id == RecoveryLine.order_id)
        .where(RecoveryLine.person_id.in_(list(persons)), RecoveryOrder.state == OrderState.DRAFTED)
        .where(~RecoveryOrder.planned)
        .group_by(RecoveryLine.person_id, RecoveryOrder.cohort_id, RecoveryOrder.claim_line_id)
    )
    return {
        (person, None if line is not None else cohort, line): amount
        for person, cohort, line, amount in db.session.execute(told)
    }


def _dismissed(persons: Any) -> dict[int, datetime]:
    told = select(Dismissal.person_id, func.max(Dismissal.at)).where(Dismissal.person_id.in_(list(persons)))
    return dict(db.session.execute(told.group_by(Dismissal.person_id)).all())


def dead(person_id: int, *, actor: Actor) -> Dead:
    """Return the first of what waits about a person, or answer 404."""
    return next((one for one in deaths(actor) if one.person_id == person_id), None) or abort(404)
