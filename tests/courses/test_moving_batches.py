"""Publishing a batch takes two people; what is published holds on its days."""

from __future__ import annotations

from datetime import date

import pytest

from tests.courses import stage
from tests.factories import Office
from trainingadmin.courses import actions, queries
from trainingadmin.courses.differences import changes
from trainingadmin.courses.models import CatalogueBatch
from trainingadmin.courses.states import CatalogueState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import journal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.writing import Value


@pytest.fixture(autouse=True)
def _maintainers(office: Office) -> None:
    stage.maintainers(office)


@pytest.fixture
def batch(office: Office) -> CatalogueBatch:
    return stage.imported(office, stage.made_up({}))[0]


def refusal(office: Office, batch: CatalogueBatch, name: str, login: str, note: str = "") -> str:
    with pytest.raises(Refusal) as refused:
        stage.moved(office, batch, name, login, note)
    return refused.value.code


def version_on(code: str, day: date) -> int | None:
    found = queries.item_on(code, day)
    return found.version if found else None


def test_one_enters_and_proposes_another_publishes(office: Office, batch: CatalogueBatch) -> None:
    stage.moved(office, batch, "propose", "catalogue")
    assert version_on("YAZX-2021-001", date(2020, 9, 1)) is None
    stage.moved(office, batch, "publish", "catalogue2")
    assert batch.state is CatalogueState.PUBLISHED
    assert version_on("YAZX-2021-001", date(2020, 9, 1)) == 1
    assert [(step.move, step.name) for step in batch.steps][-1] == ("publish", "catalogue2")
    assert [one.verb for one in journal.of(f"catalogue-batches:{batch.id}")] == [
        "propose-catalogue-batch",
        "publish-catalogue-batch",
    ]


def test_whoever_entered_or_proposed_it_does_not_publish_it(office: Office, batch: CatalogueBatch) -> None:
    stage.moved(office, batch, "propose", "catalogue2")
    assert refusal(office, batch, "publish", "catalogue") == "move-same-person"
    assert refusal(office, batch, "publish", "catalogue2") == "move-same-person"
    offered = {one.move.name: one.allowed for one in actions.offers(batch, office.actor("catalogue"))}
    assert offered == {"return": False, "publish": False, "drop": True}


def test_a_batch_is_not_published_before_the_day_of_its_document(office: Office) -> None:
    (batch,) = stage.imported(office, stage.made_up({"published_on": date(2020, 9, 2)}))
    stage.moved(office, batch, "propose", "catalogue")
    assert refusal(office, batch, "publish", "catalogue2") == "batch-future"


def test_a_returned_batch_can_be_proposed_again_or_dropped_with_a_reason(office: Office, batch: CatalogueBatch) -> None:
    stage.moved(office, batch, "propose", "catalogue")
    assert refusal(office, batch, "return", "catalogue2") == "move-note"
    stage.moved(office, batch, "return", "catalogue2", "文号不对")
    assert batch.state is CatalogueState.DRAFT
    stage.moved(office, batch, "propose", "catalogue")
    assert refusal(office, batch, "drop", "catalogue") == "move-note"
    stage.moved(office, batch, "drop", "catalogue", "重新导入")
    assert batch.state.value == "dropped"


def test_what_is_published_is_neither_dropped_nor_published_again(office: Office) -> None:
    (batch,) = stage.published(office, stage.made_up({}))
    assert refusal(office, batch, "drop", "catalogue", "写错") == "move-state"
    assert refusal(office, batch, "publish", "catalogue2") == "move-state"


def test_others_move_nothing_and_unknown_moves_do_not_exist(office: Office, batch: CatalogueBatch) -> None:
    assert refusal(office, batch, "propose", "policy") == "move-role"
    assert refusal(office, batch, "enter", "catalogue") == "move-unknown"


def test_the_opening_date_decides_the_version(office: Office) -> None:
    stage.published(office)
    assert [version_on(stage.TEA, day) for day in (date(2020, 3, 15), date(2020, 3, 16), date(2020, 8, 31))] == [
        None,
        1,
        1,
    ]
    assert [version_on(stage.TEA, day) for day in (date(2020, 9, 1), date(2026, 1, 1))] == [2, 2]
    fish, pepper = "YAZX-2020-006", "YAZX-2020-013"
    assert [version_on(fish, day) for day in (date(2020, 5, 24), date(2020, 5, 25))] == [None, 1]
    assert [version_on(pepper, day) for day in (date(2020, 12, 31), date(2021, 1, 1))] == [1, None]


def test_a_later_version_closes_the_open_end_of_the_former_for_good(office: Office) -> None:
    later: dict[str, Value] = {"version": 2, "valid_from": date(2020, 12, 1), "valid_to": date(2020, 12, 31)}
    stage.published(office, stage.made_up({}, later))
    code = "YAZX-2021-001"
    assert [version_on(code, date(2020, *day)) for day in ((11, 30), (12, 1), (12, 31))] == [1, 2, 2]
    assert version_on(code, date(2021, 1, 1)) is None


def test_the_list_of_a_day_agrees_with_the_question_for_one_item(office: Office) -> None:
    stage.published(office)
    for day in (date(2020, 3, 15), date(2020, 8, 31), date(2020, 9, 1), date(2021, 1, 1)):
        listed = {item.code: item.version for item in db.session.scalars(queries.items_on(day))}
        codes = [f"YAZX-2020-{number:03d}" for number in range(1, 16)]
        assert listed == {code: version for code in codes if (version := version_on(code, day)) is not None}


def test_search_narrows_by_words_group_and_batch(office: Office) -> None:
    stage.published(office)

    def codes(**wanted: str) -> list[str]:
        return [item.code[-3:] for item in db.session.scalars(queries.items_on(date(2020, 10, 1), **wanted))]

    assert len(codes()) == 15
    assert codes(q="茶") == ["001", "004"]
    assert codes(q="2020-01") == ["010", "011", "012", "013", "014", "015"]
    assert codes(q="%") == []
    assert "009" not in codes(group="veteran")
    assert len(codes(group="monitored")) == 15
    assert codes(batch="2020-03") == ["001", "011", "012", "013", "014", "015"]
    assert len(codes(group="nobody")) == 15


def test_what_changed_between_versions_is_said_field_by_field(office: Office) -> None:
    stage.published(office)
    (second, _), (first, _) = queries.versions(stage.TEA)
    assert changes(first, second) == [
        ("理论课时", "24", "20"),
        ("实操课时", "56", "60"),
        ("补贴标准(元/人)", "1,200.00", "1,300.00"),
        ("有效期起", "2020-03-16", "2020-09-01"),
        ("有效期止", "2020-08-31", "长期"),
    ]
