"""Judges stored facts under what is in force and under new figures, and adds up who gains, who loses, and the cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trainingadmin import schemes
from trainingadmin.kernel.money import Money
from trainingadmin.reforms.queries import Stored
from trainingadmin.schemes import BadFact, Decision, Version

# A group's figures, in this order: people, who gain, who lose, fen before, fen after.
PEOPLE, GAINS, LOSES, BEFORE, AFTER = range(5)
Row = list[int]
GROUPS = ("all", "bound", "office", "payee", "month")


@dataclass(slots=True)
class Summary:
    """The figures of many people: groups by kind and key, and how many facts could not be read."""

    groups: dict[str, dict[str, Row]] = field(default_factory=lambda: {kind: {} for kind in GROUPS})
    unread: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)

    def add(self, keys: Mapping[str, str], before: int, after: int) -> None:
        """Count one person in the group of each kind."""
        gains, loses = int(after > before), int(after < before)
        for kind, key in keys.items():
            row = self.groups[kind].get(key)
            if row is None:
                row = self.groups[kind][key] = [0, 0, 0, 0, 0]
            row[PEOPLE] += 1
            row[GAINS] += gains
            row[LOSES] += loses
            row[BEFORE] += before
            row[AFTER] += after

    def to_json(self) -> dict[str, Any]:
        """Return the figures as they are stored with a part."""
        return {"groups": self.groups, "unread": self.unread, "verdicts": self.verdicts}


@dataclass(slots=True)
class Judged:
    """What one part found: the figures, and a row for every person that something changes for."""

    summary: Summary
    rows: list[dict[str, Any]]


def judge(scheme: str, stored: Sequence[Stored], law: Sequence[Version[Any]], proposed: Version[Any]) -> Judged:
    """Judge every stored case twice: under the version that binds it, and under the proposed figures."""
    summary, rows = Summary(), []
    for one in stored:
        try:
            facts = schemes.facts_from_json(scheme, one.facts)
            _, day = schemes.anchor_of(facts)
            before = schemes.decide(scheme, facts, schemes.version_on(scheme, day, law))
            after = schemes.decide(scheme, facts, proposed)
        except BadFact:
            summary.unread += 1
            continue
        was, will = before.entitlement.fen, after.entitlement.fen
        bound = one.open and day >= proposed.from_on
        keys = {"all": "", "office": one.office_code, "payee": str(one.payee_id), "month": one.month}
        summary.add(keys | {"bound": ""} if bound else keys, was, will)
        if was != will or before.verdict is not after.verdict:
            change = f"{before.verdict.value}>{after.verdict.value}"
            summary.verdicts[change] = summary.verdicts.get(change, 0) + 1
            rows.append(_row(one, before, after, bound=bound))
    return Judged(summary, rows)


def _row(one: Stored, before: Decision, after: Decision, *, bound: bool) -> dict[str, Any]:
    outcomes = {finding.code: finding.outcome for finding in before.findings}
    codes = [finding.code for finding in after.findings if outcomes.get(finding.code) is not finding.outcome]
    return {
        "line_id": one.line_id,
        "verdict_before": before.verdict.value,
        "verdict_after": after.verdict.value,
        "before": before.entitlement,
        "after": after.entitlement,
        "difference": Money(after.entitlement.fen - before.entitlement.fen),
        "bound": bound,
        "codes": " ".join(codes),
    }


def total(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add up the figures of parts, in whatever order they come."""
    groups: dict[str, dict[str, Row]] = {kind: {} for kind in GROUPS}
    verdicts: dict[str, int] = {}
    unread = 0
    for part in parts:
        unread += part["unread"]
        for change, number in part["verdicts"].items():
            verdicts[change] = verdicts.get(change, 0) + number
        for kind, rows in part["groups"].items():
            for key, row in rows.items():
                known = groups[kind].setdefault(key, [0, 0, 0, 0, 0])
                for at, figure in enumerate(row):
                    known[at] += figure
    return {"groups": groups, "unread": unread, "verdicts": verdicts}
