"""Of whom among those to be paid for a list reports the death, and whether that was before what is paid for had ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.cohorts.models import Enrolment, Result
from trainingadmin.kernel.dates import add_months, parse_month
from trainingadmin.kernel.roles import CITY, Actor
from trainingadmin.payments.models import Due, Payment
from trainingadmin.payments.queries.dues import dues_visible_to, in_pile, pile_of
from trainingadmin.payments.states import DeathMark, DueKind, DueState
from trainingadmin.people.models import Person
from trainingadmin.plumbing.database import db, remembered
from trainingadmin.plumbing.membership import among
from trainingadmin.registers import queries as registers

_Report = tuple[DeathMark | None, date | None, int, str]
_DAY = timedelta(days=1)


class Dead(NamedTuple):
    """A due for somebody whom a line of a list of deaths is about: which, when they died by it, and what it means here."""

    due_id: int
    person_id: int
    pile: str
    kind: DueKind
    line: str
    person: str
    row_id: int
    died_on: date | None
    mark: DeathMark

    @property
    def bars(self) -> bool:
        """Whether it must not be paid as things are."""
        return self.mark is not DeathMark.AFTER


def of_open(actor: Actor) -> list[Dead]:
    """Return the dead among all that waits for a batch."""
    return _dead(dues_visible_to(actor).where(Due.state == DueState.OPEN))


def of_pile(actor: Actor, pile: str, kind: str) -> dict[int, Dead]:
    """Return the dead of one group by due."""
    return _by_due(_dead(dues_visible_to(actor).where(in_pile(pile), Due.kind == kind)))


def of_batch(batch_id: int) -> dict[int, Dead]:
    """Return the dead of a batch by due."""
    return _by_due(_dead(select(Due).where(Due.id.in_(select(Payment.due_id).where(Payment.batch_id == batch_id)))))


def of_dues(due_ids: Collection[int]) -> dict[int, Dead]:
    """Return the dead of some dues by due."""
    return _by_due(_dead(select(Due).where(among(Due.id, due_ids))))


def _by_due(found: Iterable[Dead]) -> dict[int, Dead]:
    return {one.due_id: one for one in found}


def _dead(dues: Select[*tuple[Any, ...]]) -> list[Dead]:
    """Return the dead among dues that are paid out: four queries at most, and one more where somebody is named."""
    reports = _reports()
    if not reports:
        return []
    told = dues.where(among(Due.person_id, reports), Due.kind != DueKind.RECOVERY).with_only_columns(*_COLUMNS)
    for joined, on in _BESIDE:
        told = told.outerjoin(joined, on)
    named = told.join(Person, Person.id == Due.person_id).order_by(Due.about, Due.position, Due.id)
    found = ((row, _worst(row, reports[row.person_id])) for row in db.session.execute(named))
    return [_one(row, *report) for row, report in found if report is not None]


_BESIDE: tuple[tuple[Any, ColumnElement[bool]], ...] = (
    (Enrolment, Enrolment.id == Due.enrolment_id),
    (Result, Result.enrolment_id == Due.enrolment_id),
    (ClaimLine, ClaimLine.id == Due.claim_line_id),
    (Claim, Claim.id == ClaimLine.claim_id),
)
_COLUMNS = (
    Due.id,
    Due.person_id,
    Due.cohort_id,
    Due.scheme,
    Due.office_code,
    Due.kind,
    Due.period,
    Due.about,
    Due.position,
    Person.name.label("person"),
    func.coalesce(Result.ended_on, Enrolment.left_on, Enrolment.ends_on, Claim.claimed_on).label("ended_on"),
)


def _reports() -> dict[int, list[_Report]]:
    """Return by person what a human confirmed, and what waits for one with the office whose list it is on."""
    found: dict[int, list[_Report]] = {}
    for one in registers.confirmed_deaths(_paid_for()):
        found.setdefault(one.person_id, []).append((None, one.died_on, one.row_id, CITY))
    for office_code, line in registers.open_deaths():
        report = (DeathMark.OPEN, line.from_on, line.row_id, office_code)
        found.setdefault(line.person_id or 0, []).append(report)
    return found


@remembered
def _paid_for() -> Select[*tuple[Any, ...]]:
    return select(Due.person_id).where(Due.kind != DueKind.RECOVERY)


def _worst(row: Any, reports: Iterable[_Report]) -> tuple[int, date | None, DeathMark] | None:
    told = [
        (row_id, died_on, mark or _against(row, died_on))
        for mark, died_on, row_id, office_code in reports
        if office_code in (CITY, row.office_code)
    ]
    return min(told, key=lambda one: list(DeathMark).index(one[2]), default=None)


def _against(row: Any, died_on: date | None) -> DeathMark:
    """Tell of a death that is true whether what is paid for had ended by then, as a claim is judged by its last day."""
    ended_on = add_months(parse_month(row.period), 1) - _DAY if row.kind is DueKind.MONTHLY else row.ended_on
    return DeathMark.BEFORE if died_on is None or ended_on is None or died_on <= ended_on else DeathMark.AFTER


def _one(row: Any, row_id: int, died_on: date | None, mark: DeathMark) -> Dead:
    pile, line = pile_of(row.cohort_id, row.scheme, row.office_code), f"{row.about}#{row.position} {row.person}"
    return Dead(row.id, row.person_id, pile, row.kind, line, row.person, row_id, died_on, mark)
