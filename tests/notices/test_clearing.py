"""The last day's 23:59:59 refuses, the next day's 00:00 releases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.claims.stage import lines_of
from tests.factories import Office
from tests.notices import stage
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.notices import actions
from trainingadmin.notices.models import Notice
from trainingadmin.notices.states import NoticeState, ObjectionState
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

S = ObjectionState
MIDNIGHT = datetime(2022, 6, 28, tzinfo=clock.LOCAL)


def test_one_second_before_midnight_of_the_last_day_nothing_is_released(office: Office) -> None:
    notice = stage.posted_notice(office)
    with clock.at(MIDNIGHT - timedelta(seconds=1)), transaction.unit():
        assert actions.clear_due() == 0
        with pytest.raises(Refusal) as refused:
            actions.clear(db.session.get_one(Notice, notice.id))
    assert refused.value.code == "window-open"


def test_at_midnight_every_line_is_released(office: Office) -> None:
    notice = stage.posted_notice(office)
    with clock.at(MIDNIGHT), transaction.unit():
        assert actions.clear_due() == 1
    db.session.expire_all()
    claim = db.session.query(Claim).one()
    assert db.session.get_one(Notice, notice.id).state is NoticeState.CLEARED
    assert claim.state is ClaimState.CLEARED
    assert {line.state for line in lines_of(claim)} == {LineState.CLEARED}


def test_clearing_twice_does_nothing_more(office: Office) -> None:
    stage.posted_notice(office)
    for expected in (1, 0):
        with clock.at(MIDNIGHT), transaction.unit():
            assert actions.clear_due() == expected


@pytest.mark.parametrize(
    ("objections", "left"),
    [
        ([S.DISMISSED, S.DISMISSED], LineState.CLEARED),
        ([S.DISMISSED, S.OPEN], LineState.OBJECTED),
        ([S.DISMISSED, S.UPHELD], LineState.OBJECTED),  # which contradicts itself: for a human to look at
    ],
)
def test_a_line_left_frozen_goes_on_once_every_objection_to_it_was_dismissed(
    office: Office, objections: list[ObjectionState], left: LineState
) -> None:
    notice = stage.posted_notice(office)
    with clock.at(stage.POSTED_ON), transaction.unit():
        notice = db.session.get_one(Notice, notice.id)
        for decided in objections:
            found = actions.object_to(notice, 3, "此人已经离职。", "李四", "139", address="127.0.0.1")
            found.state = decided  # as two decisions at one moment once left it
    for on, expected in ((MIDNIGHT - timedelta(seconds=1), LineState.OBJECTED), (MIDNIGHT, left), (MIDNIGHT, left)):
        with clock.at(on), transaction.unit():
            actions.clear_due()
        db.session.expire_all()
        assert lines_of(db.session.query(Claim).one())[2].state is expected
