"""Filings of people trained at work at every stage, and the sheets that firms send, made by the product's own actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests.cohorts.rosters import CODE, UNIT, name, number
from tests.factories import Office
from tests.staging import staged
from trainingadmin.cohorts.models import Cohort, RosterUpload
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_table
from trainingadmin.wages import actions, roster_columns, sheet_columns
from trainingadmin.wages.actions import Plan

FILED_ON = date(2020, 6, 20)
ACCEPTED_ON = date(2020, 6, 22)
APPROVED_ON = date(2020, 6, 24)
PAID_ON = date(2020, 9, 10)
MONTHS = (date(2020, 6, 1), date(2020, 7, 1), date(2020, 8, 1))
PDF = b"%PDF-1.4\n% the bank's answer\n%%EOF\n"
FIRST = 3000  # of the made-up people


def roster(
    count: int = 12,
    *,
    first: int = 0,
    code: str = CODE,
    changes: Mapping[int, Mapping[str, Value]] | None = None,
) -> bytes:
    """Return a roster (.xlsx) of `count` made-up people at work since 2020-05-18; `changes` by row counted from 0."""
    columns = [
        Column(item.title, Form.DATE if item.key == "starts_on" else Form.TEXT) for item in roster_columns.FIELDS
    ]
    rows = [{**_worker(first + at), "position": str(at + 1), **(changes or {}).get(at, {})} for at in range(count)]
    heading = ("以工代训人员花名册", f"填报单位：{UNIT}", f"统一社会信用代码：{code}")
    return write_table(columns, [[row[item.key] for item in roster_columns.FIELDS] for row in rows], heading=heading)


def _worker(at: int) -> dict[str, Value]:
    return {
        "position": str(at + 1),
        "name": name(FIRST + at),
        "sex": "",
        "nation": "汉族",
        "id_number": number(FIRST + at),
        "education": "初中",
        "household": "四川省石棉县",
        "category": "新招用",
        "post": "装配",
        "insured_unit": UNIT,
        "starts_on": date(2020, 5, 18),
        "phone": f"1400000{FIRST + at:04d}",
        "remark": "",
    }


def wages(
    count: int = 12,
    months: Sequence[date] = MONTHS,
    *,
    changes: Mapping[int, Mapping[str, Value]] | None = None,
) -> bytes:
    """Return a sheet (.xlsx) of 2 600 yuan a person and month, paid on the 10th after; `changes` by row from 0."""
    columns = [Column(item.title, Form.DATE if item.key == "paid_on" else Form.TEXT) for item in sheet_columns.FIELDS]
    lines = [_wage(at, month) for month in months for at in range(count)]
    rows = [{**line, **(changes or {}).get(at, {})} for at, line in enumerate(lines)]
    return write_table(columns, [[row[item.key] for item in sheet_columns.FIELDS] for row in rows], heading=("工资",))


def _wage(at: int, month: date) -> dict[str, Value]:
    return {
        "position": str(at + 1),
        "name": name(FIRST + at),
        "id_number": number(FIRST + at),
        "month": f"{month:%Y-%m}",
        "amount": "2600.00",
        "paid_on": date(month.year, month.month + 1, 10),
        "voucher": f"BK{month:%y%m}{at:06d}",
        "remark": "",
    }


@staged
def draft(office: Office, login: str = "enterprise", **changes: Any) -> Cohort:
    """A filing of three months without people."""
    plan = Plan(**{"title": "2020年第三季度以工代训", "first_month": MONTHS[0], "last_month": MONTHS[-1], **changes})
    with clock.at(FILED_ON), transaction.unit():
        return actions.file(plan, by=office.actor(login))


@staged
def enrolled(office: Office, data: bytes | None = None, **changes: Any) -> Cohort:
    """A draft with twelve people, or those of `data`."""
    cohort, by = draft(office, **changes), office.actor("enterprise")
    with clock.at(FILED_ON), transaction.unit():
        actions.enrol(actions.upload_roster(cohort, "花名册.xlsx", data or roster(), by=by), by=by)
    return cohort


@staged
def approved(office: Office, data: bytes | None = None, **changes: Any) -> Cohort:
    """A filing whose months run."""
    cohort = enrolled(office, data, **changes)
    for day, login, move in (
        (FILED_ON, "enterprise", "submit"),
        (ACCEPTED_ON, "acceptance", "accept"),
        (APPROVED_ON, "first_review", "approve"),
    ):
        with clock.at(day), transaction.unit():
            actions.move(cohort, move, by=office.actor(login))
    return cohort


@staged
def returned(office: Office, data: bytes | None = None) -> Cohort:
    """A filing that the acceptance desk sent back."""
    cohort = enrolled(office, data)
    with clock.at(FILED_ON), transaction.unit():
        actions.move(cohort, "submit", by=office.actor("enterprise"))
    with clock.at(ACCEPTED_ON), transaction.unit():
        actions.move(cohort, "return", by=office.actor("acceptance"), note="请补劳动合同")
    return cohort


@staged
def sent(office: Office, cohort: Cohort, data: bytes, *, on: date = PAID_ON, login: str = "enterprise") -> RosterUpload:
    """A sheet of wages that was read."""
    with clock.at(on), transaction.unit():
        return actions.upload_wages(cohort, "工资.xlsx", data, by=office.actor(login))


@staged
def proved(office: Office, data: bytes | None = None, months: Sequence[date] = MONTHS, **changes: Any) -> Cohort:
    """A filing whose wages are entered, with a scan for each of `months`."""
    cohort = approved(office, **changes)
    by = office.actor("enterprise")
    upload = sent(office, cohort, data or wages())
    with clock.at(PAID_ON), transaction.unit():
        actions.import_wages(upload, by=by)
        for month in months:
            actions.attach(cohort, month, "回单.pdf", PDF + f"{month}".encode(), by=by)
    return cohort
