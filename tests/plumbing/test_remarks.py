"""Remarks about a file's cells that say the same are one, with all their rows; their order is kept."""

from __future__ import annotations

from typing import Any

from trainingadmin.plumbing.spreadsheets.findings import together


def remark(
    row: int | str, reason: str = "参保单位不是申报企业", value: str = "", column: str = "L 参保单位"
) -> dict[str, Any]:
    return {"row": row, "column": column, "value": value, "kind": "hold", "reason": reason, "advice": ""}


def test_what_says_the_same_of_a_column_is_one_with_all_rows() -> None:
    (one,) = together(remark(row, value="别的单位") for row in (4, 5, 6, 9))
    assert (one["row"], one["value"]) == ("4–6、9", "别的单位")


def test_different_reasons_and_columns_stay_apart_in_their_order() -> None:
    told = together([remark(4), remark(5, "没有填写参保单位"), remark(6), remark(7, column="B 姓名")])
    assert [(one["row"], one["column"]) for one in told] == [
        ("4、6", "L 参保单位"),
        ("5", "L 参保单位"),
        ("7", "B 姓名"),
    ]


def test_a_few_values_are_shown_and_that_there_are_more() -> None:
    (one,) = together(remark(row, value=f"单位{row}") for row in (1, 2, 3, 4))
    assert one["value"] == "单位1、单位2、单位3…"


def test_a_range_of_rows_stays_a_range_and_nothing_changes_twice() -> None:
    told = together([remark("28–30"), remark(31)])
    assert [one["row"] for one in told] == ["28–30、31"]
    assert together(told) == told
