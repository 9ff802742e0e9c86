"""Wording: every scheme, condition, fact and parameter is called something in both languages."""

from __future__ import annotations

import re

import pytest

from tests.schemes.told import cases_of, eligible, judge
from trainingadmin.schemes import SCHEMES, in_english, versions
from trainingadmin.schemes.facts import FactSpec, specs_of
from trainingadmin.schemes.wording import WORDING

CHINESE = re.compile(r"[\u3400-\u9fff]")
DATA = re.compile("电工|焊工|餐饮|种植|养殖|分公司|在职职工")


def all_facts() -> list[FactSpec]:
    specs: list[FactSpec] = []
    for scheme in SCHEMES.values():
        for spec in scheme.reader.specs:
            specs += [spec, *(specs_of(spec.kind.entry) if spec.kind.entry else ())]
    return specs


@pytest.mark.parametrize("code", WORDING)
def test_a_condition_is_worded_in_both_languages_and_used(code: str) -> None:
    wording = WORDING[code]
    assert CHINESE.search(wording.label_zh)
    assert CHINESE.search(wording.advice_zh)
    assert wording.label_en
    assert wording.advice_en.endswith(".")
    assert not CHINESE.search(wording.label_en + wording.advice_en)
    assert any(code in scheme.conditions for scheme in SCHEMES.values())


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_condition_carries_its_wording_and_its_clause(scheme: str) -> None:
    for code, condition in SCHEMES[scheme].conditions.items():
        assert (condition.label_zh, condition.advice_en) == (WORDING[code].label_zh, WORDING[code].advice_en)
        assert condition.clause
        assert condition.reads


def test_facts_are_labelled_in_both_languages() -> None:
    for spec in all_facts():
        assert CHINESE.search(spec.label_zh), spec.name
        assert spec.label_en, spec.name
        assert not CHINESE.search(spec.label_en), spec.name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_parameters_and_units_are_labelled_in_both_languages(scheme: str) -> None:
    assert SCHEMES[scheme].payee == ("person" if scheme == "entrepreneurship_grant" else "organisation")
    for spec in SCHEMES[scheme].parameters.values():
        assert CHINESE.search(spec.label_zh)
        assert not CHINESE.search(spec.label_en)
        assert not CHINESE.search(in_english(spec.unit)), spec.unit


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_of_a_finding_can_be_read_in_english(scheme: str) -> None:
    for case in cases_of(scheme)["cases"]:
        for finding in judge(eligible(scheme, **case.get("facts", {})), **case.get("figures", {})).findings:
            english = in_english(finding.value) + in_english(finding.required)
            assert not CHINESE.search(DATA.sub("", english)), f"{finding.code}: {english}"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_option_and_figure_can_be_read_in_english(scheme: str) -> None:
    for spec in SCHEMES[scheme].reader.specs:
        assert not any(CHINESE.search(in_english(spec.kind.show(option))) for option in spec.kind.options)
    for version in versions(scheme):
        for figure in version.figures.values():
            if figure.spec.judged:
                assert not CHINESE.search(in_english(figure.shown)), figure.spec.name


def test_english_leaves_dates_and_numbers_alone() -> None:
    assert in_english("2020-03、2020-04 / 无") == "2020-03, 2020-04 / none"
    assert in_english("≥ 16 岁") == "≥ 16 years"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("≥ 1 个月", "≥ 1 month"),
        ("1 个月、11 个月", "1 month, 11 months"),
        ("1 人", "1 person"),
        ("1 课时", "1 class hour"),
    ],
)
def test_one_of_a_thing_is_singular(said: str, told: str) -> None:
    assert in_english(said) == told
