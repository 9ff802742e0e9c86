"""A roster with mistakes comes back: every finding on the page, a comment in every wrong cell, nobody imported."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from flask import Flask

from tests.client import Browser, Page
from tests.cohorts import stage
from tests.factories import Office
from tests.journeys.acting import Desk
from tests.sample_files import ROSTER_WITH_MISTAKES, sample
from trainingadmin.cohorts import queries
from trainingadmin.plumbing.database import db

# Row, column, and a word of what is wrong with it: the table of tests/samples/README.md.
ERRORS = {
    "5 E": "校验码",
    "6 E": "与第 40 行重复",
    "7 E": "15位",
    "9 E": "丢掉后面的位数",
    "11 E": "与第 36 行重复",
    "13 K": "不足 12 个月",
    "15 E": "不满 16 周岁",
    "17 U": "没有这一天",
    "19 N": "机修钳工、装配钳工、工具钳工",
    "20 P": "没有这个等级",
    "21 B": "没有填写姓名",
    "22 W": "11位数字",
    "23 V": "早于培养起",
    "24 K": "公式",
    "26 O": "不是同一个职业",
    "28–30 S": "合并单元格 S28:S30",
    "32 E": "出生日期不存在",
    "33 V": "超过 36 个月",
    "34 R": "丢掉后面的位数",
    "35 K": "早于劳动合同起",
    "36 E": "与第 11 行重复",
    "40 E": "与第 6 行重复",
    "41 U": "没有填写培养起",
}
HOLDS = {"42 L": "不是申报企业"}
WARNINGS = {"31 E": "行政区划", "37 C": "性别与身份证号不一致"}
EXPECTED = {
    **{place: ("错误", words) for place, words in ERRORS.items()},
    **{place: ("待核实", words) for place, words in HOLDS.items()},
    **{place: ("提醒", words) for place, words in WARNINGS.items()},
}
_ROW = re.compile(r"第 ([\d–]+) 行")


@dataclass
class Returned:
    """The page that answered the upload, and who read it."""

    browser: Browser
    page: Page
    cohort_id: int


@pytest.fixture
def returned(app: Flask, office: Office) -> Iterator[Returned]:
    cohort_id = stage.draft_cohort(office, login="other_enterprise").id
    db.session.remove()
    with Desk(app).at(stage.FILED_ON, "other_enterprise") as browser:
        roster = browser.open(f"/cohorts/{cohort_id}/roster")
        sent = (sample(ROSTER_WITH_MISTAKES), ROSTER_WITH_MISTAKES)
        yield Returned(browser, browser.submit(roster, "/roster", sheet=sent), cohort_id)


def found_on(page: Page) -> dict[str, tuple[str, str]]:
    """Return kind and words of every finding on the page, by row and column."""
    assert page.tree is not None
    found = {}
    for line in page.tree.iter("tr"):
        cells = [" ".join("".join(cell.itertext()).split()) for cell in line]
        row = _ROW.search(cells[0])
        if row:
            found[f"{row.group(1)} {cells[1].split()[0]}"] = (cells[2], " ".join(cells[3:]))
    return found


def test_the_page_lists_exactly_the_findings_of_the_sample(returned: Returned) -> None:
    found = found_on(returned.page)
    assert {place: kind for place, (kind, _) in found.items()} == {place: kind for place, (kind, _) in EXPECTED.items()}
    unsaid = [place for place, (_, words) in EXPECTED.items() if words not in found[place][1]]
    assert unsaid == []


def test_nothing_is_imported_and_nothing_can_be(returned: Returned) -> None:
    assert returned.page.said("没有导入任何人")
    assert not [form for form in returned.page.forms() if "import" in (form.get("action") or "")]
    assert returned.browser.open(f"/cohorts/{returned.cohort_id}/roster").said("还没有学徒")
    assert queries.people(returned.cohort_id) == []


def test_no_whole_number_of_a_person_stands_on_the_page(returned: Returned) -> None:
    assert re.search(r"\b\d{17}[\dXx]\b|\b1\d{10}\b", returned.page.text) is None


def test_the_copy_has_a_comment_in_every_wrong_cell(returned: Returned) -> None:
    copy = returned.browser.download(returned.page.links("/annotated")[0])
    book: Any = openpyxl.load_workbook(io.BytesIO(copy))
    remarks = {
        f"{cell.row} {cell.column_letter}": cell.comment.text
        for line in book["学徒花名册"].iter_rows()
        for cell in line
        if cell.comment
    }
    book.close()
    for place, (_, words) in EXPECTED.items():
        at = place.replace("–30", "")
        assert words in remarks.pop(at, ""), at
    assert remarks == {}, "nothing else is remarked upon"
