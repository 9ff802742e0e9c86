"""Reads a roster of people trained at work: every clean line as a person, every mistake with its cell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from trainingadmin.cohorts.roster_lines import Reading, look_at_insurance, look_at_person, read_people
from trainingadmin.kernel.identifiers import IdNumber, parse_phone
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import fold, parse_name
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.tables import Line
from trainingadmin.wages.roster_columns import ANCHORS, FIELDS


@dataclass(frozen=True, slots=True)
class RosterContext:
    """What the reader is told about the filing: its last day, and whose it is; what is left out is not compared.

    `unprintable` returns the characters of a name that our documents cannot print.
    """

    ends_on: date | None = None
    enterprise_name: str = ""
    credit_code: str = ""
    unprintable: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True, slots=True, repr=False)
class WorkerRow:
    """One person as the roster states them, every value read and folded."""

    row: int
    position: int
    name: str
    id_number: IdNumber
    nation: str
    education: str
    household: str
    category: str
    post: str
    insured_unit: str
    starts_on: date
    phone: str
    remark: str

    def __repr__(self) -> str:
        return f"WorkerRow({self.row})"


RosterReading = Reading[WorkerRow]


def read(sheets: Sequence[Sheet], context: RosterContext | None = None) -> RosterReading:
    """Read the first sheet with a roster's header; lines without an ID number below the people are left out."""
    told = context or RosterContext()
    return read_people(sheets, FIELDS, ANCHORS, told.credit_code, lambda line, at: _person(line, at, told))


def _person(line: Line, at: int, told: RosterContext) -> tuple[IdNumber | None, WorkerRow | None]:
    """Return the number even of a line that cannot be taken, so that a second one with it is found."""
    number, name = line.read("id_number", IdNumber.parse), line.read("name", parse_name)
    starts_on = line.read_cell("starts_on", written.day)
    phone, post = line.read("phone", parse_phone), line.read("post", fold)
    look_at_person(line, number, name, told.unprintable)
    _look_at_start(line, starts_on, told.ends_on)
    look_at_insurance(line, told.enterprise_name)
    if line.failed or number is None or name is None or starts_on is None or not phone or not post:
        return number, None
    return number, WorkerRow(
        row=line.row.number,
        position=at,
        name=name,
        id_number=number,
        nation=line.text("nation"),
        education=line.text("education"),
        household=line.text("household"),
        category=line.text("category"),
        post=post,
        insured_unit=line.text("insured_unit"),
        starts_on=starts_on,
        phone=phone,
        remark=line.text("remark"),
    )


def _look_at_start(line: Line, starts_on: date | None, ends_on: date | None) -> None:
    if starts_on is not None and ends_on is not None and starts_on > ends_on:
        reason = N_("上岗日期晚于申报期间的最后一天")
        line.error("starts_on", "starts-after-period", reason, N_("请核对日期，或从花名册里去掉此人"))
