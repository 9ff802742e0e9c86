"""Reads a sheet of wages paid, one person and month a line. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from trainingadmin.kernel.dates import month_text, parse_month
from trainingadmin.kernel.identifiers import IdNumber
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.names import fold, parse_name, same_name
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import Line, find_table, header_findings, lines_of, no_table
from trainingadmin.wages.sheet_columns import ANCHORS, FIELDS

LARGEST = Money.yuan(1_000_000)
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?")
_VOUCHER_CHARACTERS = 40


@dataclass(frozen=True, slots=True, repr=False)
class Worker:
    """What the roster says of a person whose wages are proved: name and the first day at work."""

    name: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class WageContext:
    """What the reader is told: people by ID number, the months of the filing, the day of reading.

    What is left out is not compared.
    """

    people: Mapping[str, Worker] = field(default_factory=dict)
    months: Sequence[date] = ()
    today: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class WageRow:
    """What one person was paid for one month, named by its first day."""

    row: int
    id_number: IdNumber
    name: str
    month: date
    amount: Money
    paid_on: date
    voucher: str

    def __repr__(self) -> str:
        return f"WageRow({self.row}, {month_text(self.month)})"


@dataclass(frozen=True, slots=True)
class WageReading:
    """What a sheet of wages holds: `lines` in all, of which `rows` are those without an error."""

    rows: tuple[WageRow, ...]
    findings: tuple[CellFinding, ...]
    lines: int

    @property
    def importable(self) -> bool:
        """No error anywhere, and at least one line."""
        return bool(self.rows) and not has_errors(self.findings)


def read(sheets: Sequence[Sheet], context: WageContext | None = None) -> WageReading:
    """Read the wages of a file; lines without an ID number below the last one are left out."""
    told = context or WageContext()
    table = find_table(sheets, FIELDS, ANCHORS)
    if table is None:
        return WageReading((), (no_table(sheets, ("身份证号", "月份", "实发工资(元)")),), 0)
    findings = header_findings(table)
    if findings:
        return WageReading((), tuple(findings), 0)
    lines = lines_of(table, "id_number", findings)
    rows = [(line, _row(line, told)) for line in lines]
    _refuse_repeated([(line, row) for line, row in rows if row is not None])
    clean = tuple(row for line, row in rows if row is not None and not line.failed)
    return WageReading(clean, in_order(findings), len(lines))


def _row(line: Line, told: WageContext) -> WageRow | None:
    number, name = line.read("id_number", IdNumber.parse), line.read("name", parse_name)
    month = line.read_cell("month", lambda cell: parse_month(written.month(cell)))
    amount, paid_on = line.read("amount", _amount), line.read_cell("paid_on", written.day)
    voucher = line.read("voucher", _voucher)
    worker = _worker(line, number, name, told)
    if month is not None:
        _look_at_month(line, month, worker, told)
    if month is not None and paid_on is not None:
        _look_at_payment(line, month, paid_on, told.today)
    if line.failed or not (number and name and month and amount and paid_on and voucher):
        return None
    return WageRow(line.row.number, number, name, month, amount, paid_on, voucher)


def _amount(text: str) -> Money:
    plain = fold(text).replace(" ", "")
    try:
        amount = Money.parse(plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain)
    except ValueError:
        raise Malformed("amount-form", N_("金额应写成 3500.00 的样子，最多两位小数")) from None
    if not ZERO < amount <= LARGEST:
        raise Malformed("amount-range", N_("实发工资应大于 0，不超过一百万元"))
    return amount


def _voucher(text: str) -> str:
    voucher = fold(text)
    if len(voucher) > _VOUCHER_CHARACTERS:
        raise Malformed("voucher-long", N_("凭证号不超过 40 个字"))
    return voucher


def _worker(line: Line, number: IdNumber | None, name: str | None, told: WageContext) -> Worker | None:
    if not told.people or number is None:
        return None
    worker = told.people.get(number.text)
    if worker is None:
        line.error("id_number", "person-unknown", N_("花名册里没有这个人"), N_("请核对身份证号，或先把此人列入花名册"))
    elif name is not None and not same_name(worker.name, name):
        line.error("name", "name-differs", N_("姓名与花名册里的不一致"), N_("请核对姓名和身份证号"))
    return worker


def _look_at_month(line: Line, month: date, worker: Worker | None, told: WageContext) -> None:
    if told.months and month not in told.months:
        reason = N_("这个月份不在申报期间（%(first)s 至 %(last)s）内")
        first, last = month_text(told.months[0]), month_text(told.months[-1])
        line.error("month", "month-outside", reason, N_("请核对月份"), first=first, last=last)
    elif worker is not None and month < worker.starts_on.replace(day=1):
        reason = N_("这个月份早于此人的上岗日期 %(day)s")
        line.error("month", "month-before-start", reason, N_("请核对月份和上岗日期"), day=worker.starts_on.isoformat())


def _look_at_payment(line: Line, month: date, paid_on: date, today: date | None) -> None:
    if paid_on < month:
        line.error("paid_on", "paid-before-month", N_("发放日期早于工资所属的月份"), N_("请核对日期和月份"))
    elif today is not None and paid_on > today:
        line.error("paid_on", "paid-in-future", N_("发放日期晚于今天"), N_("工资发放以后再申报"))


def _refuse_repeated(rows: Sequence[tuple[Line, WageRow]]) -> None:
    """Report an error in every line whose person and month another line has too."""
    by_month: dict[tuple[str, date], list[Line]] = defaultdict(list)
    for line, row in rows:
        by_month[row.id_number.text, row.month].append(line)
    for repeated in by_month.values():
        for line in repeated if len(repeated) > 1 else ():
            others = "、".join(str(one.row.number) for one in repeated if one is not line)
            reason, advice = N_("此人这个月份与第 %(rows)s 行重复"), N_("一人一个月只填一行，请核对或合并")
            line.error("month", "month-repeated", reason, advice, rows=others)
