"""Lines of a bank's answer that speak of nothing that was sent: kept, matched to a payment by two people, or set apart."""

from __future__ import annotations

from collections.abc import Sequence

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import bank_name_agrees
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import FINANCE, Actor, Role
from trainingadmin.payments.actions import settling
from trainingadmin.payments.bank.answers import AnswerLine, Stray
from trainingadmin.payments.models import BankAnswer, Batch, Payment, StrayLine
from trainingadmin.payments.queries import locks, rows
from trainingadmin.payments.queries.answered import strays as kept
from trainingadmin.payments.states import STRAY, PaymentState, StrayState
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db


def keep(batch: Batch, answer: BankAnswer, told: Sequence[Stray]) -> None:
    """Keep the stray lines of an answer, each once however often the bank repeats it."""
    known = kept.indexes_of(batch.id)
    for one in told:
        index = kept.index_of(one)
        if index in known:
            continue
        known.add(index)
        db.session.add(
            StrayLine(
                batch_id=batch.id,
                answer_id=answer.id,
                line_index=index,
                row=one.row,
                position=one.position,
                account=one.account,
                name=one.name,
                amount=one.amount,
                paid=one.paid,
                reason=one.reason,
            )
        )
    db.session.flush()


def match(stray: StrayLine, payment_id: int | None, note: str, *, by: Actor) -> None:
    """Say which payment a stray line is about; nothing is booked until another person has confirmed it.

    Refusals as `Lifecycle.check`, `relative`, `stray-payment` unless that payment waits for the bank with this very account and
    amount, `stray-taken` when another line is matched to it.
    """
    allowed = STRAY.check("match", state=stray.state, actor=by, past=(), note=note)
    payment = _refuse_other(stray, payment_id)
    people.refuse_relatives([payment.person_id], by=by)
    stray.payment_id = payment.id
    _propose(stray, allowed.target, note, by)


def set_apart(stray: StrayLine, note: str, *, by: Actor) -> None:
    """Say why a stray line is about none of our payments; it books nothing. Refusals as `Lifecycle.check`, `relative`."""
    allowed = STRAY.check("set_apart", state=stray.state, actor=by, past=(), note=note)
    _refuse_relatives(stray, by)
    _propose(stray, allowed.target, note, by)


def _propose(stray: StrayLine, target: StrayState, note: str, by: Actor) -> None:
    stray.state, stray.note = target, note.strip()
    stray.proposed_human, stray.proposed_name, stray.proposed_at = by.human, by.name_as(*FINANCE), clock.now()
    _note("stray-match" if stray.payment_id else "stray-apart", stray, by, note)


def confirm(stray: StrayLine, *, by: Actor) -> None:
    """Book a matched line as the bank's answer to its payment, under a second person's eyes.

    Refusals as `Lifecycle.check` (`move-same-person` for who matched it), `relative`, and as `match` when the payment
    has changed since.
    """
    batch = locks.batch(kept.batch_of(stray))
    allowed = STRAY.check("confirm", state=stray.state, actor=by, past=kept.hands(stray))
    payment = _refuse_other(stray, stray.payment_id)
    people.refuse_relatives([payment.person_id], by=by)
    stray.state = allowed.target
    stray.decided_human, stray.decided_name, stray.decided_at = by.human, by.name_as(Role.CHECKER), clock.now()
    _note("stray-confirm", stray, by, "")
    told = AnswerLine(stray.row, payment.position, stray.paid, stray.reason, stray.name, known=False)
    settling.settle(batch, [told], by)


def decline(stray: StrayLine, note: str, *, by: Actor) -> None:
    """Turn a match down, so that the line is looked for again. Refusals as `Lifecycle.check`."""
    allowed = STRAY.check("decline", state=stray.state, actor=by, past=kept.hands(stray), note=note)
    _refuse_relatives(stray, by)
    stray.state, stray.payment_id, stray.note = allowed.target, None, note.strip()
    _note("stray-decline", stray, by, note)


def _refuse_relatives(stray: StrayLine, by: Actor) -> None:
    """Keep whoever is in the batch out of what the bank says of it: nobody knows yet whom the line is about."""
    people.refuse_relatives(rows.persons(rows.due_ids(kept.batch_of(stray))), by=by)


def _refuse_other(stray: StrayLine, payment_id: int | None) -> Payment:
    payment = db.session.get(Payment, payment_id, populate_existing=True) if payment_id else None
    if payment is None or payment.state is not PaymentState.PENDING or not kept.fits(stray, payment):
        reason = N_("只能对应到已放款、等待银行结果、账号和金额都相同的款项。")
        raise Refusal("stray-payment", reason, field="payment")
    if stray.paid and stray.name and not bank_name_agrees(payment.payee_name, stray.name):
        raise Refusal("stray-payment", N_("户名与该笔款项的收款户名不一致，不能入账。"), field="payment")
    if kept.taken(payment.id, stray.id):
        raise Refusal("stray-taken", N_("这笔款项已经对应到另一行。"), field="payment")
    return payment


def _note(verb: str, stray: StrayLine, by: Actor, note: str) -> None:
    db.session.flush()
    facts = {"stray": stray.id, "payment": stray.payment_id, "amount": str(stray.amount), "paid": stray.paid}
    journal.record(verb, f"batches:{stray.batch_id}", by=by, note=note.strip(), **facts)
