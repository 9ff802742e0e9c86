"""Nobody acts on their own matter or a declared relative's: every act of these stages, one by one.

An act that is new to a stage is neither in `ACTS` nor in `FREE`, and fails here until it is.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from tests.applications import stage as grants
from tests.factories import Office
from tests.journeys.own_matters import Scene
from tests.payments import stage as money
from tests.payments import test_strays as strays
from tests.recoveries import stage as back
from tests.recoveries.test_deaths import confirmed
from trainingadmin.applications import actions as applications
from trainingadmin.applications.queries import visits
from trainingadmin.certificates import actions as certificates
from trainingadmin.claims import actions as claims
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.notices import actions as notices
from trainingadmin.payments import actions as payments
from trainingadmin.payments.actions import Choice
from trainingadmin.payments.queries.answered import accounts
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.recoveries import actions as recoveries
from trainingadmin.recoveries import queries as orders
from trainingadmin.registers.states import Fact

STAGES = ("claims", "applications", "notices", "payments", "recoveries", "certificates")
_SELF = "the applicant's own doing, for themselves"
_BELOW = "what an act of these stages makes of it; that act refuses"
_SYSTEM = "the clock's doing"
_GUARD = "asks whether somebody may, and does nothing"
FREE = {
    "claims.correct_own": _SELF,
    "claims.add_paper": "an operator's, for its own people: it adds, and officers judge",
    "claims.correct_result": "an operator's, for its own people: a result counts once an officer compared it",
    "claims.refusal_to_touch": _GUARD,
    "applications.refuse_others": _GUARD,
    "claims.declare": _SELF,
    "claims.open_claim": "an enterprise claims for its own people",
    "claims.move_own": _SELF,
    "claims.open_own": _SELF,
    "claims.remind": _SELF,
    "claims.submit": _SELF,
    "claims.move_lines": _BELOW,
    "claims.note_hands": _BELOW,
    "claims.settle_claims": _BELOW,
    "claims.reassess": "asked by `recheck` and by whoever answers, both of whom are refused",
    "applications.begin": _SELF,
    "applications.restate": _SELF,
    "applications.add_photo": _SELF,
    "applications.close": _BELOW,
    "payments.appropriate": "money of an office, of nobody",
    "payments.note_export": "takes a file that others released; decides nothing",
    "payments.order_back": _BELOW,
    "payments.set_off": _BELOW,
    "payments.take_back": _BELOW,
    "payments.write_off": _BELOW,
    "payments.plan_dues": _SYSTEM,
    "recoveries.flag_overdue": _SYSTEM,
    "certificates.issue_many": _BELOW,
    "certificates.retry": "makes anew what was issued; decides nothing",
    "certificates.ask_for_bundle": "takes copies; decides nothing",
}


Try = tuple[date, Callable[[], object]]
_ACCEPTED = ("accept", "acceptance")
_CHECKED = ("check", "first_review")


def _held(scene: Scene) -> Any:
    claim = scene.claim()
    with clock.at(grants.ACCEPTED_ON), transaction.unit():
        claims.hold(claim.lines[0], by=scene.office.actor("acceptance"), note="待核")
    return claim.lines[0]


def _visit(scene: Scene, verb: Callable[..., object]) -> Try:
    claim, _, _ = grants.waiting_for_the_second_officer(scene.office, scene.somebody)
    found = visits(grants.application_of(claim).id)[-1]
    by = scene.declare("acceptance")
    about = claim if verb is claims.confirm_visit else grants.application_of(claim)
    return grants.VISITED_ON, lambda: verb(about, found, by=by)


def _attest(scene: Scene) -> Try:
    cohort = money.approved_cohort(scene.office, 1)
    who = money.enrolments(cohort)[0].person
    by = scene.declare("acceptance", who)
    return money.APPROVED_ON, lambda: claims.attest_people(
        cohort, [who.id], facts=[Fact.PENSION_DRAWN], source="名单", as_of=money.APPROVED_ON, by=by
    )


def _answer(scene: Scene) -> Try:
    cohort = money.approved_cohort(scene.office, 1)
    who = money.enrolments(cohort)[0].person
    by = scene.declare("acceptance", who)
    return money.APPROVED_ON, lambda: claims.answer(
        cohort, who.id, Fact.PENSION_DRAWN, False, source="名单", as_of=money.APPROVED_ON, by=by
    )


def _answer_line(scene: Scene) -> Try:
    line, by = scene.claim().lines[0], scene.declare("acceptance")
    return grants.ACCEPTED_ON, lambda: claims.answer_line(
        line, Fact.PENSION_DRAWN, False, source="名单", as_of=grants.ACCEPTED_ON, by=by
    )


def _move(scene: Scene) -> Try:
    claim, by = scene.claim(), scene.declare("acceptance")
    return grants.ACCEPTED_ON, lambda: claims.move(claim, "accept", by=by)


def _recheck(scene: Scene) -> Try:
    claim, by = scene.claim(), scene.declare("acceptance")
    return grants.ACCEPTED_ON, lambda: claims.recheck(claim, by=by)


def _hold(scene: Scene) -> Try:
    line, by = scene.claim().lines[0], scene.declare("acceptance")
    return grants.ACCEPTED_ON, lambda: claims.hold(line, by=by, note="待核")


def _release_line(scene: Scene) -> Try:
    line, by = _held(scene), scene.declare("acceptance")
    return grants.ACCEPTED_ON, lambda: claims.release(line, by=by, note="已核")


def _decided(scene: Scene, verb: Callable[..., object]) -> Try:
    claim, by = grants.approved(scene.office, scene.somebody), scene.declare("approval")
    about = claim if verb is claims.approve_released else claim.lines[0]
    return grants.DECIDED_ON, lambda: verb(about, by=by, note="理由")


def _site_visit(scene: Scene) -> Try:
    claim, by = scene.claim(_ACCEPTED), scene.declare("first_review")
    return grants.VISITED_ON, lambda: applications.visit(grants.application_of(claim), grants.seen(), by=by)


def _publish(scene: Scene) -> Try:
    claim, by = grants.approved(scene.office, scene.somebody), scene.declare("approval")
    return grants.POSTED_ON, lambda: notices.publish(list(claim.lines), "公示", by=by)


def _decide_objection(scene: Scene) -> Try:
    notice = grants.posted(scene.office, grants.approved(scene.office, scene.somebody))
    with clock.at(grants.POSTED_ON), transaction.unit():
        said = notices.object_to(notice, 1, "不实", "某", "13800000000", address="10.0.0.1")
    by = scene.declare("approval")
    return grants.POSTED_ON, lambda: notices.decide(said, upheld=True, decision="查实", by=by)


def _compose(scene: Scene) -> Try:
    due, by = scene.open_due(), scene.declare("preparer")
    return grants.PAYABLE_ON, lambda: payments.compose(money.account([due]), [due.id], by=by)


def _compose_chosen(scene: Scene) -> Try:
    due, by = scene.open_due(), scene.declare("preparer")
    return grants.PAYABLE_ON, lambda: payments.compose_chosen(Choice([], [due.id], money.FUND, money.BUDGET), by=by)


def _compose_again(scene: Scene) -> Try:
    batch = scene.released()
    money.answer(scene.office, batch, money.bank_answer(batch, {1: "账号户名不符"}))
    by = scene.declare("preparer")
    return grants.PAYABLE_ON, lambda: payments.compose_again(batch, "户名已更正", by=by)


def _composed(scene: Scene, verb: Callable[..., object]) -> Try:
    scene.open_due()
    batch = money.composed(scene.office)
    if verb is payments.release:
        money.check(scene.office, batch)
    by = scene.declare("checker")
    about = "改期" if verb is payments.cancel else money.seen(batch)
    return grants.PAYABLE_ON, lambda: verb(batch, about, by=by)


def _bank_answer(scene: Scene) -> Try:
    batch = scene.released()
    data, by = money.bank_answer(batch), scene.declare("preparer")
    return grants.PAYABLE_ON, lambda: payments.answer(batch, "回单.csv", data, by=by)


def _stray(scene: Scene, verb: Callable[..., object], login: str, *more: object, matched: bool = False) -> Try:
    money.cleared_claim(scene.office, money.approved_cohort(scene.office, 3, advance=0))
    money.plan()
    batch = money.released(scene.office)
    money.answer(scene.office, batch, strays.told(batch))
    stray, payment = strays.stray(), strays.third(batch)
    if matched:
        strays.matched(scene.office, batch)
    by = scene.declare(login, payment.person)
    given = (payment.id, "银行改了序号") if verb is payments.match else more
    return money.PAYABLE_ON, lambda: verb(stray, *given, by=by)


def _cancel_due(scene: Scene) -> Try:
    cohort = money.approved_cohort(scene.office, 1)
    money.plan(money.APPROVED_ON)
    by = scene.declare("preparer", money.enrolments(cohort)[0].person)
    return money.APPROVED_ON, lambda: payments.cancel_due(money.dues()[0], "企业放弃", by=by)


def _review_account(scene: Scene) -> Try:
    batch = scene.released()
    money.answer(scene.office, batch, money.bank_answer(batch, {1: "账号户名不符"}))
    who = grants.person_of(scene.somebody)
    with clock.at(grants.PAYABLE_ON), transaction.unit():
        people.set_payout(who, who.name, "6228480402637874213", grants.BANK, by=scene.somebody)
    by = scene.declare("first_review")
    (returned,) = accounts.returned(by)
    assert accounts.waiting(by) == int(returned.waits) == 1
    return grants.PAYABLE_ON, lambda: payments.review_account(returned, passed=True, note="", by=by)


def _draft(scene: Scene) -> Try:
    claim = back.shortfall(scene.office, 1, 0)
    origin = orders.of_filing(db.session.get_one(Cohort, claim.cohort_id))
    by = scene.declare("preparer", claim.lines[0].person)
    return back.DRAFTED_ON, lambda: recoveries.draft(origin, back.TERMS, by=by)


def _draft_found(scene: Scene) -> Try:
    grants.paid(scene.office, scene.somebody)
    by = scene.declare("preparer")
    return grants.PAYABLE_ON, lambda: scene.draft(by)


def _of_draft(scene: Scene, verb: Callable[..., object], *more: object) -> Try:
    order, by = scene.order(), scene.declare("checker")
    return grants.PAYABLE_ON, lambda: verb(order, *more, by=by)


def _of_order(scene: Scene, verb: Callable[..., object], *more: object) -> Try:
    order, by = scene.issued(), scene.declare("preparer")
    return grants.PAYABLE_ON, lambda: verb(order, *more, by=by)


def _decide_act(scene: Scene) -> Try:
    act = back.repay(scene.office, scene.issued(), 1000)
    by = scene.declare("checker")
    return grants.PAYABLE_ON, lambda: recoveries.decide(act, "confirm", "", by=by)


def _let_be(scene: Scene) -> Try:
    grants.paid(scene.office, scene.somebody)
    confirmed(scene.office, grants.person_of(scene.somebody), on=grants.PAYABLE_ON)
    by = scene.declare("approval")
    (dead,) = orders.deaths(by)
    return grants.PAYABLE_ON, lambda: recoveries.let_be(dead, "应付有效", by=by)


def _certificate(scene: Scene, verb: Callable[..., object]) -> Try:
    made, by = scene.certificate(), scene.declare("checker")
    return grants.PAYABLE_ON, lambda: verb(made, "姓名有误", by=by)


ACTS: dict[str, Callable[[Scene], Try]] = {
    "claims.answer": _answer,
    "claims.answer_line": _answer_line,
    "claims.attest_people": _attest,
    "claims.approve_released": lambda scene: _decided(scene, claims.approve_released),
    "claims.refuse_line": lambda scene: _decided(scene, claims.refuse_line),
    "claims.confirm_visit": lambda scene: _visit(scene, claims.confirm_visit),
    "claims.hold": _hold,
    "claims.move": _move,
    "claims.recheck": _recheck,
    "claims.release": _release_line,
    "applications.visit": _site_visit,
    "applications.confirm_visit": lambda scene: _visit(scene, applications.confirm_visit),
    "notices.publish": _publish,
    "notices.decide": _decide_objection,
    "payments.compose": _compose,
    "payments.compose_again": _compose_again,
    "payments.compose_chosen": _compose_chosen,
    "payments.check": lambda scene: _composed(scene, payments.check),
    "payments.release": lambda scene: _composed(scene, payments.release),
    "payments.cancel": lambda scene: _composed(scene, payments.cancel),
    "payments.cancel_due": _cancel_due,
    "payments.answer": _bank_answer,
    "payments.review_account": _review_account,
    "payments.match": lambda scene: _stray(scene, payments.match, "preparer"),
    "payments.set_apart": lambda scene: _stray(scene, payments.set_apart, "preparer", "不是我们的"),
    "payments.confirm": lambda scene: _stray(scene, payments.confirm, "checker", matched=True),
    "payments.decline": lambda scene: _stray(scene, payments.decline, "checker", "不符", matched=True),
    "recoveries.draft": _draft,
    "recoveries.draft_found": _draft_found,
    "recoveries.issue": lambda scene: _of_draft(scene, recoveries.issue),
    "recoveries.withdraw": lambda scene: _of_draft(scene, recoveries.withdraw, "重拟"),
    "recoveries.repay": lambda scene: _of_order(scene, recoveries.repay, back.YUAN(1), back.evidence()),
    "recoveries.waive": lambda scene: _of_order(scene, recoveries.waive, back.YUAN(1), "无财产可执行"),
    "recoveries.set_off": lambda scene: _of_order(scene, recoveries.set_off, back.YUAN(1), 1, "经会议同意"),
    "recoveries.decide": _decide_act,
    "recoveries.let_be": _let_be,
    "certificates.revoke": lambda scene: _certificate(scene, certificates.revoke),
    "certificates.replace": lambda scene: _certificate(scene, certificates.replace),
}


def acts() -> Iterator[str]:
    """Yield every act of these stages that somebody does: it says `by` whom."""
    for stage in STAGES:
        module = importlib.import_module(f"trainingadmin.{stage}.actions")
        for name in getattr(module, "__all__", None) or dir(module):
            one = getattr(module, name)
            ours = inspect.isfunction(one) and one.__module__.startswith(module.__name__) and not name.startswith("_")
            if ours and "by" in inspect.signature(one).parameters:
                yield f"{stage}.{name}"


def test_every_act_is_tried_here_or_is_free_for_a_reason() -> None:
    known = set(acts())
    assert known - ACTS.keys() - FREE.keys() == set(), "try it in ACTS, or say in FREE why it concerns nobody"
    assert (ACTS.keys() | FREE.keys()) - known == set(), "there is no such act any more"


@pytest.fixture
def scene(office: Office) -> Scene:
    actor = grants.founder(office)
    grants.on_the_register(office, actor)
    return Scene(office, actor)


@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_relatives_matter_is_refused(scene: Scene, act: str) -> None:
    day, attempt = ACTS[act](scene)
    with clock.at(day), pytest.raises(Refusal) as refused, transaction.unit():
        attempt()
    assert refused.value.code in {"relative", "attest-relative"}
