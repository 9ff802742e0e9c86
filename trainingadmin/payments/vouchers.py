"""What a payment certificate prints, as plain values frozen when the bank has confirmed the payment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import func, select

from trainingadmin.applications.models import Photo
from trainingadmin.certificates.actions import Order
from trainingadmin.claims.evidence import apprenticeship
from trainingadmin.claims.models import Claim, ClaimStep
from trainingadmin.claims.queries import LineRow
from trainingadmin.cohorts.models import Cohort, CohortStep, Document, Enrolment
from trainingadmin.kernel.amount_in_words import voucher_amount
from trainingadmin.kernel.identifiers import mask_account, mask_id
from trainingadmin.kernel.money import Money
from trainingadmin.notices.models import Notice, NoticeLine, Objection
from trainingadmin.payments.models import Batch
from trainingadmin.payments.queries.rows import DueRow, PaymentRow
from trainingadmin.payments.states import KIND_LABELS, DueKind
from trainingadmin.people import queries as people
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.membership import among
from trainingadmin.policies.queries import by_digest
from trainingadmin.schemes import SCHEMES, owing

TITLE = "培训补贴资金拨付凭证"


class Paid(NamedTuple):
    """A payment that the bank has confirmed, and what it pays."""

    made: PaymentRow
    due: DueRow


@dataclass(frozen=True, slots=True)
class _Context:
    """What the payments of a batch have in common, or share by filing, claim and line."""

    batch: Batch
    scheme: str
    fiscal_year: str
    issuer: str
    bases_of_filings: dict[int, list[dict[str, str]]]
    bases_of_claims: dict[int, list[dict[str, str]]]
    no_bases: list[dict[str, str]]
    papers: dict[int, int]
    photos: dict[int, int]
    approved_filings: dict[int, str]
    approved_claims: dict[int, str]
    lines: Mapping[int, LineRow]
    shares: dict[int, Enrolment]
    advances: dict[int, dict[str, Any]]
    notices: dict[int, dict[str, str]]


@lru_cache(maxsize=1024)
def _told(amount: Money) -> dict[str, str]:
    return {"figures": amount.grouped(), "words": voucher_amount(amount)}


def orders(batch: Batch, paid: Sequence[Paid], lines: Mapping[int, LineRow]) -> list[Order]:
    """Return a wish for one certificate per payment, given their claim lines; a constant number of queries."""
    context = _gather(batch, [due for _, due in paid], lines)
    return [_order(one, context) for one in paid]


def _order(paid: Paid, context: _Context) -> Order:
    made, due = paid
    trainee = {"name": made.person, "id_number": mask_id(made.id_number)}
    return Order(
        subject=f"payment:{made.id}",
        group=f"batch:{context.batch.id}",
        content={**_content(paid, context), "trainee": trainee},
        public={
            "holder": made.person,
            "id": trainee["id_number"],
            "project": context.scheme,
            "unit": made.payee_name,
            "amount": str(made.amount),
        },
        office_code=due.office_code,
        holder_person_id=made.person_id,
        organisation_id=due.payee_id,
    )


def _content(paid: Paid, context: _Context) -> dict[str, Any]:
    payment, due = paid
    batch, line = context.batch, context.lines.get(due.claim_line_id or 0)
    return {
        "title": TITLE if due.cohort_id is not None else f"{context.scheme}资金拨付凭证",
        "issuer": context.issuer,
        "fiscal_year": context.fiscal_year,
        "fund_source": batch.funding_source,
        "budget_item": batch.budget_item,
        "payee": {
            "name": payment.payee_name,
            "account": mask_account(payment.payee_account),
            "bank": payment.payee_bank,
        },
        "amount": _told(payment.amount),
        "bases": _bases(due, line, context),
        "notice": context.notices.get(due.claim_line_id or 0),
        "scheme": context.scheme,
        "cohort" if due.cohort_id is not None else "claim": {"number": due.about, "name": due.title},
        "particulars": _particulars(due, line, context),
        "lines": _lines(paid, context.shares.get(due.enrolment_id or 0), line),
        "remark": "" if payment.follows_id is None else "原支付退回后重新支付",
        "hands": {
            "prepared": batch.composed_name,
            "checked": batch.checked_name or "",
            "approved": _approver(due, context),
        },
        "attachments": _attachments(due, line, context),
    }


def _attachments(due: DueRow, line: LineRow | None, context: _Context) -> int:
    """Count the scans of a filing, or the photographs of an application and of the visits to it."""
    if due.cohort_id is not None:
        return context.papers.get(due.cohort_id, 0)
    return context.photos.get(line.claim_id, 0) if line is not None else 0


def _particulars(due: DueRow, line: LineRow | None, context: _Context) -> list[dict[str, str]]:
    """Return what the scheme says of the line, with its English label in small; of an advance, what its share will be."""
    known = (line.particulars if line is not None else context.advances.get(due.enrolment_id or 0)) or {}
    among = SCHEMES[due.scheme].particulars
    return [
        {"label": one.label_zh, "english": one.label_en.upper(), "text": text}
        for one, text in owing.shown(among, known)
    ]


def _bases(due: DueRow, line: LineRow | None, context: _Context) -> list[dict[str, str]]:
    if (of_filing := context.bases_of_filings.get(due.cohort_id or 0)) is not None:
        return of_filing
    return context.bases_of_claims[line.claim_id] if line is not None else context.no_bases


def _basis(scheme: str, code: str, document: str) -> list[dict[str, str]]:
    return [{"title": f"{scheme}政策 {code}".strip(), "document": document}]


@lru_cache(maxsize=1024)
def _notice(number: str, posted_on: date, closes_on: date, objected: bool) -> dict[str, str]:
    """Return what is said of the notice a line stood in."""
    return {
        "number": number,
        "from_on": posted_on.isoformat(),
        "to_on": closes_on.isoformat(),
        "outcome": "异议经核查不成立" if objected else "无异议",
    }


def _lines(paid: Paid, share: Enrolment | None, line: LineRow | None) -> list[dict[str, str]]:
    payment, due = paid
    steps: list[tuple[str, Money | None]]
    if (share is not None and due.kind is DueKind.ADVANCE) or line is None:
        steps = [("本人计划补贴", share.planned if share else None), ("其中本次预支", payment.amount)]
    elif due.kind is DueKind.ALLOWANCE:
        steps = [(KIND_LABELS[due.kind], due.amount), ("本次拨付", payment.amount)]
    else:
        month = f"{due.period} " if due.period else ""
        steps = [
            ("核定补贴", line.entitlement),
            ("减：已预支", line.advance or None),
            ("减：抵扣同班未取得证书人员的预支", due.offset or None),
            (f"{month}本次拨付", payment.amount),
        ]
    return [{"item": item, "amount": _told(amount)["figures"]} for item, amount in steps if amount is not None]


def _approver(due: DueRow, context: _Context) -> str:
    if (line := context.lines.get(due.claim_line_id or 0)) is not None:
        return context.approved_claims.get(line.claim_id, "")
    return context.approved_filings.get(due.cohort_id or 0, "")


def _gather(batch: Batch, dues: Collection[DueRow], lines: Mapping[int, LineRow]) -> _Context:
    cohort_ids = {due.cohort_id for due in dues if due.cohort_id is not None}
    line_ids = [due.claim_line_id for due in dues if due.claim_line_id is not None]
    claim_ids = {line.claim_id for line in lines.values()}
    shares = _shares({due.enrolment_id for due in dues if due.kind is DueKind.ADVANCE})
    scheme = SCHEMES[batch.scheme].label_zh  # one batch pays one scheme
    return _Context(
        batch=batch,
        scheme=scheme,
        fiscal_year=f"{clock.today().year}年度",
        issuer=people.office(batch.office_code).name,
        bases_of_filings={id_: _basis(scheme, *told) for id_, told in _policies_of_filings(cohort_ids).items()},
        bases_of_claims={id_: _basis(scheme, *told) for id_, told in _policies_of_claims(claim_ids).items()},
        no_bases=_basis(scheme, "", ""),
        papers=_papers(cohort_ids),
        photos=_photos(claim_ids),
        approved_filings=_filing_approvers(cohort_ids),
        approved_claims=_claim_approvers(claim_ids),
        lines=lines,
        shares=shares,
        advances={id_: apprenticeship.particulars(share) for id_, share in shares.items()},
        notices=_notices(line_ids),
    )


def _shares(enrolment_ids: Collection[int | None]) -> dict[int, Enrolment]:
    known = select(Enrolment).where(among(Enrolment.id, (id_ for id_ in enrolment_ids if id_ is not None)))
    return {one.id: one for one in db.session.scalars(known)}


def _policies_of_filings(cohort_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return code and document of the version each filing is bound to."""
    bound = select(Cohort.id, Cohort.policy_code, Cohort.policy).where(Cohort.id.in_(cohort_ids))
    return {
        id_: (code or "", str((policy or {}).get("document", ""))) for id_, code, policy in db.session.execute(bound)
    }


def _policies_of_claims(claim_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return code and document of the version each claim was judged under last."""
    judged = select(Claim.id, Claim.policy_code, Claim.policy_digest).where(
        Claim.id.in_(claim_ids), Claim.cohort_id.is_(None)
    )
    rows = db.session.execute(judged).all()
    versions = {digest: by_digest(digest) for digest in {row.policy_digest for row in rows}}
    return {row.id: (row.policy_code, one.document if (one := versions[row.policy_digest]) else "") for row in rows}


def _papers(cohort_ids: Collection[int]) -> dict[int, int]:
    counted = (
        select(Document.cohort_id, func.count()).where(Document.cohort_id.in_(cohort_ids)).group_by(Document.cohort_id)
    )
    return dict(db.session.execute(counted).all())


def _photos(claim_ids: Collection[int]) -> dict[int, int]:
    counted = select(Claim.id, func.count()).join(Photo, Photo.application_id == Claim.application_id)
    return dict(db.session.execute(counted.where(Claim.id.in_(claim_ids)).group_by(Claim.id)).all())


def _filing_approvers(cohort_ids: Collection[int]) -> dict[int, str]:
    steps = select(CohortStep.cohort_id, CohortStep.name).where(
        CohortStep.cohort_id.in_(cohort_ids), CohortStep.move == "approve"
    )
    return dict(db.session.execute(steps.order_by(CohortStep.id)).all())


def _claim_approvers(claim_ids: Collection[int]) -> dict[int, str]:
    of_claims = (ClaimStep.claim_id.in_(claim_ids), ClaimStep.line_id.is_(None), ClaimStep.move == "approve")
    steps = select(ClaimStep.claim_id, ClaimStep.name).where(*of_claims).order_by(ClaimStep.id)
    return dict(db.session.execute(steps).all())


def _notices(line_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    objected = select(Objection.id).where(Objection.notice_line_id == NoticeLine.id).exists()
    posted = (
        select(NoticeLine.claim_line_id, Notice.number, Notice.posted_on, Notice.closes_on, objected)
        .join(Notice, Notice.id == NoticeLine.notice_id)
        .where(among(NoticeLine.claim_line_id, line_ids))
    )
    return {line_id: _notice(*told) for line_id, *told in db.session.execute(posted)}
