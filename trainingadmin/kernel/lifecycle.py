"""Lifecycles: one table of moves that guards, buttons, diagrams and tests all read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import ROLE_LABELS, Actor, Role

S = TypeVar("S", bound=StrEnum)


class Step(Protocol):
    """A move that was made: what the separation of duties is judged by."""

    @property
    def move(self) -> str: ...

    @property
    def human(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    """One verb: from which states, to which, by whom, and what it asks for.

    `duty` is the stage the verb belongs to. `fresh_eyes`: nobody who acted under another duty may
    make it, so that returning and later accepting the same thing is one duty, but accepting and
    approving it never are. `needs_note`: a reason is required. `tone` colours its button.
    `automatic`: made by the system alone, never a button.
    """

    name: str
    label: str
    sources: frozenset[S]
    target: S
    roles: frozenset[Role]
    duty: str = ""
    fresh_eyes: bool = False
    needs_note: bool = False
    tone: str = "primary"
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Offer(Generic[S]):
    """A move as an actor meets it: allowed, or refused with the reason and who can act instead."""

    move: Move[S]
    refusal: Refusal | None
    who: tuple[str, ...]

    @property
    def allowed(self) -> bool:
        """Whether the actor may make the move now."""
        return self.refusal is None


class Lifecycle(Generic[S]):
    """The moves of one kind of thing, checked in one place."""

    def __init__(
        self, *moves: Move[S], start: S, final: Collection[S], labels: dict[S, str], tones: dict[S, str]
    ) -> None:
        self.moves = {move.name: move for move in moves}
        self.start = start
        self.final = frozenset(final)
        self.labels = labels
        self.tones = tones
        if len(self.moves) != len(moves):
            raise ValueError("two moves share a name")

    def check(self, name: str, *, state: S, actor: Actor, past: Iterable[Step], note: str = "") -> Move[S]:
        """Return the move if `actor` may make it now; raise `Refusal` otherwise.

        Codes: `move-unknown`, `move-state`, `move-role`, `move-same-person`, `move-note`.
        """
        move = self.moves.get(name)
        if move is None:
            raise Refusal("move-unknown", N_("没有这个操作。"))
        refusal = self._refusal(move, state, actor, past)
        if refusal is not None:
            raise refusal
        if move.needs_note and not note.strip():
            raise Refusal("move-note", N_("请写明理由，对方会看到。"), field="note")
        return move

    def offers(self, *, state: S, actor: Actor, past: Collection[Step]) -> list[Offer[S]]:
        """List the moves that leave `state`, each allowed or with the reason why not."""
        return [
            Offer(
                move,
                self._refusal(move, state, actor, past),
                tuple(ROLE_LABELS[role] for role in Role if role in move.roles),
            )
            for move in self.moves.values()
            if state in move.sources and not move.automatic
        ]

    def leading_to(self, *states: S) -> frozenset[str]:
        """Return the names of the moves that end in one of `states`."""
        return frozenset(move.name for move in self.moves.values() if move.target in states)

    def leaving(self, *states: S) -> frozenset[str]:
        """Return the names of the moves that lead from one of `states` to another than these."""
        return frozenset(
            move.name for move in self.moves.values() if move.sources & {*states} and move.target not in states
        )

    def _refusal(self, move: Move[S], state: S, actor: Actor, past: Iterable[Step]) -> Refusal | None:
        if state not in move.sources:
            return Refusal("move-state", N_("当前状态不能进行这一步，请刷新页面查看最新进展。"))
        if not actor.has(*move.roles):
            return Refusal("move-role", N_("您的岗位不办理这一步。"))
        if move.fresh_eyes and any(step.human == actor.human and self._duty(step.move) != move.duty for step in past):
            return Refusal("move-same-person", N_("您已办理过本件的其他环节，须由另一人办理。"))
        return None

    def _duty(self, name: str) -> str:
        move = self.moves.get(name)
        return move.duty if move else name
