"""Proving the books: sound after the whole chain, and every kind of damage is found by the rule it breaks."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.factories import Office
from tests.payments import stage
from trainingadmin.cli_ledger import ledger_group
from trainingadmin.payments import verification
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def books(office: Office) -> Office:
    """Advances paid, balances netted: one paid, one failed, one cancelled batch, one recovery."""
    stage.prepaid_claim(office, 4, uncertified={1})
    stage.prepaid_claim(office, 1, uncertified={1})
    stage.plan()
    stage.settled(office, {1: "账户已销户"})
    stage.approved_cohort(office, 2)
    stage.plan()
    stage.composed(office)
    return office


def damage(statement: str) -> None:
    """Change rows behind the program's back, in the running transaction."""
    table = statement.split()[1 if statement.startswith("UPDATE") else 2]
    if db.engine.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            db.session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
    else:
        db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    db.session.execute(text(statement))
    db.session.expire_all()


def broken_by(statement: str) -> set[str]:
    """Return the rules that a change breaks; nothing of it stays."""
    with transaction.unit():
        damage(statement)
        found = {breach.rule for breach in verification.verify().breaches}
        db.session.rollback()
    return found


def test_the_books_of_the_whole_chain_are_in_order(books: Office) -> None:
    report = verification.verify()
    assert report.ok
    assert report.counts["payments"] > 5
    assert report.counts["offsets"] == 1


DAMAGES = [
    ("UPDATE transfers SET amount = amount + 1 WHERE code = 'accrue' AND id = 1", "dues-booked"),
    ("UPDATE transfers SET amount = amount + 1 WHERE code = 'pay'", "payments-booked"),
    ("UPDATE transfers SET payment_id = NULL WHERE code = 'pay'", "payments-booked"),
    ("DELETE FROM transfers WHERE code = 'pay'", "payments-booked"),
    ("UPDATE offsets SET amount = amount - 1", "offsets-booked"),
    ('UPDATE dues SET "offset" = 0', "offsets-booked"),
    ("UPDATE dues SET state = 'settled' WHERE state = 'in_batch'", "dues-paid"),
    ("UPDATE dues SET state = 'open' WHERE state = 'settled' AND kind = 'advance'", "dues-paid"),
    ("UPDATE dues SET state = 'open' WHERE state = 'in_batch'", "one-live-payment"),
    ("UPDATE payments SET state = 'paid' WHERE state = 'pending'", "payments-booked"),
    ("UPDATE payments SET state = 'paid' WHERE state = 'pending'", "certificate"),
    ("UPDATE payments SET amount = amount + 1 WHERE position = 1", "batch-total"),
    ("UPDATE payments SET payee_name = '别人' WHERE position = 1", "batch-digest"),
    ("UPDATE batches SET total = total + 1", "batch-total"),
    ("UPDATE batches SET state = 'settled', released_by = 1 WHERE state = 'composed'", "batch-state"),
    ("UPDATE claim_lines SET entitlement = entitlement + 1 WHERE verdict = 'eligible'", "entitlement"),
    ("UPDATE enrolments SET advance_paid = 0 WHERE advance_paid > 0", "advance"),
    ("UPDATE transfers SET debit = 'payable/999' WHERE code = 'pay'", "account-balance"),
    ("DELETE FROM transfers WHERE code = 'offset'", "account-balance"),
    ("UPDATE certificates SET subject = 'payment:0' WHERE id = 1", "certificate"),
]


def test_every_kind_of_damage_is_found_by_its_rule(books: Office) -> None:
    missed = [(statement, rule) for statement, rule in DAMAGES if rule not in broken_by(statement)]
    assert missed == []
    assert verification.verify().ok


def test_the_command_says_so_and_leaves_with_0(app: Flask, books: Office) -> None:
    app.cli.add_command(ledger_group)
    result = app.test_cli_runner().invoke(args=["ledger", "verify", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["ok"] is True


def test_the_command_names_the_damage_and_leaves_with_1(app: Flask, books: Office) -> None:
    with transaction.unit():
        damage("UPDATE batches SET total = total + 1")
    app.cli.add_command(ledger_group)
    result = app.test_cli_runner().invoke(args=["ledger", "verify", "--json"])
    assert result.exit_code == 1
    assert "batch-total" in {breach["rule"] for breach in json.loads(result.output)["breaches"]}
    words = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert words.exit_code == 1
    assert "breaches:" in words.output


def test_the_books_refuse_to_be_rewritten(books: Office) -> None:
    for statement in ("UPDATE transfers SET amount = 1", "DELETE FROM transfers", "DELETE FROM offsets"):
        with pytest.raises(DBAPIError, match="append-only"), transaction.unit():
            db.session.execute(text(statement))
