"""How a class is held, what of the scheme is judged when it opens, and what may change while it runs."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.cohorts.states import CHANGE_LABELS, ChangeKind
from trainingadmin.kernel.labels import N_


class Mode(StrEnum):
    """How a class is held; the law knows each by its Chinese word."""

    ORDINARY = "ordinary"
    ORDERED = "ordered"
    TARGETED = "targeted"
    POVERTY = "poverty"
    ONLINE = "online"
    MIXED = "mixed"


MODE_LABELS: dict[Mode, str] = {
    Mode.ORDINARY: N_("普通"),
    Mode.ORDERED: N_("订单式"),
    Mode.TARGETED: N_("定向"),
    Mode.POVERTY: N_("帮扶专班"),
    Mode.ONLINE: N_("在线"),
    Mode.MIXED: N_("混合"),
}
ONLINE_MODES = (Mode.ONLINE, Mode.MIXED)
"""In these alone may sessions be held online."""

ENTRY = ("item-not-valid", "age-min", "civil-service-pension", "in-other-training")
"""The conditions of the scheme that can be judged when a class opens; the others need its end, or other claims."""

LABELS: dict[ChangeKind, str] = CHANGE_LABELS | {
    ChangeKind.LEAVE: N_("学员退出"),
    ChangeKind.REPLACE: N_("替换学员"),
    ChangeKind.EXTENSION: N_("延长培训期"),
}
"""What changes are called where people are trainees, not apprentices."""

TOLD = (
    ChangeKind.TEACHER,
    ChangeKind.PLACE,
    ChangeKind.SESSION,
    ChangeKind.EXTENSION,
    ChangeKind.SUSPENSION,
    ChangeKind.RESUMPTION,
)
"""Changes that all trainees are told of, by message and on their phone page."""

CHANGES = (
    ChangeKind.LEAVE,
    ChangeKind.REPLACE,
    ChangeKind.TEACHER,
    ChangeKind.PLACE,
    ChangeKind.SESSION,
    ChangeKind.EXTENSION,
    ChangeKind.SUSPENSION,
    ChangeKind.RESUMPTION,
)
