"""Nets unearned advances against what others of the same claim are still to be paid, in roster order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from trainingadmin.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Taken:
    """Part of one line's unearned advance, taken from one due."""

    due_id: int
    line_id: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Netted:
    """What was taken from which due, and by line what no due could bear."""

    taken: tuple[Taken, ...]
    left: dict[int, Money]


def net(dues: Iterable[tuple[int, Money]], unearned: Iterable[tuple[int, Money]]) -> Netted:
    """Take each line's unearned advance (line id, amount) from the dues (due id, still payable) of its claim.

    Both come in roster order and no amount is negative; the first due bears first (policy §2: never across cohorts).
    """
    taken: list[Taken] = []
    left: dict[int, Money] = {}
    bearers = deque((due_id, amount.fen) for due_id, amount in dues)
    for line_id, owed in unearned:
        rest = owed.fen
        while rest and bearers:
            due_id, bears = bearers.popleft()
            part = min(rest, bears)
            rest -= part
            if part:
                taken.append(Taken(due_id, line_id, Money(part)))
            if bears > part:
                bearers.appendleft((due_id, bears - part))
        if rest:
            left[line_id] = Money(rest)
    return Netted(tuple(taken), left)
