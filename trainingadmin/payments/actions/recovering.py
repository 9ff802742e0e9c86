"""Getting money back: what is ordered back, what returned, was set off or written off, each booked by its due."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trainingadmin.claims.models import ClaimLine
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments import entries
from trainingadmin.payments.actions.following import follow_dues, hold, refuse_in_batch
from trainingadmin.payments.entries import Entry
from trainingadmin.payments.models import Due
from trainingadmin.payments.queries import locks, recoverable
from trainingadmin.payments.queries.recoverable import Origin, Recoverable
from trainingadmin.payments.states import DUE, DueKind, DueState
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db


def hold_origin(origin: Origin) -> None:
    """Lock what money came from, so that two cannot ask the same back."""
    if origin.cohort_id is not None:
        locks.cohorts([origin.cohort_id])
    if origin.claim_line_id is not None:
        locks.claims([db.session.get_one(ClaimLine, origin.claim_line_id).claim_id])


def order_back(origin: Origin, shares: Mapping[int, Money], period: str, *, by: Actor) -> list[Due]:
    """Record that people's money has to come back, by person; `period` names the order, in the order of the roster.

    Refusal `more-than-paid` for more than was paid for somebody and has not been ordered back before.
    """
    hold_origin(origin)
    paid = {one.person_id: one for one in recoverable.of_origin(origin)}
    over = [one for one in shares if one not in paid or not ZERO < shares[one] <= paid[one].left]
    if over:
        raise Refusal(
            "more-than-paid", N_("追回金额必须大于零，且不能超过已付给该人、尚未追回的金额。"), field="amount"
        )
    dues = [_due(origin, one, shares[one.person_id], period) for one in paid.values() if one.person_id in shares]
    db.session.add_all(dues)
    db.session.flush()
    entries.post([entries.accrual(due) for due in dues], by=by)
    return dues


def _due(origin: Origin, one: Recoverable, amount: Money, period: str) -> Due:
    return Due(
        kind=DueKind.RECOVERY,
        scheme=origin.scheme,
        cohort_id=origin.cohort_id,
        enrolment_id=one.enrolment_id,
        claim_line_id=one.claim_line_id,
        period=period,
        person_id=one.person_id,
        payee_id=origin.payee_id,
        office_code=origin.office_code,
        about=origin.about,
        title=origin.title,
        position=one.position,
        amount=amount,
        created_at=clock.now(),
    )


def take_back(due_ids: Sequence[int], amount: Money, funding_source: str, key: str, *, by: Actor) -> None:
    """Book money that came back for these recoveries, the first of them first; refusal `more-than-owed`."""
    _spread(
        due_ids,
        amount,
        lambda due, part: entries.recovered(key, due, part, entries.bank(funding_source, due.office_code)),
        by,
    )


def write_off(due_ids: Sequence[int], amount: Money, key: str, *, by: Actor) -> None:
    """Book that part of these recoveries is given up; refusal `more-than-owed`."""
    _spread(due_ids, amount, lambda due, part: entries.let_off(key, due, part), by)


def set_off(due_ids: Sequence[int], amount: Money, bearer_ids: Sequence[int], key: str, *, by: Actor) -> None:
    """Let what is still to be paid to the same organisation bear part of these recoveries, as somebody decided.

    Only balances of the same scheme and office that no batch holds. Refusals `more-than-owed`, `claim-in-batch`,
    `bearer-unfit`.
    """
    bearers = [due for due in hold([*due_ids, *bearer_ids]) if due.id in set(bearer_ids)]
    refuse_in_batch(bearer_ids)
    for back in locks.dues(due_ids):
        if len(bearers) < len(set(bearer_ids)) or not all(_bears(due, back) for due in bearers):
            reason = N_("只能用同一企业、同一项目、同一经办机构、尚未编入批次的余额抵扣。")
            raise Refusal("bearer-unfit", reason, field="cohort_id")
    if amount > total(due.amount - due.offset for due in bearers):
        raise Refusal("bearer-unfit", N_("可用于抵扣的余额不足。"), field="amount")
    _spread(due_ids, amount, lambda due, part: entries.set_off(key, due, part), by)
    parts = _parts(bearers, amount)
    entries.post([entries.set_off(key, due, part) for due, part in parts], by=by)
    for due, part in parts:
        due.offset += part
        if due.offset == due.amount:
            due.state = DUE.check("offset", state=due.state, actor=by, past=()).target
    db.session.flush()
    follow_dues([due.id for due, _ in parts if due.state is DueState.SETTLED], by=by)


def _bears(due: Due, back: Due) -> bool:
    ready = due.kind is DueKind.BALANCE and due.state is DueState.OPEN
    return ready and (due.payee_id, due.scheme, due.office_code) == (back.payee_id, back.scheme, back.office_code)


def _spread(due_ids: Sequence[int], amount: Money, entry: Callable[[Due, Money], Entry], by: Actor) -> None:
    dues = {due.id: due for due in hold(due_ids)}
    ordered = [dues[due_id] for due_id in due_ids]
    if not ZERO < amount <= total(due.amount - due.offset for due in ordered):
        raise Refusal("more-than-owed", N_("金额必须大于零，且不能超过尚未追回的金额。"), field="amount")
    parts = _parts(ordered, amount)
    entries.post([entry(due, part) for due, part in parts], by=by)
    for due, part in parts:
        due.offset += part
        if due.offset == due.amount:
            due.state = DUE.check("recover", state=due.state, actor=by, past=()).target
    db.session.flush()


def _parts(dues: Sequence[Due], amount: Money) -> list[tuple[Due, Money]]:
    """Share an amount out over dues, the first of them first."""
    parts, rest = [], amount.fen
    for due in dues:
        part = min(rest, (due.amount - due.offset).fen)
        rest -= part
        if part:
            parts.append((due, Money(part)))
    return parts
