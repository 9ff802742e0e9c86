"""The cases that an official can read: every one comes out as written, and every condition has both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.schemes.told import cases_of, eligible, judge
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.schemes import SCHEMES, BadFact, Decision, Outcome, Verdict

WORDS = {
    "case", "facts", "figures", "pays", "refused", "unknown", "unknowns", "warns", "passes", "policy", "advance",
    "balance", "possible_on", "living_allowance", "cohort",
}  # fmt: skip
ALL = [
    pytest.param(scheme, case, id=f"{scheme}: {case['case']}")
    for scheme in SCHEMES
    for case in cases_of(scheme)["cases"]
]
SINGLE = [param for param in ALL if "cohort" not in param.values[1]]  # type: ignore[operator]
COHORTS = [param for param in ALL if "cohort" in param.values[1]]  # type: ignore[operator]


def decided(scheme: str, case: dict[str, Any]) -> Decision:
    return judge(eligible(scheme, **case.get("facts", {})), **case.get("figures", {}))


def codes(decision: Decision, outcome: Outcome) -> list[str]:
    return [finding.code for finding in decision.findings if finding.outcome is outcome]


def money(amount: Any) -> Money | None:
    return None if amount is None else Money.parse(str(amount))


@pytest.mark.parametrize(("scheme", "case"), SINGLE)
def test_a_case_comes_out_as_written(scheme: str, case: dict[str, Any]) -> None:
    assert case.keys() <= WORDS
    decision = decided(scheme, case)
    if "pays" in case:
        assert (decision.verdict, decision.entitlement) == (Verdict.ELIGIBLE, money(case["pays"]))
    elif "refused" in case:
        assert (decision.verdict, decision.entitlement) == (Verdict.REFUSED, ZERO)
    else:
        assert (decision.verdict, decision.entitlement) == (Verdict.UNKNOWN, ZERO)
    assert codes(decision, Outcome.FAIL) == case.get("refused", [])
    assert codes(decision, Outcome.UNKNOWN) == case.get("unknown", case.get("unknowns", []))
    assert codes(decision, Outcome.WARN) == case.get("warns", [])
    assert set(case.get("passes", [])) <= set(codes(decision, Outcome.PASS))


@pytest.mark.parametrize(("scheme", "case"), SINGLE)
def test_its_sums_and_dates_are_as_written(scheme: str, case: dict[str, Any]) -> None:
    decision = decided(scheme, case)
    told = decision.to_json()
    if "policy" in case:
        assert told["policy"] == case["policy"]
    for name in ("advance", "balance", "living_allowance"):
        if name in case:
            expected = money(case[name])
            assert told[name] == (None if expected is None else str(expected))
    possible = [finding["possible_on"] for finding in told["findings"] if finding["possible_on"] is not None]
    assert possible == ([case["possible_on"]] if "possible_on" in case else [])


@pytest.mark.parametrize(("scheme", "case"), COHORTS)
def test_a_cohort_adds_up(scheme: str, case: dict[str, Any]) -> None:
    sums = {"advance": 0, "balance": 0}
    for group in case["cohort"]:
        decision = decided(scheme, group)
        assert decision.advance is not None
        assert decision.balance is not None
        sums["advance"] += decision.advance.fen * group["people"]
        sums["balance"] += decision.balance.fen * group["people"]
    for name, fen in sums.items():
        if name in case:
            assert fen == case[name] * 100


@pytest.mark.parametrize("scheme", SCHEMES)
def test_there_are_at_least_25_cases_a_scheme(scheme: str) -> None:
    assert len(cases_of(scheme)["cases"]) >= 25


@pytest.mark.parametrize(("scheme", "code"), [(name, code) for name in SCHEMES for code in SCHEMES[name].conditions])
def test_every_condition_has_a_case_that_passes_it_and_one_that_fails_only_it(scheme: str, code: str) -> None:
    cases = [case for case in cases_of(scheme)["cases"] if "cohort" not in case]
    assert any(code in case.get("passes", ()) for case in cases), f"写一个刚好满足 {code} 的案例，列在 passes 中"
    alone = any(
        case.get(word) == [code] and not case.keys() & others
        for case in cases
        for word, others in (
            ("refused", {"unknown", "unknowns"}),
            ("unknown", {"refused", "unknowns"}),
            ("warns", {"refused", "unknown", "unknowns"}),
        )
    )
    assert alone, f"写一个只不满足 {code} 的案例：refused: [{code}]，从不拒绝的条件用 unknown 或 warns"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_condition_that_can_fail_is_seen_to_fail_alone(scheme: str) -> None:
    cases = cases_of(scheme)["cases"]
    never = {"retires-in-training", "insured-elsewhere", "month-paid", "month-in-other-training", "months-max"}
    alone = {case["refused"][0] for case in cases if len(case.get("refused", ())) == 1}
    assert SCHEMES[scheme].conditions.keys() - never == alone


def _a_hair_away(scheme: str, told: dict[str, Any], code: str) -> Iterator[dict[str, Any]]:
    """Yield the case with one of the dates and numbers that the condition reads a day, a month, a level or one further off."""
    for name in dict.fromkeys(path.partition(".")[0] for path in SCHEMES[scheme].conditions[code].reads):
        fact = told.get(name)
        if isinstance(fact, dict):
            yield from ({**told, name: {**fact, inner: other}} for inner in fact for other in _neighbours(fact[inner]))
        elif isinstance(fact, list):
            yield from ({**told, name: entries} for entries in _lists(fact))
        else:
            yield from ({**told, name: other} for other in _neighbours(fact))


def _lists(entries: list[Any]) -> Iterator[list[Any]]:
    for at, entry in enumerate(entries):
        rest = entries[:at] + entries[at + 1 :]
        yield rest
        if isinstance(entry, dict):
            yield from ([*rest, {**entry, name: other}] for name in entry for other in _neighbours(entry[name]))
        else:
            yield from ([*entries, other] for other in _neighbours(entry))


def _neighbours(fact: Any) -> Iterator[Any]:
    if isinstance(fact, bool) or fact is None:
        return
    if isinstance(fact, int):
        yield from (near for near in (fact - 1, fact + 1) if near >= 0)
    elif isinstance(fact, str) and fact[:1].isdigit() and len(fact) == len("2020-01-01"):
        day = date.fromisoformat(fact)
        yield from ((day + timedelta(days=off)).isoformat() for off in (-1, 1))
    elif isinstance(fact, str) and fact[:1].isdigit() and len(fact) == len("2020-01"):
        first = date.fromisoformat(f"{fact}-01")
        yield from ((first + timedelta(days=off)).isoformat()[:7] for off in (-1, 31))


@pytest.mark.parametrize(("scheme", "code"), [(name, code) for name in SCHEMES for code in SCHEMES[name].conditions])
def test_the_case_that_passes_a_condition_passes_it_by_a_hair(scheme: str, code: str) -> None:
    """Of what is counted or dated: a case after which a day, a month, a minute or a person more makes the difference."""
    passing = [case for case in cases_of(scheme)["cases"] if code in case.get("passes", ())]
    read = SCHEMES[scheme].conditions[code].reads
    counted = [name for name in read if next(_neighbours(eligible(scheme).get(name)), None) is not None]
    if not counted and code not in {"group", "month-paid", "month-in-other-training", "months-max", "no-months"}:
        return
    for case in passing:
        for told in _a_hair_away(scheme, eligible(scheme, **case.get("facts", {})), code):
            try:
                found = judge(told, **case.get("figures", {})).finding(code)
            except (BadFact, KeyError):
                continue
            if found.outcome in (Outcome.FAIL, Outcome.WARN):
                return
    pytest.fail(f"写一个刚好满足 {code} 的案例：差一天、一个月或一个数就不满足")
