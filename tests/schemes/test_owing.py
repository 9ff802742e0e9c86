"""What a decision makes owed to whom, shared out in whole fen, and what is said of a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schemes.told import eligible, judge
from trainingadmin.kernel.money import ZERO, Money, split, total
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.schemes import SCHEMES, Decision, Owed, owing


def owed(decision: Decision) -> list[tuple[str, str, str, str]]:
    return [tuple(one.to_json().values()) for one in SCHEMES[decision.version.scheme].owed(decision)]  # type: ignore[misc]


@given(st.integers(0, 10**9), st.integers(1, 40))
def test_an_amount_is_shared_out_to_the_last_fen(fen: int, parts: int) -> None:
    shares = split(Money(fen), parts)
    assert (total(shares), len(shares)) == (Money(fen), parts)
    assert {share.fen for share in shares[:-1]} <= {fen // parts}
    assert fen // parts <= shares[-1].fen < fen // parts + parts


def test_nothing_is_split_in_no_parts() -> None:
    with pytest.raises(ValueError, match="at least one part"):
        split(Money(100), 0)


def test_an_apprentice_is_owed_the_balance_and_nothing_when_all_was_paid_ahead() -> None:
    decision = judge(eligible("apprenticeship", advance_paid=0))
    assert owed(decision) == [("balance", str(decision.entitlement), "", "organisation")]
    assert owed(judge(eligible("apprenticeship", advance_paid=str(decision.entitlement)))) == []


def test_a_founder_is_owed_the_grant_once_and_nothing_when_refused() -> None:
    assert owed(judge(eligible("entrepreneurship_grant"))) == [("one_off", "10000.00", "", "person")]
    assert owed(judge(eligible("entrepreneurship_grant", registry_status="cancelled"))) == []


def test_each_month_at_work_is_owed_by_itself() -> None:
    told = eligible(
        "work_as_training", months=["2020-06", "2020-07"], months_paid_before=[], in_other_training_months=[]
    )
    assert owed(judge(told)) == [
        ("monthly", "200.00", "2020-06", "organisation"),
        ("monthly", "200.00", "2020-07", "organisation"),
    ]
    assert owed(judge({**told, "months_paid_before": ["2020-06", "2020-07"]})) == []


def test_a_trainee_of_a_class_is_owed_the_allowance_whatever_the_result() -> None:
    told = eligible("special_skill", mode="帮扶专班", days_attended=9)
    subsidy, allowance = owed(judge(told))
    assert (subsidy[0], allowance) == ("balance", ("allowance", "450.00", "", "person"))
    assert owed(judge({**told, "passed": False})) == [allowance]
    assert owed(judge({**told, "civil_service_pension": True})) == []
    assert [one[0] for one in owed(judge({**told, "mode": "普通"}))] == ["balance"]


def test_what_is_owed_is_read_back_as_it_was_written() -> None:
    one = Owed("monthly", Money(20_001), "2020-06", "person")
    assert owing.from_json(one.to_json()) == one


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_line_is_told_in_both_languages(scheme: str) -> None:
    among = SCHEMES[scheme].particulars
    values = {"level": 3, "months": 24, "period": ["2020-05-01", "2022-04-30"], "hours": 80}
    known = {one.name: values.get(one.name, "某") for one in among}
    if scheme == "work_as_training":
        known["months"] = ["2020-06", "2020-07"]
    chinese, english = (owing.told(among, known, english=which) for which in (False, True))
    assert [label for label, _ in chinese] == [one.label_zh for one in among]
    assert [label for label, _ in english] == [one.label_en for one in among]
    assert len(owing.in_brief(among, known, english=False)) == sum(one.brief for one in among)
    assert owing.told(among, {}, english=False) == []


def test_who_stands_in_signs_with_whom_they_stand_in_for() -> None:
    actor = Actor(
        1, "甲", frozenset({Role.CHECKER, Role.ACCEPTANCE}), stands_in=((Role.CHECKER, "乙"),)
    )  # fmt: skip
    assert actor.name_as(Role.CHECKER) == "甲（代乙）"
    assert actor.name_as(Role.ACCEPTANCE) == actor.name_as(Role.PREPARER) == "甲"
    assert total([]) == ZERO
