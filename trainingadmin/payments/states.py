"""The states of dues, batches and payments, the lifecycle of a batch, and why money moves in the books."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle, Move
from trainingadmin.kernel.roles import Role


class DueKind(StrEnum):
    """Why money is owed; a recovery is owed to the bureau."""

    ADVANCE = "advance"
    BALANCE = "balance"
    MONTHLY = "monthly"
    ALLOWANCE = "allowance"
    ONE_OFF = "one_off"
    RECOVERY = "recovery"


KIND_LABELS = {
    DueKind.ADVANCE: N_("预支"),
    DueKind.BALANCE: N_("余额"),
    DueKind.MONTHLY: N_("按月补贴"),
    DueKind.ALLOWANCE: N_("生活费补贴"),
    DueKind.ONE_OFF: N_("一次性补贴"),
    DueKind.RECOVERY: N_("追回"),
}
EARNED = frozenset({DueKind.BALANCE, DueKind.MONTHLY, DueKind.ONE_OFF})
"""What is paid of an entitlement after any advance."""
OUTWARD = EARNED | {DueKind.ADVANCE, DueKind.ALLOWANCE}
"""What the bureau pays."""


def owner(payee_id: int | None, person_id: int) -> str:
    """Return whose account in the books a due is: an organisation's by its id, else the person's."""
    return str(payee_id) if payee_id is not None else f"person/{person_id}"


class DueState(StrEnum):
    """Where a due stands; `settled` covers paid and wholly offset."""

    OPEN = "open"
    IN_BATCH = "in_batch"
    SETTLED = "settled"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DeathMark(StrEnum):
    """What a report of a death means for a due, the gravest first: true and before what is paid for ended, not ruled on, true and after."""

    BEFORE = "before"
    OPEN = "open"
    AFTER = "after"


DEATH_LABELS = {
    DeathMark.BEFORE: N_("核实死亡，在应付事项结束前"),
    DeathMark.OPEN: N_("死亡名单命中，尚未核实"),
    DeathMark.AFTER: N_("核实死亡，在应付事项结束后"),
}
DEATH_TONES = {DeathMark.BEFORE: "bad", DeathMark.OPEN: "warn", DeathMark.AFTER: "warn"}

_FINANCE = frozenset({Role.PREPARER, Role.CHECKER})
_SYSTEM = _FINANCE | {Role.APPROVAL, Role.SYSTEM}
_D = DueState


def _due(name: str, label: str, sources: set[DueState], target: DueState) -> Move[DueState]:
    return Move(name, label, frozenset(sources), target, _SYSTEM, duty=name, automatic=True)


DUE: Lifecycle[DueState] = Lifecycle(
    _due("batch", N_("列入批次"), {_D.OPEN}, _D.IN_BATCH),
    _due("batch_again", N_("列入重发批次"), {_D.FAILED}, _D.IN_BATCH),
    _due("reopen", N_("批次撤销"), {_D.IN_BATCH}, _D.OPEN),
    _due("pay", N_("支付成功"), {_D.IN_BATCH}, _D.SETTLED),
    _due("fail", N_("银行退回"), {_D.IN_BATCH}, _D.FAILED),
    _due("offset", N_("全额抵扣"), {_D.OPEN}, _D.SETTLED),
    _due("recover", N_("追回完毕"), {_D.OPEN}, _D.SETTLED),
    Move(
        "cancel",
        N_("取消预支"),
        frozenset({_D.OPEN, _D.FAILED}),
        _D.CANCELLED,
        _SYSTEM,
        duty="cancel",
        needs_note=True,
        tone="bad",
    ),
    start=_D.OPEN,
    final={_D.SETTLED, _D.CANCELLED},
    labels={
        _D.OPEN: N_("待制单"),
        _D.IN_BATCH: N_("已列入批次"),
        _D.SETTLED: N_("已结清"),
        _D.FAILED: N_("支付失败"),
        _D.CANCELLED: N_("已取消"),
    },
    tones={_D.OPEN: "warn", _D.IN_BATCH: "info", _D.SETTLED: "ok", _D.FAILED: "bad", _D.CANCELLED: "idle"},
)


class BatchState(StrEnum):
    """Composed by one person, checked and released by another, settled by the bank's answer."""

    COMPOSED = "composed"
    CHECKED = "checked"
    RELEASED = "released"
    SETTLED = "settled"
    CANCELLED = "cancelled"


COMPOSE = "compose"

BATCH: Lifecycle[BatchState] = Lifecycle(
    Move(
        "check",
        N_("复核通过"),
        frozenset({BatchState.COMPOSED}),
        BatchState.CHECKED,
        frozenset({Role.CHECKER}),
        duty="check",
        fresh_eyes=True,
    ),
    # One duty with checking: what it adds is that nothing has changed since.
    Move(
        "release",
        N_("放款"),
        frozenset({BatchState.CHECKED}),
        BatchState.RELEASED,
        frozenset({Role.CHECKER}),
        duty="check",
        fresh_eyes=True,
    ),
    Move(
        "cancel",
        N_("撤销批次"),
        frozenset({BatchState.COMPOSED, BatchState.CHECKED}),
        BatchState.CANCELLED,
        _FINANCE,
        duty="cancel",
        needs_note=True,
        tone="bad",
    ),
    Move(
        "settle",
        N_("银行回单入账"),
        frozenset({BatchState.RELEASED}),
        BatchState.SETTLED,
        _FINANCE,
        duty="settle",
        automatic=True,
    ),
    start=BatchState.COMPOSED,
    final={BatchState.SETTLED, BatchState.CANCELLED},
    labels={
        BatchState.COMPOSED: N_("待复核"),
        BatchState.CHECKED: N_("待放款"),
        BatchState.RELEASED: N_("待银行回单"),
        BatchState.SETTLED: N_("已入账"),
        BatchState.CANCELLED: N_("已撤销"),
    },
    tones={
        BatchState.COMPOSED: "warn",
        BatchState.CHECKED: "info",
        BatchState.RELEASED: "info",
        BatchState.SETTLED: "ok",
        BatchState.CANCELLED: "idle",
    },
)


class PaymentState(StrEnum):
    """One attempt to pay one due."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


_P = PaymentState


def _payment(name: str, label: str, target: PaymentState) -> Move[PaymentState]:
    return Move(name, label, frozenset({_P.PENDING}), target, _SYSTEM, duty=name, automatic=True)


PAYMENT: Lifecycle[PaymentState] = Lifecycle(
    _payment("pay", N_("支付成功"), _P.PAID),
    _payment("fail", N_("银行退回"), _P.FAILED),
    _payment("cancel", N_("批次撤销"), _P.CANCELLED),
    start=_P.PENDING,
    final={_P.PAID, _P.FAILED, _P.CANCELLED},
    labels={_P.PENDING: N_("待支付"), _P.PAID: N_("已支付"), _P.FAILED: N_("支付失败"), _P.CANCELLED: N_("已撤销")},
    tones={_P.PENDING: "info", _P.PAID: "ok", _P.FAILED: "bad", _P.CANCELLED: "idle"},
)


class StrayState(StrEnum):
    """A line of a bank's answer that speaks of nothing that was sent: matched by two people, or set apart by one."""

    OPEN = "open"
    PROPOSED = "proposed"
    MATCHED = "matched"
    SET_APART = "set_apart"


_S = StrayState
_FOUND = frozenset({_S.OPEN, _S.SET_APART})

STRAY: Lifecycle[StrayState] = Lifecycle(
    Move("match", N_("对应到款项"), _FOUND, _S.PROPOSED, _FINANCE, duty="match", needs_note=True),
    Move("set_apart", N_("单列，不入账"), frozenset({_S.OPEN}), _S.SET_APART, _FINANCE, duty="match", needs_note=True),
    Move(
        "confirm",
        N_("确认并入账"),
        frozenset({_S.PROPOSED}),
        _S.MATCHED,
        frozenset({Role.CHECKER}),
        duty="confirm",
        fresh_eyes=True,
    ),
    Move(
        "decline",
        N_("不是这一笔"),
        frozenset({_S.PROPOSED}),
        _S.OPEN,
        frozenset({Role.CHECKER}),
        duty="confirm",
        fresh_eyes=True,
        needs_note=True,
        tone="bad",
    ),
    start=_S.OPEN,
    final={_S.MATCHED},
    labels={_S.OPEN: N_("待查"), _S.PROPOSED: N_("待确认"), _S.MATCHED: N_("已对应入账"), _S.SET_APART: N_("已单列")},
    tones={_S.OPEN: "warn", _S.PROPOSED: "info", _S.MATCHED: "ok", _S.SET_APART: "idle"},
)


class TransferCode(StrEnum):
    """Why money moved in the books."""

    ACCRUE = "accrue"
    OFFSET = "offset"
    PAY = "pay"
    RECOVER = "recover"
    SET_OFF = "set_off"
    WRITE_OFF = "write_off"
    APPROPRIATE = "appropriate"
    REVERSE = "reverse"


CODE_LABELS = {
    TransferCode.ACCRUE: N_("计提应付或应收"),
    TransferCode.OFFSET: N_("抵扣预支"),
    TransferCode.PAY: N_("银行支付"),
    TransferCode.RECOVER: N_("收回"),
    TransferCode.SET_OFF: N_("经批准抵扣追回款"),
    TransferCode.WRITE_OFF: N_("核销"),
    TransferCode.APPROPRIATE: N_("资金下达"),
    TransferCode.REVERSE: N_("冲销"),
}
