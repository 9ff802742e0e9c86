"""The user's own file back: a comment in each wrong cell, a list in front, everything else as it was."""

from __future__ import annotations

import io
from types import SimpleNamespace

import openpyxl
import pytest

from tests.hostile_uploads import parts, zipped
from tests.sample_files import ANSWER_OK, ROSTER_WITH_MISTAKES, sample
from trainingadmin.plumbing.spreadsheets import annotating, annotating_child, limits
from trainingadmin.plumbing.spreadsheets.annotating import annotate
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.reading import SpreadsheetRefused, read_workbook


def finding(
    row: int = 5,
    column: str = "E",
    severity: Severity = Severity.ERROR,
    *,
    sheet: str = "学徒花名册",
    advice: str = "核对",
    last_row: int = 0,
) -> CellFinding:
    return CellFinding(
        row,
        column,
        "身份证号",
        "513125********0044",
        severity,
        "x",
        "第 %(n)s 位不对",
        advice,
        {"n": 18},
        sheet,
        last_row,
    )


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_wrong_cells_carry_a_comment_and_a_colour() -> None:
    marked = opened(
        annotate(sample(ROSTER_WITH_MISTAKES), [finding(), finding(6, severity=Severity.WARNING, advice="")])
    )
    page = marked["学徒花名册"]
    assert page["E5"].comment is not None
    assert page["E5"].comment.text == "【错误】第 18 位不对\n核对"
    assert page["E5"].fill.fgColor.rgb == "FFFFC7CE"
    assert page["E6"].comment is not None
    assert page["E6"].comment.text == "【提醒】第 18 位不对"
    assert page["E6"].fill.fgColor.rgb == "FFFFF2B3"
    assert page["E7"].comment is None


def test_the_first_sheet_lists_all_findings() -> None:
    marked = opened(annotate(sample(ROSTER_WITH_MISTAKES), [finding(), finding(28, "S", last_row=30)]))
    assert marked.sheetnames == ["错误清单", "学徒花名册"]
    rows = [[cell.value for cell in row] for row in marked["错误清单"].iter_rows()]
    assert rows[0] == ["工作表", "单元格", "栏目", "内容", "级别", "原因", "怎么办"]
    assert rows[1] == ["学徒花名册", "E5", "身份证号", "513125********0044", "错误", "第 18 位不对", "核对"]
    assert rows[2][1] == "S28:S30"


def test_the_rest_of_the_file_stays_as_it_was() -> None:
    before, after = (
        opened(sample(ROSTER_WITH_MISTAKES)),
        opened(annotate(sample(ROSTER_WITH_MISTAKES), [finding(29, "S")])),
    )
    old, new = before["学徒花名册"], after["学徒花名册"]
    assert [[cell.value for cell in row] for row in new.iter_rows()] == [
        [cell.value for cell in row] for row in old.iter_rows()
    ]
    assert new["K24"].value == "=EDATE(J24,36)-1"
    assert {str(area) for area in new.merged_cells.ranges} == {"A1:X1", "S28:S30"}
    assert new["S28"].comment is not None, "a remark on a merged cell goes to the cell that shows it"


def test_several_remarks_on_one_cell_stand_together_under_the_gravest_colour() -> None:
    page = opened(
        annotate(sample(ROSTER_WITH_MISTAKES), [finding(severity=Severity.HOLD), finding(severity=Severity.ERROR)])
    )["学徒花名册"]
    assert page["E5"].comment is not None
    assert page["E5"].comment.text.count("第 18 位") == 2
    assert page["E5"].fill.fgColor.rgb == "FFFFC7CE"


def test_a_file_marked_before_is_marked_afresh() -> None:
    once = annotate(sample(ROSTER_WITH_MISTAKES), [finding()])
    again = opened(annotate(once, [finding(6)]))
    assert again.sheetnames == ["错误清单", "学徒花名册"]
    assert again["学徒花名册"]["E5"].comment is None
    assert again["学徒花名册"]["E5"].fill.fill_type is None
    assert again["学徒花名册"]["E6"].comment is not None
    assert again["错误清单"].max_row == 2


def test_a_finding_about_a_row_or_the_whole_file_has_a_place_too() -> None:
    page = opened(annotate(sample(ROSTER_WITH_MISTAKES), [finding(7, ""), finding(0, "", sheet="没有这张表")]))[
        "学徒花名册"
    ]
    assert page["A7"].comment is not None


def test_texts_come_in_the_readers_language() -> None:
    english = {"错误清单": "Findings", "错误": "Error", "第 %(n)s 位不对": "Character %(n)s is wrong", "核对": "Check"}
    marked = opened(annotate(sample(ROSTER_WITH_MISTAKES), [finding()], lambda text: english.get(text, text)))
    assert marked.sheetnames[0] == "Findings"
    assert marked["学徒花名册"]["E5"].comment is not None
    assert marked["学徒花名册"]["E5"].comment.text == "【Error】Character 18 is wrong\nCheck"


def test_a_csv_file_comes_back_as_a_workbook_of_texts() -> None:
    marked = opened(annotate(sample(ANSWER_OK), [finding(2, "B", sheet="CSV")]))
    page = marked["CSV"]
    assert page["B2"].value == "6299990000982113189"
    assert page["B2"].comment is not None


def test_a_file_that_cannot_be_edited_comes_back_as_a_plain_copy() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>=1+1</t></is></c></row>'
    data = zipped({**parts(rows), "xl/styles.xml": "<broken"})
    page = opened(annotate(data, [finding(1, "A", sheet="表1")]))["表1"]
    assert (page["A1"].value, page["A1"].data_type) == ("=1+1", "s")
    assert page["A1"].comment is not None


def test_what_cannot_even_be_copied_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANNOTATE_WALL_SECONDS", 0.001)
    with pytest.raises(SpreadsheetRefused) as refusal:
        annotate(sample(ANSWER_OK), [finding()])
    assert refusal.value.code == "too-much-content"


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(SpreadsheetRefused) as refusal:
        annotate(b"", [finding()])
    assert refusal.value.code == "empty"


def test_the_marked_file_can_be_read_again() -> None:
    marked = read_workbook(annotate(sample(ROSTER_WITH_MISTAKES), [finding()]))
    assert [sheet.name for sheet in marked.sheets] == ["错误清单", "学徒花名册"]


def test_the_childs_work_done_here_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[bytes] = []

    def run(_: object, **options: object) -> object:
        data = options["input"]
        assert isinstance(data, bytes)
        streams = SimpleNamespace(buffer=io.BytesIO(data))
        answer = SimpleNamespace(buffer=io.BytesIO())
        monkeypatch.setattr("sys.stdin", streams)
        monkeypatch.setattr("sys.stdout", answer)
        annotating_child.main()
        handed.append(data)
        return SimpleNamespace(returncode=0, stdout=answer.buffer.getvalue())

    sheets = read_workbook(sample(ROSTER_WITH_MISTAKES))
    plain = read_workbook(sample(ANSWER_OK))
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    monkeypatch.setattr("subprocess.run", run)
    for read, original, sheet in (
        (sheets, sample(ROSTER_WITH_MISTAKES), "学徒花名册"),
        (plain, sample(ANSWER_OK), "CSV"),
    ):
        monkeypatch.setattr(annotating, "read_workbook", lambda _, read=read: read)
        findings = [finding(29, "S", sheet=sheet), finding(5, advice="", sheet="无"), finding(0, "", sheet=sheet)]
        once = annotate(original, findings)
        again = opened(annotate(once, findings))
        assert again.sheetnames == ["错误清单", sheet]
        assert again[sheet]["E5"].comment is not None
    assert len(handed) == 4


def test_findings_are_stored_as_plain_values_and_read_back() -> None:
    one = finding(28, "S", Severity.HOLD, last_row=30)
    assert CellFinding.from_json(one.as_json()) == one
    assert one.rows == range(28, 31)
    assert "0044" not in repr(one)


def test_findings_are_ordered_by_place_and_told_by_gravity() -> None:
    unsorted = [finding(6), finding(5, "AA"), finding(5, "E", Severity.WARNING), finding(5, "E", Severity.ERROR)]
    assert [(f.address, f.severity) for f in in_order(unsorted)] == [
        ("E5", Severity.ERROR),
        ("E5", Severity.WARNING),
        ("AA5", Severity.ERROR),
        ("E6", Severity.ERROR),
    ]
    assert has_errors(unsorted)
    assert not has_errors([finding(severity=Severity.HOLD)])


def test_a_sentence_without_values_may_hold_a_percent_sign() -> None:
    plain = CellFinding(1, "A", "", "", Severity.ERROR, "x", "达到 80 %")
    assert annotating.sentence(plain.reason, plain, str) == "达到 80 %"
