"""A founder applies: prefilled from registers, refused before the day, once in a life, ready only when all is there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from tests.applications import stage
from tests.factories import DISTRICT, Office
from tests.registers import lists
from trainingadmin.applications import queries
from trainingadmin.applications.models import Application
from trainingadmin.claims import actions, applicants
from trainingadmin.claims import queries as claiming
from trainingadmin.claims.queries import claim_of
from trainingadmin.claims.queries import visible_to as claims_of
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel.identifiers import credit_check_digit
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers.states import Register

OTHER_SHOP = "92511824MA0000563" + credit_check_digit("92511824MA0000563")


@pytest.fixture
def founder(office: Office) -> Actor:
    """Somebody with a shop."""
    return stage.founder(office)


def findings(claim: Any) -> dict[str, str]:
    with clock.at(stage.APPLIED_ON):
        found = applicants.foresee(stage.GRANT, stage.application_of(claim).person)
    assert found is not None
    return {one.code: one.outcome.value for one in found.decision.findings}


def test_the_form_begins_with_what_registers_say_each_with_its_source(office: Office, founder: Actor) -> None:
    stage.on_the_register(office, founder)
    listed = {"name": "石开业", "id_number": stage.person_of(founder).id_number}
    lists.imported(office, lists.made_up(Register.STATUS, [listed], as_of="2026-02-28"), on=stage.APPLIED_ON)
    with clock.at(stage.APPLIED_ON):
        told = applicants.prefill(stage.GRANT, stage.person_of(founder))
    assert (told.office_code, told.business[:2]) == (DISTRICT, (stage.SHOP, stage.NAME))
    assert (told.facts["registered_on"], told.facts["entity_type"]) == ("2025-02-10", "个体工商户")
    assert told.facts["groups"][0]["group"] == "脱贫劳动力"
    assert {source["kind"] for source in told.sources.values()} == {"business", "status"}


def test_what_was_stated_before_goes_before_the_registers(office: Office, founder: Actor) -> None:
    stage.on_the_register(office, founder)
    stage.stated(founder, registered_on="2025-02-11")
    told = applicants.prefill(stage.GRANT, stage.person_of(founder))
    assert (told.facts["registered_on"], told.sources) == ("2025-02-11", {})


def test_where_a_register_says_otherwise_it_counts_and_the_difference_is_told(office: Office, founder: Actor) -> None:
    stage.on_the_register(office, founder)
    stage.stated(founder, registered_on="2024-12-01")
    with clock.at(stage.APPLIED_ON):
        found = applicants.foresee(stage.GRANT, stage.person_of(founder))
    assert found is not None
    assert found.decision.facts.to_json()["registered_on"] == "2025-02-10"
    assert (found.sources["registered_on"]["from"], found.sources["registered_on"]["stated"]) == (
        "register",
        "2024-12-01",
    )


def test_a_claim_of_ones_own_has_one_line_and_is_seen_by_its_person_and_office(office: Office, founder: Actor) -> None:
    claim = stage.submitted(founder)
    assert (claim.state, claim.cohort_id, claim.payee_id, claim.applicant) == (
        ClaimState.SUBMITTED,
        None,
        None,
        "石开业",
    )
    (line,) = claim.lines
    assert (line.state, line.position, line.particulars["business"]) == (LineState.OPEN, 1, stage.NAME)
    seen = {
        login: db.session.scalars(claims_of(office.actor(login))).first() is not None
        for login in ("founder42", "acceptance", "other_office", "enterprise", "institution")
    }
    assert seen == {
        "founder42": True, "acceptance": True, "other_office": False, "enterprise": False, "institution": False,
    }  # fmt: skip


def test_nobody_else_sees_it_or_its_photographs(office: Office, founder: Actor) -> None:
    claim, other = stage.submitted(founder), stage.founder(office, 43, "另一人")
    assert db.session.scalars(claims_of(other)).first() is None
    assert db.session.scalars(queries.visible_to(other)).first() is None
    assert db.session.scalars(queries.visible_to(office.actor("other_office"))).first() is None
    with pytest.raises(Refusal, match="claim-not-yours"), transaction.unit():
        actions.move(claim, "withdraw", by=other, note="不是我的")


def test_before_the_day_it_is_refused_with_the_day(founder: Actor) -> None:
    stage.stated(founder, registered_on="2025-11-23")
    with clock.at(stage.APPLIED_ON), pytest.raises(Refusal, match="too-early") as refused, transaction.unit():
        actions.open_own(stage.GRANT, stage.person_of(founder), by=founder)
    assert refused.value.values == {"day": "2026-11-23"}


@pytest.mark.parametrize(
    ("changes", "code"), [({"is_founder": False}, "not-eligible"), ({"earlier_entities": 1}, "not-eligible")]
)
def test_who_does_not_meet_the_conditions_is_told_before_anything_is_opened(
    founder: Actor, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        stage.draft(founder, **changes)


def test_nothing_is_opened_before_anything_is_stated(founder: Actor) -> None:
    with pytest.raises(Refusal, match="state-first"), transaction.unit():
        actions.open_own(stage.GRANT, stage.person_of(founder), by=founder)


def test_only_the_person_opens_it(office: Office, founder: Actor) -> None:
    stage.stated(founder)
    with pytest.raises(Refusal, match="apply-self"), transaction.unit():
        actions.open_own(stage.GRANT, stage.person_of(founder), by=office.actor("acceptance"))


def test_a_person_applies_once(founder: Actor) -> None:
    stage.draft(founder)
    with pytest.raises(Refusal, match="person-paid"):
        stage.draft(founder, OTHER_SHOP)


def test_a_business_is_applied_for_once(office: Office, founder: Actor) -> None:
    stage.draft(founder)
    with pytest.raises(Refusal, match="entity-paid"):
        stage.draft(stage.founder(office, 43, "另一人"))


@pytest.mark.parametrize("same", ["person_id", "credit_code"])
def test_the_database_keeps_once_in_a_life_by_itself(office: Office, founder: Actor, same: str) -> None:
    first = stage.application_of(stage.draft(founder))
    other = stage.founder(office, 43, "另一人")
    values: dict[str, Any] = {"person_id": other.person_id, "credit_code": OTHER_SHOP} | {same: getattr(first, same)}
    made: dict[str, Any] = {
        "stated_on": stage.APPLIED_ON,
        "created_by": other.id,
        "created_at": clock.now(),
        "facts": {},
    }
    named: dict[str, Any] = {
        "number": "CY-x",
        "scheme": stage.GRANT,
        "office_code": DISTRICT,
        "business": "甲",
        "place": "乙",
    }
    db.session.add(Application(**named, **made, **values))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_whoever_withdrew_may_apply_again(founder: Actor) -> None:
    claim = stage.submitted(founder)
    with clock.at(stage.APPLIED_ON), transaction.unit():
        actions.move(claim, "withdraw", by=founder, note="先不申请")
    assert stage.application_of(claim).closed_at is not None
    assert stage.draft(founder).id != claim.id


def test_whoever_was_refused_may_apply_again_whoever_was_paid_may_not(office: Office, founder: Actor) -> None:
    claim = stage.submitted(founder)
    stage.moved(office, claim, "reject", "acceptance", stage.ACCEPTED_ON)
    stage.on_the_register(office, founder)
    stage.paid(office, founder)
    with pytest.raises(Refusal, match="person-paid"):
        stage.draft(founder, OTHER_SHOP)
    assert findings(claim)["person-paid"] == "fail"


def test_without_photographs_or_account_it_is_not_submitted(founder: Actor) -> None:
    claim = stage.draft(founder)
    with pytest.raises(Refusal, match="photos-missing") as refused, transaction.unit():
        actions.submit(claim, by=founder)
    assert refused.value.values["what"] == ("营业执照照片", "经营场所照片", "本人社会保障卡账户")
    stage.prepared(founder, claim)
    with clock.at(stage.APPLIED_ON), transaction.unit():
        actions.submit(claim, by=founder)
    assert claim.state is ClaimState.SUBMITTED


def test_a_returned_claim_is_corrected_and_keeps_its_day(office: Office, founder: Actor) -> None:
    claim = stage.submitted(founder)
    stage.moved(office, claim, "return", "acceptance", stage.ACCEPTED_ON)
    with clock.at(stage.ACCEPTED_ON + timedelta(days=1)), transaction.unit():
        facts = {**stage.STATED, "household_paid_before": True}
        named = actions.Named(stage.SHOP, "石棉改名小吃店", stage.PLACE)
        told = actions.declare(stage.GRANT, stage.person_of(founder), facts, DISTRICT, business=named, by=founder)
        assert actions.correct_own(claim, told, by=founder)
        actions.submit(claim, by=founder)
    assert (claim.title, claim.claimed_on) == ("石棉改名小吃店", stage.APPLIED_ON)
    assert findings(claim)["household-paid"] == "warn"


def test_a_claim_in_review_is_not_corrected(founder: Actor) -> None:
    claim = stage.submitted(founder)
    stage.stated(founder, is_operator=False)
    declared = claiming.declared(stage.GRANT, founder.person_id or 0)
    assert declared is not None
    assert not actions.correct_own(claim, declared, by=founder)


def test_the_claim_is_found_by_its_application(office: Office, founder: Actor) -> None:
    claim = stage.submitted(founder)
    assert claim_of(claim.application_id or 0, actor=founder).id == claim.id


def test_an_officers_own_claim_is_for_others(office: Office) -> None:
    actor = stage.founder(office)
    with transaction.unit():
        office.accounts["acceptance"].person_id = actor.person_id
    claim = stage.submitted(actor)
    with pytest.raises(Refusal, match="move-same-person"):  # one human being, whatever the account
        stage.moved(office, claim, "accept", "acceptance", date(2026, 3, 3))
