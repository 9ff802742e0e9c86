"""Judges stored facts under what is in force and under new figures, and adds up who gains, who loses, and the cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trainingadmin import schemes
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

    def add(self, keys: Mapping[str, str], row: Row) -> None:
        """Count the people of a row of figures in the group of each kind."""
        for kind, key in keys.items():
            _add(self.groups[kind].setdefault(key, [0, 0, 0, 0, 0]), row)

    def to_json(self) -> dict[str, Any]:
        """Return the figures as they are stored with a part."""
        return {"groups": self.groups, "unread": self.unread, "verdicts": self.verdicts}


def _add(known: Row, row: Row) -> None:
    for at, figure in enumerate(row):
        known[at] += figure


@dataclass(slots=True)
class Judged:
    """What one part found: the figures, and a row of `COLUMNS` for every person that something changes for."""

    summary: Summary
    rows: list[tuple[Any, ...]]


COLUMNS = ("line_id", "verdict_before", "verdict_after", "before", "after", "difference", "bound", "codes")


def judge(scheme: str, stored: Iterable[Stored], law: Sequence[Version[Any]], proposed: Version[Any]) -> Judged:
    """Judge every stored case twice: under the version that binds it, and under the proposed figures."""
    summary, rows, tally = Summary(), list[tuple[Any, ...]](), dict[tuple[Any, ...], Row]()
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
        place = (one.office_code, one.payee_id, one.month, bound)
        if (row := tally.get(place)) is None:
            row = tally[place] = [0, 0, 0, 0, 0]
        row[PEOPLE] += 1
        row[GAINS] += will > was
        row[LOSES] += will < was
        row[BEFORE] += was
        row[AFTER] += will
        if was != will or before.verdict is not after.verdict:
            rows.append(_row(one.line_id, before, after, bound=bound))
    for (office, payee, month, bound), figures in tally.items():
        keys = {"all": "", "office": office, "payee": str(payee or ""), "month": month}
        summary.add(keys | {"bound": ""} if bound else keys, figures)
    summary.verdicts = dict(Counter(f"{found[1]}>{found[2]}" for found in rows))
    return Judged(summary, rows)


def _row(line_id: int, before: Decision, after: Decision, *, bound: bool) -> tuple[Any, ...]:
    was, will = before.entitlement.fen, after.entitlement.fen
    pairs = zip(before.findings, after.findings, strict=True)  # which conditions are judged depends on facts alone
    codes = " ".join([new.condition.code for old, new in pairs if old.outcome is not new.outcome])
    return line_id, before.verdict.value, after.verdict.value, was, will, will - was, bound, codes


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
                _add(groups[kind].setdefault(key, [0, 0, 0, 0, 0]), row)
    return {"groups": groups, "unread": unread, "verdicts": verdicts}
