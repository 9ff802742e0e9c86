"""What a scan can come to, and the lifecycle of an entry that was made late."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle, Move
from trainingadmin.kernel.roles import Role


class Direction(StrEnum):
    """Whether a code lets people in or out."""

    IN = "in"
    OUT = "out"


DIRECTION_LABELS = {Direction.IN: N_("签到"), Direction.OUT: N_("签退")}


class Verdict(StrEnum):
    """What a scan came to; only the first two say that the person was there."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    FORGED = "forged"
    EXPIRED = "expired"
    EARLY = "early"
    OTHER_CLASS = "other-class"
    OTHER_GROUP = "other-group"
    NOT_THERE = "not-there"
    NOT_IN = "not-in"
    CLOSED = "closed"
    TOO_LATE = "too-late"

    @property
    def is_good(self) -> bool:
        """Whether the person is checked in or out."""
        return self in (Verdict.ACCEPTED, Verdict.REPEATED)


VERDICT_LABELS = {
    Verdict.ACCEPTED: N_("已受理"),
    Verdict.REPEATED: N_("重复扫码"),
    Verdict.FORGED: N_("伪造的二维码"),
    Verdict.EXPIRED: N_("过期的二维码"),
    Verdict.EARLY: N_("时间不符的二维码"),
    Verdict.OTHER_CLASS: N_("别的班级的二维码"),
    Verdict.OTHER_GROUP: N_("别的班组的二维码"),
    Verdict.NOT_THERE: N_("不在这次课的名单上"),
    Verdict.NOT_IN: N_("没有签到就签退"),
    Verdict.CLOSED: N_("不在签到时间内"),
    Verdict.TOO_LATE: N_("离线记录上传太晚"),
}
SENTENCES = {
    Verdict.FORGED: N_("这个二维码不是本系统生成的，没有签到。请扫教师屏幕上的二维码。"),
    Verdict.EXPIRED: N_("二维码已过期，没有签到。请看着教师的屏幕，重新扫当前的二维码。"),
    Verdict.EARLY: N_("二维码与扫码时间不符，没有签到。请看着教师的屏幕，重新扫当前的二维码。"),
    Verdict.OTHER_CLASS: N_("这是别的班级的二维码，名单里没有您，没有签到。请扫自己班级的二维码。"),
    Verdict.OTHER_GROUP: N_("这是别的班组的课，没有签到。请在自己班组的课上签到。"),
    Verdict.NOT_THERE: N_("这次课时您不在培训名单上，没有签到。有疑问请找教师。"),
    Verdict.NOT_IN: N_("您还没有签到，不能签退。请找教师登记。"),
    Verdict.CLOSED: N_("现在不在这次课的签到时间内，没有签到。确实到课的，请教师登记。"),
    Verdict.TOO_LATE: N_("这次离线扫码上传得太晚，没有签到。确实到课的，请教师补登。"),
}


class LateState(StrEnum):
    """Where an entry stands that was made after its time."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


L = LateState
_ENTERS = frozenset({Role.ENTERPRISE, Role.INSTITUTION})
_CONFIRMS = _ENTERS | {Role.ACCEPTANCE, Role.FIRST_REVIEW}

LATE: Lifecycle[LateState] = Lifecycle(
    Move(
        "confirm",
        N_("确认补登"),
        frozenset({L.WAITING}),
        L.CONFIRMED,
        _CONFIRMS,
        duty="confirm",
        fresh_eyes=True,
    ),
    Move(
        "decline",
        N_("不予确认"),
        frozenset({L.WAITING}),
        L.DECLINED,
        _CONFIRMS,
        duty="confirm",
        fresh_eyes=True,
        needs_note=True,
        tone="danger",
    ),
    start=L.WAITING,
    final={L.CONFIRMED, L.DECLINED},
    labels={L.WAITING: N_("待另一人确认"), L.CONFIRMED: N_("已确认"), L.DECLINED: N_("未确认")},
    tones={L.WAITING: "warn", L.CONFIRMED: "ok", L.DECLINED: "idle"},
)
