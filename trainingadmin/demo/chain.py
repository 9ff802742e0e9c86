"""Drives one filing down the chain, day by day, with the same actions that people press."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from trainingadmin.attendance import actions as attendance
from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import LineState
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.cohorts import queries as filings
from trainingadmin.cohorts.actions import Plan, ResultEntry
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import DocumentKind, Outcome
from trainingadmin.demo import bureau
from trainingadmin.demo.bureau import actor
from trainingadmin.demo.papers import agreement
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.notices import actions as notices
from trainingadmin.payments import actions as payments
from trainingadmin.payments.actions import Account, Budget, Seen
from trainingadmin.payments.bank.remittance import rows as bank_rows
from trainingadmin.payments.models import Batch, Due
from trainingadmin.payments.queries import budgets
from trainingadmin.payments.states import DueKind, DueState
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.writing import Column, Value, write_csv
from trainingadmin.registers import actions as registers
from trainingadmin.registers.models import Fact

FUNDS = ("职业技能提升行动专账资金", "2080799 其他就业补助支出")
REVIEWS = (("accept", "shouli"), ("check", "chushen"), ("review", "fushen"), ("approve", "shenpi"))
GIVEN = (
    (FUNDS, Money.yuan(600_000)),
    (("就业补助资金", "2080799 其他就业补助支出"), Money.yuan(200_000)),  # for start-up grants
)
ANSWER_TITLES = ("序号", "账号", "户名", "金额", "状态", "失败原因")


@dataclass
class Story:
    """One filing: whom it trains, when, and how it ends."""

    plan: Plan
    roster: tuple[str, bytes]
    sign_ins: tuple[str, bytes] | None
    filed_on: date
    operator: str = "qiye"
    failed: frozenset[int] = field(default_factory=frozenset)
    cohort: Cohort = field(init=False)
    claim: Claim = field(init=False)

    @property
    def by(self) -> Actor:
        """The enterprise's operator."""
        return actor(self.operator)


def on(day: date, work: Callable[[], object]) -> None:
    """Do `work` in the morning of `day`, in a transaction of its own."""
    with clock.at(bureau.morning(day)), transaction.unit():
        work()


def draft(story: Story) -> None:
    """File, attach both agreements, enrol the roster."""

    def act() -> None:
        story.cohort = cohorts.file(story.plan, by=story.by)
        for kind in (DocumentKind.TRAINING_AGREEMENT, DocumentKind.COOPERATION_AGREEMENT):
            cohorts.attach(story.cohort, kind, f"{kind.value}.pdf", agreement(story.plan.title, kind), by=story.by)
        cohorts.enrol(cohorts.upload_roster(story.cohort, *story.roster, by=story.by), by=story.by)

    on(story.filed_on, act)


def submit(story: Story) -> None:
    """Draft and submit the filing."""
    draft(story)
    on(story.filed_on, lambda: cohorts.move(story.cohort, "submit", by=story.by))


def approve(story: Story) -> None:
    """Submit, accept, compare with the lists, approve."""
    submit(story)
    on(story.filed_on + timedelta(days=2), lambda: cohorts.move(story.cohort, "accept", by=actor("shouli")))
    compare(story, story.filed_on + timedelta(days=2), (Fact.PENSION_DRAWN, Fact.CIVIL_SERVICE_PENSION))
    on(story.filed_on + timedelta(days=4), lambda: cohorts.move(story.cohort, "approve", by=actor("chushen")))


def compare(story: Story, day: date, facts: tuple[Fact, ...]) -> None:
    """Let the acceptance officer record what other departments' lists say of everybody."""
    persons = [one.person_id for one in filings.people(story.cohort.id)]

    def act() -> None:
        by = actor("shouli")
        for fact in facts:
            registers.attest_all(fact, persons=persons, source="市社保局、省职业培训平台比对", as_of=day, by=by)
        listed = Fact.ENTERPRISE_BLACKLISTED
        registers.attest(
            listed, False, organisation=story.cohort.enterprise_id, source="信用中国（四川雅安）", as_of=day, by=by
        )
        insured = Fact.INSURED_BY_APPLICANT
        firm = story.cohort.enterprise_id
        registers.attest_all(insured, persons=persons, organisation=firm, source="市社保局参保名单", as_of=day, by=by)

    on(day, act)


def give_budget(year: int) -> None:
    """Give the district what it may pay in a year, once."""

    def act() -> None:
        if budgets.kept(bureau.DISTRICT, year):
            return
        for at, (terms, amount) in enumerate(GIVEN, start=1):
            line, document = Budget(bureau.DISTRICT, year, *terms), f"雅财社〔{year}〕{at}号（示例）"
            payments.appropriate(line, amount, document, by=actor("fuhe"))

    on(date(year, 1, 1), act)


def pay(kind: DueKind, day: date, *, fail: frozenset[int] = frozenset(), until: str = "answer") -> Batch | None:
    """Plan dues, compose a batch, release it, take the bank's answer; `fail` are positions the bank rejects."""
    composed: list[Batch] = []
    give_budget(day.year)
    on(day, payments.plan_dues)

    def compose() -> None:
        due_ids = list(db.session.scalars(select(Due.id).where(Due.kind == kind, Due.state == DueState.OPEN)))
        if due_ids:
            composed.append(
                payments.compose(Account(bureau.DISTRICT, "apprenticeship", kind, *FUNDS), due_ids, by=actor("zhidan"))
            )

    on(day, compose)
    if not composed or until == "compose":
        return composed[0] if composed else None
    batch = composed[0]
    seen = Seen(batch.count, batch.total, batch.digest)
    on(day, lambda: payments.check(batch, seen, by=actor("fuhe")))
    on(day, lambda: payments.release(batch, seen, by=actor("fuhe")))
    if until == "answer":
        on(day + timedelta(days=2), lambda: payments.answer(batch, "回单.csv", answer(batch, fail), by=actor("zhidan")))
    return batch


def answer(batch: Batch, fail: frozenset[int]) -> bytes:
    """Return the file a bank would answer with."""
    lines: list[list[Value]] = [
        [
            row.position,
            row.account,
            row.name,
            str(row.amount),
            *(("失败", "账户状态异常(未激活)") if row.position in fail else ("成功", "")),
        ]
        for row in bank_rows(batch.id)
    ]
    return write_csv([Column(title) for title in ANSWER_TITLES], lines, encoding="gb18030", guarded=False)


def train(story: Story) -> None:
    """Approve and import the sign-in sheet."""
    approve(story)
    if story.sign_ins is not None:
        filename, data = story.sign_ins
        day = min(story.plan.ends_on, clock.today())
        on(
            day,
            lambda: attendance.import_sheet(
                attendance.upload_sheet(story.cohort, filename, data, by=story.by), by=story.by
            ),
        )


def finish(story: Story) -> None:
    """Record results, verify the certificates, confirm the end."""
    people = filings.people(story.cohort.id)
    day = story.plan.ends_on + timedelta(days=20)
    entries = [
        ResultEntry(one.id, Outcome.FAILED, story.plan.ends_on)
        if one.position in story.failed
        else ResultEntry(
            one.id,
            Outcome.PASSED,
            story.plan.ends_on,
            f"S000051000001{day.year % 100:02d}{one.target_level}{one.id:06d}",
            one.occupation,
            one.target_level,
            day,
        )
        for one in people
    ]
    on(day, lambda: cohorts.record_results(story.cohort, entries, by=story.by))
    passed = [one.id for one in people if one.position not in story.failed]
    on(
        day + timedelta(days=5),
        lambda: cohorts.verify_results(story.cohort, passed, True, "国家职业技能等级证书查询", actor("shouli")),
    )
    on(day + timedelta(days=7), lambda: cohorts.move(story.cohort, "complete", by=actor("shouli")))


def claim(story: Story, day: date, *, until: str = "approve") -> None:
    """Finish, compare once more, claim, and review up to and including `until`."""
    finish(story)
    compare(story, day, (Fact.IN_OTHER_TRAINING, Fact.CROSS_FUND_PAID, Fact.PENSION_DRAWN, Fact.CIVIL_SERVICE_PENSION))

    def submit() -> None:
        story.claim = claims.open_claim(story.cohort, by=story.by)
        claims.submit(story.claim, by=story.by)

    on(day, submit)
    review(story, day, until=until)


def review(story: Story, day: date, *, until: str) -> None:
    """Move the claim on, one officer a day."""
    if until == "submit":
        return
    for after, (name, login) in enumerate(REVIEWS, start=1):
        on(day + timedelta(days=after), lambda name=name, login=login: claims.move(story.claim, name, by=actor(login)))  # type: ignore[misc]
        if name == until:
            return


def publish(story: Story, day: date, title: str) -> None:
    """Post the approved lines."""

    def act() -> None:
        lines = select(ClaimLine).where(ClaimLine.claim_id == story.claim.id, ClaimLine.state == LineState.APPROVED)
        notices.publish(list(db.session.scalars(lines.order_by(ClaimLine.id))), title, by=actor("shenpi"))

    on(day, act)
