"""What is known of a class and its trainees when it opens: limits with their clause, and what the scheme says of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from trainingadmin import schemes
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.scoring import Scale
from trainingadmin.classes.states import ENTRY, MODE_LABELS
from trainingadmin.classes.timetable import Hours
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.evidence import version_of
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.states import ChangeKind, ChangeState
from trainingadmin.cohorts.ways import roster_source
from trainingadmin.courses.models import CatalogueItem
from trainingadmin.courses.states import GROUP_LABELS, Group
from trainingadmin.registers import evidence as registers
from trainingadmin.registers.evidence import Asked, Told
from trainingadmin.registers.matching import runs_on
from trainingadmin.registers.states import Fact
from trainingadmin.registers.why import Source, Way, card
from trainingadmin.schemes import Decision, Outcome, Verdict, Version
from trainingadmin.schemes.figures import Figure
from trainingadmin.schemes.special_skill import Facts, Parameters

HOUR_MINUTES, DAY_HOURS_MAX = 45, 8
_DEFAULT = "系统默认"
_LISTED = (GROUP_LABELS[Group.POVERTY], GROUP_LABELS[Group.MONITORED])
"""Groups of which there are lists: who states one is held against it."""
UNEMPLOYED = GROUP_LABELS[Group.UNEMPLOYED]
"""Who states it is held against the list of the insured: whoever is insured may be at work."""


@dataclass(frozen=True, slots=True, repr=False)
class Judged:
    """One trainee with what of the scheme can be judged at the opening, and where each fact comes from."""

    enrolment: Enrolment
    decision: Decision
    sources: Mapping[str, Source]
    status: Outcome

    @property
    def insured(self) -> bool:
        """Whether the status is open because somebody stated to be out of work is insured."""
        return self.enrolment.category == UNEMPLOYED and self.status is Outcome.UNKNOWN

    @property
    def findings(self) -> list[Any]:
        """The findings that can be judged at the opening, in their order."""
        return [one for one in self.decision.findings if one.code in ENTRY]

    @property
    def verdict(self) -> Verdict:
        """What they and the status stated in the roster say together."""
        found = {one.outcome for one in self.findings} | {self.status}
        if Outcome.FAIL in found:
            return Verdict.REFUSED
        return Verdict.UNKNOWN if Outcome.UNKNOWN in found else Verdict.ELIGIBLE


def version(found: TrainingClass) -> Version[Parameters]:
    """Return the version of the scheme that a class is judged under: that of its opening day."""
    return version_of(found.cohort)


def clause(version: Version[Parameters], name: str) -> str:
    """Return where a figure stands: its citation and the 文号 of its version."""
    figure: Figure | None = version.figures.get(name)
    cited = figure.citation if figure else _DEFAULT
    return f"{cited} · {version.document}（{version.code}）"


def hour_minutes(found: TrainingClass) -> int:
    """Return the minutes of a class hour."""
    return version(found).parameters.hour_minutes or HOUR_MINUTES


def hours(found: TrainingClass, online_percent: int = 0) -> Hours:
    """Return what the item asks for in minutes, with this share of the theory online, cut to whole class hours."""
    minutes, item = hour_minutes(found), found.item
    online = item.theory_hours * online_percent // 100
    return Hours(item.theory_hours * minutes, item.practice_hours * minutes, online * minutes)


def scale(item: CatalogueItem) -> Scale:
    """Return how an item is examined."""
    return Scale(item.assessment, item.theory_weight, item.practice_weight, item.pass_mark)


def held_back(found: TrainingClass) -> list[dict[str, Any]]:
    """Return the sessions that the suspension in force took off the plan."""
    kept = [
        change.details["held_back"]
        for change, _ in cohorts.changes(found.cohort_id)
        if change.kind is ChangeKind.SUSPENSION and change.state is ChangeState.APPROVED
    ]
    return list(kept[0]) if kept else []


_ROSTER, _UNCHECKED, _OURS = {"from": "class_roster"}, {"from": "unattested"}, {"from": "filings"}
_OPENING: Source = {"from": "class"}


def findings(found: TrainingClass, people: Sequence[Enrolment] | None = None) -> list[Judged]:
    """Judge every trainee, or those of `people`, as far as can be said at the opening; a constant number of queries."""
    cohort, told = found.cohort, version(found)
    judged = cohorts.people(cohort.id) if people is None else people
    asked = [Asked(one.person_id, cohort.starts_on) for one in judged]
    known = registers.gather(asked, cohort.operator, cohort.office_code)
    elsewhere: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for person_id, _, first, last in cohorts.elsewhere(cohort.id):
        elsewhere[person_id].append((first, last))
    roster = {**_ROSTER, **roster_source(cohort.id)}
    return [_judged(found, one, known, elsewhere[one.person_id], told, roster) for one in judged]


def _judged(
    found: TrainingClass,
    one: Enrolment,
    known: Told,
    elsewhere: Sequence[tuple[date, date]],
    told: Version[Parameters],
    roster: Source,
) -> Judged:
    asked = Asked(one.person_id, found.cohort.starts_on)
    pension, other = known.of(Fact.CIVIL_SERVICE_PENSION, asked), known.of(Fact.IN_OTHER_TRAINING, asked)
    overlaps = any(first <= one.ends_on and one.starts_on <= last for first, last in elsewhere)
    facts = Facts(
        case=f"enrolments:{one.id}",
        opened_on=found.cohort.starts_on,
        item_valid_from=found.item.valid_from,
        item_valid_to=found.item.valid_to,
        item_rate=found.item.subsidy,
        born_on=one.person.born_on,
        civil_service_pension=pension.value if pension else None,
        mode=MODE_LABELS[found.mode],
        in_other_training=overlaps or (other.value if other else False),
    )
    sources: dict[str, Source] = {
        "opened_on": _OPENING,
        "item_valid_from": {"from": "catalogue", "item": found.item.name, "document": found.item.batch.document},
        "item_rate": {"from": "catalogue", "item": found.item.name, "document": found.item.batch.document},
        "born_on": {"from": "id_number"},
        "civil_service_pension": pension.source if pension else _UNCHECKED,
        "in_other_training": other.source if other and not overlaps else _OURS,
        "category": roster,
    }
    return Judged(one, schemes.decide("special_skill", facts, told), sources, _status(one, known, asked))


def _status(one: Enrolment, known: Told, asked: Asked) -> Outcome:
    """Hold the group stated in the roster against the lists: nobody is refused by a list, a human asks."""
    if one.category == UNEMPLOYED:
        return Outcome.UNKNOWN if known.insured(asked) else Outcome.PASS
    if one.category not in _LISTED:
        return Outcome.PASS
    lines = known.groups(asked)
    covered = lines is not None and any(runs_on(line, asked.day) for line in lines)
    return Outcome.PASS if covered else Outcome.UNKNOWN


def why(one: Judged, way: Way) -> list[dict[str, Any]]:
    """Return the why card of one trainee at the opening."""
    told = [finding.to_json() for finding in one.findings]
    facts, document = one.decision.facts.to_json(), one.decision.version.document
    return card("special_skill", told, one.sources, facts=facts, document=document, way=way)


def verdicts(found: TrainingClass, enrolment_ids: Collection[int]) -> dict[int, Judged]:
    """Judge some of a class's trainees, as one page of the roster shows them."""
    people = cohorts.people(found.cohort_id, among=enrolment_ids)
    return {one.enrolment.id: one for one in findings(found, people)}
