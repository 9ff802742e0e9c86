"""Lists of recoveries as Excel files, exactly as they are narrowed on the page."""

from __future__ import annotations

from flask_babel import gettext as _

from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_table
from trainingadmin.recoveries import queries
from trainingadmin.recoveries.states import ORDER


def orders(actor: Actor, *, q: str, state: str) -> bytes:
    """Return the list of orders."""
    columns = (
        Column(_("通知编号"), Form.TEXT, 26),
        Column(_("退款人"), Form.TEXT, 30),
        Column(_("班级或申领"), Form.TEXT, 22),
        Column(_("应追回（元）"), Form.MONEY, 14),
        Column(_("已追回（元）"), Form.MONEY, 14),
        Column(_("尚欠（元）"), Form.MONEY, 14),
        Column(_("退款期限"), Form.TEXT, 12),
        Column(_("状态"), Form.TEXT, 12),
    )
    rows = (
        (
            row.number,
            row.payee,
            row.about,
            row.amount,
            row.closed,
            row.amount - row.closed,
            row.due_on.isoformat(),
            _("逾期") if row.state == "issued" and row.due_on < clock.today() else _(ORDER.labels[row.state]),
        )
        for row in db.session.execute(queries.orders(actor, q=q, state=state))
    )
    made = _("导出：%(name)s，%(at)s", name=actor.name, at=clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"))
    return write_table(columns, rows, heading=[_("追回通知"), made], sheet=_("追回通知"))
