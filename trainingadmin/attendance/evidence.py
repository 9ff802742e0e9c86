"""By which terms a filing's attendance counts; what is suspect about a mark, kept with the evidence to judge it by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import IntEnum
from functools import lru_cache
from typing import Any

from trainingadmin.attendance import queries
from trainingadmin.attendance.crediting import CreditRules, Flag
from trainingadmin.attendance.models import KIND_LABELS, SOURCE_LABELS, STATUS_LABELS, STATUS_TONES
from trainingadmin.attendance.queries import Overview, Totals, Wanted
from trainingadmin.cohorts.evidence import bound_version, version_of
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import EnrolmentState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import driver
from trainingadmin.schemes import Version

MARK_PERCENT = 80
LATE_HOURS = 48
NO_TIME = "—"
_SAME: Mapping[int, str] = {}
# What a stored value is called, marked for translation, and its tone.
LABELS = {"status": STATUS_LABELS, "kind": KIND_LABELS, "source": SOURCE_LABELS}
TONES = {"status": STATUS_TONES}
_SENTENCES = {
    Flag.DURING_SHIFT: N_("本人是%(own)s班组，这一天当班；%(came)s 签到"),
    Flag.OTHER_GROUP: N_("本人是%(own)s班组，签到的是%(group)s班组的课"),
    Flag.OUTSIDE_HOURS: N_("%(came)s 签到、%(left)s 签退，上课时间是 %(starts)s 至 %(ends)s"),
    Flag.IDENTICAL_SECONDS: N_("%(came)s 签到、%(left)s 签退，与序号 %(others)s 的学徒分秒不差"),
    Flag.ONE_TIME_ONLY: N_("签到 %(came)s，签退 %(left)s"),
}


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One reason to look at a mark: its code, what it says, and a sentence with places for the evidence."""

    code: str
    label: str
    sentence: str
    evidence: Mapping[str, str]


def flagged(
    flags: Iterable[Flag],
    *,
    own: str,
    group: str,
    starts_at: time,
    ends_at: time,
    in_at: time | None,
    out_at: time | None,
    others: Iterable[int] = (),
) -> list[dict[str, Any]]:
    """Return flags as a mark stores them; `others` are the roster numbers of those with the very same times."""
    evidence = {
        "own": own,
        "group": group,
        "starts": f"{starts_at:%H:%M}",
        "ends": f"{ends_at:%H:%M}",
        "came": in_at.isoformat() if in_at else NO_TIME,
        "left": out_at.isoformat() if out_at else NO_TIME,
        "others": "、".join(str(number) for number in sorted(others)),
    }
    return [
        {
            "code": flag.value,
            "evidence": {name: text for name, text in evidence.items() if f"%({name})s" in _SENTENCES[flag]},
        }
        for flag in flags
    ]


def suspicions(stored: Iterable[Mapping[str, Any]]) -> list[Suspicion]:
    """Return what `flagged` stored, in words to translate."""
    read = [(Flag(one["code"]), one["evidence"]) for one in stored]
    return [Suspicion(flag.value, flag.label, _SENTENCES[flag], evidence) for flag, evidence in read]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a filing's policy version says of attendance: how marks are credited, the share to be reached, and the hours
    after a session from which a second person confirms marks."""

    rules: CreditRules
    percent: int
    late_hours: int = LATE_HOURS


def terms(cohort: Cohort) -> Terms:
    """Return the terms of a filing; figures that its scheme does not have stay at their defaults."""
    return _terms(version_of(cohort))


def _terms(version: Version[Any]) -> Terms:
    parameters = version.parameters
    own = {
        name: getattr(parameters, name)
        for name in CreditRules.__dataclass_fields__
        if getattr(parameters, name, None) is not None
    }
    late = getattr(parameters, "late_entry_hours", None)
    percent = getattr(parameters, "attendance_percent", MARK_PERCENT)
    return Terms(CreditRules(**own), percent, LATE_HOURS if late is None else late)


def credited_hours(cohort: Cohort) -> dict[int, int]:
    """Return the whole class hours credited to each person of a filing, by enrolment; minutes short of one are dropped."""
    hour = terms(cohort).rules.hour_minutes
    return {id_: one.credited_minutes // hour for id_, one in queries.totals(cohort.id).items()}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Of how many people the sessions planned are fewer than the class hours filed, and the hours of the least served."""

    people: int
    scheduled: int
    filed: int


def shortfall(cohort: Cohort, known: Mapping[int, Totals] | None = None) -> Shortfall | None:
    """Return how far a filing's sessions stay behind the hours it was agreed to with; None where they do not.

    A remark for those who look: the share attended is reckoned on what was planned, whatever was filed.
    Clause: `attendance_percent` of planned hours [CHOICE]; `min_hours_per_year` of the filing.
    """
    if not cohort.plan_hours_per_year:
        return None
    hour, yearly = terms(cohort).rules.hour_minutes, cohort.plan_hours_per_year
    totals = queries.totals(cohort.id) if known is None else known
    filed = {id_: yearly * months // 12 for id_, months in queries.months(cohort.id).items()}
    planned = {id_: totals[id_].planned_minutes // hour for id_ in filed}
    short = [(planned[id_], filed[id_]) for id_ in filed if planned[id_] < filed[id_]]
    return Shortfall(len(short), *min(short)) if short else None


@lru_cache(maxsize=256)
def _bound_to(scheme: str, digest: str) -> Terms:
    """Return the terms of filings that are bound to a version: a digest stands for the same figures for ever."""
    return _terms(bound_version(scheme, digest))


@dataclass(frozen=True, slots=True)
class Alerts:
    """People in training for whom the share is out of reach, and those who miss it if they go on as so far; the filings
    that they are in."""

    lost: int
    behind: int
    filings: tuple[int, ...]


def alerts(actor: Actor) -> Alerts:
    """Return whom somebody at a desk is to look after, by each filing's own terms; whoever left is no alert."""
    found = overviews(driver.rows(queries.running(actor)))
    lost = sum(one.lost for one in found.values())
    below = sum(one.below for one in found.values())
    return Alerts(lost, below - lost, tuple(sorted(id_ for id_, one in found.items() if one.below)))


def overviews(filings: Iterable[Any]) -> dict[int, Overview]:
    """Return the overview of filings, as `queries.running` or `queries.listing` selects them, by each one's own terms."""
    wanted = {row.id: Wanted(row.revision, _bound_to(row.scheme, row.policy_digest).percent) for row in filings}
    return queries.overviews(wanted)


class Risk(IntEnum):
    """How an apprentice stands against the share to be reached, the worst first."""

    LOST = 0
    BELOW = 1
    NONE = 2
    LEFT = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """An apprentice with what was attended, and the minutes that may still be missed."""

    enrolment: Enrolment
    totals: Totals
    risk: Risk
    slack_minutes: int


def standings(people: Iterable[Enrolment], totals: Mapping[int, Totals], percent: int) -> list[Standing]:
    """Return how each of `people` stands, those at the greatest risk first."""
    found = [_standing(one, totals.get(one.id, Totals()), percent) for one in people]
    return sorted(found, key=lambda one: (one.risk, _share(one.totals), one.enrolment.position))


def _standing(one: Enrolment, totals: Totals, percent: int) -> Standing:
    risk = Risk.NONE
    if one.state is EnrolmentState.LEFT:
        risk = Risk.LEFT
    elif totals.is_lost(percent):
        risk = Risk.LOST
    elif totals.is_below(percent):
        risk = Risk.BELOW
    reachable = totals.credited_minutes + totals.ahead_minutes
    return Standing(one, totals, risk, max(0, (100 * reachable - percent * totals.planned_minutes) // 100))


def _share(totals: Totals) -> float:
    # Only an order: whether the mark is reached is never judged by it.
    return totals.credited_minutes / totals.due_minutes if totals.due_minutes else 1.0


def _is_there(one: Enrolment, on: date) -> bool:
    return (one.left_on is None or on <= one.left_on) and (one.joined_on is None or on >= one.joined_on)


def expected(
    people: Iterable[Enrolment], group: str, held_on: date, marked: Iterable[int], regrouped: Mapping[int, str] = _SAME
) -> list[Enrolment]:
    """Return who belongs in a session: everybody of its group who was there then, and whoever is marked in it.

    `regrouped` gives the groups of those who are about to have another than their enrolment says.
    """
    seen = set(marked)
    own = [(one, regrouped.get(one.id, one.shift_group)) for one in people]
    return [one for one, of in own if one.id in seen or (group in ("", of) and _is_there(one, held_on))]
