"""What a code says, and that none can be invented."""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainingadmin.checkins.evidence import by_the_clock
from trainingadmin.checkins.states import Direction
from trainingadmin.checkins.tokens import LENGTH, TOLERANCE, WINDOW, Code, Sealer, digest, window_at

SEALER = Sealer(b"k" * 32)
LETTERS = string.ascii_letters + string.digits + "-_"
FORGERIES = 10_000
codes = st.builds(
    Code,
    session_id=st.integers(1, 2**31 - 1),
    direction=st.sampled_from(list(Direction)),
    window=st.integers(0, 2**31 - 1),
    nonce=st.binary(min_size=4, max_size=4),
)


@given(codes)
def test_what_was_sealed_is_read_back_in_always_as_many_letters(code: Code) -> None:
    token = SEALER.seal(code)
    assert (len(token), SEALER.read(token)) == (LENGTH, code)


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(LETTERS))
def test_one_other_letter_is_a_forgery(code: Code, place: int, letter: str) -> None:
    token = SEALER.seal(code)
    changed = token[:place] + letter + token[place + 1 :]
    assert (SEALER.read(changed) is None) == (changed != token)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_without_an_error(text: str) -> None:
    assert SEALER.read(text) is None


def test_none_of_ten_thousand_forgeries_is_read() -> None:
    chance = random.Random(20261129)
    real = SEALER.seal(Code(1, Direction.IN, 59_000_000, b"abcd"))
    other = Sealer(b"x" * 32)
    taken = 0
    for number in range(FORGERIES):
        kind = number % 4
        if kind == 0:
            forged = "".join(chance.choices(LETTERS, k=LENGTH))
        elif kind == 1:
            forged = real[:16] + "".join(chance.choices(LETTERS, k=16))
        elif kind == 2:
            forged = other.seal(Code(number, Direction.OUT, 59_000_000 + number, b"abcd"))
        else:
            place = chance.randrange(LENGTH)
            forged = real[:place] + chance.choice(LETTERS.replace(real[place], "")) + real[place + 1 :]
        taken += SEALER.read(forged) is not None
    assert taken == 0
    assert SEALER.read(real) is not None, "the check can fail: the real one is read"


def test_none_of_ten_thousand_replays_is_taken() -> None:
    """A real code sent again at any instant but those in which it is good: late, by minutes or years, or beforehand."""
    chance = random.Random(20261130)
    code = Code(1, Direction.IN, 59_000_000, b"abcd")
    refused = 0
    for number in range(FORGERIES):
        far = timedelta(seconds=chance.uniform(0, (60, 3600, 86_400, 10**8)[number % 4]))
        early = code.shown_at - far - timedelta(microseconds=1)
        refused += by_the_clock(code, code.good_until + far if number % 2 else early) is not None
    assert refused == FORGERIES
    assert by_the_clock(code, code.shown_at) is None, "the check can fail: in its time the code is taken"


def test_a_code_is_good_for_its_half_minute_and_a_little() -> None:
    now = datetime(2026, 3, 2, 9, 0, 29, tzinfo=UTC)
    code = Code(1, Direction.IN, window_at(now), b"abcd")
    assert code.shown_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert code.good_until == code.shown_at + WINDOW + TOLERANCE
    assert window_at(now + timedelta(seconds=1)) == window_at(now) + 1


def test_a_receipt_is_good_for_its_page_and_device_only() -> None:
    now = datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC)
    receipt = SEALER.receipt("token", "device", now)
    assert len(receipt) == 16
    assert SEALER.opened_at(receipt, "token", "device") == now
    assert SEALER.opened_at(receipt, "token", "another") is None
    assert SEALER.opened_at(receipt, "other", "device") is None
    assert Sealer(b"x" * 32).opened_at(receipt, "token", "device") is None


@pytest.mark.parametrize("text", ["", "short", "é" * 16, "A" * 16, "=" * 16])
def test_no_receipt_is_no_error(text: str) -> None:
    assert SEALER.opened_at(text, "token", "device") is None


def test_a_digest_says_nothing_of_the_token() -> None:
    token = SEALER.seal(Code(1, Direction.IN, 59_000_000, b"abcd"))
    assert len(digest(token)) == 32
    assert digest(token) not in token
