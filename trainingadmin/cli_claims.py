"""The command `claims replay`: proves that every kept decision still comes out of its facts and its version."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from trainingadmin.claims import replay
from trainingadmin.claims.replay import Replayed
from trainingadmin.plumbing import transaction


@click.group("claims")
def claims_group() -> None:
    """Claims and how they were decided."""


@claims_group.command("replay")
@click.option("--all", "everything", is_flag=True, help="Every kept judgement.")
@click.option("--line", type=int, help="Those of one line, by its id.")
@click.option("--claim", help="Those of one claim, by its number.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a judgement, and a last one that counts.")
@with_appcontext
def replay_command(everything: bool, line: int | None, claim: str | None, as_json: bool) -> None:
    """Decide again with the facts and the version of then; leave with 1 when anything comes out differently."""
    if not everything and line is None and claim is None:
        raise click.UsageError("Say which: --all, --line ID or --claim NUMBER.")
    checked = different = 0
    with transaction.unit(reads=True):
        for one in replay.every(line_id=line, claim=claim):
            checked += 1
            different += not one.matches
            _print(one, as_json)
    if as_json:
        click.echo(json.dumps({"ok": not different, "checked": checked, "different": different}))
    else:
        click.echo(f"checked: {checked}\ndifferent: {different}")
    if different or not checked:
        raise SystemExit(1)


def _print(one: Replayed, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(one.to_json(), ensure_ascii=False))
    elif not one.matches:
        click.echo(f"{one.claim} line {one.line_id} assessment {one.assessment_id} ({one.policy}):")
        for where, kept, recomputed in one.differences:
            click.echo(f"  {where}: {_plain(kept)} → {_plain(recomputed)}")


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
