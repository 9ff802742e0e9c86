"""One table of moves: who may make which from where, and why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import pytest

from trainingadmin.kernel.lifecycle import Lifecycle, Move, Step
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role


class S(StrEnum):
    DRAFT = "draft"
    FILED = "filed"
    RETURNED = "returned"
    APPROVED = "approved"


@dataclass(frozen=True)
class Made:
    move: str
    human: str


CLERK, CHIEF = frozenset({Role.ACCEPTANCE}), frozenset({Role.APPROVAL})
LIFE: Lifecycle[S] = Lifecycle(
    Move("file", "提交", frozenset({S.DRAFT, S.RETURNED}), S.FILED, frozenset({Role.ENTERPRISE}), duty="entry"),
    Move("return", "退回", frozenset({S.FILED}), S.RETURNED, CLERK, duty="clerk", fresh_eyes=True, needs_note=True),
    Move("approve", "同意", frozenset({S.FILED}), S.APPROVED, CHIEF, duty="chief", fresh_eyes=True),
    Move("expire", "到期", frozenset({S.FILED}), S.RETURNED, frozenset({Role.SYSTEM}), automatic=True),
    start=S.DRAFT,
    final={S.APPROVED},
    labels={state: state.value for state in S},
    tones=dict.fromkeys(S, "info"),
)


def actor(*roles: Role, id_: int = 1, person_id: int | None = None) -> Actor:
    return Actor(id_, "某", frozenset(roles), person_id=person_id)


def refused(name: str, state: S, who: Actor, past: Iterable[Step] = (), note: str = "") -> Refusal:
    with pytest.raises(Refusal) as refusal:
        LIFE.check(name, state=state, actor=who, past=past, note=note)
    return refusal.value


def test_a_move_leads_to_its_target() -> None:
    assert LIFE.check("file", state=S.DRAFT, actor=actor(Role.ENTERPRISE), past=()).target is S.FILED


def test_moves_are_named_by_where_they_lead_and_by_what_they_leave() -> None:
    assert LIFE.leading_to(S.RETURNED) == {"return", "expire"}
    assert LIFE.leading_to(S.DRAFT) == set()
    assert LIFE.leaving(S.FILED) == {"return", "approve", "expire"}
    assert LIFE.leaving(S.FILED, S.RETURNED) == {"approve"}


def test_an_unknown_move_is_refused() -> None:
    assert refused("fly", S.DRAFT, actor(*Role)).code == "move-unknown"


def test_a_move_from_another_state_is_refused() -> None:
    assert refused("approve", S.DRAFT, actor(*Role)).code == "move-state"


def test_a_role_that_does_not_make_the_move_is_refused() -> None:
    assert refused("approve", S.FILED, actor(Role.ACCEPTANCE)).code == "move-role"


def test_the_same_human_under_another_duty_is_refused_whatever_the_account() -> None:
    past = [Made("file", "person:9")]
    assert refused("approve", S.FILED, actor(Role.APPROVAL, id_=2, person_id=9), past).code == "move-same-person"
    assert LIFE.check("approve", state=S.FILED, actor=actor(Role.APPROVAL, id_=2), past=past).target is S.APPROVED


def test_returning_and_later_judging_again_under_the_same_duty_is_no_conflict() -> None:
    past = [Made("return", "account:1"), Made("file", "account:5")]
    again = LIFE.check("return", state=S.FILED, actor=actor(Role.ACCEPTANCE), past=past, note="缺页")
    assert again.target is S.RETURNED
    assert refused("approve", S.FILED, actor(Role.APPROVAL), past).code == "move-same-person"


def test_a_step_that_is_no_move_of_the_table_is_a_duty_of_its_own() -> None:
    past = [Made("compose", "account:1")]
    assert refused("approve", S.FILED, actor(Role.APPROVAL), past).code == "move-same-person"


@pytest.mark.parametrize("note", ["", "  ", "\n"])
def test_a_move_that_needs_a_reason_is_refused_without(note: str) -> None:
    refusal = refused("return", S.FILED, actor(Role.ACCEPTANCE), note=note)
    assert (refusal.code, refusal.field) == ("move-note", "note")


def test_the_first_reason_that_holds_is_told_and_the_note_last() -> None:
    assert refused("return", S.DRAFT, actor(Role.TRAINEE)).code == "move-state"
    assert refused("return", S.FILED, actor(Role.TRAINEE)).code == "move-role"


def test_offers_are_the_moves_of_the_state_allowed_or_with_the_reason_and_who_can() -> None:
    offers = LIFE.offers(state=S.FILED, actor=actor(Role.APPROVAL), past=[])
    told = [(offer.move.name, offer.allowed, offer.refusal and offer.refusal.code, offer.who) for offer in offers]
    assert told == [("return", False, "move-role", ("受理岗",)), ("approve", True, None, ("审批岗",))]


def test_what_the_system_does_by_itself_is_no_button() -> None:
    names = {offer.move.name for state in S for offer in LIFE.offers(state=state, actor=actor(*Role), past=[])}
    assert names == {"file", "return", "approve"}


def test_two_moves_of_one_name_are_a_mistake() -> None:
    move = LIFE.moves["file"]
    with pytest.raises(ValueError, match="share a name"):
        Lifecycle(move, move, start=S.DRAFT, final={S.APPROVED}, labels={}, tones={})
