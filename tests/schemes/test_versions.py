"""Versions: which is in force when, what a document of them must say, and what it is refused for."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.schemes.told import document_of
from trainingadmin.schemes import (
    SCHEMES,
    BadFact,
    BadPolicy,
    version_from_json,
    version_on,
    versions,
    versions_from_document,
)

Document = dict[str, Any]


def test_the_shipped_versions_are_these() -> None:
    shipped = {name: [(version.code, version.from_on.isoformat()) for version in versions(name)] for name in SCHEMES}
    assert shipped == {
        "apprenticeship": [("YA-2020", "2020-01-01"), ("NAT-2021", "2021-06-08")],
        "special_skill": [("YA-2020", "2020-01-01")],
        "work_as_training": [("YA-2020", "2020-01-01")],
        "entrepreneurship_grant": [("YA-2020", "2017-10-13")],
    }


def test_the_shipped_figures_of_apprenticeship_are_those_of_the_policy() -> None:
    old, new = (version.parameters for version in versions("apprenticeship"))
    assert old.annual_rate == {1: 4000, 2: 4000, 3: 4000, 4: 4000, 5: 4000}
    assert new.annual_rate == {3: 6000, 4: 5000}
    for p in (old, new):
        assert (p.max_months, p.min_contract_months, p.min_age, p.min_hours_per_year) == (36, 12, 16, 400)
        assert (p.attendance_percent, p.advance_max_percent, p.uncertified, p.proration) == (80, 50, "zero", "months")
        assert (p.claim_window_months, p.trainings_per_person_year_max) == (12, 3)
        assert (p.class_max, p.apprentices_per_mentor_max, p.online_theory_max_percent) == (40, 8, 50)


def test_the_other_shipped_figures_are_those_of_the_policy() -> None:
    (skill,) = versions("special_skill")
    p = skill.parameters
    assert (p.min_age, p.attendance_percent, p.trainings_per_person_year_max, p.living_allowance_per_day) == (
        16,
        80,
        3,
        50,
    )
    assert (p.class_min, p.class_max, p.day_hours_max, p.hour_minutes, p.late_minutes) == (20, 50, 8, 45, 15)
    assert p.leave_counts is False
    (work,) = versions("work_as_training")
    assert (work.parameters.monthly_rate, work.parameters.max_months, work.parameters.min_age) == (200, 6, 16)
    (grant,) = versions("entrepreneurship_grant")
    p = grant.parameters
    assert (p.amount, p.min_operating_months, p.window_months) == (10_000, 12, 36)
    assert (p.min_insured_employees, p.min_insured_months, p.excluded_industries, p.household_once) == (
        0,
        0,
        (),
        "warn",
    )
    assert p.groups == (
        "脱贫劳动力",
        "防止返贫致贫对象",
        "就业困难人员",
        "返乡入乡",
        "登记失业",
        "毕业5年内",
        "退役军人",
    )
    assert p.entity_types == ("个体工商户", "小微企业", "农民专业合作社", "家庭农场", "民办非企业")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_shipped_figure_is_cited(scheme: str) -> None:
    for version in versions(scheme):
        assert version.document
        assert version.figures.keys() == SCHEMES[scheme].parameters.keys()
        assert all(figure.citation for figure in version.figures.values())


@pytest.mark.parametrize(
    ("day", "code"), [("2020-01-01", "YA-2020"), ("2021-06-07", "YA-2020"), ("2021-06-08", "NAT-2021"), ("2199-12-31", "NAT-2021")]
)  # fmt: skip
def test_a_version_is_in_force_until_the_day_before_the_next(day: str, code: str) -> None:
    assert version_on("apprenticeship", date.fromisoformat(day)).code == code


def test_before_the_first_version_there_is_no_policy() -> None:
    with pytest.raises(BadFact) as wrong:
        version_on("apprenticeship", date(2019, 12, 31))
    assert (wrong.value.code, wrong.value.field) == ("no-policy", "filed_on")


def test_a_version_is_looked_up_among_those_given() -> None:
    early, late = versions("apprenticeship")
    assert version_on("apprenticeship", date(2025, 1, 1), [early]) is early
    assert version_on("apprenticeship", date(2025, 1, 1), [early, late]) is late


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_stored_version_comes_back_with_the_same_digest(scheme: str) -> None:
    for version in versions(scheme):
        stored = json.loads(json.dumps(version.to_json(), ensure_ascii=False))
        again = version_from_json(scheme, stored)
        assert (again.digest, again.parameters, again.required) == (
            version.digest,
            version.parameters,
            version.required,
        )


def test_a_digest_tells_every_change() -> None:
    document = document_of("apprenticeship")
    digests = {version.digest for version in versions("apprenticeship")}
    for name, other in [("value", 35), ("citation", "另一文件"), ("unit", "个月"), ("choice", True)]:
        changed = copy.deepcopy(document)
        changed["versions"][0]["parameters"]["max_months"][name] = other
        digests.add(versions_from_document(changed)[1][0].digest)
    assert len(digests) == 6


def test_a_document_may_be_yaml_or_json_with_dates_and_levels_as_text(tmp_path: Path) -> None:
    document = document_of("apprenticeship")
    as_json, as_yaml = tmp_path / "law.json", tmp_path / "law.yaml"
    as_json.write_text(json.dumps(document), encoding="utf-8")
    as_yaml.write_text(
        "scheme: apprenticeship\nversions:\n- code: NAT\n  from: 2021-06-08\n  document: x\n  parameters:\n"
        + "\n".join(
            f"    {name}: {json.dumps(entry, ensure_ascii=False)}"
            for name, entry in document["versions"][1]["parameters"].items()
        ).replace('{"3": 6000, "4": 5000}', "{3: 6000, 4: 5000}"),
        encoding="utf-8",
    )
    scheme, read = versions_from_document(as_json)
    assert scheme == "apprenticeship"
    assert [version.digest for version in read] == [version.digest for version in versions("apprenticeship")]
    _, (yaml_version,) = versions_from_document(as_yaml)
    assert yaml_version.parameters == versions("apprenticeship")[1].parameters
    assert yaml_version.from_on == date(2021, 6, 8)


def test_a_version_takes_what_it_does_not_name_from_the_one_before() -> None:
    document = document_of("apprenticeship")
    rate = {"value": {"3": 7000}, "citation": "新文件"}
    document["versions"][1]["parameters"] = {"annual_rate": rate}
    document["versions"].append({"code": "C", "from": "2022-01-01", "document": "x", "parameters": {}})
    _, (_, second, third) = versions_from_document(document)
    assert second.parameters.annual_rate == third.parameters.annual_rate == {3: 7000}
    assert third.parameters.max_months == 36
    assert third.figures["max_months"].citation == "人社部发〔2018〕66号"


def test_unit_and_choice_and_further_parameters_may_be_left_out() -> None:
    document = document_of("apprenticeship")
    entries = document["versions"][0]["parameters"]
    for name, spec in SCHEMES["apprenticeship"].parameters.items():
        if spec.judged:
            entries[name].pop("unit")
            entries[name].pop("choice")
        else:
            del entries[name]
    document["versions"] = document["versions"][:1]
    _, (version,) = versions_from_document(document)
    assert version.parameters.class_max is None
    assert version.figures["max_months"].unit == "月"
    assert version.figures["proration"].choice is False


def first(document: Document) -> Document:
    entry: Document = document["versions"][0]
    return entry


def figure(document: Document, name: str) -> Document:
    entry: Document = first(document)["parameters"][name]
    return entry


REFUSALS: dict[str, tuple[Callable[[Document], object], str]] = {
    "no scheme": (lambda d: d.pop("scheme"), "scheme"),
    "an unknown scheme": (lambda d: d.update(scheme="x"), "scheme"),
    "a scheme that is no name": (lambda d: d.update(scheme=["apprenticeship"]), "scheme"),
    "another member": (lambda d: d.update(note="x"), "note"),
    "no versions": (lambda d: d.pop("versions"), "versions"),
    "an empty list of versions": (lambda d: d.update(versions=[]), "versions"),
    "versions by name": (lambda d: d.update(versions={"a": 1}), "versions"),
    "a version that is none": (lambda d: d.update(versions=[1]), "versions[1]"),
    "no code": (lambda d: first(d).pop("code"), "versions[1].code"),
    "a number for a code": (lambda d: first(d).update(code=2020), "versions[1].code"),
    "the same code twice": (lambda d: d["versions"][1].update(code="YA-2020"), "versions[2].code"),
    "no date": (lambda d: first(d).pop("from"), "versions[1].from"),
    "a date in another form": (lambda d: first(d).update({"from": "2020-1-1"}), "versions[1].from"),
    "a number for a date": (lambda d: first(d).update({"from": 2020}), "versions[1].from"),
    "a date out of bounds": (lambda d: first(d).update({"from": date(1899, 1, 1)}), "versions[1].from"),
    "dates that stand still": (lambda d: d["versions"][1].update({"from": "2020-01-01"}), "versions[2].from"),
    "dates that fall": (lambda d: d["versions"][1].update({"from": "2019-12-31"}), "versions[2].from"),
    "no document": (lambda d: first(d).pop("document"), "versions[1].document"),
    "an empty document": (lambda d: first(d).update(document=""), "versions[1].document"),
    "another name in a version": (lambda d: first(d).update(until="x"), "versions[1].until"),
    "no parameters": (lambda d: first(d).pop("parameters"), "versions[1].parameters"),
    "parameters in a list": (lambda d: first(d).update(parameters=[1]), "versions[1].parameters"),
    "a missing parameter": (lambda d: first(d)["parameters"].pop("min_age"), "versions[1].parameters.min_age"),
    "an unknown parameter": (
        lambda d: first(d)["parameters"].update(min_aeg={"value": 1, "citation": "x"}), "versions[1].parameters.min_aeg",
    ),
    "a bare value": (lambda d: first(d)["parameters"].update(min_age=16), "versions[1].parameters.min_age"),
    "no value": (lambda d: figure(d, "min_age").pop("value"), "versions[1].parameters.min_age.value"),
    "no citation": (lambda d: figure(d, "min_age").pop("citation"), "versions[1].parameters.min_age.citation"),
    "an empty citation": (
        lambda d: figure(d, "min_age").update(citation=""), "versions[1].parameters.min_age.citation",
    ),
    "another name in a figure": (lambda d: figure(d, "min_age").update(vaule=1), "versions[1].parameters.min_age.vaule"),
    "a unit that is no text": (lambda d: figure(d, "min_age").update(unit=1), "versions[1].parameters.min_age.unit"),
    "a choice that is no boolean": (
        lambda d: figure(d, "min_age").update(choice="yes"), "versions[1].parameters.min_age.choice",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSALS)
def test_a_document_is_refused_for(what: str) -> None:
    document = document_of("apprenticeship")
    spoil, where = REFUSALS[what]
    spoil(document)
    with pytest.raises(BadPolicy) as wrong:
        versions_from_document(document)
    assert wrong.value.where == where
    assert wrong.value.message


WRONG_VALUES: dict[str, list[Any]] = {
    "max_months": ["36", 36.0, -1, 1201, True, None, [36]],
    "attendance_percent": [101, -1, 80.5, "80"],
    "min_hours_per_year": [10_000_001, -1, "400"],
    "uncertified": ["none", "flat", "flat:", "flat:-1", "flat:4000.50", "flat:99999999", 0, ["zero"]],
    "proration": ["days", "", 12, ["months"]],
    "annual_rate": [{}, [], 4000, {"6": 1}, {"0": 1}, {"三级": 1}, {"3": "6000"}, {"3": -1}, {"3": 1.5}, {3.0: 1},
                    {True: 1}, {3: 1, "3": 1}, {"3": True}],
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [(name, bad) for name, bads in WRONG_VALUES.items() for bad in bads])
def test_a_wrong_value_is_refused(name: str, value: Any) -> None:
    with pytest.raises(BadPolicy) as wrong:
        versions_from_document(document_of("apprenticeship", **{name: value}))
    assert wrong.value.where == f"versions[1].parameters.{name}.value"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("groups", "登记失业"),
        ("groups", [""]),
        ("groups", [1]),
        ("household_once", "deny"),
        ("household_once", True),
        ("once", ""),
    ],
)
def test_a_wrong_value_of_the_grant_is_refused(name: str, value: Any) -> None:
    with pytest.raises(BadPolicy):
        versions_from_document(document_of("entrepreneurship_grant", **{name: value}))


@pytest.mark.parametrize("value", ["zero", "half", "flat:0", "flat:4000"])
def test_the_ways_to_treat_finishing_without_a_certificate(value: str) -> None:
    _, read = versions_from_document(document_of("apprenticeship", uncertified=value))
    assert read[0].parameters.uncertified == value


@pytest.mark.parametrize(
    "text",
    [
        "", "[", "- 1", "scheme", "scheme: apprenticeship\nscheme: special_skill\nversions: []", "a: 1\n? [1, 2]\n: 3",
        "? {a: 1}\n: 3", "a: !!python/object:os.system {}", "a: 2020-13-45", "\x00", "&a [*a]", "{a: &a {b: *a}}",
    ],
)  # fmt: skip
def test_a_file_that_is_no_document_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "law.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadPolicy):
        versions_from_document(file)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "law.yaml"
    file.write_bytes("scheme: 学徒".encode("gb18030"))
    with pytest.raises(BadPolicy):
        versions_from_document(file)


def test_a_name_written_twice_is_refused_and_its_line_named(tmp_path: Path) -> None:
    file = tmp_path / "law.yaml"
    file.write_text("scheme: x\nversions:\n- {code: a}\nscheme: y\n", encoding="utf-8")
    with pytest.raises(BadPolicy, match="scheme 写了两次"):
        versions_from_document(file)


def test_parameters_know_their_bounds_options_and_clauses() -> None:
    parameters = SCHEMES["apprenticeship"].parameters
    assert parameters["attendance_percent"].bounds == (0, 100)
    assert parameters["proration"].options == ("months", "whole_year")
    assert parameters["max_months"].options == ()
    assert all(spec.clause for spec in parameters.values())


def test_figures_are_shown_for_reading() -> None:
    version = versions("apprenticeship")[1]
    shown = {name: figure.shown for name, figure in version.figures.items()}
    assert shown["annual_rate"] == "3: 6000, 4: 5000"
    assert (shown["uncertified"], shown["proration"], shown["max_months"]) == ("不予补贴", "按整月", "36")
    _, read = versions_from_document(document_of("apprenticeship", uncertified="flat:4000"))
    assert read[0].figures["uncertified"].shown == "4000 元/人·年"
