"""A role handed to a colleague: by who holds it, agreed by a second person, for dated days, in one's own name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.claims import small
from tests.client import Browser
from tests.factories import DISTRICT, Office
from trainingadmin.claims.models import ClaimStep
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Role
from trainingadmin.people import actions, queries
from trainingadmin.people.actions import Handing
from trainingadmin.people.models import Delegation
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db

MONDAY, FRIDAY = date(2022, 6, 13), date(2022, 6, 17)


def handing(office: Office, to: str = "preparer", **changes: Any) -> Handing:
    told = Handing(Role.ACCEPTANCE, office.accounts[to].id, MONDAY, FRIDAY, "参加培训")
    return replace(told, **changes)


def handed(office: Office, *, agreed: bool = True, giver: str = "acceptance", **changes: Any) -> Delegation:
    """The acceptance role handed to the preparer for a week."""
    wanted = handing(office, **changes)
    with clock.at(MONDAY), transaction.unit():
        made = actions.delegate(wanted, by=office.actor(giver))
        if agreed:
            to = next(name for name, one in office.accounts.items() if one.id == wanted.delegate_id)
            actions.agree(made, by=office.actor(to))
    return made


def refused(office: Office, by: str = "acceptance", **changes: Any) -> str:
    with clock.at(MONDAY), pytest.raises(Refusal) as refusal, transaction.unit():
        actions.delegate(handing(office, **changes), by=office.actor(by))
    return refusal.value.code


def test_the_delegate_has_the_role_on_those_days_alone(office: Office) -> None:
    handed(office)
    for day, held in ((MONDAY - timedelta(1), False), (MONDAY, True), (FRIDAY, True), (FRIDAY + timedelta(1), False)):
        with clock.at(day):
            assert office.actor("preparer").has(Role.ACCEPTANCE) is held
            assert office.actor("acceptance").has(Role.ACCEPTANCE)


def test_nothing_counts_before_a_second_person_agrees(office: Office) -> None:
    made = handed(office, agreed=False)
    with clock.at(MONDAY):
        assert not office.actor("preparer").has(Role.ACCEPTANCE)
        with transaction.unit():
            actions.agree(made, by=office.actor("admin"))
        assert office.actor("preparer").has(Role.ACCEPTANCE)


def test_acts_are_the_delegates_own_and_say_for_whom(office: Office) -> None:
    handed(office)
    claim = small.submitted(office, small.cohort_of(office))
    small.act(office, claim, "accept", "preparer", on=MONDAY)
    step = db.session.scalars(db.select(ClaimStep).where(ClaimStep.move == "accept")).one()
    assert (step.name, step.human) == ("preparer（代acceptance）", office.actor("preparer").human)
    assert step.role == Role.ACCEPTANCE


def test_the_delegator_is_not_excluded_by_what_the_delegate_did(office: Office) -> None:
    with transaction.unit():
        actions.change_roles(
            office.accounts["acceptance"], [Role.ACCEPTANCE, Role.FIRST_REVIEW], by=office.actor("admin")
        )
    handed(office)
    claim = small.submitted(office, small.cohort_of(office))
    small.act(office, claim, "accept", "preparer", on=MONDAY)
    small.act(office, claim, "check", "acceptance", on=MONDAY)
    assert claim.state == "checked"


def test_the_delegate_is_excluded_from_every_other_stage(office: Office) -> None:
    handed(office, role=Role.FIRST_REVIEW, giver="first_review", to="acceptance")
    claim = small.submitted(office, small.cohort_of(office))
    small.act(office, claim, "accept", "acceptance", on=MONDAY)
    with pytest.raises(Refusal) as refusal:
        small.act(office, claim, "check", "acceptance", on=MONDAY)
    assert refusal.value.code == "move-same-person"


def test_it_ends_at_once_when_ended_or_when_the_delegator_loses_the_role(office: Office) -> None:
    made = handed(office)
    with clock.at(MONDAY), transaction.unit():
        actions.end(made, by=office.actor("acceptance"))
    with clock.at(MONDAY):
        assert not office.actor("preparer").has(Role.ACCEPTANCE)
    handed(office)
    with clock.at(MONDAY), transaction.unit():
        actions.change_roles(office.accounts["acceptance"], [Role.FIRST_REVIEW], by=office.actor("admin"))
    with clock.at(MONDAY):
        assert not office.actor("preparer").has(Role.ACCEPTANCE)


def test_a_lent_role_cannot_be_handed_on(office: Office) -> None:
    handed(office)
    assert refused(office, by="preparer", to="checker") == "role-not-held"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": Role.APPROVAL}, "role-not-held"),
        ({"role": Role.ADMIN}, "role-not-delegable"),
        ({"to": "acceptance"}, "delegate-unfit"),
        ({"to": "other_office"}, "delegate-unfit"),
        ({"to": "enterprise"}, "delegate-unfit"),
        ({"from_on": MONDAY - timedelta(1)}, "days-wrong"),
        ({"to_on": MONDAY - timedelta(1)}, "days-wrong"),
        ({"to_on": MONDAY + timedelta(91)}, "days-wrong"),
        ({"reason": "  "}, "reason-missing"),
    ],
)
def test_what_is_refused(office: Office, changes: dict[str, Any], code: str) -> None:
    assert refused(office, **changes) == code


def test_who_holds_the_role_already_needs_no_delegation(office: Office) -> None:
    with transaction.unit():
        office.add("second", [Role.ACCEPTANCE], office_code=DISTRICT)
    assert refused(office, to="second") == "delegate-unfit"


def test_another_account_of_the_same_human_is_nobody_else(office: Office) -> None:
    with transaction.unit():
        office.add("again", [Role.PREPARER], office_code=DISTRICT, person_id=office.accounts["acceptance"].person_id)
    assert refused(office, to="again") == "delegate-unfit"


def test_a_role_is_handed_to_one_person_at_a_time(office: Office) -> None:
    handed(office, agreed=False)
    assert refused(office, to="checker", from_on=FRIDAY, to_on=FRIDAY) == "delegated-already"


@pytest.mark.parametrize(("who", "code"), [("acceptance", "not-yours"), ("checker", "not-yours")])
def test_only_the_delegate_or_an_administrator_agrees(office: Office, who: str, code: str) -> None:
    made = handed(office, agreed=False)
    with clock.at(MONDAY), pytest.raises(Refusal) as refusal, transaction.unit():
        actions.agree(made, by=office.actor(who))
    assert refusal.value.code == code


def test_what_is_over_is_not_agreed_to_and_not_ended_twice(office: Office) -> None:
    made = handed(office, agreed=False)
    with clock.at(FRIDAY + timedelta(1)), pytest.raises(Refusal) as late, transaction.unit():
        actions.agree(made, by=office.actor("preparer"))
    with clock.at(MONDAY), transaction.unit():
        actions.end(made, by=office.actor("preparer"))
    with clock.at(MONDAY), pytest.raises(Refusal) as twice, transaction.unit():
        actions.end(made, by=office.actor("preparer"))
    with pytest.raises(Refusal) as other, transaction.unit():
        actions.end(handed(office), by=office.actor("checker"))
    assert (late.value.code, twice.value.code, other.value.code) == (
        "delegation-ended",
        "delegation-ended",
        "not-yours",
    )


def test_who_holds_a_role_today_names_who_stands_in(office: Office) -> None:
    handed(office)
    with clock.at(MONDAY):
        names = [one.name for one in queries.holders({DISTRICT}) if one.role is Role.ACCEPTANCE]
    assert names == ["acceptance", "preparer（代acceptance）"]


def test_from_asking_to_a_page_that_was_closed_before(office: Office, browser: Browser) -> None:
    today = clock.today()
    browser.sign_in("preparer")
    browser.open("/organisations/new", expect=403)
    browser.sign_in("acceptance")
    to = str(office.accounts["preparer"].id)
    page = browser.open("/delegations/new")
    days: dict[str, Any] = {"from_on": today.isoformat(), "to_on": today.isoformat()}
    sent = browser.submit(page, "/delegations/new", role="acceptance", delegate_id=to, reason="外出", **days)
    assert sent.said("待同意")
    browser.sign_in("preparer")
    (link,) = browser.open("/delegations").links("/agree")
    assert browser.submit(browser.open(link), "/agree").said("生效中")
    browser.open("/organisations/new")
    (link,) = browser.open("/delegations").links("/end")
    assert browser.submit(browser.open(link), "/end").said("已终止")
    browser.open("/organisations/new", expect=403)
    made = db.session.scalars(db.select(Delegation)).one()
    verbs = [entry.verb for entry in journal.of(f"delegations:{made.id}")]
    assert verbs == ["delegate", "agree-delegation", "end-delegation"]


def test_a_delegation_of_others_does_not_exist(office: Office, browser: Browser) -> None:
    made = handed(office, agreed=False)
    browser.sign_in("checker")
    browser.open(f"/delegations/{made.id}/agree", expect=404)
    browser.sign_in("admin")
    browser.open(f"/delegations/{made.id}/agree")
