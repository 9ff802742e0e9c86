"""Filings and rosters as tables to take away: as filtered, ID numbers masked as on the pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from trainingadmin.cohorts import queries
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import COHORT, ENROLMENT
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.levels import level_name
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.exports import heading
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_table


class Counted:
    """Passes rows on one by one and keeps how many there were."""

    def __init__(self, rows: Iterable[Sequence[Value]]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Sequence[Value]]:
        for row in self._rows:
            self.number += 1
            yield row


def filings(actor: Actor, *, q: str = "", state: str = "") -> tuple[bytes, int]:
    """Return the list of filings one may see, and how many there are."""
    columns = (
        Column(_("备案号"), Form.TEXT, 22),
        Column(_("班级"), Form.TEXT, 28),
        Column(_("企业"), Form.TEXT, 30),
        Column(_("目标等级"), Form.TEXT, 10),
        Column(_("人数"), Form.NUMBER, 8),
        Column(_("培养起"), Form.DATE, 12),
        Column(_("培养止"), Form.DATE, 12),
        Column(_("备案日期"), Form.DATE, 12),
        Column(_("计划补贴（元）"), Form.MONEY, 16),
        Column(_("状态"), Form.TEXT, 12),
    )
    rows = Counted(
        (
            row.number,
            row.title,
            row.enterprise,
            _(level_name(row.target_level)),
            row.people,
            row.starts_on,
            row.ends_on,
            row.filed_on,
            row.planned,
            _(COHORT.labels[row.state]),
        )
        for row in db.session.execute(queries.listing(actor, q=q, state=state))
    )
    chosen = next((_(label) for key, label in COHORT.labels.items() if key.value == state), "")
    table = write_table(columns, rows, heading=heading(_("学徒备案"), actor, q, chosen), sheet=_("学徒备案"))
    return table, rows.number


def roster(cohort: Cohort, actor: Actor, *, q: str = "", among: Sequence[int] | None = None) -> tuple[bytes, int]:
    """Return the roster of one filing, and how many people are on it."""
    columns = (
        Column(_("序号"), Form.NUMBER, 8),
        Column(_("姓名"), Form.TEXT, 14),
        Column(_("身份证号"), Form.TEXT, 22),
        Column(_("人员类别"), Form.TEXT, 10),
        Column(_("职业（工种）"), Form.TEXT, 18),
        Column(_("目标等级"), Form.TEXT, 10),
        Column(_("企业导师"), Form.TEXT, 14),
        Column(_("培养起"), Form.DATE, 12),
        Column(_("培养止"), Form.DATE, 12),
        Column(_("备案月数"), Form.NUMBER, 10),
        Column(_("延长月数"), Form.NUMBER, 10),
        Column(_("计划补贴（元）"), Form.MONEY, 16),
        Column(_("预支（元）"), Form.MONEY, 14),
        Column(_("预支到账（元）"), Form.MONEY, 14),
        Column(_("状态"), Form.TEXT, 10),
    )
    rows = Counted(map(_person, db.session.execute(queries.roster_rows(cohort.id, q=q, among=among))))
    told = heading(f"{cohort.number} {cohort.title}", actor, q)
    return write_table(columns, rows, heading=told, sheet=_("学徒花名册")), rows.number


def _person(row: Row[*tuple[Any, ...]]) -> Sequence[Value]:
    return (
        row.position,
        row.name,
        mask_id(row.id_number),
        row.category,
        row.occupation,
        _(level_name(row.target_level)),
        row.mentor,
        row.starts_on,
        row.ends_on,
        row.filed_months,
        row.extended_months,
        row.planned,
        row.advance,
        row.advance_paid,
        _(ENROLMENT.labels[row.state]),
    )
