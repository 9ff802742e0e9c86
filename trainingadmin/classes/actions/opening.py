"""Opens a class on an item of the catalogue and keeps the application right while it may still be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, update

from trainingadmin.classes import queries
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.states import Mode
from trainingadmin.cohorts.actions.holding import subject, to_edit
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import CLASS_SCHEME
from trainingadmin.courses.models import CatalogueItem
from trainingadmin.courses.queries import item_on, versions
from trainingadmin.kernel.identifiers import CreditCode
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold, parse_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import Office, Organisation
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db, locked

_TITLE_CHARACTERS = 80
_PLACE_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Opening:
    """What an institution applies for: which item, when, where, how, by whom taught and examined.

    `employer_code` is the credit code of the employer that ordered the class, empty without one.
    """

    item_code: str
    title: str
    place: str
    starts_on: date
    ends_on: date
    mode: Mode
    teachers: tuple[str, ...]
    assess_on: date
    assess_place: str
    assessors: tuple[str, ...]
    employer_code: str = ""


def open_class(opening: Opening, *, by: Actor) -> TrainingClass:
    """Open a class as a draft, numbered PX-office-year of the opening-T-serial.

    Refusals `not-an-institution`, and those of `amend` but `not-editable`.
    """
    institution = db.session.get(Organisation, by.organisation_id) if by.organisation_id else None
    if institution is None or not by.has(Role.INSTITUTION) or institution.kind is not OrganisationKind.INSTITUTION:
        raise Refusal("not-an-institution", N_("只有培训机构的经办人可以申请开班。"))
    told, item, employer = _checked(opening)
    cohort = Cohort(
        number=_number(institution.office_code, told.starts_on.year),
        title=told.title,
        scheme=CLASS_SCHEME,
        enterprise_id=employer.id if employer else None,
        institution_id=institution.id,
        office_code=institution.office_code,
        occupation_codes=[item.occupation_code] if item.occupation_code else [],
        target_level=None,
        starts_on=told.starts_on,
        ends_on=told.ends_on,
        plan_hours_per_year=None,
        mentors=[],
        created_by=by.id,
        created_at=clock.now(),
    )
    db.session.add(cohort)
    db.session.flush()
    found = _beside(cohort, told, item)
    db.session.add(found)
    db.session.flush()
    journal.record("open-class", subject(cohort), by=by, number=cohort.number, item=item.code)
    return found


def _beside(cohort: Cohort, told: Opening, item: CatalogueItem) -> TrainingClass:
    return TrainingClass(
        cohort_id=cohort.id,
        item_id=item.id,
        mode=told.mode,
        place=told.place,
        teachers=list(told.teachers),
        assess_on=told.assess_on,
        assess_place=told.assess_place,
        assessors=list(told.assessors),
    )


def amend(found: TrainingClass, opening: Opening, *, by: Actor) -> None:
    """Change the application while it is a draft or returned; what was committed to before must be accepted anew.

    Refusals `not-the-institution`, `not-editable`, `title-missing`, `place-missing`, `period-reversed`,
    `item-unknown`, `item-not-valid`, `item-group`, `teachers-missing`, `assessors-missing`, `person-name`,
    `assess-early`, `assess-place`, `employer-code`, `employer-unknown`, `employer-missing`.
    """
    cohort = found.cohort
    to_edit(cohort, by)
    told, item, employer = _checked(opening)
    cohort.title, cohort.starts_on, cohort.ends_on = told.title, told.starts_on, told.ends_on
    cohort.enterprise_id = employer.id if employer else None
    cohort.occupation_codes = [item.occupation_code] if item.occupation_code else []
    found.item_id, found.mode, found.place = item.id, told.mode, told.place
    found.teachers, found.assessors = list(told.teachers), list(told.assessors)
    found.assess_on, found.assess_place = told.assess_on, told.assess_place
    found.committed_by = found.committed_at = None
    _follow(cohort, item)
    db.session.flush()
    db.session.expire(found, ["item"])
    db.session.expire(cohort, ["enterprise"])
    journal.record("amend-class", subject(cohort), by=by, item=item.code)


def _follow(cohort: Cohort, item: CatalogueItem) -> None:
    """Let the roster follow the period and the item of the class."""
    values = {"starts_on": cohort.starts_on, "ends_on": cohort.ends_on}
    named = {"occupation": item.name, "occupation_code": item.occupation_code or ""}
    db.session.execute(update(Enrolment).where(Enrolment.cohort_id == cohort.id).values(**values, **named))


def promise(found: TrainingClass, *, by: Actor) -> None:
    """Accept the commitment (告知承诺) for the institution; refusals `not-the-institution`, `not-editable`."""
    to_edit(found.cohort, by)
    found.committed_by, found.committed_at = by.id, clock.now()
    journal.record("commit-class", subject(found.cohort), by=by)


def _number(office_code: str, year: int) -> str:
    """Take the next number of the office's year; the office's row is locked so that no two are the same."""
    db.session.scalars(locked(select(Office.code).where(Office.code == office_code))).one()
    return f"PX{office_code}-{year}-T{queries.number_of_classes(office_code, year) + 1:03d}"


def _checked(opening: Opening) -> tuple[Opening, CatalogueItem, Organisation | None]:
    told = replace(
        opening,
        title=_text(opening.title, _TITLE_CHARACTERS, "title", N_("请填写班级名称，不超过 80 个字。")),
        place=_text(opening.place, _PLACE_CHARACTERS, "place", N_("请填写培训地点，不超过 120 个字。")),
        teachers=_names(opening.teachers, "teachers", N_("请填写至少一名教师，每行一人。")),
        assessors=_names(opening.assessors, "assessors", N_("请填写至少一名考评人员，每行一人。")),
        assess_place=_text(opening.assess_place, _PLACE_CHARACTERS, "assess_place", N_("请填写考核地点。")),
    )
    if told.ends_on < told.starts_on:
        raise Refusal("period-reversed", N_("结束日期不能早于开始日期。"), field="ends_on")
    if told.assess_on < told.starts_on:
        raise Refusal("assess-early", N_("考核日期不能早于开班日期。"), field="assess_on")
    return told, _item(told), _employer(told)


def _text(text: str, most: int, field: str, message: str) -> str:
    tidy = fold(text)
    if not tidy or len(tidy) > most:
        raise Refusal(f"{field.replace('_', '-')}-missing", message, field=field)
    return tidy


def _names(names: Sequence[str], field: str, message: str) -> tuple[str, ...]:
    try:
        read = tuple(dict.fromkeys(parse_name(name) for name in names if name.strip()))
    except Malformed as malformed:
        raise Refusal("person-name", malformed.reason, field=field) from None
    if not read:
        raise Refusal(f"{field}-missing", message, field=field)
    return read


def _item(told: Opening) -> CatalogueItem:
    """Return the version that the opening day falls under.

    Clause: 雅安市专项职业能力培训项目目录 有效期.
    """
    found = item_on(told.item_code, told.starts_on)
    if found is not None:
        return found
    known = versions(told.item_code)
    if not known:
        raise Refusal("item-unknown", N_("请从目录中选择培训项目。"), field="item_code")
    first, last = min(item.valid_from for item, _ in known), known[0][0].valid_to
    if told.starts_on < first:
        message = N_("“%(name)s”自 %(day)s 起才可以开班。")
        raise Refusal("item-not-valid", message, field="starts_on", name=known[0][0].name, day=first.isoformat())
    message = N_("“%(name)s”只能在 %(day)s 以前（含当日）开班。")
    day = last.isoformat() if last else ""
    raise Refusal("item-not-valid", message, field="starts_on", name=known[0][0].name, day=day)


def _employer(told: Opening) -> Organisation | None:
    code = told.employer_code.strip()
    if not code:
        if told.mode is Mode.ORDERED:
            raise Refusal("employer-missing", N_("订单式培训请填写下单企业的统一社会信用代码。"), field="employer_code")
        return None
    try:
        parsed = CreditCode.parse(code).text
    except Malformed as malformed:
        raise Refusal("employer-code", malformed.reason, field="employer_code") from None
    employer = db.session.scalars(select(Organisation).where(Organisation.credit_code == parsed)).unique().one_or_none()
    if employer is None or employer.kind is not OrganisationKind.ENTERPRISE:
        raise Refusal("employer-unknown", N_("系统里没有这家企业，请核对，或请企业先登记。"), field="employer_code")
    return employer
