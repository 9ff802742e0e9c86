"""What the why card says of what was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, session

from trainingadmin.plumbing import words
from trainingadmin.registers import why


def told(code: str, value: str) -> dict[str, Any]:
    return {"code": code, "outcome": "pass", "value": value, "required": "", "clause": "", "possible_on": None}


def value_of(code: str, value: str) -> str:
    (item,) = why.card("apprenticeship", [told(code, value)], {})
    return str(item["value"])


@pytest.fixture(autouse=True)
def _reader(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def test_one_fact_needs_no_name_beside_the_condition() -> None:
    assert value_of("insured-elsewhere", "是") == "是"


def test_several_facts_are_called_by_their_names() -> None:
    assert value_of("retired", "1985-11-09 / 男60 / 2025-10-13 / 否") == (
        "出生日期 1985-11-09 · 退休年龄类别 男60 · 培养开始日期 2025-10-13 · 已领取养老金 否"
    )


def test_a_member_of_a_fact_has_a_name_of_its_own_and_a_missing_one_is_said() -> None:
    assert value_of("claim-window", "2026-11-01 / 未提供") == "发证日期 2026-11-01 · 申请日期 未提供"


def test_what_only_tells_whoever_fills_a_fact_in_is_left_out() -> None:
    assert value_of("contract-short", "2025-10-01 / 2199-12-31") == "劳动合同起 2025-10-01 · 劳动合同止 2199-12-31"


def test_a_value_of_other_facts_than_the_condition_now_reads_stays_as_it_was_kept() -> None:
    assert value_of("retired", "1985-11-09 / 男60") == "1985-11-09 / 男60"


def test_it_speaks_the_readers_language() -> None:
    session["language"] = "en"
    words.forget()
    assert value_of("claim-window", "2026-11-01 / 未提供") == "Issued on: 2026-11-01 · Claimed on: not supplied"
