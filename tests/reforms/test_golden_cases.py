"""Golden cases: read strictly, run under the law that would be, taken in, revised and withdrawn with a draft."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from tests.factories import Office
from tests.reforms import stage
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.pages import explain
from trainingadmin.policies import golden
from trainingadmin.policies import queries as policies
from trainingadmin.policies.models import GoldenCase, PolicyDraft
from trainingadmin.reforms import actions
from trainingadmin.schemes import SCHEMES, versions

HOLDS = yaml.safe_dump({**golden.shipped(stage.SCHEME)[0], "case": "本局添加的案例"}, allow_unicode=True)
BROKEN = "case: 未提供的都通过\nfacts: {stage: claim, filed_on: 2020-04-20}\npays: 4000\n"


def add(office: Office, text: str, login: str = "policy", **more: Any) -> GoldenCase:
    with transaction.unit():
        return actions.add_case(stage.SCHEME, text, by=office.actor(login), **more)


def names(draft: PolicyDraft | None = None) -> list[str]:
    with transaction.unit(reads=True):
        return [case.name for case in policies.golden_cases(stage.SCHEME, draft)]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_shipped_case_is_stored_and_holds(office: Office, scheme: str) -> None:
    with transaction.unit(reads=True):
        runs = actions.run_cases(scheme)
    assert len(runs) == len(golden.shipped(scheme)) >= 25
    assert [run.case.name for run in runs if run.misses] == []


def test_a_case_that_holds_is_taken_in_and_counts_at_once(office: Office) -> None:
    made = add(office, HOLDS)
    assert made.name in names()
    with transaction.unit(reads=True):
        assert [run.case.id for run in actions.run_cases(stage.SCHEME) if not run.misses][-1] == made.id


def test_a_case_that_breaks_under_what_is_in_force_is_refused_with_what_came_out(office: Office) -> None:
    with pytest.raises(Refusal, match="case-broken") as found:
        add(office, BROKEN)
    assert "verdict eligible → unknown" in str(found.value.values["found"])
    assert found.value.field == "text"


def test_with_a_draft_a_broken_case_is_taken_in_and_counts_for_that_draft_alone(office: Office) -> None:
    draft = stage.drafted(office)
    add(office, BROKEN, draft=draft)
    assert "未提供的都通过" in names(draft)
    assert "未提供的都通过" not in names()
    with transaction.unit(reads=True):
        assert [run.case.name for run in actions.run_cases(stage.SCHEME, draft) if run.misses] == ["未提供的都通过"]


def test_cases_of_a_draft_count_for_everybody_once_it_is_in_force(office: Office) -> None:
    draft = stage.drafted(office)
    add(office, HOLDS, draft=draft)
    stage.activated(office, draft)
    assert "本局添加的案例" in names()


def test_a_case_in_use_is_revised_and_withdrawn_along_with_a_draft_only(office: Office) -> None:
    draft = stage.drafted(office)
    with transaction.unit(reads=True):
        first, second, *_ = policies.golden_cases(stage.SCHEME)
    with pytest.raises(Refusal, match="case-counts"):
        add(office, HOLDS, replaces=first)
    add(office, HOLDS, draft=draft, replaces=first)
    with transaction.unit():
        actions.withdraw_case(second, draft, by=office.actor("policy"), note="新文件取消")
    assert {first.name, second.name} & set(names(draft)) == set()
    assert {first.name, second.name} <= set(names())
    stage.activated(office, draft)
    assert {first.name, second.name} & set(names()) == set()


def test_a_withdrawal_says_why_and_is_made_once(office: Office) -> None:
    draft = stage.drafted(office)
    with transaction.unit(reads=True):
        first = policies.golden_cases(stage.SCHEME)[0]
    with pytest.raises(Refusal, match="note-missing"), transaction.unit():
        actions.withdraw_case(first, draft, by=office.actor("policy"), note=" ")
    with transaction.unit():
        actions.withdraw_case(first, draft, by=office.actor("policy"), note="不再适用")
    with pytest.raises(Refusal, match="case-known"), transaction.unit():
        actions.withdraw_case(first, draft, by=office.actor("policy"), note="不再适用")


@pytest.mark.parametrize("login", ["supervisor", "approval", "admin"])
def test_only_policy_maintainers_add_cases(office: Office, login: str) -> None:
    with pytest.raises(Refusal, match="move-role"):
        add(office, HOLDS, login)


def test_two_cases_do_not_share_a_name(office: Office) -> None:
    add(office, HOLDS)
    with pytest.raises(Refusal, match="case-known"):
        add(office, HOLDS)


def test_the_cases_of_a_proposed_draft_stay(office: Office) -> None:
    draft = stage.proposed(office)
    with pytest.raises(Refusal, match="draft-closed"):
        add(office, HOLDS, draft=draft)


@pytest.mark.parametrize(
    "text",
    [
        "case: [", "- a\n- b", "just words", "facts: {stage: claim}", "case: x", "case: x\nfacts: {stage: claim}\n",
        "case: x\nfacts: {stage: claim, filed_on: 2020-04-20}\npays: 1\nrefused: [retired]",
        "case: x\nfacts: {stage: claim, filed_on: 2020-04-20}\npays: viel",
        "case: x\nfacts: {stage: claim, filed_on: 2020-04-20}\nrefused: [no-such-condition]",
        "case: x\nfacts: {stage: claim, filed_on: 2020-04-20}\nrefused: retired",
        "case: x\nfacts: {stage: claim, filed_on: 2020-04-20}\npays: 1\nfigures: {nonsense: 1}",
        "case: x\nfacts: {stage: claim, filed_on: 2020-04-20, filed_off: 1}\npays: 1",
        "case: x\nfacts: {stage: claim, filed_on: 2020-13-20}\npays: 1", "case: x\nfacts: {stage: claim}\npays: 1",
        "case: x\nfacts: {stage: claim, filed_on: 2020-04-20}\npays: 1\nhope: true",
    ],
)  # fmt: skip
def test_a_case_not_of_the_form_is_refused_beside_the_text(office: Office, text: str) -> None:
    with pytest.raises(Refusal, match="case-bad") as found:
        add(office, text)
    assert found.value.field == "text"


@pytest.mark.parametrize(
    ("facts", "chinese", "english"),
    [
        ("{stage: claim, nonsense: 1}", "nonsense：没有这一项事实", "nonsense: there is no such fact"),
        ("{stage: claim, filed_months: 1.5}", "filed_months：应为 0 至 1200 的整数", "filed_months: must be a whole number from 0 to 1200"),
        ("{stage: middle}", "stage：应为以下之一：filing、claim", "stage: must be one of: filing、claim"),
        ("{stage: claim, paid_before: [{level: 3}]}", "paid_before：每一项应有这些成员", "paid_before: each entry must have"),
        ("{stage: claim, born_on: '1990-02-30'}", "born_on：没有这一天", "born_on: There is no such day"),
        ("{stage: claim, born_on: 1990-02-30}", "引号和日期", "the quotes and the dates"),
    ],
)  # fmt: skip
def test_a_wrong_fact_is_named_with_its_form_in_both_languages(
    app: Flask, office: Office, facts: str, chinese: str, english: str
) -> None:
    with pytest.raises(Refusal, match="case-bad") as found:
        add(office, f"case: x\nfacts: {facts}\npays: 1")
    for language, said in (("zh_CN", chinese), ("en", english)):
        with app.test_request_context(), force_locale(language):
            assert said in explain(found.value)


def test_the_database_changes_and_deletes_no_case(office: Office) -> None:
    for statement in (update(GoldenCase).values(name="x"), delete(GoldenCase)):
        with pytest.raises(DBAPIError, match="append-only"), transaction.unit():
            db.session.execute(statement)


def test_everything_that_comes_out_otherwise_is_named() -> None:
    (case, *_) = golden.shipped(stage.SCHEME)
    wrong = {
        **case, "pays": 1, "warns": ["retired"], "passes": ["level-no-rate", "duration-max"], "policy": "X",
        "balance": 9, "possible_on": "2030-01-01",
    }  # fmt: skip
    found = golden.misses(stage.SCHEME, wrong, versions(stage.SCHEME))
    assert [one.what for one in found] == ["pays", "warns", "passes", "policy", "balance", "possible_on"]


def test_facts_before_any_version_are_a_miss_not_a_crash() -> None:
    case = {"case": "x", "facts": {"stage": "claim", "filed_on": "2019-01-01"}, "pays": 1}
    (found,) = golden.misses(stage.SCHEME, case, versions(stage.SCHEME))
    assert found.what == "facts"
