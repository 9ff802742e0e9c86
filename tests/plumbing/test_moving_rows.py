"""Many rows are moved by one statement, all or none of them, and never over somebody else's change."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm.exc import StaleDataError

from tests.factories import Office
from trainingadmin.people.models import Office as Place
from trainingadmin.people.models import Organisation, Person
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.bulk import bulk_insert_ids
from trainingadmin.plumbing.database import db, move_rows, write_rows


def firms() -> list[Organisation]:
    return list(db.session.scalars(select(Organisation).order_by(Organisation.id)))


def test_all_get_the_values_and_count_their_version_up(office: Office) -> None:
    with transaction.unit():
        before = [firm.version for firm in firms()]
        move_rows(Organisation, firms(), contact="李经办")
        assert {firm.contact for firm in firms()} == {"李经办"}
    db.session.expire_all()
    assert [firm.version for firm in firms()] == [version + 1 for version in before]
    assert {firm.contact for firm in firms()} == {"李经办"}


def test_somebody_elses_change_stops_all_of_it(office: Office) -> None:
    def overtaken() -> None:
        mine = firms()
        db.session.execute(text("UPDATE organisations SET version = version + 1 WHERE id = :id"), {"id": mine[1].id})
        move_rows(Organisation, mine, contact="李经办")

    with pytest.raises(StaleDataError), transaction.unit():
        overtaken()
    db.session.expire_all()
    assert {firm.contact for firm in firms()} == {""}


def test_rows_get_values_of_their_own(office: Office) -> None:
    everybody = select(Person).order_by(Person.id)
    with transaction.unit():
        mine = list(db.session.scalars(everybody))
        write_rows(Person, [{"id": one.id, "household": f"第{at}户"} for at, one in enumerate(mine)])
        write_rows(Person, [])
    db.session.expire_all()
    found = [person.household for person in db.session.scalars(everybody)]
    assert found == [f"第{at}户" for at in range(len(mine))]


def test_ids_come_back_in_the_order_of_the_rows(office: Office) -> None:
    told = {
        "kind": "enterprise",
        "office_code": "511824",
        "contact": "",
        "payee_name": "",
        "payee_bank": "",
        "version": 1,
    }
    stamp = firms()[0].created_at
    with transaction.unit():
        rows = [{**told, "credit_code": f"X{at}", "name": f"企业{at}", "created_at": stamp} for at in range(5)]
        ids = bulk_insert_ids(Organisation, rows)
    assert [db.session.get_one(Organisation, one).name for one in ids] == [f"企业{at}" for at in range(5)]
    assert db.session.get(Place, "511824") is not None


def test_the_same_account_twice_does_not_look_the_same_and_defaults_apply(office: Office) -> None:
    told = {"kind": "enterprise", "office_code": "511824", "version": 1, "created_at": firms()[0].created_at}
    account = "6222020000000000017"
    with transaction.unit():
        rows = [{**told, "credit_code": f"X{at}", "name": f"企业{at}", "payee_account": account} for at in range(2)]
        ids = bulk_insert_ids(Organisation, rows)
    stored = db.session.scalars(text("SELECT payee_account FROM organisations WHERE credit_code LIKE 'X%'")).all()
    assert len(set(stored)) == 2
    found = [db.session.get_one(Organisation, one) for one in ids]
    assert [(firm.payee_account, firm.payee_bank) for firm in found] == [(account, "")] * 2
