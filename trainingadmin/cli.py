"""The commands of `flask --app wsgi`: verification, upkeep, keys, the clock, the demo."""

from __future__ import annotations

import json
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from trainingadmin import doctor, kept_files, schedule
from trainingadmin.certificates import actions as certificates
from trainingadmin.cli_accounts import accounts_group, offices_group
from trainingadmin.cli_attendance import attendance_group
from trainingadmin.cli_claims import claims_group
from trainingadmin.cli_ledger import ledger_group
from trainingadmin.cli_schemes import schemes_group
from trainingadmin.demo.commands import demo_group
from trainingadmin.plumbing import database, documents, journal, periodic, storage, transaction
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


@click.command("reconcile")
@click.option("--once", is_flag=True, help="One round (the default; the clock repeats it).")
@as_json
@with_appcontext
def reconcile_command(once: bool, as_json: bool) -> None:  # noqa: ARG001 - one round is all it does
    """Ring again for every document that is wanted and that nobody is making."""
    with transaction.unit():
        undone = certificates.reconcile()
    answer({"ok": True, "rung": undone}, as_json=as_json, failed=False)


@click.group("store")
def store_group() -> None:
    """The files: uploads, certificates, archived notices."""


@store_group.command("verify")
@as_json
@with_appcontext
def store_verify(as_json: bool) -> None:
    """Hash every file again, and look for every file the database names."""
    health = storage.store().verify()
    with transaction.unit(reads=True):
        wanted = {sha256 for hashes in kept_files.every() for sha256 in hashes}
    lost = sorted(sha256 for sha256 in wanted if not storage.store().exists(sha256))
    failed = bool(health.corrupt or lost)
    report = {
        "ok": not failed,
        "whole": health.whole,
        "corrupt": health.corrupt,
        "missing": lost,
        "unfinished": len(health.unfinished),
    }
    answer(report, as_json=as_json, failed=failed)


@click.command("doctor")
@as_json
@with_appcontext
def doctor_command(as_json: bool) -> None:
    """Look at everything the application needs, and say how to get what is missing."""
    examined = (doctor.of_keys, doctor.of_sign_in, doctor.of_database, doctor.of_queue, doctor.of_storage)
    problems = [problem for examine in (*examined, documents.doctor) for problem in examine()]
    answer({"ok": not problems, "problems": problems}, as_json=as_json, failed=bool(problems))


_COMMANDS: tuple[click.Command, ...] = (
    schemes_group,
    claims_group,
    attendance_group,
    ledger_group,
    audit_group,
    store_group,
    keys_group,
    accounts_group,
    offices_group,
    demo_group,
    reconcile_command,
    doctor_command,
    clock_command,
)


def install(app: Flask) -> None:
    """Mount every command on `app`."""
    for command in _COMMANDS:
        app.cli.add_command(command)
