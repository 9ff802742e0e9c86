"""Reads of people and organisations; `visible_to` is the only door to their rows."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, false, func, select, true
from sqlalchemy.orm import lazyload
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.expression import SQLColumnExpression

from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import (
    Account,
    InboxMessage,
    Office,
    Organisation,
    Person,
    RecoveryCode,
    Relative,
    SecondFactor,
)
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing.database import db, one_or_404, remembered
from trainingadmin.plumbing.secrets import blind_index


def office_filter(column: SQLColumnExpression[str], actor: Actor) -> ColumnElement[bool]:
    """Limit rows of an office to what a member of staff may see: the city's sees all districts."""
    if not actor.is_staff:
        return false()
    return true() if actor.sees_whole_city else column == actor.office


def organisations(actor: Actor, kind: OrganisationKind | None = None) -> Select[Organisation]:
    """Select the organisations `actor` may see: staff their district's, operators their own."""
    own = Organisation.id == actor.organisation_id if actor.organisation_id else false()
    seen = select(Organisation).where(own | office_filter(Organisation.office_code, actor)).order_by(Organisation.name)
    return seen.where(Organisation.kind == kind) if kind else seen


def organisation(organisation_id: int, *, actor: Actor) -> Organisation:
    """Return one visible organisation or answer 404."""
    return one_or_404(organisations(actor).where(Organisation.id == organisation_id))


def institutions() -> list[Organisation]:
    """Return every training institution: a filing may name any of them."""
    return list(
        db.session.scalars(
            select(Organisation).where(Organisation.kind == OrganisationKind.INSTITUTION).order_by(Organisation.name)
        )
    )


def every_organisation() -> list[Organisation]:
    """Return every organisation, for the administrator who opens accounts."""
    return list(db.session.scalars(select(Organisation).order_by(Organisation.kind, Organisation.name)))


def offices() -> list[Office]:
    """Return the city's bureau and the district offices by code."""
    return list(db.session.scalars(select(Office).order_by(Office.code)))


def office(code: str) -> Office:
    """Return one office; KeyError-like `NoResultFound` if there is none."""
    return db.session.scalars(select(Office).where(Office.code == code)).one()


def person_by_id_number(id_number: str) -> Person | None:
    """Find the human being with this (folded) ID number."""
    return db.session.scalars(select(Person).where(Person.id_number_index == blind_index(id_number))).one_or_none()


def account_by_login(login: str) -> Account | None:
    """Find an active account by its login."""
    return db.session.scalars(select(Account).where(Account.login == login, Account.active)).one_or_none()


def _declared(actor: Actor) -> Select[str]:
    """Select the blind indexes of the relatives declared on any account of this human being."""
    accounts = select(Account.id).where(Account.id == actor.id)
    if actor.person_id is not None:
        accounts = select(Account.id).where((Account.id == actor.id) | (Account.person_id == actor.person_id))
    return select(Relative.id_number_index).where(Relative.account_id.in_(accounts))


def barred(actor: Actor) -> ColumnElement[bool]:
    """Tell of a person, inside a query, whether the actor must not handle them: who `relatives_of` names."""
    declared = Person.id_number_index.in_(_declared(actor))
    return declared if actor.person_id is None else declared | (Person.id == actor.person_id)


def relatives_of(actor: Actor) -> set[str]:
    """Return the blind indexes of the ID numbers this actor must not handle: own and declared relatives'.

    Relatives count whichever account of the same human being declared them.
    """
    indexes = set(db.session.scalars(_declared(actor)))
    if actor.person_id:
        indexes |= set(db.session.scalars(select(Person.id_number_index).where(Person.id == actor.person_id)))
    return indexes


def inbox() -> list[InboxMessage]:
    """Return the demo's text messages, newest first."""
    return list(db.session.scalars(select(InboxMessage).order_by(InboxMessage.id.desc()).limit(20)))


@remembered
def organisation_list(
    actor: Actor, *, q: str = "", kind: str = ""
) -> Select[int, str, str, OrganisationKind, str, str]:
    """Select the columns of the list: id, name, code, kind, office, bank, narrowed by name or code and kind."""
    seen = (
        organisations(actor, OrganisationKind(kind) if kind in set(OrganisationKind) else None)
        .join(Office, Office.code == Organisation.office_code)
        .options(lazyload(Organisation.office))
        .with_only_columns(
            Organisation.id,
            Organisation.name,
            Organisation.credit_code,
            Organisation.kind,
            Office.name.label("office"),
            Organisation.payee_bank,
        )
    )
    return (
        seen.where(Organisation.name.contains(q, autoescape=True) | (Organisation.credit_code == q.upper()))
        if q
        else seen
    )


def accounts() -> Select[Account]:
    """Select every account of staff and operators, the active ones first."""
    return select(Account).where(Account.login.is_not(None)).order_by(Account.active.desc(), Account.login)


def names(account_ids: Collection[int]) -> dict[int, str]:
    """Return the names behind some accounts."""
    found = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(account_ids)))
    return {row.id: row.name for row in found}


def account(account_id: int) -> Account:
    """Return one account of staff or an operator, or answer 404."""
    return one_or_404(accounts().where(Account.id == account_id))


def factor(account_id: int) -> SecondFactor | None:
    """Return the second factor of an account, confirmed or only begun."""
    return db.session.get(SecondFactor, account_id)


def recovery_codes_left(account_id: int) -> int:
    """Count the recovery codes of an account that were not used yet."""
    left = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(left) or 0


def with_factor(account_ids: list[int]) -> set[int]:
    """Return those of the accounts that confirmed a second factor."""
    confirmed = select(SecondFactor.account_id).where(
        SecondFactor.account_id.in_(account_ids), SecondFactor.confirmed_at.is_not(None)
    )
    return set(db.session.scalars(confirmed))
