"""Who a list reports dead is shown before the money goes, and nothing goes that a human has not ruled on or that was not earned."""

from __future__ import annotations

from datetime import date

import pytest

from tests.client import Browser
from tests.factories import Office
from tests.payments import stage
from tests.payments.test_cost import statements
from tests.registers import lists
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments import actions
from trainingadmin.payments.models import Batch, Due
from trainingadmin.payments.queries import deaths
from trainingadmin.payments.states import BatchState, DeathMark, DueState
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.registers import actions as registers
from trainingadmin.registers import queries as found
from trainingadmin.registers.states import Register

TODAY = stage.PAYABLE_ON
BEFORE, AFTER = date(2022, 3, 1), date(2022, 5, 10)  # the training ended on 2022-04-30


def reported(office: Office, *people: Person, died_on: date = BEFORE) -> None:
    """A list reports people dead, under a name that is not quite theirs."""
    rows: list[dict[str, Value]] = [
        {"name": "石开业", "id_number": one.id_number, "from_on": died_on} for one in people
    ]
    lists.imported(office, lists.made_up(Register.DEATH, rows, as_of="2022-06-30"), on=TODAY)


def ruled(office: Office, *, so: bool = True) -> None:
    """An officer rules on everything that waits."""
    for match in found.matches(office.actor("acceptance"), kind="death", ruled="open"):
        with clock.at(TODAY), transaction.unit():
            registers.rule(match, so, "与户籍核对", by=office.actor("acceptance"))


def waiting(office: Office, people: int = 3) -> list[Due]:
    stage.cleared_claim(office, stage.approved_cohort(office, people, advance=0))
    stage.plan()
    return stage.dues(state=DueState.OPEN)


def compose_refused(office: Office, dues: list[Due]) -> Refusal:
    with pytest.raises(Refusal) as refusal, clock.at(TODAY), transaction.unit():
        actions.compose(stage.account(dues), [due.id for due in dues], by=office.actor("preparer"))
    return refusal.value


def step_refused(office: Office, batch: Batch, step: str) -> str:
    act = {"check": actions.check, "release": actions.release}[step]
    with pytest.raises(Refusal) as refusal, clock.at(TODAY), transaction.unit():
        act(batch, stage.seen(batch), by=office.actor("checker"))
    return refusal.value.code


def test_a_report_that_nobody_ruled_on_is_not_composed(office: Office) -> None:
    dues = waiting(office)
    reported(office, dues[1].person)
    refusal = compose_refused(office, dues)
    assert refusal.code == "death-unruled"
    assert refusal.values["lines"] == f"{dues[1].about}#2 {dues[1].person.name}"


def test_who_died_before_the_training_ended_is_not_composed(office: Office) -> None:
    dues = waiting(office)
    reported(office, dues[1].person)
    ruled(office)
    assert compose_refused(office, dues).code == "death-confirmed"


def test_the_others_go_on(office: Office) -> None:
    first, dead, third = waiting(office)
    reported(office, dead.person)
    ruled(office)
    assert stage.composed(office, [first, third]).count == 2


def test_a_report_found_untrue_bars_nobody(office: Office) -> None:
    dues = waiting(office)
    reported(office, dues[1].person)
    ruled(office, so=False)
    batch = stage.composed(office)
    stage.release(office, batch)
    assert deaths.of_batch(batch.id) == {}


def test_who_died_afterwards_is_shown_and_may_be_paid(office: Office) -> None:
    dues = waiting(office)
    reported(office, dues[1].person, died_on=AFTER)
    ruled(office)
    batch = stage.composed(office)
    (dead,) = deaths.of_batch(batch.id).values()
    assert (dead.due_id, dead.mark, dead.bars) == (dues[1].id, DeathMark.AFTER, False)
    stage.release(office, batch)
    assert batch.state is BatchState.RELEASED


@pytest.mark.parametrize("step", ["check", "release"])
def test_a_batch_with_a_report_nobody_ruled_on_stands_still(office: Office, step: str) -> None:
    dues = waiting(office)
    batch = stage.composed(office)
    if step == "release":
        stage.check(office, batch)
    reported(office, dues[0].person)
    assert step_refused(office, batch, step) == "death-unruled"
    ruled(office)
    assert step_refused(office, batch, step) == "death-confirmed"


def test_a_list_of_another_district_is_no_bar_until_it_is_confirmed(office: Office) -> None:
    dues = waiting(office)
    reported(office, dues[0].person)
    (match,) = found.matches(office.actor("acceptance"), kind="death")
    assert deaths.of_dues([dues[0].id])[dues[0].id].row_id == match.row_id
    registered = found.list_of(match.list_id, actor=office.actor("acceptance"))
    with transaction.unit():
        registered.office_code = office.other_enterprise.office_code
    assert deaths.of_dues([dues[0].id]) == {}


def test_an_advance_is_not_paid_for_who_died_in_training(office: Office) -> None:
    stage.approved_cohort(office)
    stage.plan(stage.APPROVED_ON)
    dues = stage.dues(state=DueState.OPEN)
    reported(office, dues[0].person, died_on=BEFORE)
    ruled(office)
    assert compose_refused(office, dues).code == "death-confirmed"


def test_issuing_again_leaves_the_dead_behind(office: Office) -> None:
    dues = waiting(office)
    batch = stage.settled(office, {1: "账户已销户", 2: "账户已销户"})
    reported(office, dues[0].person)
    with clock.at(TODAY), transaction.unit():
        again = actions.compose_again(batch, "银行误退", by=office.actor("preparer"))
    assert again.count == 1
    assert [due.state for due in stage.dues()] == [DueState.FAILED, DueState.IN_BATCH, DueState.SETTLED]
    with pytest.raises(Refusal, match="death-unruled"), clock.at(TODAY), transaction.unit():
        actions.compose_again(batch, "银行误退", by=office.actor("preparer"))
    stage.proved()


def test_pages_show_it_before_the_money_goes(office: Office, browser: Browser) -> None:
    dues = waiting(office)
    batch = stage.composed(office, dues[:1])
    reported(office, dues[0].person, dues[1].person)
    browser.sign_in("checker")
    with clock.at(TODAY):
        page = browser.open(f"/payments/{batch.id}")
        assert page.said("死亡名单涉及 1 人")
        assert page.said("死亡名单命中，尚未核实")
        assert browser.open(f"/payments/dues/{dues[0].id}").said("死亡名单命中，尚未核实")
        assert browser.open("/payments/payables").said("死亡名单涉及 1 人")
        assert browser.open(f"/payments/payables/{dues[0].cohort_id}/balance").said("2022-03-01 死亡")
        ruled(office)
        assert browser.open(f"/payments/{batch.id}").said("核实死亡，在应付事项结束前")


def test_looking_costs_the_same_for_few_and_for_many(office: Office) -> None:
    asked = []
    for people in (2, 12):
        dues = waiting(office, people)[-people:]
        reported(office, *(due.person for due in dues))
        batch = [due.id for due in dues]
        asked.append(statements(lambda batch=batch: deaths.of_dues(batch)).total())  # type: ignore[misc]
    assert asked[0] == asked[1] <= 6
