"""Importing a list: dry run, all or nothing, once per file, every version kept."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from tests.cohorts.rosters import name, number
from tests.factories import Office
from tests.registers import lists
from tests.sample_files import sample
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.storage import store
from trainingadmin.registers import actions, queries
from trainingadmin.registers.models import RegisterList, RegisterRow
from trainingadmin.registers.states import Register

DEAD = {"name": name(1), "id_number": number(1)}


def lines() -> int:
    return db.session.scalar(select(func.count()).select_from(RegisterRow)) or 0


def in_force(office: Office, kind: Register = Register.DEATH) -> list[date]:
    return [one.as_of for one in queries.current(office.actor("acceptance")) if one.kind is kind]


def test_a_list_is_read_first_and_nothing_is_kept(office: Office) -> None:
    sent = lists.uploaded(office, sample(lists.DEATH), name="../死亡<名单>.xls")
    assert (sent.lines, sent.findings, sent.imported_at, sent.filename) == (20, [], None, "死亡名单.xlsx")
    assert (sent.department, sent.as_of) == ("民政、公安部门(示例)", date(2020, 6, 30))
    assert lines() == 0
    assert in_force(office) == []


def test_imported_it_is_in_force_at_once_and_the_journal_says_who(office: Office) -> None:
    sent = lists.imported(office, sample(lists.DEATH))
    assert lines() == 20
    assert in_force(office) == [date(2020, 6, 30)]
    (_, entry) = journal.of(f"register-lists:{sent.id}")
    assert (entry.verb, entry.account_id, entry.detail["lines"]) == (
        "import-list",
        office.accounts["acceptance"].id,
        20,
    )


def test_numbers_and_names_stand_nowhere_in_the_open(office: Office) -> None:
    lists.imported(office, lists.made_up(Register.DEATH, [DEAD]))
    kept = db.session.execute(text("SELECT * FROM register_rows")).one()
    assert not any(secret in str(kept) for secret in (number(1), name(1)))


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    first = lists.imported(office, sample(lists.DEATH))
    again = lists.uploaded(office, sample(lists.DEATH))
    assert again.id == first.id
    with transaction.unit():
        assert actions.import_list(again, by=office.actor("acceptance")) is False
    assert lines() == 20


def test_a_second_upload_of_the_same_bytes_is_imported_once(office: Office) -> None:
    one, other = (lists.uploaded(office, sample(lists.DEATH)) for _ in range(2))
    with clock.at(lists.IMPORTED_ON), transaction.unit():
        assert actions.import_list(one, by=office.actor("acceptance"))
        assert actions.import_list(other, by=office.actor("first_review")) is False
    assert lines() == 20


def test_a_newer_list_takes_the_place_of_the_former_which_is_kept(office: Office) -> None:
    for as_of in ("2020-04-30", "2020-05-31"):
        lists.imported(office, lists.made_up(Register.DEATH, [DEAD], as_of=as_of, department=as_of))
    assert in_force(office) == [date(2020, 5, 31)]
    assert lines() == 2


def test_an_older_list_that_comes_late_is_history(office: Office) -> None:
    for as_of in ("2020-05-31", "2020-04-30"):
        lists.imported(office, lists.made_up(Register.DEATH, [DEAD], as_of=as_of))
    assert in_force(office) == [date(2020, 5, 31)]


def test_a_broken_file_leaves_the_last_version_in_force(office: Office) -> None:
    lists.imported(office, sample(lists.DEATH))
    broken = lists.uploaded(
        office, lists.made_up(Register.DEATH, [DEAD, {**DEAD, "id_number": "1"}], as_of="2020-06-30", department="坏")
    )
    with clock.at(lists.IMPORTED_ON), transaction.unit(), pytest.raises(Refusal) as refused:
        actions.import_list(broken, by=office.actor("acceptance"))
    assert refused.value.code == "list-has-errors"
    assert lines() == 20
    assert in_force(office) == [date(2020, 6, 30)]


def test_mistakes_come_back_in_a_copy_of_the_file(office: Office) -> None:
    sent = lists.uploaded(office, lists.made_up(Register.DEATH, [{**DEAD, "id_number": number(1)[:17] + "*"}]))
    assert sent.annotated_sha256 is not None
    book = openpyxl.load_workbook(io.BytesIO(store().read(sent.annotated_sha256)))
    assert any(cell.comment for page in book for row in page.iter_rows() for cell in row)
    (told,) = actions.problems(sent)
    assert (told["row"], told["kind"]) == (4, "error")
    assert "*" in told["value"]


@pytest.mark.parametrize("login", ["second_review", "enterprise", "supervisor"])
def test_only_acceptance_and_first_review_send_lists(office: Office, login: str) -> None:
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.upload_list("名单.xlsx", sample(lists.DEATH), by=office.actor(login))
    assert refused.value.code == "register-role"


def test_another_office_cannot_import_what_this_one_sent(office: Office) -> None:
    sent = lists.uploaded(office, sample(lists.DEATH))
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.import_list(sent, by=office.actor("other_office"))
    assert refused.value.code == "list-not-yours"


def test_what_is_no_spreadsheet_is_refused_beside_the_field(office: Office) -> None:
    with pytest.raises(Refusal) as refused, transaction.unit():
        actions.upload_list("名单.xlsx", b"PK\x03\x04 broken", by=office.actor("acceptance"))
    assert refused.value.field == "sheet"
    assert db.session.scalar(select(func.count()).select_from(RegisterList)) == 0


def test_lines_can_neither_be_changed_nor_deleted(office: Office) -> None:
    lists.imported(office, sample(lists.DEATH))
    for statement in ("UPDATE register_rows SET odd = ''", "DELETE FROM register_rows"):
        with pytest.raises(DatabaseError), transaction.unit():
            db.session.execute(text(statement))
