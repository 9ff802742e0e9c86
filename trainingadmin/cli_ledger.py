"""The command `ledger verify`: proves that dues, payments, batches, certificates and books agree."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from trainingadmin.ledger import verification
from trainingadmin.plumbing import transaction
from trainingadmin.recoveries import verification as recoveries


@click.group("ledger")
def ledger_group() -> None:
    """The books of the payments."""


@ledger_group.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def ledger_verify(as_json: bool) -> None:
    """Recompute every sum that must equal another; leave with 1 when one does not."""
    with transaction.unit(reads=True):
        found = verification.verify(recoveries.RULES)
    if as_json:
        report = {"ok": found.ok, **found.counts, "breaches": [asdict(breach) for breach in found.breaches]}
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        for name, count in found.counts.items():
            click.echo(f"{name}: {count}")
        for breach in found.breaches:
            click.echo(f"{breach.rule} {breach.subject} {breach.detail}".rstrip())
        click.echo("ok" if found.ok else f"breaches: {len(found.breaches)}")
    if not found.ok:
        raise SystemExit(1)
