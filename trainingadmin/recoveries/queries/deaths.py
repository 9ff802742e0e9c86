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
    office_code: str
    cohort_id: int | None
    claim_line_id: int | None
    about: str
    payee: str
    last_paid_at: datetime | None
    left: Money

    @property
    def origin(self) -> tuple[str, int | None]:
        """What the money came from, as an address names it: a filing or a claim line."""
        return ("filing", self.cohort_id) if self.claim_line_id is None else ("line", self.claim_line_id)


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
        decided_at = let_be.get((row.office_code, *key))
        if left <= ZERO or (decided_at is not None and (last is None or last <= decided_at)):
            continue
        named = (one.row_id, row.person_id, row.person, row.id_number, one.died_on, one.note, one.who, one.at)
        found.append(Dead(*named, row.office_code, key[1], key[2], row.about, row.payee, last, left))
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
    by = (Due.person_id, Person.name, Person.id_number, Due.office_code, own, line, Due.cohort_id, Due.about, payee)
    return (
        select(
            Due.person_id,
            Person.name.label("person"),
            Person.id_number,
            Due.office_code,
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


def _dismissed(persons: Any) -> dict[tuple[str | None, int, int | None, int | None], datetime]:
    """When an office's money of one origin was last let be; a row that names no origin counts for none."""
    by = (Dismissal.office_code, Dismissal.person_id, Dismissal.cohort_id, Dismissal.claim_line_id)
    told = select(*by, func.max(Dismissal.at)).where(Dismissal.person_id.in_(list(persons)))
    named = told.where(Dismissal.office_code.is_not(None)).group_by(*by)
    return {(office, person, cohort, line): at for office, person, cohort, line, at in db.session.execute(named)}


def dead(person_id: int, kind: str, origin_id: int, *, actor: Actor) -> Dead:
    """Return what waits about a person's money of one origin, or answer 404."""
    mine = (one for one in deaths(actor) if one.person_id == person_id and one.origin == (kind, origin_id))
    return next(mine, None) or abort(404)
