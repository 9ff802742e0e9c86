"""Which deaths a human has confirmed, by any list, and which reports of one still wait for a human."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from trainingadmin.people.models import Account
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import remembered
from trainingadmin.registers.models import RegisterList, RegisterRow, Ruling
from trainingadmin.registers.queries import lists
from trainingadmin.registers.queries.matches import Found, to_judge
from trainingadmin.registers.states import Register


class Death(NamedTuple):
    """A line of a list of deaths that an officer found to be about one of our people and true."""

    row_id: int
    person_id: int
    died_on: date | None
    note: str
    who: str
    at: datetime


def confirmed_deaths(persons: Select[*tuple[Any, ...]]) -> list[Death]:
    """Return, for those of these people whom the latest ruling on a line says to be dead, that line; the last of each."""
    found = (Death(*row) for row in driver.rows(_confirmed(persons)))
    return list({one.person_id: one for one in found}.values())


def open_deaths() -> list[tuple[str, Found]]:
    """Return what the newest lists of deaths report of our people and nobody has ruled on, each with the list's office."""
    newest = lists.newest(Register.DEATH)
    offices = {one.id: one.office_code for one in newest}
    return [(offices[one.list_id], one) for one in to_judge(newest) if one.is_open]


@remembered
def _confirmed(persons: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    latest = select(func.max(Ruling.id)).where(Ruling.person_id.in_(persons)).group_by(Ruling.digest, Ruling.person_id)
    return (
        select(RegisterRow.id, Ruling.person_id, RegisterRow.from_on, Ruling.note, Account.name, Ruling.at)
        .select_from(Ruling)
        .join(RegisterRow, RegisterRow.id == Ruling.row_id)
        .join(RegisterList, RegisterList.id == RegisterRow.list_id)
        .join(Account, Account.id == Ruling.account_id)
        .where(Ruling.id.in_(latest), Ruling.confirmed, RegisterList.kind == Register.DEATH)
        .order_by(Ruling.id)
    )
