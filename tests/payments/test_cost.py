"""Batches cost a constant number of statements per chunk of rows, however many people are in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sqlalchemy import event

from tests.factories import Office
from tests.payments import stage
from trainingadmin.payments import actions
from trainingadmin.payments.models import Batch
from trainingadmin.payments.states import DueState
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

FEW, MANY = 10, 60
ROUND_TRIPS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def statements(work: Callable[[], object]) -> Counter[str]:
    """Run something and count what is sent to the database, by its first words."""
    sent: Counter[str] = Counter()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().startswith(ROUND_TRIPS):
            sent[" ".join(statement.split()[:4])] += 1

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sent


def of_a_batch(office: Office, people: int) -> dict[str, Counter[str]]:
    """Take so many people's balances from the list to the bank and back, every tenth failing."""
    stage.cleared_claim(office, stage.approved_cohort(office, people, advance=0))
    stage.plan()
    made: list[Batch] = []
    waiting, by = stage.dues(state=DueState.OPEN), office.actor("preparer")
    account, ids = stage.account(waiting), [due.id for due in waiting]

    def compose() -> None:
        with clock.at(stage.PAYABLE_ON), transaction.unit():
            made.append(actions.compose(account, ids, by=by))

    told = {"compose": statements(compose)}
    told["release"] = statements(lambda: stage.release(office, made[0]))
    failed = dict.fromkeys(range(10, people + 1, 10), "账户已销户")
    data = stage.bank_answer(made[0], failed)
    told["settle"] = statements(lambda: stage.answer(office, made[0], data))
    stage.proved()
    return told


def test_more_rows_take_no_more_statements(office: Office) -> None:
    few, many = of_a_batch(office, FEW), of_a_batch(office, MANY)
    more = {
        step: {what: (few[step][what], count) for what, count in many[step].items() if count > few[step][what]}
        for step in many
    }
    assert not any(more.values()), more
