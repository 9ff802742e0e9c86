"""Calls the roll in the middle of a session: draws people, who confirm on their phones or are noted by hand."""

from __future__ import annotations

import secrets as random
from datetime import timedelta

from trainingadmin.attendance.actions import may_record
from trainingadmin.attendance.models import Session
from trainingadmin.checkins import queries
from trainingadmin.checkins.drawing import draw
from trainingadmin.checkins.evidence import span_of, timing
from trainingadmin.checkins.models import RollCall, RollCallAnswer
from trainingadmin.checkins.phones import Phone
from trainingadmin.cohorts.actions.holding import in_training
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db

PEOPLE_MAX = 20
MINUTES = (1, 2, 3, 5, 10)
_REASON_CHARACTERS = 500


def call_roll(session: Session, count: int, minutes: int, *, by: Actor) -> RollCall:
    """Draw `count` of those who are in, or all if they are fewer; they have `minutes` to confirm.

    Refusals `not-the-recorder`, `not-in-training`, `roll-call-size`, `session-not-on`, `roll-call-open`, `nobody-in`.
    """
    _refuse_others(session, by)
    in_training(session.cohort)
    now = clock.now()
    span = span_of(session, timing(session.cohort))
    if not (1 <= count <= PEOPLE_MAX and minutes in MINUTES):
        raise Refusal("roll-call-size", N_("一次点 1 到 20 人，时限从列表里选。"), field="count")
    if not span.starts_at <= now < span.ends_at:
        raise Refusal("session-not-on", N_("上课时间内才能点名。"))
    if queries.open_call(session.id, now) is not None:
        raise Refusal("roll-call-open", N_("上一次点名还没有到时间。"))
    among = sorted(queries.standing(session.id).present)
    if not among:
        raise Refusal("nobody-in", N_("还没有人签到，无从点名。"))
    return _called(session, among, count, minutes, by)


def _called(session: Session, among: list[int], count: int, minutes: int, by: Actor) -> RollCall:
    seed, now = random.token_hex(16), clock.now()
    call = RollCall(
        session_id=session.id,
        seed=seed,
        among=among,
        drawn=draw(seed, among, count),
        called_at=now,
        ends_at=now + timedelta(minutes=minutes),
        account_id=by.id,
    )
    db.session.add(call)
    db.session.flush()
    journal.record("call-roll", f"sessions:{session.id}", by=by, call=call.id, drawn=len(call.drawn))
    return call


def answer_roll(call: RollCall, enrolment_id: int, phone: Phone, *, by: Actor) -> RollCallAnswer:
    """Confirm on one's own phone that one is there; a second time is the first. Refusal `roll-call-over`."""
    before = queries.answer_in(call.id, enrolment_id)
    if before is not None:
        return before
    if clock.now() >= call.ends_at:
        raise Refusal("roll-call-over", N_("点名时间已过，请告诉教师，由教师登记。"))
    return _answered(call, enrolment_id, True, "", by, phone)


def settle_roll(call: RollCall, enrolment_id: int, present: bool, reason: str, *, by: Actor) -> RollCallAnswer:
    """Note by hand how one who was drawn turned out.

    Refusals `not-the-recorder`, `not-drawn`, `answered-before`, `reason-missing`, `reason-long`.
    """
    _refuse_others(call.session, by)
    if enrolment_id not in call.drawn:
        raise Refusal("not-drawn", N_("这次点名没有点到这个人。"))
    if queries.answer_in(call.id, enrolment_id) is not None:
        raise Refusal("answered-before", N_("这个人已经确认或登记过。"))
    if not reason.strip():
        raise Refusal("reason-missing", N_("手工登记请写明原因。"), field="reason")
    if len(reason) > _REASON_CHARACTERS:
        raise Refusal("reason-long", N_("原因不超过 500 个字。"), field="reason")
    return _answered(call, enrolment_id, present, reason.strip(), by, None)


def _answered(
    call: RollCall, enrolment_id: int, present: bool, reason: str, by: Actor, phone: Phone | None
) -> RollCallAnswer:
    answer = RollCallAnswer(
        roll_call_id=call.id,
        enrolment_id=enrolment_id,
        present=present,
        by_hand=phone is None,
        reason=reason,
        device=phone.device if phone else "",
        network=phone.network if phone else "",
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(answer)
    db.session.flush()
    journal.record("answer-roll", f"sessions:{call.session_id}", by=by, call=call.id, by_hand=phone is None)
    return answer


def _refuse_others(session: Session, by: Actor) -> None:
    if not may_record(session.cohort, by):
        raise Refusal("not-the-recorder", N_("考勤由申报企业或培训机构的经办人登记。"))
