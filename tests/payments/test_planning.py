"""Planning what is owed: advances, balances, netting inside a claim, recoveries."""

from __future__ import annotations

from datetime import date, timedelta

from tests.factories import Office
from tests.payments import stage
from tests.payments.stage import YUAN
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.cohorts.states import CohortState, EnrolmentState
from trainingadmin.kernel.money import ZERO, total
from trainingadmin.ledger.queries import balances
from trainingadmin.payments import entries
from trainingadmin.payments.models import Due
from trainingadmin.payments.states import DueKind, DueState
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db

A, B, R = DueKind.ADVANCE, DueKind.BALANCE, DueKind.RECOVERY


def test_an_approved_filing_owes_every_apprentices_share(office: Office) -> None:
    cohort = stage.approved_cohort(office, people=3)
    assert stage.plan() == 3
    planned = stage.dues(A)
    assert [due.amount for due in planned] == [YUAN(4000)] * 3
    assert {due.payee_id for due in planned} == {cohort.operator_id}
    assert balances.balance(entries.payable(str(cohort.operator_id))) == -YUAN(12_000)
    assert balances.balance(entries.expense(stage.SCHEME, cohort.office_code)) == YUAN(12_000)


def test_planning_twice_adds_nothing(office: Office) -> None:
    stage.approved_cohort(office)
    assert (stage.plan(), stage.plan()) == (3, 0)


def test_nothing_is_planned_where_no_advance_was_granted(office: Office) -> None:
    stage.approved_cohort(office, advance=0)
    assert stage.plan() == 0


def test_who_left_before_planning_is_owed_nothing_and_the_claim_can_go_on(office: Office) -> None:
    cohort = stage.approved_cohort(office)
    with transaction.unit():
        stage.enrolments(cohort)[0].state = EnrolmentState.LEFT
    assert stage.plan() == 2
    assert [one.advance_paid for one in stage.enrolments(cohort)] == [ZERO, None, None]


def test_an_open_advance_of_somebody_who_left_is_withdrawn_and_reversed(office: Office) -> None:
    cohort = stage.approved_cohort(office)
    stage.plan()
    with transaction.unit():
        stage.enrolments(cohort)[0].state = EnrolmentState.LEFT
    assert stage.plan() == 0
    assert [due.state for due in stage.dues(A)] == [DueState.CANCELLED, DueState.OPEN, DueState.OPEN]
    assert stage.enrolments(cohort)[0].advance_paid == ZERO
    assert balances.balance(entries.payable(str(cohort.operator_id))) == -YUAN(8000)


def test_what_was_never_planned_is_given_up_when_training_ends(office: Office) -> None:
    cohort = stage.approved_cohort(office)
    with transaction.unit():
        cohort.state = CohortState.COMPLETED
    assert stage.plan() == 0
    assert [one.advance_paid for one in stage.enrolments(cohort)] == [ZERO] * 3


def test_cleared_lines_become_due_on_the_first_payable_day(office: Office) -> None:
    claim = stage.cleared_claim(office, stage.approved_cohort(office, advance=0))
    assert stage.plan(stage.PAYABLE_ON - timedelta(days=1)) == 0
    assert stage.plan(stage.PAYABLE_ON) == 3
    planned = stage.dues(B)
    assert [due.amount for due in planned] == [YUAN(8000)] * 3
    assert planned[0].notice_number.startswith("GS-511824-2022-")
    assert {line.state for line in stage.lines(claim)} == {LineState.CLEARED}


def test_objected_lines_wait_alone(office: Office) -> None:
    stage.cleared_claim(office, stage.approved_cohort(office, advance=0), undecided={2})
    assert stage.plan() == 2


def _prepaid(office: Office, people: int, *, uncertified: range, **more: object) -> Claim:
    """A claim of a filing whose advances of 4 000 were paid; how is not looked at here."""
    cohort = stage.approved_cohort(office, people)
    with transaction.unit():
        cohorts.advance_settled({one.id: YUAN(4000) for one in stage.enrolments(cohort)}, by=office.actor("preparer"))
    return stage.cleared_claim(office, cohort, uncertified=uncertified, **more)  # type: ignore[arg-type]


def _payable() -> list[Due]:
    return [due for due in stage.dues(B) if due.state is DueState.OPEN]


def test_with_26_of_30_certified_88_000_are_to_be_paid(office: Office) -> None:
    claim = _prepaid(office, 30, uncertified=range(1, 5))
    stage.plan()
    assert total(due.amount - due.offset for due in _payable()) == YUAN(88_000)
    assert stage.dues(R) == []
    # the first four certified people of the roster bear the four shares, to the last fen
    wholly = [due for due in stage.dues(B) if due.state is DueState.SETTLED]
    assert [due.position for due in wholly] == [5, 6, 7, 8]
    assert [line.state for line in stage.lines(claim)][4:9] == [LineState.PAID] * 4 + [LineState.CLEARED]
    assert balances.balance(entries.payable(str(claim.payee_id))) == -YUAN(88_000)


def test_with_only_12_certified_24_000_have_to_come_back_and_nothing_is_paid(office: Office) -> None:
    claim = _prepaid(office, 30, uncertified=range(1, 19))
    stage.plan()
    assert _payable() == []
    back = stage.dues(R)
    assert total(due.amount for due in back) == YUAN(24_000)
    assert {due.state for due in back} == {DueState.OPEN}
    assert balances.balance(entries.receivable(str(claim.payee_id))) == YUAN(24_000)
    assert balances.balance(entries.payable(str(claim.payee_id))) == ZERO
    db.session.refresh(claim)
    assert claim.state is ClaimState.PAID
    assert stage.plan() == 0


def test_unearned_shares_wait_while_somebody_may_still_bear_them(office: Office) -> None:
    claim = _prepaid(office, 3, uncertified=range(1, 3), undecided={3})
    assert stage.plan() == 0
    with transaction.unit():
        stage.lines(claim)[2].state = LineState.CLEARED
    stage.plan()
    assert [(due.offset, due.state) for due in stage.dues(B)] == [(YUAN(4000), DueState.SETTLED)]
    assert [due.amount for due in stage.dues(R)] == [YUAN(4000)]


def test_a_line_refused_later_is_taken_from_dues_not_yet_in_a_batch(office: Office) -> None:
    claim = _prepaid(office, 3, uncertified=range(0), undecided={3})
    assert stage.plan() == 2
    with transaction.unit():
        line = stage.lines(claim)[2]
        line.entitlement, line.balance, line.state = ZERO, -YUAN(4000), LineState.REFUSED
    stage.plan()
    assert [(due.offset, due.state) for due in stage.dues(B)] == [(YUAN(4000), DueState.SETTLED), (ZERO, DueState.OPEN)]


def test_who_earned_exactly_the_advance_is_settled_without_a_payment(office: Office) -> None:
    claim = _prepaid(office, 2, uncertified=range(0), worth=YUAN(4000))
    assert stage.plan() == 0
    assert {line.state for line in stage.lines(claim)} == {LineState.PAID}
    db.session.refresh(claim)
    assert claim.state is ClaimState.PAID


def test_who_earned_less_than_the_advance_gives_the_rest_back(office: Office) -> None:
    claim = _prepaid(office, 2, uncertified=range(0), worth=YUAN(3000))
    assert stage.plan() == 2
    assert [due.amount for due in stage.dues(R)] == [YUAN(1000)] * 2
    assert {line.state for line in stage.lines(claim)} == {LineState.PAID}


def test_a_claim_of_which_everybody_was_refused_ends_with_the_recovery(office: Office) -> None:
    claim = _prepaid(office, 2, uncertified=range(1, 3))
    assert stage.plan() == 2
    db.session.refresh(claim)
    assert claim.state is ClaimState.PAID


def test_claims_are_never_netted_against_each_other(office: Office) -> None:
    _prepaid(office, 2, uncertified=range(1, 3))
    _prepaid(office, 2, uncertified=range(0))
    stage.plan()
    assert [due.amount for due in stage.dues(R)] == [YUAN(4000)] * 2
    assert total(due.amount - due.offset for due in _payable()) == YUAN(8000)


def test_dates_far_apart_change_nothing(office: Office) -> None:
    stage.cleared_claim(office, stage.approved_cohort(office, advance=0))
    assert (stage.plan(date(2022, 8, 1)), stage.plan(date(2023, 8, 1))) == (3, 0)
