"""The smallest real bureau: offices, people, accounts and firms, made by the product's own actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tests.client import PASSWORD
from trainingadmin.kernel.identifiers import IdNumber, id_check_digit
from trainingadmin.kernel.roles import CITY, REVIEWERS, SYSTEM, Actor, Role
from trainingadmin.people import actions, sessions
from trainingadmin.people.models import Account, Organisation, Person
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing.database import db

DISTRICT = "511824"
FIRM, OTHER_FIRM, SCHOOL = "雅安示例机械制造有限公司", "荥经示例铸造有限公司", "石棉示例职业培训学校"
STAFF_ROLES = (*REVIEWERS, Role.PREPARER, Role.CHECKER, Role.POLICY, Role.SUPERVISOR, Role.ADMIN)


def id_number(serial: int, born_on: date = date(1985, 6, 1), region: str = "511824") -> str:
    """Return a valid ID number that belongs to nobody (serials under 1000)."""
    first_17 = f"{region}{born_on:%Y%m%d}{serial:03d}"
    return first_17 + id_check_digit(first_17)


def person(serial: int, name: str = "测试人", born_on: date = date(1985, 6, 1), phone: str | None = None) -> Person:
    """Return a person, created if new."""
    number = IdNumber.parse(id_number(serial, born_on))
    return actions.add_person(number.text, name, number.born_on, number.sex.value, phone=phone)


@dataclass
class Office:
    """The bureau of the samples: 石棉县, its staff (login = role), one firm, one institution, a neighbour."""

    enterprise: Organisation
    institution: Organisation
    other_enterprise: Organisation
    accounts: dict[str, Account]

    @classmethod
    def open(cls) -> Office:
        """Create everything; call inside a transaction."""
        actions.add_office(CITY, "雅安市人力资源和社会保障局", "0835-0000000")
        actions.add_office(DISTRICT, "石棉县人力资源和社会保障局", "0835-0000024")
        actions.add_office("511822", "荥经县人力资源和社会保障局", "0835-0000022")
        db.session.flush()
        enterprise = _firm("91511824MA0000111L", FIRM, DISTRICT, "6222020000000000017")
        other = _firm("91511822MA0000226X", OTHER_FIRM, "511822", "6222020000000000025")
        institution = actions.register_organisation(
            OrganisationKind.INSTITUTION, "52511824MJ0000333R", SCHOOL, DISTRICT, by=SYSTEM
        )
        office = cls(enterprise=enterprise, institution=institution, other_enterprise=other, accounts={})
        for serial, role in enumerate(STAFF_ROLES, start=900):
            office.add(role.value, [role], office_code=DISTRICT, person_id=person(serial, f"{role.value}员").id)
        office.add("enterprise", [Role.ENTERPRISE], organisation_id=enterprise.id)
        office.add("other_enterprise", [Role.ENTERPRISE], organisation_id=other.id)
        office.add("institution", [Role.INSTITUTION], organisation_id=institution.id)
        office.add("other_office", [Role.ACCEPTANCE], office_code="511822")
        office.add("city", [Role.SUPERVISOR], office_code=CITY)
        return office

    @classmethod
    def found(cls) -> Office:
        """Return the office that was opened in this database before."""
        firms = {firm.name: firm for firm in db.session.scalars(select(Organisation))}
        accounts = db.session.scalars(select(Account).order_by(Account.id))
        return cls(
            enterprise=firms[FIRM],
            institution=firms[SCHOOL],
            other_enterprise=firms[OTHER_FIRM],
            accounts={account.login: account for account in accounts if account.login},
        )

    def add(self, login: str, roles: list[Role], **where: object) -> Account:
        """Open one more account with the tests' password."""
        account = actions.open_account(login, roles, login=login, password=PASSWORD, by=SYSTEM, **where)  # type: ignore[arg-type]
        self.accounts[login] = account
        return account

    def actor(self, login: str) -> Actor:
        """Return the actor behind a login."""
        return sessions.as_actor(self.accounts[login])


def _firm(code: str, name: str, office_code: str, account: str) -> Organisation:
    return actions.register_organisation(
        OrganisationKind.ENTERPRISE,
        code,
        name,
        office_code,
        by=SYSTEM,
        payee_account=account,
        payee_bank="示例银行石棉支行",
    )
