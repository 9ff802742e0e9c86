"""Reading a file of assessment results: what is taken, and each kind of mistake by its code."""

from __future__ import annotations

from datetime import date

import pytest

from tests.sample_files import ROSTER, sample
from trainingadmin.cohorts import results_sheet
from trainingadmin.cohorts.results_sheet import Apprentice, ResultsContext, ResultsReading
from trainingadmin.cohorts.states import Outcome
from trainingadmin.kernel.identifiers import id_check_digit
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind, Merged, Row, Sheet
from trainingadmin.plumbing.spreadsheets.findings import Severity
from trainingadmin.plumbing.spreadsheets.reading import read_workbook

HEADER = ("序号", "姓名", "身份证号", "结果", "实际结束日期", "证书编号", "职业", "等级", "发证日期")
A, B = (first + id_check_digit(first) for first in ("51182419900101001", "51182419900101003"))
KNOWN = ResultsContext(
    {
        A: Apprentice("吴䶮", "焊工", 3, date(2020, 5, 1), date(2022, 4, 30), 1),
        B: Apprentice("阿西·木呷", "电工", 3, date(2020, 5, 1), date(2022, 4, 30), 2),
    },
    date(2022, 6, 1),
)
PASSED = ("1", "吴䶮", A, "合格", "2022-04-28", "S000051000001223000002", "焊工", "三级", "2022-05-10")
FAILED = ("2", "阿西・木呷", B, "不合格", "", "", "", "", "")


def read(
    *lines: tuple[str, ...],
    told: ResultsContext | None = KNOWN,
    header: tuple[str, ...] = HEADER,
    merged: tuple[Merged, ...] = (),
) -> ResultsReading:
    rows = tuple(
        Row(
            number,
            tuple(Cell(number, at, Kind.TEXT if text else Kind.EMPTY, text) for at, text in enumerate(line, start=1)),
        )
        for number, line in enumerate((header, *lines), start=1)
    )
    return results_sheet.read([Sheet("考核结果", rows, merged)], told)


def changed(line: tuple[str, ...] = PASSED, /, **changes: str) -> tuple[str, ...]:
    return tuple((dict(zip(HEADER, line, strict=True)) | changes).values())


def codes(reading: ResultsReading) -> list[tuple[str, str]]:
    return [(finding.column_name, finding.code) for finding in reading.findings]


def test_results_are_read_with_their_certificates() -> None:
    reading = read(PASSED, FAILED, ("填表人：甲", "", "", "", "", "", "", "", ""))
    assert (reading.lines, reading.findings, reading.importable) == (2, (), True)
    passed, failed = reading.rows
    assert (passed.outcome, passed.ended_on) == (Outcome.PASSED, date(2022, 4, 28))
    assert (passed.certificate_number, passed.occupation, passed.level, passed.issued_on) == (
        "S000051000001223000002",
        "焊工",
        3,
        date(2022, 5, 10),
    )
    assert (failed.outcome, failed.ended_on, failed.certificate_number, failed.level) == (
        Outcome.FAILED,
        None,
        "",
        None,
    )
    assert repr(passed) == "ResultRow(2, passed)"


def test_nothing_need_be_known_beforehand() -> None:
    assert read(PASSED, FAILED, told=None).importable


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        (changed(身份证号=A[:17] + "A"), ("身份证号", "id-characters")),
        (changed(身份证号=B), ("姓名", "name-differs")),
        (changed(姓名=""), ("姓名", "missing")),
        (changed(结果=""), ("结果", "missing")),
        (changed(结果="良好"), ("结果", "outcome-unknown")),
        (changed(实际结束日期="2022-02-30"), ("实际结束日期", "date-none")),
        (changed(实际结束日期="2020-04-30"), ("实际结束日期", "period-reversed")),
        (changed(实际结束日期="2022-06-02"), ("实际结束日期", "ended-in-future")),
        (changed(证书编号=""), ("证书编号", "certificate-incomplete")),
        (changed(证书编号="123"), ("证书编号", "certificate-number-format")),
        (changed(证书编号="S000051000001224000002"), ("证书编号", "certificate-disagrees")),
        (changed(证书编号="1.85118E+15"), ("证书编号", "number-too-long")),
        (changed(职业=""), ("职业", "certificate-incomplete")),
        (changed(等级=""), ("等级", "certificate-incomplete")),
        (changed(等级="中高级"), ("等级", "level-unknown")),
        (changed(发证日期=""), ("发证日期", "certificate-incomplete")),
        (changed(发证日期="2022-06-02"), ("发证日期", "issued-in-future")),
        (changed(FAILED, 证书编号="S000051000001223000002"), ("证书编号", "failed-with-certificate")),
    ],
)
def test_a_mistake_is_named_by_its_column_and_code(line: tuple[str, ...], finding: tuple[str, str]) -> None:
    reading = read(line)
    assert codes(reading) == [finding]
    assert not reading.importable


def test_a_blank_end_is_that_of_the_filing_which_may_not_be_ahead_either() -> None:
    early = ResultsContext(KNOWN.apprentices, date(2022, 4, 29))
    assert codes(read(FAILED, told=early)) == [("实际结束日期", "ended-in-future")]
    assert codes(read(FAILED, told=ResultsContext(KNOWN.apprentices, date(2022, 4, 30)))) == []


def test_somebody_outside_the_roster_is_an_error() -> None:
    stranger = ResultsContext({B: KNOWN.apprentices[B]})
    assert codes(read(PASSED, told=stranger)) == [("身份证号", "person-unknown")]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"发证日期": "2020-04-30", "证书编号": "S000051000001203000002"}, ("发证日期", "certificate-before-start")),
        ({"职业": "电工"}, ("职业", "occupation-differs")),
        ({"等级": "四级", "证书编号": "S000051000001224000002"}, ("等级", "level-below-target")),
    ],
)
def test_what_the_claim_will_judge_is_only_remarked(changes: dict[str, str], finding: tuple[str, str]) -> None:
    reading = read(changed(PASSED, **changes))
    assert codes(reading) == [finding]
    assert reading.findings[0].severity is Severity.WARNING
    assert reading.importable


def test_a_person_or_a_certificate_twice_is_an_error_in_both_lines() -> None:
    assert [(f.address, f.code, f.params["rows"]) for f in read(FAILED, FAILED).findings] == [
        ("C2", "id-number-repeated", "3"),
        ("C3", "id-number-repeated", "2"),
    ]
    other = changed(FAILED, 结果="合格", 证书编号=PASSED[5], 职业="电工", 等级="三级", 发证日期="2022-05-10")
    assert [(f.address, f.code) for f in read(PASSED, other).findings] == [
        ("F2", "certificate-number-repeated"),
        ("F3", "certificate-number-repeated"),
    ]


def test_a_file_without_results_says_so() -> None:
    assert codes(results_sheet.read(read_workbook(sample(ROSTER)).sheets)) == [("", "header-missing")]
    assert [finding.code for finding in read(header=HEADER[:5]).findings] == ["column-missing"] * 4
    assert not read().importable
    assert codes(read(PASSED, FAILED, merged=(Merged(2, 7, 3, 7),))) == [("职业", "merged")]


def test_the_template_holds_the_apprentices_and_reads_back() -> None:
    reading = results_sheet.read(read_workbook(results_sheet.template(KNOWN.apprentices)).sheets, KNOWN)
    assert reading.lines == 2
    assert codes(reading) == [("结果", "missing"), ("结果", "missing")]
    assert results_sheet.read(read_workbook(results_sheet.template()).sheets).lines == 0
