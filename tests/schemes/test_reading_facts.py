"""Reading facts: what is a bad fact, which of several is reported first, and what survives the way there and back."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.schemes.told import Told, eligible
from trainingadmin.kernel.money import Money
from trainingadmin.schemes import SCHEMES, BadFact, facts_from_json
from trainingadmin.schemes.jsonl import answers, decide_told, shipped_law

LAW = shipped_law()
BAD_DATES = [
    "2020-5-1",
    "20200501",
    "2020-02-30",
    "1899-12-31",
    "2200-01-01",
    "２０２０-05-01",
    "",
    20200501,
    True,
    [],
    {},
]
BAD_FLAGS = ["true", 0, 1, "", [], 1.0]
BAD_COUNTS = ["36", 36.5, -1, 10_000_001, True, False, [], Decimal("36.0")]
BAD_MONEY = ["4,000", "+1", "-1", "1e3", " 1", "1.", ".5", "1.005", "", -1, -0.01, True, [], "１", "1000000000.01",
             10**9 + 1, 4000.555, Decimal("1000000000.01"), Decimal("Infinity"), Decimal("4000.555")]  # fmt: skip
GOOD_MONEY: list[tuple[Any, int]] = [
    ("4000.50", 400_050), ("4000.5", 400_050), ("0", 0), ("0004000", 400_000), (4000, 400_000), (0, 0),
    (4000.5, 400_050), (Decimal("4000.55"), 400_055), (Decimal("4000.500"), 400_050), (Decimal("1E+3"), 100_000),
    (10**9, 10**11), ("1000000000", 10**11), ("1000000000.00", 10**11), (Decimal("-0.0"), 0), (0.01, 1),
]  # fmt: skip


def refused(told: Told) -> tuple[str, str | None]:
    with pytest.raises(BadFact) as wrong:
        decide_told(told, LAW)
    return wrong.value.code, wrong.value.field


def without(told: Told, *names: str) -> Told:
    return {name: value for name, value in told.items() if name not in names}


@pytest.mark.parametrize("bad", BAD_DATES)
def test_a_date_in_another_form_is_a_bad_fact(bad: Any) -> None:
    assert refused(eligible("apprenticeship", born_on=bad)) == ("bad-fact", "born_on")


@pytest.mark.parametrize("bad", BAD_FLAGS)
def test_only_true_and_false_are_booleans(bad: Any) -> None:
    assert refused(eligible("apprenticeship", left_early=bad)) == ("bad-fact", "left_early")


@pytest.mark.parametrize("bad", BAD_COUNTS)
def test_whole_numbers_are_integers_within_bounds(bad: Any) -> None:
    assert refused(eligible("apprenticeship", planned_minutes=bad)) == ("bad-fact", "planned_minutes")


def test_a_whole_number_may_be_ten_million_and_months_twelve_hundred() -> None:
    told = eligible("apprenticeship", planned_minutes=10_000_000, filed_months=1200, extended_months=1200)
    assert decide_told(told, LAW).verdict == "refused"


@pytest.mark.parametrize(
    ("scheme", "field"),
    [
        ("apprenticeship", "filed_months"),
        ("apprenticeship", "extended_months"),
        ("entrepreneurship_grant", "insured_months"),
    ],
)
def test_more_than_1200_months_are_a_bad_fact(scheme: str, field: str) -> None:
    assert refused(eligible(scheme, **{field: 1201})) == ("bad-fact", field)


@pytest.mark.parametrize("bad", [0, 6, "3", 3.0, True, "三级"])
def test_levels_are_1_to_5(bad: Any) -> None:
    assert refused(eligible("apprenticeship", target_level=bad)) == ("bad-fact", "target_level")


@pytest.mark.parametrize("bad", BAD_MONEY)
def test_money_in_another_form_is_a_bad_fact(bad: Any) -> None:
    assert refused(eligible("apprenticeship", advance_paid=bad)) == ("bad-fact", "advance_paid")


@pytest.mark.parametrize(("good", "fen"), GOOD_MONEY)
def test_money_is_read_to_the_fen(good: Any, fen: int) -> None:
    assert decide_told(eligible("apprenticeship", advance_paid=good), LAW).advance == Money(fen)


@pytest.mark.parametrize("bad", ["", 7, True, ["电工"]])
def test_texts_are_not_empty(bad: Any) -> None:
    assert refused(eligible("apprenticeship", occupation=bad)) == ("bad-fact", "occupation")


@pytest.mark.parametrize(
    ("scheme", "field"),
    [
        ("apprenticeship", "stage"),
        ("apprenticeship", "retirement_class"),
        ("entrepreneurship_grant", "registry_status"),
        ("special_skill", "mode"),
    ],
)
@pytest.mark.parametrize("bad", ["Filing", "扶贫专班", "", 1, ["filing"]])
def test_a_value_that_is_not_listed_is_a_bad_fact(scheme: str, field: str, bad: Any) -> None:
    assert refused(eligible(scheme, **{field: bad})) == ("bad-fact", field)


@pytest.mark.parametrize(
    "bad", ["2020-05", ["2020-5"], [None], ["2020-13"], [202005], {"2020-05": True}, [["2020-05"]]]
)
def test_lists_of_months_are_lists_of_months(bad: Any) -> None:
    told = eligible("work_as_training", months_paid_before=bad)
    assert refused(told) == ("bad-fact", "months_paid_before")


@pytest.mark.parametrize(
    "bad",
    [
        {"occupation": "电工", "level": 4},
        [{"occupation": "电工"}],
        [{"occupation": None, "level": 4}],
        [{"occupation": "电工", "level": 6}],
        [{"occupation": "电工", "level": 4, "on": "2019"}],
        [{"occupation": "电工", "level": 4, "paid": True}],
        [None],
        ["电工"],
    ],
)
def test_an_entry_has_all_its_members_and_no_other(bad: Any) -> None:
    assert refused(eligible("apprenticeship", paid_before=bad)) == ("bad-fact", "paid_before")


@pytest.mark.parametrize(
    "bad",
    [[{"group": "返乡入乡"}], [{"from": "2020-01-01"}], [{"group": "返乡入乡", "from": "2020-01-01", "until": None}]],
)
def test_an_interval_has_a_group_and_a_beginning(bad: Any) -> None:
    assert refused(eligible("entrepreneurship_grant", groups=bad)) == ("bad-fact", "groups")


@pytest.mark.parametrize(
    "bad", [[], "Y1", {"level": 0}, {"verified": 1}, {"issued_on": "x"}, {"number": 1}, {"Level": 3}]
)
def test_a_certificate_has_its_members_and_no_other(bad: Any) -> None:
    assert refused(eligible("apprenticeship", certificate=bad)) == ("bad-fact", "certificate")


@pytest.mark.parametrize("held", [{}, {"level": None}, {"occupation": "电工", "verified": False}])
def test_members_of_a_certificate_may_be_missing(held: Any) -> None:
    assert decide_told(eligible("apprenticeship", certificate=held), LAW).verdict in ("unknown", "refused")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("value", [None, 1, "x"])
def test_a_name_that_is_not_listed_is_a_bad_fact_even_when_null(scheme: str, value: Any) -> None:
    assert refused(eligible(scheme, bornon=value)) == ("bad-fact", "bornon")


@pytest.mark.parametrize("scheme", [name for name in SCHEMES if name != "apprenticeship"])
def test_only_apprentices_have_stages(scheme: str) -> None:
    assert refused(eligible(scheme, stage="claim")) == ("bad-fact", "stage")


def test_facts_that_the_stage_does_not_judge_are_checked_all_the_same() -> None:
    told = eligible("apprenticeship", stage="filing", credited_minutes="viele")
    assert refused(told) == ("bad-fact", "credited_minutes")


def test_case_comes_first_then_scheme_then_form_in_the_order_of_the_facts() -> None:
    told = eligible("apprenticeship", case="", scheme="x", filed_on="x", claimed_on="x", policy_on="x", other=1)
    steps: list[tuple[str, Told]] = [
        ("case", {"case": "c"}),
        ("scheme", {"scheme": "apprenticeship"}),
        ("filed_on", {"filed_on": None}),
        ("claimed_on", {"claimed_on": "2022-06-01"}),
        ("policy_on", {"policy_on": None}),
    ]
    for field, mended in steps:
        assert refused(told) == ("bad-fact", field)
        told |= mended
    assert refused(told) == ("bad-fact", "other")
    assert refused(without(told, "other")) == ("bad-fact", "filed_on")


def test_the_form_of_every_fact_comes_before_names_inside_a_certificate() -> None:
    told = eligible("apprenticeship", certificate={"grade": 3}, enterprise_blacklisted="no")
    assert refused(told) == ("bad-fact", "enterprise_blacklisted")
    assert refused(told | {"enterprise_blacklisted": False}) == ("bad-fact", "certificate")


def test_of_several_names_not_listed_the_first_in_the_line_is_reported() -> None:
    told = eligible("apprenticeship") | {"zeta": 1, "alpha": 1}
    assert refused(told) == ("bad-fact", "zeta")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["case", "scheme"])
def test_case_and_scheme_may_not_be_missing(scheme: str, name: str) -> None:
    assert refused(without(eligible(scheme), name)) == ("bad-fact", name)
    assert refused(eligible(scheme) | {name: None}) == ("bad-fact", name)


@pytest.mark.parametrize("scheme", [None, "", "Apprenticeship", 1, ["apprenticeship"], {}])
def test_an_unknown_scheme_is_a_bad_fact(scheme: Any) -> None:
    assert refused({"case": "c", "scheme": scheme}) == ("bad-fact", "scheme")


@pytest.mark.parametrize("missing", [{}, {"stage": None}])
def test_the_stage_may_not_be_missing(missing: Told) -> None:
    told = without(eligible("apprenticeship"), "stage") | missing | {"filed_on": "x"}
    assert refused(told) == ("bad-fact", "stage")


@pytest.mark.parametrize(
    ("scheme", "anchor", "missing"),
    [
        ("apprenticeship", "filed_on", None),
        ("entrepreneurship_grant", "registered_on", None),
        ("special_skill", "opened_on", None),
        ("work_as_training", "months", None),
        ("work_as_training", "months", []),
    ],
)
def test_the_anchor_may_be_missing_only_beside_policy_on(scheme: str, anchor: str, missing: Any) -> None:
    told = eligible(scheme, **{anchor: missing})
    assert refused(told) == ("bad-fact", anchor)
    assert refused(told | {"policy_on": None}) == ("bad-fact", anchor)
    assert decide_told(told | {"policy_on": "2022-01-01"}, LAW).version.scheme == scheme


@pytest.mark.parametrize(
    ("scheme", "anchor", "early"),
    [
        ("apprenticeship", "filed_on", "2019-12-31"),
        ("entrepreneurship_grant", "registered_on", "2017-10-12"),
        ("special_skill", "opened_on", "2019-12-31"),
        ("work_as_training", "months", ["2020-01", "2019-12"]),
    ],
)
def test_an_anchor_before_the_first_version_has_no_policy(scheme: str, anchor: str, early: Any) -> None:
    assert refused(eligible(scheme, **{anchor: early})) == ("no-policy", anchor)
    assert refused(eligible(scheme, policy_on="1900-01-01")) == ("no-policy", "policy_on")


@pytest.mark.parametrize(
    ("scheme", "anchor", "first"),
    [
        ("apprenticeship", "filed_on", "2020-01-01"),
        ("entrepreneurship_grant", "registered_on", "2017-10-13"),
        ("special_skill", "opened_on", "2020-01-01"),
        ("work_as_training", "months", ["2020-02", "2020-01"]),
    ],
)
def test_the_first_day_of_the_first_version_has_a_policy(scheme: str, anchor: str, first: Any) -> None:
    assert decide_told(eligible(scheme, **{anchor: first}), LAW).to_json()["policy"] == "YA-2020"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_facts_come_back_from_their_json_as_they_were(scheme: str) -> None:
    told = eligible(scheme)
    facts = facts_from_json(scheme, told)
    again = facts_from_json(scheme, json.loads(json.dumps(facts.to_json())))
    assert again == facts
    assert list(facts.to_json())[:2] == ["case", "scheme"]


def test_stored_facts_may_leave_out_the_scheme_that_is_named_beside_them() -> None:
    told = eligible("apprenticeship")
    assert facts_from_json("apprenticeship", without(told, "scheme")) == facts_from_json("apprenticeship", told)


def test_facts_are_not_shown_in_logs() -> None:
    assert "1990" not in repr(facts_from_json("apprenticeship", eligible("apprenticeship")))


def lines(*told: Any) -> list[dict[str, Any]]:
    raw = [entry if isinstance(entry, bytes) else json.dumps(entry).encode() for entry in told]
    return [json.loads(line) for _, line in answers(raw, LAW)]


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"[]", b'"case"', b"1", b"null", b'{"case": NaN}', b'{"case": "c", "advance_paid": Infinity}', b"{'case': 1}",
        b'{"case": "c", "advance_paid": -Infinity}', b'\xff\xfe{"case"}', b'{"case": "c"} {}', b'{"case": "\x01"}',
        b"[" * 100_000, '{"case": "案例"}'.encode("gb18030"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_json_object_is_bad_json(line: bytes) -> None:
    (answer,) = lines(line)
    assert answer["case"] is None
    assert (answer["error"]["code"], answer["error"]["field"]) == ("bad-json", None)
    assert answer["error"]["message"]


@pytest.mark.parametrize("number", [b"9" * 5000, b"1e999999999999999999999", b"0." + b"1" * 5000])
def test_a_number_beyond_all_bounds_is_a_bad_fact(number: bytes) -> None:
    told = json.dumps(eligible("apprenticeship", advance_paid="HERE")).encode().replace(b'"HERE"', number)
    (answer,) = lines(told)
    assert (answer["case"], answer["error"]["field"]) == ("案例", "advance_paid")


def test_36_with_a_decimal_point_is_no_whole_number() -> None:
    told = json.dumps(eligible("apprenticeship", filed_months="HERE")).encode().replace(b'"HERE"', b"36.0")
    (answer,) = lines(told)
    assert answer["error"]["field"] == "filed_months"


@pytest.mark.parametrize("case", [None, "", 7, True, ["c"]])
def test_a_bad_case_is_answered_with_null(case: Any) -> None:
    (answer,) = lines(eligible("apprenticeship", case=case))
    assert answer["case"] is None
    assert answer["error"]["field"] == "case"


def test_half_a_surrogate_pair_is_answered_as_it_was_told() -> None:
    good, bad = lines(
        eligible("apprenticeship", case="\ud800"), eligible("apprenticeship", case="\ud800", filed_on="x")
    )
    assert (good["case"], good["verdict"]) == ("\ud800", "eligible")
    assert (bad["case"], bad["error"]["field"]) == ("\ud800", "filed_on")


def test_a_name_written_twice_counts_as_the_last() -> None:
    told = json.dumps(eligible("apprenticeship")).encode()[:-1] + b', "advance_paid": "1.00"}'
    assert lines(told)[0]["advance"] == "1.00"


def test_empty_lines_are_skipped_and_a_byte_order_mark_is_not_minded() -> None:
    told = json.dumps(eligible("apprenticeship")).encode()
    assert len(lines(b"\xef\xbb\xbf" + told + b"\r\n", b"\n", b"\r\n", b"  \n", told)) == 2


def test_a_bad_fact_is_not_repeated_in_its_message() -> None:
    (answer,) = lines(eligible("apprenticeship", born_on="511802199002030000"))
    assert "5118" not in answer["error"]["message"]
