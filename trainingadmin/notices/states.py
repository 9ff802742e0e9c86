"""The states of notices and objections, and what people read for them."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_


class NoticeState(StrEnum):
    """Posted until its window closes, then cleared."""

    POSTED = "posted"
    CLEARED = "cleared"


class ObjectionState(StrEnum):
    """Open until the office has looked into it."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


NOTICE_LABELS = {NoticeState.POSTED: N_("公示中"), NoticeState.CLEARED: N_("已期满")}
NOTICE_TONES = {NoticeState.POSTED: "info", NoticeState.CLEARED: "ok"}
OBJECTION_LABELS = {
    ObjectionState.OPEN: N_("核查中"),
    ObjectionState.UPHELD: N_("成立"),
    ObjectionState.DISMISSED: N_("不成立"),
}
OBJECTION_TONES = {ObjectionState.OPEN: "warn", ObjectionState.UPHELD: "bad", ObjectionState.DISMISSED: "ok"}
