"""Writing tables: what is text stays text, money is exact, formulas are never made."""

from __future__ import annotations

import io
from datetime import date, datetime, time

import openpyxl
import pytest

from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.spreadsheets.cells import Kind
from trainingadmin.plumbing.spreadsheets.delimited import read as read_delimited
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_csv, write_table, write_template

COLUMNS = (
    Column("姓名"),
    Column("身份证号", width=21),
    Column("人数", Form.NUMBER),
    Column("金额", Form.MONEY),
    Column("日期", Form.DATE),
    Column("时间", Form.TIME),
)
ROW = ("吴䶮", "511824199606220005", 3, Money.parse("1409.50"), date(2020, 5, 1), time(8, 30))


def test_a_table_is_read_back_as_it_was_given() -> None:
    (sheet,) = read_workbook(
        write_table(COLUMNS, [ROW], heading=("导出：张三 2020-05-01", "筛选：石棉县"), sheet="名单")
    ).sheets
    assert sheet.name == "名单"
    assert [row.cell(1).text for row in sheet.rows] == ["导出：张三 2020-05-01", "筛选：石棉县", "姓名", "吴䶮"]
    cells = sheet.rows[-1].cells
    assert [cell.text for cell in cells] == ["吴䶮", "511824199606220005", "3", "1409.5", "2020-05-01", "08:30:00"]
    assert [cell.kind for cell in cells] == [Kind.TEXT, Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.DATE, Kind.TIME]


def test_rows_are_taken_one_by_one() -> None:
    (sheet,) = read_workbook(write_table(COLUMNS[:1], ((str(number),) for number in range(5000)))).sheets
    assert len(sheet.rows) == 5001


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "http://example.com/x", "{=A1}", "0123", " "])
def test_a_text_stays_a_text_whatever_it_begins_with(text: str) -> None:
    page = openpyxl.load_workbook(io.BytesIO(write_table(COLUMNS[:1], [(text,)]))).active
    assert page is not None
    assert (page["A2"].value, page["A2"].data_type, page["A2"].hyperlink) == (text, "s", None)


def test_money_beyond_what_a_float_counts_is_written_exactly() -> None:
    data = write_table((Column("金额", Form.MONEY),), [(Money.parse("90071992547.09"),), (None,), ("",)])
    assert [row.cell(1).text for row in read_workbook(data).sheets[0].rows] == ["金额", "90071992547.09"]


def test_a_moment_is_written_as_it_is_given() -> None:
    data = write_table((Column("时间", Form.DATE),), [(datetime(2020, 5, 1, 12, 0),)])  # noqa: DTZ001
    assert read_workbook(data).sheets[0].rows[1].cell(1).text == "2020-05-01 12:00:00"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "|x", "%x", "＝1", " =1", "\t=1", "\r=1", "\ufeff=1", "\u3000=1", "－1"]
)
def test_csv_keeps_spreadsheets_from_computing(text: str) -> None:
    sheet = read_delimited(write_csv(COLUMNS[:2], [("甲", text)]))
    assert sheet.rows[1].cell(2).text == f"'{text}"


def test_csv_for_a_machine_is_written_bare() -> None:
    data = write_csv(COLUMNS[:2], [("吴䶮", "-1"), ('何,"某"', None)], encoding="gb18030", guarded=False)
    assert data == '姓名,身份证号\r\n吴䶮,-1\r\n"何,""某""",\r\n'.encode("gb18030")


def test_a_template_has_typed_columns_lists_and_notes() -> None:
    data = write_template(
        (
            Column("姓名", note="与身份证一致"),
            Column("性别", choices=("男", "女")),
            Column("起", Form.DATE),
            Column("长", choices=("甲" * 300,)),
        ),
        title="花名册",
        sheet="名单",
        notes_sheet="填写说明",
        lines=[("单位：示例", "日期：")],
        notes=("每人一行",),
        rows=[("吴䶮", "女", date(2020, 5, 1), "")],
    )
    book = openpyxl.load_workbook(io.BytesIO(data))
    page, notes = book["名单"], book["填写说明"]
    assert [page["A1"].value, page["A2"].value, page["C2"].value, page["A3"].value] == [
        "花名册",
        "单位：示例",
        "日期：",
        "姓名",
    ]
    assert [page["A4"].value, page["A4"].number_format, page["C4"].number_format] == ["吴䶮", "@", "yyyy-mm-dd"]
    assert page.column_dimensions["A"].width
    (rule,) = page.data_validations.dataValidation
    assert (rule.type, rule.formula1) == ("list", '"男,女"')
    assert "B4" in rule.sqref
    assert [[cell.value for cell in row] for row in notes.iter_rows()] == [[None, "每人一行"], ["姓名", "与身份证一致"]]
