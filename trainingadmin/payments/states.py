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
    RECOVERY = "recovery"


KIND_LABELS = {DueKind.ADVANCE: N_("预支"), DueKind.BALANCE: N_("余额"), DueKind.RECOVERY: N_("追回")}


class DueState(StrEnum):
    """Where a due stands; `settled` covers paid and wholly offset."""

    OPEN = "open"
    IN_BATCH = "in_batch"
    SETTLED = "settled"
    FAILED = "failed"
    CANCELLED = "cancelled"


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
        _D.FAILED: N_("待重发"),
        _D.CANCELLED: N_("已取消"),
    },
    tones={_D.OPEN: "warn", _D.IN_BATCH: "info", _D.SETTLED: "ok", _D.FAILED: "bad", _D.CANCELLED: "idle"},
)


class BatchState(StrEnum):
    """Composed by one person, released by another, settled by the bank's answer."""

    COMPOSED = "composed"
    RELEASED = "released"
    SETTLED = "settled"
    CANCELLED = "cancelled"


COMPOSE = "compose"

BATCH: Lifecycle[BatchState] = Lifecycle(
    Move(
        "release",
        N_("复核通过"),
        frozenset({BatchState.COMPOSED}),
        BatchState.RELEASED,
        frozenset({Role.CHECKER}),
        duty="check",
        fresh_eyes=True,
    ),
    Move(
        "cancel",
        N_("撤销批次"),
        frozenset({BatchState.COMPOSED}),
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
        BatchState.RELEASED: N_("待银行回单"),
        BatchState.SETTLED: N_("已入账"),
        BatchState.CANCELLED: N_("已撤销"),
    },
    tones={
        BatchState.COMPOSED: "warn",
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
