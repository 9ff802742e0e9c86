"""What the database leaves out of a long list at first sight is clear, whatever a line says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest
from sqlalchemy import update

from tests.cohorts.rosters import name, number
from tests.factories import Office
from tests.registers import lists
from trainingadmin.kernel.identifiers import IdNumber
from trainingadmin.people import actions as people
from trainingadmin.people.models import Person
from trainingadmin.people.name_keys import index_of
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index
from trainingadmin.registers import queries
from trainingadmin.registers.models import RegisterList, RegisterRow
from trainingadmin.registers.queries import Found
from trainingadmin.registers.states import Match, Register

BORN_ON = IdNumber.parse(number(1)).born_on
DAYS = (None, BORN_ON, date(BORN_ON.year - 1, 1, 1), date(2020, 1, 1))
ODD = ("", "dates-odd")
WORDS = {
    Register.STATUS: ("脱贫人口", ""),
    Register.PENSION: ("企业职工基本养老保险", "遗属待遇"),
    Register.DEATH: ("", "火化证明"),
    Register.INSURANCE: ("企业职工基本养老保险", "机关事业单位养老保险"),
    Register.BUSINESS: ("个体工商户", "合作社"),
}
STANDINGS = ("", "正常", "已停保", "注销")


def lines(sent: RegisterList) -> Iterator[dict[str, Any]]:
    """Every kind of line about our person, under their own name and under another's."""
    assert sent.kind is not None
    told = product((name(1), f" {name(1)} ", name(2)), (False, True), ODD, DAYS, (None, date(2021, 1, 1)))
    for at, ((called, legacy, odd, begun, ended), word, standing) in enumerate(
        product(told, WORDS[sent.kind], STANDINGS)
    ):
        yield {
            "list_id": sent.id,
            "row": at + 2,
            "id_index": blind_index(number(1)),
            "id_number": number(1),
            "name": called,
            "name_index": index_of(called),
            "legacy": legacy,
            "odd": odd,
            "from_on": begun,
            "to_on": ended,
            "word": word,
            "standing": standing,
            "details": {},
            "digest": f"{sent.id}-{at}",
        }


@pytest.fixture
def person(office: Office) -> Person:
    """The person that every line is about."""
    one = IdNumber.parse(number(1))
    with transaction.unit():
        return people.add_person(one.text, name(1), one.born_on, one.sex.value)


def seen(office: Office, kind: Register) -> tuple[list[Found], list[Found]]:
    """Keep a list with every kind of line; return all of it, and what is left to look at."""
    sent = lists.imported(office, lists.made_up(kind, [{"name": name(2), "id_number": number(2)}]))
    with transaction.unit():
        bulk_insert(RegisterRow, list(lines(sent)))
    with transaction.unit(reads=True):
        newest = queries.current(office.actor("acceptance"))
        return queries.everybody(newest), queries.to_judge(newest)


@pytest.mark.parametrize("kind", list(Register))
def test_no_line_that_needs_a_human_is_left_out(office: Office, person: Person, kind: Register) -> None:
    everything, looked_at = seen(office, kind)
    assert [one for one in everything if one.outcome is not Match.CLEAR] == [
        one for one in looked_at if one.outcome is not Match.CLEAR
    ]


@pytest.mark.parametrize("kind", [kind for kind in Register if kind is not Register.DEATH])
def test_most_of_what_is_clear_is_left_out(office: Office, person: Person, kind: Register) -> None:
    everything, looked_at = seen(office, kind)
    clear = sum(one.outcome is Match.CLEAR for one in everything)
    assert sum(one.outcome is Match.CLEAR for one in looked_at) < clear / 2


def test_a_person_whose_name_was_never_indexed_is_looked_at(office: Office, person: Person) -> None:
    with transaction.unit():
        db.session.execute(update(Person).values(name_index=""))
    everything, looked_at = seen(office, Register.STATUS)
    assert looked_at == everything
    with transaction.unit():
        assert people.spell_names() > 0
        assert people.spell_names() == 0
    with transaction.unit(reads=True):
        assert len(queries.to_judge(queries.current(office.actor("acceptance")))) < len(everything)


def test_a_firm_is_looked_at_unless_it_is_plainly_active(office: Office) -> None:
    firm = office.enterprise
    told = [
        {"unit": unit, "credit_code": firm.credit_code, "standing": standing}
        for unit, standing in product((firm.name, "另一家公司"), ("存续", "正常", "注销", "吊销"))
    ]
    lists.imported(
        office,
        lists.made_up(
            Register.BUSINESS, [{"name": name(at), "id_number": number(at), **one} for at, one in enumerate(told, 2)]
        ),
    )
    with transaction.unit(reads=True):
        newest = queries.current(office.actor("acceptance"))
        everything, looked_at = queries.everybody(newest), queries.to_judge(newest)
    assert len(everything) == len(told)
    assert looked_at == [one for one in everything if one.outcome is not Match.CLEAR]
