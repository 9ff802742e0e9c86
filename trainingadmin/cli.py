"""The commands of `flask --app wsgi`: verification, upkeep, keys, the clock, the demo."""

from __future__ import annotations

import json
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from trainingadmin import schedule
from trainingadmin.cli_schemes import schemes_group
from trainingadmin.plumbing import database, journal, periodic, transaction
from trainingadmin.settings import Settings, write_keys

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def answer(report: dict[str, Any], *, as_json: bool, failed: bool) -> None:
    """Print a report and leave with 1 when it failed."""
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        for name, value in report.items():
            click.echo(f"{name}: {value}")
    if failed:
        raise SystemExit(1)


@click.group("audit")
def audit_group() -> None:
    """The journal of who did what."""


@audit_group.command("verify")
@as_json
@with_appcontext
def audit_verify(as_json: bool) -> None:
    """Recompute the journal's chain."""
    with transaction.unit(reads=True):
        found = journal.verify()
        unguarded = database.tables_without_guard()
    report = {
        "entries": found.entries,
        "broken_at": found.broken_at,
        "reason": found.reason,
        "head": found.head,
        "unguarded_tables": unguarded,
    }
    answer(
        {"ok": found.broken_at is None and not unguarded, **report},
        as_json=as_json,
        failed=found.broken_at is not None or bool(unguarded),
    )


@click.group("keys")
def keys_group() -> None:
    """The secret keys."""


@keys_group.command("create")
@with_appcontext
def keys_create() -> None:
    """Make the key file once; keep a copy of it apart from the database's backups."""
    settings: Settings = current_app.config["SETTINGS"]
    write_keys(settings.key_file, demo=False)
    click.echo(f"{settings.key_file}")


@click.command("clock")
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@with_appcontext
def clock_command(once: bool) -> None:
    """Do periodic work: close notices, plan dues, ring again for undone documents."""
    if once:
        click.echo(" ".join(periodic.run_due(schedule.PERIODIC)))
    else:
        periodic.run_for_ever(schedule.PERIODIC)


def install(app: Flask) -> None:
    """Mount every command on `app`."""
    for command in (schemes_group, audit_group, keys_group, clock_command):
        app.cli.add_command(command)
