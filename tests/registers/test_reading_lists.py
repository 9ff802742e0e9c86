"""Reading a list of another department: what it is, whose, of which day, and every mistake with its cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cohorts.rosters import name, number
from tests.registers import lists
from tests.sample_files import sample
from trainingadmin.kernel.identifiers import id_check_digit
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.registers import sheet
from trainingadmin.registers.sheet import ListReading
from trainingadmin.registers.states import Register

TODAY = date(2020, 7, 1)


def read(data: bytes) -> ListReading:
    return sheet.read(read_workbook(data).sheets, TODAY)


def of(kind: Register, *lines: Mapping[str, Value], **head: str) -> ListReading:
    usual = {"name": name(1), "id_number": number(1)}
    return read(lists.made_up(kind, [{**usual, **line} for line in lines], **head))


def codes(reading: ListReading) -> list[tuple[str, str]]:
    return [(found.address, found.code) for found in reading.findings]


@pytest.mark.parametrize(
    ("file", "kind", "topic", "as_of", "lines"),
    [
        (lists.STATUS, Register.STATUS, "脱贫劳动力", date(2020, 5, 31), 70),
        (lists.PENSION, Register.PENSION, "", date(2020, 6, 10), 31),
        (lists.DEATH, Register.DEATH, "", date(2020, 6, 30), 20),
        (lists.INSURANCE, Register.INSURANCE, "", date(2020, 5, 31), 61),
    ],
)
def test_the_sample_lists_are_read_whole(file: str, kind: Register, topic: str, as_of: date, lines: int) -> None:
    reading = read(sample(file))
    assert (reading.kind, reading.topic, reading.as_of) == (kind, topic, as_of)
    assert (len(reading.rows), reading.lines, reading.findings) == (lines, lines, ())
    assert reading.department


def test_what_is_no_list_is_refused_as_a_whole() -> None:
    reading = read(sample("apprentices-石棉-2020-ok.xlsx"))
    assert (reading.kind, codes(reading)) == (None, [("1", "header-missing")])


def test_every_kind_has_a_form_that_is_read_as_this_kind() -> None:
    for kind in Register:
        assert of(kind, {}).kind is kind


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ({"department": ""}, "source-missing"),
        ({"as_of": ""}, "as-of-missing"),
        ({"as_of": "五月"}, "date-form"),
        ({"as_of": "2020-02-30"}, "date-none"),
        ({"as_of": "2020-07-02"}, "as-of-future"),
    ],
)
def test_a_list_says_whose_it_is_and_of_which_day(head: dict[str, str], code: str) -> None:
    reading = of(Register.DEATH, {}, **head)
    assert [found for _, found in codes(reading)] == [code]
    assert not reading.importable


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ({"name": ""}, ("B4", "missing")),
        ({"id_number": number(1)[:17] + ("1" if number(1)[17] == "0" else "0")}, ("C4", "id-check-digit")),
        ({"id_number": 511824800101001}, ("C4", "id-legacy")),
        ({"id_number": 511824198001010019}, ("C4", "number-too-long")),
        ({"from_on": "不详"}, ("D4", "date-form")),
    ],
)
def test_a_mistake_is_named_with_its_cell(line: dict[str, Value], found: tuple[str, str]) -> None:
    reading = of(Register.DEATH, line)
    assert found in codes(reading)


def test_a_status_that_nobody_knows_is_an_error() -> None:
    assert codes(of(Register.STATUS, {"word": "富裕户"})) == [("F4", "status-unknown")]


def test_a_status_list_is_of_one_group() -> None:
    second = {"name": name(2), "id_number": number(2), "word": "退役军人"}
    assert codes(of(Register.STATUS, {}, second)) == [("F5", "status-mixed")]


def test_nobody_dies_twice() -> None:
    assert codes(of(Register.DEATH, {}, {"from_on": date(2020, 5, 17)})) == [("C5", "id-twice")]


def test_a_list_without_lines_is_an_error() -> None:
    assert codes(of(Register.DEATH)) == [("3", "no-lines")]


def test_odd_dates_are_imported_and_marked_for_a_human() -> None:
    reading = of(Register.PENSION, {"to_on": date(2013, 11, 30)}, {"from_on": date(2020, 6, 1)})
    assert [row.odd for row in reading.rows] == ["dates-odd", "date-after-list"]
    assert reading.importable


def test_a_small_x_and_full_width_digits_are_folded() -> None:
    written = "".join(chr(ord(mark) + 0xFEE0) for mark in number(1)).lower()
    assert of(Register.DEATH, {"id_number": written}).rows[0].id_number == number(1)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 9999), st.dates(date(1905, 1, 1), date(1999, 12, 31)))
def test_an_old_number_stands_for_exactly_one_new_one(serial: int, born_on: date) -> None:
    first_17 = f"511824{born_on:%Y%m%d}{serial % 1000:03d}"
    new, old = first_17 + id_check_digit(first_17), first_17[:6] + first_17[8:]
    reading = of(Register.DEATH, {"id_number": old})
    assert [(row.id_number, row.legacy) for row in reading.rows] == [(new, True)]
    assert [found.code for found in reading.findings] == ["id-legacy"]
