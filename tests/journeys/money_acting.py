"""An office of which everybody acts in any order: its filings, claims, notices and years; books checked each step.

Every rule is one verb a person has, with today's date; a refusal leaves the walk where it was and is counted. What
was done how often stands in `Acting.done`, so that a run can show that it was not idle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select

from tests.claims import small
from tests.factories import Office
from tests.payments import stage
from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import COMMITTED, IN_REVIEW, ClaimState, LineState
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import EnrolmentState, Outcome
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Role
from trainingadmin.ledger import verification
from trainingadmin.notices import actions as notices
from trainingadmin.notices.models import Notice, NoticeLine, Objection
from trainingadmin.notices.states import NoticeState, ObjectionState
from trainingadmin.payments import actions
from trainingadmin.payments.models import Batch, Due
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import Base, db
from trainingadmin.recoveries import actions as recoveries
from trainingadmin.recoveries import verification as proof_of_orders
from trainingadmin.recoveries.models import RecoveryAct, RecoveryOrder

T = TypeVar("T", bound=Base)
YUAN = Money.yuan
FIRST_DAY = small.CLAIMED_ON
CAP = 3
bits = st.integers(0, 2**12 - 1)
_SHOWN: tuple[tuple[str, Any], ...] = (
    ("claim", Claim.state),
    ("line", ClaimLine.state),
    ("batch", Batch.state),
    ("due", Due.state),
    ("order", RecoveryOrder.state),
    ("act", RecoveryAct.state),
    ("notice", Notice.state),
    ("objection", Objection.state),
)


def given(*wanted: str) -> Callable[[Any], Any]:
    """Offer a rule only while rows in one of these states are there, such as "claim:reviewed"."""
    return precondition(lambda self: bool(self.there & set(wanted)))


def chosen(mask: int, at: int) -> bool:
    return bool(mask >> (at % 12) & 1)


class Acting(RuleBasedStateMachine):
    """One office and its enterprise, from nothing; `renew` empties the database and opens the office."""

    renew: Callable[[], Office]
    done: Counter[str]
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.office = type(self).renew()
        self.today = FIRST_DAY
        self.there: set[str] = set()

    # How a rule acts --------------------------------------------------------------------------------------------------

    def act(self, what: str, work: Callable[[], object]) -> bool:
        """Do one thing in one transaction today; count it, or why it was refused."""
        try:
            with clock.at(self.today), transaction.unit():
                work()
        except Refusal as refusal:
            self.done[f"{what}: {refusal.code}"] += 1
            return False
        self.done[what] += 1
        return True

    def pick(self, table: type[T], which: int, *where: Any) -> T | None:
        """Return one of the rows there are."""
        found = list(db.session.scalars(select(table).where(*where).order_by(table.id)))  # type: ignore[attr-defined]
        return found[which % len(found)] if found else None

    def by(self, login: str) -> Any:
        return self.office.actor(login)

    # Filings ----------------------------------------------------------------------------------------------------------

    @rule(
        people=st.integers(1, 3), first=st.integers(0, 2), advance=st.sampled_from([0, 4000]), trade=st.integers(0, 5)
    )
    def file(self, people: int, first: int, advance: int, trade: int) -> None:
        cohort = small.cohort_of(self.office, people, first=first + 1, occupation=f"焊工{trade}")
        with transaction.unit():
            cohort = db.session.get_one(Cohort, cohort.id)
            cohort.advance = YUAN(advance * people)
            for one in stage.enrolments(cohort):
                one.advance, one.advance_paid = YUAN(advance), None if advance else ZERO
        self.done["file"] += 1

    @rule(which=bits)
    def leave(self, which: int) -> None:
        """Somebody leaves before the claim."""
        claimed = select(Claim.cohort_id)
        one = self.pick(Enrolment, which, Enrolment.cohort_id.not_in(claimed), Enrolment.state == EnrolmentState.ACTIVE)
        if one is not None:
            with transaction.unit():
                db.session.get_one(Enrolment, one.id).state = EnrolmentState.LEFT
            self.done["leave"] += 1

    @rule(which=bits)
    def flunk(self, which: int) -> None:
        """Somebody gets no certificate."""
        one = self.pick(Enrolment, which, Enrolment.cohort_id.not_in(select(Claim.cohort_id)))
        if one is not None:
            with transaction.unit():
                result = db.session.get_one(Result, one.id)
                result.outcome = Outcome.FAILED
                result.certificate_number = result.occupation = result.level = result.issued_on = None
                result.verified = result.verified_by = result.verified_at = None
            self.done["flunk"] += 1

    # Claims -----------------------------------------------------------------------------------------------------------

    @rule(which=bits)
    def claim(self, which: int) -> None:
        cohort = self.pick(Cohort, which)
        if cohort is not None:
            self.act(
                "claim",
                lambda: claims.submit(claims.open_claim(cohort, by=self.by("enterprise")), by=self.by("enterprise")),
            )

    @given("claim:submitted")
    @rule(which=bits)
    def withdraw(self, which: int) -> None:
        self._move(self.pick(Claim, which, Claim.state == ClaimState.SUBMITTED), "withdraw", "enterprise", "不申领了")

    @given("claim:submitted", "claim:accepted", "claim:checked")
    @rule(which=bits, how_far=st.integers(1, 3))
    def review(self, which: int, how_far: int) -> None:
        under = (ClaimState.SUBMITTED, ClaimState.ACCEPTED, ClaimState.CHECKED)
        claim = self.pick(Claim, which, Claim.state.in_(under))
        for name, login in small.STAGES[under.index(claim.state) :][:how_far] if claim is not None else ():
            if name != "approve":
                self._move(claim, name, login)

    @given("claim:reviewed")
    @rule(which=bits)
    def approve(self, which: int) -> None:
        claim = self.pick(Claim, which, Claim.state == ClaimState.REVIEWED)
        self._move(claim, "approve", "approval")

    @given("claim:reviewed")
    @rule(which=bits)
    def recheck(self, which: int) -> None:
        claim = self.pick(Claim, which, Claim.state == ClaimState.REVIEWED)
        if claim is not None:
            self.act("recheck", lambda: claims.recheck(claim, by=self.by("approval")))

    @given("claim:reviewed")
    @rule(which=bits)
    def refuse(self, which: int) -> None:
        self._move(self.pick(Claim, which, Claim.state == ClaimState.REVIEWED), "refuse", "approval", "材料不实")

    @given("line:open", "line:held")
    @rule(which=bits)
    def hold_or_release(self, which: int) -> None:
        line = self.pick(ClaimLine, which, ClaimLine.state.in_((LineState.OPEN, LineState.HELD)))
        assert line is not None
        verb = claims.hold if line.state is LineState.OPEN else claims.release
        login = IN_REVIEW.get(line.claim.state, Role.APPROVAL).value
        self.act(verb.__name__, lambda: verb(line, by=self.by(login), note="待核"))

    @given("claim:approved", "claim:in_notice", "claim:cleared", "claim:paying")
    @rule(which=bits)
    def decide_late(self, which: int) -> None:
        """The approver decides who was held back: approved as a supplement, or refused."""
        line = self.pick(ClaimLine, which, ClaimLine.state.in_((LineState.OPEN, LineState.HELD)))
        if line is None:
            return
        if which % 2 and line.state is LineState.OPEN:
            self.act("approve late", lambda: claims.approve_released(line.claim, by=self.by("approval")))
        else:
            self.act("refuse late", lambda: claims.refuse_line(line, by=self.by("approval"), note="查实不符"))

    def _move(self, claim: Claim | None, name: str, login: str, note: str = "") -> None:
        if claim is not None:
            self.act(name, lambda: claims.move(claim, name, by=self.by(login), note=note))

    # Notices ----------------------------------------------------------------------------------------------------------

    @given("line:approved")
    @rule()
    def publish(self) -> None:
        lines = list(
            db.session.scalars(select(ClaimLine).where(ClaimLine.state == LineState.APPROVED).order_by(ClaimLine.id))
        )
        self.act("publish", lambda: notices.publish(lines, "公示", by=self.by("approval")))

    @given("notice:posted")
    @rule(which=bits)
    def object_to(self, which: int) -> None:
        line = self.pick(
            NoticeLine, which, NoticeLine.notice_id.in_(select(Notice.id).where(Notice.state == NoticeState.POSTED))
        )
        if line is not None:
            notice = db.session.get_one(Notice, line.notice_id)
            address = f"10.0.{self.steps % 250}.{which % 250}"
            self.act(
                "object",
                lambda: notices.object_to(notice, line.position, "他没上课", "某", "13800000000", address=address),
            )

    @given("objection:open")
    @rule(which=bits, upheld=st.booleans())
    def decide_objection(self, which: int, upheld: bool) -> None:
        one = self.pick(Objection, which, Objection.state == ObjectionState.OPEN)
        assert one is not None
        self.act(
            "decide objection", lambda: notices.decide(one, upheld=upheld, decision="已核查", by=self.by("approval"))
        )

    @rule(days=st.sampled_from([1, 9, 9, 9, 20]))
    def time_passes(self, days: int) -> None:
        """What the clock does by itself: notices end, what is owed is planned, who is late is flagged."""
        self.today += timedelta(days=days)
        self.act("notices end", notices.clear_due)
        self.act("flag", recoveries.flag_overdue)
        self.plan()

    @precondition(lambda self: self.today.year == FIRST_DAY.year and self.today.month > 8)
    @rule()
    def year_ends(self) -> None:
        self.today = date(self.today.year + 1, 1, 4)
        self.act("year ends", notices.clear_due)

    @rule()
    def plan(self) -> None:
        self.act("plan", actions.plan_dues)

    # What must always be true -----------------------------------------------------------------------------------------

    @invariant()
    def books_hold(self) -> None:
        type(self).steps += 1
        self.done["step"] += 1
        db.session.expire_all()
        assert verification.verify(proof_of_orders.RULES).breaches == []
        assert list(over_the_caps()) == []
        self.there = {
            f"{what}:{value.value}"
            for what, column in _SHOWN
            for value in db.session.scalars(select(column).distinct())
        }


def over_the_caps() -> Sequence[Any]:
    """Return whoever is paid, or will be, more often a year or more often for one level than the law allows."""
    bound = (
        select(ClaimLine.person_id, Claim.claimed_on, Enrolment.occupation, func.count())
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(Enrolment, Enrolment.id == ClaimLine.enrolment_id)
        .where(ClaimLine.state.in_(COMMITTED))
        .group_by(ClaimLine.person_id, Claim.claimed_on, Enrolment.occupation)
    )
    of_year, of_trade = Counter[Any](), Counter[Any]()
    for person_id, claimed_on, occupation, count in db.session.execute(bound):
        of_year[person_id, claimed_on.year] += count
        of_trade[person_id, occupation] += count
    return [one for one, count in of_year.items() if count > CAP] + [one for one, n in of_trade.items() if n > 1]
