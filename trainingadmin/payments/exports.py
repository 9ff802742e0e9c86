"""Tables of payments to take away: as filtered, headed by who and when, people and accounts masked."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from trainingadmin.kernel.identifiers import mask_account, mask_id
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments import ledger, queries
from trainingadmin.payments.models import Batch
from trainingadmin.payments.queries import dues, statements
from trainingadmin.payments.states import CODE_LABELS, KIND_LABELS, PAYMENT
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.exports import heading
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_table
from trainingadmin.schemes import SCHEMES


def batch_lines(batch: Batch, actor: Actor, *, q: str = "", state: str = "") -> bytes:
    """Return a batch's rows."""
    columns = (
        Column(_("序号"), Form.NUMBER, 8),
        Column(_("学员"), Form.TEXT, 14),
        Column(_("身份证号"), Form.TEXT, 22),
        Column(_("收款单位"), Form.TEXT, 30),
        Column(_("账号"), Form.TEXT, 24),
        Column(_("班级"), Form.TEXT, 22),
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
            row.cohort,
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
        Column(_("企业"), Form.TEXT, 30),
        Column(_("班级"), Form.TEXT, 22),
        Column(_("补贴项目"), Form.TEXT, 24),
        Column(_("款项"), Form.TEXT, 10),
        Column(_("人数"), Form.NUMBER, 8),
        Column(_("应付（元）"), Form.MONEY, 14),
        Column(_("抵扣（元）"), Form.MONEY, 14),
        Column(_("实付（元）"), Form.MONEY, 14),
    )
    rows = (
        (
            group.payee,
            group.cohort,
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


def trial_balance(actor: Actor, on: date | None) -> bytes:
    """Return every account with what went in and out until the end of a day."""
    columns = (
        Column(_("科目"), Form.TEXT, 48),
        Column(_("借方（元）"), Form.MONEY, 16),
        Column(_("贷方（元）"), Form.MONEY, 16),
        Column(_("余额（元）"), Form.MONEY, 16),
    )
    accounts = ledger.trial_balance(actor, on)
    sums = ledger.add_up(accounts)
    rows = [(one.account, one.debit, one.credit, one.balance) for one in accounts]
    rows.append((_("合计"), sums.debit, sums.credit, sums.debit - sums.credit))
    day = _("截至 %(day)s", day=(on or clock.today()).isoformat())
    return write_table(columns, rows, heading=[*heading(_("总账"), actor), day], sheet=_("总账"))


def statement(actor: Actor, by: str, key: str) -> bytes:
    """Return every booking of one person, organisation, filing, batch, scheme or year."""
    columns = (
        Column(_("时间"), Form.TEXT, 18),
        Column(_("事由"), Form.TEXT, 20),
        Column(_("款项"), Form.TEXT, 10),
        Column(_("学员"), Form.TEXT, 14),
        Column(_("身份证号"), Form.TEXT, 22),
        Column(_("企业"), Form.TEXT, 30),
        Column(_("班级"), Form.TEXT, 22),
        Column(_("批次"), Form.TEXT, 24),
        Column(_("金额（元）"), Form.MONEY, 14),
    )
    statements.sums(actor, by, key)
    rows = (
        (
            clock.local(row.at).strftime("%Y-%m-%d %H:%M"),
            _(CODE_LABELS[row.code]),
            _(KIND_LABELS[row.kind]),
            row.person,
            mask_id(row.id_number),
            row.payee,
            row.cohort,
            row.batch or "",
            row.amount,
        )
        for row in db.session.execute(statements.rows(actor, by, key))
    )
    return write_table(columns, rows, heading=heading(statements.title(by, key), actor), sheet=_("对账单"))
