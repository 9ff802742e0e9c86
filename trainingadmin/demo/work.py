"""The demo's people trained at their work: three months with wages and scans, claimed for and on the acceptance desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from trainingadmin.claims import actions as claims
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import DocumentKind
from trainingadmin.demo import rosters
from trainingadmin.demo.bureau import FIRM, actor
from trainingadmin.demo.chain import on
from trainingadmin.demo.papers import agreement
from trainingadmin.demo.rosters import Apprentice
from trainingadmin.kernel.dates import add_months
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.spreadsheets.tables import Field
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_table
from trainingadmin.wages import actions
from trainingadmin.wages.roster_columns import FIELDS as ROSTER
from trainingadmin.wages.sheet_columns import FIELDS as WAGES

_SEED, _PEOPLE, _MONTHS, _SINCE = 81, 8, 3, 4
"""The first of three months is the fourth before this one: the last one's wages were paid by last month's tenth."""


def work_claimed() -> None:
    """File in the first month, prove each month's wages, claim; one person has no wage in the last month."""
    first = add_months(clock.today().replace(day=1), -_SINCE)
    months = [add_months(first, at) for at in range(_MONTHS)]
    people, filed = rosters.apprentices(_SEED, _PEOPLE), list[Cohort]()
    day = first + timedelta(days=9)

    def file() -> None:
        by = actor("qiye")
        plan = actions.Plan(f"{first.year}年装配车间以工代训", months[0], months[-1])
        filed.append(actions.file(plan, by=by))
        actions.enrol(actions.upload_roster(filed[0], "以工代训花名册.xlsx", roster(people, first), by=by), by=by)
        actions.move(filed[0], "submit", by=by)

    on(day, file)
    on(day + timedelta(days=2), lambda: actions.move(filed[0], "accept", by=actor("shouli")))
    on(day + timedelta(days=4), lambda: actions.move(filed[0], "approve", by=actor("chushen")))
    for month in months:
        on(_paid_on(month) + timedelta(days=1), partial(prove, filed[0], people, month, months[-1]))
    on(clock.today() - timedelta(days=1), lambda: claim(filed[0]))


def _paid_on(month: date) -> date:
    return add_months(month, 1).replace(day=10)


def prove(cohort: Cohort, people: list[Apprentice], month: date, last: date) -> None:
    """Send a month's wages and the bank's answer that proves them."""
    by = actor("qiye")
    paid = people[:-1] if month == last else people
    actions.import_wages(actions.upload_wages(cohort, f"{month:%Y-%m}工资.xlsx", wages(paid, month), by=by), by=by)
    scan = agreement(f"{month:%Y%m}", DocumentKind.OTHER)
    actions.attach(cohort, month, f"{month:%Y-%m}代发回单.pdf", scan, by=by)


def claim(cohort: Cohort) -> None:
    """Claim the months that are proved."""
    made = claims.open_claim(cohort, by=actor("qiye"))
    claims.submit(made, by=actor("qiye"))


def roster(people: list[Apprentice], first: date) -> bytes:
    """Return the roster (.xlsx) of people at work since the tenth of the month before."""
    rows: list[dict[str, Value]] = [
        {
            "position": str(at),
            "name": one.name,
            "id_number": one.id_number,
            "education": "初中",
            "household": "四川省雅安市石棉县",
            "category": "新招用",
            "post": "装配",
            "insured_unit": FIRM,
            "starts_on": first - timedelta(days=20),
            "phone": one.phone,
        }
        for at, one in enumerate(people, start=1)
    ]
    return _table(ROSTER, rows, "以工代训人员花名册", day="starts_on")


def wages(people: list[Apprentice], month: date) -> bytes:
    """Return the sheet (.xlsx) of a month's wages."""
    rows: list[dict[str, Value]] = [
        {
            "position": str(at),
            "name": one.name,
            "id_number": one.id_number,
            "month": f"{month:%Y-%m}",
            "amount": f"{2600 + at * 40}.00",
            "paid_on": _paid_on(month),
            "voucher": f"BK{month:%y%m}{at:06d}",
        }
        for at, one in enumerate(people, start=1)
    ]
    return _table(WAGES, rows, "工资发放明细", day="paid_on")


def _table(fields: Sequence[Field], rows: list[dict[str, Value]], sheet: str, *, day: str) -> bytes:
    columns = [Column(item.title, Form.DATE if item.key == day else Form.TEXT, 14) for item in fields]
    return write_table(columns, [[row.get(item.key, "") for item in fields] for row in rows], sheet=sheet)
