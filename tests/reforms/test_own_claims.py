"""New figures of a scheme that pays people: tried on their claims, and applied to those still open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.claims.test_applying import GRANT, STATED, account, founder
from tests.client import Browser
from tests.factories import DISTRICT, Office
from tests.reforms import stage
from trainingadmin.claims import actions as claims
from trainingadmin.claims.actions import applying
from trainingadmin.claims.models import Claim
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies.models import PolicyDraft, PolicyVersion
from trainingadmin.reforms import actions, jobs, queries

__all__ = ["account", "founder"]  # fixtures
ON = date(2026, 3, 20)


@pytest.fixture
def claim(founder: Person, account: Actor) -> Claim:
    """A founder's own claim, still open."""
    with clock.at(ON):
        business = applying.Named(credit_code="92511824MA0000777C", name="石棉县示例小店", place="石棉县示例路 1 号")
        with transaction.unit():
            applying.declare(
                GRANT, founder, STATED | {"registered_on": "2025-02-03"}, DISTRICT, business=business, by=account
            )
        with transaction.unit():
            return claims.open_own(GRANT, founder, by=account)


def drafted(office: Office, valid_from: date, **figures: Any) -> PolicyDraft:
    """A draft for businesses registered from a day on; without `figures` it changes no verdict, and breaks no case."""
    stage.maintainers(office)
    told = stage.proposal("YA-2026", valid_from, scheme=GRANT, **(figures or {"acceptance_days": 6}))
    with clock.at(ON), transaction.unit():
        return actions.draft(GRANT, told, stage.PDF, by=office.actor("policy"))


def activated(office: Office, draft: PolicyDraft) -> PolicyVersion:
    """The version in force, and everything open judged under it."""
    version = stage.activated(office, draft)
    jobs.reassess(version.id)
    db.session.expire_all()
    return version


def test_a_simulation_counts_people_who_are_paid_themselves(office: Office, claim: Claim, browser: Browser) -> None:
    simulation = stage.simulated(office, drafted(office, date(2018, 1, 1), amount=12_000))
    assert list(simulation.result["groups"]["payee"]) == [""]
    browser.sign_in("policy")
    assert browser.open(f"/reforms/simulations/{simulation.id}").said("本人领取")
    assert browser.open(f"/reforms/simulations/{simulation.id}/people").response.status_code == 200


def test_an_open_claim_in_somebodys_own_name_is_judged_anew(office: Office, claim: Claim) -> None:
    version = activated(office, drafted(office, date(2018, 1, 1)))
    found = db.session.scalars(select(Claim).where(Claim.id == claim.id)).unique().one()
    assert (found.policy_code, found.policy_digest) == ("YA-2026", version.digest)
    assert queries.count_behind(version) == 0


def test_one_of_an_earlier_registration_stays(office: Office, claim: Claim) -> None:
    version = activated(office, drafted(office, date(2026, 3, 1)))
    found = db.session.scalars(select(Claim).where(Claim.id == claim.id)).unique().one()
    assert found.policy_code == "YA-2020"
    assert queries.count_behind(version) == 0
