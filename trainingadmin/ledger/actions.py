"""Issues a payee's yearly statement: numbered, signed, kept and verifiable like every certificate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates import queries as issued
from trainingadmin.certificates.actions import Order
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.kernel.amount_in_words import voucher_amount
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.ledger.queries import yearly
from trainingadmin.ledger.queries.yearly import Booked, Holder
from trainingadmin.payments.states import DueKind, TransferCode
from trainingadmin.plumbing import clock
from trainingadmin.schemes import SCHEMES

MOST_ROWS = 900
_NOTE = "本单按总账收付记录汇总；抵扣和核销不涉及收付，未列入。逐笔明细可登录系统查看。"
_WHAT = {DueKind.ADVANCE: "预支拨付", DueKind.RECOVERY: "退回"}


def state_year(payee: Holder, year: int, *, by: Actor) -> int:
    """Issue the statement of a payee's year so far and return its certificate's id.

    While nothing new was booked the statement that exists is returned. Refusals `nothing-booked`, `too-many-rows`.
    """
    found = yearly.booked(payee, year)
    if not found:
        raise Refusal("nothing-booked", N_("%(year)s 年没有收付记录，不能开具对账单。"), year=year)
    if len(found) > MOST_ROWS:
        raise Refusal("too-many-rows", N_("一张对账单最多 %(most)s 行，请改用导出。"), most=MOST_ROWS)
    lines = [_line(one) for one in found]
    subject = f"statement:{payee.kind}:{payee.id}:{year}:{_digest(lines)}"
    if (before := issued.live_subject(CertificateKind.STATEMENT, subject)) is not None:
        return before
    return certificates.issue_many(CertificateKind.STATEMENT, [_order(payee, year, found, lines, subject)], by=by)[0]


def _digest(lines: Sequence[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(lines, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def _line(one: Booked) -> dict[str, Any]:
    paid = one.code is TransferCode.PAY
    return {
        "on": clock.local(one.at).date().isoformat(),
        "what": _WHAT.get(one.kind, "拨付"),
        "about": f"{SCHEMES[one.scheme].label_zh} {one.title}".strip(),
        "document": one.document,
        "people": one.people,
        "paid": one.amount.grouped() if paid else "",
        "back": "" if paid else one.amount.grouped(),
    }


def _order(payee: Holder, year: int, found: Sequence[Booked], lines: list[dict[str, Any]], subject: str) -> Order:
    paid, back = yearly.sums(found)
    net = paid - back
    given = sum(one.code is TransferCode.PAY for one in found)
    content = {
        "title": "补贴资金年度对账单",
        "issuer": payee.office.name,
        "personal": payee.personal,
        "payee": {"name": payee.name, "code": payee.code},
        "year": str(year),
        "until_on": min(date(year, 12, 31), clock.today()).isoformat(),
        "paid": {**_told(paid), "count": given},
        "back": {**_told(back), "count": len(found) - given},
        "net": {"sign": "-" if net.fen < 0 else "", **_told(Money(abs(net.fen)))},
        "lines": lines,
        "note": _NOTE,
        "phone": payee.office.phone or "—",
    }
    public = {"holder": payee.name, "id": payee.code, "project": f"{year}年度对账单", "unit": payee.name}
    return Order(
        subject=subject,
        group=f"statement:{payee.kind}:{payee.id}",
        content=content,
        public={**public, "amount": str(paid)},
        office_code=payee.office.code,
        holder_person_id=payee.id if payee.personal else None,
        organisation_id=None if payee.personal else payee.id,
    )


def _told(amount: Money) -> dict[str, str]:
    return {"figures": amount.grouped(), "words": voucher_amount(amount)}
