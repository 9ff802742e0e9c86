"""Says in a trainee's words where each sum is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from trainingadmin.desk.queries import Sum
from trainingadmin.kernel.labels import N_
from trainingadmin.payments.states import DueState
from trainingadmin.plumbing import clock

KINDS = {"advance": N_("预支补贴"), "balance": N_("培训补贴"), "recovery": N_("应退预支款")}
STATES = {
    DueState.OPEN: (N_("待拨付"), "info"),
    DueState.IN_BATCH: (N_("拨付中"), "info"),
    DueState.SETTLED: (N_("已拨付"), "ok"),
    DueState.FAILED: (N_("银行退回，等待更正账户"), "warn"),
}


def told(sums: Iterable[Sum]) -> list[dict[str, Any]]:
    """Return each sum with its name, its state and one sentence on it."""
    return [_told(found) for found in sums]


def _told(found: Sum) -> dict[str, Any]:
    label, tone = STATES[found.state]
    note = _("拨付给 %(payee)s", payee=found.payee)
    if found.settled_at:
        note = _(
            "%(day)s 拨付给 %(payee)s · 尾号 %(tail)s",
            day=clock.local(found.settled_at).date().isoformat(),
            payee=found.payee,
            tail=found.account_tail,
        )
    if found.offset:
        note = _("%(note)s · 其中 %(sum)s 元抵扣本班其他学徒应退的预支款", note=note, sum=found.offset.grouped())
    return {"name": _(KINDS[found.kind]), "amount": found.amount, "label": _(label), "tone": tone, "note": note}
