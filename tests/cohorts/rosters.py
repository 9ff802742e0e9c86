"""Makes up rosters of any length: valid ID numbers that belong to nobody, one row a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from trainingadmin.cohorts.roster_columns import FIELDS
from trainingadmin.kernel.identifiers import id_check_digit
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_table

UNIT, CODE = "雅安示例机械制造有限公司", "91511824MA0000111L"
_FAMILY, _GIVEN = "赵钱孙李周吴郑王冯陈", "一二三四五六七八九十甲乙丙丁"
_BORN = date(1980, 1, 1)
_DATES = {"contract_from", "contract_to", "starts_on", "ends_on"}


def number(at: int) -> str:
    """Return the valid ID number of the person at a place: serials 000 to 009, so that nobody bears it."""
    day, serial = divmod(at, 10)
    first_17 = f"511824{_BORN + timedelta(days=day):%Y%m%d}{serial:03d}"
    return first_17 + id_check_digit(first_17)


def name(at: int) -> str:
    """Return a name of three characters."""
    return _FAMILY[at % 10] + _GIVEN[at // 10 % 14] + _GIVEN[at // 140 % 14]


def row(at: int, **changes: Value) -> dict[str, Value]:
    """Return the values of one person by the keys of the roster's columns."""
    values: dict[str, Value] = {
        "position": str(at + 1),
        "name": name(at),
        "sex": "男" if at % 10 % 2 else "女",
        "nation": "汉族",
        "id_number": number(at),
        "education": "高中",
        "household": "四川省石棉县",
        "category": "在岗",
        "post": "焊工",
        "contract_from": date(2020, 1, 1),
        "contract_to": date(2022, 12, 31),
        "insured_unit": UNIT,
        "insured_since": "2020-01",
        "occupation": "焊工",
        "occupation_code": "6-18-02-04",
        "target_level": "三级",
        "prior_level": "",
        "prior_certificate": "",
        "mentor": f"导师{_GIVEN[at // 8 % 14]}{_GIVEN[at // 112 % 14]}{_GIVEN[at // 1568 % 14]}",
        "teacher": "",
        "starts_on": date(2020, 5, 1),
        "ends_on": date(2022, 4, 30),
        "phone": f"1400000{at % 10_000:04d}",
        "remark": "",
    }
    return {**values, **changes}


def made_up(
    count: int,
    *,
    first: int = 1000,
    unit: str = UNIT,
    code: str = CODE,
    changes: Mapping[int, Mapping[str, Value]] | None = None,
) -> bytes:
    """Return a roster (.xlsx) of `count` people from place `first` on; `changes` by row counted from 0."""
    columns = [Column(item.title, Form.DATE if item.key in _DATES else Form.TEXT) for item in FIELDS]
    rows = (row(first + at, **(changes or {}).get(at, {})) for at in range(count))
    heading = ("企业新型学徒制培训学徒花名册", f"填报单位：{unit}", f"统一社会信用代码：{code}")
    return write_table(columns, ([one[item.key] for item in FIELDS] for one in rows), heading=heading)
