"""The lifecycles of a claim and of each of its lines."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle, Move
from trainingadmin.kernel.roles import APPLICANTS, Role


class ClaimState(StrEnum):
    """Where a claim stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    CHECKED = "checked"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    IN_NOTICE = "in_notice"
    CLEARED = "cleared"
    PAYING = "paying"
    PAID = "paid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = ClaimState
_APPLICANT = frozenset(APPLICANTS)
_SYSTEM = frozenset({Role.SYSTEM, Role.PREPARER, Role.CHECKER, Role.APPROVAL})


def _review(
    name: str, label: str, sources: set[S], target: S, role: Role, *, needs_note: bool = False, tone: str = "primary"
) -> Move[S]:
    return Move(
        name,
        label,
        frozenset(sources),
        target,
        frozenset({role}),
        duty=role.value,
        fresh_eyes=True,
        needs_note=needs_note,
        tone=tone,
    )


def _automatic(name: str, label: str, sources: set[S], target: S) -> Move[S]:
    return Move(name, label, frozenset(sources), target, _SYSTEM, duty=name, automatic=True)


CLAIM: Lifecycle[ClaimState] = Lifecycle(
    Move("submit", N_("提交申领"), frozenset({S.DRAFT, S.RETURNED}), S.SUBMITTED, _APPLICANT, duty="entry"),
    Move(
        "withdraw",
        N_("撤回申领"),
        frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED}),
        S.WITHDRAWN,
        _APPLICANT,
        duty="entry",
        needs_note=True,
        tone="danger",
    ),
    _review("accept", N_("受理"), {S.SUBMITTED}, S.ACCEPTED, Role.ACCEPTANCE),
    _review("return", N_("退回补正"), {S.SUBMITTED}, S.RETURNED, Role.ACCEPTANCE, needs_note=True, tone="warning"),
    _review("reject", N_("不予受理"), {S.SUBMITTED}, S.NOT_ACCEPTED, Role.ACCEPTANCE, needs_note=True, tone="danger"),
    _review("check", N_("初审通过"), {S.ACCEPTED}, S.CHECKED, Role.FIRST_REVIEW),
    _review(
        "return_checked",
        N_("初审退回补正"),
        {S.ACCEPTED},
        S.RETURNED,
        Role.FIRST_REVIEW,
        needs_note=True,
        tone="warning",
    ),
    _review(
        "refuse_checked", N_("初审不予批准"), {S.ACCEPTED}, S.REFUSED, Role.FIRST_REVIEW, needs_note=True, tone="danger"
    ),
    _review("review", N_("复审通过"), {S.CHECKED}, S.REVIEWED, Role.SECOND_REVIEW),
    _review(
        "return_reviewed",
        N_("复审退回补正"),
        {S.CHECKED},
        S.RETURNED,
        Role.SECOND_REVIEW,
        needs_note=True,
        tone="warning",
    ),
    _review(
        "refuse_reviewed",
        N_("复审不予批准"),
        {S.CHECKED},
        S.REFUSED,
        Role.SECOND_REVIEW,
        needs_note=True,
        tone="danger",
    ),
    _review("approve", N_("审批同意"), {S.REVIEWED}, S.APPROVED, Role.APPROVAL),
    _review(
        "return_approval",
        N_("审批退回补正"),
        {S.REVIEWED},
        S.RETURNED,
        Role.APPROVAL,
        needs_note=True,
        tone="warning",
    ),
    _review("refuse", N_("审批不同意"), {S.REVIEWED}, S.REFUSED, Role.APPROVAL, needs_note=True, tone="danger"),
    _automatic("publish", N_("进入公示"), {S.APPROVED}, S.IN_NOTICE),
    _automatic("clear", N_("公示期满"), {S.IN_NOTICE}, S.CLEARED),
    # Where nobody is left to be named in a notice, only advances to be recovered.
    _automatic("conclude", N_("无可公示人员"), {S.APPROVED}, S.CLEARED),
    _automatic("pay", N_("进入拨付"), {S.CLEARED}, S.PAYING),
    # The batch with its people was checked, then let go: who did so has had a hand in the claim.
    _automatic("verify", N_("批次复核"), {S.PAYING}, S.PAYING),
    _automatic("send", N_("批次放款"), {S.PAYING}, S.PAYING),
    _automatic("settle", N_("拨付完成"), {S.PAYING, S.CLEARED}, S.PAID),
    start=S.DRAFT,
    final={S.NOT_ACCEPTED, S.PAID, S.REFUSED, S.WITHDRAWN},
    labels={
        S.DRAFT: N_("草稿"),
        S.SUBMITTED: N_("待受理"),
        S.RETURNED: N_("待补正"),
        S.NOT_ACCEPTED: N_("不予受理"),
        S.ACCEPTED: N_("待初审"),
        S.CHECKED: N_("待复审"),
        S.REVIEWED: N_("待审批"),
        S.APPROVED: N_("待公示"),
        S.IN_NOTICE: N_("公示中"),
        S.CLEARED: N_("待拨付"),
        S.PAYING: N_("拨付中"),
        S.PAID: N_("已拨付"),
        S.REFUSED: N_("不予批准"),
        S.WITHDRAWN: N_("已撤回"),
    },
    tones={
        S.DRAFT: "idle",
        S.SUBMITTED: "info",
        S.RETURNED: "warn",
        S.NOT_ACCEPTED: "bad",
        S.ACCEPTED: "info",
        S.CHECKED: "info",
        S.REVIEWED: "info",
        S.APPROVED: "info",
        S.IN_NOTICE: "info",
        S.CLEARED: "info",
        S.PAYING: "info",
        S.PAID: "ok",
        S.REFUSED: "bad",
        S.WITHDRAWN: "idle",
    },
)


class LineState(StrEnum):
    """Where one person's line stands; the claim goes on with the lines that are not frozen."""

    OPEN = "open"
    HELD = "held"
    APPROVED = "approved"
    REFUSED = "refused"
    IN_NOTICE = "in_notice"
    OBJECTED = "objected"
    CLEARED = "cleared"
    PAYING = "paying"
    PAID = "paid"
    FAILED = "failed"


L = LineState
_OFFICERS = frozenset({Role.ACCEPTANCE, Role.FIRST_REVIEW, Role.SECOND_REVIEW, Role.APPROVAL})


def _line(name: str, label: str, sources: set[L], target: L) -> Move[L]:
    return Move(name, label, frozenset(sources), target, _SYSTEM | _OFFICERS, duty=name, automatic=True)


LINE: Lifecycle[LineState] = Lifecycle(
    Move("hold", N_("暂缓此人"), frozenset({L.OPEN}), L.HELD, _OFFICERS, duty="hold", needs_note=True, tone="warning"),
    Move("release", N_("解除暂缓"), frozenset({L.HELD}), L.OPEN, _OFFICERS, duty="hold", needs_note=True),
    _line("approve", N_("批准"), {L.OPEN}, L.APPROVED),
    _line("refuse", N_("不予批准"), {L.OPEN, L.HELD}, L.REFUSED),
    _line("publish", N_("列入公示"), {L.APPROVED}, L.IN_NOTICE),
    _line("object", N_("收到异议"), {L.IN_NOTICE}, L.OBJECTED),
    _line("dismiss", N_("异议不成立"), {L.OBJECTED}, L.IN_NOTICE),
    _line("uphold", N_("异议成立"), {L.OBJECTED}, L.REFUSED),
    _line("clear", N_("公示无异议"), {L.IN_NOTICE}, L.CLEARED),
    _line("pay", N_("列入拨付批次"), {L.CLEARED, L.FAILED}, L.PAYING),
    _line("recall", N_("批次撤销"), {L.PAYING}, L.CLEARED),
    _line("fail", N_("银行退回"), {L.PAYING}, L.FAILED),
    _line("settle", N_("拨付成功"), {L.PAYING, L.CLEARED}, L.PAID),
    start=L.OPEN,
    final={L.PAID, L.REFUSED},
    labels={
        L.OPEN: N_("审核中"),
        L.HELD: N_("暂缓"),
        L.APPROVED: N_("已批准"),
        L.REFUSED: N_("不予补贴"),
        L.IN_NOTICE: N_("公示中"),
        L.OBJECTED: N_("异议核查中"),
        L.CLEARED: N_("待拨付"),
        L.PAYING: N_("拨付中"),
        L.PAID: N_("已拨付"),
        L.FAILED: N_("拨付失败"),
    },
    tones={
        L.OPEN: "info",
        L.HELD: "warn",
        L.APPROVED: "info",
        L.REFUSED: "bad",
        L.IN_NOTICE: "info",
        L.OBJECTED: "warn",
        L.CLEARED: "info",
        L.PAYING: "info",
        L.PAID: "ok",
        L.FAILED: "bad",
    },
)

LIVE = frozenset(S) - {S.NOT_ACCEPTED, S.REFUSED, S.WITHDRAWN}
IN_REVIEW = {
    S.SUBMITTED: Role.ACCEPTANCE,
    S.ACCEPTED: Role.FIRST_REVIEW,
    S.CHECKED: Role.SECOND_REVIEW,
    S.REVIEWED: Role.APPROVAL,
}
"""Whose pile a claim lies on while it is reviewed."""
DECIDED = frozenset({S.APPROVED, S.IN_NOTICE, S.CLEARED, S.PAYING})
"""After approval and before the end: held lines may still be decided."""
UNDECIDED = frozenset({L.OPEN, L.HELD})
FROZEN = frozenset({L.HELD, L.OBJECTED, L.FAILED})
"""Lines that stay behind until somebody decides, while the others go on."""
COMMITTED = frozenset({L.APPROVED, L.IN_NOTICE, L.OBJECTED, L.CLEARED, L.PAYING, L.PAID, L.FAILED})
"""Lines that are paid, or will be unless something comes up: the same training is not paid for twice."""


class Occasion(StrEnum):
    """Why a line was judged."""

    PRECHECK = "precheck"
    SUBMISSION = "submission"
    RECHECK = "recheck"
    ATTESTATION = "attestation"
    VERIFICATION = "verification"
    APPROVAL = "approval"
    POLICY = "policy"
    VISIT = "visit"
    LISTS = "lists"


OCCASION_LABELS = {
    Occasion.PRECHECK: N_("预检"),
    Occasion.SUBMISSION: N_("提交申领"),
    Occasion.RECHECK: N_("重新核验"),
    Occasion.ATTESTATION: N_("外部信息核对"),
    Occasion.VERIFICATION: N_("证书核验"),
    Occasion.APPROVAL: N_("审批"),
    Occasion.POLICY: N_("政策调整"),
    Occasion.VISIT: N_("实地核查"),
    Occasion.LISTS: N_("名单更新"),
}


class Shared(StrEnum):
    """What two people should not have in common."""

    ACCOUNT = "account"
    PHONE = "phone"
    DEVICE = "device"


SHARED_LABELS = {
    Shared.ACCOUNT: N_("收款账户相同"),
    Shared.PHONE: N_("手机号相同"),
    Shared.DEVICE: N_("同一部手机签到或提交申领"),
}
