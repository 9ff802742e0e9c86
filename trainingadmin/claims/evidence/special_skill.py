"""What is known of each trainee of a class and where each fact comes from, gathered in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from trainingadmin.attendance import queries as attendance
from trainingadmin.attendance.models import Session
from trainingadmin.claims.evidence.shapes import Evidence
from trainingadmin.claims.evidence.trainings import PaidTraining, of_year, paid_elsewhere, said
from trainingadmin.classes import queries as classes
from trainingadmin.classes.models import Score, TrainingClass
from trainingadmin.classes.states import MODE_LABELS
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import EnrolmentState
from trainingadmin.people.queries import names
from trainingadmin.plumbing import clock
from trainingadmin.registers import evidence as registers
from trainingadmin.registers.evidence import Asked, Told
from trainingadmin.registers.states import Fact
from trainingadmin.registers.why import Source
from trainingadmin.schemes.special_skill import Facts

CLASS: Source = {"from": "class"}
ID_NUMBER: Source = {"from": "id_number"}
ATTENDANCE: Source = {"from": "attendance"}
CHANGES: Source = {"from": "changes"}
OURS: Source = {"from": "filings"}
UNATTESTED: Source = {"from": "unattested"}
NO_RESULT: Source = {"from": "no_result"}


@dataclass(frozen=True, slots=True)
class Attended:
    """What one trainee attended: minutes planned and credited, and days of which half or more was credited."""

    planned_minutes: int
    credited_minutes: int
    days: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read once for everybody of a class."""

    found: TrainingClass
    claimed_on: date
    held: Sequence[Session]
    worth: Mapping[tuple[int, int], int]
    scores: Mapping[int, Score | None]
    scorers: Mapping[int, str]
    told: Told
    elsewhere: Mapping[int, list[tuple[date, date]]]
    paid: Mapping[int, list[PaidTraining]]


def gather(cohort: Cohort, claimed_on: date) -> list[Evidence]:
    """Return what is known of every person of a class, in roster order: as many queries for three as for fifty."""
    people = cohorts.people(cohort.id)
    known = _known(cohort, claimed_on, people)
    return [_evidence(known, one) for one in people]


def _known(cohort: Cohort, claimed_on: date, people: Sequence[Enrolment]) -> _Known:
    held = classes.sessions(cohort.id)
    scores = {id_: classes.last_of(sittings) for id_, sittings in classes.scores(cohort.id).items()}
    asked = [Asked(one.person_id, day) for one in people for day in (cohort.starts_on, cohort.ends_on)]
    elsewhere: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for person_id, _, first, last in cohorts.elsewhere(cohort.id):
        elsewhere[person_id].append((first, last))
    return _Known(
        classes.of(cohort),
        claimed_on,
        held,
        {
            (one.session_id, one.enrolment_id): one.credited_minutes
            for one in attendance.worth([one.id for one in held])
        },
        scores,
        names({score.account_id for score in scores.values() if score is not None}),
        registers.gather(asked, cohort.operator, cohort.office_code),
        elsewhere,
        paid_elsewhere(cohort.id),
    )


def attended(
    held: Iterable[Session], worth: Mapping[tuple[int, int], int], one: Enrolment, died_on: date | None = None
) -> Attended:
    """Return what somebody attended of the sessions of their group; nothing is credited after a death.

    A day counts when at least half of its planned minutes are credited [CHOICE]. Clause: 四川省 2016-10 生活费补贴.
    """
    days: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for session in held:
        if session.shift_group not in ("", one.shift_group) or (one.joined_on and session.held_on < one.joined_on):
            continue
        counts = died_on is None or session.held_on <= died_on
        spent = days[session.held_on]
        spent[0] += session.planned_minutes
        spent[1] += worth.get((session.id, one.id), 0) if counts else 0
    planned, credited = (sum(spent[at] for spent in days.values()) for at in (0, 1))
    return Attended(planned, credited, sum(0 < spent[0] <= 2 * spent[1] for spent in days.values()))


def _evidence(known: _Known, one: Enrolment) -> Evidence:
    found, cohort, item = known.found, known.found.cohort, known.found.item
    paid = known.paid.get(one.person_id, [])
    same = [row for row in paid if row.item_code == item.code]
    this_year = of_year(paid, known.claimed_on.year)
    catalogue: Source = {"from": "catalogue", "item": item.name, "document": item.batch.document}
    sources: dict[str, Source] = dict.fromkeys(("opened_on", "mode"), CLASS)
    sources |= dict.fromkeys(("item_valid_from", "item_valid_to", "item_rate"), catalogue)
    sources |= {"born_on": ID_NUMBER, "paid_before_item": said(same), "trainings_this_year": said(this_year)}
    facts = Facts(
        case=f"{cohort.number}/{one.position}",
        opened_on=cohort.starts_on,
        item_valid_from=item.valid_from,
        item_valid_to=item.valid_to,
        item_rate=item.subsidy,
        born_on=one.person.born_on,
        mode=MODE_LABELS[found.mode],
        passed=_passed(known, one, sources),
        paid_before_item=bool(same),
        trainings_this_year=len(this_year),
        **_by_lists(known, one, sources),
        **_by_attendance(known, one, sources),
    )
    return Evidence(one.position, one.person, one, facts, sources, particulars(found))


def particulars(found: TrainingClass) -> dict[str, Any]:
    """Return what is said of every line of a class."""
    period = [found.cohort.starts_on.isoformat(), found.cohort.ends_on.isoformat()]
    return {"item": found.item.name, "item_code": found.item.code, "hours": found.item.hours, "period": period}


def _passed(known: _Known, one: Enrolment, sources: dict[str, Source]) -> bool | None:
    score = known.scores.get(one.id)
    if score is not None:
        on = clock.local(score.at).date().isoformat()
        sources["passed"] = {"from": "score", "who": known.scorers.get(score.account_id, ""), "on": on}
        return score.passed
    gone = one.state is EnrolmentState.LEFT
    sources["passed"] = CHANGES if gone else NO_RESULT
    return False if gone else None


def _by_lists(known: _Known, one: Enrolment, sources: dict[str, Source]) -> dict[str, Any]:
    """Return what other departments, officers and our own records say; a training that was held at the same time and is
    paid for counts as one that still runs."""
    asked = Asked(one.person_id, known.found.cohort.starts_on)
    pension, other = known.told.of(Fact.CIVIL_SERVICE_PENSION, asked), known.told.of(Fact.IN_OTHER_TRAINING, asked)
    overlaps = any(
        first <= one.ends_on and one.starts_on <= last for first, last in known.elsewhere.get(one.person_id, ())
    )
    at_once = [row for row in known.paid.get(one.person_id, ()) if row.overlaps(one)]
    ours = said(at_once) if at_once and not overlaps else OURS
    sources["civil_service_pension"] = pension.source if pension else UNATTESTED
    sources["in_other_training"] = other.source if other and not (overlaps or at_once) else ours
    return {
        "civil_service_pension": pension.value if pension else None,
        "in_other_training": overlaps or bool(at_once) or (other.value if other else False),
    }


def _by_attendance(known: _Known, one: Enrolment, sources: dict[str, Source]) -> dict[str, Any]:
    """Return minutes and days; nobody attends after their death, and a doubtful line of a death list is for a human."""
    asked = Asked(one.person_id, known.found.cohort.ends_on)
    death = known.told.death(asked)
    source = ATTENDANCE if death is None else death.source
    sources |= {"planned_minutes": ATTENDANCE, "credited_minutes": source, "days_attended": source}
    spent = attended(known.held, known.worth, one, known.told.died_on(asked))
    doubtful = death is not None and death.value is None
    return {
        "planned_minutes": spent.planned_minutes,
        "credited_minutes": None if doubtful else spent.credited_minutes,
        "days_attended": None if doubtful else spent.days,
    }
