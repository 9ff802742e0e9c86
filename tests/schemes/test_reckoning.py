"""How a sum arises is written out, and what is written out is the sum, to the fen."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from tests.schemes.test_deciding import cases
from tests.schemes.told import Told, cases_of, eligible, judge
from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.schemes import SCHEMES, BadFact, Decision, Verdict, in_english
from trainingadmin.schemes.reckoning import Reckoning

GOLDEN = [
    pytest.param(scheme, part, id=f"{scheme}: {case['case']}")
    for scheme in SCHEMES
    for case in cases_of(scheme)["cases"]
    for part in case.get("cohort", [case])
]


def reckoned(decision: Decision) -> tuple[Reckoning, ...]:
    return SCHEMES[decision.version.scheme].reckon(decision)


def worked_out(formula: str) -> Money:
    """Work a formula out from left to right as a clerk would, a division leaving out what is less than a yuan."""
    first, *rest = formula.replace(",", "").split()
    value = Fraction(first)
    for sign, number in zip(rest[::2], rest[1::2], strict=True):
        value = value * int(number) if sign == "×" else Fraction(value // int(number))
    fen = value * 100
    assert fen.denominator == 1
    return Money(int(fen))


def holds(decision: Decision) -> None:
    told = reckoned(decision)
    assert total(one.amount for one in told if not one.beside) == decision.entitlement
    allowances = [one.amount for one in SCHEMES[decision.version.scheme].owed(decision) if one.kind == "allowance"]
    assert [one.amount for one in told if one.beside] == allowances
    for one in told:
        assert worked_out(one.formula) == one.amount
        assert any(step.figure or step.facts for step in one.steps)
        names = {spec.name for spec in SCHEMES[decision.version.scheme].reader.specs}
        assert {name for step in one.steps for name in step.facts} <= names


@pytest.mark.parametrize(("scheme", "case"), GOLDEN)
def test_the_steps_of_a_golden_case_come_to_what_it_pays(scheme: str, case: dict[str, Any]) -> None:
    holds(judge(eligible(scheme, **case.get("facts", {})), **case.get("figures", {})))


@given(cases())
def test_the_steps_of_any_case_come_to_its_entitlement(told: Told) -> None:
    try:
        decision = judge(told)
    except BadFact:
        return
    holds(decision)


@pytest.mark.parametrize("uncertified", ["half", "flat:3333"])
@pytest.mark.parametrize("proration", ["months", "whole_year"])
@pytest.mark.parametrize("months", [5, 17, 24, 30])
def test_the_steps_hold_under_every_rule_of_proration_and_without_a_certificate(
    uncertified: str, proration: str, months: int
) -> None:
    told = eligible("apprenticeship", filed_months=months, certificate=None, no_certificate=True)
    decision = judge(told, uncertified=uncertified, proration=proration)
    assert decision.verdict is Verdict.ELIGIBLE
    holds(decision)
    holds(judge({**told, "stage": "filing", "plan_hours_per_year": 400}, proration=proration))


def test_the_rate_of_an_apprentice_names_its_document_and_the_months_their_facts() -> None:
    (one,) = reckoned(judge(eligible("apprenticeship")))
    by_label = {step.label_en: step for step in one.steps}
    rate = by_label["Yearly rate by level"]
    assert rate.figure is not None
    assert rate.figure.citation == "人社部发〔2018〕66号"
    assert rate.facts == ("target_level",)
    assert by_label["Whole months trained"].facts == ("starts_on", "ended_on")
    assert by_label["How part of a year counts"].figure.choice  # type: ignore[union-attr]
    assert one.formula.endswith("÷ 12")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_case_that_is_not_eligible_has_no_sum_to_explain(scheme: str) -> None:
    decision = judge({**eligible(scheme), "born_on": None})
    assert decision.entitlement == ZERO
    assert [one for one in reckoned(decision) if not one.beside] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_step_is_told_in_english(scheme: str) -> None:
    (one, *_) = reckoned(judge(eligible(scheme)))
    for step in one.steps:
        assert in_english(step.value).isascii() or {"·", "–"} >= {c for c in in_english(step.value) if not c.isascii()}
        assert step.label_en.isascii()
