"""How accounts, persons and organisations come to be, and how a trainee signs in by a code."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext
from sqlalchemy import or_, select, update

from trainingadmin.kernel.identifiers import IdNumber, parse_account
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import same_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import STAFF, SYSTEM, Actor, Role
from trainingadmin.people import messages, passwords, queries, sessions
from trainingadmin.people.actions.entering import wrong
from trainingadmin.people.models import Account, AccountRole, Office, OneTimeCode, Organisation, Person
from trainingadmin.people.name_keys import index_of, key_of
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index

CODE_LIFE = timedelta(minutes=5)
CODE_PAUSE = timedelta(seconds=60)
CODES_ASKED = 10
CODES_ASKED_FROM = 300
"""Requests in a quarter of an hour for one number, and from one address: a whole school may share one."""


def send_code(id_number: str, *, address: str) -> None:
    """Text a one-time code to the phone on record; says the same, and as often, whether or not the person is known."""
    passwords.check_attempts(f"code:{id_number}", address)
    passwords.throttle("code-for", id_number, CODES_ASKED)
    passwords.throttle("code-from", address, CODES_ASKED_FROM)
    person = queries.person_by_id_number(id_number)
    if person is None or not person.phone:
        return
    latest = db.session.scalars(
        select(OneTimeCode).where(OneTimeCode.person_id == person.id).order_by(OneTimeCode.id.desc()).limit(1)
    ).first()
    if latest and clock.now() - latest.sent_at < CODE_PAUSE:
        return
    code = passwords.new_code()
    db.session.add(
        OneTimeCode(
            person_id=person.id,
            code_hash=_code_hash(person, code),
            sent_at=clock.now(),
            expires_at=clock.now() + CODE_LIFE,
        )
    )
    messages.send(person.phone, gettext("您的登录验证码是 %(code)s，5 分钟内有效，请勿告诉他人。", code=code))


def _code_hash(person: Person, code: str) -> str:
    return blind_index(f"code:{person.id}:{code}")


def sign_in_by_code(id_number: str, code: str, *, address: str) -> Account:
    """Sign a trainee in; refusals `wrong-code` and `too-many-attempts`."""
    login = f"code:{id_number}"
    passwords.check_attempts(login, address)
    person = queries.person_by_id_number(id_number)
    if person is None or not _use_code(person, code):
        raise wrong(login, address, Refusal("wrong-code", N_("验证码不正确或已过期，请重新获取。"), field="code"))
    passwords.forget_failures(login)
    account = _trainee_account(person)
    sessions.start(account)
    journal.record("sign-in", f"accounts:{account.id}", by=sessions.as_actor(account))
    return account


def _use_code(person: Person, code: str) -> bool:
    latest = db.session.scalars(
        select(OneTimeCode)
        .where(OneTimeCode.person_id == person.id, OneTimeCode.used_at.is_(None))
        .order_by(OneTimeCode.id.desc())
        .limit(1)
    ).first()
    if (
        latest is None
        or latest.expires_at <= clock.now()
        or not hmac.compare_digest(latest.code_hash, _code_hash(person, code))
    ):
        return False
    used = (
        update(OneTimeCode)
        .where(OneTimeCode.id == latest.id, OneTimeCode.used_at.is_(None))
        .values(used_at=clock.now())
    )
    return bool(db.session.execute(used).rowcount)  # type: ignore[attr-defined]


def _trainee_account(person: Person) -> Account:
    existing = db.session.scalars(
        select(Account)
        .join(AccountRole)
        .where(Account.person_id == person.id, AccountRole.role == Role.TRAINEE, Account.active)
    ).first()
    return existing or open_account(person.name, [Role.TRAINEE], person_id=person.id, by=SYSTEM)


def open_account(
    name: str,
    roles: Iterable[Role],
    *,
    by: Actor,
    login: str | None = None,
    password: str | None = None,
    office_code: str | None = None,
    organisation_id: int | None = None,
    person_id: int | None = None,
) -> Account:
    """Create an account; refusal `login-taken`."""
    if login and db.session.scalars(select(Account.id).where(Account.login == login)).first():
        raise Refusal("login-taken", N_("这个登录名已有人使用。"), field="login")
    account = Account(
        login=login,
        password_hash=passwords.hash_password(password) if password else None,
        name=name,
        office_code=office_code,
        organisation_id=organisation_id,
        person_id=person_id,
        created_at=clock.now(),
    )
    account.roles.extend(AccountRole(role=role) for role in roles)
    db.session.add(account)
    db.session.flush()
    journal.record("open-account", f"accounts:{account.id}", by=by, roles=sorted(roles))
    return account


def add_office(code: str, name: str, phone: str) -> Office:
    """Create an office by its GB/T 2260 code."""
    office = Office(code=code, name=name, phone=phone)
    db.session.add(office)
    return office


def set_office(code: str, name: str, phone: str, *, by: Actor) -> Office:
    """Add an office, or give the one with this code another name and phone."""
    office = db.session.get(Office, code)
    if office is None:
        office = add_office(code, name, phone)
    office.name, office.phone = name, phone
    journal.record("set-office", f"offices:{code}", by=by)
    return office


def register_organisation(
    kind: OrganisationKind,
    credit_code: str,
    name: str,
    office_code: str,
    *,
    by: Actor,
    payee_name: str = "",
    payee_account: str | None = None,
    payee_bank: str = "",
    contact: str = "",
    phone: str | None = None,
) -> Organisation:
    """Create an enterprise or institution; refusal `organisation-known`."""
    if db.session.scalars(select(Organisation.id).where(Organisation.credit_code == credit_code)).first():
        raise Refusal("organisation-known", N_("这个统一社会信用代码已登记。"), field="credit_code")
    organisation = Organisation(
        kind=kind,
        credit_code=credit_code,
        name=name,
        office_code=office_code,
        contact=contact,
        phone=phone,
        payee_name=payee_name or name,
        payee_account=payee_account,
        payee_bank=payee_bank,
        created_at=clock.now(),
    )
    db.session.add(organisation)
    db.session.flush()
    journal.record("register-organisation", f"organisations:{organisation.id}", by=by, kind=kind.value)
    return organisation


def add_person(id_number: str, name: str, born_on: date, sex: str, *, phone: str | None = None) -> Person:
    """Return the one row of this human being, created if it is new; `id_number` is checked and folded."""
    person = queries.person_by_id_number(id_number)
    if person is None:
        person = Person(
            id_number=id_number,
            id_number_index=blind_index(id_number),
            name=name,
            name_key=key_of(name),
            name_index=index_of(name),
            born_on=born_on,
            sex=sex,
            created_at=clock.now(),
        )
        db.session.add(person)
    if phone:
        person.phone, person.phone_index = phone, blind_index(phone)
    db.session.flush()
    return person


def spell_names(most: int = 2000) -> int:
    """Spell and index the names that were entered before names were searched and compared so; return how many."""
    unspelt = db.session.scalars(
        select(Person).where(or_(Person.name_key == "", Person.name_index == "")).limit(most)
    ).all()
    for person in unspelt:
        person.name_key, person.name_index = key_of(person.name), index_of(person.name)
    return len(unspelt)


def set_payee(organisation: Organisation, name: str, account: str, bank: str, *, by: Actor) -> None:
    """Change where an organisation's money goes; refusal `payee-name` unless the account bears its own name.

    What was already composed keeps the facts it was composed with.
    """
    if not same_name(name, organisation.name):
        raise Refusal("payee-name", N_("户名必须与单位名称一致，补贴只能拨入本单位账户。"), field="payee_name")
    organisation.payee_name = organisation.name
    organisation.payee_account, organisation.payee_bank = parse_account(account), bank.strip()
    journal.record("set-payee", f"organisations:{organisation.id}", by=by, tail=organisation.payee_account[-4:])


def close_account(account: Account, *, by: Actor) -> None:
    """Shut an account and end its sessions; refusal `own-account`."""
    if account.id == by.id:
        raise Refusal("own-account", N_("不能停用自己的账号。"))
    account.active = False
    sessions.end_all(account.id)
    journal.record("close-account", f"accounts:{account.id}", by=by)


def change_password(account: Account, password: str, *, by: Actor) -> None:
    """Set a new password and end every session of the account."""
    account.password_hash = passwords.hash_password(password)
    sessions.end_all(account.id)
    journal.record("change-password", f"accounts:{account.id}", by=by)


def change_roles(account: Account, roles: Iterable[Role], *, by: Actor) -> None:
    """Give an account other roles and end its sessions; refusals `own-account`, `account-place`."""
    roles = set(roles)
    if account.id == by.id:
        raise Refusal("own-account", N_("不能更改自己的岗位。"))
    if (roles <= set(STAFF)) != bool(account.office_code):
        raise Refusal("account-place", N_("工作人员与企业、机构经办的岗位不能互换，请另开账号。"), field="roles")
    account.roles[:] = [held for held in account.roles if held.role in roles]
    account.roles.extend(AccountRole(role=role) for role in sorted(roles - account_roles(account)))
    sessions.end_all(account.id)
    journal.record(
        "change-roles", f"accounts:{account.id}", by=by, roles=sorted(role.value for role in account_roles(account))
    )


def account_roles(account: Account) -> set[Role]:
    """Return the roles an account holds."""
    return {held.role for held in account.roles}


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """An account that is asked for on the administrator's form."""

    name: str
    login: str
    password: str
    roles: frozenset[Role]
    office_code: str | None
    organisation_id: int | None
    id_number: str


def open_from(opening: Opening, *, by: Actor) -> Account:
    """Open an account for staff of an office or an operator of an organisation.

    Refusals `login-taken`, `account-place` (neither or both places), `account-person` (staff without an ID number:
    nobody may meet their own claim under two accounts).
    """
    staff = bool(opening.roles & set(STAFF))
    if staff != bool(opening.office_code) or staff == bool(opening.organisation_id):
        raise Refusal("account-place", N_("工作人员选区县，企业和机构经办选单位，只选一个。"), field="office_code")
    if staff and not opening.id_number:
        raise Refusal(
            "account-person", N_("工作人员要填身份证号：系统据此防止一人多账号办理同一件。"), field="id_number"
        )
    person_id = None
    if opening.id_number:
        number = IdNumber.parse(opening.id_number)
        person_id = add_person(number.text, opening.name, number.born_on, number.sex.value).id
    return open_account(
        opening.name,
        sorted(opening.roles),
        by=by,
        login=opening.login,
        password=opening.password,
        office_code=opening.office_code,
        organisation_id=opening.organisation_id,
        person_id=person_id,
    )


def change_own_password(account: Account, current: str, new: str, *, by: Actor) -> None:
    """Change one's own password; refusal `wrong-password`. Every session ends, this one too."""
    if not passwords.matches(current, account.password_hash):
        raise Refusal("wrong-password", N_("当前密码不正确。"), field="current")
    change_password(account, new, by=by)
