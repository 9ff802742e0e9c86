"""`flask demo`: fills an empty demo once, and says who can sign in."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from trainingadmin.demo import bureau, door, lists, stories
from trainingadmin.kernel.roles import ROLE_LABELS
from trainingadmin.people.models import Office, Person
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.settings import Settings

_MARK = "demo-complete"


@click.group("demo", invoke_without_command=True)
@click.pass_context
@with_appcontext
def demo_group(context: click.Context) -> None:
    """Fill an empty demo with filings at every stage; a second call changes nothing."""
    if context.invoked_subcommand is not None:
        return
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.demo:
        raise click.ClickException(
            "Only a demo is filled with made-up data: start it with ./run, or set TRAININGADMIN_DEMO=1."
        )
    if (settings.var / _MARK).exists():
        click.echo("演示数据已就绪 · the demo is filled already")
        return
    with transaction.unit(reads=True):
        begun = db.session.scalars(select(Office.code).limit(1)).first() is not None
    if begun:
        raise click.ClickException(
            "A former filling was interrupted, or this database has data: start again with ./run --reset"
        )
    with transaction.unit():
        bureau.open_bureau()
    for name in stories.tell_all():
        click.echo(f"  {name}")
    (settings.var / _MARK).touch()


@demo_group.command("accounts")
@with_appcontext
def accounts_command() -> None:
    """Print the demo's accounts."""
    click.echo(f"  密码 · password: {bureau.PASSWORD}")
    for login in bureau.LOGINS:
        click.echo(f"  {login.login:<10} {ROLE_LABELS[login.role]}　{login.name}")
    with transaction.unit(reads=True):
        trainee = db.session.scalars(select(Person).where(Person.name == "孔伟贵")).first()
        if trainee is not None:
            click.echo(
                f"  学员 · trainee: /m/sign-in  身份证号 {trainee.id_number}（孔伟贵，示例），验证码见 /dev/inbox"
            )
            founder = lists.founders()[0]
            click.echo(f"  创业者 · founder: /m/sign-in  身份证号 {founder.id_number}（{founder.name}，示例）")
            one = door.newcomer().person
            click.echo(
                f"  今天有课 · in class today: 身份证号 {one.id_number}（{one.name}，示例），扫 /checkins/ 上的码"
            )
