"""Reading a roster: the sample files exactly, and each kind of mistake by its code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from tests.sample_files import ROSTER, ROSTER_WITH_MISTAKES, sample
from trainingadmin.cohorts import roster
from trainingadmin.cohorts.roster import FilingRules, RosterContext, RosterReading
from trainingadmin.cohorts.roster_columns import FIELDS, template
from trainingadmin.kernel.dates import OPEN_END
from trainingadmin.kernel.identifiers import id_check_digit
from trainingadmin.plumbing.spreadsheets.cells import Cell, Kind, Merged, Row, Sheet
from trainingadmin.plumbing.spreadsheets.findings import Severity
from trainingadmin.plumbing.spreadsheets.reading import read_workbook

FOUNDRY = RosterContext(
    enterprise_name="荥经示例铸造有限公司",
    credit_code="91511822MA0000226X",
    occupation_codes=frozenset({"6-18-02-04", "6-31-01-02", "6-31-01-03"}),
    target_level=3,
)

MISTAKES = {
    ("E5", "error", "id-check-digit"),
    ("E6", "error", "id-repeated"),
    ("E7", "error", "id-legacy"),
    ("E9", "error", "number-too-long"),
    ("E11", "error", "id-repeated"),
    ("K13", "error", "contract-short"),
    ("E15", "error", "age-min"),
    ("U17", "error", "date-none"),
    ("N19", "error", "occupation-ambiguous"),
    ("P20", "error", "level-unknown"),
    ("B21", "error", "missing"),
    ("W22", "error", "phone-format"),
    ("V23", "error", "period-reversed"),
    ("K24", "error", "formula"),
    ("O26", "error", "occupation-code-mismatch"),
    ("S28:S30", "error", "merged"),
    ("E31", "warning", "id-region"),
    ("E32", "error", "id-birth-date"),
    ("V33", "error", "duration-max"),
    ("R34", "error", "number-too-long"),
    ("K35", "error", "contract-reversed"),
    ("E36", "error", "id-repeated"),
    ("C37", "warning", "sex-differs"),
    ("E40", "error", "id-repeated"),
    ("U41", "error", "missing"),
    ("L42", "hold", "insured-elsewhere"),
}


def read_sample(name: str, context: RosterContext | None = None) -> RosterReading:
    return roster.read(read_workbook(sample(name)).sheets, context)


def id_number(serial: int = 1, born: str = "19900101") -> str:
    first = f"511824{born}{serial:03d}"
    return first + id_check_digit(first)


GOOD: dict[str, str] = {
    "序号": "1",
    "姓名": "吴䶮",
    "性别": "男",
    "身份证号": id_number(),
    "人员类别": "在岗",
    "劳动合同起": "2020-01-01",
    "劳动合同止": "2022-12-31",
    "参保单位": "示例厂",
    "参保起始月": "2020年1月",
    "培训职业(工种)": "焊工",
    "职业编码": "6-18-02-04",
    "目标等级": "三级",
    "原证书等级": "四级",
    "原证书编号": "S000051000001194000002",
    "企业导师": "汤怡波",
    "培养起": "2020-05-01",
    "培养止": "2022-04-30",
    "手机": "14000000012",
}


def row_of(number: int, values: Sequence[str | Cell]) -> Row:
    return Row(
        number,
        tuple(
            value._replace(row=number, column=at)
            if isinstance(value, Cell)
            else Cell(number, at, Kind.TEXT if value else Kind.EMPTY, value)
            for at, value in enumerate(values, start=1)
        ),
    )


def sheet_of(
    *people: dict[str, str | Cell],
    titles: Sequence[str] = tuple(GOOD),
    above: Sequence[str] = ("花名册",),
    below: Sequence[str] = (),
    merged: Sequence[Merged] = (),
) -> Sheet:
    rows = [row_of(1, above), row_of(2, titles)]
    rows += [row_of(at, [person.get(title, "") for title in titles]) for at, person in enumerate(people, start=3)]
    if below:
        rows.append(row_of(len(rows) + 1, below))
    return Sheet("花名册", tuple(rows), tuple(merged))


def good(**changes: str | Cell) -> dict[str, str | Cell]:
    return {**GOOD, **changes}


def codes(reading: RosterReading) -> list[tuple[str, str]]:
    return [(finding.column_name, finding.code) for finding in reading.findings]


def test_the_good_sample_is_read_whole_without_a_remark() -> None:
    context = RosterContext(
        enterprise_name="雅安示例机械制造有限公司", credit_code="91511824MA0000111L", target_level=3
    )
    reading = read_sample(ROSTER, context)
    assert (reading.lines, len(reading.people), reading.findings) == (30, 30, ())
    assert reading.importable
    names = [person.name for person in reading.people]
    assert [names[at - 1] for at in (2, 4, 9, 15, 18, 20, 25)] == [
        "俄木·尔作",
        "王䶮",
        "李㛃",
        "陈𬭎",
        "赵𠅤",
        "张𠅤",
        "刘𫍽",
    ]
    assert {person.filed_months for person in reading.people} == {24}
    assert [person.position for person in reading.people] == list(range(1, 31))
    counted = [sum(person.occupation == trade for person in reading.people) for trade in ("焊工", "机修钳工", "电工")]
    assert counted == [12, 12, 6]
    assert [at for at, person in enumerate(reading.people, start=1) if not person.prior_certificate] == [
        7,
        11,
        18,
        20,
        25,
    ]


def test_the_sample_with_mistakes_gives_exactly_its_list() -> None:
    reading = read_sample(ROSTER_WITH_MISTAKES, FOUNDRY)
    assert {(finding.address, finding.severity.value, finding.code) for finding in reading.findings} == MISTAKES
    assert len(reading.findings) == len(MISTAKES)
    assert reading.lines == 40
    assert not reading.importable


def test_the_error_rows_of_the_sample_are_these_and_no_others() -> None:
    reading = read_sample(ROSTER_WITH_MISTAKES, FOUNDRY)
    rows = {row for finding in reading.findings if finding.severity is Severity.ERROR for row in finding.rows}
    listed = {5, 6, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 24, 26, 29, 30, 32, 33, 34, 35, 36, 40, 41}
    assert rows == listed | {28}
    assert {person.row for person in reading.people} == set(range(4, 44)) - rows


def test_repeated_numbers_name_each_others_rows() -> None:
    reading = read_sample(ROSTER_WITH_MISTAKES, FOUNDRY)
    named = {finding.row: finding.params["rows"] for finding in reading.findings if finding.code == "id-repeated"}
    assert named == {6: "40", 40: "6", 11: "36", 36: "11"}


def test_personal_values_are_masked_and_every_reason_can_be_said() -> None:
    reading = read_sample(ROSTER_WITH_MISTAKES, FOUNDRY)
    for finding in reading.findings:
        assert finding.reason % finding.params
        assert finding.advice % finding.params or not finding.advice
        if finding.column_name in ("身份证号", "手机"):
            assert "****" in finding.value


def test_blanks_widths_and_spellings_fold_into_the_same_values() -> None:
    people = {person.row: person for person in read_sample(ROSTER_WITH_MISTAKES, FOUNDRY).people}
    assert people[10].name == "黄国䶮"
    assert people[38].id_number.text.isascii()
    assert people[39].target_level == 3
    assert people[18].contract_to == date(2023, 4, 30)
    assert people[12].name == "阿西·木呷"


def test_a_made_up_line_is_read_whole() -> None:
    (person,) = roster.read([sheet_of(good())]).people
    assert person.insured_since == "2020-01"
    assert (person.occupation, person.occupation_code, person.target_level, person.prior_level) == (
        "焊工",
        "6-18-02-04",
        3,
        4,
    )
    assert repr(person) == "RosterRow(3)"


@pytest.mark.parametrize(
    ("title", "value", "code"),
    [
        ("身份证号", "", "missing"),
        ("身份证号", "51182419900101001", "id-length"),
        ("身份证号", "5.11824E+17", "number-too-long"),
        ("姓名", "王\ue000", "name-private-use"),
        ("性别", "未知", "sex-unknown"),
        ("人员类别", "临时", "category-unknown"),
        ("劳动合同起", "去年", "date-form"),
        ("劳动合同起", "", "missing"),
        ("参保起始月", "春天", "month-form"),
        ("培训职业(工种)", "", "missing"),
        ("职业编码", "61802", "occupation-code-format"),
        ("目标等级", "", "missing"),
        ("企业导师", "", "missing"),
        ("企业导师", "2号", "name-characters"),
        ("手机", "", "missing"),
        ("序号", "甲", "number-form"),
        ("培养止", "2200-01-01", "date-range"),
    ],
)
def test_a_mistake_is_named_by_its_column_and_code(title: str, value: str, code: str) -> None:
    reading = roster.read([sheet_of(good(**{title: value}))])
    assert codes(reading) == [(title, code)]
    assert reading.people == ()


@pytest.mark.parametrize(
    ("title", "value", "code", "severity"),
    [
        ("性别", "女", "sex-differs", Severity.WARNING),
        ("原证书编号", "12345", "prior-certificate-format", Severity.WARNING),
        ("原证书编号", "S000051000001195000002", "prior-certificate-differs", Severity.WARNING),
        ("参保单位", "", "insured-unknown", Severity.HOLD),
        ("参保单位", "别的厂", "insured-elsewhere", Severity.HOLD),
        ("目标等级", "四级", "level-differs", Severity.WARNING),
        ("姓名", "吴龘", "name-unprintable", Severity.WARNING),
    ],
)
def test_a_remark_does_not_keep_the_person_out(title: str, value: str, code: str, severity: Severity) -> None:
    context = RosterContext(
        enterprise_name="示例厂", target_level=3, unprintable=lambda name: "龘" if "龘" in name else ""
    )
    reading = roster.read([sheet_of(good(**{title: value}))], context)
    assert codes(reading) == [(title, code)]
    assert [finding.severity for finding in reading.findings] == [severity]
    assert reading.importable


def test_an_occupation_outside_the_filing_is_a_warning() -> None:
    reading = roster.read([sheet_of(good())], RosterContext(occupation_codes=frozenset({"6-31-01-03"})))
    assert codes(reading) == [("培训职业(工种)", "occupation-not-filed")]
    assert reading.importable


def test_an_occupation_that_the_table_lacks_needs_its_code() -> None:
    assert codes(roster.read([sheet_of(good(**{"培训职业(工种)": "铸造工", "职业编码": ""}))])) == [
        ("职业编码", "occupation-code-missing")
    ]
    (person,) = roster.read([sheet_of(good(**{"培训职业(工种)": "铸造工", "职业编码": "6-18-02-01"}))]).people
    assert person.occupation_code == "6-18-02-01"


def test_a_contract_without_end_is_open() -> None:
    (person,) = roster.read([sheet_of(good(劳动合同止="无固定期限"))]).people
    assert person.contract_to == OPEN_END


def test_the_filing_rules_are_parameters() -> None:
    people = [good(劳动合同止="2020-12-31", 身份证号=id_number(1)), good(培养止="2023-05-01", 身份证号=id_number(3))]
    assert roster.read([sheet_of(people[0])]).importable
    assert codes(roster.read([sheet_of(people[0])], RosterContext(FilingRules(min_contract_months=13)))) == [
        ("劳动合同止", "contract-short")
    ]
    assert codes(roster.read([sheet_of(people[1])])) == [("培养止", "duration-max")]
    assert roster.read([sheet_of(people[1])], RosterContext(FilingRules(max_months=37))).importable
    young = good(身份证号=id_number(1, "20040501"), 性别="")
    assert roster.read([sheet_of(young)]).importable
    assert codes(roster.read([sheet_of(young)], RosterContext(FilingRules(min_age=18)))) == [("身份证号", "age-min")]


def test_a_formula_or_an_error_value_anywhere_is_an_error() -> None:
    formula = Cell(0, 0, Kind.TEXT, "吴䶮", formula=True)
    wrong = Cell(0, 0, Kind.ERROR, "#N/A")
    reading = roster.read([sheet_of(good(姓名=formula, 培养起=wrong))])
    assert codes(reading) == [("姓名", "formula"), ("培养起", "cell-error")]


def test_an_insuring_unit_that_cannot_be_read_is_one_finding() -> None:
    reading = roster.read([sheet_of(good(参保单位=Cell(0, 0, Kind.TEXT, "示例厂", formula=True)))])
    assert codes(reading) == [("参保单位", "formula")]


def test_a_phone_stored_as_a_number_is_read() -> None:
    (person,) = roster.read([sheet_of(good(手机=Cell(0, 0, Kind.NUMBER, "14000000012")))]).people
    assert person.phone == "14000000012"


def test_lines_below_the_people_are_left_out() -> None:
    reading = roster.read(
        [sheet_of(good(), below=("填表人：甲", "", "审核人：乙", "", "负责人：丙"), merged=[Merged(4, 1, 4, 9)])]
    )
    assert (reading.lines, reading.findings) == (1, ())


def test_a_last_person_without_a_number_is_not_lost() -> None:
    reading = roster.read([sheet_of(good(), good(身份证号=""))])
    assert codes(reading) == [("身份证号", "missing")]
    assert reading.lines == 2


def test_a_line_among_the_people_without_name_and_number_is_one_error() -> None:
    reading = roster.read([sheet_of(good(), {"序号": "小计"}, good(身份证号=id_number(3)))])
    assert [(finding.row, finding.code) for finding in reading.findings] == [(4, "id-missing")]


def test_blank_rows_and_repeated_headers_are_skipped() -> None:
    header = {title: title for title in GOOD}
    blank: dict[str, str | Cell] = {}
    assert roster.read([sheet_of(good(), blank, dict(header), good(身份证号=id_number(3)))]).lines == 2


def test_the_header_is_found_wherever_it_is_and_whatever_it_is_called() -> None:
    renamed = {
        "身份证号": " 公民身份号码 ",
        "手机": "*联系电话：",
        "培训职业(工种)": "培训职业（工种）",
        "企业导师": "师傅",
    }
    titles = [renamed.get(title, title) for title in GOOD]
    person: dict[str, str | Cell] = {renamed.get(title, title): value for title, value in GOOD.items()}
    cover = Sheet("封面", (row_of(1, ["学徒花名册"]),))
    sheet = sheet_of(person, titles=list(reversed(titles)))
    assert roster.read([cover, sheet]).importable


def test_a_file_without_a_header_says_so() -> None:
    (finding,) = roster.read([Sheet("表1", (row_of(1, ["甲", "乙"]),))]).findings
    assert finding.code == "header-missing"
    assert roster.read([]).findings[0].code == "header-missing"


def test_a_missing_column_is_named() -> None:
    titles = [title for title in GOOD if title not in ("手机", "培养止")]
    reading = roster.read([sheet_of(good(), titles=titles)])
    assert [(finding.code, finding.params["column"]) for finding in reading.findings] == [
        ("column-missing", "培养止"),
        ("column-missing", "手机"),
    ]


def test_a_column_named_twice_is_an_error() -> None:
    reading = roster.read([sheet_of(good(), titles=[*GOOD, "姓名"])])
    assert [(finding.code, finding.address) for finding in reading.findings] == [("column-twice", "S2")]


def test_a_header_without_people_says_so() -> None:
    assert codes(roster.read([sheet_of()])) == [("", "no-people")]


def test_the_file_of_another_enterprise_is_an_error() -> None:
    above = ["统一社会信用代码：91511824MA0000111L"]
    assert roster.read([sheet_of(good(), above=above)], RosterContext(credit_code="91511824MA0000111L")).importable
    reading = roster.read([sheet_of(good(), above=above)], FOUNDRY)
    assert "other-enterprise" in {finding.code for finding in reading.findings}
    unreadable = sheet_of(good(), above=["统一社会信用代码：______"])
    assert "other-enterprise" not in {finding.code for finding in roster.read([unreadable], FOUNDRY).findings}


def test_two_merged_cells_are_two_errors_and_covered_cells_no_more() -> None:
    people = [good(身份证号=id_number(serial)) for serial in (1, 3)]
    people[1]["企业导师"] = ""
    reading = roster.read([sheet_of(*people, merged=[Merged(3, 15, 4, 15), Merged(4, 1, 4, 2), Merged(3, 40, 4, 41)])])
    assert [(finding.address, finding.code) for finding in reading.findings] == [("O3:O4", "merged"), ("A4", "merged")]
    assert reading.people == ()


def test_the_template_is_an_empty_roster_of_ours() -> None:
    reading = roster.read(
        read_workbook(template(enterprise="示例厂", credit_code="91511822MA0000226X")).sheets, FOUNDRY
    )
    assert [finding.code for finding in reading.findings] == ["no-people"]
    assert len(FIELDS) == 24
