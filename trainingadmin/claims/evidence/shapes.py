"""What gatherers hand over: a person's facts with their sources, and what is said of the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from trainingadmin.cohorts.models import Enrolment
from trainingadmin.people.models import Person
from trainingadmin.registers.why import Source
from trainingadmin.schemes import Decision, Facts, Version


class Evidence(NamedTuple):
    """One person of a claim: the facts the scheme is told, the source of each by its name, and the line's particulars."""

    position: int
    person: Person
    enrolment: Enrolment | None
    facts: Facts
    sources: dict[str, Source]
    particulars: dict[str, Any]


class Judged(NamedTuple):
    """One person's evidence and what the scheme says of it."""

    evidence: Evidence
    decision: Decision


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everybody of a filing or application, judged under one version."""

    version: Version[Any]
    lines: list[Judged]


Gatherer = Callable[[Any, date], Sequence[Evidence]]
