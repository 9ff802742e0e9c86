"""The lifecycle of a batch of the catalogue, and the words its items choose from."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle, Move
from trainingadmin.kernel.roles import Role


class CatalogueState(StrEnum):
    """Where a batch stands; only the items of a published one can be opened."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    DROPPED = "dropped"


S = CatalogueState
_MAINTAINER = frozenset({Role.CATALOGUE})
ENTER = "enter"
"""The step of whoever imported the batch: a duty of its own, so that they never publish it."""

CATALOGUE: Lifecycle[CatalogueState] = Lifecycle(
    Move("propose", N_("提请发布"), frozenset({S.DRAFT}), S.PROPOSED, _MAINTAINER, duty=ENTER),
    Move("publish", N_("发布"), frozenset({S.PROPOSED}), S.PUBLISHED, _MAINTAINER, duty="publish", fresh_eyes=True),
    Move(
        "return",
        N_("退回"),
        frozenset({S.PROPOSED}),
        S.DRAFT,
        _MAINTAINER,
        duty="publish",
        fresh_eyes=True,
        needs_note=True,
        tone="warning",
    ),
    Move(
        "drop",
        N_("作废批次"),
        frozenset({S.DRAFT, S.PROPOSED}),
        S.DROPPED,
        _MAINTAINER,
        duty=ENTER,
        needs_note=True,
        tone="danger",
    ),
    start=S.DRAFT,
    final={S.PUBLISHED, S.DROPPED},
    labels={
        S.DRAFT: N_("待提请"),
        S.PROPOSED: N_("待发布"),
        S.PUBLISHED: N_("已发布"),
        S.DROPPED: N_("已作废"),
    },
    tones={S.DRAFT: "idle", S.PROPOSED: "info", S.PUBLISHED: "ok", S.DROPPED: "idle"},
)


class Group(StrEnum):
    """People whom an item is open to, by the words of the roster of a class."""

    POVERTY = "poverty"
    MONITORED = "monitored"
    UNEMPLOYED = "unemployed"
    MIGRANT = "migrant"
    SCHOOL_LEAVER = "school_leaver"
    VETERAN = "veteran"
    DISABLED = "disabled"
    GRADUATE = "graduate"


GROUP_LABELS: dict[Group, str] = {
    Group.POVERTY: N_("脱贫"),
    Group.MONITORED: N_("监测"),
    Group.UNEMPLOYED: N_("失业"),
    Group.MIGRANT: N_("农民工"),
    Group.SCHOOL_LEAVER: N_("两后生"),
    Group.VETERAN: N_("退役军人"),
    Group.DISABLED: N_("残疾人"),
    Group.GRADUATE: N_("高校毕业生"),
}


def open_to(groups: str) -> tuple[Group, ...]:
    """Return the groups that an item's `groups` name."""
    return tuple(group for group in Group if f";{group.value};" in groups)


class Assessment(StrEnum):
    """What an item is examined by."""

    BOTH = "both"
    THEORY = "theory"
    PRACTICE = "practice"


ASSESSMENT_LABELS: dict[Assessment, str] = {
    Assessment.BOTH: N_("理论+实操"),
    Assessment.THEORY: N_("理论"),
    Assessment.PRACTICE: N_("实操"),
}
