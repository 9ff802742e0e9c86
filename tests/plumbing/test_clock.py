"""What time it is, in UTC and on the wall in Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from trainingadmin.plumbing import clock


def test_now_knows_its_zone_and_goes_on() -> None:
    first = clock.now()
    assert first.tzinfo is UTC
    assert clock.now() >= first


def test_the_day_changes_at_midnight_in_shanghai() -> None:
    with clock.at(datetime(2022, 6, 27, 15, 59, 59, tzinfo=UTC)):
        assert clock.today() == date(2022, 6, 27)
    with clock.at(datetime(2022, 6, 27, 16, 0, tzinfo=UTC)):
        assert clock.today() == date(2022, 6, 28)


def test_a_day_ends_at_midnight_in_shanghai() -> None:
    assert clock.end_of(date(2022, 6, 27)) == datetime(2022, 6, 27, 16, 0, tzinfo=UTC)
    assert clock.end_of(date(2022, 12, 31)) == datetime(2022, 12, 31, 16, 0, tzinfo=UTC)


def test_a_block_lives_at_its_moment_and_the_next_does_not() -> None:
    outside = clock.now()
    with clock.at(date(2022, 6, 27)):
        assert clock.local(clock.now()).strftime("%Y-%m-%d %H:%M") == "2022-06-27 09:00"
        with clock.at(date(2023, 1, 1)):
            assert clock.today() == date(2023, 1, 1)
        assert clock.today() == date(2022, 6, 27)
    assert clock.now() >= outside


def test_a_moment_in_another_zone_is_the_same_instant() -> None:
    moment = datetime(2022, 6, 27, 9, tzinfo=clock.LOCAL)
    with clock.at(moment):
        assert (clock.now(), clock.now().tzinfo) == (moment, UTC)


def test_a_broken_block_gives_the_time_back() -> None:
    with pytest.raises(ValueError, match="x"), clock.at(date(2022, 6, 27)):
        raise ValueError("x")
    assert clock.now() - datetime.now(UTC) < timedelta(minutes=1)
    assert clock.today() != date(2022, 6, 27)
