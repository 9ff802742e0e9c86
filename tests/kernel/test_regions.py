"""Region codes: those of today, those of earlier years, and those nobody ever had."""

from __future__ import annotations

import pytest

from trainingadmin.kernel.regions import YAAN, YAAN_COUNTIES, county_name, is_known_region, region_name


@pytest.mark.parametrize(
    "code",
    [
        *YAAN_COUNTIES,
        "513101",
        "513125",
        "513128",
        "511821",
        "500235",
        "411525",
        "513434",
        "110101",
        "419001",
        "659001",
        "810000",
    ],
)
def test_codes_of_today_and_of_earlier_years_are_known(code: str) -> None:
    assert is_known_region(code)
    assert region_name(code)


@pytest.mark.parametrize("code", ["519999", "511899", "513199", "999999", "000000", "709901", ""])
def test_codes_that_nobody_ever_had_are_not(code: str) -> None:
    assert not is_known_region(code)
    assert region_name(code) is None


def test_a_former_county_code_has_todays_name() -> None:
    assert county_name("513125") == county_name("511824") == "石棉县"
    assert county_name("510104") is None


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (YAAN, "四川省雅安市"),
        ("511824", "四川省雅安市石棉县"),
        ("513434", "四川省凉山彝族自治州"),
        ("500235", "重庆市"),
    ],
)
def test_a_name_says_as_much_as_is_known(code: str, name: str) -> None:
    assert region_name(code) == name
