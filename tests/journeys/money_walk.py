"""The money of that office: budgets, batches, the bank's answers, orders to give money back and what closes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.journeys.money_acting import YUAN, Acting, bits, chosen, given
from tests.payments import stage
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.money import Money
from trainingadmin.payments import actions
from trainingadmin.payments.actions import Budget
from trainingadmin.payments.models import Batch, Due
from trainingadmin.payments.queries.answered import accounts
from trainingadmin.payments.states import BatchState, DueKind, DueState
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import Base, db
from trainingadmin.recoveries import actions as recoveries
from trainingadmin.recoveries import queries as orders
from trainingadmin.recoveries.actions import Evidence, Finding, Terms
from trainingadmin.recoveries.models import RecoveryAct, RecoveryOrder
from trainingadmin.recoveries.states import DECIDED_BY, ActState, Cause, OrderState


class Walk(Acting):
    """Everything that can happen to money, from the filing to the last repayment."""

    @initialize(people=st.integers(2, 4), advance=st.sampled_from([0, 4000]))
    def begin(self, people: int, advance: int) -> None:
        self.appropriate(100_000, "2022")
        self.file(people, 0, advance, 0)
        self.plan()
        if advance:
            self.compose(2**12 - 1, 0, "answered")
        self.claim(0)
        self.review(0, 3)

    @given("claim:submitted", "claim:accepted", "claim:checked", "claim:reviewed")
    @rule(which=bits, paid=st.booleans(), failed=bits)
    def carry_through(self, which: int, paid: bool, failed: int) -> None:
        """A claim goes the straight way to the list of what is owed, or to the bank and back."""
        self.review(which, 3)
        self.approve(which)
        self.publish()
        self.time_passes(9)
        if paid:
            self.compose(2**12 - 1, failed, "answered")

    # Payments ---------------------------------------------------------------------------------------------------------

    @rule(yuan=st.sampled_from([8000, 20_000, -6000]))
    def appropriate(self, yuan: int, document: str = "雅财社〔2022〕1号") -> None:
        terms = Budget(self.office.enterprise.office_code, self.today.year, stage.FUND, stage.BUDGET)
        self.act("appropriate", lambda: actions.appropriate(terms, YUAN(yuan), document, by=self.by("checker")))

    @given("due:open")
    @rule(
        mask=bits, failed=bits, how_far=st.sampled_from(["composed", "cancelled", "released", "answered", "answered"])
    )
    def compose(self, mask: int, failed: int, how_far: str) -> None:
        waiting = [due for due in stage.dues(state=DueState.OPEN) if due.kind is not DueKind.RECOVERY]
        if not waiting:
            return
        same = [due for due in waiting if due.kind is waiting[mask % len(waiting)].kind]
        mine = [due for due in same if chosen(mask, due.id)] or same
        account, ids, made = stage.account(mine), [due.id for due in mine], list[Batch]()
        if not self.act("compose", lambda: made.append(actions.compose(account, ids, by=self.by("preparer")))):
            return
        if how_far == "cancelled":
            self._cancel(made[0])
        elif how_far != "composed":
            self._release(made[0])
        if how_far == "answered":
            self._answer(made[0], failed, None)

    @given("batch:composed")
    @rule(which=bits)
    def check_batch(self, which: int) -> None:
        self._check(self._batch(which, BatchState.COMPOSED))

    @given("batch:composed", "batch:checked")
    @rule(which=bits)
    def release(self, which: int) -> None:
        self._release(self._batch(which, BatchState.COMPOSED, BatchState.CHECKED))

    @given("batch:composed", "batch:checked")
    @rule(which=bits)
    def cancel(self, which: int) -> None:
        self._cancel(self._batch(which, BatchState.COMPOSED, BatchState.CHECKED))

    @given("batch:released")
    @rule(which=bits, failed=bits, spoken=bits)
    def answer(self, which: int, failed: int, spoken: int) -> None:
        batch = self._batch(which, BatchState.RELEASED)
        positions = {payment.position for payment in stage.payments(batch)}
        self._answer(batch, failed, {at for at in positions if chosen(spoken, at)} or positions)

    @given("due:failed")
    @rule(which=bits)
    def issue_again(self, which: int) -> None:
        batch = self._batch(which, BatchState.RELEASED, BatchState.SETTLED)
        self.act("again", lambda: actions.compose_again(batch, "账户已更正", by=self.by("preparer")))

    @given("due:failed")
    @rule(which=bits, passed=st.sampled_from([True, True, False]))
    def review_account(self, which: int, passed: bool) -> None:
        by = self.by("first_review")
        if found := accounts.returned(by):
            self.act("review account", lambda: actions.review_account(found[0], passed=passed, note="核对", by=by))

    @given("due:open", "due:failed")
    @rule(which=bits)
    def drop(self, which: int) -> None:
        due = self.pick(Due, which, Due.kind == DueKind.ADVANCE, Due.state.in_((DueState.OPEN, DueState.FAILED)))
        if due is not None:
            self.act("drop", lambda: actions.cancel_due(due, "企业放弃", by=self.by("preparer")))

    @rule(digit=st.integers(0, 9))
    def change_account(self, digit: int) -> None:
        with transaction.unit():
            db.session.get_one(Organisation, self.office.enterprise.id).payee_account = f"622202000000000004{digit}"

    def _batch(self, which: int, *states: BatchState) -> Batch:
        found = self.pick(Batch, which, Batch.state.in_(states))
        assert found is not None
        return found

    def _release(self, batch: Batch) -> None:
        if batch.state is BatchState.COMPOSED and not self._check(batch):
            return
        self.act("release", lambda: actions.release(batch, stage.seen(batch), by=self.by("checker")))

    def _check(self, batch: Batch) -> bool:
        return self.act("check batch", lambda: actions.check(batch, stage.seen(batch), by=self.by("checker")))

    def _cancel(self, batch: Batch) -> None:
        self.act("cancel", lambda: actions.cancel(batch, "改期", by=self.by("checker")))

    def _answer(self, batch: Batch, failed: int, only: set[int] | None) -> None:
        wrong = {
            payment.position: "账户已销户" for payment in stage.payments(batch) if chosen(failed, payment.position)
        }
        data = stage.bank_answer(batch, wrong, only=only)
        self.act("answer", lambda: actions.answer(batch, "answer.csv", data, by=self.by("preparer")))

    # Money back -------------------------------------------------------------------------------------------------------

    @given("due:open")
    @rule(which=bits)
    def order_shortfall(self, which: int) -> None:
        due = self.pick(Due, which, Due.kind == DueKind.RECOVERY, Due.state == DueState.OPEN)
        if due is not None:
            cohort = db.session.get_one(Cohort, due.cohort_id)
            self.act("draft", lambda: recoveries.draft(orders.of_filing(cohort), self._terms(), by=self.by("preparer")))

    @given("due:settled")
    @rule(which=bits, mask=bits, yuan=st.sampled_from([None, 1000, 4000, 8000]), cause=st.sampled_from(Cause))
    def find(self, which: int, mask: int, yuan: int | None, cause: Cause) -> None:
        """An audit, a death: whoever was paid is asked for it back."""
        due = self.pick(Due, which, Due.state == DueState.SETTLED, Due.kind != DueKind.RECOVERY)
        if due is None:
            return
        origin = orders.of_filing(db.session.get_one(Cohort, due.cohort_id))
        people = [one.person_id for one in orders.recoverable_of(origin)]
        finding = Finding([one for one in people if chosen(mask, one)] or people, cause, YUAN(yuan) if yuan else None)
        self.act("find", lambda: recoveries.draft_found(origin, finding, self._terms(), by=self.by("preparer")))

    def _terms(self) -> Terms:
        return Terms("核查查实。", self.today + timedelta(days=15), stage.FUND)

    @given("order:drafted")
    @rule(which=bits, withdrawn=st.sampled_from([False, False, True]))
    def issue(self, which: int, withdrawn: bool) -> None:
        order = self.pick(RecoveryOrder, which, RecoveryOrder.state == OrderState.DRAFTED)
        assert order is not None
        if withdrawn:
            self.act("withdraw order", lambda: recoveries.withdraw(order, "重拟", by=self.by("preparer")))
        else:
            self.act("issue", lambda: recoveries.issue(order, by=self.by("checker")))

    @given("due:settled")
    @rule(which=bits, mask=bits, part=st.integers(1, 3))
    def get_back(self, which: int, mask: int, part: int) -> None:
        """An order goes the straight way: found, issued, paid back in part, confirmed."""
        self.find(which, mask, None, Cause.AUDIT)
        if self._any(RecoveryOrder, RecoveryOrder.state == OrderState.DRAFTED):
            self.issue(which, False)
        if self._any(RecoveryOrder, RecoveryOrder.state == OrderState.ISSUED):
            self.close(which, "repay", part)
        if self._any(RecoveryAct, RecoveryAct.state == ActState.PROPOSED):
            self.decide(which, False)

    def _any(self, table: type[Base], *where: Any) -> bool:
        return self.pick(table, 0, *where) is not None

    @given("order:issued")
    @rule(which=bits, how=st.sampled_from(["repay", "waive", "set off"]), part=st.integers(1, 3))
    def close(self, which: int, how: str, part: int) -> None:
        order = self.pick(RecoveryOrder, which, RecoveryOrder.state == OrderState.ISSUED)
        assert order is not None
        amount, by = Money(max(1, order.left.fen // part)), self.by("preparer")
        told = Evidence(f"LS{self.steps}-{self.done['repay']}", self.today, "回单.pdf", b"%PDF-1.4\n%%EOF\n")
        bearing, bears = next(((one.cohort_id, one.amount) for one in orders.bearers(order)), (0, amount))
        work: dict[str, Callable[[], object]] = {
            "repay": lambda: recoveries.repay(order, amount, told, by=by),
            "waive": lambda: recoveries.waive(order, amount, "企业注销", by=by),
            "set off": lambda: recoveries.set_off(order, min(amount, bears), bearing, "经会议同意", by=by),
        }
        self.act(how, work[how])

    @given("act:proposed")
    @rule(which=bits, rejected=st.sampled_from([False, False, False, True]))
    def decide(self, which: int, rejected: bool) -> None:
        act = self.pick(RecoveryAct, which, RecoveryAct.state == ActState.PROPOSED)
        assert act is not None
        name = "reject" if rejected else DECIDED_BY[act.kind]
        by = self.by("checker" if name == "confirm" else "approval")
        self.act(f"{name} {act.kind.value}", lambda: recoveries.decide(act, name, "退回" if rejected else "", by=by))
