"""Bank files out and answers in: the samples exactly, and every disagreement by its code."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sample_files import ANSWER_3_FAILED, ANSWER_OK, BATCH_SENT, sample
from trainingadmin.kernel.money import Money, total
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments.bank import answers, writers
from trainingadmin.payments.bank.answers import AnswerReading
from trainingadmin.payments.bank.rows import ROWS_PER_FILE, BankRow, digest, parts
from trainingadmin.payments.bank.writers import Layout
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind, Merged, Row, Sheet
from trainingadmin.plumbing.spreadsheets.findings import Severity
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_table

HEADER = ("序号", "账号", "户名", "金额", "状态", "失败原因")
ACCOUNTS = ("6299990000982113189", "6299990000599075771")


def sent_sample() -> list[BankRow]:
    lines = list(csv.reader(io.StringIO(sample(BATCH_SENT).decode("gb18030"))))[1:]
    return [
        BankRow(int(at), account, name, bank, Money.parse(amount), purpose, remark)
        for at, account, name, bank, amount, purpose, remark in lines
    ]


def answer(data: bytes, settled: dict[int, bool] | None = None) -> AnswerReading:
    return answers.read_answer(read_workbook(data).sheets, sent_sample(), settled)


SENT = [
    BankRow(1, ACCOUNTS[0], "吴䶮", "示例银行", Money.yuan(500), "生活费补贴"),
    BankRow(2, ACCOUNTS[1], "何彩丹", "示例银行", Money.parse("1450.50"), "生活费补贴"),
]
LINES = (
    ("1", ACCOUNTS[0], "吴䶮", "500.00", "成功", ""),
    ("2", ACCOUNTS[1], "何彩丹", "1,450.50", "失败", "账户已销户"),
)


def read(
    *lines: tuple[str, ...],
    settled: dict[int, bool] | None = None,
    header: tuple[str, ...] = HEADER,
    merged: tuple[Merged, ...] = (),
) -> AnswerReading:
    rows = tuple(
        Row(
            number,
            tuple(Cell(number, at, Kind.TEXT if text else Kind.EMPTY, text) for at, text in enumerate(line, start=1)),
        )
        for number, line in enumerate((header, *lines), start=1)
    )
    return answers.read_answer([Sheet("CSV", rows, merged)], SENT, settled)


def changed(at: int, **changes: str) -> tuple[str, ...]:
    return tuple((dict(zip(HEADER, LINES[at], strict=True)) | changes).values())


def codes(reading: AnswerReading) -> list[tuple[str, str]]:
    return [(finding.address, finding.code) for finding in reading.findings]


def test_the_csv_file_is_the_sample_byte_for_byte() -> None:
    file = writers.file(sent_sample(), Layout.CSV, "PC-1")
    assert file.data == sample(BATCH_SENT)
    assert (file.name, file.rows, file.total) == ("PC-1.csv", 25, Money.yuan(12_350))


def test_the_xlsx_file_keeps_accounts_as_text() -> None:
    file = writers.file(sent_sample(), Layout.XLSX, "PC-1")
    (sheet,) = read_workbook(file.data).sheets
    assert [cell.text for cell in sheet.rows[0].cells] == ["序号", "账号", "户名", "开户行", "金额", "用途", "备注"]
    cells = sheet.rows[3].cells
    assert [cell.text for cell in cells[:5]] == ["3", "6299990000324579329", "吴䶮", "示例银行石棉支行", "500"]
    assert (cells[1].kind, cells[4].kind) == (Kind.TEXT, Kind.NUMBER)


def test_a_card_list_names_people_and_their_social_security_cards() -> None:
    file = writers.file(sent_sample(), Layout.CARD, "PC-1")
    assert file.name == "PC-1-card.xlsx"
    (sheet,) = read_workbook(file.data).sheets
    titles, first = ([cell.text for cell in row.cells] for row in sheet.rows[:2])
    assert titles == ["序号", "姓名", "社会保障卡账号", "开户银行", "补贴项目", "发放金额", "备注"]
    assert first[1:3] == [sent_sample()[0].name, sent_sample()[0].account]


def test_a_large_batch_goes_out_in_several_files() -> None:
    rows = [replace(SENT[0], position=at) for at in range(1, ROWS_PER_FILE + 2)]
    one, other = parts(rows)
    assert (len(one), [row.position for row in other]) == (5000, [5001])


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "bank-no-rows"),
        ([SENT[0], SENT[0]], "bank-position-repeated"),
        ([replace(SENT[0], name="吴\ud800")], "bank-character"),
        ([replace(SENT[0], remark="两\n行")], "bank-character"),
    ],
)
def test_what_cannot_be_sent_is_refused(rows: list[BankRow], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        writers.file(rows, Layout.CSV, "PC-1")
    assert refusal.value.code == code


def test_a_bank_with_a_smaller_character_set_is_told_which_character_it_lacks() -> None:
    with pytest.raises(Refusal) as refusal:
        writers.file([replace(SENT[0], name="赵𠅤")], Layout.CSV, "PC-1", encoding="gbk")
    assert refusal.value.values == {"position": 1, "character": "𠅤"}


def test_the_digest_is_bound_to_every_value_and_the_order() -> None:
    whole = digest(SENT)
    assert digest(list(SENT)) == whole
    changes = [
        [replace(SENT[0], **change), SENT[1]]
        for change in (
            {"position": 3},
            {"account": ACCOUNTS[1]},
            {"name": "吴龑"},
            {"bank": "别的银行"},
            {"amount": Money(50_001)},
            {"purpose": "其他"},
            {"remark": "x"},
        )
    ]
    digests = {digest(rows) for rows in (*changes, SENT[::-1], SENT[:1])}
    assert len(digests) == 9
    assert whole not in digests
    assert digest(SENT, b"key") != whole


names = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf", "Cn", "Co")),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40)
@given(st.lists(st.tuples(names, st.integers(1, 10**11)), min_size=1, max_size=20))
def test_whatever_is_sent_in_gb18030_is_read_back(people: list[tuple[str, int]]) -> None:
    rows = [
        BankRow(at, ACCOUNTS[0], name, "银行", Money(fen), "用途") for at, (name, fen) in enumerate(people, start=1)
    ]
    file = writers.file(rows, Layout.CSV, "x")
    lines = list(csv.reader(io.StringIO(file.data.decode("gb18030"), newline="")))[1:]
    assert [(int(line[0]), line[1], line[2], Money.parse(line[4])) for line in lines] == [
        (row.position, row.account, row.name, row.amount) for row in rows
    ]


def test_the_good_answer_pays_all() -> None:
    reading = answer(sample(ANSWER_OK))
    assert (reading.paid, reading.failed, reading.findings, reading.unanswered) == (25, 0, (), ())
    assert reading.importable


def test_the_answer_with_three_failures_names_them() -> None:
    reading = answer(sample(ANSWER_3_FAILED))
    assert (reading.paid, reading.failed) == (22, 3)
    failed = {line.position: line.reason for line in reading.lines if not line.paid}
    assert failed == {3: "户名不符", 12: "账户已销户", 20: "账户状态异常(未激活)"}
    sent = {row.position: row.amount for row in sent_sample()}
    assert total(sent[line.position] for line in reading.lines if line.paid) == Money.yuan(10_850)
    assert [(finding.code, finding.severity, finding.value) for finding in reading.findings] == [
        ("name-wildcard", Severity.WARNING, "吴?")
    ]
    assert reading.importable


def test_the_same_answer_twice_leaves_nothing_to_do() -> None:
    first = answer(sample(ANSWER_3_FAILED))
    again = answer(sample(ANSWER_3_FAILED), {line.position: line.paid for line in first.lines})
    assert again.importable
    assert again.fresh == ()
    assert len(first.fresh) == 25


def test_a_later_answer_that_contradicts_is_refused() -> None:
    first = answer(sample(ANSWER_3_FAILED))
    later = answer(sample(ANSWER_OK), {line.position: line.paid for line in first.lines})
    assert [(finding.code, finding.row) for finding in later.findings] == [
        ("contradicts-settled", row) for row in (4, 13, 21)
    ]
    assert not later.importable


def test_an_answer_may_come_as_a_workbook_with_sums_below() -> None:
    columns = [Column(title, Form.MONEY if title == "金额" else Form.TEXT) for title in HEADER]
    rows = [("1", ACCOUNTS[0], "吴䶮", Money.yuan(500), "交易成功", ""), ("合计", "", "", Money.yuan(500), "", "")]
    reading = answers.read_answer(read_workbook(write_table(columns, rows, heading=["回执"])).sheets, SENT)
    assert (reading.importable, reading.paid, reading.unanswered) == (True, 1, (2,))


def test_lines_may_come_in_any_order_and_amounts_with_separators() -> None:
    reading = read(*reversed(LINES))
    assert reading.importable
    assert [(line.position, line.paid, line.reason) for line in reading.lines] == [
        (2, False, "账户已销户"),
        (1, True, ""),
    ]
    assert repr(reading.lines[0]) == "AnswerLine(2, failed)"


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"序号": "一"}, ("A2", "number-form")),
        ({"序号": "2"}, ("B2", "account-differs")),
        ({"账号": ACCOUNTS[1]}, ("B2", "account-differs")),
        ({"账号": "6.29999E+18"}, ("B2", "number-too-long")),
        ({"金额": "500.01"}, ("D2", "amount-differs")),
        ({"金额": "五百"}, ("D2", "amount-form")),
        ({"金额": "500.001"}, ("D2", "amount-form")),
        ({"户名": "何?"}, ("C2", "name-differs")),
        ({"户名": "吴"}, ("C2", "name-differs")),
        ({"状态": "处理中"}, ("E2", "status-unknown")),
        ({"状态": ""}, ("E2", "missing")),
    ],
)
def test_a_line_that_disagrees_refuses_the_whole_answer(change: dict[str, str], finding: tuple[str, str]) -> None:
    reading = read(changed(0, **change), LINES[1])
    assert finding in codes(reading)
    assert not reading.importable


def test_a_line_that_was_not_sent_is_set_apart_and_settles_nothing() -> None:
    reading = read(changed(0, 序号="7"), LINES[1])
    assert codes(reading) == [("A2", "position-unknown")]
    assert reading.importable
    assert [line.position for line in reading.lines] == [2]
    assert reading.unanswered == (1,)


def test_an_answer_of_nothing_but_lines_that_were_not_sent_is_refused() -> None:
    assert not read(changed(0, 序号="7"), changed(1, 序号="8")).importable


def test_a_position_named_twice_is_refused() -> None:
    reading = read(LINES[0], LINES[0], LINES[1])
    assert codes(reading) == [("A3", "position-repeated")]
    assert reading.findings[0].params == {"row": 2}


def test_a_failed_line_may_carry_the_name_the_bank_knows() -> None:
    reading = read(LINES[0], changed(1, 户名="何采丹"))
    assert codes(reading) == [("C3", "name-differs")]
    assert reading.importable


def test_a_failure_without_a_reason_is_remarked() -> None:
    reading = read(LINES[0], changed(1, 失败原因=""))
    assert codes(reading) == [("F3", "reason-missing")]
    assert reading.lines[1].reason == "银行未说明原因"


def test_a_name_left_out_is_no_matter_and_an_old_private_character_is_understood() -> None:
    assert read(changed(0, 户名=""), LINES[1]).findings == ()
    sent = [replace(SENT[0], name="吴\u9fb4")]
    sheets = read_workbook(
        "序号,账号,户名,金额,状态\r\n".encode("gb18030")
        + f"1,{ACCOUNTS[0]},吴".encode("gb18030")
        + b"\xfe\x59,500.00,"
        + "成功".encode("gb18030")
    ).sheets
    assert answers.read_answer(sheets, sent).findings == ()


def test_accounts_are_masked_in_findings() -> None:
    (finding,) = read(changed(0, 账号=ACCOUNTS[1]), LINES[1]).findings
    assert finding.value == "***************5771"
    assert ACCOUNTS[0] not in repr(SENT)


def test_a_file_that_is_no_answer_says_so() -> None:
    (finding,) = answer(sample(BATCH_SENT)).findings
    assert finding.code == "header-missing"
    assert "模板填写" not in finding.advice
    assert read().lines == ()
    assert not read().importable
    assert codes(read(*LINES, merged=(Merged(2, 3, 3, 3),))) == [("C2:C3", "merged")]
