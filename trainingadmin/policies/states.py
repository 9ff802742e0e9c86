"""The lifecycle of a draft of new figures: drafted by one person, put into force by another."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle, Move
from trainingadmin.kernel.roles import Role


class DraftState(StrEnum):
    """Where a draft stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    DROPPED = "dropped"


S = DraftState
_POLICY = frozenset({Role.POLICY})

DRAFT: Lifecycle[DraftState] = Lifecycle(
    Move("edit", N_("修改草案"), frozenset({S.DRAFT}), S.DRAFT, _POLICY, duty="draft"),
    Move("propose", N_("提请施行"), frozenset({S.DRAFT}), S.PROPOSED, _POLICY, duty="draft"),
    Move(
        "return",
        N_("退回修改"),
        frozenset({S.PROPOSED}),
        S.DRAFT,
        _POLICY,
        duty="activate",
        fresh_eyes=True,
        needs_note=True,
        tone="warning",
    ),
    Move("activate", N_("批准施行"), frozenset({S.PROPOSED}), S.ACTIVE, _POLICY, duty="activate", fresh_eyes=True),
    Move(
        "drop",
        N_("放弃草案"),
        frozenset({S.DRAFT, S.PROPOSED}),
        S.DROPPED,
        _POLICY,
        duty="draft",
        needs_note=True,
        tone="danger",
    ),
    start=S.DRAFT,
    final={S.ACTIVE, S.DROPPED},
    labels={
        S.DRAFT: N_("起草中"),
        S.PROPOSED: N_("待批准施行"),
        S.ACTIVE: N_("已施行"),
        S.DROPPED: N_("已放弃"),
    },
    tones={S.DRAFT: "idle", S.PROPOSED: "info", S.ACTIVE: "ok", S.DROPPED: "idle"},
)

OPEN = frozenset({S.DRAFT, S.PROPOSED})
"""Drafts that may still come into force."""
