"""What the letter to a payee says: how much has to come back, why, of whom, until when and to which account's holder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trainingadmin.certificates.actions import Order
from trainingadmin.kernel.amount_in_words import voucher_amount
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.people import queries as people
from trainingadmin.recoveries.models import RecoveryOrder
from trainingadmin.recoveries.states import CAUSE_LABELS
from trainingadmin.schemes import SCHEMES

TITLE = "补贴资金追回通知书"
MOST_LINES = 900
"""As many people as a letter lists; the rest are on the page it leads to."""


def group(order_id: int) -> str:
    """Name the group under which a letter's making is followed."""
    return f"recovery:{order_id}"


def wish(order: RecoveryOrder, lines: Sequence[Any]) -> Order:
    """Return the wish for an order's letter, as plain values."""
    office = people.office(order.office_code)
    return Order(
        subject=f"recovery:{order.id}",
        group=group(order.id),
        content=_content(order, lines, office.name, office.phone),
        public={
            "holder": order.payee.name,
            "id": "",
            "project": SCHEMES[order.scheme].label_zh,
            "unit": order.payee.name,
            "amount": str(order.amount),
        },
        office_code=order.office_code,
        organisation_id=order.payee_id,
    )


def _content(order: RecoveryOrder, lines: Sequence[Any], issuer: str, phone: str) -> dict[str, Any]:
    policy = order.cohort.policy or {}
    return {
        "title": TITLE,
        "issuer": issuer,
        "addressee": order.payee.name,
        "order_number": order.number,
        "cohort": {"number": order.cohort.number, "name": order.cohort.title},
        "scheme": SCHEMES[order.scheme].label_zh,
        "document": str(policy.get("document", "")),
        "reason": order.reason,
        "amount": {"figures": order.amount.grouped(), "words": voucher_amount(order.amount)},
        "due_on": order.due_on.isoformat(),
        "fund_source": order.funding_source,
        "lines": [
            {
                "name": line.person,
                "id_number": mask_id(line.id_number),
                "cause": CAUSE_LABELS[line.cause],
                "amount": line.amount.grouped(),
            }
            for line in lines[:MOST_LINES]
        ],
        "people": len(lines),
        "phone": phone,
        "hands": {"drafted": order.drafted_name, "issued": order.issued_name or ""},
    }
