"""What the letter that goes with a returned or refused opening lists: every condition of the class and of its trainees."""

from __future__ import annotations

from collections.abc import Iterator

from trainingadmin.certificates.letters import Item
from trainingadmin.classes import evidence, limits, queries
from trainingadmin.classes.models import TrainingClass
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.letters import of_checks
from trainingadmin.registers.why import nowhere


def items(found: TrainingClass) -> Iterator[tuple[str, Item]]:
    """Return every condition of an opening, of the whole and of each, as a letter lists them."""
    people = cohorts.people(found.cohort_id)
    yield from of_checks(limits.checks(found, people, queries.sessions(found.cohort_id)))
    for one in evidence.findings(found, people):
        subject = f"{one.enrolment.position}. {one.enrolment.person.name}"
        yield from ((subject, item) for item in evidence.why(one, nowhere))
