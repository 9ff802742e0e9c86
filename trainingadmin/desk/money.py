"""Says in a trainee's words where each sum is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from trainingadmin.desk.queries import Sum
from trainingadmin.kernel.labels import N_
from trainingadmin.payments.states import DueState
from trainingadmin.plumbing import clock

KINDS = {
    "advance": N_("预支补贴"),
    "balance": N_("培训补贴"),
    "monthly": N_("按月补贴"),
    "allowance": N_("生活费补贴"),
    "one_off": N_("一次性补贴"),
    "recovery": N_("应退款"),
}
STATES = {
    DueState.OPEN: (N_("待拨付"), "info"),
    DueState.IN_BATCH: (N_("拨付中"), "info"),
    DueState.SETTLED: (N_("已拨付"), "ok"),
    DueState.FAILED: (N_("银行退回，等待更正账户"), "warn"),
}


def told(sums: Iterable[Sum]) -> list[dict[str, Any]]:
    """Return each sum with its name, its state and one sentence on it."""
    return [_told(found) for found in sums]


_BACK = {DueState.OPEN: (N_("待退回"), "warn"), DueState.SETTLED: (N_("已退清"), "ok")}


def _to_give_back(found: Sum) -> dict[str, Any]:
    label, tone = _BACK[found.state]
    note = _("由 %(payee)s 退回", payee=found.payee) if found.payee else _("请按追回通知书退回，可以分次退")
    if found.offset and found.offset < found.amount:
        note = _("%(note)s · 已退 %(sum)s 元", note=note, sum=found.offset.grouped())
    return {
        "name": f"{_(KINDS[found.kind])} {found.period}".strip(),
        "amount": found.amount,
        "label": _(label),
        "tone": tone,
        "note": note,
    }


def _told(found: Sum) -> dict[str, Any]:
    if found.kind == "recovery":
        return _to_give_back(found)
    label, tone = STATES[found.state]
    payee = found.payee or _("您本人的社会保障卡账户")
    note = _("拨付给 %(payee)s", payee=payee)
    if found.settled_at:
        note = _(
            "%(day)s 拨付给 %(payee)s · 尾号 %(tail)s",
            day=clock.local(found.settled_at).date().isoformat(),
            payee=payee,
            tail=found.account_tail,
        )
    if found.offset:
        note = _("%(note)s · 其中 %(sum)s 元抵扣本班其他学徒应退的预支款", note=note, sum=found.offset.grouped())
    return {
        "name": f"{_(KINDS[found.kind])} {found.period}".strip(),
        "amount": found.amount,
        "label": _(label),
        "tone": tone,
        "note": note,
    }
