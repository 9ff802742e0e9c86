"""The command `attendance verify`: proves that the sums of each month are what the marks add up to."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from trainingadmin.attendance import verification
from trainingadmin.plumbing import transaction


@click.group("attendance")
def attendance_group() -> None:
    """Marks and the sums of the months."""


@attendance_group.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def attendance_verify(as_json: bool) -> None:
    """Add up every effective mark again; leave with 1 when a stored sum differs."""
    with transaction.unit(reads=True):
        found = verification.verify()
    if as_json:
        report = {"ok": found.ok, **found.counts, "breaches": [asdict(breach) for breach in found.breaches]}
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        for name, count in found.counts.items():
            click.echo(f"{name}: {count}")
        for breach in found.breaches:
            click.echo(f"{breach.rule} {breach.subject} {breach.detail}")
        click.echo("ok" if found.ok else f"breaches: {len(found.breaches)}")
    if not found.ok:
        raise SystemExit(1)
