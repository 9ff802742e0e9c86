"""The lifecycle of a filing (备案)."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle, Move
from trainingadmin.kernel.roles import Role


class CohortState(StrEnum):
    """Where a filing stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


S = CohortState
_OPERATOR = frozenset({Role.ENTERPRISE})
_ACCEPTANCE = frozenset({Role.ACCEPTANCE})
_FIRST = frozenset({Role.FIRST_REVIEW})

COHORT: Lifecycle[CohortState] = Lifecycle(
    Move("submit", N_("提交备案"), frozenset({S.DRAFT, S.RETURNED}), S.SUBMITTED, _OPERATOR, duty="entry"),
    Move(
        "withdraw",
        N_("撤回备案"),
        frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED}),
        S.WITHDRAWN,
        _OPERATOR,
        duty="entry",
        needs_note=True,
        tone="danger",
    ),
    Move("accept", N_("受理"), frozenset({S.SUBMITTED}), S.ACCEPTED, _ACCEPTANCE, duty="acceptance", fresh_eyes=True),
    Move(
        "return",
        N_("退回补正"),
        frozenset({S.SUBMITTED}),
        S.RETURNED,
        _ACCEPTANCE,
        duty="acceptance",
        fresh_eyes=True,
        needs_note=True,
        tone="warning",
    ),
    Move(
        "reject",
        N_("不予受理"),
        frozenset({S.SUBMITTED}),
        S.REFUSED,
        _ACCEPTANCE,
        duty="acceptance",
        fresh_eyes=True,
        needs_note=True,
        tone="danger",
    ),
    Move("approve", N_("同意备案"), frozenset({S.ACCEPTED}), S.APPROVED, _FIRST, duty="first_review", fresh_eyes=True),
    Move(
        "refuse",
        N_("不予备案"),
        frozenset({S.ACCEPTED}),
        S.REFUSED,
        _FIRST,
        duty="first_review",
        fresh_eyes=True,
        needs_note=True,
        tone="danger",
    ),
    Move("complete", N_("确认结业"), frozenset({S.APPROVED}), S.COMPLETED, _ACCEPTANCE, duty="acceptance"),
    start=S.DRAFT,
    final={S.REFUSED, S.WITHDRAWN, S.COMPLETED},
    labels={
        S.DRAFT: N_("草稿"),
        S.SUBMITTED: N_("待受理"),
        S.RETURNED: N_("待补正"),
        S.ACCEPTED: N_("待审核"),
        S.APPROVED: N_("培养中"),
        S.REFUSED: N_("不予备案"),
        S.WITHDRAWN: N_("已撤回"),
        S.COMPLETED: N_("已结业"),
    },
    tones={
        S.DRAFT: "idle",
        S.SUBMITTED: "info",
        S.RETURNED: "warn",
        S.ACCEPTED: "info",
        S.APPROVED: "ok",
        S.REFUSED: "bad",
        S.WITHDRAWN: "idle",
        S.COMPLETED: "ok",
    },
)


class EnrolmentState(StrEnum):
    """Whether an apprentice is still in training."""

    ACTIVE = "active"
    LEFT = "left"


ENROLMENT: Lifecycle[EnrolmentState] = Lifecycle(
    Move("leave", N_("中途退出"), frozenset({EnrolmentState.ACTIVE}), EnrolmentState.LEFT, _FIRST, automatic=True),
    start=EnrolmentState.ACTIVE,
    final={EnrolmentState.ACTIVE, EnrolmentState.LEFT},
    labels={EnrolmentState.ACTIVE: N_("在培"), EnrolmentState.LEFT: N_("已退出")},
    tones={EnrolmentState.ACTIVE: "ok", EnrolmentState.LEFT: "idle"},
)


class DocumentKind(StrEnum):
    """The agreements and papers a filing carries."""

    TRAINING_AGREEMENT = "training_agreement"
    COOPERATION_AGREEMENT = "cooperation_agreement"
    COMMITMENT = "commitment"
    OTHER = "other"


DOCUMENT_LABELS = {
    DocumentKind.TRAINING_AGREEMENT: N_("学徒培养协议"),
    DocumentKind.COOPERATION_AGREEMENT: N_("企校合作协议"),
    DocumentKind.COMMITMENT: N_("告知承诺书"),
    DocumentKind.OTHER: N_("其他材料"),
}
REQUIRED_DOCUMENTS = (DocumentKind.TRAINING_AGREEMENT, DocumentKind.COOPERATION_AGREEMENT)


class ChangeKind(StrEnum):
    """What may change after approval."""

    LEAVE = "leave"
    EXTENSION = "extension"
    MENTOR = "mentor"
    REPLACE = "replace"


CHANGE_LABELS = {
    ChangeKind.LEAVE: N_("学徒退出"),
    ChangeKind.EXTENSION: N_("延长培养期"),
    ChangeKind.MENTOR: N_("更换导师"),
    ChangeKind.REPLACE: N_("替换学徒"),
}


class ChangeState(StrEnum):
    """A change is asked for by the enterprise and decided by the bureau."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


_ASKED = frozenset({ChangeState.REQUESTED})

CHANGE: Lifecycle[ChangeState] = Lifecycle(
    Move("approve", N_("同意变更"), _ASKED, ChangeState.APPROVED, _FIRST, duty="first_review", fresh_eyes=True),
    Move(
        "refuse",
        N_("不同意"),
        _ASKED,
        ChangeState.REFUSED,
        _FIRST,
        duty="first_review",
        fresh_eyes=True,
        needs_note=True,
        tone="danger",
    ),
    start=ChangeState.REQUESTED,
    final={ChangeState.APPROVED, ChangeState.REFUSED},
    labels={ChangeState.REQUESTED: N_("待审核"), ChangeState.APPROVED: N_("已同意"), ChangeState.REFUSED: N_("未同意")},
    tones={ChangeState.REQUESTED: "info", ChangeState.APPROVED: "ok", ChangeState.REFUSED: "bad"},
)


class UploadKind(StrEnum):
    """What an uploaded spreadsheet fills in."""

    ROSTER = "roster"
    RESULTS = "results"


class Outcome(StrEnum):
    """How an apprentice's assessment ended."""

    PASSED = "passed"
    FAILED = "failed"


OUTCOME_LABELS = {Outcome.PASSED: N_("合格"), Outcome.FAILED: N_("不合格")}
OUTCOME_TONES = {Outcome.PASSED: "ok", Outcome.FAILED: "bad"}
