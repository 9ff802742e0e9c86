"""Handing a role to a colleague for some days: asked by who holds it, agreed by the colleague or an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import DELEGABLE, Actor, Role
from trainingadmin.people import queries
from trainingadmin.people.models import Account, Delegation
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db

LONGEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Handing:
    """A role that is to be handed on: which, to whom, for which days, why."""

    role: Role
    delegate_id: int
    from_on: date
    to_on: date
    reason: str


def delegate(wanted: Handing, *, by: Actor) -> Delegation:
    """Ask a colleague to stand in; it counts once they, or an administrator, agree.

    Refusals `role-not-held` (one's own, not one that was lent), `role-not-delegable`, `delegate-unfit` (oneself, another
    office's, or who holds it already), `days-wrong`, `reason-missing`, `delegated-already`.
    """
    _refuse_role(wanted.role, by)
    _refuse_delegate(wanted, by)
    _refuse_days(wanted)
    if not wanted.reason.strip():
        raise Refusal("reason-missing", N_("请写明委托的原因。"), field="reason")
    if queries.delegations_between(by.id, wanted.role, wanted.from_on, wanted.to_on):
        raise Refusal("delegated-already", N_("这个岗位在这些日子已经委托过，请先终止。"), field="from_on")
    asked = Delegation(
        delegator_id=by.id,
        delegate_id=wanted.delegate_id,
        role=wanted.role,
        from_on=wanted.from_on,
        to_on=wanted.to_on,
        reason=wanted.reason.strip(),
        asked_at=clock.now(),
    )
    db.session.add(asked)
    db.session.flush()
    days = {"from_on": wanted.from_on.isoformat(), "to_on": wanted.to_on.isoformat()}
    _note("delegate", asked, by, role=wanted.role.value, to=wanted.delegate_id, **days)
    return asked


def _refuse_role(role: Role, by: Actor) -> None:
    if role not in DELEGABLE:
        raise Refusal("role-not-delegable", N_("督查和系统管理岗位不能委托他人。"), field="role")
    if role not in by.roles or role in dict(by.stands_in):
        raise Refusal("role-not-held", N_("只能委托自己本来的岗位，代办的岗位不能再转委托。"), field="role")


def _refuse_delegate(wanted: Handing, by: Actor) -> None:
    to = db.session.get(Account, wanted.delegate_id)
    same = to is not None and (to.id == by.id or (to.person_id is not None and to.person_id == by.person_id))
    if to is None or same or not to.active or to.office_code is None or to.office_code != by.office:
        raise Refusal("delegate-unfit", N_("只能委托本机构的另一位工作人员。"), field="delegate_id")
    if wanted.role in {held.role for held in to.roles}:
        raise Refusal("delegate-unfit", N_("对方本来就有这个岗位，不需要委托。"), field="delegate_id")


def _refuse_days(wanted: Handing) -> None:
    if wanted.to_on < wanted.from_on or wanted.from_on < clock.today():
        raise Refusal("days-wrong", N_("起止日期有误：从今天起，止日不早于起日。"), field="to_on")
    if wanted.to_on - wanted.from_on > LONGEST:
        raise Refusal("days-wrong", N_("一次最多委托 90 天，更久的请管理员更改岗位。"), field="to_on")


def agree(delegation: Delegation, *, by: Actor) -> None:
    """Agree to stand in, or approve it as an administrator; refusals `delegation-ended`, `not-yours`."""
    if delegation.ended_at or delegation.agreed_at or delegation.to_on < clock.today():
        raise Refusal("delegation-ended", N_("这项委托已同意、已终止或已过期。"))
    giver = delegation.delegator
    own = by.id == giver.id or (by.person_id is not None and by.person_id == giver.person_id)
    if own or (by.id != delegation.delegate_id and not by.has(Role.ADMIN)):
        raise Refusal("not-yours", N_("须由受托人本人或管理员同意。"))
    delegation.agreed_by, delegation.agreed_at = by.id, clock.now()
    _note("agree-delegation", delegation, by)


def end(delegation: Delegation, *, by: Actor) -> None:
    """End a delegation, or decline it; either side or an administrator. Refusals `delegation-ended`, `not-yours`."""
    if delegation.ended_at:
        raise Refusal("delegation-ended", N_("这项委托已同意、已终止或已过期。"))
    if by.id not in (delegation.delegator_id, delegation.delegate_id) and not by.has(Role.ADMIN):
        raise Refusal("not-yours", N_("须由委托人、受托人或管理员终止。"))
    delegation.ended_by, delegation.ended_at = by.id, clock.now()
    _note("end-delegation", delegation, by)


def _note(verb: str, delegation: Delegation, by: Actor, **facts: str | int) -> None:
    journal.record(verb, f"delegations:{delegation.id}", by=by, **facts)
