"""What the letter to a payee says: how much has to come back, why, of whom, until when and to which account's holder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trainingadmin.certificates.actions import Order
from trainingadmin.kernel.amount_in_words import voucher_amount
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.payments.queries.recoverable import Origin
from trainingadmin.people import queries as people
from trainingadmin.recoveries.models import RecoveryOrder
from trainingadmin.recoveries.states import CAUSE_LABELS, Cause
from trainingadmin.schemes import SCHEMES

TITLE = "补贴资金追回通知书"
MOST_LINES = 900
"""As many people as a letter lists; the rest are on the page it leads to."""


def group(order_id: int) -> str:
    """Name the group under which a letter's making is followed."""
    return f"recovery:{order_id}"


def wish(order: RecoveryOrder, origin: Origin, lines: Sequence[Any]) -> Order:
    """Return the wish for an order's letter, as plain values."""
    office = people.office(order.office_code)
    return Order(
        subject=f"recovery:{order.id}",
        group=group(order.id),
        content=_content(order, origin.document, lines, office.name, office.phone),
        public={
            "holder": order.payee_name,
            "id": mask_id(order.person.id_number) if order.person is not None else "",
            "project": SCHEMES[order.scheme].label_zh,
            "unit": order.payee_name,
            "amount": str(order.amount),
        },
        office_code=order.office_code,
        holder_person_id=order.person_id,
        organisation_id=order.payee_id,
    )


def _addressee(order: RecoveryOrder, lines: Sequence[Any]) -> str:
    """Return who opens the letter: of somebody who died, whoever keeps their estate."""
    dead = order.person is not None and all(line.cause is Cause.DEATH for line in lines)
    return f"{order.payee_name}（已故）的遗产管理人或近亲属" if dead else order.payee_name


def _content(order: RecoveryOrder, document: str, lines: Sequence[Any], issuer: str, phone: str) -> dict[str, Any]:
    return {
        "title": TITLE,
        "issuer": issuer,
        "addressee": _addressee(order, lines),
        "person": order.person is not None,
        "order_number": order.number,
        "cohort": {"number": order.about, "name": order.title},
        "scheme": SCHEMES[order.scheme].label_zh,
        "document": document,
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
