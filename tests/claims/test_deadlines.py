"""The office's clocks: five working days to accept, ten to decide, stopped while papers are amended."""

from __future__ import annotations

from datetime import date

import pytest

from tests.claims import small
from tests.factories import Office
from trainingadmin import schemes
from trainingadmin.claims.actions import deadlines
from trainingadmin.kernel.working_days import Calendar
from trainingadmin.plumbing import transaction
from trainingadmin.policies import queries as policies

# 2022-06-13 is a Monday; no holiday until October.
MON, TUE, WED, THU = (date(2022, 6, day) for day in (13, 14, 15, 16))


def test_acceptance_is_due_five_working_days_after_submission(office: Office) -> None:
    assert small.submitted(office, small.cohort_of(office)).due_on == date(2022, 6, 20)


def test_the_decision_is_due_ten_working_days_after_acceptance_whoever_has_it(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    small.act(office, claim, "accept", "acceptance", on=TUE)
    assert claim.due_on == date(2022, 6, 28)
    small.act(office, claim, "check", "first_review", on=WED)
    assert claim.due_on == date(2022, 6, 28)


def test_no_clock_runs_while_papers_are_amended_and_it_goes_on_with_the_days_left(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    small.act(office, claim, "return", "acceptance", on=WED, note="缺签到表")
    assert claim.due_on is None
    small.act(office, claim, "submit", "enterprise", on=date(2022, 7, 4))
    assert claim.due_on == date(2022, 7, 7)


def test_the_review_clock_too_stops_for_amendments(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    small.act(office, claim, "accept", "acceptance", on=MON)
    small.act(office, claim, "return_checked", "first_review", on=date(2022, 6, 17), note="缺工资表")
    small.act(office, claim, "submit", "enterprise", on=date(2022, 6, 20))
    small.act(office, claim, "accept", "acceptance", on=date(2022, 6, 20))
    assert claim.due_on == date(2022, 6, 28)


def test_an_exhausted_clock_leaves_one_working_day(office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    small.act(office, claim, "return", "acceptance", on=date(2022, 6, 30), note="缺签到表")
    small.act(office, claim, "submit", "enterprise", on=date(2022, 7, 4))
    assert claim.due_on == date(2022, 7, 5)


def test_a_decided_claim_has_no_deadline_of_the_review(office: Office) -> None:
    assert small.walked(office, small.cohort_of(office), until="approve").due_on is None


def test_a_year_without_a_calendar_leaves_the_deadline_open(office: Office) -> None:
    claim = small.draft(office, small.cohort_of(office))
    assert claim.cohort is not None
    policy = claim.cohort.policy
    assert policy is not None
    window = {"value": 120, "citation": "测试"}
    with transaction.unit():
        claim.cohort.policy = {**policy, "parameters": {**policy["parameters"], "claim_window_months": window}}
    small.act(office, claim, "submit", "enterprise", on=date(2027, 1, 4))
    assert claim.due_on is None


def test_stretches_add_up() -> None:
    moves = [("submit", MON), ("return", TUE), ("submit", WED), ("return", THU)]
    assert deadlines.used(deadlines.COMPLETENESS, moves, Calendar({}, frozenset({2022}))) == 2


def test_another_term_put_into_force_holds_for_clocks_that_start_then(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = policies.in_force("apprenticeship", MON)
    longer = {"value": 7, "unit": "个工作日", "citation": "雅人社发〔2022〕9号", "choice": False}
    told = known.to_json()
    told["parameters"] = {**told["parameters"], "acceptance_days": longer}
    changed = schemes.version_from_json("apprenticeship", told)
    monkeypatch.setattr(policies, "in_force", lambda _scheme, _on: changed)
    assert policies.term("apprenticeship", "acceptance_days", MON) == (7, "雅人社发〔2022〕9号")
    assert small.submitted(office, small.cohort_of(office)).due_on == date(2022, 6, 22)


def test_where_no_version_says_a_term_the_usual_one_holds(office: Office) -> None:
    assert policies.term("apprenticeship", "review_days", date(1999, 1, 1)) == (10, "")
