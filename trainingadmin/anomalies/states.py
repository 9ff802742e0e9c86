"""Kinds of anomalies with what each says, their lifecycle, and the limits from which the counted ones speak."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle, Move
from trainingadmin.kernel.roles import Role


class AnomalyKind(StrEnum):
    """What is odd."""

    TWO_PLACES = "two-places"
    TEACHER_TWO_PLACES = "teacher-two-places"
    AFTER_DEATH = "after-death"
    DURING_SHIFT = "during-shift"
    OTHER_GROUP = "other-group"
    OUTSIDE_HOURS = "outside-hours"
    IDENTICAL_SECONDS = "identical-seconds"
    ALL_PERFECT = "all-perfect"
    COPIED_ROSTER = "copied-roster"
    MANY_CERTIFICATES = "many-certificates"
    INSURANCE_CHURN = "insurance-churn"
    ONE_DEVICE = "one-device"
    FAR_APART = "far-apart"
    SAME_SECOND = "same-second"
    BAD_CODE = "bad-code"


K = AnomalyKind
KIND_LABELS: Mapping[AnomalyKind, str] = {
    K.TWO_PLACES: N_("一人同时在两处上课"),
    K.TEACHER_TWO_PLACES: N_("教师同时在两处授课"),
    K.AFTER_DEATH: N_("死亡之后仍有签到"),
    K.DURING_SHIFT: N_("当班时间签到"),
    K.OTHER_GROUP: N_("在别的班组签到"),
    K.OUTSIDE_HOURS: N_("上课时间以外签到"),
    K.IDENTICAL_SECONDS: N_("签到签退分秒不差"),
    K.ALL_PERFECT: N_("全班全勤"),
    K.COPIED_ROSTER: N_("两个班花名册雷同"),
    K.MANY_CERTIFICATES: N_("同一考评人员证书过多"),
    K.INSURANCE_CHURN: N_("频繁短期参保"),
    K.ONE_DEVICE: N_("一部手机替多人扫码"),
    K.FAR_APART: N_("扫码地点离课堂很远"),
    K.SAME_SECOND: N_("多人在同一秒扫码"),
    K.BAD_CODE: N_("伪造、留存或别班的二维码"),
}
# What the evidence says in one sentence; the names in it are facts of the anomaly.
SENTENCES: Mapping[AnomalyKind, str] = {
    K.TWO_PLACES: N_("%(day)s 同一时间在两个班的课上都有签到，时间重叠 %(minutes)s 分钟。"),
    K.TEACHER_TWO_PLACES: N_("%(teacher)s 有 %(n)s 次同一时间在两个班授课，第一次在 %(day)s；也可能是同名教师。"),
    K.AFTER_DEATH: N_("死亡名单（%(as_of)s 第 %(row)s 行）记载 %(died)s 死亡，此后仍有 %(n)s 次到课记录。"),
    K.DURING_SHIFT: N_("本人是%(own)s班组，%(day)s 当班，却于 %(came)s 签到%(group)s班组的课。"),
    K.OTHER_GROUP: N_("本人是%(own)s班组，%(day)s 签到的是%(group)s班组的课。"),
    K.OUTSIDE_HOURS: N_("%(day)s 上课时间是 %(starts)s 至 %(ends)s，却于 %(came)s 签到、%(left)s 签退。"),
    K.IDENTICAL_SECONDS: N_("%(day)s 同一次课有 %(n)s 人 %(came)s 签到、%(left)s 签退，分秒不差。"),
    K.ALL_PERFECT: N_("%(n)s 人、%(sessions)s 次课，其中 %(perfect)s 人一次不缺、一分钟不少。"),
    K.COPIED_ROSTER: N_("两个班有 %(n)s 人相同，占较小班 %(of)s 人的 %(percent)s%%。"),
    K.MANY_CERTIFICATES: N_(
        "经%(assessor)s考核合格的学员 %(year)s 年取得证书 %(n)s 本，超过 %(limit)s 本；也可能是同名考评人员。"
    ),
    K.INSURANCE_CHURN: N_("参保名单（%(as_of)s）中有 %(n)s 段参保不满 %(months)s 个月，涉及 %(units)s 家单位。"),
    K.ONE_DEVICE: N_("%(day)s %(people)s 都用设备 %(device)s 扫码，时间 %(times)s。"),
    K.FAR_APART: N_("%(day)s %(people)s 扫码的地点离全班 %(metres)s 米（手机给出的误差 %(accuracy)s 米）。"),
    K.SAME_SECOND: N_("%(day)s %(people)s 都在 %(times)s 扫码。"),
    K.BAD_CODE: N_("%(day)s 用伪造的、留存已久的或别的班级的二维码扫码 %(n)s 次（第一次 %(times)s），都没有通过。"),
}


class AnomalyState(StrEnum):
    """What a human found out so far."""

    OPEN = "open"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"
    REFERRED = "referred"


S = AnomalyState
RULERS = frozenset({Role.ACCEPTANCE, Role.FIRST_REVIEW})
SUPERVISION = frozenset({Role.SUPERVISOR})
UPHELD = "uphold"
"""What supervision found to be so: an officer clears it no more, but may refer it again."""

ANOMALY: Lifecycle[AnomalyState] = Lifecycle(
    Move(
        "clear",
        N_("排除"),
        frozenset({S.OPEN, S.CONFIRMED}),
        S.CLEARED,
        RULERS,
        duty="rule",
        needs_note=True,
    ),
    Move(
        "confirm",
        N_("属实"),
        frozenset({S.OPEN}),
        S.CONFIRMED,
        RULERS,
        duty="rule",
        needs_note=True,
        tone="danger",
    ),
    Move(
        "refer",
        N_("移交督查"),
        frozenset({S.OPEN, S.CONFIRMED}),
        S.REFERRED,
        RULERS,
        duty="rule",
        needs_note=True,
        tone="warning",
    ),
    Move(
        "dismiss",
        N_("督查认定不属实"),
        frozenset({S.REFERRED}),
        S.CLEARED,
        SUPERVISION,
        duty="supervise",
        fresh_eyes=True,
        needs_note=True,
    ),
    Move(
        UPHELD,
        N_("督查认定属实"),
        frozenset({S.REFERRED}),
        S.CONFIRMED,
        SUPERVISION,
        duty="supervise",
        fresh_eyes=True,
        needs_note=True,
        tone="danger",
    ),
    start=S.OPEN,
    final={S.CLEARED},
    labels={
        S.OPEN: N_("待核实"),
        S.CLEARED: N_("已排除"),
        S.CONFIRMED: N_("属实"),
        S.REFERRED: N_("已移交督查"),
    },
    tones={S.OPEN: "warn", S.CLEARED: "ok", S.CONFIRMED: "bad", S.REFERRED: "info"},
)

# Until somebody sets them otherwise; none of them has a public source.
LIMITS: Mapping[str, int] = {
    "perfect_people": 10,
    "perfect_sessions": 10,
    "perfect_percent": 100,
    "copied_people": 5,
    "copied_percent": 50,
    "certificates_a_year": 200,
    "churn_months": 3,
    "churn_spells": 2,
}
LIMIT_LABELS: Mapping[str, str] = {
    "perfect_people": N_("全班全勤：班级至少几人"),
    "perfect_sessions": N_("全班全勤：至少上过几次课"),
    "perfect_percent": N_("全班全勤：全勤的人至少占百分之几"),
    "copied_people": N_("花名册雷同：至少几人相同"),
    "copied_percent": N_("花名册雷同：至少占较小班的百分之几"),
    "certificates_a_year": N_("证书过多：一名考评人员一年超过几本"),
    "churn_months": N_("短期参保：不满几个月算一段"),
    "churn_spells": N_("短期参保：至少几段"),
}
