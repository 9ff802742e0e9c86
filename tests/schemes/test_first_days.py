"""The first day on which a failing condition could pass."""

from __future__ import annotations

from datetime import date

import pytest

from trainingadmin.schemes.first_days import first_day
from trainingadmin.schemes.kinds import Json


@pytest.mark.parametrize(
    ("code", "facts", "day"),
    [
        ("certificate-after-claim", {"certificate": {"issued_on": "2022-06-20"}}, date(2022, 6, 20)),
        ("certificate-after-claim", {"certificate": {}}, None),
        ("certificate-after-claim", {}, None),
        ("cap-person-year", {"claimed_on": "2022-06-13"}, date(2023, 1, 1)),
        ("cap-person-year", {"opened_on": "2022-12-31"}, date(2023, 1, 1)),
        ("cap-person-year", {}, None),
        ("left-early", {"claimed_on": "2022-06-13"}, None),
    ],
)
def test_the_first_day_is_reckoned_from_the_facts(code: str, facts: dict[str, Json], day: date | None) -> None:
    assert first_day(code, facts) == day
