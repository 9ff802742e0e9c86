"""The made-up bureau: offices, firms, and an account for every role. None of it belongs to anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select

from trainingadmin.kernel.identifiers import IdNumber, credit_check_digit, id_check_digit
from trainingadmin.kernel.roles import CITY, SYSTEM, Actor, Role
from trainingadmin.people import actions, sessions
from trainingadmin.people.models import Account, Organisation
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.policies import actions as policies
from trainingadmin.policies import seeding

PASSWORD = "trainingadmin-demo"  # noqa: S105 - printed on the screen of every demo
DISTRICT = "511824"
OFFICES = (
    (CITY, "雅安市人力资源和社会保障局", "0835-0000000"),
    ("511802", "雨城区人力资源和社会保障局", "0835-0000002"),
    ("511803", "名山区人力资源和社会保障局", "0835-0000003"),
    ("511822", "荥经县人力资源和社会保障局", "0835-0000022"),
    ("511823", "汉源县人力资源和社会保障局", "0835-0000023"),
    (DISTRICT, "石棉县人力资源和社会保障局", "0835-0000024"),
    ("511825", "天全县人力资源和社会保障局", "0835-0000025"),
    ("511826", "芦山县人力资源和社会保障局", "0835-0000026"),
    ("511827", "宝兴县人力资源和社会保障局", "0835-0000027"),
)


@dataclass(frozen=True, slots=True)
class Login:
    """One demo account: how it signs in, who it is, where."""

    login: str
    name: str
    role: Role
    office: str | None = DISTRICT
    organisation: str | None = None


FIRM, FOUNDRY, SCHOOL = "雅安示例机械制造有限公司", "荥经示例铸造有限公司", "石棉示例职业培训学校"
LOGINS = (
    Login("qiye", "王强", Role.ENTERPRISE, None, FIRM),
    Login("qiye2", "周海", Role.ENTERPRISE, None, FOUNDRY),
    Login("jigou", "高兴云", Role.INSTITUTION, None, SCHOOL),
    Login("shouli", "陈晨", Role.ACCEPTANCE),
    Login("chushen", "刘敏", Role.FIRST_REVIEW),
    Login("fushen", "李晓梅", Role.SECOND_REVIEW),
    Login("shenpi", "张宏", Role.APPROVAL),
    Login("zhidan", "赵静", Role.PREPARER),
    Login("fuhe", "孙立", Role.CHECKER),
    Login("zhengce", "郑敏", Role.POLICY, CITY),
    Login("zhengce2", "罗远", Role.POLICY, CITY),
    Login("ducha", "吴刚", Role.SUPERVISOR, CITY),
    Login("admin", "何平", Role.ADMIN, CITY),
    Login("mulu", "谢芳", Role.CATALOGUE, CITY),
    Login("mulu2", "唐勇", Role.CATALOGUE, CITY),
)


def open_bureau() -> None:
    """Create offices, calendar, firms and accounts."""
    policies.seed_calendar()
    seeding.seed()
    policies.assume_weeks_for_demo()
    for office in OFFICES:
        actions.add_office(*office)
    db.session.flush()
    firms = {
        FIRM: _firm(OrganisationKind.ENTERPRISE, "91511824MA0000111L", FIRM, DISTRICT, "0111"),
        FOUNDRY: _firm(OrganisationKind.ENTERPRISE, "91511822MA0000226X", FOUNDRY, "511822", "0226"),
        SCHOOL: _firm(OrganisationKind.INSTITUTION, "52511824MJ0000333R", SCHOOL, DISTRICT, "0333"),
    }
    for serial, login in enumerate(LOGINS):
        person = _staff_person(serial, login.name) if login.office else None
        actions.open_account(
            login.name,
            [login.role],
            by=SYSTEM,
            login=login.login,
            password=PASSWORD,
            office_code=login.office,
            organisation_id=firms[login.organisation].id if login.organisation else None,
            person_id=person,
        )


def _firm(kind: OrganisationKind, code: str, name: str, office: str, tail: str) -> Organisation:
    return actions.register_organisation(
        kind,
        code[:17] + credit_check_digit(code[:17]),
        name,
        office,
        by=SYSTEM,
        payee_account=f"622202000000000{tail}",
        payee_bank="示例银行石棉支行",
        contact="示例联系人",
    )


def _staff_person(serial: int, name: str) -> int:
    first_17 = f"{DISTRICT}{date(1980, 1, 1 + serial):%Y%m%d}00{serial % 10}"
    number = IdNumber.parse(first_17 + id_check_digit(first_17))
    return actions.add_person(number.text, name, number.born_on, number.sex.value).id


def morning(day: date) -> datetime:
    """Return nine in the morning of `day`, or now where that is still to come: nothing is done in the future."""
    return min(datetime.combine(day, time(9), clock.LOCAL), clock.now())


def actor(login: str) -> Actor:
    """Return who signs in with `login`."""
    return sessions.as_actor(db.session.scalars(select(Account).where(Account.login == login)).one())


def organisation(name: str) -> Organisation:
    """Return a firm or school by its name."""
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()
