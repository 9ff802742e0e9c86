"""Reading spreadsheets: kinds of cells, addresses, formulas, merged ranges, encodings."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile_uploads import MAIN, parts, sheet_xml, text_cell, workbook, zipped
from tests.sample_files import ATTENDANCE_CSV, ATTENDANCE_XLSX, ROSTER, ROSTER_WITH_MISTAKES, sample
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.plumbing.spreadsheets import workbook_xml, written
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind, Row, column_letters, column_number
from trainingadmin.plumbing.spreadsheets.numbers import date_text, is_date_format, number_text
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.plumbing.spreadsheets.sheet_xml import plain_text

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="21"/><xf/></cellXfs></styleSheet>'
)


def styled(rows: str, book: str = "") -> bytes:
    content = parts(rows)
    content["xl/styles.xml"] = STYLES
    content["xl/_rels/workbook.xml.rels"] = content["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>", '<Relationship Id="y" Type="x/styles" Target="/xl/styles.xml"/></Relationships>'
    )
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace("<sheets>", f"{book}<sheets>")
    return zipped(content)


def only_row(data: bytes) -> Row:
    """The one row of a workbook, read in a child; and its reader run here gives the same."""
    (sheet,) = read_workbook(data).sheets
    (plain,) = workbook_xml.read(data)
    (row,) = sheet.rows
    assert plain["rows"][0][2] == [cell.text for cell in row.cells]
    return row


def test_a_roster_is_read_cell_by_cell() -> None:
    (sheet,) = read_workbook(sample(ROSTER_WITH_MISTAKES)).sheets
    rows = {row.number: row for row in sheet.rows}
    assert sheet.name == "学徒花名册"
    assert rows[10].cell(2).text == "\u3000黄国䶮  "
    assert rows[4].cell(10).as_date == date(2019, 5, 27)
    assert rows[4].cell(99).is_blank
    assert [area.address for area in sheet.merged] == ["A1:X1", "S28:S30"]


def test_a_formula_is_told_and_keeps_its_stored_result() -> None:
    (sheet,) = read_workbook(sample(ROSTER_WITH_MISTAKES)).sheets
    (formula,) = [cell for row in sheet.rows for cell in row.cells if cell.formula]
    assert (formula.address, formula.kind, formula.text) == ("K24", Kind.DATE, "2023-04-30")


def test_numbers_that_lost_their_digits_are_told() -> None:
    (sheet,) = read_workbook(sample(ROSTER_WITH_MISTAKES)).sheets
    assert [cell.address for row in sheet.rows for cell in row.cells if cell.lost_digits] == ["E9", "R34"]


def test_rare_characters_arrive_whole() -> None:
    (sheet,) = read_workbook(sample(ROSTER)).sheets
    names = {row.cell(2).text for row in sheet.rows}
    assert {"王䶮", "李㛃", "陈𬭎", "赵𠅤", "张𠅤", "刘𫍽", "俄木·尔作"} <= names


def test_the_same_lines_come_from_xlsx_and_csv() -> None:
    book, text = read_workbook(sample(ATTENDANCE_XLSX)), read_workbook(sample(ATTENDANCE_CSV))
    assert [sheet.name for sheet in book.sheets] == ["签到明细", "倒班表", "班组"]
    assert (book.form, text.form) == ("xlsx", "csv")

    def lines(sheets: tuple[object, ...]) -> list[list[str]]:
        return [[cell.text for cell in row.cells] for row in sheets[0].rows]  # type: ignore[attr-defined]

    def full(line: list[str]) -> list[str]:
        return line + [""] * (15 - len(line))

    assert [full(line) for line in lines(book.sheets)] == [full(line) for line in lines(text.sheets)]


def test_all_kinds_of_cells_are_told_apart() -> None:
    row = only_row(
        styled(
            '<row><c><v>4</v></c><c t="s"><v>0</v></c><c s="1"><v>43952</v></c><c s="2"><v>0.375</v></c>'
            '<c s="1"><v>43952.5</v></c><c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="e"><v>#N/A</v></c>'
            '<c t="str"><f>A1</f><v>x</v></c><c><f>A1</f></c><c t="d"><v>2020-05-01T00:00:00</v></c>'
            '<c t="d"><v>2020-05-01T09:00:00.000</v></c><c s="9"><v>0.1</v></c></row>'
        )
    )
    assert [(cell.kind, cell.text, cell.formula) for cell in row.cells] == [
        (Kind.NUMBER, "4", False),
        (Kind.TEXT, "姓名", False),
        (Kind.DATE, "2020-05-01", False),
        (Kind.TIME, "09:00:00", False),
        (Kind.MOMENT, "2020-05-01 12:00:00", False),
        (Kind.BOOLEAN, "TRUE", False),
        (Kind.BOOLEAN, "FALSE", False),
        (Kind.ERROR, "#N/A", False),
        (Kind.TEXT, "x", True),
        (Kind.TEXT, "", True),
        (Kind.DATE, "2020-05-01", False),
        (Kind.MOMENT, "2020-05-01 09:00:00", False),
        (Kind.NUMBER, "0.1", False),
    ]
    assert row.cell(1).as_number == Decimal(4)
    assert row.cell(4).as_time == time(9)
    assert (row.cell(5).as_date, row.cell(5).as_time) == (date(2020, 5, 1), time(12))
    assert (row.cell(2).as_number, row.cell(2).as_date, row.cell(2).as_time) == (None, None, None)


def test_a_workbook_may_count_its_days_from_1904() -> None:
    assert only_row(styled('<row><c s="1"><v>42490</v></c></row>', '<workbookPr date1904="1"/>')).cell(
        1
    ).as_date == date(2020, 5, 1)


@pytest.mark.parametrize("raw", ["-1", "2958466", "60"])
def test_a_number_that_is_no_day_stays_a_number(raw: str) -> None:
    assert only_row(styled(f'<row><c s="1"><v>{raw}</v></c></row>')).cell(1).kind is Kind.NUMBER


def test_rich_text_is_joined_and_phonetic_hints_are_left_out() -> None:
    runs = '<c t="inlineStr"><is><r><t>张</t></r><rPh sb="0" eb="1"><t>zhang</t></rPh><r><t>三</t></r></is></c>'
    assert only_row(workbook(f"<row>{runs}</row>")).cell(1).text == "张三"
    content = parts('<row><c t="s"><v>0</v></c></row>')
    content["xl/sharedStrings.xml"] = (
        f'<x:sst xmlns:x="{MAIN}"><x:si><x:r><x:t>张</x:t></x:r><x:rPh><x:t>zhang</x:t></x:rPh><x:r><x:t>三</x:t></x:r></x:si></x:sst>'
    )
    assert only_row(zipped(content)).cell(1).text == "张三"


def test_prefixed_elements_are_read_like_bare_ones() -> None:
    content = parts()
    content["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="3"><x:c r="B3"><x:v>7</x:v></x:c></x:row></x:sheetData>'
        '<x:mergeCells><x:mergeCell ref="B3:B4"/><x:mergeCell ref="?"/></x:mergeCells></x:worksheet>'
    )
    (sheet,) = read_workbook(zipped(content)).sheets
    assert workbook_xml.read(zipped(content))[0]["merged"] == [(3, 2, 4, 2)]
    assert [(cell.address, cell.text) for cell in sheet.rows[0].cells] == [("A3", ""), ("B3", "7")]
    assert [area.address for area in sheet.merged] == ["B3:B4"]


def test_empty_cells_cost_nothing_wherever_they_are() -> None:
    data = workbook('<row r="1"><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576"/></row>')
    assert read_workbook(data).sheets[0].rows == ()
    assert workbook_xml.read(data)[0]["rows"] == []


def test_hidden_sheets_are_marked_and_outer_links_not_followed() -> None:
    content = parts(f"<row>{text_cell('A1')}</row>", sheets=2)
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace('name="表2"', 'name="表2" state="veryHidden"')
    content["xl/_rels/workbook.xml.rels"] = content["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        '<Relationship Id="e" TargetMode="External" Type="x/worksheet" Target="file:///x"/></Relationships>',
    )
    sheets = read_workbook(zipped(content)).sheets
    assert [plain["hidden"] for plain in workbook_xml.read(zipped(content))] == [False, True]
    assert [(sheet.name, sheet.hidden) for sheet in sheets] == [("表1", False), ("表2", True)]


def test_a_workbook_may_lie_elsewhere_in_its_package() -> None:
    content = {
        name.replace("xl/workbook.xml", "xl/book/workbook.xml"): part
        for name, part in parts("<row><c><v>1</v></c></row>").items()
    }
    content["_rels/.rels"] = content["_rels/.rels"].replace("xl/workbook.xml", "xl/book/workbook.xml")
    content["xl/book/_rels/workbook.xml.rels"] = content.pop("xl/_rels/workbook.xml.rels").replace(
        "worksheets/", "/xl/worksheets/"
    )
    assert only_row(zipped(content)).cell(1).text == "1"


def test_escapes_are_read_and_unfit_characters_dropped() -> None:
    assert plain_text("a_x000D_b_x0000_c_xD800_\ufffe_x005F_") == "a\rbc_"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimited_text_is_read_in_every_usual_form(encoding: str, delimiter: str) -> None:
    text = (
        delimiter.join(("姓名", "备注"))
        + "\r\n"
        + delimiter.join(("吴䶮", '"两行\n备注"'))
        + "\r\n\r\n"
        + delimiter.join(("=1+1", ""))
    )
    (sheet,) = read_workbook(text.encode(encoding)).sheets
    assert [(row.number, [cell.text for cell in row.cells]) for row in sheet.rows] == [
        (1, ["姓名", "备注"]),
        (2, ["吴䶮", "两行\n备注"]),
        (4, ["=1+1", ""]),
    ]
    assert sheet.rows[2].cell(1).formula


def test_the_first_parted_line_tells_the_delimiter() -> None:
    (sheet,) = read_workbook("名单\n姓名;备注\n甲;1,5\n".encode()).sheets
    assert [[cell.text for cell in row.cells] for row in sheet.rows] == [["名单"], ["姓名", "备注"], ["甲", "1,5"]]
    assert [row.cell(1).text for row in read_workbook("姓名\n甲\n".encode()).sheets[0].rows] == ["姓名", "甲"]


def test_cells_and_rows_never_show_what_they_hold() -> None:
    (sheet,) = read_workbook(sample(ROSTER)).sheets
    shown = repr((sheet, sheet.rows[5], sheet.rows[5].cells))
    assert "汉族" not in shown
    assert "Cell(E6, TEXT)" in shown


@given(st.integers(1, 16_384))
def test_column_letters_and_numbers_are_each_others_inverse(column: int) -> None:
    assert column_number(column_letters(column)) == column


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("4", "4"),
        ("007", "7"),
        ("0", "0"),
        ("1409.5", "1409.5"),
        ("0.30000000000000004", "0.3"),
        ("5.1312519910305E+17", "513125199103050000"),
        ("-5.1312519910305E+17", "-513125199103050000"),
        ("1E-7", "0.0000001"),
        ("123456789012345678", "123456789012346000"),
        ("-3", "-3"),
    ],
)
def test_a_number_reads_as_a_person_sees_it(raw: str, text: str) -> None:
    assert number_text(raw) == text


@pytest.mark.parametrize("raw", ["nan", "inf", "-inf", "1e300", "x", ""])
def test_what_is_no_finite_number_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r"finite|float"):
        number_text(raw)


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        (14, None, True),
        (0, None, False),
        (164, "yyyy-mm-dd", True),
        (164, "[$-804]aaaa;@", False),
        (164, "[h]:mm", True),
        (164, '0"days"', False),
        (164, "#,##0.00_ ", False),
        (164, '"¥"#,##0.00', False),
        (164, "General", False),
        (164, "上午/下午h\\时mm", True),
    ],
)
def test_a_date_is_told_by_its_format(number: int, code: str | None, expected: bool) -> None:
    assert is_date_format(number, code) is expected


@pytest.mark.parametrize(
    ("raw", "epoch_1904", "shown"),
    [
        ("1", False, ("d", "1900-01-01")),
        ("59", False, ("d", "1900-02-28")),
        ("61", False, ("d", "1900-03-01")),
        ("2958465", False, ("d", "9999-12-31")),
        ("0.9999999", False, None),
        ("60", False, None),
        ("-0.5", False, None),
        ("0.5", False, ("h", "12:00:00")),
        ("43952.999999", False, ("d", "2020-05-02")),
        ("0", True, ("d", "1904-01-01")),
        ("2957004", True, None),
    ],
)
def test_serials_become_days(raw: str, epoch_1904: bool, shown: tuple[str, str] | None) -> None:
    assert date_text(raw, epoch_1904) == shown


def cell(text: str, kind: Kind = Kind.TEXT) -> Cell:
    return Cell(1, 1, kind, text)


@pytest.mark.parametrize(
    "text",
    [
        "2020-05-01",
        "2020/5/1",
        "2020.5.1",
        "2020年5月1日",
        "２０２０－０５－０１",
        " 2020 年 5 月 1 日 ",
        "20200501",
        "2020年5月1",
    ],
)
def test_a_day_may_be_written_in_many_ways(text: str) -> None:
    assert written.day(cell(text)) == date(2020, 5, 1)


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (written.day, "2020-02-30", "date-none"),
        (written.day, "下个月", "date-form"),
        (written.day, "43952", "date-form"),
        (written.day, "1899-12-31", "date-range"),
        (written.day, "2200-01-01", "date-range"),
        (written.month, "2020-13", "month-form"),
        (written.month, "五月", "month-form"),
        (written.month, "0000-05", "month-form"),
        (written.time_of_day, "25:00", "time-form"),
        (written.time_of_day, "九点", "time-form"),
        (written.whole_number, "1.5", "number-form"),
        (written.whole_number, "-1", "number-form"),
    ],
)
def test_what_cannot_be_read_says_why(read: object, text: str, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read(cell(text))  # type: ignore[operator]
    assert refusal.value.code == code


def test_an_error_value_is_no_day() -> None:
    with pytest.raises(Malformed):
        written.day(cell("#N/A", Kind.ERROR))


@pytest.mark.parametrize("text", ["2020-05", "2020/5", "2020年5月", "202005", "2020-05-31", "2020.5"])
def test_a_month_may_be_written_in_many_ways(text: str) -> None:
    assert written.month(cell(text)) == "2020-05"


def test_cells_of_dates_and_times_need_no_reading() -> None:
    assert written.day(cell("2020-05-01", Kind.DATE)) == date(2020, 5, 1)
    assert written.month(cell("2020-05-31", Kind.DATE)) == "2020-05"
    assert written.time_of_day(cell("08:57:01", Kind.TIME)) == time(8, 57, 1)
    assert written.whole_number(cell("4", Kind.NUMBER)) == 4


@pytest.mark.parametrize(
    ("text", "read"), [("8:30", time(8, 30)), ("08：30：05", time(8, 30, 5)), ("23:59:59", time(23, 59, 59))]
)
def test_times_may_be_written_with_or_without_seconds(text: str, read: time) -> None:
    assert written.time_of_day(cell(text)) == read


def test_scientific_traces_are_told() -> None:
    assert cell("5.13125E+17").is_scientific
    assert not cell("51182419890628003X").is_scientific


def test_the_head_of_a_sheet_may_be_anything() -> None:
    assert read_workbook(zipped({**parts(), "xl/worksheets/sheet1.xml": sheet_xml("")})).sheets[0].rows == ()
