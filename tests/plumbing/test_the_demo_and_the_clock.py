"""The demonstration office does nothing in the future, whatever the hour at which it is filled."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from trainingadmin.demo import bureau
from trainingadmin.plumbing import clock

BEFORE_NINE = datetime(2026, 12, 1, 3, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_what_is_done_today_is_done_by_now_and_what_was_done_before_at_nine() -> None:
    with clock.at(BEFORE_NINE):
        assert bureau.morning(date(2026, 12, 1)) == BEFORE_NINE
        assert clock.local(bureau.morning(date(2026, 11, 30))).hour == 9
    with clock.at(BEFORE_NINE.replace(hour=17)):
        assert clock.local(bureau.morning(date(2026, 12, 1))).hour == 9
