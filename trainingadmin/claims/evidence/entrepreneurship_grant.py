"""What is known of one founder and the business: registers go before what was stated, visits before both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from trainingadmin import schemes
from trainingadmin.applications import queries as applications
from trainingadmin.applications.models import Application
from trainingadmin.claims.evidence.shapes import Evidence
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import COMMITTED
from trainingadmin.kernel.dates import retirement_day
from trainingadmin.kernel.identifiers import Sex
from trainingadmin.people.models import Person
from trainingadmin.people.queries import offices
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.registers import evidence as registers
from trainingadmin.registers.evidence import Asked, Business, Told
from trainingadmin.registers.matching import is_active
from trainingadmin.registers.queries import Found
from trainingadmin.registers.states import Fact, Match, Register
from trainingadmin.registers.why import Source
from trainingadmin.schemes.facts import specs_of

NAME = "entrepreneurship_grant"
STATED = (
    "registered_on", "entity_type", "groups", "is_founder", "is_operator", "earlier_entities", "household_paid_before",
)  # fmt: skip
"""The facts that an applicant can state of themselves; all others are found out by officers."""
ID_NUMBER: Source = {"from": "id_number"}
UNSTATED: Source = {"from": "unstated"}
UNATTESTED: Source = {"from": "unattested"}


class Wanted(NamedTuple):
    """Who asks to be paid for which business, what they state of it and since when."""

    person: Person
    office_code: str
    credit_code: str
    stated: Mapping[str, Any]
    stated_on: date
    application: Application | None = None


class Known(NamedTuple):
    """Facts as JSON under the names of the scheme's, and where each comes from."""

    told: dict[str, Any]
    sources: dict[str, Source]


def gather(application: Application, claimed_on: date) -> list[Evidence]:
    """Return what is known of the founder of an application, as a claim of `claimed_on` would be told."""
    wanted = Wanted(
        application.person, application.office_code, application.credit_code, application.facts,
        application.stated_on, application,
    )  # fmt: skip
    told, sources = known(wanted, claimed_on)
    particulars = {
        "business": application.business,
        "kind": told.get("entity_type"),
        "credit_code": application.credit_code,
        "registered_on": told.get("registered_on"),
    }
    facts = schemes.facts_from_json(NAME, told)
    return [Evidence(1, application.person, None, facts, sources, particulars)]


def known(wanted: Wanted, day: date) -> Known:
    """Return everything that is known of a founder on a day, whether or not there is an application yet."""
    person = wanted.person
    found = Known({"case": f"persons:{person.id}", "scheme": NAME, "applied_on": day.isoformat()}, _unknown())
    found.sources["applied_on"] = {"from": "own"}
    _tell(found, {"born_on": person.born_on.isoformat()}, ID_NUMBER)
    if (kind := retirement_class(person, day)) is not None:
        _tell(found, {"retirement_class": kind}, ID_NUMBER)
    _tell(found, wanted.stated, {"from": "declared", "on": wanted.stated_on.isoformat()})
    _from_registers(found, wanted, day)
    _from_own_records(found, wanted)
    _from_visit(found, wanted.application)
    return found


def _unknown() -> dict[str, Source]:
    names = [spec.name for spec in specs_of(schemes.SCHEMES[NAME].facts)]
    return {name: UNSTATED if name in STATED else UNATTESTED for name in names if name not in {"case", "scheme"}}


def _tell(found: Known, told: Mapping[str, Any], source: Source) -> None:
    for name, value in told.items():
        if value is None:
            continue
        before = found.told.get(name)
        found.told[name] = value
        # What the applicant said otherwise stays to be seen beside what counts.
        differs = before is not None and before != value and found.sources[name]["from"] == "declared"
        found.sources[name] = {**source, "stated": before} if differs else source


def _from_registers(found: Known, wanted: Wanted, day: date) -> None:
    asked = Asked(wanted.person.id, day)
    told = registers.gather([asked], None, wanted.office_code)
    if (pension := told.of(Fact.PENSION_DRAWN, asked)) is not None:
        found.sources["pension_drawn"] = pension.source
        _tell(found, {"pension_drawn": pension.value}, pension.source)
    _groups(found, told, asked)
    _business(found, told.businesses(asked), wanted.credit_code)


def _groups(found: Known, told: Told, asked: Asked) -> None:
    """A status list in force decides about its own group; groups that no list is kept of are as they were stated."""
    listed = told.memberships(asked)
    kept = {one.topic for one in told.shelf.on(Register.STATUS, asked.day)}
    stated = [one for one in found.told.get("groups") or [] if one["group"] not in kept]
    groups = [_interval(topic, line) for topic, line, _ in listed]
    if groups:
        _tell(found, {"groups": groups + stated}, listed[0][2])
    elif kept and (source := told.keeps(Register.STATUS, asked.day)) is not None and not stated:
        _tell(found, {"groups": []}, source)
    elif stated:
        found.told["groups"] = stated


def _interval(group: str, line: Found) -> dict[str, Any]:
    ends = {"to": line.to_on.isoformat()} if line.to_on else {}
    return {"group": group, "from": (line.from_on or date(1900, 1, 1)).isoformat(), **ends}


def registered(person: Person, day: date) -> Business | None:
    """Return what the business registers of all offices say of the business a person runs, the one registered last."""
    asked = Asked(person.id, day)
    return _chosen(registers.gather([asked], None, *(office.code for office in offices())).businesses(asked), "")


def _chosen(lines: Sequence[Business], credit_code: str) -> Business | None:
    """Return the line about the business, or, while none is named, about the one registered last."""
    mine = [one for one in lines if not credit_code or one.line.credit_code == credit_code]
    return max(mine, key=lambda one: one.line.from_on or date.min, default=None)


def _business(found: Known, lines: Sequence[Business], credit_code: str) -> None:
    if (mine := _chosen(lines, credit_code)) is None:
        return
    line, source = mine.line, mine.source
    _tell(found, business_facts(line), source)
    earlier = [one for one in lines if (one.line.from_on or date.max) < (line.from_on or date.min)]
    if earlier:
        _tell(found, {"earlier_entities": max(len(earlier), found.told.get("earlier_entities") or 0)}, source)


def business_facts(line: Found) -> dict[str, Any]:
    """Return what a line of a business register says of the business and of who runs it; a doubtful one says less."""
    return {
        "entity_type": line.word or None,
        "industry": line.details.get("industry"),
        "registered_on": line.from_on.isoformat() if line.from_on else None,
        "registry_status": registry_status(line.standing, ended=line.to_on is not None),
        "is_founder": line.details.get("founder"),
        "is_operator": True if line.outcome is not Match.SUSPECT else None,
    }


def registry_status(standing: str, *, ended: bool) -> str | None:
    """Return a registry's words for how a business stands as the scheme knows them; None where they say neither."""
    if ended or standing.startswith("注销"):
        return "cancelled"
    if standing.startswith("严重违法"):
        return "illegal"
    if "异常" in standing:
        return "abnormal"
    return "active" if is_active(standing) else None


def _from_own_records(found: Known, wanted: Wanted) -> None:
    """Tell whether this person, or this business, is paid by another claim or bound to be."""
    mine = _paid(wanted, ClaimLine.person_id == wanted.person.id)
    _tell(found, {"person_paid_before": bool(mine)}, {"from": "claims", "numbers": mine})
    if wanted.credit_code:
        others = _paid(wanted, Application.credit_code == wanted.credit_code)
        _tell(found, {"entity_paid_before": bool(others)}, {"from": "claims", "numbers": others})


def _paid(wanted: Wanted, about: ColumnElement[bool]) -> list[str]:
    paid = (
        select(Claim.number)
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .join(Application, Application.id == Claim.application_id)
        .where(Claim.scheme == NAME, ClaimLine.state.in_(COMMITTED), about)
        .order_by(Claim.id)
    )
    if wanted.application is not None:
        paid = paid.where(Application.id != wanted.application.id)
    return list(db.session.scalars(paid))


def _from_visit(found: Known, application: Application | None) -> None:
    visit = applications.confirmed_visit(application.id) if application is not None else None
    if visit is None or visit.confirmed_at is None:
        return
    seen_on = clock.local(visit.visited_at).date().isoformat()
    who = f"{visit.visited_name}、{visit.confirmed_name}"
    _tell(found, {"site_visit_passed": visit.passed}, {"from": "visit", "who": who, "on": seen_on})


def retirement_class(person: Person, day: date) -> str | None:
    """Return a man's class, and a woman's where both ages say the same of the day: nobody is refused by a guess."""
    if person.sex == Sex.MALE:
        return "M60"
    at_50, at_55 = (day >= retirement_day(person.born_on, kind) for kind in ("F50", "F55"))
    return "F50" if at_50 == at_55 else None
