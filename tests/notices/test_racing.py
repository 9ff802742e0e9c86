"""Several officers, objectors and the clock at one line at the same moment: nobody's word is lost and nobody is frozen for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import Office
from tests.notices import stage
from tests.racing import at_once, code, meeting
from trainingadmin.claims.states import LineState
from trainingadmin.notices import actions, queries
from trainingadmin.notices.models import Notice, Objection
from trainingadmin.notices.states import ObjectionState
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db

DECIDED = (Objection, "after_update")
CLOSED = (Notice, "before_update")
RECEIVED = (Objection, "before_insert")


@pytest.fixture
def notice(office: Office) -> Notice:
    return stage.posted_notice(office)


def object_to(notice_id: int, objector: str = "李四") -> int:
    with clock.at(stage.POSTED_ON), transaction.unit():
        notice = db.session.get_one(Notice, notice_id)
        return actions.object_to(notice, 3, "此人已经离职。", objector, "13900000000", address=objector).id


def deciding(office: Office, objection_id: int, login: str, *, upheld: bool = False) -> Callable[[], object]:
    by = office.actor(login)

    def work() -> object:
        with clock.at(stage.PAYABLE_ON), transaction.unit():
            found = db.session.get_one(Objection, objection_id)
            actions.decide(found, upheld=upheld, decision=f"{login}的结论", by=by)
            return "decided"

    return work


def close() -> object:
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        return actions.clear_due()


def state(notice: Notice) -> LineState:
    line = queries.notice_line(notice.id, 3)
    assert line is not None
    return line.line.state


def test_two_objections_to_one_line_dismissed_at_once_let_it_go_on(app: Flask, office: Office, notice: Notice) -> None:
    one, other = object_to(notice.id), object_to(notice.id, "王五")
    with meeting(DECIDED):
        answers = at_once(app, deciding(office, one, "first_review"), deciding(office, other, "acceptance"))
    assert answers == ["decided", "decided"]
    assert state(notice) is LineState.IN_NOTICE


@pytest.mark.parametrize("other_way", [False, True])
def test_of_two_decisions_on_one_objection_the_second_is_refused(
    app: Flask, office: Office, notice: Notice, other_way: bool
) -> None:
    objection_id = object_to(notice.id)
    object_to(notice.id, "王五")  # so that a dismissal alone moves nothing
    with meeting(DECIDED):
        answers = at_once(
            app,
            deciding(office, objection_id, "first_review", upheld=other_way),
            deciding(office, objection_id, "acceptance", upheld=not other_way),
        )
    assert sorted(map(code, answers)) == ["objection-decided", "str"]
    upheld = db.session.get_one(Objection, objection_id).state is ObjectionState.UPHELD
    assert state(notice) is (LineState.REFUSED if upheld else LineState.OBJECTED)
    assert [row.verb for row in journal.of(f"notices:{notice.id}")].count("decide-objection") == 1


def test_an_objection_that_comes_while_another_is_dismissed_keeps_the_line_frozen(
    app: Flask, office: Office, notice: Notice
) -> None:
    notice_id, first = notice.id, object_to(notice.id)
    with meeting(DECIDED, RECEIVED):
        answers = at_once(app, deciding(office, first, "first_review"), lambda: object_to(notice_id, "王五"))
    assert list(map(code, answers)) == ["str", "int"]
    assert state(notice) is LineState.OBJECTED


def test_a_line_goes_on_though_its_window_closes_while_the_objection_is_dismissed(
    app: Flask, office: Office, notice: Notice
) -> None:
    objection_id = object_to(notice.id)
    with meeting(DECIDED, CLOSED):
        assert at_once(app, deciding(office, objection_id, "first_review"), close) == ["decided", 1]
    assert state(notice) is LineState.CLEARED
