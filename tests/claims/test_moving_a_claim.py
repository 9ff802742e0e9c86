"""The staged review."""

from __future__ import annotations

from tests.claims import stage
from tests.factories import Office
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel.money import Money


def test_a_clean_claim_is_approved_by_four_people(office: Office) -> None:
    claim = stage.approved_claim(office, advance_percent=50)
    assert claim.state is ClaimState.APPROVED
    lines = stage.lines_of(claim)
    assert len(lines) == 30
    assert {line.state for line in lines} == {LineState.APPROVED}
    assert claim.entitlement == Money.yuan(240_000)
    assert claim.advance == Money.yuan(120_000)
    assert claim.balance == Money.yuan(120_000)
