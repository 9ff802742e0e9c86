"""The commands `accounts` and `offices`: what a new bureau needs before anybody can sign in, and help for the last one."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import CITY, SYSTEM, Role
from trainingadmin.people import actions, queries
from trainingadmin.plumbing import transaction
from trainingadmin.policies import actions as policies

_SHORTEST = 12


@click.group("offices")
def offices_group() -> None:
    """The offices of the bureau."""


@offices_group.command("set")
@click.argument("code")
@click.argument("name")
@click.argument("phone")
@with_appcontext
def offices_set(code: str, name: str, phone: str) -> None:
    """Add the office with this GB/T 2260 CODE, or give it another NAME and PHONE (shown in public notices)."""
    with transaction.unit():
        policies.seed_calendar()
        actions.set_office(code, name, phone, by=SYSTEM)
    click.echo(f"{code} {name} {phone}")


@click.group("accounts")
def accounts_group() -> None:
    """The accounts of staff and operators."""


@accounts_group.command("create-admin")
@click.argument("login")
@click.argument("name")
@click.option("--office", default=CITY, show_default=True, help="GB/T 2260 code of an office that was set.")
@click.option("--id-number", prompt="身份证号 · ID number", hide_input=True, help="Asked for when it is not given.")
@click.password_option("--password", help="Asked for when it is not given; at least 12 characters.")
@with_appcontext
def accounts_create_admin(login: str, name: str, office: str, id_number: str, password: str) -> None:
    """Open the account of an administrator, who opens all others on the page."""
    if len(password) < _SHORTEST:
        raise click.ClickException(f"the password has fewer than {_SHORTEST} characters")
    opening = actions.Opening(
        name=name,
        login=login,
        password=password,
        roles=frozenset({Role.ADMIN}),
        office_code=office,
        organisation_id=None,
        id_number=id_number,
    )
    try:
        with transaction.unit():
            if office not in {one.code for one in queries.offices()}:
                raise click.ClickException(f"no office {office}: flask --app wsgi offices set {office} NAME PHONE")
            actions.open_from(opening, by=SYSTEM)
    except Malformed as malformed:
        raise click.ClickException(malformed.reason) from None
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"{login}: administrator of {office}")


@accounts_group.command("reset-factor")
@click.argument("login")
@with_appcontext
def accounts_reset_factor(login: str) -> None:
    """Take the second factor from LOGIN: for the one administrator whom no other can help."""
    with transaction.unit():
        found = queries.account_by_login(login)
        if found is None:
            raise click.ClickException(f"no active account has the sign-in name {login}")
        actions.reset_factor(found, by=SYSTEM)
    click.echo(f"{login}: the second factor is set up anew at the next sign-in")
