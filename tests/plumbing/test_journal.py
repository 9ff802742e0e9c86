"""The journal's chain: every tampering shows, honest rows never do."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from trainingadmin.kernel.roles import SYSTEM, Actor, Role
from trainingadmin.plumbing import journal, transaction
from trainingadmin.plumbing.database import append_only_ddl, db

ENTRIES = 25
SEEDS = range(20)
OFFICER = Actor(7, "陈初审", frozenset({Role.FIRST_REVIEW}), person_id=70)


class Stop(Exception):
    pass


def act(dice: random.Random, number: int) -> None:
    """Record one act, with whatever details actions note."""
    detail = {
        "note": dice.choice(["材料齐全。", "", 'a\\b"c', "王䶮", "=1+1", "\u3000全角"]),
        "count": dice.randrange(10**9),
        "by_level": {dice.randrange(20): dice.randrange(9) for _ in range(4)},
        "ids": tuple(dice.sample(range(1000), 3)),
        "none": None,
    }
    journal.record(dice.choice(["submit", "approve"]), f"claims:{number}", by=OFFICER, **detail)


def chain(seed: int, entries: int = ENTRIES) -> random.Random:
    """Write a chain and return the dice."""
    dice = random.Random(seed)
    written = 0
    while written < entries:
        with transaction.unit():
            for _ in range(min(dice.randint(1, 4), entries - written)):
                act(dice, written)
                written += 1
    return dice


def verified(**known: object) -> journal.Verification:
    db.session.expire_all()
    return journal.verify(**known)  # type: ignore[arg-type]


# What an insider with every right on the database may try ------------------------------------------------------------


@contextmanager
def insider() -> Iterator[None]:
    """Take the guards away for the block, and undo everything after it."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        for statement in append_only_ddl("journal", "sqlite"):
            db.session.execute(text(f"DROP TRIGGER {statement.split()[2]}"))
    else:
        db.session.execute(text("ALTER TABLE journal DISABLE TRIGGER ALL"))
    try:
        yield
    finally:
        db.session.rollback()


def run(statement: str, **values: object) -> None:
    db.session.execute(text(statement), values)


def mac_of(number: int) -> str:
    return str(db.session.scalar(text("SELECT mac FROM journal WHERE id = :id"), {"id": number}))


EDITS = (
    "UPDATE journal SET verb = 'refuse' WHERE id = :id",
    "UPDATE journal SET subject = 'claims:999' WHERE id = :id",
    "UPDATE journal SET human = 'account:1' WHERE id = :id",
    "UPDATE journal SET account_id = 1 WHERE id = :id",
    "UPDATE journal SET mac = '0' WHERE id = :id",
)
FORGED = (
    "INSERT INTO journal (id, at, account_id, human, verb, subject, detail, mac) "
    "SELECT :id, at, account_id, human, verb, subject, detail, :mac FROM journal WHERE id = :like"
)


def edit(dice: random.Random) -> None:
    run(dice.choice(EDITS), id=dice.randint(1, ENTRIES))


def delete(dice: random.Random) -> None:
    run("DELETE FROM journal WHERE id = :id", id=dice.randint(1, ENTRIES - 1))


def renumber(dice: random.Random) -> None:
    """Take one out and close the gap, in the head too."""
    gone = dice.randint(1, ENTRIES - 1)
    run("DELETE FROM journal WHERE id = :gone", gone=gone)
    for number in range(gone + 1, ENTRIES + 1):
        run("UPDATE journal SET id = id - 1 WHERE id = :id", id=number)
    run("UPDATE journal_head SET last_id = last_id - 1")


def swap(dice: random.Random) -> None:
    one, other = dice.sample(range(1, ENTRIES + 1), 2)
    for number, to in ((one, 0), (other, one), (0, other)):
        run("UPDATE journal SET id = :to WHERE id = :id", to=to, id=number)


def cut(dice: random.Random) -> None:
    run("DELETE FROM journal WHERE id > :last", last=ENTRIES - dice.randint(1, 5))


def forge(dice: random.Random) -> None:
    """Add an act at the end with a hash that anybody can compute, and move the head on."""
    number = ENTRIES + 1
    mac = hashlib.sha256(f"{mac_of(ENTRIES)}{dice.random()}".encode()).hexdigest()
    run(FORGED, id=number, mac=mac, like=dice.randint(1, ENTRIES))
    run("UPDATE journal_head SET last_id = :id, mac = :mac", id=number, mac=mac)


@pytest.mark.parametrize("tamper", [edit, delete, renumber, swap, cut, forge])
def test_every_tampering_is_found_and_no_honest_chain_is_blamed(
    app: Flask, tamper: Callable[[random.Random], None]
) -> None:
    dice = chain(2026)
    missed = []
    for seed in SEEDS:
        assert verified().broken_at is None
        with insider():
            tamper(dice)
            if verified().broken_at is None:
                missed.append(seed)
    assert not missed, f"{tamper.__name__} was not found {len(missed)} times"
    assert verified() == verified()
    assert verified().entries == ENTRIES


def test_an_honest_chain_is_whole_whatever_the_details(app: Flask) -> None:
    for seed in SEEDS:
        chain(seed, entries=12)
        found = verified()
        assert (found.entries, found.broken_at, found.reason) == (12 * (seed + 1), None, None)


def test_a_cut_with_the_head_set_back_is_found_against_a_head_noted_elsewhere(app: Flask) -> None:
    chain(1)
    noted = {ENTRIES: verified().head}
    with insider():
        run("DELETE FROM journal WHERE id > 20")
        run("UPDATE journal_head SET last_id = 20, mac = :mac", mac=mac_of(20))
        assert verified().broken_at is None  # by itself the shorter chain is whole
        found = verified(noted=noted)
        assert (found.broken_at, found.reason) == (ENTRIES, "cut")
    chain(2)
    assert verified(noted=noted).broken_at is None


def test_another_history_is_found_against_a_head_noted_elsewhere(app: Flask) -> None:
    chain(1)
    found = verified(noted={3: "f" * 64})
    assert (found.broken_at, found.reason) == (3, "changed")


def test_the_answer_names_the_first_broken_row_and_the_kind(app: Flask) -> None:
    chain(1)
    with insider():
        run("UPDATE journal SET verb = 'x' WHERE id = 9")
        assert (verified().broken_at, verified().reason) == (9, "changed")
        run("DELETE FROM journal WHERE id = 4")
        assert (verified().broken_at, verified().reason) == (4, "missing")


# Writing ---------------------------------------------------------------------------------------------------------------


def test_an_empty_journal_is_whole(app: Flask) -> None:
    found = verified()
    assert (found.entries, found.broken_at, found.head) == (0, None, journal.GENESIS)


def test_the_database_itself_refuses_to_change_or_delete(app: Flask) -> None:
    chain(1, entries=2)
    for statement in ("UPDATE journal SET verb = 'x'", "DELETE FROM journal"):
        with pytest.raises(DBAPIError, match="append-only"), transaction.unit():
            run(statement)


def test_acts_are_told_of_their_subject_oldest_first(app: Flask) -> None:
    with transaction.unit():
        for verb in ("submit", "approve"):
            journal.record(verb, "claims:1", by=OFFICER, note="x")
        journal.record("submit", "claims:2", by=SYSTEM)
    told = journal.of("claims:1")
    assert [(entry.verb, entry.human, entry.detail) for entry in told] == [
        ("submit", "person:70", {"note": "x"}),
        ("approve", "person:70", {"note": "x"}),
    ]


def test_what_was_rolled_back_is_in_no_chain(app: Flask) -> None:
    with suppress(Stop), transaction.unit():
        journal.record("submit", "claims:1", by=OFFICER)
        raise Stop
    with transaction.unit():
        journal.record("submit", "claims:2", by=OFFICER)
    assert [journal.of("claims:1"), verified().entries] == [[], 1]


def test_what_json_cannot_hold_is_refused_where_it_is_noted(app: Flask) -> None:
    with pytest.raises(TypeError), transaction.unit():
        journal.record("submit", "claims:1", by=OFFICER, amount=object())


def test_a_head_that_was_read_before_others_wrote_is_read_again(app: Flask) -> None:
    chain(1, entries=3)
    with transaction.unit():
        journal.verify()
        elsewhere(app, 1)
        journal.record("approve", "claims:9", by=OFFICER)
    assert (verified().entries, verified().broken_at) == (5, None)


def elsewhere(app: Flask, acts: int) -> None:
    """Record acts in another thread, with its own connection; on SQLite once ours lets it."""

    def work() -> None:
        with app.app_context():
            for number in range(acts):
                with transaction.unit():
                    journal.record("submit", f"claims:{number}", by=OFFICER)

    thread = threading.Thread(target=work)
    thread.start()
    if db.engine.dialect.name == "postgresql":
        thread.join()
    else:
        db.session.rollback()
        thread.join()


def test_many_at_once_make_one_chain_from_its_very_first_row(app: Flask) -> None:
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        with app.app_context():
            for number in range(10):
                with transaction.unit():
                    journal.record("submit", f"claims:{number}", by=OFFICER)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (verified().entries, verified().broken_at) == (40, None)
