"""Who owes money back past its day is not approved in silence; where the bureau's figure says so, not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.applications import stage
from tests.factories import Office
from trainingadmin.claims import actions
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import SYSTEM, Actor
from trainingadmin.plumbing import clock, transaction
from trainingadmin.policies import queries as policies
from trainingadmin.registers import actions as registers
from trainingadmin.registers.actions import Mark
from trainingadmin.registers.states import Fact, FlagCode

NUMBER = "ZHD-511824-2026-0001"


@pytest.fixture
def founder(office: Office) -> Actor:
    actor = stage.founder(office)
    stage.on_the_register(office, actor)
    return actor


@pytest.fixture
def claim(office: Office, founder: Actor) -> Claim:
    """A claim before its approval, of somebody who owes money back."""
    claim = stage.submitted(founder)
    stage.moved(office, claim, "accept", "acceptance", stage.ACCEPTED_ON)
    stage.visited(office, claim)
    with clock.at(stage.VISITED_ON), transaction.unit():
        registers.attest(
            Fact.PENSION_DRAWN, False, persons=[founder.person_id or 0], source="名单", as_of=stage.VISITED_ON,
            by=office.actor("acceptance"),
        )  # fmt: skip
        late = Mark(founder.person_id, None, NUMBER, stage.APPLIED_ON - timedelta(days=1))
        registers.keep_flags(FlagCode.RECOVERY_OVERDUE, {late}, by=SYSTEM)
    stage.moved(office, claim, "check", "first_review", stage.CHECKED_ON)
    return stage.moved(office, claim, "review", "second_review", stage.REVIEWED_ON)


def approve(office: Office, claim: Claim, note: str) -> None:
    with clock.at(stage.DECIDED_ON), transaction.unit():
        actions.move(claim, "approve", by=office.actor("approval"), note=note)


def test_approving_wants_a_word_on_it(office: Office, claim: Claim) -> None:
    with pytest.raises(Refusal) as refused:
        approve(office, claim, " ")
    assert (refused.value.code, refused.value.field) == ("recovery-unexplained", "note")
    approve(office, claim, "已约定分两次退清")
    assert claim.state is ClaimState.APPROVED


def test_where_the_figure_bars_it_nothing_is_approved(
    office: Office, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    term = policies.term
    monkeypatch.setattr(
        policies, "term", lambda scheme, name, on: (True, "") if name == "overdue_bars" else term(scheme, name, on)
    )
    with pytest.raises(Refusal, match="recovery-overdue"):
        approve(office, claim, "已约定分两次退清")


def test_once_settled_nothing_is_asked(office: Office, claim: Claim) -> None:
    with transaction.unit():
        registers.keep_flags(FlagCode.RECOVERY_OVERDUE, set(), by=SYSTEM)
    approve(office, claim, "")
    assert claim.state is ClaimState.APPROVED
