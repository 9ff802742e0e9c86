"""What the pages say: sources, stages, deadlines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from tests.claims import small
from tests.factories import Office
from trainingadmin.claims import queries
from trainingadmin.claims.models import Claim
from trainingadmin.claims.views import wording
from trainingadmin.kernel.working_days import Calendar
from trainingadmin.plumbing import clock
from trainingadmin.policies.queries import calendar
from trainingadmin.registers import why

NOW = datetime(2022, 6, 14, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _in_a_request(app: Flask) -> Iterator[None]:
    with clock.at(NOW), app.test_request_context("/"):
        yield


def statuses(claim: Claim) -> str:
    """The bar, a letter a stage: d(one) n(ow) t(odo) s(topped)."""
    return "".join(stage["status"][0] for stage in bar(claim))


def bar(claim: Claim) -> list[dict[str, Any]]:
    return wording.stages(claim, queries.steps(claim.id), calendar())


def test_the_bar_shows_who_did_what_and_who_has_how_many_days(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office, 1), until="accept")
    assert statuses(claim) == "ddntttt"
    assert bar(claim)[1]["who"] == "acceptance"
    assert (bar(claim)[2]["who"], bar(claim)[2]["days_left"]) == ("初审岗", 9)


@pytest.mark.parametrize(
    ("until", "name", "login", "shown"),
    [("accept", "refuse_checked", "first_review", "ddstttt"), ("review", "refuse", "approval", "ddddstt")],
)
def test_a_dead_claim_stops_where_it_died(office: Office, until: str, name: str, login: str, shown: str) -> None:
    claim = small.walked(office, small.cohort_of(office, 1), until=until)
    small.act(office, claim, name, login, note="理由")
    assert statuses(claim) == shown


def test_a_draft_and_a_returned_claim_wait_for_the_enterprise(office: Office) -> None:
    claim = small.draft(office, small.cohort_of(office, 1))
    assert (statuses(claim), bar(claim)[0]["note"]) == ("ntttttt", "待申领人提交")
    small.act(office, claim, "submit", "enterprise")
    small.act(office, claim, "return", "acceptance", note="缺签到表")
    assert (statuses(claim), bar(claim)[0]["note"]) == ("ntttttt", "待申领人补正")


def test_an_approved_claim_waits_for_its_notice(office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office, 1), until="approve")
    assert (statuses(claim), bar(claim)[5]["note"]) == ("dddddnt", "待发布公示")


def test_days_left_count_down_past_the_deadline_and_stop_where_the_calendar_does() -> None:
    known = Calendar({}, frozenset({2022}))
    assert wording.days_left(date(2022, 6, 16), known) == 2
    assert wording.days_left(date(2022, 6, 10), known) == -2
    assert wording.days_left(date(2027, 1, 4), known) is None
    assert wording.days_left(None, known) is None


def test_sources_are_said_in_words() -> None:
    assert why.source_text({"from": "claims", "numbers": []}) == "本系统补贴记录：无"
    assert why.source_text({"from": "claims", "numbers": ["SL-1"]}) == "本系统补贴记录：SL-1"
    assert why.source_text({"from": "unattested"}).startswith("尚未核对")
    assert why.source_text({"from": "from-a-later-version"}) == "from-a-later-version"


def test_a_condition_that_the_law_no_longer_has_is_shown_by_its_code() -> None:
    told = {"code": "gone", "outcome": "fail", "value": "1", "required": "2", "clause": "", "possible_on": "2023-01-01"}
    (item,) = why.card("apprenticeship", [told], {})
    assert (item["label"], item["advice"], item["sources"], item["possible_on"]) == ("gone", "", [], date(2023, 1, 1))


def test_a_letter_begins_with_each_condition_once() -> None:
    note = wording.draft_note(
        "apprenticeship", [("certificate-unverified", "fail", 1), ("certificate-unverified", "unknown", 2)]
    )
    assert note.splitlines() == ["1. 证书经核验属实（3 人）：请在证书查询系统核验证书编号，或请评价机构出具证明。"]
