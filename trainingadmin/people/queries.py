"""Reads of people and organisations; `visible_to` is the only door to their rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import CompoundSelect, Select, and_, false, func, null, select, true, union_all
from sqlalchemy.orm import aliased, lazyload
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.expression import SQLColumnExpression

from trainingadmin.kernel.roles import STAFF, Actor, Role
from trainingadmin.people.models import (
    Account,
    AccountRole,
    Delegation,
    InboxMessage,
    Office,
    Organisation,
    PayoutAccount,
    Person,
    RecoveryCode,
    Relative,
    SecondFactor,
)
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.database import db, one_or_404, remembered
from trainingadmin.plumbing.journal import JournalEntry
from trainingadmin.plumbing.membership import among, ids_named
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


def office_names() -> dict[str, str]:
    """Return what every office is called, by code."""
    return {row.code: row.name for row in driver.rows(_OFFICE_NAMES)}


_OFFICE_NAMES = select(Office.code, Office.name)


def organisation_names(ids: Collection[int]) -> dict[int, str]:
    """Return what organisations are called, by id."""
    return _names(_ORGANISATION_NAMES, ids)


def person_names(ids: Collection[int]) -> dict[int, str]:
    """Return what people are called, by id."""
    return _names(_PERSON_NAMES, ids)


def _names(named: Select[int, str], ids: Collection[int]) -> dict[int, str]:
    return {row.id: row.name for row in driver.rows(named, ids=sorted(ids))} if ids else {}


_ORGANISATION_NAMES = select(Organisation.id, Organisation.name).where(among(Organisation.id, ids_named("ids")))
_PERSON_NAMES = select(Person.id, Person.name).where(among(Person.id, ids_named("ids")))


def office(code: str) -> Office:
    """Return one office; KeyError-like `NoResultFound` if there is none."""
    return db.session.scalars(select(Office).where(Office.code == code)).one()


def person(person_id: int) -> Person:
    """Return one human being; only ever called with one's own id, or one whose claim the reader may see."""
    return db.session.get_one(Person, person_id)


def person_by_id_number(id_number: str) -> Person | None:
    """Find the human being with this (folded) ID number."""
    return db.session.scalars(select(Person).where(Person.id_number_index == blind_index(id_number))).one_or_none()


def payout_account(person_id: int) -> PayoutAccount | None:
    """Return where a person's money goes now; only for the person's own pages and for whoever pays."""
    mine = select(PayoutAccount).where(PayoutAccount.person_id == person_id)
    return db.session.scalars(mine.order_by(PayoutAccount.id.desc()).limit(1)).one_or_none()


def payout_accounts(person_ids: Collection[int]) -> dict[int, PayoutAccount]:
    """Return where the money of these people goes now; who has entered no account is left out."""
    newest = select(func.max(PayoutAccount.id)).where(among(PayoutAccount.person_id, person_ids))
    found = select(PayoutAccount).where(PayoutAccount.id.in_(newest.group_by(PayoutAccount.person_id)))
    return {one.person_id: one for one in db.session.scalars(found)}


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


@remembered
def accounts_listed() -> Select[*tuple[Any, ...]]:
    """Select what a list says of those accounts; whether a second factor is confirmed stands as `factor`."""
    confirmed = and_(SecondFactor.account_id == Account.id, SecondFactor.confirmed_at.is_not(None))
    return (
        accounts()
        .outerjoin(SecondFactor, confirmed)
        .with_only_columns(
            Account.id,
            Account.name,
            Account.login,
            Account.active,
            SecondFactor.account_id.is_not(None).label("factor"),
        )
    )


_ROLES = select(AccountRole.account_id, AccountRole.role).where(among(AccountRole.account_id, ids_named("accounts")))


def roles_of(account_ids: Sequence[int]) -> dict[int, list[Role]]:
    """Return the roles that accounts hold."""
    held: dict[int, list[Role]] = {}
    for row in driver.rows(_ROLES, accounts=account_ids):
        held.setdefault(row.account_id, []).append(row.role)
    return held


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


class Holder(NamedTuple):
    """A member of staff who holds a role in an office now."""

    office_code: str
    role: Role
    name: str
    human: str


def holders(office_codes: Collection[str]) -> list[Holder]:
    """Return who of the staff of these offices holds which role today, by name; who stands in for whom is said."""
    rows: list[Any] = [*driver.rows(_holders(tuple(sorted(office_codes)), clock.today()))]
    rows.sort(key=lambda row: str(row[2]))
    return [
        Holder(office or "", role, name if behalf is None else f"{name}（代{behalf}）", _human(account_id, person))
        for office, role, name, account_id, person, behalf in rows
    ]


@remembered
def _holders(office_codes: tuple[str, ...], today: date) -> CompoundSelect[*tuple[Any, ...]]:
    own = (
        select(Account.office_code, AccountRole.role, Account.name, Account.id, Account.person_id, null())
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(Account.active, Account.office_code.in_(office_codes), AccountRole.role.in_(STAFF))
    )
    giver = aliased(Account)
    lent = (
        select(Account.office_code, Delegation.role, Account.name, Account.id, Account.person_id, giver.name)
        .select_from(Delegation)
        .join(Account, Account.id == Delegation.delegate_id)
        .join(giver, giver.id == Delegation.delegator_id)
        .where(Account.active, giver.active, Account.office_code.in_(office_codes), in_force(today))
    )
    return union_all(own, lent)


def _human(account_id: int, person_id: int | None) -> str:
    return f"person:{person_id}" if person_id else f"account:{account_id}"


def in_force(on: date) -> ColumnElement[bool]:
    """Tell of a delegation whether it counts on a day."""
    agreed = Delegation.agreed_at.is_not(None) & Delegation.ended_at.is_(None)
    return agreed & (Delegation.from_on <= on) & (Delegation.to_on >= on)


DISCLOSED = "disclose"
"""What the journal calls a look at somebody's whole numbers."""


def disclosures() -> Select[*tuple[Any, ...]]:
    """Select every look at whole numbers, the latest first."""
    entry = JournalEntry
    told = select(entry.at, entry.subject, entry.detail["purpose"].as_string().label("purpose"), Account.name)
    return told.join(Account, Account.id == entry.account_id).where(entry.verb == DISCLOSED).order_by(entry.id.desc())


def disclosed(rows: Collection[Any]) -> dict[str, tuple[str, str]]:
    """Return name and number behind the subjects of these looks: of a person the ID number, of a firm none."""
    split = [(row.subject, *row.subject.split(":")) for row in rows]
    ids = [int(id_) for _, table, id_ in split if table == "persons"]
    people = {one.id: (one.name, one.id_number) for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    firms = organisation_names([int(id_) for _, table, id_ in split if table == "organisations"])
    found = {"persons": people, "organisations": {id_: (name, "") for id_, name in firms.items()}}
    return {whole: found[table].get(int(id_), ("", "")) for whole, table, id_ in split}


def delegations(actor: Actor) -> list[Delegation]:
    """Return the delegations one may see, the newest first: one's own; an administrator's whole office's."""
    mine = (Delegation.delegator_id == actor.id) | (Delegation.delegate_id == actor.id)
    kept = select(Account.id).where(office_filter(func.coalesce(Account.office_code, ""), actor))
    seen = mine | Delegation.delegator_id.in_(kept) if actor.has(Role.ADMIN, Role.SUPERVISOR) else mine
    return list(db.session.scalars(select(Delegation).where(seen).order_by(Delegation.id.desc()).limit(200)).unique())


def delegation(delegation_id: int, *, actor: Actor) -> Delegation:
    """Return one visible delegation or answer 404."""
    found = next((one for one in delegations(actor) if one.id == delegation_id), None)
    return found or abort(404)


def delegations_asked(account_id: int, today: date) -> Select[*tuple[Any, ...]]:
    """Select the number of roles that colleagues ask the holder of an account to stand in for."""
    open_ = (Delegation.agreed_at.is_(None), Delegation.ended_at.is_(None), Delegation.to_on >= today)
    return select(func.count()).where(Delegation.delegate_id == account_id, *open_)


def delegations_between(delegator_id: int, role: Role, from_on: date, to_on: date) -> list[Delegation]:
    """Return the delegations of a role by somebody that are asked for or in force in some of these days."""
    same = (Delegation.delegator_id == delegator_id, Delegation.role == role, Delegation.ended_at.is_(None))
    overlap = (Delegation.from_on <= to_on, Delegation.to_on >= from_on)
    return list(db.session.scalars(select(Delegation).where(*same, *overlap)).unique())


def colleagues(actor: Actor) -> list[Account]:
    """Return the other staff of one's office, by name."""
    others = select(Account).where(Account.active, Account.office_code == actor.office, Account.id != actor.id)
    return list(db.session.scalars(others.where(Account.login.is_not(None)).order_by(Account.name)))
