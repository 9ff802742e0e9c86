"""Saying what was found out about an anomaly."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from tests.attendance import classes
from tests.attendance import stage as attendance
from tests.factories import Office
from trainingadmin.anomalies import actions, queries
from trainingadmin.anomalies.models import Anomaly, AnomalyStep
from trainingadmin.anomalies.states import AnomalyKind, AnomalyState
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Role
from trainingadmin.people import actions as accounts
from trainingadmin.people.actions import Handing
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def anomaly(office: Office) -> Anomaly:
    """No. 13 signed in at night."""
    attendance.attended_cohort(office)
    with clock.at(attendance.IMPORTED_ON), transaction.unit():
        actions.search()
    return db.session.scalars(select(Anomaly).where(Anomaly.kind == AnomalyKind.OUTSIDE_HOURS)).one()


def move(
    office: Office, anomaly: Anomaly, name: str, note: str = "核对了纸质签到表", login: str = "acceptance"
) -> None:
    with clock.at(attendance.IMPORTED_ON), transaction.unit():
        actions.move(anomaly, name, by=office.actor(login), note=note)


def test_who_stands_in_signs_for_whom(office: Office, anomaly: Anomaly) -> None:
    day = attendance.IMPORTED_ON
    with clock.at(day), transaction.unit():
        wanted = Handing(Role.ACCEPTANCE, office.accounts["preparer"].id, clock.today(), clock.today(), "参加培训")
        accounts.agree(accounts.delegate(wanted, by=office.actor("acceptance")), by=office.actor("preparer"))
    move(office, anomaly, "clear", login="preparer")
    (step,) = anomaly.steps
    assert (step.name, step.role) == ("preparer（代acceptance）", "acceptance")


def test_a_whole_class_is_no_matter_for_whoever_has_a_relative_in_it(office: Office) -> None:
    classes.attended_class(office)
    with clock.at(attendance.IMPORTED_ON), transaction.unit():
        numbers = {**queries.limits(), "perfect_percent": 10}
        actions.set_limits(numbers, "本地标准", by=office.actor("policy"))
        actions.search()
    whole = db.session.scalars(select(Anomaly).where(Anomaly.kind == AnomalyKind.ALL_PERFECT)).one()
    assert queries.people(whole.id) == []
    one = people(whole.cohort_id)[0]
    with transaction.unit():
        account, index = office.actor("acceptance").id, one.person.id_number_index
        db.session.add(Relative(account_id=account, id_number_index=index, declared_at=clock.now()))
    with pytest.raises(Refusal) as refusal:
        move(office, whole, "clear")
    assert refusal.value.code == "anomaly-relative"
    move(office, whole, "clear", login="first_review")


@pytest.mark.parametrize(
    ("name", "state"),
    [("clear", AnomalyState.CLEARED), ("confirm", AnomalyState.CONFIRMED), ("refer", AnomalyState.REFERRED)],
)
def test_an_officer_says_what_was_found_out(office: Office, anomaly: Anomaly, name: str, state: AnomalyState) -> None:
    move(office, anomaly, name)
    assert anomaly.state is state
    (step,) = anomaly.steps
    assert (step.move, step.note, step.name) == (name, "核对了纸质签到表", "acceptance")
    assert journal.of(f"anomalies:{anomaly.id}")[-1].verb == "rule-anomaly"


def test_a_verdict_is_thought_over_and_both_stay(office: Office, anomaly: Anomaly) -> None:
    for name in ("confirm", "clear"):
        move(office, anomaly, name, login="first_review")
    assert anomaly.state is AnomalyState.CLEARED
    assert [step.move for step in anomaly.steps] == ["confirm", "clear"]


@pytest.mark.parametrize(("name", "state"), [("uphold", AnomalyState.CONFIRMED), ("dismiss", AnomalyState.CLEARED)])
def test_supervision_rules_on_what_was_referred_to_it(
    office: Office, anomaly: Anomaly, name: str, state: AnomalyState
) -> None:
    move(office, anomaly, "refer")
    with pytest.raises(Refusal, match="move-state"):
        move(office, anomaly, "clear")
    move(office, anomaly, name, "到企业查阅了门禁记录", "supervisor")
    assert anomaly.state is state
    assert (anomaly.steps[-1].role, anomaly.steps[-1].note) == ("supervisor", "到企业查阅了门禁记录")


def test_what_supervision_upheld_is_referred_again_and_not_cleared(office: Office, anomaly: Anomaly) -> None:
    move(office, anomaly, "refer")
    move(office, anomaly, "uphold", login="supervisor")
    with pytest.raises(Refusal, match="anomaly-upheld"):
        move(office, anomaly, "clear")
    barred = {one.move.name: one.refusal for one in actions.offers(anomaly, office.actor("acceptance"))}
    assert barred["clear"] is not None
    assert barred["refer"] is None
    move(office, anomaly, "refer")
    move(office, anomaly, "dismiss", login="supervisor")
    assert anomaly.state is AnomalyState.CLEARED


@pytest.mark.parametrize(
    ("name", "note", "login", "code"),
    [
        ("clear", "", "acceptance", "move-note"),
        ("clear", "长" * 501, "acceptance", "note-long"),
        ("clear", "好", "supervisor", "move-role"),
        ("uphold", "好", "supervisor", "move-state"),
        ("forget", "好", "acceptance", "move-unknown"),
    ],
)
def test_what_is_refused(office: Office, anomaly: Anomaly, name: str, note: str, login: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        move(office, anomaly, name, note, login)
    assert refusal.value.code == code
    assert anomaly.state is AnomalyState.OPEN


def test_what_is_cleared_stays_cleared(office: Office, anomaly: Anomaly) -> None:
    move(office, anomaly, "clear")
    with pytest.raises(Refusal) as refusal:
        move(office, anomaly, "confirm")
    assert refusal.value.code == "move-state"


def test_nobody_rules_on_their_own_kin(office: Office, anomaly: Anomaly) -> None:
    (named,) = queries.people(anomaly.id)
    with transaction.unit():
        account, index = office.actor("acceptance").id, named.id_number_index
        db.session.add(Relative(account_id=account, id_number_index=index, declared_at=clock.now()))
    with pytest.raises(Refusal) as refusal:
        move(office, anomaly, "clear")
    assert refusal.value.code == "anomaly-relative"


def test_a_verdict_cannot_be_taken_away(office: Office, anomaly: Anomaly) -> None:
    move(office, anomaly, "clear")
    with pytest.raises(Exception, match="append-only"), transaction.unit():
        db.session.execute(delete(AnomalyStep))


# Limits -----------------------------------------------------------------------------------------------------------------


def set_limits(office: Office, reason: str = "本地班级小", login: str = "policy", **changes: int) -> None:
    with transaction.unit():
        actions.set_limits({**queries.limits(), **changes}, reason, by=office.actor(login))


def test_policy_sets_the_limits(office: Office) -> None:
    set_limits(office, copied_people=3)
    set_limits(office, perfect_percent=95)
    assert (queries.limits()["copied_people"], queries.limits()["perfect_percent"]) == (3, 95)
    assert [row.name for row in queries.limits_set()] == ["policy", "policy"]


@pytest.mark.parametrize(
    ("reason", "login", "changes", "code"),
    [
        (" ", "policy", {"copied_people": 3}, "limits-reason"),
        ("好", "acceptance", {"copied_people": 3}, "limits-role"),
        ("好", "policy", {}, "limits-same"),
    ],
)
def test_limits_that_are_refused(office: Office, reason: str, login: str, changes: dict[str, int], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        set_limits(office, reason, login, **changes)
    assert refusal.value.code == code
