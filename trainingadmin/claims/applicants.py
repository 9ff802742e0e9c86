"""What is known of a person who applies for themselves, and what the scheme says of it before anything is claimed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from trainingadmin import schemes
from trainingadmin.claims import queries
from trainingadmin.claims.evidence import entrepreneurship_grant
from trainingadmin.claims.evidence.entrepreneurship_grant import Known, Wanted
from trainingadmin.claims.models import Declaration
from trainingadmin.kernel.roles import CITY
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock
from trainingadmin.policies.queries import in_force
from trainingadmin.registers.why import Source, english
from trainingadmin.schemes import BadFact, Decision, Scheme, Version
from trainingadmin.schemes.facts import FactSpec, specs_of

STATED: Mapping[str, tuple[str, ...]] = {entrepreneurship_grant.NAME: entrepreneurship_grant.STATED}
"""The facts that an applicant can state of themselves; all others are found out by officers."""
VALUES: Mapping[str, str] = {"groups": "groups", "entity_type": "entity_types"}
"""The parameter that lists the values to choose from, by fact."""


class Foreseen(NamedTuple):
    """What an application of today would find: the declaration it rests on, sources by fact, and the decision."""

    declaration: Declaration
    sources: dict[str, Source]
    decision: Decision

    @property
    def possible_on(self) -> date | None:
        """The first day on which what fails today only for being early could pass."""
        days = [one.possible_on for one in self.decision.findings if one.possible_on is not None]
        return max(days, default=None)


def personal() -> list[tuple[str, str]]:
    """Return name and label of each scheme that a person can apply for."""
    found = [scheme for name, scheme in schemes.SCHEMES.items() if scheme.payee == "person" and name in STATED]
    return [(scheme.name, scheme.label_en if english() else scheme.label_zh) for scheme in found]


def scheme_of(name: str) -> Scheme | None:
    """Return a scheme that persons can apply for, None for any other name."""
    return schemes.SCHEMES[name] if name in STATED else None


def stated_specs(scheme: str) -> list[FactSpec]:
    """Return the facts that an applicant states, in the order in which they are asked."""
    specs = {spec.name: spec for spec in specs_of(schemes.SCHEMES[scheme].facts)}
    return [specs[name] for name in STATED[scheme]]


def values_of(scheme: str, fact: str) -> tuple[str, ...]:
    """Return the values of a fact to choose from under the figures in force today; empty where any may be given."""
    if fact not in VALUES:
        return ()
    found: tuple[str, ...] = getattr(in_force(scheme, clock.today()).parameters, VALUES[fact])
    return found


def foresee(scheme: str, person: Person) -> Foreseen | None:
    """Judge what a person stated last as an application of today would be; None when they stated nothing yet."""
    declaration = queries.declared(scheme, person.id)
    if declaration is None:
        return None
    on = clock.local(declaration.at).date()
    wanted = Wanted(person, declaration.office_code, declaration.credit_code, declaration.facts, on)
    told, sources = known(scheme, wanted, clock.today())
    return Foreseen(declaration, sources, judge(scheme, told))


class Prefilled(NamedTuple):
    """What the form begins with: office, business (code, name, place), facts, and where what is not one's own is from."""

    office_code: str
    business: tuple[str, str, str]
    facts: Mapping[str, Any]
    sources: Mapping[str, Source]


def prefill(scheme: str, person: Person) -> Prefilled:
    """Return what a person stated last, else what business and status lists say of them, each with its source."""
    if (before := queries.declared(scheme, person.id)) is not None:
        business = (before.credit_code, before.business, before.place)
        return Prefilled(before.office_code, business, before.facts, {})
    found = entrepreneurship_grant.registered(person, clock.today())
    code, name = (found.line.credit_code or "", found.line.unit) if found is not None else ("", "")
    office_code = found.office_code if found is not None and found.office_code != CITY else ""
    told, sources = known(scheme, Wanted(person, office_code, code, {}, clock.today()), clock.today())
    listed = {name for name, source in sources.items() if source["from"] == "register"}
    facts = {name: told[name] for name in STATED[scheme] if name in listed and name in told}
    return Prefilled(office_code, (code, name, ""), facts, {name: sources[name] for name in facts})


def judge(scheme: str, told: Mapping[str, Any]) -> Decision:
    """Judge facts told in JSON under the version of their anchor date. `BadFact` names the fact that is wrong."""
    facts = schemes.facts_from_json(scheme, told)
    return schemes.decide(scheme, facts, version_of(facts))


def version_of(facts: schemes.Facts) -> Version[Any]:
    """Return the version in force on the day that chooses it; `BadFact` when there is none."""
    _, day = schemes.anchor_of(facts)
    return in_force(facts.scheme, day)


def known(scheme: str, wanted: Wanted, day: date) -> Known:
    """Return everything that is known of a person and what they state, with the source of each fact."""
    return _KNOWN[scheme](wanted, day)


_KNOWN: Mapping[str, Callable[[Wanted, date], Known]] = {entrepreneurship_grant.NAME: entrepreneurship_grant.known}


__all__ = ["BadFact", "Foreseen", "foresee", "judge", "known", "personal", "scheme_of", "stated_specs", "values_of"]
