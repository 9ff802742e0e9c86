"""Works out what could be claimed, with `schemes.decide` itself on the facts known; what is not known stays unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from trainingadmin import schemes
from trainingadmin.claims import evidence
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import CohortState, Outcome
from trainingadmin.kernel.identifiers import IdNumber, Sex
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.people.models import Person
from trainingadmin.plumbing.database import db
from trainingadmin.policies.queries import in_force
from trainingadmin.registers.matching import is_active
from trainingadmin.registers.models import RegisterList, RegisterRow
from trainingadmin.registers.queries import Snapshot
from trainingadmin.registers.states import Register
from trainingadmin.schemes import Decision, Verdict
from trainingadmin.schemes.apprenticeship_sums import planned
from trainingadmin.schemes.apprenticeship_terms import Facts as ApprenticeFacts
from trainingadmin.schemes.entrepreneurship_grant import Facts, Membership

GRANT = "entrepreneurship_grant"
CLAIMABLE = (CohortState.APPROVED, CohortState.COMPLETED)


@dataclass(frozen=True, slots=True, repr=False)
class Possible:
    """One thing that could be claimed from a day on."""

    key: str
    scheme: str
    office_code: str
    person_id: int | None
    organisation_id: int | None
    cohort_id: int | None
    name: str
    title: str
    possible_on: date
    amount: Money
    policy_code: str
    findings: list[Any]
    sources: dict[str, Any]


def of_cohort(cohort: Cohort, today: date) -> list[Possible]:
    """Return what the firm could claim for the certified apprentices of a filing, as a claim of today would find it."""
    certified = select(Result.enrolment_id).join(Enrolment, Enrolment.id == Result.enrolment_id)
    passed = set(
        db.session.scalars(certified.where(Enrolment.cohort_id == cohort.id, Result.outcome == Outcome.PASSED))
    )
    judged = evidence.judge(cohort, today)
    found = []
    for one in judged.lines:
        told, decision, enrolment = one.evidence, one.decision, one.evidence.enrolment
        assert enrolment is not None
        assert isinstance(told.facts, ApprenticeFacts)
        amount = planned(told.facts, judged.version.parameters) if decision.verdict is not Verdict.REFUSED else ZERO
        if enrolment.id not in passed or not amount:
            continue
        found.append(
            Possible(
                key=f"apprenticeship:{enrolment.id}",
                scheme=cohort.scheme,
                office_code=cohort.office_code,
                person_id=told.person.id,
                organisation_id=cohort.enterprise_id,
                cohort_id=cohort.id,
                name=told.person.name,
                title=cohort.title,
                possible_on=today,
                amount=amount,
                policy_code=judged.version.code,
                findings=[finding.to_json() for finding in decision.findings],
                sources={name: dict(source) for name, source in told.sources.items()},
            )
        )
    return found


def of_businesses(rows: Sequence[RegisterRow], listed: RegisterList, today: date, groups: _Groups) -> list[Possible]:
    """Return which founders on a stretch of a business register could claim the grant, now or on a first possible day."""
    numbers = {row.id_index for row in rows}
    people = select(Person.id_number_index, Person.id).where(Person.id_number_index.in_(numbers))
    known = {row.id_number_index: row.id for row in db.session.execute(people)}
    found = (_founder(row, listed, today, groups, known.get(row.id_index or "")) for row in rows)
    return [one for one in found if one is not None]


def key_of(row: RegisterRow) -> str:
    """Name the occasion of a founder's offer: the person and the business."""
    return f"grant:{row.id_index}:{row.credit_code}"


class _Groups:
    """The lines of the status lists in force, by the person's blind index."""

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self._topics = {one.id: one for one in snapshots if one.kind is Register.STATUS}
        rows = select(
            RegisterRow.list_id, RegisterRow.row, RegisterRow.id_index, RegisterRow.from_on, RegisterRow.to_on
        )
        sound = rows.where(RegisterRow.list_id.in_(self._topics), RegisterRow.odd == "", RegisterRow.legacy.is_(False))
        self._lines: dict[str, list[tuple[int, int, Membership]]] = {}
        for row in db.session.execute(sound):
            held = Membership(group=self._topics[row.list_id].topic, from_on=row.from_on, to_on=row.to_on)
            self._lines.setdefault(row.id_index, []).append((row.list_id, row.row, held))

    def of(self, index: str | None) -> tuple[Membership, ...]:
        """Return the groups of a person."""
        return tuple(held for *_, held in self._lines.get(index or "", ()))

    def source(self, index: str | None) -> dict[str, Any]:
        """Return where the groups of a person come from."""
        list_id, row, _ = self._lines[index or ""][0]
        listed = self._topics[list_id]
        return _source(listed.kind, listed.topic, listed.as_of, list_id, row)


def groups_in(snapshots: Sequence[Snapshot]) -> _Groups:
    """Return who belongs to which group by the status lists among these."""
    return _Groups(snapshots)


def _founder(
    row: RegisterRow, listed: RegisterList, today: date, groups: _Groups, person_id: int | None
) -> Possible | None:
    if not groups.of(row.id_index) or row.odd or row.legacy or row.from_on is None or row.id_number is None:
        return None
    decision = _judged(row, groups, today)
    later = next((one.possible_on for one in decision.findings if one.possible_on is not None), None)
    possible_on = max(today, later) if later else today
    if later is not None:
        decision = _judged(row, groups, possible_on)
    if decision.verdict is Verdict.REFUSED:
        return None
    assert listed.as_of is not None
    registry = _source(Register.BUSINESS, "", listed.as_of, listed.id, row.row)
    names = ("entity_type", "industry", "registered_on", "registry_status", "is_founder", "is_operator")
    return Possible(
        key=key_of(row),
        scheme=GRANT,
        office_code=listed.office_code,
        person_id=person_id,
        organisation_id=None,
        cohort_id=None,
        name=row.name,
        title=row.unit,
        possible_on=possible_on,
        amount=Money.yuan(decision.version.parameters.amount),
        policy_code=decision.version.code,
        findings=[finding.to_json() for finding in decision.findings],
        sources={"groups": groups.source(row.id_index), "born_on": {"from": "id_number"}}
        | dict.fromkeys(names, registry),
    )


def _judged(row: RegisterRow, groups: _Groups, applied_on: date) -> Decision:
    """Judge a founder as if they applied on a day; what no list tells is left out."""
    assert row.from_on is not None
    number = IdNumber.parse(row.id_number or "")
    facts = Facts(
        case="offer",
        applied_on=applied_on,
        born_on=number.born_on,
        retirement_class="M60" if number.sex is Sex.MALE else None,
        groups=groups.of(row.id_index),
        entity_type=row.word or None,
        industry=row.details.get("industry"),
        registered_on=row.from_on,
        registry_status=_standing(row),
        is_founder=row.details.get("founder"),
        is_operator=True,
    )
    return schemes.decide(GRANT, facts, in_force(GRANT, row.from_on))


def _standing(row: RegisterRow) -> str | None:
    if row.to_on is not None or row.standing.startswith("注销"):
        return "cancelled"
    if row.standing.startswith("严重违法"):
        return "illegal"
    if "异常" in row.standing:
        return "abnormal"
    return "active" if is_active(row.standing) else None


def _source(kind: Register, topic: str, as_of: date, list_id: int, row: int) -> dict[str, Any]:
    return {
        "from": "register",
        "list": list_id,
        "kind": kind.value,
        "topic": topic,
        "as_of": as_of.isoformat(),
        "row": row,
        "outcome": "clear",
        "ruled": None,
        "who": "",
    }
