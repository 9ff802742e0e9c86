"""Deciding: total and deterministic over any facts, the same on every road, and said in full."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemes.told import Told, cases_of, document_of, eligible, judge
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.schemes import (
    SCHEMES,
    BadFact,
    Outcome,
    Verdict,
    decide,
    facts_from_json,
    version_on,
    versions,
    versions_from_document,
)
from trainingadmin.schemes.base import Rules
from trainingadmin.schemes.facts import FactSpec, specs_of
from trainingadmin.schemes.jsonl import answers, decide_told, decision_text, shipped_law
from trainingadmin.schemes.kinds import Kind

LAW = shipped_law()
EDGES = ["2020-01-01", "2020-02-29", "2020-05-01", "2021-02-28", "2021-06-07", "2021-06-08", "2022-04-30", "2022-05-01"]
NEAR = st.builds(lambda day, off: (date.fromisoformat(day) + timedelta(days=off)).isoformat(), st.sampled_from(EDGES),
                 st.integers(-1, 1))  # fmt: skip
ANY_DAY = st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat)
BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["电工", "焊工", "返乡入乡", "个体工商户", "种植", "x"]),
    "date": NEAR | ANY_DAY,
    "month": st.sampled_from([f"2020-{month:02d}" for month in range(1, 10)]),
    "flag": st.booleans(),
    "level": st.integers(1, 5),
    "whole": st.integers(0, 5) | st.integers(0, 10_000_000),
    "months": st.integers(0, 40) | st.integers(0, 1200),
    "money": st.sampled_from(["0", "4000.50", 4000, 12.5, 10**9]),
}


def values_of(kind: Kind) -> st.SearchStrategy[Any]:
    if kind.options:
        return st.sampled_from(kind.options)
    if kind.entry is not None:
        entry = told_of(specs_of(kind.entry))
        return st.lists(entry, max_size=3) if kind.name.startswith("list") else entry
    if kind.name.startswith("list of "):
        return st.lists(BY_KIND[kind.name.removeprefix("list of ")], max_size=8)
    return BY_KIND[kind.name]


def told_of(specs: tuple[FactSpec, ...]) -> st.SearchStrategy[Told]:
    """Return objects with the required members and any of the others, null among them."""
    return st.fixed_dictionaries(
        {spec.name: values_of(spec.kind) for spec in specs if spec.required},
        optional={spec.name: st.none() | values_of(spec.kind) for spec in specs if not spec.required},
    )


def cases() -> st.SearchStrategy[Told]:
    """Return cases of every scheme: eligible ones with some facts changed, and arbitrary ones."""

    def of_scheme(name: str) -> st.SearchStrategy[Told]:
        told = told_of(SCHEMES[name].reader.specs)
        base = eligible(name)
        return st.one_of(told, told.map(lambda other: base | dict(list(other.items())[:4]))).map(
            lambda facts: {"policy_on": "2021-06-08"} | facts | {"scheme": name}
        )

    return st.sampled_from(tuple(SCHEMES)).flatmap(of_scheme)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(cases())
def test_any_well_formed_facts_are_decided_and_twice_alike(told: Told) -> None:
    try:
        decision = decide_told(told, LAW)
    except BadFact as wrong:
        assert {wrong.code} <= {"no-policy", "bad-fact"}  # noqa: PT017 - an anchor too early or missing is an answer
        assert {wrong.field} <= {"policy_on", SCHEMES[told["scheme"]].anchor}  # noqa: PT017
        return
    assert decision.to_json() == decide_told(told, LAW).to_json()
    outcomes = [finding.outcome for finding in decision.findings]
    expected = (
        Verdict.REFUSED
        if Outcome.FAIL in outcomes
        else Verdict.UNKNOWN
        if Outcome.UNKNOWN in outcomes
        else Verdict.ELIGIBLE
    )
    assert decision.verdict is expected
    assert decision.entitlement == ZERO or decision.verdict is Verdict.ELIGIBLE
    if decision.advance is not None:
        assert decision.balance == decision.entitlement - decision.advance


@settings(max_examples=300, deadline=None)
@given(cases())
def test_the_quick_text_says_what_the_decision_says(told: Told) -> None:
    try:
        decision = decide_told(told, LAW)
    except BadFact:
        return
    assert json.loads(decision_text(decision)) == json.loads(json.dumps(decision.to_json()))
    assert list(json.loads(decision_text(decision))) == list(decision.to_json())


@settings(max_examples=200, deadline=None)
@given(cases())
def test_facts_survive_the_way_to_json_and_back(told: Told) -> None:
    facts = facts_from_json(told["scheme"], told)
    assert facts_from_json(told["scheme"], json.loads(json.dumps(facts.to_json()))) == facts


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(tuple(SCHEMES)), st.data())
def test_any_json_under_any_name_is_answered(scheme: str, data: st.DataObject) -> None:
    names = [spec.name for spec in SCHEMES[scheme].reader.specs]
    told = eligible(scheme) | data.draw(
        st.dictionaries(st.sampled_from(names) | st.text(max_size=5), json_values, max_size=4)
    )
    ((judged, line),) = answers([json.dumps(told).encode()], LAW)
    answer = json.loads(line)
    assert judged is ("error" not in answer)
    assert answer["case"] is None or answer["case"] == told["case"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_answered(line: bytes) -> None:
    for judged, answer in answers([line], LAW):
        assert not judged
        assert "error" in json.loads(answer)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_condition_of_the_stage_is_listed_once_in_order(scheme: str) -> None:
    for stage in SCHEMES[scheme].stages:
        told = eligible(scheme) | ({"stage": stage} if scheme == "apprenticeship" else {})
        expected = [code for code, condition in SCHEMES[scheme].conditions.items() if stage in condition.stages]
        assert [finding.code for finding in judge(told).findings] == expected


def test_the_order_is_that_of_the_rules_from_outside() -> None:
    assert {name: " ".join(scheme.conditions) for name, scheme in SCHEMES.items()} == {
        "apprenticeship": "level-no-rate age-min retired retires-in-training civil-service-pension contract-short "
        "contract-other-party insured-elsewhere in-other-training duration-max hours-plan enterprise-blacklisted "
        "left-early period attendance-low certificate-missing certificate-unverified certificate-before-start "
        "certificate-after-claim claim-window same-level-paid higher-level-paid cap-person-year cross-fund",
        "special_skill": "item-not-valid age-min civil-service-pension attendance-low not-passed item-paid "
        "cap-person-year in-other-training",
        "work_as_training": "month-paid month-in-other-training months-max no-months age-min insured-elsewhere",
        "entrepreneurship_grant": "group operating-short window entity-type industry-excluded not-operating not-founder "
        "not-operator not-first jobs person-paid entity-paid household-paid retired site-visit",
    }


def test_what_only_a_certificate_can_show_is_left_out_without_one() -> None:
    with_one = {finding.code for finding in judge(eligible("apprenticeship")).findings}
    without = {finding.code for finding in judge(eligible("apprenticeship", certificate=None)).findings}
    assert with_one - without == {
        "certificate-unverified", "certificate-before-start", "certificate-after-claim", "claim-window",
    }  # fmt: skip


def test_a_finding_says_what_was_seen_what_is_asked_and_by_which_clause() -> None:
    finding = judge(eligible("apprenticeship", credited_minutes=19_199)).finding("attendance-low")
    assert (finding.outcome, finding.value, finding.required) == (Outcome.FAIL, "19199 / 24000", "≥ 80 %")
    assert finding.clause == "系统默认（政策未明确） 出勤比例"
    assert finding.missing == ()
    assert repr(finding) == "<attendance-low: fail>"


def test_a_finding_names_the_facts_that_are_missing() -> None:
    decision = judge(eligible("apprenticeship", certificate={"occupation": "电工"}, born_on=None))
    assert decision.finding("certificate-missing").missing == ("certificate.level",)
    assert decision.finding("age-min").missing == ("born_on",)
    assert decision.finding("age-min").value == "未提供 / 2020-05-01"


def test_a_finding_that_was_not_judged_is_not_there() -> None:
    with pytest.raises(KeyError):
        judge(eligible("apprenticeship")).finding("contract-short")


def test_a_rule_without_its_clause_is_no_rule() -> None:
    facts: type[Any] = SCHEMES["work_as_training"].facts
    rules: Rules[Any, Any] = Rules(facts)
    with pytest.raises(ImportError, match="-OO"):
        rules.condition("age-min", "born_on", "")(lambda _facts, _parameters: Outcome.PASS)


def test_lists_are_shown_by_their_entries() -> None:
    told = eligible("apprenticeship", paid_before=[{"occupation": "电工", "level": 4, "on": "2019-01-01"}])
    assert judge(told).finding("same-level-paid").value == "电工 四级 2019-01-01 / 电工 / 三级"
    assert judge(eligible("work_as_training")).finding("month-paid").value == "2020-03、2020-04、2020-05 / 无"


def test_the_answer_has_the_fields_of_the_rules_from_outside() -> None:
    answer = judge(eligible("apprenticeship")).to_json()
    assert list(answer) == ["case", "scheme", "policy", "verdict", "entitlement", "advance", "balance", "findings"]
    assert list(answer["findings"][0]) == ["code", "outcome", "value", "required", "clause", "possible_on"]
    assert "living_allowance" in judge(eligible("special_skill")).to_json()


def test_a_claim_and_a_recomputation_call_the_same_function() -> None:
    facts = facts_from_json("apprenticeship", eligible("apprenticeship"))
    version = version_on("apprenticeship", date(2020, 4, 20))
    assert decide("apprenticeship", facts, version).entitlement == Money.yuan(8000)


def test_facts_may_be_gathered_without_json() -> None:
    gathered = SCHEMES["work_as_training"].facts(case="c")
    assert decide("work_as_training", gathered, versions("work_as_training")[0]).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_figure_that_is_judged_changes_some_answer(scheme: str) -> None:
    """A parameter that no formula reads would be a promise nobody keeps."""
    other = {
        "annual_rate": {"3": 1}, "uncertified": "half", "proration": "whole_year", "groups": ["别的"],
        "entity_types": ["别的"], "excluded_industries": ["餐饮"], "household_once": "refuse",
    }  # fmt: skip
    for name, spec in SCHEMES[scheme].parameters.items():
        if not spec.judged:
            continue
        candidates = [other[name]] if name in other else [0, 1, 99]
        assert any(_changes(scheme, name, value) for value in candidates), name


def _changes(scheme: str, name: str, value: Any) -> bool:
    _, changed = versions_from_document(document_of(scheme, **{name: value}))
    for case in cases_of(scheme)["cases"]:
        told = eligible(scheme, **case.get("facts", {}))
        now, then = decide_told(told, LAW), decide_told(told, LAW | {scheme: changed})
        if (now.verdict, now.amounts()) != (then.verdict, then.amounts()):
            return True
    return False
