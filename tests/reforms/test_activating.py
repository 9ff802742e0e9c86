"""Putting a draft into force: by a second person, on a simulation of exactly these figures, with all cases holding."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import Office
from tests.reforms import stage
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies import queries as policies
from trainingadmin.policies.models import PolicyDraft, PolicyVersion
from trainingadmin.policies.states import DraftState
from trainingadmin.reforms import actions, jobs
from trainingadmin.reforms.models import Reassessment


def test_a_second_person_puts_it_into_force_and_the_version_before_ends_the_day_before(office: Office) -> None:
    version = stage.activated(office)
    rows = policies.rows(stage.SCHEME)
    assert [(row.code, row.valid_to) for row in rows] == [
        ("YA-2020", date(2021, 6, 7)),
        ("NAT-2021", date(2021, 12, 31)),
        ("YA-2022", None),
    ]
    draft = db.session.get_one(PolicyDraft, version.draft_id)
    assert draft.state is DraftState.ACTIVE
    assert (version.drafted_by, version.activated_by) == (office.actor("policy").name, office.actor("policy2").name)
    assert version.simulation_digest
    assert policies.in_force(stage.SCHEME, stage.FROM).digest == version.digest == draft.digest
    assert policies.in_force(stage.SCHEME, date(2021, 12, 31)).code == "NAT-2021"
    assert db.session.get_one(Reassessment, version.id).ended_at is None
    assert [entry.verb for entry in journal.of(f"policy-drafts:{draft.id}")] == [
        "draft-policy", "simulate-policy", "propose-policy", "activate-policy",
    ]  # fmt: skip


def refused(office: Office, draft: PolicyDraft, code: str, login: str = "policy2") -> None:
    with pytest.raises(Refusal, match=code):
        stage.moved(office, draft, "activate", login)
    db.session.expire_all()
    assert draft.state is not DraftState.ACTIVE


def test_the_drafter_may_not(office: Office) -> None:
    refused(office, stage.proposed(office), "move-same-person", "policy")


@pytest.mark.parametrize("login", ["approval", "supervisor", "admin", "checker"])
def test_no_other_office_may(office: Office, login: str) -> None:
    refused(office, stage.proposed(office), "move-role", login)


def test_not_before_it_was_proposed(office: Office) -> None:
    draft = stage.drafted(office)
    stage.simulated(office, draft)
    refused(office, draft, "move-state")


def test_not_without_a_simulation(office: Office) -> None:
    draft = stage.moved(office, stage.drafted(office), "propose", "policy")
    refused(office, draft, "simulation-missing")


def test_not_on_a_simulation_of_other_figures(office: Office) -> None:
    draft = stage.drafted(office)
    stage.simulated(office, draft)
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        actions.amend(draft, stage.proposal(annual_rate={"3": 5500}), by=office.actor("policy"))
    refused(office, stage.moved(office, draft, "propose", "policy"), "simulation-missing")


def test_not_on_a_simulation_that_was_cancelled(office: Office) -> None:
    draft = stage.drafted(office)
    simulation = stage.begun(office, draft)
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        actions.cancel(simulation, by=office.actor("policy"))
    jobs.simulate(simulation.id)
    refused(office, stage.moved(office, draft, "propose", "policy"), "simulation-missing")


def test_a_golden_case_that_breaks_bars_it_and_is_named(office: Office) -> None:
    draft = stage.drafted(office)
    broken = "case: 二级学徒应得 6000 元\nfacts: {filed_on: 2022-02-01, stage: filing}\npays: 6000\n"
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        actions.add_case(stage.SCHEME, broken, draft=draft, by=office.actor("policy"))
    draft = stage.proposed(office, draft)
    refused(office, draft, "golden-broken")
    (found,) = actions.obstacles(draft)
    assert "二级学徒应得 6000 元" in str(found.values["names"])


def test_not_once_another_version_begins_later(office: Office) -> None:
    first = stage.proposed(office)
    second = stage.drafted(office, stage.proposal(code="YA-2022B", valid_from=date(2022, 3, 1)))
    stage.activated(office, second)
    refused(office, first, "date-overlap")
    assert [row.code for row in policies.rows(stage.SCHEME)] == ["YA-2020", "NAT-2021", "YA-2022B"]


def test_not_under_a_code_that_was_taken_meanwhile(office: Office) -> None:
    first = stage.proposed(office, stage.drafted(office, stage.proposal(valid_from=date(2022, 5, 1))))
    stage.activated(office, stage.drafted(office, stage.proposal(valid_from=date(2022, 3, 1))))
    refused(office, first, "code-taken")


def test_nothing_is_half_done_when_it_is_refused(office: Office) -> None:
    draft = stage.moved(office, stage.drafted(office), "propose", "policy")
    refused(office, draft, "simulation-missing")
    assert [row.valid_to for row in policies.rows(stage.SCHEME)] == [date(2021, 6, 7), None]
    assert db.session.scalars(select(PolicyVersion).where(PolicyVersion.code == "YA-2022")).first() is None
