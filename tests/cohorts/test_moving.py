"""Moving a filing along its lifecycle."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client import Browser
from tests.cohorts import rosters, stage
from tests.cohorts.refused import refused
from tests.factories import Office, person
from trainingadmin.cohorts import actions, queries
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState, DocumentKind
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.roles import Role
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact

S = CohortState


def move(office: Office, cohort: Cohort, name: str, login: str, note: str = "") -> None:
    with clock.at(stage.ACCEPTED_ON), transaction.unit():
        actions.move(cohort, name, by=office.actor(login), note=note)


def test_submitting_sets_the_filing_date_once(office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    move(office, cohort, "return", "acceptance", "协议缺盖章页")
    assert (cohort.state, cohort.filed_on) == (S.RETURNED, stage.FILED_ON)
    move(office, cohort, "submit", "enterprise")
    assert (cohort.state, cohort.filed_on) == (S.SUBMITTED, stage.FILED_ON)
    assert [step.move for step in cohort.steps] == ["submit", "return", "submit"]
    assert cohort.steps[1].note == "协议缺盖章页"


def test_a_filing_without_its_papers_is_not_submitted(office: Office) -> None:
    cohort = stage.enrolled_cohort(office)
    with transaction.unit():
        paper = queries.documents(cohort.id)[0]
        actions.detach(cohort, paper, by=office.actor("enterprise"))
    with refused("filing-incomplete", on=stage.FILED_ON):
        actions.move(cohort, "submit", by=office.actor("enterprise"))
    assert cohort.filed_on is None


def test_everything_that_a_filing_lacks_is_named_at_once_and_leads_to_its_page(
    browser: Browser, office: Office
) -> None:
    cohort = stage.draft_cohort(office)
    browser.sign_in("enterprise")
    page = browser.submit(browser.open(f"/cohorts/{cohort.id}"), "/move", move="submit", expect=422)
    assert page.said("协议齐全、已导入学徒花名册")
    assert page.links(f"/cohorts/{cohort.id}/documents")
    assert page.links(f"/cohorts/{cohort.id}/roster")


def test_a_filing_without_people_is_not_submitted(office: Office) -> None:
    cohort = stage.draft_cohort(office)
    with transaction.unit():
        for kind in (DocumentKind.TRAINING_AGREEMENT, DocumentKind.COOPERATION_AGREEMENT):
            actions.attach(cohort, kind, "协议.pdf", stage.PDF, by=office.actor("enterprise"))
    with refused("filing-incomplete", on=stage.FILED_ON):
        actions.move(cohort, "submit", by=office.actor("enterprise"))


def test_people_who_do_not_qualify_keep_a_filing_back_until_they_are_removed(office: Office) -> None:
    stage.submitted_cohort(office, roster=rosters.made_up(1))
    cohort = stage.enrolled_cohort(office, title="二班", roster=rosters.made_up(2))
    with refused("filing-refused", on=stage.FILED_ON):
        actions.move(cohort, "submit", by=office.actor("enterprise"))
    with transaction.unit():
        actions.remove_person(cohort, queries.people(cohort.id)[0], "在别班", by=office.actor("enterprise"))
    move(office, cohort, "submit", "enterprise")
    assert cohort.state is S.SUBMITTED


def test_too_few_hours_in_the_plan_keep_a_filing_back(office: Office) -> None:
    cohort = stage.enrolled_cohort(office, plan_hours_per_year=399)
    with refused("filing-refused", on=stage.FILED_ON):
        actions.move(cohort, "submit", by=office.actor("enterprise"))


def test_another_enterprise_cannot_submit_it(office: Office) -> None:
    cohort = stage.enrolled_cohort(office)
    with refused("not-the-enterprise", on=stage.FILED_ON):
        actions.move(cohort, "submit", by=office.actor("other_enterprise"))


def test_an_enterprise_withdraws_with_a_reason(office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    with refused("move-note", on=stage.FILED_ON, field="note"):
        actions.move(cohort, "withdraw", by=office.actor("enterprise"))
    move(office, cohort, "withdraw", "enterprise", "项目取消")
    assert cohort.state is S.WITHDRAWN


@pytest.mark.parametrize(("name", "target"), [("reject", S.REFUSED), ("return", S.RETURNED)])
def test_acceptance_says_no_with_reasons(office: Office, name: str, target: CohortState) -> None:
    cohort = stage.submitted_cohort(office)
    with refused("move-note", on=stage.ACCEPTED_ON, field="note"):
        actions.move(cohort, name, by=office.actor("acceptance"))
    move(office, cohort, name, "acceptance", "不属于本县企业")
    assert cohort.state is target


def test_each_desk_makes_its_own_moves(office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    with refused("move-role", on=stage.ACCEPTED_ON):
        actions.move(cohort, "accept", by=office.actor("first_review"))
    with refused("move-state", on=stage.ACCEPTED_ON):
        actions.move(cohort, "approve", by=office.actor("first_review"))
    with refused("move-unknown", on=stage.ACCEPTED_ON):
        actions.move(cohort, "fly", by=office.actor("first_review"))


def test_who_accepted_does_not_approve(office: Office) -> None:
    with transaction.unit():
        office.add("both", [Role.ACCEPTANCE, Role.FIRST_REVIEW], office_code="511824", person_id=person(950).id)
    cohort = stage.submitted_cohort(office)
    move(office, cohort, "accept", "both")
    with refused("move-same-person", on=stage.APPROVED_ON):
        actions.move(cohort, "approve", by=office.actor("both"), note="同意")


def test_nobody_handles_a_filing_that_names_a_relative(office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    account = office.accounts["acceptance"]
    with transaction.unit():
        index = queries.people(cohort.id)[3].person.id_number_index
        db.session.add(Relative(account_id=account.id, id_number_index=index, declared_at=clock.now()))
    with refused("own-relative", on=stage.ACCEPTED_ON):
        actions.move(cohort, "accept", by=office.actor("acceptance"))


def test_the_sample_filing_is_approved_under_the_numbers_of_its_filing_date(office: Office) -> None:
    cohort = stage.approved_cohort(office)
    assert cohort.state is S.APPROVED
    assert (cohort.policy_code, cohort.planned, cohort.advance) == ("YA-2020", Money.yuan(240_000), Money.yuan(120_000))
    assert cohort.policy is not None
    assert {(one.advance, one.advance_paid) for one in queries.people(cohort.id)} == {(Money.yuan(4000), None)}
    assert [entry.verb for entry in journal.of(f"cohorts:{cohort.id}")][-1] == "approve-cohort"


@pytest.mark.parametrize(("asked", "share"), [(60, 4000_00), (33, 2640_00), (0, 0)])
def test_the_advance_is_what_was_asked_for_but_never_more_than_half(office: Office, asked: int, share: int) -> None:
    cohort = stage.approved_cohort(office, asked)
    assert cohort.advance == Money(share * 30)
    paid = None if share else ZERO
    assert {(one.advance, one.advance_paid) for one in queries.people(cohort.id)} == {(Money(share), paid)}


def test_unknown_conditions_need_a_note_and_get_no_advance(office: Office) -> None:
    cohort = stage.accepted_cohort(office)
    with refused("unknown-needs-note", on=stage.APPROVED_ON, field="note"):
        actions.move(cohort, "approve", by=office.actor("first_review"))
    move(office, cohort, "approve", "first_review", "社保名单下周到，先行同意")
    assert (cohort.planned, cohort.advance) == (Money.yuan(240_000), ZERO)


def test_somebody_refused_blocks_approval(office: Office) -> None:
    cohort = stage.accepted_cohort(office, roster=rosters.made_up(2))
    other = stage.submitted_cohort(office, title="二班", roster=rosters.made_up(1, first=5000))
    with transaction.unit():
        moved = queries.people(other.id)[0]
        moved.person_id = queries.people(cohort.id)[0].person_id
    with refused("filing-refused", on=stage.APPROVED_ON):
        actions.move(cohort, "approve", by=office.actor("first_review"), note="同意")


def test_first_review_refuses_with_reasons(office: Office) -> None:
    cohort = stage.accepted_cohort(office)
    move(office, cohort, "refuse", "first_review", "企业已列入失信名单")
    assert cohort.state is S.REFUSED
    assert cohort.planned is None


def test_first_review_returns_what_can_be_put_right_and_it_goes_the_whole_way_again(office: Office) -> None:
    cohort = stage.accepted_cohort(office, roster=rosters.made_up(3))
    stage.attest_clear(office, cohort)
    drawing, *_ = queries.people(cohort.id)
    with clock.at(stage.ACCEPTED_ON), transaction.unit():
        told: Any = {"persons": [drawing.person_id], "source": "市社保局名单", "as_of": stage.ACCEPTED_ON}
        registers.attest(Fact.PENSION_DRAWN, True, by=office.actor("acceptance"), **told)
    with refused("filing-refused", on=stage.ACCEPTED_ON):
        actions.move(cohort, "approve", by=office.actor("first_review"))
    with refused("move-note", on=stage.ACCEPTED_ON, field="note"):
        actions.move(cohort, "return_checked", by=office.actor("first_review"))
    move(office, cohort, "return_checked", "first_review", "1 人已领取养老金，请移出")
    assert (cohort.state, cohort.filed_on) == (S.RETURNED, stage.FILED_ON)
    assert [one.status for one in queries.stages(cohort)] == ["now", "todo", "todo", "todo"]
    with transaction.unit():
        actions.remove_person(cohort, drawing, "已退休", by=office.actor("enterprise"))
    for name, login in (("submit", "enterprise"), ("accept", "acceptance"), ("approve", "first_review")):
        move(office, cohort, name, login)
    assert (cohort.state, len(queries.people(cohort.id))) == (S.APPROVED, 2)
    assert cohort.steps[2].note == "1 人已领取养老金，请移出"


def test_who_returned_it_at_first_review_does_not_accept_it_again_nor_the_other_way_round(office: Office) -> None:
    with transaction.unit():
        office.add("both", [Role.ACCEPTANCE, Role.FIRST_REVIEW], office_code="511824", person_id=person(950).id)
    cohort = stage.accepted_cohort(office, roster=rosters.made_up(1))
    move(office, cohort, "return_checked", "both", "协议缺盖章页")
    move(office, cohort, "submit", "enterprise")
    with refused("move-same-person", on=stage.ACCEPTED_ON):
        actions.move(cohort, "accept", by=office.actor("both"))
    move(office, cohort, "accept", "acceptance")
    with refused("move-role", on=stage.ACCEPTED_ON):
        actions.move(cohort, "return_checked", by=office.actor("acceptance"), note="再补")
    move(office, cohort, "return_checked", "both", "仍缺盖章页")
    assert cohort.state is S.RETURNED


def test_the_bar_shows_who_had_it_and_who_has_it_now(office: Office) -> None:
    cohort = stage.accepted_cohort(office)
    assert [stage_.status for stage_ in queries.stages(cohort)] == ["done", "done", "now", "todo"]
    move(office, cohort, "refuse", "first_review", "材料不实")
    bar = queries.stages(cohort)
    assert [stage_.status for stage_ in bar] == ["done", "done", "stopped", "todo"]
    assert bar[2].who == "first_review"
