"""The lifecycles of an order and of what closes it, and why money has to come back."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle, Move
from trainingadmin.kernel.roles import Role


class Cause(StrEnum):
    """Why somebody's money has to come back."""

    DROP_OUT = "drop_out"
    NO_CERTIFICATE = "no_certificate"
    AUDIT = "audit"
    DEATH = "death"


CAUSE_LABELS = {
    Cause.DROP_OUT: N_("中途退出培训"),
    Cause.NO_CERTIFICATE: N_("未取得证书"),
    Cause.AUDIT: N_("稽核查出不应享受"),
    Cause.DEATH: N_("人员死亡"),
}


class OrderState(StrEnum):
    """Drafted by one person, issued by another, settled when nothing is left to come back."""

    DRAFTED = "drafted"
    ISSUED = "issued"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


DRAFT = "draft"
_O = OrderState

ORDER: Lifecycle[OrderState] = Lifecycle(
    Move(
        "issue",
        N_("下达追回通知"),
        frozenset({_O.DRAFTED}),
        _O.ISSUED,
        frozenset({Role.CHECKER}),
        "issue",
        fresh_eyes=True,
    ),
    Move(
        "withdraw",
        N_("撤回草稿"),
        frozenset({_O.DRAFTED}),
        _O.WITHDRAWN,
        frozenset({Role.PREPARER, Role.CHECKER}),
        DRAFT,
        needs_note=True,
        tone="bad",
    ),
    Move(
        "settle",
        N_("追回完毕"),
        frozenset({_O.ISSUED}),
        _O.SETTLED,
        frozenset({Role.CHECKER, Role.APPROVAL}),
        "settle",
        automatic=True,
    ),
    start=_O.DRAFTED,
    final={_O.SETTLED, _O.WITHDRAWN},
    labels={
        _O.DRAFTED: N_("待下达"),
        _O.ISSUED: N_("追回中"),
        _O.SETTLED: N_("已追回"),
        _O.WITHDRAWN: N_("已撤回"),
    },
    tones={_O.DRAFTED: "warn", _O.ISSUED: "info", _O.SETTLED: "ok", _O.WITHDRAWN: "idle"},
)


class ActKind(StrEnum):
    """How part of an order is closed."""

    REPAYMENT = "repayment"
    SET_OFF = "set_off"
    WAIVER = "waiver"


ACT_LABELS = {
    ActKind.REPAYMENT: N_("退款"),
    ActKind.SET_OFF: N_("抵扣待拨付款"),
    ActKind.WAIVER: N_("核销"),
}


class ActState(StrEnum):
    """Entered by one person, booked when another has agreed."""

    PROPOSED = "proposed"
    BOOKED = "booked"
    REJECTED = "rejected"


PROPOSE = "propose"
DECIDED_BY = {ActKind.REPAYMENT: "confirm", ActKind.SET_OFF: "approve", ActKind.WAIVER: "approve"}
_A = ActState


def _decision(name: str, label: str, target: ActState, roles: set[Role], tone: str = "primary") -> Move[ActState]:
    return Move(
        name,
        label,
        frozenset({_A.PROPOSED}),
        target,
        frozenset(roles),
        duty="decide",
        fresh_eyes=True,
        needs_note=target is _A.REJECTED,
        tone=tone,
    )


ACT: Lifecycle[ActState] = Lifecycle(
    _decision("confirm", N_("核对无误，入账"), _A.BOOKED, {Role.CHECKER}),
    _decision("approve", N_("批准"), _A.BOOKED, {Role.APPROVAL}),
    _decision("reject", N_("退回"), _A.REJECTED, {Role.CHECKER, Role.APPROVAL}, "bad"),
    start=_A.PROPOSED,
    final={_A.BOOKED, _A.REJECTED},
    labels={_A.PROPOSED: N_("待另一人核定"), _A.BOOKED: N_("已入账"), _A.REJECTED: N_("已退回")},
    tones={_A.PROPOSED: "warn", _A.BOOKED: "ok", _A.REJECTED: "bad"},
)
