"""Money that is owed, at any size: approved filings and cleared claims as rows, everything after by the product's actions.

Only what lies upstream of payments is written as rows, so that a test can have 3 or 300 people, certified or not,
in a moment; `test_the_chain` walks there by the upstream actions.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from tests.factories import Office, person
from tests.staging import staged
from trainingadmin.claims.evidence import apprenticeship
from trainingadmin.claims.models import Claim, ClaimLine, ClaimStep, Verdict
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.cohorts.models import Cohort, CohortStep, Enrolment
from trainingadmin.cohorts.states import CohortState
from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.ledger import verification
from trainingadmin.notices.models import Notice, NoticeLine
from trainingadmin.notices.states import NoticeState
from trainingadmin.payments import actions
from trainingadmin.payments.bank import remittance
from trainingadmin.payments.models import BankAnswer, Batch, Due, Payment
from trainingadmin.payments.states import BatchState, DueKind, DueState
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.schemes import Owed, version_on

APPROVED_ON = date(2020, 5, 6)
CLAIMED_ON = date(2022, 6, 20)
POSTED_ON, CLOSES_ON, PAYABLE_ON = date(2022, 7, 4), date(2022, 7, 11), date(2022, 7, 12)
SCHEME = "apprenticeship"
FUND = "职业技能提升行动专账资金"
BUDGET = "2080799 其他就业补助支出"
YUAN = Money.yuan
RATE = YUAN(8000)
_numbers = itertools.count(1)


@staged
def approved_cohort(
    office: Office, people: int = 3, *, advance: int = 4000, payee: Organisation | None = None
) -> Cohort:
    """A filing of 24 months to 三级, 8 000 yuan planned and `advance` yuan to be paid ahead for each."""
    number, firm = next(_numbers), payee or office.enterprise
    version = version_on(SCHEME, APPROVED_ON)
    with clock.at(APPROVED_ON), transaction.unit():
        cohort = Cohort(
            number=f"XT-{firm.office_code}-2020-{number:03d}",
            title=f"2020年焊工三级学徒班（{number}）",
            enterprise_id=firm.id,
            institution_id=office.institution.id,
            office_code=firm.office_code,
            occupation_codes=["6-18-02-04"],
            target_level=3,
            starts_on=date(2020, 5, 1),
            ends_on=date(2022, 4, 30),
            plan_hours_per_year=400,
            mentors=["师傅甲"],
            advance_percent=50,
            state=CohortState.APPROVED,
            filed_on=APPROVED_ON,
            policy_code=version.code,
            policy_digest=version.digest,
            policy=version.to_json(),
            planned=Money(RATE.fen * people),
            advance=YUAN(advance * people),
            created_by=office.accounts["enterprise"].id,
            created_at=clock.now(),
        )
        db.session.add(cohort)
        by = office.actor("first_review")
        cohort.steps.append(
            CohortStep(
                move="approve",
                target=CohortState.APPROVED,
                account_id=by.id,
                human=by.human,
                name="陈初审",
                role="first_review",
                at=clock.now(),
            )
        )
        db.session.flush()
        db.session.add_all(_enrolment(cohort, position, advance) for position in range(1, people + 1))
    return cohort


def _enrolment(cohort: Cohort, position: int, advance: int) -> Enrolment:
    born_on = date(1970 + cohort.id % 30, 1 + position // 1000 % 12, 1 + position // 100 % 28)
    return Enrolment(
        cohort_id=cohort.id,
        person_id=person(position % 1000, f"学徒{cohort.id}-{position}", born_on).id,
        position=position,
        category="在岗",
        post="焊工",
        education="高中",
        contract_from=date(2020, 1, 1),
        contract_to=date(2023, 12, 31),
        insured_unit=cohort.operator.name,
        insured_since="2020-01",
        occupation_code="6-18-02-04",
        occupation="焊工",
        target_level=3,
        mentor="师傅甲",
        teacher="教师甲",
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        filed_months=24,
        planned=RATE,
        advance=YUAN(advance),
        advance_paid=None if advance else ZERO,
    )


def enrolments(cohort: Cohort) -> list[Enrolment]:
    """Return the apprentices of a filing in roster order."""
    return list(db.session.scalars(select(Enrolment).filter_by(cohort_id=cohort.id).order_by(Enrolment.position)))


@staged
def cleared_claim(
    office: Office,
    cohort: Cohort,
    *,
    uncertified: Collection[int] = (),
    undecided: Collection[int] = (),
    worth: Money = RATE,
) -> Claim:
    """A claim whose notice is over: `worth` for each, nothing for the positions in `uncertified`, which are refused.

    The positions in `undecided` are still objected to.
    """
    number = next(_numbers)
    people = enrolments(cohort)
    assert cohort.policy_code is not None
    with clock.at(CLOSES_ON), transaction.unit():
        claim = Claim(
            number=f"SL-{cohort.office_code}-2022-{number:03d}",
            scheme=SCHEME,
            cohort_id=cohort.id,
            title=cohort.title,
            applicant=cohort.operator.name,
            payee_id=cohort.operator_id,
            office_code=cohort.office_code,
            state=ClaimState.CLEARED,
            claimed_on=CLAIMED_ON,
            submitted_at=clock.now(),
            policy_code=cohort.policy_code,
            policy_digest=cohort.policy_digest,
            created_by=office.accounts["enterprise"].id,
            created_at=clock.now(),
        )
        db.session.add(claim)
        db.session.flush()
        lines = [_line(claim, one, ZERO if one.position in uncertified else worth) for one in people]
        for line, one in zip(lines, people, strict=True):
            if one.position in undecided:
                line.state = LineState.OBJECTED
        db.session.add_all(lines)
        claim.entitlement, claim.advance = total(x.entitlement for x in lines), total(x.advance for x in lines)
        claim.balance = claim.entitlement - claim.advance
        by = office.actor("approval")
        db.session.add(
            ClaimStep(
                claim_id=claim.id,
                move="approve",
                target="approved",
                account_id=by.id,
                human=by.human,
                name="张审批",
                role="approval",
                at=clock.now(),
            )
        )
        db.session.flush()
        _notice(office, claim, [line for line in lines if line.entitlement], number)
    return claim


def _line(claim: Claim, enrolment: Enrolment, entitlement: Money) -> ClaimLine:
    advance = enrolment.advance_paid or ZERO
    return ClaimLine(
        claim_id=claim.id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        position=enrolment.position,
        particulars=apprenticeship.particulars(enrolment),
        owed=[Owed("balance", entitlement - advance).to_json()] if entitlement > advance else [],
        verdict=Verdict.ELIGIBLE if entitlement else Verdict.REFUSED,
        entitlement=entitlement,
        advance=advance,
        balance=entitlement - advance,
        state=LineState.CLEARED if entitlement else LineState.REFUSED,
    )


def _notice(office: Office, claim: Claim, lines: Sequence[ClaimLine], number: int) -> None:
    if not lines:
        return
    notice = Notice(
        number=f"GS-{claim.office_code}-2022-{number:04d}",
        title="公示",
        scheme=SCHEME,
        office_code=claim.office_code,
        posted_on=POSTED_ON,
        days=5,
        unit="working",
        counting="exclusive",
        closes_on=CLOSES_ON,
        payable_on=PAYABLE_ON,
        state=NoticeState.CLEARED,
        body={},
        sha256="0" * 64,
        posted_by=office.accounts["approval"].id,
        posted_name="张审批",
        posted_at=clock.now(),
        cleared_at=clock.now(),
    )
    db.session.add(notice)
    db.session.flush()
    db.session.add_all(
        NoticeLine(notice_id=notice.id, claim_line_id=line.id, position=position)
        for position, line in enumerate(lines, start=1)
    )


def lines(claim: Claim) -> list[ClaimLine]:
    """Return the lines of a claim in roster order, as they are now."""
    db.session.expire_all()
    return list(db.session.scalars(select(ClaimLine).filter_by(claim_id=claim.id).order_by(ClaimLine.id)))


def plan(on: date = PAYABLE_ON) -> int:
    """Plan what is owed on a day."""
    with clock.at(on), transaction.unit():
        return actions.plan_dues()


def dues(kind: DueKind | None = None, state: DueState | None = None) -> list[Due]:
    """Return the dues on record, oldest first."""
    db.session.expire_all()
    found = select(Due).order_by(Due.id)
    if kind is not None:
        found = found.where(Due.kind == kind)
    if state is not None:
        found = found.where(Due.state == state)
    return list(db.session.scalars(found))


def account(batch_of: Sequence[Due]) -> actions.Account:
    """The terms that suit these dues."""
    one = batch_of[0]
    return actions.Account(one.office_code, one.scheme, one.kind, FUND, BUDGET)


@staged
def composed(office: Office, chosen: Sequence[Due] | None = None, *, login: str = "preparer") -> Batch:
    """A batch of the open dues, or of those chosen."""
    wanted = (
        chosen if chosen is not None else [due for due in dues(state=DueState.OPEN) if due.kind is not DueKind.RECOVERY]
    )
    with clock.at(PAYABLE_ON), transaction.unit():
        return actions.compose(account(wanted), [due.id for due in wanted], by=office.actor(login))


def seen(batch: Batch) -> actions.Seen:
    """What somebody sees who looks at a batch."""
    return actions.Seen(batch.count, batch.total, batch.digest)


@staged
def check(office: Office, batch: Batch, *, login: str = "checker") -> None:
    """Check a batch for exactly what it holds."""
    with clock.at(PAYABLE_ON), transaction.unit():
        actions.check(batch, seen(batch), by=office.actor(login))


@staged
def release(office: Office, batch: Batch, *, login: str = "checker") -> None:
    """Check a batch where nobody has, and release it, for exactly what it holds."""
    if batch.state is BatchState.COMPOSED:
        check(office, batch, login=login)
    with clock.at(PAYABLE_ON), transaction.unit():
        actions.release(batch, seen(batch), by=office.actor(login))


@staged
def released(office: Office, chosen: Sequence[Due] | None = None) -> Batch:
    """A batch at the bank."""
    batch = composed(office, chosen)
    release(office, batch)
    return batch


def bank_answer(batch: Batch, failed: Mapping[int, str] | None = None, *, only: Collection[int] | None = None) -> bytes:
    """The bank's file: every position paid but those in `failed`, which name their reasons."""
    lines = ["序号,账号,户名,金额,状态,失败原因"]
    for row in remittance.rows(batch.id):
        reason = (failed or {}).get(row.position, "")
        if only is None or row.position in only:
            lines.append(
                f"{row.position},{row.account},{row.name},{row.amount},{'失败' if reason else '成功'},{reason}"
            )
    return "\r\n".join([*lines, ""]).encode("gb18030")


@staged
def answer(office: Office, batch: Batch, data: bytes | None = None, *, login: str = "preparer") -> BankAnswer:
    """Import the bank's answer: all paid unless `data` says otherwise."""
    with clock.at(PAYABLE_ON), transaction.unit():
        return actions.answer(batch, "answer.csv", data or bank_answer(batch), by=office.actor(login))


@staged
def settled(office: Office, failed: Mapping[int, str] | None = None) -> Batch:
    """Every open due planned, sent and answered."""
    batch = released(office)
    answer(office, batch, bank_answer(batch, failed))
    return batch


@staged
def prepaid_claim(office: Office, people: int, **how: Any) -> Claim:
    """A cleared claim of a filing whose advances the bank has paid; `how` as for `cleared_claim`."""
    cohort = approved_cohort(office, people)
    plan(APPROVED_ON)
    settled(office)
    return cleared_claim(office, cohort, **how)


def payments(batch: Batch) -> list[Payment]:
    """Return a batch's payments as they are now."""
    db.session.expire_all()
    return list(db.session.scalars(select(Payment).filter_by(batch_id=batch.id).order_by(Payment.position)))


def proved() -> None:
    """Insist that the books are in order."""
    db.session.expire_all()
    report = verification.verify()
    assert report.ok, report.breaches
