"""Tables of payments to take away: as filtered, headed by who and when, people and accounts masked."""

from __future__ import annotations

from flask_babel import gettext as _

from trainingadmin.kernel.identifiers import mask_account, mask_id
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments import queries
from trainingadmin.payments.models import Batch
from trainingadmin.payments.queries import dues
from trainingadmin.payments.states import KIND_LABELS, PAYMENT
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.exports import heading
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_table
from trainingadmin.schemes import SCHEMES


def batch_lines(batch: Batch, actor: Actor, *, q: str = "", state: str = "") -> bytes:
    """Return a batch's rows."""
    columns = (
        Column(_("序号"), Form.NUMBER, 8),
        Column(_("姓名"), Form.TEXT, 14),
        Column(_("身份证号"), Form.TEXT, 22),
        Column(_("收款单位或个人"), Form.TEXT, 30),
        Column(_("账号"), Form.TEXT, 24),
        Column(_("班级或申领"), Form.TEXT, 22),
        Column(_("金额（元）"), Form.MONEY, 14),
        Column(_("状态"), Form.TEXT, 12),
        Column(_("失败原因"), Form.TEXT, 30),
    )
    rows = (
        (
            row.position,
            row.person,
            mask_id(row.id_number),
            row.payee_name,
            mask_account(row.payee_account),
            row.about,
            row.amount,
            _(PAYMENT.labels[row.state]),
            row.failure,
        )
        for row in db.session.execute(queries.batch_lines(batch.id, q=q, state=state))
    )
    title = f"{batch.number} {_(SCHEMES[batch.scheme].label_zh)} {_(KIND_LABELS[batch.kind])}"
    shown = (
        _(PAYMENT.labels[next(s for s in PAYMENT.labels if s.value == state)]) if state in set(PAYMENT.labels) else ""
    )
    return write_table(columns, rows, heading=heading(title, actor, q, shown), sheet=_("批次明细"))


def payables(actor: Actor) -> bytes:
    """Return what waits for a batch, by enterprise and filing."""
    columns = (
        Column(_("收款单位或个人"), Form.TEXT, 30),
        Column(_("班级或申领"), Form.TEXT, 22),
        Column(_("补贴项目"), Form.TEXT, 24),
        Column(_("款项"), Form.TEXT, 10),
        Column(_("人数"), Form.NUMBER, 8),
        Column(_("应付（元）"), Form.MONEY, 14),
        Column(_("抵扣（元）"), Form.MONEY, 14),
        Column(_("实付（元）"), Form.MONEY, 14),
    )
    rows = (
        (
            group.payee or _("个人"),
            group.about,
            _(SCHEMES[group.scheme].label_zh),
            _(KIND_LABELS[group.kind]),
            group.people,
            group.amount,
            group.offset,
            group.payable,
        )
        for group in dues.payables(actor)
    )
    return write_table(columns, rows, heading=heading(_("待拨付清单"), actor), sheet=_("待拨付"))
