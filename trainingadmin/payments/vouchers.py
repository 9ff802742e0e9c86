"""What a payment certificate prints, as plain values frozen when the bank has confirmed the payment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from trainingadmin.certificates.actions import Order
from trainingadmin.claims.models import ClaimLine, ClaimStep
from trainingadmin.cohorts.models import Cohort, CohortStep, Document, Enrolment
from trainingadmin.kernel.amount_in_words import voucher_amount
from trainingadmin.kernel.identifiers import mask_account, mask_id
from trainingadmin.kernel.levels import level_name, level_title
from trainingadmin.kernel.money import Money
from trainingadmin.notices.models import Notice, NoticeLine, Objection
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.states import DueKind
from trainingadmin.people import queries as people
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db, in_chunks
from trainingadmin.schemes import SCHEMES

TITLE = "培训补贴资金拨付凭证"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Posted:
    """The notice a line stood in."""

    number: str
    posted_on: date
    closes_on: date
    objected: bool


@dataclass(frozen=True, slots=True)
class _Context:
    """What the payments of a batch have in common, or share by filing, claim and line."""

    batch: Batch
    issuer: str
    cohorts: dict[int, Cohort]
    papers: dict[int, int]
    approved_filings: dict[int, str]
    approved_claims: dict[int, str]
    lines: dict[int, ClaimLine]
    notices: dict[int, _Posted]


def orders(batch: Batch, payments: Sequence[Payment]) -> list[Order]:
    """Return a wish for one certificate per payment; a constant number of queries per 500."""
    context = _gather(batch, [payment.due for payment in payments])
    return [_order(payment, context) for payment in payments]


def _order(payment: Payment, context: _Context) -> Order:
    person, due = payment.person, payment.due
    return Order(
        subject=f"payment:{payment.id}",
        group=f"batch:{payment.batch_id}",
        content=_content(payment, context),
        public={
            "holder": person.name,
            "id": mask_id(person.id_number),
            "project": SCHEMES[due.scheme].label_zh,
            "unit": payment.payee_name,
            "amount": str(payment.amount),
        },
        office_code=due.office_code,
        holder_person_id=person.id,
        organisation_id=due.payee_id,
    )


def _content(payment: Payment, context: _Context) -> dict[str, Any]:
    due, enrolment, batch = payment.due, payment.due.enrolment, context.batch
    cohort = context.cohorts[due.cohort_id]
    return {
        "title": TITLE,
        "issuer": context.issuer,
        "fiscal_year": f"{clock.today().year}年度",
        "fund_source": batch.funding_source,
        "budget_item": batch.budget_item,
        "payee": {
            "name": payment.payee_name,
            "account": mask_account(payment.payee_account),
            "bank": payment.payee_bank,
        },
        "amount": {"figures": payment.amount.grouped(), "words": voucher_amount(payment.amount)},
        "bases": _bases(due, cohort),
        "notice": _notice(context.notices.get(due.claim_line_id or 0)),
        "scheme": SCHEMES[due.scheme].label_zh,
        "cohort": {"number": cohort.number, "name": cohort.title},
        "trainee": {"name": payment.person.name, "id_number": mask_id(payment.person.id_number)},
        "occupation": f"{enrolment.occupation}（{enrolment.occupation_code}）",
        "level": f"{level_name(enrolment.target_level)}/{level_title(enrolment.target_level)}",
        "period": {"start_on": enrolment.starts_on.isoformat(), "end_on": enrolment.ends_on.isoformat()},
        "lines": _lines(payment, enrolment, context.lines.get(due.claim_line_id or 0)),
        "remark": "" if payment.follows_id is None else "原支付退回后重新支付",
        "hands": {
            "prepared": batch.composed_name,
            "checked": batch.released_name or "",
            "approved": _approver(due, context),
        },
        "attachments": context.papers.get(due.cohort_id, 0),
    }


def _bases(due: Due, cohort: Cohort) -> list[dict[str, str]]:
    policy = cohort.policy or {}
    title = f"{SCHEMES[due.scheme].label_zh}政策 {cohort.policy_code or ''}".strip()
    return [{"title": title, "document": str(policy.get("document", ""))}]


def _notice(posted: _Posted | None) -> dict[str, str] | None:
    if posted is None:
        return None
    return {
        "number": posted.number,
        "from_on": posted.posted_on.isoformat(),
        "to_on": posted.closes_on.isoformat(),
        "outcome": "异议经核查不成立" if posted.objected else "无异议",
    }


def _lines(payment: Payment, enrolment: Enrolment, line: ClaimLine | None) -> list[dict[str, str]]:
    due = payment.due
    if due.kind is DueKind.ADVANCE or line is None:
        steps: list[tuple[str, Money | None]] = [("本人计划补贴", enrolment.planned), ("其中本次预支", payment.amount)]
    else:
        steps = [
            ("核定补贴", line.entitlement),
            ("减：已预支", line.advance),
            ("减：抵扣同班未取得证书人员的预支", due.offset or None),
            ("本次拨付", payment.amount),
        ]
    return [{"item": item, "amount": amount.grouped()} for item, amount in steps if amount is not None]


def _approver(due: Due, context: _Context) -> str:
    if (line := context.lines.get(due.claim_line_id or 0)) is not None:
        return context.approved_claims.get(line.claim_id, "")
    return context.approved_filings.get(due.cohort_id, "")


def _gather(batch: Batch, dues: Collection[Due]) -> _Context:
    cohort_ids = {due.cohort_id for due in dues}
    line_ids = [due.claim_line_id for due in dues if due.claim_line_id is not None]
    lines = _claim_lines(line_ids)
    return _Context(
        batch=batch,
        issuer=people.office(batch.office_code).name,
        cohorts={cohort.id: cohort for cohort in db.session.scalars(select(Cohort).where(Cohort.id.in_(cohort_ids)))},
        papers=_papers(cohort_ids),
        approved_filings=_filing_approvers(cohort_ids),
        approved_claims=_claim_approvers({line.claim_id for line in lines.values()}),
        lines=lines,
        notices=_notices(line_ids),
    )


def _claim_lines(line_ids: Iterable[int]) -> dict[int, ClaimLine]:
    found: dict[int, ClaimLine] = {}
    for chunk in in_chunks(line_ids, _CHUNK):
        found.update((line.id, line) for line in db.session.scalars(select(ClaimLine).where(ClaimLine.id.in_(chunk))))
    return found


def _papers(cohort_ids: Collection[int]) -> dict[int, int]:
    counted = (
        select(Document.cohort_id, func.count()).where(Document.cohort_id.in_(cohort_ids)).group_by(Document.cohort_id)
    )
    return dict(db.session.execute(counted).all())


def _filing_approvers(cohort_ids: Collection[int]) -> dict[int, str]:
    steps = select(CohortStep.cohort_id, CohortStep.name).where(
        CohortStep.cohort_id.in_(cohort_ids), CohortStep.move == "approve"
    )
    return dict(db.session.execute(steps.order_by(CohortStep.id)).all())


def _claim_approvers(claim_ids: Collection[int]) -> dict[int, str]:
    of_claims = (ClaimStep.claim_id.in_(claim_ids), ClaimStep.line_id.is_(None), ClaimStep.move == "approve")
    steps = select(ClaimStep.claim_id, ClaimStep.name).where(*of_claims).order_by(ClaimStep.id)
    return dict(db.session.execute(steps).all())


def _notices(line_ids: Iterable[int]) -> dict[int, _Posted]:
    found: dict[int, _Posted] = {}
    objected = select(Objection.id).where(Objection.notice_line_id == NoticeLine.id).exists()
    for chunk in in_chunks(line_ids, _CHUNK):
        posted = (
            select(NoticeLine.claim_line_id, Notice.number, Notice.posted_on, Notice.closes_on, objected)
            .join(Notice, Notice.id == NoticeLine.notice_id)
            .where(NoticeLine.claim_line_id.in_(chunk))
        )
        found.update((row[0], _Posted(row[1], row[2], row[3], row[4])) for row in db.session.execute(posted))
    return found
