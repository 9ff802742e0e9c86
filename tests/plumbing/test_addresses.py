"""Addresses that are built once and filled in are those that Flask builds."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for

from trainingadmin.plumbing.addresses import address

ASKED: list[tuple[str, dict[str, Any]]] = [
    ("cohorts.show", {"cohort_id": 7}),
    (".show", {"cohort_id": 7}),
    (".person", {"cohort_id": 7, "enrolment_id": 70}),
    (".person", {"enrolment_id": 70, "cohort_id": 7}),
    ("cohorts.index", {}),
    ("cohorts.index", {"page": 3, "each": 50}),
    ("cohorts.index", {"state": "draft"}),
    ("cohorts.index", {"q": "100% 示例", "page": 2}),
    ("cohorts.roster", {"cohort_id": 2**31 - 1, "code": "hours"}),
]


@pytest.mark.parametrize(("endpoint", "values"), ASKED)
def test_an_address_is_the_one_flask_builds_the_first_time_and_the_next(
    app: Flask, endpoint: str, values: dict[str, Any]
) -> None:
    with app.test_request_context("/cohorts/1"):
        for _ in range(2):
            assert address(endpoint, **values) == url_for(endpoint, **values)


def test_each_row_has_its_own_address(app: Flask) -> None:
    with app.test_request_context("/cohorts/"):
        assert [address(".show", cohort_id=at) for at in (1, 20, 300)] == ["/cohorts/1", "/cohorts/20", "/cohorts/300"]
