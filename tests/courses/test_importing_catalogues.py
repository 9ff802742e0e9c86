"""Importing a catalogue: dry run, every mistake by its cell, all or nothing, once per file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from tests.courses import stage
from tests.factories import Office
from tests.sample_files import sample
from trainingadmin.courses import actions, queries
from trainingadmin.courses.models import CatalogueBatch, CatalogueItem
from trainingadmin.courses.states import CatalogueState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.plumbing.storage import store


@pytest.fixture(autouse=True)
def _maintainers(office: Office) -> None:
    stage.maintainers(office)


def kept() -> tuple[int, int]:
    """Return how many batches and item versions there are."""
    return tuple(db.session.scalar(select(func.count()).select_from(of)) or 0 for of in (CatalogueBatch, CatalogueItem))  # type: ignore[return-value]


def found_in(office: Office, *lines: Mapping[str, Value]) -> list[tuple[int, str, str, str]]:
    sent = stage.uploaded(office, stage.made_up(*lines))
    return [(one["row"], one["column_name"], one["severity"], one["code"]) for one in sent.findings]


def test_the_sample_is_read_first_and_nothing_is_kept(office: Office) -> None:
    sent = stage.uploaded(office, sample(stage.CATALOGUE), name="../目录<一>.xls")
    assert (sent.batches, sent.lines, sent.findings, sent.filename) == (3, 16, [], "目录一.xlsx")
    assert kept() == (0, 0)


def test_imported_it_waits_for_its_publication_and_the_journal_says_who(office: Office) -> None:
    batches = stage.imported(office, sample(stage.CATALOGUE))
    assert kept() == (3, 16)
    assert [(one.code, one.document, one.published_on) for one in batches] == [
        ("2020-01", "示例批次〔2020〕1号", date(2020, 3, 16)),
        ("2020-02", "示例批次〔2020〕2号", date(2020, 5, 25)),
        ("2020-03", "示例批次〔2020〕3号", date(2020, 8, 17)),
    ]
    assert batches[0].title == "雅安市专项职业能力培训项目(第一批)"
    assert {one.state for one in batches} == {CatalogueState.DRAFT}
    assert queries.item_on(stage.TEA, date(2020, 5, 11)) is None
    (_, entry) = journal.of(f"catalogue-uploads:{batches[0].upload_id}")
    assert (entry.verb, entry.detail["lines"]) == ("import-catalogue", 16)


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    first = stage.imported(office, sample(stage.CATALOGUE))[0].upload_id
    again = stage.uploaded(office, sample(stage.CATALOGUE), login="catalogue2")
    assert again.id == first
    with transaction.unit():
        assert actions.import_catalogue(again, by=office.actor("catalogue2")) is False
    assert kept() == (3, 16)


def test_a_second_upload_of_the_same_bytes_is_imported_once(office: Office) -> None:
    one, other = (stage.uploaded(office, sample(stage.CATALOGUE)) for _ in range(2))
    with transaction.unit():
        assert actions.import_catalogue(one, by=office.actor("catalogue"))
        assert actions.import_catalogue(other, by=office.actor("catalogue")) is False
    assert kept() == (3, 16)


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ({"name": ""}, "项目名称", "missing"),
        ({"code": "代码 1"}, "项目代码", "code-form"),
        ({"version": "一"}, "版本", "number-form"),
        ({"version": 0}, "版本", "number-range"),
        ({"occupation_code": "6-18"}, "关联职业编码", "occupation-code-format"),
        ({"hours": 81}, "总课时", "hours-sum"),
        ({"assessment": "面试"}, "考核方式", "assessment-unknown"),
        ({"assessment": "实操"}, "考核方式", "weights-assessment"),
        ({"pass_mark": 101}, "合格线", "number-range"),
        ({"theory_weight": 40}, "理论权重(%)", "weights-sum"),
        ({"subsidy": "一千"}, "补贴标准(元/人)", "amount-form"),
        ({"subsidy": 0}, "补贴标准(元/人)", "number-range"),
        ({"groups": "脱贫;学生"}, "适用人群", "group-unknown"),
        ({"valid_from": "2020-02-30"}, "有效期起", "date-none"),
        ({"valid_to": date(2020, 8, 31)}, "有效期止", "period"),
        ({"document": "长" * 121}, "文号", "too-long"),
    ],
)
def test_a_mistake_is_named_by_its_cell(office: Office, line: Mapping[str, Value], column: str, code: str) -> None:
    assert found_in(office, line) == [(3, column, "error", code)]


def test_an_occupation_that_the_table_lacks_is_a_warning(office: Office) -> None:
    assert found_in(office, {"occupation_code": "6-99-99-99"}) == [(3, "关联职业编码", "warning", "occupation-unknown")]


def test_a_batch_says_one_thing_about_itself(office: Office) -> None:
    other = {"code": "YAZX-2021-002", "document": "示例批次〔2021〕2号"}
    assert found_in(office, {}, other) == [(4, "文号", "error", "batch-differs")]


def test_a_version_stands_once_and_none_runs_into_the_next(office: Office) -> None:
    assert [one[3] for one in found_in(office, {}, {})] == ["version-twice", "version-twice"]
    later: dict[str, Value] = {"version": 2, "valid_from": date(2020, 12, 1)}
    assert found_in(office, {}, later) == []
    assert found_in(office, {"valid_to": date(2020, 11, 30)}, later) == []
    assert found_in(office, {"valid_to": date(2020, 12, 1)}, later) == [(4, "有效期起", "error", "version-overlaps")]
    assert found_in(office, {}, {"version": 2}) == [(4, "有效期起", "error", "version-overlaps")]


def test_another_name_under_the_same_code_is_a_warning(office: Office) -> None:
    later: dict[str, Value] = {"version": 2, "valid_from": date(2020, 12, 1), "name": "竹编"}
    assert found_in(office, {}, later) == [(4, "项目名称", "warning", "name-differs")]


def test_what_the_catalogue_has_is_neither_repeated_nor_contradicted(office: Office) -> None:
    stage.imported(office, stage.made_up({"version": 2, "valid_from": date(2020, 12, 1)}))
    assert {one[3] for one in found_in(office, {})} == {"batch-known"}
    fresh: dict[str, Value] = {"batch": "2021-02"}
    assert found_in(office, {**fresh, "version": 2}) == [(3, "版本", "error", "version-twice")]
    assert found_in(office, {**fresh, "version": 3}) == [(3, "有效期起", "error", "version-overlaps")]
    assert found_in(office, {**fresh, "valid_to": date(2020, 12, 1)}) == [(3, "有效期起", "error", "version-overlaps")]
    assert found_in(office, {**fresh, "version": 3, "valid_from": date(2021, 1, 1)}) == []
    assert found_in(office, fresh) == []


def test_a_dropped_batch_is_no_longer_in_the_way(office: Office) -> None:
    (batch,) = stage.imported(office, stage.made_up({}))
    stage.moved(office, batch, "drop", "catalogue", "标准写错")
    (again,) = stage.imported(office, stage.made_up({"subsidy": 1100}))
    assert (again.code, again.state) == (batch.code, CatalogueState.DRAFT)


def test_one_mistake_keeps_the_whole_file_out_and_comes_back_marked(office: Office) -> None:
    sent = stage.uploaded(office, stage.made_up({}, {"code": "YAZX-2021-002", "hours": 90}))
    assert sent.annotated_sha256 is not None
    assert store().read(sent.annotated_sha256).startswith(b"PK")
    (problem,) = actions.problems(sent)
    assert (problem["row"], problem["column"]) == (4, "K 总课时")
    assert "请核对" in problem["advice"]
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.import_catalogue(sent, by=office.actor("catalogue"))
    assert refused.value.code == "catalogue-has-errors"
    assert kept() == (0, 0)


def test_a_file_that_became_wrong_since_is_refused_at_the_import(office: Office) -> None:
    one, other = (stage.uploaded(office, stage.made_up({"subsidy": amount})) for amount in (1000, 1200))
    with transaction.unit():
        actions.import_catalogue(one, by=office.actor("catalogue"))
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.import_catalogue(other, by=office.actor("catalogue"))
    assert refused.value.code == "catalogue-has-errors"
    assert kept() == (1, 1)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken"])
def test_a_broken_file_is_refused_at_its_field(office: Office, data: bytes) -> None:
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.upload_catalogue("目录.xlsx", data, by=office.actor("catalogue"))
    assert refused.value.field == "sheet"


def test_a_table_without_items_says_what_is_missing(office: Office) -> None:
    assert [one[3] for one in found_in(office)] == ["no-lines"]
    sent = stage.uploaded(office, "甲,乙\n1,2\n".encode(), name="目录.csv")
    assert [one["code"] for one in sent.findings] == ["header-missing"]
    sent = stage.uploaded(office, "批次号,项目代码,项目名称\n1,2,3\n".encode(), name="目录.csv")
    assert {one["code"] for one in sent.findings} == {"column-missing"}


def test_only_maintainers_bring_catalogues_in(office: Office) -> None:
    sent = stage.uploaded(office, stage.made_up({}))
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.upload_catalogue("目录.xlsx", stage.made_up({}), by=office.actor("policy"))
    assert refused.value.code == "catalogue-role"
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.import_catalogue(sent, by=office.actor("approval"))
    assert refused.value.code == "catalogue-role"


def test_the_database_keeps_versions_as_they_are(office: Office) -> None:
    stage.imported(office, stage.made_up({}))
    with pytest.raises(DatabaseError, match="append-only"), transaction.unit():
        db.session.execute(text("UPDATE catalogue_items SET subsidy = 1"))


def test_the_sample_of_the_tour_is_one_more_batch_on_top_of_the_demos(office: Office) -> None:
    stage.imported(office, sample(stage.CATALOGUE))
    before = kept()
    with clock.at(date(2021, 5, 1)), transaction.unit():
        sent = actions.upload_catalogue("目录.xlsx", sample("catalogue-2021.xlsx"), by=office.actor("catalogue"))
        assert sent.findings == []
        assert actions.import_catalogue(sent, by=office.actor("catalogue"))
    assert kept() == (before[0] + 1, before[1] + 2)
