"""What closes an order: repayments by their bank evidence, set-offs and waivers, each entered by one and decided by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trainingadmin.cohorts.actions import clean_name
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import SYSTEM, Actor, Role
from trainingadmin.payments import actions as payments
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.storage import store
from trainingadmin.recoveries import queries
from trainingadmin.recoveries.actions import flagging
from trainingadmin.recoveries.models import RecoveryAct, RecoveryOrder
from trainingadmin.recoveries.states import ACT, DECIDED_BY, ORDER, ActKind, ActState, OrderState

LARGEST = 5 * 1024 * 1024
# First bytes, media type, and the ending the file is kept under whatever it was called.
_FORMS = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
)


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """What the bank says of money that came in: its number of the transfer, the day, and the slip."""

    reference: str
    received_on: date
    filename: str
    data: bytes


def repay(order: RecoveryOrder, amount: Money, evidence: Evidence, *, by: Actor) -> RecoveryAct:
    """Record money that came back; it is booked when another has compared it with the slip.

    Refusals `move-role`, `not-issued`, `relative`, `amount-wrong`, `reference-missing`, `reference-taken`,
    `received-future`, `file-missing`, `file-too-big`, `file-kind`.
    """
    order = _open(order, by)
    _refuse_amount(order, amount)
    reference = fold(evidence.reference).strip()
    if not reference:
        raise Refusal("reference-missing", N_("请填写银行流水号。"), field="reference")
    if queries.reference_taken(reference):
        raise Refusal("reference-taken", N_("这个银行流水号已经登记过。"), field="reference")
    if evidence.received_on > clock.today():
        raise Refusal("received-future", N_("到账日期不能晚于今天。"), field="received_on")
    media_type, ending = _form(evidence.data)
    act = _act(order, ActKind.REPAYMENT, amount, evidence.received_on, by)
    act.reference, act.filename, act.media_type = reference, clean_name(evidence.filename, ending), media_type
    act.sha256 = store().keep(evidence.data)
    return _entered(act, by)


def set_off(order: RecoveryOrder, amount: Money, cohort_id: int, reason: str, *, by: Actor) -> RecoveryAct:
    """Ask that another filing's balances bear part of an order; nothing is set off without a decision (policy §2).

    Refusals `move-role`, `not-issued`, `relative`, `amount-wrong`, `reason-missing`, `claim-in-batch`, `bearer-unfit`.
    """
    order = _open(order, by)
    _refuse_amount(order, amount)
    _refuse_silence(reason)
    bears = _bearers(order, amount, cohort_id)
    if cohort_id not in bears:
        reason_ = N_("只能用同一企业、同一项目、同一经办机构、尚未编入批次的余额抵扣。")
        raise Refusal("bearer-unfit", reason_, field="cohort_id")
    if amount > bears[cohort_id]:
        raise Refusal("bearer-unfit", N_("可用于抵扣的余额不足。"), field="amount")
    act = _act(order, ActKind.SET_OFF, amount, clock.today(), by)
    act.bearing_cohort_id, act.reason = cohort_id, reason.strip()
    return _entered(act, by)


def waive(order: RecoveryOrder, amount: Money, reason: str, *, by: Actor) -> RecoveryAct:
    """Ask that part of an order is written off.

    Refusals `move-role`, `not-issued`, `relative`, `amount-wrong`, `reason-missing`.
    """
    order = _open(order, by)
    _refuse_amount(order, amount)
    _refuse_silence(reason)
    act = _act(order, ActKind.WAIVER, amount, clock.today(), by)
    act.reason = reason.strip()
    return _entered(act, by)


def decide(act: RecoveryAct, name: str, note: str, *, by: Actor) -> None:
    """Book or return what somebody entered; whoever entered it cannot.

    A repayment is confirmed by the finance checker, a set-off or waiver approved by the approver. Refusals as
    `Lifecycle.check` (`move-same-person`, `move-note`), `move-unfit`, `relative`, `amount-wrong`, `claim-in-batch`,
    `bearer-unfit`.
    """
    order = queries.locked_order(act.order_id)
    act = db.session.get_one(RecoveryAct, act.id, populate_existing=True)
    allowed = ACT.check(name, state=act.state, actor=by, past=queries.proposer(act), note=note)
    if name not in (DECIDED_BY[act.kind], "reject"):
        raise Refusal("move-unfit", N_("退款由财务复核入账，抵扣和核销由审批岗批准。"))
    _refuse_relatives(order, by)
    if allowed.target is ActState.BOOKED:
        _book(order, act, by)
    act.state = allowed.target
    act.decided_by, act.decided_name, act.decided_at, act.note = (
        by.id,
        by.name_as(Role.APPROVAL, Role.CHECKER),
        clock.now(),
        note.strip(),
    )
    db.session.flush()
    _journal(f"{name}-recovery", act, by, note=note.strip())


def _book(order: RecoveryOrder, act: RecoveryAct, by: Actor) -> None:
    if act.amount > order.left:
        raise Refusal("amount-wrong", N_("金额必须大于零，且不能超过尚未追回的金额。"))
    dues, key = queries.due_ids(order.id), f"recovery-act:{act.id}"
    if act.kind is ActKind.REPAYMENT:
        payments.take_back(dues, act.amount, order.funding_source, key, by=by)
    elif act.kind is ActKind.WAIVER:
        payments.write_off(dues, act.amount, key, by=by)
    else:
        cohort_id = act.bearing_cohort_id or 0
        _bearers(order, act.amount, cohort_id)
        bearing = queries.bearing_dues(order, cohort_id)
        payments.set_off(dues, act.amount, bearing, key, by=by)
    order.closed += act.amount
    if not order.left:
        actor = by if by.has(*ORDER.moves["settle"].roles) else SYSTEM
        order.state = ORDER.check("settle", state=order.state, actor=actor, past=()).target
        order.settled_at = clock.now()
        db.session.flush()
        flagging.flag_overdue(by=by)


def _bearers(order: RecoveryOrder, amount: Money, cohort_id: int) -> dict[int, Money]:
    """Return by filing what could bear an order; refuse where a filing's is too little because a batch holds the rest."""
    bears = {one.cohort_id: one.amount for one in queries.bearers(order)}
    if amount > bears.get(cohort_id, ZERO):
        payments.refuse_in_batch(queries.held_dues(order, cohort_id))
    return bears


def _open(order: RecoveryOrder, by: Actor) -> RecoveryOrder:
    if not by.has(Role.PREPARER):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))
    order = queries.locked_order(order.id)
    if order.state is not OrderState.ISSUED:
        raise Refusal("not-issued", N_("只有已下达、尚未追回完毕的通知可以登记。"))
    _refuse_relatives(order, by)
    return order


def _act(order: RecoveryOrder, kind: ActKind, amount: Money, on: date, by: Actor) -> RecoveryAct:
    return RecoveryAct(
        order_id=order.id,
        kind=kind,
        amount=amount,
        happened_on=on,
        proposed_by=by.id,
        proposed_human=by.human,
        proposed_name=by.name_as(Role.PREPARER, Role.CHECKER),
        proposed_at=clock.now(),
    )


def _entered(act: RecoveryAct, by: Actor) -> RecoveryAct:
    db.session.add(act)
    db.session.flush()
    _journal(f"propose-{act.kind.value}", act, by)
    return act


def _journal(verb: str, act: RecoveryAct, by: Actor, **more: object) -> None:
    journal.record(verb, f"recoveries:{act.order_id}", by=by, act=act.id, amount=str(act.amount), **more)


def _refuse_amount(order: RecoveryOrder, amount: Money) -> None:
    if not ZERO < amount <= order.left - queries.proposed(order.id):
        reason = N_("金额必须大于零，且不能超过尚未追回（含待核定）的金额。")
        raise Refusal("amount-wrong", reason, field="amount")


def _refuse_silence(reason: str) -> None:
    if not reason.strip():
        raise Refusal("reason-missing", N_("请写明理由和依据。"), field="reason")


def _refuse_relatives(order: RecoveryOrder, by: Actor) -> None:
    people.refuse_relatives([line.person_id for line in queries.lines(order.id)], by=by)


def _form(data: bytes) -> tuple[str, str]:
    if not data:
        raise Refusal("file-missing", N_("请上传银行到账凭证。"), field="slip")
    if len(data) > LARGEST:
        raise Refusal("file-too-big", N_("文件超过 5 MB，请压缩后上传。"), field="slip")
    for magic, media_type, ending in _FORMS:
        if data.startswith(magic):
            return media_type, ending
    raise Refusal("file-kind", N_("只接受 PDF、JPG 或 PNG 文件。"), field="slip")
