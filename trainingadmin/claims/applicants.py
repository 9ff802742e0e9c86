"""What is known of a person who applies for themselves, and what the scheme says of it before anything is claimed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from trainingadmin import schemes
from trainingadmin.claims import queries
from trainingadmin.claims.models import Declaration
from trainingadmin.kernel.dates import retirement_day
from trainingadmin.kernel.identifiers import Sex
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock
from trainingadmin.policies.queries import in_force
from trainingadmin.registers import queries as registers
from trainingadmin.registers.states import Fact
from trainingadmin.registers.why import Source, english
from trainingadmin.schemes import BadFact, Decision, Scheme, Version
from trainingadmin.schemes.facts import FactSpec, specs_of

STATED: Mapping[str, tuple[str, ...]] = {
    "entrepreneurship_grant": (
        "registered_on", "entity_type", "groups", "is_founder", "is_operator", "earlier_entities",
    ),
}  # fmt: skip
"""The facts that an applicant can state of themselves; all others are found out by officers."""
VALUES: Mapping[str, str] = {"groups": "groups", "entity_type": "entity_types"}
"""The parameter that lists the values to choose from, by fact."""
APPLIED: Mapping[str, str] = {"entrepreneurship_grant": "applied_on"}
"""The fact that is the day of application."""


UNSTATED: Source = {"from": "unstated"}


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
    facts, sources = _gathered(scheme, person, declaration.facts)
    stated = {"from": "declared", "on": clock.local(declaration.at).date().isoformat()}
    sources |= dict.fromkeys(STATED[scheme], UNSTATED) | dict.fromkeys(declaration.facts, stated)
    return Foreseen(declaration, sources, judge(scheme, facts))


def judge(scheme: str, told: Mapping[str, Any]) -> Decision:
    """Judge facts told in JSON under the version of their anchor date. `BadFact` names the fact that is wrong."""
    facts = schemes.facts_from_json(scheme, told)
    return schemes.decide(scheme, facts, version_of(facts))


def version_of(facts: schemes.Facts) -> Version[Any]:
    """Return the version in force on the day that chooses it; `BadFact` when there is none."""
    _, day = schemes.anchor_of(facts)
    return in_force(facts.scheme, day)


def facts_of(scheme: str, person: Person, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that is known of a person and what they state, in JSON under the names of the facts."""
    return _gathered(scheme, person, stated)[0]


def _gathered(scheme: str, person: Person, stated: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Source]]:
    today = clock.today()
    told: dict[str, Any] = {"case": f"persons:{person.id}", "scheme": scheme, "born_on": person.born_on.isoformat()}
    told |= {APPLIED[scheme]: today.isoformat(), **stated}
    sources: dict[str, Source] = {
        spec.name: {"from": "unattested"} for spec in specs_of(schemes.SCHEMES[scheme].facts) if spec.name not in told
    }
    sources |= {"born_on": {"from": "id_number"}, APPLIED[scheme]: {"from": "own"}}
    if (kind := _retirement_class(person, today)) is not None:
        told["retirement_class"], sources["retirement_class"] = kind, {"from": "id_number"}
    answer = registers.attested([person.id], []).of(Fact.PENSION_DRAWN, person_id=person.id)
    if answer is not None:
        told["pension_drawn"] = answer.value
        sources["pension_drawn"] = {
            "from": "attestation", "id": answer.id, "source": answer.source, "as_of": answer.as_of.isoformat(),
            "who": answer.who,
        }  # fmt: skip
    return told, sources


def _retirement_class(person: Person, day: date) -> str | None:
    """Return a man's class, and a woman's where both ages say the same of the day: nobody is refused by a guess."""
    if person.sex == Sex.MALE:
        return "M60"
    at_50, at_55 = (day >= retirement_day(person.born_on, kind) for kind in ("F50", "F55"))
    return "F50" if at_50 == at_55 else None


__all__ = ["BadFact", "Foreseen", "facts_of", "foresee", "judge", "personal", "scheme_of", "stated_specs", "values_of"]
