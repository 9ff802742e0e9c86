"""The lifecycle of a filing (备案), whatever it files, and what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle, Move
from trainingadmin.kernel.roles import Role

APPRENTICE_SCHEME = "apprenticeship"
CLASS_SCHEME = "special_skill"
WORK_SCHEME = "work_as_training"


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
_ACCEPTANCE = frozenset({Role.ACCEPTANCE})
_FIRST = frozenset({Role.FIRST_REVIEW})
_TONES = {
    S.DRAFT: "idle",
    S.SUBMITTED: "info",
    S.RETURNED: "warn",
    S.ACCEPTED: "info",
    S.APPROVED: "ok",
    S.REFUSED: "bad",
    S.WITHDRAWN: "idle",
    S.COMPLETED: "ok",
}


class Words(NamedTuple):
    """What the moves of a kind of filing, and the states that they lead to, are called; marked for translation."""

    submit: str
    withdraw: str
    approve: str
    refuse: str
    complete: str
    running: str
    refused: str
    completed: str


def lifecycle(operator: Role, words: Words) -> Lifecycle[CohortState]:
    """Return the lifecycle of a filing that `operator` makes: entered, accepted, reviewed by another, run, completed."""
    return Lifecycle(
        *_moves(frozenset({operator}), words),
        start=S.DRAFT,
        final={S.REFUSED, S.WITHDRAWN, S.COMPLETED},
        labels={
            S.DRAFT: N_("草稿"),
            S.SUBMITTED: N_("待受理"),
            S.RETURNED: N_("待补正"),
            S.ACCEPTED: N_("待审核"),
            S.APPROVED: words.running,
            S.REFUSED: words.refused,
            S.WITHDRAWN: N_("已撤回"),
            S.COMPLETED: words.completed,
        },
        tones=_TONES,
    )


def _moves(entry: frozenset[Role], words: Words) -> Iterator[Move[S]]:
    open_ = frozenset({S.DRAFT, S.RETURNED})
    early = open_ | {S.SUBMITTED}
    yield Move("submit", words.submit, open_, S.SUBMITTED, entry, duty="entry")
    yield Move("withdraw", words.withdraw, early, S.WITHDRAWN, entry, duty="entry", needs_note=True, tone="danger")
    yield _judged("accept", N_("受理"), S.SUBMITTED, S.ACCEPTED, Role.ACCEPTANCE)
    yield _judged("return", N_("退回补正"), S.SUBMITTED, S.RETURNED, Role.ACCEPTANCE, tone="warning")
    yield _judged("reject", N_("不予受理"), S.SUBMITTED, S.REFUSED, Role.ACCEPTANCE, tone="danger")
    yield _judged("approve", words.approve, S.ACCEPTED, S.APPROVED, Role.FIRST_REVIEW)
    yield _judged("return_checked", N_("初审退回补正"), S.ACCEPTED, S.RETURNED, Role.FIRST_REVIEW, tone="warning")
    yield _judged("refuse", words.refuse, S.ACCEPTED, S.REFUSED, Role.FIRST_REVIEW, tone="danger")
    yield Move("complete", words.complete, frozenset({S.APPROVED}), S.COMPLETED, _ACCEPTANCE, duty="acceptance")


def _judged(name: str, label: str, source: S, target: S, role: Role, *, tone: str = "primary") -> Move[S]:
    """Return a move by somebody who had no other hand in it; whoever does not simply agree says why."""
    return Move(
        name,
        label,
        frozenset({source}),
        target,
        frozenset({role}),
        duty=role.value,
        fresh_eyes=True,
        needs_note=tone != "primary",
        tone=tone,
    )


COHORT = lifecycle(
    Role.ENTERPRISE,
    Words(
        submit=N_("提交备案"),
        withdraw=N_("撤回备案"),
        approve=N_("同意备案"),
        refuse=N_("不予备案"),
        complete=N_("确认结业"),
        running=N_("培养中"),
        refused=N_("不予备案"),
        completed=N_("已结业"),
    ),
)
CLASS = lifecycle(
    Role.INSTITUTION,
    Words(
        submit=N_("提交开班申请"),
        withdraw=N_("撤回开班申请"),
        approve=N_("同意开班"),
        refuse=N_("不予开班"),
        complete=N_("确认结班"),
        running=N_("培训中"),
        refused=N_("不予开班"),
        completed=N_("已结班"),
    ),
)
PLACEMENT = lifecycle(
    Role.ENTERPRISE,
    Words(
        submit=N_("提交备案"),
        withdraw=N_("撤回备案"),
        approve=N_("同意备案"),
        refuse=N_("不予备案"),
        complete=N_("确认期满"),
        running=N_("进行中"),
        refused=N_("不予备案"),
        completed=N_("已期满"),
    ),
)
LIFECYCLES = {APPRENTICE_SCHEME: COHORT, CLASS_SCHEME: CLASS, WORK_SCHEME: PLACEMENT}
"""The lifecycle of each scheme's filings: the moves are the same, the words are not."""


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
    TEACHER = "teacher"
    PLACE = "place"
    SESSION = "session"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"


CHANGE_LABELS = {
    ChangeKind.LEAVE: N_("学徒退出"),
    ChangeKind.EXTENSION: N_("延长培养期"),
    ChangeKind.MENTOR: N_("更换导师"),
    ChangeKind.REPLACE: N_("替换学徒"),
    ChangeKind.TEACHER: N_("更换教师"),
    ChangeKind.PLACE: N_("更换地点"),
    ChangeKind.SESSION: N_("调课"),
    ChangeKind.SUSPENSION: N_("暂停办班"),
    ChangeKind.RESUMPTION: N_("恢复办班"),
}
APPRENTICE_CHANGES = (ChangeKind.LEAVE, ChangeKind.EXTENSION, ChangeKind.MENTOR, ChangeKind.REPLACE)


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
    WAGES = "wages"


class Outcome(StrEnum):
    """How an apprentice's assessment ended."""

    PASSED = "passed"
    FAILED = "failed"


OUTCOME_LABELS = {Outcome.PASSED: N_("合格"), Outcome.FAILED: N_("不合格")}
OUTCOME_TONES = {Outcome.PASSED: "ok", Outcome.FAILED: "bad"}
