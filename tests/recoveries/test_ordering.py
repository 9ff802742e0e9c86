"""Orders: a shortfall drafted by one and issued by another, an audit's finding, and a draft taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.factories import Office, id_number
from tests.payments import stage as payments
from tests.recoveries import stage
from trainingadmin.certificates import jobs
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind, CertificateState
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Role
from trainingadmin.ledger.queries import balances
from trainingadmin.payments import entries
from trainingadmin.payments.states import DueKind, DueState
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index
from trainingadmin.recoveries import actions, queries
from trainingadmin.recoveries.actions import Finding
from trainingadmin.recoveries.models import RecoveryLine
from trainingadmin.recoveries.states import Cause, OrderState

YUAN = stage.YUAN


def test_twelve_certified_of_thirty_gives_an_order_of_24_000_yuan(office: Office) -> None:
    order = stage.drafted(office, stage.shortfall(office))
    assert (order.amount, order.state, len(queries.lines(order.id))) == (YUAN(24_000), OrderState.DRAFTED, 6)
    assert {line.cause for line in queries.lines(order.id)} == {Cause.NO_CERTIFICATE}
    stage.issue(office, order)
    assert stage.now(order).state is OrderState.ISSUED
    assert balances.balance(entries.receivable(str(order.payee_id))) == YUAN(24_000)
    stage.proved()


def test_its_letter_is_numbered_printed_and_the_payees(office: Office) -> None:
    order = stage.issued(office, stage.shortfall(office, 3, 0))
    letter = db.session.scalars(select(Certificate).filter_by(kind=CertificateKind.RECOVERY)).one()
    assert letter.number == "ZH-511824-2022-000001"
    assert letter.organisation_id == order.payee_id
    jobs.render([letter.id])
    db.session.expire_all()
    assert letter.state is CertificateState.SEALED, letter.failure


def test_somebody_who_left_is_named_so(office: Office) -> None:
    claim = stage.shortfall(office, 3, 0)
    with transaction.unit():
        gone = db.session.scalars(select(Enrolment).filter_by(position=2)).one()
        gone.state, gone.left_on = "left", payments.CLAIMED_ON  # type: ignore[assignment]
    causes = [line.cause for line in queries.lines(stage.drafted(office, claim).id)]
    assert causes == [Cause.NO_CERTIFICATE, Cause.DROP_OUT, Cause.NO_CERTIFICATE]


def test_the_same_shortfall_is_ordered_once(office: Office) -> None:
    claim = stage.shortfall(office, 3, 0)
    stage.drafted(office, claim)
    with pytest.raises(Refusal) as refused:
        stage.drafted(office, claim)
    assert refused.value.code == "nothing-to-recover"
    line = db.session.scalars(select(RecoveryLine)).first()
    assert line is not None
    with pytest.raises(IntegrityError), transaction.unit():
        db.session.add(
            RecoveryLine(
                order_id=line.order_id, person_id=1, position=9, due_id=line.due_id, cause=Cause.AUDIT, amount=YUAN(1)
            )
        )


def test_a_draft_taken_back_leaves_its_people_to_the_next(office: Office) -> None:
    claim = stage.shortfall(office, 3, 0)
    order = stage.drafted(office, claim)
    with transaction.unit():
        actions.withdraw(order, "期限写错", by=office.actor("preparer"))
    assert stage.now(order).state is OrderState.WITHDRAWN
    assert stage.drafted(office, claim).amount == YUAN(12_000)
    stage.proved()


def test_withdrawing_wants_a_reason(office: Office) -> None:
    order = stage.drafted(office, stage.shortfall(office, 3, 0))
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.withdraw(order, " ", by=office.actor("preparer"))
    assert refused.value.code == "move-note"


def test_what_is_issued_cannot_be_withdrawn(office: Office) -> None:
    order = stage.issued(office, stage.shortfall(office, 3, 0))
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.withdraw(order, "算错了", by=office.actor("preparer"))
    assert refused.value.code == "move-state"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (replace(stage.TERMS, reason=" "), "reason-missing"),
        (replace(stage.TERMS, due_on=stage.DRAFTED_ON), "due-past"),
        (replace(stage.TERMS, funding_source="别的资金"), "source-unknown"),
    ],
)
def test_terms_that_do_not_fit_are_refused(office: Office, terms: actions.Terms, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        stage.drafted(office, stage.shortfall(office, 3, 0), terms=terms)
    assert refused.value.code == code


def test_only_a_preparer_drafts(office: Office) -> None:
    claim = stage.shortfall(office, 3, 0)
    with pytest.raises(Refusal) as refused:
        stage.drafted(office, claim, login="checker")
    assert refused.value.code == "move-role"


def test_whoever_drafted_it_does_not_issue_it(office: Office) -> None:
    order = stage.drafted(office, stage.shortfall(office, 3, 0))
    with transaction.unit():
        mine = office.accounts["preparer"].person_id
        office.add("both", [Role.CHECKER], office_code="511824", person_id=mine)
    with pytest.raises(Refusal) as refused:
        stage.issue(office, order, login="both")
    assert refused.value.code == "move-same-person"


def test_nobody_drafts_issues_or_withdraws_what_names_a_relative(office: Office) -> None:
    claim = stage.shortfall(office, 3, 0)
    enrolment = db.session.scalars(select(Enrolment).filter_by(position=1)).one()
    index = enrolment.person.id_number_index
    order = stage.drafted(office, claim)
    with transaction.unit():
        for login in ("checker", "preparer"):
            account = office.accounts[login].id
            db.session.add(Relative(account_id=account, id_number_index=index, declared_at=clock.now()))
    with pytest.raises(Refusal) as refused:
        stage.issue(office, order)
    assert refused.value.code == "relative"
    assert blind_index(id_number(1)) != index
    with pytest.raises(Refusal) as refused:
        actions.withdraw(order, "回避", by=office.actor("preparer"))
    assert refused.value.code == "relative"
    db.session.rollback()
    with transaction.unit():
        office.add("other", [Role.PREPARER], office_code="511824")
    with transaction.unit():
        actions.withdraw(order, "回避", by=office.actor("other"))
    with pytest.raises(Refusal) as refused:
        stage.drafted(office, claim)
    assert refused.value.code == "relative"


def test_an_order_whose_day_has_passed_is_not_issued(office: Office) -> None:
    order = stage.drafted(office, stage.shortfall(office, 3, 0))
    with pytest.raises(Refusal) as refused:
        stage.issue(office, order, on=stage.DUE_ON)
    assert refused.value.code == "due-past"


# An audit's finding -----------------------------------------------------------------------------------------------------


def paid_in_full(office: Office) -> list[Enrolment]:
    """Three people who got 4 000 yuan ahead and 4 000 yuan at the end."""
    claim = payments.prepaid_claim(office, 3)
    payments.plan()
    payments.settled(office)
    return payments.enrolments(stage.cohort_of(claim))


def test_an_audit_gets_back_what_was_paid_and_no_more(office: Office) -> None:
    one, two, _ = paid_in_full(office)
    cohort = one.cohort
    order = stage.found(office, cohort, Finding([one.person_id, two.person_id], Cause.AUDIT))
    assert order.amount == YUAN(16_000)
    assert payments.dues(DueKind.RECOVERY) == []
    stage.issue(office, order)
    assert [due.amount for due in payments.dues(DueKind.RECOVERY, DueState.OPEN)] == [YUAN(8000)] * 2
    payments.plan()
    stage.proved()
    for refused_id in (one.person_id, two.person_id):
        with pytest.raises(Refusal) as refused:
            stage.found(office, cohort, Finding([refused_id], Cause.DEATH))
        assert refused.value.code == "more-than-paid"


def test_an_audit_may_ask_for_part_and_later_for_the_rest(office: Office) -> None:
    one, *_ = paid_in_full(office)
    for each in (YUAN(3000), YUAN(5000)):
        order = stage.found(office, one.cohort, Finding([one.person_id], Cause.AUDIT, each))
        stage.issue(office, order)
    assert [due.amount for due in payments.dues(DueKind.RECOVERY)] == [YUAN(3000), YUAN(5000)]
    stage.proved()


def test_two_drafts_for_the_same_money_cannot_both_be_issued(office: Office) -> None:
    one, *_ = paid_in_full(office)
    first, second = (stage.found(office, one.cohort, Finding([one.person_id], Cause.AUDIT)) for _ in range(2))
    stage.issue(office, first)
    with pytest.raises(Refusal) as refused:
        stage.issue(office, second)
    assert refused.value.code == "more-than-paid"
    stage.proved()


def test_an_advance_ordered_back_is_not_ordered_back_again_by_the_claim(office: Office) -> None:
    cohort = payments.approved_cohort(office, 2)
    payments.plan(payments.APPROVED_ON)
    payments.settled(office)
    one, _ = payments.enrolments(cohort)
    stage.issue(office, stage.found(office, cohort, Finding([one.person_id], Cause.DROP_OUT)))
    payments.cleared_claim(office, cohort, uncertified=(1, 2))
    payments.plan()
    assert [(due.enrolment_id, due.amount) for due in payments.dues(DueKind.RECOVERY)] == [
        (one.id, YUAN(4000)),
        (one.id + 1, YUAN(4000)),
    ]
    stage.proved()


def test_nobody_ticked_and_too_much_asked_are_refused(office: Office) -> None:
    one, *_ = paid_in_full(office)
    for finding, code in (
        (Finding([], Cause.AUDIT), "nothing-chosen"),
        (Finding([one.person_id], Cause.AUDIT, YUAN(8001)), "more-than-paid"),
        (Finding([one.person_id + 99], Cause.AUDIT), "more-than-paid"),
    ):
        with pytest.raises(Refusal) as refused:
            stage.found(office, one.cohort, finding)
        assert refused.value.code == code
