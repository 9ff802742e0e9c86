"""Codes of authenticator apps, against the vectors of RFC 4226 and RFC 6238."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trainingadmin.kernel import totp

SECRET = b"12345678901234567890"
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOTP = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
TOTP = (
    (59, "sha1", 20, "94287082"),
    (1111111109, "sha1", 20, "07081804"),
    (1234567890, "sha1", 20, "89005924"),
    (2000000000, "sha1", 20, "69279037"),
    (20000000000, "sha1", 20, "65353130"),
    (59, "sha256", 32, "46119246"),
    (20000000000, "sha256", 32, "77737706"),
    (59, "sha512", 64, "90693936"),
    (20000000000, "sha512", 64, "47863826"),
)


@pytest.mark.parametrize(("counter", "code"), list(enumerate(HOTP)))
def test_a_counter_gives_the_code_of_rfc_4226(counter: int, code: str) -> None:
    assert totp.code_of(SECRET, counter) == code


@pytest.mark.parametrize(("seconds", "digest", "length", "code"), TOTP)
def test_an_instant_gives_the_code_of_rfc_6238(seconds: int, digest: str, length: int, code: str) -> None:
    secret = (SECRET * 4)[:length]
    counter = totp.counter_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.code_of(secret, counter, digits=8, digest=digest) == code


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_phone_may_be_a_step_early_or_late(steps: int) -> None:
    now = totp.counter_at(NOON)
    assert totp.counter_of(SECRET, totp.code_of(SECRET, now + steps), NOON, after=0) == now + steps


@pytest.mark.parametrize("steps", [-2, 2])
def test_two_steps_off_are_too_many(steps: int) -> None:
    code = totp.code_of(SECRET, totp.counter_at(NOON) + steps)
    assert totp.counter_of(SECRET, code, NOON, after=0) is None


def test_a_code_is_not_good_again_nor_is_one_before_it() -> None:
    now = totp.counter_at(NOON)
    for counter in (now - 1, now):
        assert totp.counter_of(SECRET, totp.code_of(SECRET, counter), NOON, after=now) is None
    later = NOON + timedelta(seconds=totp.STEP)
    assert totp.counter_of(SECRET, totp.code_of(SECRET, now + 1), later, after=now) == now + 1


def test_what_is_no_code_is_of_no_step() -> None:
    assert totp.counter_of(SECRET, "１２３４５６", NOON, after=0) is None
    assert totp.counter_of(SECRET, "", NOON, after=0) is None


def test_the_secret_is_typed_in_groups_of_four() -> None:
    assert totp.in_letters(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_the_address_names_issuer_and_login() -> None:
    found = totp.address(SECRET, issuer="雅安 培训", login="shen pi")
    assert found == (
        "otpauth://totp/%E9%9B%85%E5%AE%89%20%E5%9F%B9%E8%AE%AD:shen%20pi"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E9%9B%85%E5%AE%89%20%E5%9F%B9%E8%AE%AD"
    )
