"""The people of a claim as a table to take away: as filtered, ID numbers masked as on the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from trainingadmin.claims import particulars, queries
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import LINE
from trainingadmin.kernel.identifiers import mask_id
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
        *(Column(label, Form.TEXT, 18) for label in particulars.labels(claim.scheme)),
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
    told = heading(f"{claim.number} {claim.title}", actor, wanted.get("q", ""), *chosen)
    return write_table(columns, rows, heading=told, sheet=_("逐人明细")), len(rows)


def _rows(
    claim: Claim, verdicts: Mapping[str, tuple[str, str]], label_of: LabelOf, wanted: Mapping[str, str]
) -> Iterator[Sequence[Value]]:
    for row in db.session.execute(queries.lines(claim.id, **wanted)):
        yield (
            row.position,
            row.name,
            mask_id(row.id_number),
            *_told(claim.scheme, row.particulars),
            row.entitlement,
            row.advance,
            row.balance,
            verdicts[row.verdict][0],
            "；".join(_failing(claim.scheme, row.findings, label_of)),
            _(LINE.labels[row.state]),
            row.frozen_reason or "",
        )


def _told(scheme: str, known: Mapping[str, Any]) -> list[str]:
    """Return what is told of a line, one text a column; what is not known stays empty."""
    texts = dict(particulars.told(scheme, known))
    return [texts.get(label, "") for label in particulars.labels(scheme)]


def _failing(scheme: str, findings: Sequence[Mapping[str, Any]], label_of: LabelOf) -> Iterator[str]:
    for finding in findings:
        if finding["outcome"] in ("fail", "unknown"):
            yield label_of(scheme, finding["code"])
