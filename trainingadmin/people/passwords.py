"""Passwords and one-time codes: hashing, and how many wrong tries an account and an address may make."""

from __future__ import annotations

import secrets as random
from datetime import timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.people.models import FailedAttempt
from trainingadmin.plumbing import clock, secrets
from trainingadmin.plumbing.database import db

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 100

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Two at a time: argon2 takes 19 MiB and a core each, and a flood must not take the machine.
_turns = BoundedSemaphore(2)
_DUMMY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the argon2id hash to keep."""
    with _turns:
        return _hasher.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the one behind `kept`; takes as long when there is none."""
    with _turns:
        try:
            _hasher.verify(kept or _DUMMY, password)
            return kept is not None
        except (VerificationError, InvalidHashError):
            return False


def new_code() -> str:
    """Return a six-digit one-time code."""
    return f"{random.randbelow(1_000_000):06d}"


def _subjects(login: str, address: str) -> dict[str, int]:
    index = secrets.current().blind_index
    return {index(f"login:{login}"): PER_ACCOUNT, index(f"address:{address}"): PER_ADDRESS}


def throttle(name: str, subject: str, limit: int) -> None:
    """Count what is done without signing in, from an address or about a number; past `limit` in 15 min refuse it.

    Refusal `too-many-attempts`.
    """
    subject = secrets.current().blind_index(f"{name}:{subject}")
    if _counted(subject) >= limit:
        raise Refusal("too-many-attempts", N_("尝试次数过多，请 15 分钟后再试，或联系管理员。"))
    db.session.add(FailedAttempt(subject=subject, at=clock.now()))


def _counted(subject: str) -> int:
    since = clock.now() - WINDOW
    counted = (
        select(func.count())
        .select_from(FailedAttempt)
        .where(FailedAttempt.subject == subject, FailedAttempt.at > since)
    )
    return db.session.scalar(counted) or 0


def check_attempts(login: str, address: str) -> None:
    """Raise `Refusal("too-many-attempts")` when the account or the address has used up its tries."""
    for subject, limit in _subjects(login, address).items():
        if _counted(subject) >= limit:
            raise Refusal("too-many-attempts", N_("尝试次数过多，请 15 分钟后再试，或联系管理员。"))


def count_failure(login: str, address: str) -> None:
    """Remember a wrong try; the caller keeps the transaction although the answer is an error."""
    db.session.add_all(FailedAttempt(subject=subject, at=clock.now()) for subject in _subjects(login, address))


def forget_failures(login: str) -> None:
    """Clear an account's wrong tries once it got in; the address keeps its own."""
    subject = secrets.current().blind_index(f"login:{login}")
    db.session.execute(delete(FailedAttempt).where(FailedAttempt.subject == subject))
