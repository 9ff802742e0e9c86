"""Judging what is still open under a version that came into force; what was decided stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select, update

from tests.claims import small
from tests.client import Browser
from tests.factories import Office
from tests.reforms import stage
from trainingadmin import schemes
from trainingadmin.claims import actions as claims
from trainingadmin.claims import queries as judgements
from trainingadmin.claims.models import Assessment, Claim, ClaimLine
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.money import Money
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies import queries as policies
from trainingadmin.policies.models import PolicyVersion
from trainingadmin.reforms import actions, jobs, queries
from trainingadmin.reforms.models import Reassessment


def again(claim: Claim) -> Claim:
    """The claim as it is now."""
    db.session.expire_all()
    return db.session.get_one(Claim, claim.id, populate_existing=True)


def lines_of(claim: Claim) -> list[ClaimLine]:
    found = select(ClaimLine).where(ClaimLine.claim_id == claim.id).order_by(ClaimLine.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def test_an_open_claim_is_judged_under_the_new_version_and_says_why(office: Office) -> None:
    claim = stage.open_claim(office)
    assert claim.entitlement == Money.yuan(36000)
    version = stage.activated(office)
    stage.worked_off(version)
    claim = again(claim)
    assert (claim.policy_code, claim.policy_digest) == ("YA-2022", version.digest)
    assert claim.entitlement == Money.yuan(30000)
    assert {line.entitlement for line in lines_of(claim)} == {Money.yuan(10000)}
    told = journal.of(f"claims:{claim.id}")[-1]
    assert told.verb == "reform"
    assert {name: told.detail[name] for name in ("before", "policy", "document", "lines", "changed")} == {
        "before": "NAT-2021", "policy": "YA-2022", "document": stage.DOCUMENT, "lines": 3, "changed": 3,
    }  # fmt: skip


def test_the_history_of_a_line_tells_the_new_amount_and_the_new_version(browser: Browser, office: Office) -> None:
    claim = stage.open_claim(office, 1)
    stage.worked_off(stage.activated(office))
    browser.sign_in("first_review")
    page = browser.open(f"/claims/lines/{lines_of(again(claim))[0].id}")
    assert page.said("核定 12,000.00 → 10,000.00；版本 NAT-2021 → YA-2022")
    browser.open("/language/en?next=/")
    english = browser.open(f"/claims/lines/{lines_of(claim)[0].id}")
    assert english.said("entitlement 12,000.00 → 10,000.00; version NAT-2021 → YA-2022")
    assert english.said("System")


def test_the_filing_says_under_which_version_it_was_planned_and_why_it_is_claimed_under_another(
    browser: Browser, office: Office
) -> None:
    claim = stage.open_claim(office, 1)
    with transaction.unit():
        db.session.execute(update(Cohort).values(planned=Money.yuan(12000)))
    browser.sign_in("first_review")
    before = browser.open(f"/cohorts/{claim.cohort_id}")
    assert before.said("同意备案时按 NAT-2021 计算")
    assert not before.said("政策调整")
    stage.worked_off(stage.activated(office))
    page = browser.open(f"/cohorts/{claim.cohort_id}")
    assert page.said("同意备案时按 NAT-2021 计算")
    assert page.said("NAT-2021 由 YA-2022 替代，尚未审批的申领改按 YA-2022 核定。")
    assert page.said("计划补贴和预支仍是同意备案时按 NAT-2021 确定的。")


def test_each_line_keeps_what_was_said_before_and_what_is_said_now(office: Office) -> None:
    claim = stage.open_claim(office, 1)
    stage.worked_off(stage.activated(office))
    (line,) = lines_of(again(claim))
    now, before, *_ = judgements.assessments(line.id)
    assert (now.occasion, now.assessment.policy_code, now.assessment.entitlement) == (
        "policy", "YA-2022", Money.yuan(10000),
    )  # fmt: skip
    assert (before.occasion, before.assessment.policy_code) == ("submission", "NAT-2021")
    assert judgements.intact(now.assessment)


def test_a_verdict_can_change(office: Office) -> None:
    claim = stage.open_claim(office, 1)
    told = stage.proposal(annual_rate={"4": 5000})
    stage.worked_off(stage.activated(office, stage.drafted(office, told)))
    (line,) = lines_of(again(claim))
    assert (line.verdict.value, line.entitlement) == ("refused", Money.yuan(0))
    assert judgements.assessments(line.id)[0].changes == ("level-no-rate",)


@pytest.mark.parametrize("until", ["approve"])
def test_a_decided_claim_and_its_filing_stay_under_their_version(office: Office, until: str) -> None:
    claim = stage.open_claim(office, until=until)
    before = db.session.scalars(select(Assessment.digest).order_by(Assessment.id)).all()
    stage.worked_off(stage.activated(office))
    claim = again(claim)
    assert (claim.policy_code, claim.entitlement) == ("NAT-2021", Money.yuan(36000))
    assert db.session.get_one(Cohort, claim.cohort_id).policy_code == "NAT-2021"
    assert db.session.scalars(select(Assessment.digest).order_by(Assessment.id)).all() == before


def test_a_filing_of_an_earlier_day_is_not_bound(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    stage.worked_off(stage.activated(office))
    assert again(claim).policy_code == "YA-2020"


def test_a_filing_without_a_claim_is_bound_for_the_claim_to_come(office: Office) -> None:
    cohort = stage.cohort_after(office)
    stage.worked_off(stage.activated(office))
    assert db.session.get_one(Cohort, cohort.id).policy_code == "YA-2022"
    claim = small.draft(office, db.session.get_one(Cohort, cohort.id))
    assert (claim.policy_code, claim.entitlement) == ("YA-2022", Money.yuan(30000))


def test_a_withdrawn_claim_stays_as_it_ended(office: Office) -> None:
    claim = small.act(office, small.draft(office, stage.cohort_after(office)), "withdraw", "enterprise", note="重报")
    stage.worked_off(stage.activated(office))
    assert again(claim).policy_code == "NAT-2021"


def test_working_twice_appends_nothing_more(office: Office) -> None:
    stage.open_claim(office)
    version = stage.activated(office)
    stage.worked_off(version)
    kept = db.session.scalars(select(Assessment.id)).all()
    stage.worked_off(version)
    assert db.session.scalars(select(Assessment.id)).all() == kept
    progress = db.session.get_one(Reassessment, version.id)
    assert (progress.cohorts, progress.lines, progress.changed) == (1, 3, 3)
    assert progress.ended_at is not None


def test_what_was_interrupted_between_two_slices_is_gone_on_with(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = stage.open_claim(office, 5)
    version = stage.activated(office)
    monkeypatch.setattr(jobs, "SLICE", 2)
    binding = policies.read(version.scheme, version.content)
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        foreseen = claims.foresee(claim.cohort_id or 0, binding)
        assert foreseen is not None
        assert claims.apply_foreseen(foreseen, foreseen.lines[:2])
    assert [line.entitlement.fen for line in lines_of(claim)] == [1_000_000] * 2 + [1_200_000] * 3
    stage.worked_off(version)
    assert {line.entitlement.fen for line in lines_of(claim)} == {1_000_000}
    policy = select(Assessment.line_id).where(Assessment.occasion == "policy")
    assert len(db.session.scalars(policy).all()) == len(set(db.session.scalars(policy).all())) == 5


def test_a_line_that_somebody_touched_meanwhile_is_left_for_the_next_time(office: Office) -> None:
    claim = stage.open_claim(office)
    version = stage.activated(office)
    binding = policies.read(version.scheme, version.content)
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        foreseen = claims.foresee(claim.cohort_id or 0, binding)
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        claims.hold(lines_of(claim)[0], by=office.actor("first_review"), note="核实劳动关系")
    assert foreseen is not None
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        assert not claims.apply_foreseen(foreseen, foreseen.lines)
    stage.worked_off(version)
    assert {line.entitlement for line in lines_of(claim)} == {Money.yuan(10000)}


def test_a_claim_decided_meanwhile_is_not_bound(office: Office) -> None:
    claim = stage.open_claim(office, until="review")
    version = stage.activated(office)
    binding = policies.read(version.scheme, version.content)
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        foreseen = claims.foresee(claim.cohort_id or 0, binding)
    small.act(office, again(claim), "approve", "approval")
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        assert foreseen is not None
        assert not claims.apply_foreseen(foreseen, foreseen.lines)
        assert claims.bind(claim.cohort_id or 0, binding, foreseen) is None
    assert again(claim).policy_code == "NAT-2021"


def test_only_one_works_at_a_version_at_once(office: Office) -> None:
    stage.open_claim(office)
    version = stage.activated(office)
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        assert actions.reassessment_lease(version.id) is not None
        assert actions.reassessment_lease(version.id) is None
    stage.worked_off(version)
    assert queries.count_behind(db.session.get_one(PolicyVersion, version.id)) == 1


def test_undone_work_is_rung_for_again(office: Office) -> None:
    stage.open_claim(office)
    version = stage.activated(office)
    with clock.at(date(2022, 6, 21)):
        with transaction.unit():
            assert actions.reconcile() == 1
        jobs.reassess(version.id)
        with transaction.unit():
            assert actions.reconcile() == 0


def test_a_filing_approved_under_the_old_figures_at_the_last_moment_is_found_too(office: Office) -> None:
    version = stage.activated(office)
    stage.worked_off(version)
    cohort = stage.cohort_after(office)
    with transaction.unit():
        assert actions.reconcile() == 1
    stage.worked_off(version)
    assert db.session.get_one(Cohort, cohort.id).policy_code == "YA-2022"


def statements(work: Any) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.startswith("SELECT") for statement in seen)


def test_the_number_of_reads_does_not_grow_with_the_people(office: Office) -> None:
    few, many = stage.open_claim(office, 3, first=100).cohort_id, stage.open_claim(office, 30, first=200).cohort_id
    version = stage.activated(office)
    of_few, of_many = (statements(lambda one=one: jobs._of(version.id, one, own=False)) for one in (few, many))
    assert of_many <= of_few + 1 <= 30


def test_versions_of_long_ago_are_still_found(office: Office) -> None:
    old = schemes.version_on(stage.SCHEME, date(2021, 6, 8))
    stage.activated(office)
    found = policies.by_digest(old.digest)
    assert found is not None
    assert found.to_json() == old.to_json()
