"""The same post many times, many claims against one cap, many batches against one budget: real processes, small sizes."""

from __future__ import annotations

import pytest

from tests.factories import Office
from tests.resilience import crowd
from tests.resilience.crowd import SOUND, Breaking
from trainingadmin.settings import Settings

pytestmark = pytest.mark.resilience


def test_identical_posts_pay_once_and_answer_alike(office: Office, settings: Settings) -> None:
    assert crowd.identical_posts(office, settings, 2, 12, SOUND) == []


def test_the_control_without_keys_and_guards_finds_payments_made_twice(office: Office, settings: Settings) -> None:
    found = crowd.identical_posts(office, settings, 1, 6, Breaking(keys=True, guards=True))
    assert "payments: 6 of 1" in found


def test_with_keys_apart_the_guards_still_pay_once(office: Office, settings: Settings) -> None:
    """The control of the answers: only one post is carried out, the others are told so, and the check sees the difference."""
    found = crowd.identical_posts(office, settings, 1, 6, Breaking(keys=True))
    assert found
    assert all(wrong.startswith(("compose", "check", "release", "settle")) for wrong in found), found


def test_claims_at_once_never_pass_a_cap(office: Office, settings: Settings) -> None:
    assert crowd.claims_against_caps(office, settings, 2, 5, SOUND) == []


def test_the_control_that_believes_the_officers_passes_the_caps(office: Office, settings: Settings) -> None:
    assert len(crowd.claims_against_caps(office, settings, 2, 5, Breaking(guards=True))) == 2


def test_batches_at_once_never_pass_a_budget(office: Office, settings: Settings) -> None:
    assert crowd.batches_against_budget(office, settings, 8, 3, SOUND) == []


def test_the_control_that_does_not_look_passes_the_budget(office: Office, settings: Settings) -> None:
    assert crowd.batches_against_budget(office, settings, 8, 3, Breaking(guards=True))
