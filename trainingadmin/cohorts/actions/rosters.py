"""Takes rosters into a filing: dry run first, then all or nothing, once per file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from trainingadmin.cohorts import evidence, queries, roster
from trainingadmin.cohorts.actions.holding import hold, subject, to_edit
from trainingadmin.cohorts.actions.outcome_sheets import import_results
from trainingadmin.cohorts.actions.sheets import errors_in, kept, sheets_of
from trainingadmin.cohorts.models import Cohort, Enrolment, RosterUpload
from trainingadmin.cohorts.roster import FilingRules, RosterContext, RosterReading, RosterRow
from trainingadmin.cohorts.roster_columns import ANCHORS, FIELDS
from trainingadmin.cohorts.states import UploadKind
from trainingadmin.kernel.identifiers import IdNumber
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import same_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Person
from trainingadmin.people.name_keys import index_of, key_of
from trainingadmin.plumbing import clock, fonts, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import current
from trainingadmin.plumbing.spreadsheets.cells import Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import Field
from trainingadmin.plumbing.storage import store

_OTHER_NAME = (
    "name-differs",
    N_("这个身份证号在系统里登记的是另一个姓名"),
    N_("请对照身份证核对姓名和号码；确属改名或系统登记有误的，请与培训管理部门联系"),
)
_RETIREMENT_CLASSES = ("F55", "F50", "")
# What an enrolment keeps of a row under the same name.
_KEPT = (
    "position",
    "category",
    "post",
    "education",
    "contract_from",
    "contract_to",
    "insured_unit",
    "insured_since",
    "occupation_code",
    "occupation",
    "target_level",
    "prior_level",
    "prior_certificate",
    "mentor",
    "teacher",
    "starts_on",
    "ends_on",
    "filed_months",
    "remark",
)


class PersonRow(Protocol):
    """A line of any roster, as far as it tells who somebody is."""

    @property
    def row(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def id_number(self) -> IdNumber: ...
    @property
    def nation(self) -> str: ...
    @property
    def household(self) -> str: ...
    @property
    def phone(self) -> str: ...


class Reading(Protocol):
    """What a roster of any kind was read as."""

    @property
    def people(self) -> Sequence[PersonRow]: ...
    @property
    def lines(self) -> int: ...
    @property
    def importable(self) -> bool: ...


class Kind(NamedTuple):
    """A kind of roster: how its sheets are read for a cohort, and what an enrolment keeps of a line."""

    read: Callable[[Cohort, Sequence[Sheet]], tuple[Reading, tuple[CellFinding, ...]]]
    enrolment: Callable[[int, Any, int], dict[str, Any]]


def upload_roster(cohort: Cohort, filename: str, data: bytes, *, by: Actor, kind: Kind | None = None) -> RosterUpload:
    """Read a roster without importing it; the file in force, sent again, is answered with its own upload.

    Refusals `not-editable` and those of `read_workbook`, at the field `sheet`.
    """
    to_edit(cohort, by)
    in_force = queries.imported(cohort.id, UploadKind.ROSTER)
    if in_force is not None and in_force.sha256 == hashlib.sha256(data).hexdigest():
        return in_force
    reading, found = (kind or APPRENTICES).read(cohort, sheets_of(data))
    upload = kept(cohort, UploadKind.ROSTER, filename, data, found, people=reading.lines, by=by)
    journal.record(
        "upload-roster", subject(cohort), by=by, upload=upload.id, sha256=upload.sha256, people=upload.people
    )
    return upload


def _read(cohort: Cohort, sheets: Sequence[Sheet]) -> tuple[RosterReading, tuple[CellFinding, ...]]:
    parameters = evidence.version_of(cohort).parameters
    context = RosterContext(
        rules=FilingRules(parameters.min_contract_months, parameters.min_age, parameters.max_months),
        enterprise_name=cohort.operator.name,
        credit_code=cohort.operator.credit_code,
        occupation_codes=frozenset(cohort.occupation_codes),
        target_level=cohort.target_level,
        unprintable=lambda name: "".join(fonts.missing_glyphs(name)),
    )
    reading = roster.read(sheets, context)
    return reading, in_order([*reading.findings, *other_names(sheets, reading.people, FIELDS, ANCHORS)])


def read_lines(cohort: Cohort, sheets: Sequence[Sheet]) -> RosterReading:
    """Read lines by the rules of this filing's roster, names known otherwise included; nothing is kept."""
    reading, found = _read(cohort, sheets)
    return replace(reading, people=() if has_errors(found) else reading.people, findings=found)


def person_of(row: PersonRow) -> int:
    """Return the person of a line, made if new; refusal `roster-race`."""
    return _persons([row], clock.now())[0]


def enrolment_of(cohort_id: int, row: RosterRow, person_id: int) -> Enrolment:
    """Return a line's enrolment, not yet added to the session."""
    return Enrolment(**_enrolment(cohort_id, row, person_id))


def _indexes(rows: Sequence[PersonRow]) -> list[str]:
    blind_index = current().blind_index
    return [blind_index(row.id_number.text) for row in rows]


def other_names(
    sheets: Sequence[Sheet], rows: Sequence[PersonRow], fields: Sequence[Field], anchors: Iterable[str]
) -> list[CellFinding]:
    """Return an error where the ID number is known under another name: one row a human being, no guess who is right."""
    indexes = _indexes(rows)
    known = queries.persons_by_index(indexes)
    differing = [
        (row, row.name)
        for row, index in zip(rows, indexes, strict=False)
        if index in known and not same_name(known[index].name, row.name)
    ]
    return errors_in(sheets, fields, anchors, "name", differing, _OTHER_NAME)


def enrol(upload: RosterUpload, *, by: Actor, kind: Kind | None = None) -> bool:
    """Import an upload whole, in place of the roster before; False when it is the roster in force already.

    The file is read again from the store: rows of people are never kept half-way. Refusals `not-editable`,
    `roster-has-errors`, `roster-race`.
    """
    cohort = db.session.get_one(Cohort, upload.cohort_id)
    hold(cohort)
    in_force = queries.imported(cohort.id, UploadKind.ROSTER)
    if in_force is not None and in_force.sha256 == upload.sha256:
        return False
    to_edit(cohort, by)
    roster = kind or APPRENTICES
    reading, found = roster.read(cohort, sheets_of(store().read(upload.sha256)))
    if has_errors(found) or not reading.importable:
        raise Refusal("roster-has-errors", N_("花名册还有错误，没有导入任何人。请改正后重新上传。"))
    now = clock.now()
    persons = _persons(reading.people, now)
    db.session.execute(delete(Enrolment).where(Enrolment.cohort_id == cohort.id))
    bulk_insert(
        Enrolment, [roster.enrolment(cohort.id, row, id_) for row, id_ in zip(reading.people, persons, strict=True)]
    )
    upload.imported_at, upload.people = now, len(persons)
    journal.record("enrol", subject(cohort), by=by, upload=upload.id, sha256=upload.sha256, people=len(persons))
    return True


def _persons(rows: Sequence[PersonRow], now: datetime) -> list[int]:
    """Return the person of each row, new ones inserted, phones filled in where none was known."""
    indexes = _indexes(rows)
    known = queries.persons_by_index(indexes)
    fresh = [(row, index) for row, index in zip(rows, indexes, strict=True) if index not in known]
    try:
        bulk_insert(Person, [_person(row, index, now) for row, index in fresh])
    except IntegrityError:
        raise Refusal("roster-race", N_("另一份花名册刚刚登记了相同的人员，请再点一次“导入”。")) from None
    _fill_in_phones(rows, indexes, known)
    by_index = queries.person_ids(indexes)
    return [by_index[index] for index in indexes]


def _person(row: PersonRow, index: str, now: datetime) -> dict[str, Any]:
    return {
        "id_number": row.id_number.text,
        "id_number_index": index,
        "name": row.name,
        "name_key": key_of(row.name),
        "name_index": index_of(row.name),
        "born_on": row.id_number.born_on,
        "sex": row.id_number.sex.value,
        "nation": row.nation,
        "household": row.household,
        "phone": row.phone,
        "phone_index": current().blind_index(row.phone),
        "created_at": now,
    }


def _fill_in_phones(rows: Sequence[PersonRow], indexes: Sequence[str], known: dict[str, Person]) -> None:
    """A roster never changes a phone on record: whoever has the phone signs in as the person."""
    blind_index = current().blind_index
    lacking = [
        {"id": known[index].id, "phone": row.phone, "phone_index": blind_index(row.phone)}
        for row, index in zip(rows, indexes, strict=True)
        if index in known and not known[index].phone
    ]
    if lacking:
        db.session.execute(update(Person), lacking)


def _enrolment(cohort_id: int, row: RosterRow, person_id: int) -> dict[str, Any]:
    return {"cohort_id": cohort_id, "person_id": person_id} | {name: getattr(row, name) for name in _KEPT}


APPRENTICES = Kind(_read, _enrolment)


def remove_person(cohort: Cohort, enrolment: Enrolment, reason: str, *, by: Actor) -> None:
    """Take an apprentice off a roster that may still be changed; refusals `not-editable`, `reason-missing`."""
    to_edit(cohort, by)
    if not reason.strip():
        raise Refusal("reason-missing", N_("请写明移除的原因。"), field="reason")
    journal.record("remove-person", subject(cohort), by=by, person=enrolment.person_id, reason=reason.strip())
    db.session.delete(enrolment)


def state_retirement_class(cohort: Cohort, enrolment: Enrolment, kind: str, *, by: Actor) -> None:
    """State whether her post lets a woman retire at 55 (F55) or 50 (F50); refusals `not-editable`, `class-unknown`."""
    to_edit(cohort, by)
    if kind not in _RETIREMENT_CLASSES:
        raise Refusal("class-unknown", N_("请选择退休年龄类别。"), field="kind")
    enrolment.retirement_class = kind
    journal.record("state-retirement-class", subject(cohort), by=by, person=enrolment.person_id, kind=kind)


def take_in(upload: RosterUpload, *, by: Actor) -> bool:
    """Import an upload of either kind; False when that changes nothing."""
    return enrol(upload, by=by) if upload.kind is UploadKind.ROSTER else import_results(upload, by=by)
