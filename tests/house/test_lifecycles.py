"""Every lifecycle of the house: no state out of reach, no trap, no judge in two robes, no way around the notice."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import pytest

from tests.house.scan import PACKAGE
from trainingadmin.claims.states import CLAIM, LINE, ClaimState, LineState
from trainingadmin.kernel.lifecycle import Lifecycle, Move
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import REVIEWERS, Actor, Role
from trainingadmin.plumbing import clock

Any_Lifecycle = Lifecycle[Any]

# Moves that decide, named so; each must be made by somebody who made no other step of the same thing.
DECIDES = ("accept", "approve", "check", "review", "refuse", "reject", "return", "release")
SAME_EYES = {
    (
        "LINE",
        "release",
    ): "lifts the hold of one line under the duty that set it; the claim's own approval still judges it",
    ("LINE", "approve"): "follows the claim's approval, which four people made",
    ("LINE", "refuse"): "follows the claim's refusal, or the verdict of a line that was held",
}


@dataclass(frozen=True)
class Made:
    """A step that somebody made."""

    move: str
    human: str


def lifecycles() -> Iterator[tuple[str, Any_Lifecycle]]:
    """Yield every lifecycle there is, by its name."""
    for file in sorted(PACKAGE.glob("*/states.py")):
        module = importlib.import_module(f"trainingadmin.{file.parent.name}.states")
        yield from ((name, value) for name, value in vars(module).items() if isinstance(value, Lifecycle))


EVERY = dict(lifecycles())
every_lifecycle = pytest.mark.parametrize("name", EVERY)


def states_of(lifecycle: Any_Lifecycle) -> type[StrEnum]:
    return type(lifecycle.start)


def next_states(lifecycle: Any_Lifecycle, state: StrEnum, without: frozenset[str] = frozenset()) -> set[StrEnum]:
    return {m.target for m in lifecycle.moves.values() if state in m.sources and m.name not in without}


def reached(lifecycle: Any_Lifecycle, start: StrEnum, without: frozenset[str] = frozenset()) -> set[StrEnum]:
    """Return the states that moves lead to from `start`."""
    known, todo = {start}, [start]
    while todo:
        fresh = next_states(lifecycle, todo.pop(), without) - known
        known |= fresh
        todo.extend(fresh)
    return known


# Shape ----------------------------------------------------------------------------------------------------------------


def out_of_reach(lifecycle: Any_Lifecycle) -> set[StrEnum]:
    return set(states_of(lifecycle)) - reached(lifecycle, lifecycle.start)


def traps(lifecycle: Any_Lifecycle) -> set[StrEnum]:
    """Return the states from which no final one can be reached."""
    return {state for state in states_of(lifecycle) if not reached(lifecycle, state) & lifecycle.final}


def ends_that_go_on(lifecycle: Any_Lifecycle) -> set[StrEnum]:
    return {state for state in lifecycle.final if next_states(lifecycle, state)} - {lifecycle.start}


def test_there_are_lifecycles_to_look_at() -> None:
    assert {"COHORT", "CLAIM", "LINE", "BATCH", "DUE", "PAYMENT"} <= set(EVERY)


@every_lifecycle
def test_every_state_can_be_reached(name: str) -> None:
    assert not out_of_reach(EVERY[name]), "Give each state a move that leads to it, or take it away."


@every_lifecycle
def test_no_state_is_a_trap(name: str) -> None:
    assert not traps(EVERY[name]), (
        "From every state some moves must lead to an end; give it a way out or declare it final."
    )


@every_lifecycle
def test_what_is_final_stays(name: str) -> None:
    assert not ends_that_go_on(EVERY[name]), "A final state has no moves; take it out of `final` or take the move away."


@every_lifecycle
def test_every_state_and_move_has_words_and_a_colour_and_somebody_to_make_it(name: str) -> None:
    lifecycle = EVERY[name]
    assert set(lifecycle.labels) == set(lifecycle.tones) == set(states_of(lifecycle))
    moves = lifecycle.moves.values()
    assert all(move.label and move.roles and move.sources and (move.duty or move.automatic) for move in moves), (
        "Each move names its label, its roles, its sources and the duty it belongs to."
    )
    assert len(set(lifecycle.labels.values())) == len(lifecycle.labels), "Two states that read alike are one to people."


@every_lifecycle
def test_a_move_to_a_worse_end_says_why(name: str) -> None:
    bad = [
        move.name
        for move in EVERY[name].moves.values()
        if move.fresh_eyes and EVERY[name].tones[move.target] in {"bad", "warn"} and not move.needs_note
    ]
    assert not bad, f"{bad}: whoever is refused or returned can read why; set needs_note."


def near_sighted(name: str, lifecycle: Any_Lifecycle) -> list[str]:
    """Name moves that decide and would let the same human make two steps."""
    return [
        move.name
        for move in lifecycle.moves.values()
        if not move.fresh_eyes
        and not move.automatic
        and move.name.startswith(DECIDES)
        and (name, move.name) not in SAME_EYES
    ]


@every_lifecycle
def test_every_deciding_move_wants_fresh_eyes(name: str) -> None:
    assert not near_sighted(name, EVERY[name]), "Set fresh_eyes, or write into SAME_EYES why one human may."


# Moves × states × roles -------------------------------------------------------------------------------------------------


def actor(role: Role, human: int = 1) -> Actor:
    return Actor(human, "某", frozenset({role}))


def outcome(lifecycle: Any_Lifecycle, move: str, state: StrEnum, role: Role, past: list[Made], note: str = "因") -> str:
    """Return where the move leads, or the code it is refused with."""
    try:
        return str(lifecycle.check(move, state=state, actor=actor(role), past=past, note=note).target)
    except Refusal as refusal:
        return refusal.code


def expected(move: Move[Any], state: StrEnum, role: Role, past: list[Made], lifecycle: Any_Lifecycle) -> str:
    """Say in plain words, apart from the code under test, what must come of it."""
    if state not in move.sources:
        return "move-state"
    if role not in move.roles:
        return "move-role"
    if move.fresh_eyes and any(
        lifecycle.moves[step.move].duty != move.duty for step in past if step.human == "account:1"
    ):
        return "move-same-person"
    return str(move.target)


@every_lifecycle
def test_every_move_from_every_state_by_every_role_ends_as_the_table_says(name: str) -> None:
    lifecycle = EVERY[name]
    pasts = [
        [],
        *([Made(each, "account:1")] for each in lifecycle.moves),
        [Made(next(iter(lifecycle.moves)), "account:2")],
    ]
    checked = 0
    for move in lifecycle.moves.values():
        for state in states_of(lifecycle):
            for role in Role:
                for past in pasts:
                    said = outcome(lifecycle, move.name, state, role, past)
                    assert said == expected(move, state, role, past, lifecycle), (move.name, state, role, past)
                    checked += 1
    assert checked == len(lifecycle.moves) * len(states_of(lifecycle)) * len(Role) * len(pasts)


@every_lifecycle
def test_buttons_are_offered_exactly_where_the_move_would_be_allowed(name: str) -> None:
    lifecycle = EVERY[name]
    for state in states_of(lifecycle):
        for role in Role:
            for offer in lifecycle.offers(state=state, actor=actor(role), past=[]):
                assert offer.allowed == (outcome(lifecycle, offer.move.name, state, role, []) == offer.move.target)
                assert not offer.move.automatic
                assert offer.who


# The chain of a claim ---------------------------------------------------------------------------------------------------


def test_a_claim_meets_four_offices_before_it_is_approved() -> None:
    for role in REVIEWERS:
        theirs = frozenset(move.name for move in CLAIM.moves.values() if role in move.roles and not move.automatic)
        assert ClaimState.APPROVED not in reached(CLAIM, CLAIM.start, without=theirs), f"{role} can be left out"


def test_no_role_that_applies_also_decides() -> None:
    deciding = {role for move in CLAIM.moves.values() if move.fresh_eyes for role in move.roles}
    assert not deciding & {Role.ENTERPRISE, Role.INSTITUTION, Role.TRAINEE}


def test_money_is_reached_through_the_notice_only() -> None:
    paid = {LineState.PAYING, LineState.PAID, LineState.CLEARED}
    assert not reached(LINE, LINE.start, without=frozenset({"publish"})) & paid
    assert not reached(LINE, LINE.start, without=frozenset({"clear"})) & paid
    assert not reached(CLAIM, CLAIM.start, without=frozenset({"publish", "conclude"})) & {
        ClaimState.PAYING,
        ClaimState.PAID,
    }


def test_a_line_under_objection_goes_nowhere_but_to_its_decision() -> None:
    assert next_states(LINE, LineState.OBJECTED) == {LineState.IN_NOTICE, LineState.REFUSED}


def test_publicity_and_payment_are_no_buttons() -> None:
    for move in ("publish", "clear", "pay", "settle"):
        assert CLAIM.moves[move].automatic
        assert LINE.moves[move].automatic


def test_the_last_day_of_a_notice_is_a_whole_day() -> None:
    end = clock.end_of(date(2022, 6, 27))
    assert clock.local(end - timedelta(seconds=1)).time() == time(23, 59, 59)
    assert clock.local(end) == datetime(2022, 6, 28, tzinfo=clock.LOCAL)


# The guards themselves ----------------------------------------------------------------------------------------------------


class S(StrEnum):
    START = "start"
    TRAP = "trap"
    LOST = "lost"
    END = "end"


def life(*moves: Move[S]) -> Lifecycle[S]:
    return Lifecycle(*moves, start=S.START, final={S.END}, labels={}, tones={})


def test_a_bad_table_would_be_found() -> None:
    staff = frozenset({Role.APPROVAL})
    approve = Move("approve", "同意", frozenset({S.START}), S.END, staff, duty="x")
    wander = Move("wander", "游荡", frozenset({S.START}), S.TRAP, staff, duty="x")
    again = Move("again", "重来", frozenset({S.END}), S.START, staff, duty="x")
    bad = life(approve, wander, again)
    assert out_of_reach(bad) == {S.LOST}
    assert traps(bad) == {S.TRAP, S.LOST}
    assert ends_that_go_on(bad) == {S.END}
    assert near_sighted("BAD", bad) == ["approve"]
    assert near_sighted("GOOD", life(replace(approve, fresh_eyes=True))) == []
