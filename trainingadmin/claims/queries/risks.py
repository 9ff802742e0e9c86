"""With whom people of a claim share an account, a phone or a device: told to reviewers with the evidence, deciding nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import CTE, Select, func, null, select, union, union_all
from sqlalchemy.orm import aliased

from trainingadmin.checkins.models import Scan
from trainingadmin.claims.models import Claim, ClaimLine, SubmissionDevice
from trainingadmin.claims.states import Shared
from trainingadmin.people.models import PayoutAccount, Person
from trainingadmin.plumbing.database import db

Ids = Select[*tuple[Any, ...]] | Collection[int]


class Risk(NamedTuple):
    """Somebody else with whom a person shares something: since when and how often, and the other's latest claim."""

    what: Shared
    person_id: int
    name: str
    id_number: str
    since: datetime | None
    times: int
    claim: str


def risks(persons: Ids) -> dict[int, list[Risk]]:
    """Return by person what each shares with whom; four queries whatever their number."""
    rows = [
        (what, *row)
        for what, told in ((Shared.ACCOUNT, _accounts), (Shared.PHONE, _phones), (Shared.DEVICE, _devices))
        for row in db.session.execute(told(persons))
    ]
    numbers = _claims({row[2] for row in rows})
    found: dict[int, list[Risk]] = defaultdict(list)
    for what, person_id, other_id, name, id_number, since, times in rows:
        found[person_id].append(Risk(what, person_id, name, id_number, since, times, numbers.get(other_id, "")))
    return dict(found)


class Sharer(NamedTuple):
    """One line of a claim whose person shares something with somebody else."""

    line_id: int
    name: str


def shared_in(claim_id: int) -> list[Sharer]:
    """Return the lines of a claim about whose people there is a risk, in order."""
    found = risks(select(ClaimLine.person_id).where(ClaimLine.claim_id == claim_id))
    told: Select[*tuple[Any, ...]] = select(ClaimLine.id, Person.name).join(Person, Person.id == ClaimLine.person_id)
    mine = told.where(ClaimLine.claim_id == claim_id, ClaimLine.person_id.in_(found)).order_by(ClaimLine.position)
    return [Sharer(*tuple(row)) for row in db.session.execute(mine)] if found else []


def _accounts(persons: Ids) -> Select[*tuple[Any, ...]]:
    other = aliased(PayoutAccount)
    newest = select(func.max(PayoutAccount.id)).where(PayoutAccount.person_id.in_(persons))
    return (
        select(PayoutAccount.person_id, Person.id, Person.name, Person.id_number, func.min(other.at), func.count())
        .join(
            other,
            (other.number_index == PayoutAccount.number_index) & (other.person_id != PayoutAccount.person_id),
        )
        .join(Person, Person.id == other.person_id)
        .where(PayoutAccount.id.in_(newest.group_by(PayoutAccount.person_id)))
        .group_by(PayoutAccount.person_id, Person.id, Person.name, Person.id_number)
        .order_by(PayoutAccount.person_id, Person.id)
    )


def _phones(persons: Ids) -> Select[*tuple[Any, ...]]:
    mine = aliased(Person)
    return (
        select(mine.id, Person.id, Person.name, Person.id_number, null(), func.count())
        .select_from(mine)
        .join(Person, (Person.phone_index == mine.phone_index) & (Person.id != mine.id))
        .where(mine.id.in_(persons))
        .group_by(mine.id, Person.id, Person.name, Person.id_number)
        .order_by(mine.id, Person.id)
    )


# What leaves a device's mark.
_USES: tuple[type[Scan | SubmissionDevice], ...] = (Scan, SubmissionDevice)


def _devices(persons: Ids) -> Select[*tuple[Any, ...]]:
    used = (select(use.person_id, use.device).where(use.person_id.in_(persons), use.device != "") for use in _USES)
    mine = union(*used).cte()
    shared = union_all(*(_shared(mine, use) for use in _USES)).subquery()
    return (
        select(shared.c.mine, Person.id, Person.name, Person.id_number, func.min(shared.c.at), func.count())
        .join(Person, Person.id == shared.c.other)
        .group_by(shared.c.mine, Person.id, Person.name, Person.id_number)
        .order_by(shared.c.mine, Person.id)
    )


def _shared(mine: CTE, use: type[Scan | SubmissionDevice]) -> Select[*tuple[Any, ...]]:
    met = (use.device == mine.c.device) & (use.person_id != mine.c.person_id)
    return select(mine.c.person_id.label("mine"), use.person_id.label("other"), use.at.label("at")).join(use, met)


def _claims(person_ids: Collection[int]) -> dict[int, str]:
    told = select(ClaimLine.person_id, Claim.number).join(Claim, Claim.id == ClaimLine.claim_id)
    rows = db.session.execute(told.where(ClaimLine.person_id.in_(person_ids)).order_by(ClaimLine.id))
    return dict(rows.all()) if person_ids else {}
