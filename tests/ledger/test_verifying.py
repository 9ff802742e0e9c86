"""Proving the books: sound after the whole chain, and every kind of damage is found by the rule it breaks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.factories import Office
from tests.payments import stage
from tests.payments.test_strays import told
from trainingadmin.cli_ledger import ledger_group
from trainingadmin.ledger import verification
from trainingadmin.payments import actions
from trainingadmin.payments.actions import Budget
from trainingadmin.payments.models import StrayLine
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def books(office: Office) -> Office:
    """Money given; advances paid, balances netted; a failed line, a stray one matched, a recovery, a batch still open."""
    by = office.actor("checker")
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        budget = Budget("511824", 2022, stage.FUND, stage.BUDGET)
        actions.appropriate(budget, stage.YUAN(900_000), "雅财社〔2022〕1号", by=by)
    stage.prepaid_claim(office, 4, uncertified={1})
    stage.prepaid_claim(office, 1, uncertified={1})
    stage.plan()
    stage.settled(office, {1: "账户已销户"})
    stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0))
    stage.plan()
    batch = stage.released(office)
    stage.answer(office, batch, told(batch))
    matched = db.session.scalars(select(StrayLine)).one()
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        actions.match(matched, stage.payments(batch)[2].id, "银行改了序号", by=office.actor("preparer"))
        actions.confirm(matched, by=by)
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


def broken_by(statement: str, where: str) -> set[str]:
    """Return the rules that a change of the first row that is so breaks; nothing of it stays."""
    table = statement.split()[1 if statement.startswith("UPDATE") else 2]
    with transaction.unit():
        damage(f"{statement} WHERE id = (SELECT min(id) FROM {table} WHERE {where})")  # noqa: S608 - ours
        found = {breach.rule for breach in verification.verify().breaches}
        db.session.rollback()
    return found


def test_the_books_of_the_whole_chain_are_in_order(books: Office) -> None:
    report = verification.verify()
    assert report.ok
    assert report.counts["payments"] > 5
    assert report.counts["offsets"] == 1


_BORNE = "(SELECT min(id) FROM dues WHERE kind = 'balance' AND state = 'settled' AND \"offset\" = amount)"
_OF_BALANCE = "state = 'paid' AND due_id IN (SELECT id FROM dues WHERE kind = 'balance')"

# What is done behind the program's back to the first row that is so, and the one rule that says so.
ALONE = [
    ("UPDATE transfers SET code = 'reverse'", "code = 'accrue'", "dues-booked"),
    ("UPDATE offsets SET amount = amount - 1", "id > 0", "offsets-booked"),
    ("UPDATE transfers SET due_id = (SELECT max(id) FROM dues)", "code = 'offset'", "offsets-booked"),
    ("UPDATE dues SET enrolment_id = (SELECT max(id) FROM enrolments)", "kind = 'recovery'", "asked-back"),
    ("UPDATE payments SET due_id = " + _BORNE, _OF_BALANCE, "dues-paid"),  # noqa: S608 - ours
    ("UPDATE dues SET state = 'open'", "state = 'in_batch'", "one-live-payment"),
    ("UPDATE dues SET state = 'failed'", "state = 'in_batch'", "one-live-payment"),
    ("UPDATE dues SET state = 'open'", "state = 'failed'", "one-live-payment"),
    ("UPDATE claim_lines SET entitlement = entitlement + 1", "entitlement > 0", "entitlement"),
    ("UPDATE enrolments SET advance_paid = advance_paid - 1", "advance_paid > 0", "advance"),
    ("UPDATE transfers SET payment_id = NULL", "code = 'pay'", "payments-booked"),
    ("UPDATE batches SET count = count + 1", "id = 1", "batch-total"),
    ("UPDATE batches SET total = total + 1", "id = 1", "batch-total"),
    ("UPDATE batches SET state = 'settled', checked_by = 3, released_by = 3", "state = 'composed'", "batch-state"),
    ("UPDATE batches SET digest = 'x'", "id = 1", "batch-digest"),
    ("UPDATE batch_files SET digest = 'x'", "id = 1", "file-digest"),
    ("UPDATE batch_files SET total = total + 1", "id = 1", "bank-file"),
    ('UPDATE batch_files SET "last" = "last" + 1', "id = 1", "bank-file"),
    ("DELETE FROM batch_files", "id = 1", "bank-file"),
    ("UPDATE certificates SET subject = 'payment:0'", "kind = 'payment'", "certificate"),
    ("DELETE FROM certificates", "kind = 'payment'", "certificate"),
    ("""UPDATE certificates SET public = '{"amount": "1.00"}'""", "kind = 'payment'", "certificate-amount"),
    ("UPDATE stray_lines SET paid = NOT paid", "state = 'matched'", "stray-line"),
    ("UPDATE stray_lines SET amount = amount + 1", "state = 'matched'", "stray-line"),
    ("UPDATE transfers SET debit = 'payable/999'", "code = 'pay'", "account-balance"),
    ("UPDATE transfers SET credit = 'bank/别的资金/511824'", "code = 'pay'", "bank-balance"),
    ("UPDATE transfers SET amount = amount + 1", "code = 'appropriate'", "bank-balance"),
    ("UPDATE budget_lines SET ceiling = ceiling + 1", "id = 1", "budget"),
    ("UPDATE batches SET budget_item = 'x'", "state = 'composed' AND budget_line_id IS NOT NULL", "budget"),
]
# Where one row says several things, each of which is proved by itself.
TOGETHER = [
    ("DELETE FROM transfers", "code = 'pay'", {"payments-booked", "account-balance", "bank-balance"}),
    ("UPDATE transfers SET amount = amount + 1", "code = 'accrue'", {"dues-booked", "account-balance"}),
    ("DELETE FROM transfers", "code = 'offset'", {"offsets-booked", "account-balance"}),
    ("UPDATE dues SET state = 'settled'", "kind = 'recovery'", {"recoveries-booked", "account-balance"}),
    ("UPDATE dues SET state = 'settled'", "state = 'failed'", {"dues-paid", "account-balance"}),
    ("UPDATE payments SET payee_name = '别人'", "state = 'paid'", {"batch-digest", "file-digest"}),
    ("UPDATE appropriations SET amount = amount + 1", "id = 1", {"budget", "bank-balance"}),
]
BY_CONSTRUCTION = {"debits-equal-credits"}
"""No row can break it: a transfer has both sides and one amount."""


def test_what_one_row_breaks_is_named_and_nothing_else(books: Office) -> None:
    found = {one: broken_by(*one[:2]) for one in ALONE}
    assert {one: rules for one, rules in found.items() if rules != {one[2]}} == {}
    assert verification.verify().ok


@pytest.mark.parametrize(("statement", "where", "rules"), TOGETHER)
def test_what_breaks_several_things_is_named_by_each(
    books: Office, statement: str, where: str, rules: set[str]
) -> None:
    assert broken_by(statement, where) == rules


def test_every_rule_has_its_negative_control() -> None:
    folder = Path(verification.__file__).parent
    named = set(
        re.findall(r"""(?:Breach|named)\(\s*"([a-z-]+)",""", "".join(f.read_text() for f in folder.glob("*.py")))
    )
    assert named - BY_CONSTRUCTION == {rule for *_, rule in ALONE} | {"recoveries-booked"}
    assert len(named) >= 18


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
