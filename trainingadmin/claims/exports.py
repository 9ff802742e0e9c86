"""The people of a claim as a table to take away: as filtered, ID numbers masked as on the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from trainingadmin.claims import queries
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import LINE
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.levels import level_name
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.exports import heading
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_table

LabelOf = Callable[[str, str], str]


def lines(
    claim: Claim, actor: Actor, verdicts: Mapping[str, tuple[str, str]], label_of: LabelOf, **wanted: str
) -> tuple[bytes, int]:
    """Return a claim's lines, and how many there are; `verdicts` and `label_of` say the scheme's words."""
    columns = (
        Column(_("序号"), Form.NUMBER, 8),
        Column(_("姓名"), Form.TEXT, 14),
        Column(_("身份证号"), Form.TEXT, 22),
        Column(_("职业（工种）"), Form.TEXT, 18),
        Column(_("目标等级"), Form.TEXT, 10),
        Column(_("计划分钟"), Form.NUMBER, 10),
        Column(_("有效分钟"), Form.NUMBER, 10),
        Column(_("核定（元）"), Form.MONEY, 14),
        Column(_("预支（元）"), Form.MONEY, 14),
        Column(_("余额（元）"), Form.MONEY, 14),
        Column(_("核验结论"), Form.TEXT, 10),
        Column(_("未通过的条件"), Form.TEXT, 40),
        Column(_("办理状态"), Form.TEXT, 12),
        Column(_("暂缓原因"), Form.TEXT, 30),
    )
    rows = list(_rows(claim, verdicts, label_of, wanted))
    chosen = [verdicts[wanted["verdict"]][0]] if wanted.get("verdict") in verdicts else []
    told = heading(f"{claim.number} {claim.cohort.title}", actor, wanted.get("q", ""), *chosen)
    return write_table(columns, rows, heading=told, sheet=_("逐人明细")), len(rows)


def _rows(
    claim: Claim, verdicts: Mapping[str, tuple[str, str]], label_of: LabelOf, wanted: Mapping[str, str]
) -> Iterator[Sequence[Value]]:
    for row in db.session.execute(queries.lines(claim.id, **wanted)):
        yield (
            row.position,
            row.name,
            mask_id(row.id_number),
            row.occupation,
            _(level_name(row.target_level)),
            row.facts.get("planned_minutes"),
            row.facts.get("credited_minutes"),
            row.entitlement,
            row.advance,
            row.balance,
            verdicts[row.verdict][0],
            "；".join(_failing(claim.scheme, row.findings, label_of)),
            _(LINE.labels[row.state]),
            row.frozen_reason or "",
        )


def _failing(scheme: str, findings: Sequence[Mapping[str, Any]], label_of: LabelOf) -> Iterator[str]:
    for finding in findings:
        if finding["outcome"] in ("fail", "unknown"):
            yield label_of(scheme, finding["code"])
