"""Changes after approval: asked for by the enterprise, decided by the bureau, carried out at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trainingadmin.cohorts import evidence, queries
from trainingadmin.cohorts.actions import replacing
from trainingadmin.cohorts.actions.holding import in_training, require_enterprise, subject
from trainingadmin.cohorts.actions.replacing import Newcomer
from trainingadmin.cohorts.models import Change, Cohort, Enrolment
from trainingadmin.cohorts.states import CHANGE, ENROLMENT, ChangeKind, ChangeState, EnrolmentState
from trainingadmin.kernel.identifiers import fold_number
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import parse_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Account
from trainingadmin.people.queries import relatives_of
from trainingadmin.people.sessions import as_actor
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """What is to change from `effective_on`: one apprentice, or everybody when `enrolment_id` is None.

    `months` is for extensions, `mentor` for another mentor; only one apprentice at a time leaves.
    """

    kind: ChangeKind
    effective_on: date
    reason: str
    enrolment_id: int | None = None
    months: int = 0
    mentor: str = ""
    newcomer: Newcomer | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The request as a step, so that the separation of duties sees who asked."""

    human: str
    move: str = "request"


def request_change(cohort: Cohort, asked: ChangeRequest, *, by: Actor) -> Change:
    """Ask for a change while the training runs.

    Refusals `not-in-training`, `not-the-enterprise`, `reason-missing`, `person-missing`, `not-active`,
    `effective-outside`, `months-missing`, `duration-max`, `mentor-name`; for a replacement those of `replacing.check`.
    """
    in_training(cohort)
    require_enterprise(cohort, by)
    concerned = _concerned(cohort, asked)
    mentor = _demands(cohort, asked, concerned)
    newcomer = _newcomer(asked, concerned).kept() if asked.kind is ChangeKind.REPLACE else None
    return keep(cohort, asked, mentor, newcomer, by=by)


def keep(cohort: Cohort, asked: ChangeRequest, mentor: str = "", newcomer: str | None = None, *, by: Actor) -> Change:
    """Keep a change that was found in order, until it is decided."""
    change = Change(
        cohort_id=cohort.id,
        enrolment_id=asked.enrolment_id,
        kind=asked.kind,
        effective_on=asked.effective_on,
        months=asked.months if asked.kind is ChangeKind.EXTENSION else 0,
        mentor=mentor,
        reason=asked.reason.strip(),
        newcomer=newcomer,
        details=dict(asked.details),
        requested_by=by.id,
        requested_at=clock.now(),
    )
    db.session.add(change)
    db.session.flush()
    journal.record("request-change", subject(cohort), by=by, change=change.id, kind=asked.kind.value)
    return change


def _newcomer(asked: ChangeRequest, concerned: list[Enrolment]) -> Newcomer:
    return replacing.completed(asked.newcomer or Newcomer({}), concerned[0], asked.effective_on)


def _concerned(cohort: Cohort, asked: ChangeRequest) -> list[Enrolment]:
    people = queries.people(cohort.id)
    if asked.enrolment_id is None:
        if asked.kind in (ChangeKind.LEAVE, ChangeKind.REPLACE):
            raise Refusal("person-missing", N_("请选择退出或被替换的学徒。"), field="enrolment_id")
        return [one for one in people if one.state is EnrolmentState.ACTIVE]
    chosen = [one for one in people if one.id == asked.enrolment_id]
    if not chosen:
        raise Refusal("person-missing", N_("请从名单中选择学徒。"), field="enrolment_id")
    if chosen[0].state is not EnrolmentState.ACTIVE:
        raise Refusal("not-active", N_("这名学徒已退出培养。"), field="enrolment_id")
    return chosen


def _demands(cohort: Cohort, asked: ChangeRequest, concerned: list[Enrolment]) -> str:
    """Check what the kind of change needs; return the new mentor's name as it is kept."""
    if not asked.reason.strip():
        raise Refusal("reason-missing", N_("请写明变更的原因。"), field="reason")
    if any(not one.starts_on <= asked.effective_on <= evidence.last_day(one) for one in concerned):
        raise Refusal("effective-outside", N_("生效日期应在培养期内。"), field="effective_on")
    match asked.kind:
        case ChangeKind.EXTENSION:
            _refuse_too_long(cohort, asked.months, concerned)
        case ChangeKind.REPLACE:
            replacing.check(cohort, concerned[0], _newcomer(asked, concerned), asked.effective_on)
        case ChangeKind.MENTOR:
            try:
                return parse_name(asked.mentor)
            except Malformed as malformed:
                raise Refusal("mentor-name", malformed.reason, field="mentor") from None
    return ""


def _refuse_too_long(cohort: Cohort, months: int, concerned: list[Enrolment]) -> None:
    if months <= 0:
        raise Refusal("months-missing", N_("请填写延长的月数。"), field="months")
    most = evidence.version_of(cohort).parameters.max_months
    if any(one.filed_months + one.extended_months + months > most for one in concerned):
        raise Refusal("duration-max", N_("延长后培养期超过 %(months)s 个月。"), field="months", months=most)


def decide_change(cohort: Cohort, change: Change, name: str, *, by: Actor, note: str = "") -> None:
    """Approve or refuse a change ("approve", "refuse"); an approved one takes effect at once.

    Refusals `not-in-training`, `own-relative`, those of `Lifecycle.check`, and `not-active`, `duration-max` when the
    apprentice changed in the meantime.
    """
    decide(cohort, change, name, lambda: _carry_out(cohort, change, by), by=by, note=note)


def decide(
    cohort: Cohort, change: Change, name: str, carry_out: Callable[[], None], *, by: Actor, note: str = ""
) -> None:
    """Approve or refuse a change of any kind; `carry_out` does what an approved one says, or refuses."""
    in_training(cohort)
    db.session.refresh(change, ["state"], with_for_update=True)
    asked_by = as_actor(db.session.get_one(Account, change.requested_by)).human
    allowed = CHANGE.check(name, state=change.state, actor=by, past=[_Asked(asked_by)], note=note)
    relatives = relatives_of(by)
    if queries.names_any_of(cohort.id, relatives) or _comes(change) in relatives:
        raise Refusal("own-relative", N_("名单中有您本人或已申报的亲属，须由其他人办理。"))
    change.state = allowed.target
    change.decided_by, change.decided_at, change.decision_note = by.id, clock.now(), note.strip()
    if allowed.target is ChangeState.APPROVED:
        carry_out()
    journal.record(f"{name}-change", subject(cohort), by=by, change=change.id, kind=change.kind.value)


def _comes(change: Change) -> str:
    """Return the blind index of who is to come; empty unless somebody is replaced."""
    return blind_index(fold_number(Newcomer.of(change).cells["id_number"])) if change.newcomer else ""


def _carry_out(cohort: Cohort, change: Change, by: Actor) -> None:
    asked = ChangeRequest(
        change.kind,
        change.effective_on,
        change.reason,
        change.enrolment_id,
        change.months,
        change.mentor,
        Newcomer.of(change),
    )
    concerned = _concerned(cohort, asked)
    _demands(cohort, asked, concerned)
    for one in concerned:
        match change.kind:
            case ChangeKind.REPLACE:
                one.state = ENROLMENT.check("leave", state=one.state, actor=by, past=()).target
                replacing.carry_out(cohort, change, one, change.decision_note)
            case ChangeKind.LEAVE:
                one.state = ENROLMENT.check("leave", state=one.state, actor=by, past=()).target
                one.left_on = change.effective_on
            case ChangeKind.EXTENSION:
                one.extended_months += change.months
            case ChangeKind.MENTOR:
                one.mentor = change.mentor
