"""Tables of the books to take away: headed by who and when, people masked."""

from __future__ import annotations

from datetime import date, datetime

from flask import abort
from flask_babel import gettext as _

from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.ledger.queries import balances, statements
from trainingadmin.ledger.queries import sources as kept
from trainingadmin.payments import titles
from trainingadmin.payments.entries import accounts_in
from trainingadmin.payments.states import CODE_LABELS, KIND_LABELS
from trainingadmin.people.queries import office_names
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.exports import heading
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_table


def trial_balance(actor: Actor, on: date | None) -> bytes:
    """Return every account with what went in and out until the end of a day."""
    columns = (
        Column(_("科目"), Form.TEXT, 48),
        Column(_("科目代码"), Form.TEXT, 48),
        Column(_("借方（元）"), Form.MONEY, 16),
        Column(_("贷方（元）"), Form.MONEY, 16),
        Column(_("余额（元）"), Form.MONEY, 16),
    )
    accounts = balances.trial_balance(actor, on)
    sums = balances.add_up(accounts)
    named = titles.of_accounts([one.account for one in accounts])
    rows = [(named[one.account], one.account, one.debit, one.credit, one.balance) for one in accounts]
    rows.append((_("合计"), "", sums.debit, sums.credit, sums.debit - sums.credit))
    return write_table(columns, rows, heading=[*heading(_("总账"), actor), _until(on)], sheet=_("总账"))


def account(actor: Actor, path: str, on: date | None, since: date | None = None) -> bytes:
    """Return every transfer in and out of one account as on its page, or answer 404 where there is none."""
    columns = (
        Column(_("时间"), Form.TEXT, 18),
        Column(_("事由"), Form.TEXT, 20),
        Column(_("对方科目"), Form.TEXT, 48),
        Column(_("借方（元）"), Form.MONEY, 16),
        Column(_("贷方（元）"), Form.MONEY, 16),
        Column(_("余额（元）"), Form.MONEY, 16),
        Column(_("人员"), Form.TEXT, 16),
        Column(_("批次"), Form.TEXT, 24),
    )
    booked = db.session.execute(balances.rows(actor, path, on, since)).all()
    if not booked:
        abort(404)
    named = titles.of_accounts({path, *accounts_in(booked)})
    rows = (
        (
            _when(row.at),
            _(CODE_LABELS[row.code]),
            named[row.credit if row.debit == path else row.debit],
            row.amount if row.debit == path else None,
            row.amount if row.credit == path else None,
            row.balance,
            row.person or "",
            row.batch or "",
        )
        for row in booked
    )
    return write_table(columns, rows, heading=[*heading(named.get(path, path), actor), _until(on)], sheet=_("科目明细"))


def sources(actor: Actor, on: date | None) -> bytes:
    """Return every source and office with its sums until the end of a day."""
    columns = (
        Column(_("资金来源"), Form.TEXT, 32),
        Column(_("经办机构"), Form.TEXT, 28),
        *(Column(f"{_(label)}（{_('元')}）", Form.MONEY, 16) for label in kept.LABELS.values()),
        Column(_("结存（元）"), Form.MONEY, 16),
    )
    offices = office_names()
    rows = (
        (one.source or _("尚未编批"), offices[one.office], *(one.of(part) for part in kept.LABELS), one.balance)
        for one in kept.standings(actor, on)
    )
    return write_table(columns, rows, heading=[*heading(_("资金来源"), actor), _until(on)], sheet=_("资金来源"))


def source(actor: Actor, source: str, office: str, part: str, on: date | None) -> bytes:
    """Return every booking behind one sum of a source and office."""
    columns = (
        Column(_("时间"), Form.TEXT, 18),
        Column(_("事由"), Form.TEXT, 20),
        Column(_("姓名"), Form.TEXT, 14),
        Column(_("身份证号"), Form.TEXT, 22),
        Column(_("收款单位或个人"), Form.TEXT, 30),
        Column(_("班级或申领"), Form.TEXT, 22),
        Column(_("批次或文号"), Form.TEXT, 24),
        Column(_("金额（元）"), Form.MONEY, 14),
    )
    rows = (
        (
            _when(row.at),
            _(CODE_LABELS[row.code]),
            row.person or "",
            mask_id(row.id_number) if row.id_number else "",
            row.payee or "",
            row.about or "",
            row.batch or row.document or "",
            Money(row.amount.fen * row.sign),
        )
        for row in db.session.execute(kept.rows(actor, source, office, part, on))
    )
    title = f"{source or _('尚未编批')} {office_names().get(office, office)} {_(kept.LABELS[kept.Of(part)])}"
    return write_table(columns, rows, heading=[*heading(title, actor), _until(on)], sheet=_("逐笔记账"))


def _when(at: datetime) -> str:
    return clock.local(at).strftime("%Y-%m-%d %H:%M")


def _until(on: date | None) -> str:
    return str(_("截至 %(day)s", day=(on or clock.today()).isoformat()))


def statement(actor: Actor, by: str, key: str) -> bytes:
    """Return every booking of one person, organisation, filing, batch, scheme or year."""
    columns = (
        Column(_("时间"), Form.TEXT, 18),
        Column(_("事由"), Form.TEXT, 20),
        Column(_("款项"), Form.TEXT, 10),
        Column(_("姓名"), Form.TEXT, 14),
        Column(_("身份证号"), Form.TEXT, 22),
        Column(_("收款单位或个人"), Form.TEXT, 30),
        Column(_("班级或申领"), Form.TEXT, 22),
        Column(_("批次"), Form.TEXT, 24),
        Column(_("金额（元）"), Form.MONEY, 14),
    )
    statements.sums(actor, by, key)
    rows = (
        (
            _when(row.at),
            _(CODE_LABELS[row.code]),
            _(KIND_LABELS[row.kind]),
            row.person,
            mask_id(row.id_number),
            row.payee,
            row.about,
            row.batch or "",
            row.amount,
        )
        for row in db.session.execute(statements.rows(actor, by, key))
    )
    return write_table(columns, rows, heading=heading(statements.title(by, key), actor), sheet=_("对账单"))
