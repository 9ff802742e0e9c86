"""What other departments sent the demo's bureau: who is insured, who draws a pension, who died, who founded what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select

from trainingadmin.cohorts.models import Enrolment
from trainingadmin.demo import bureau, rosters
from trainingadmin.demo.bureau import actor
from trainingadmin.demo.rosters import Apprentice
from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.identifiers import credit_check_digit
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.registers import actions
from trainingadmin.registers.sheet_columns import FIELDS, template
from trainingadmin.registers.states import Register

FOUNDERS, STRANGERS = 60, 61
_INSURERS, _CIVIL, _POVERTY, _MARKET = (
    "社会保险经办机构（示例）",
    "民政、公安部门（示例）",
    "县农业农村局（示例）",
    "县市场监管局（示例）",
)
_EMPLOYEES, _RESIDENTS = "企业职工基本养老保险", "城乡居民基本养老保险"
Line = dict[str, Value]


def sent_by_others() -> None:
    """Lists of the end of last month, and a pensioners' list of the year before that they took the place of."""
    today = clock.today()
    as_of = today.replace(day=1) - timedelta(days=1)
    import_list(Register.PENSION, _INSURERS, add_months(as_of, -12), _pensioners(as_of)[:4])
    import_list(Register.PENSION, _INSURERS, as_of, _pensioners(as_of))
    import_list(Register.DEATH, _CIVIL, as_of, _dead(as_of))
    import_list(Register.INSURANCE, _INSURERS, as_of, _insured(as_of))
    poor: Line = {"word": "脱贫人口", "from_on": date(2015, 12, 31), "origin": _POVERTY}
    import_list(Register.STATUS, _POVERTY, as_of, [_person(one, **poor) for one in founders()])
    import_list(Register.BUSINESS, _MARKET, as_of, businesses(today, as_of))


def founders() -> list[Apprentice]:
    """Return the made-up founders of small businesses."""
    return rosters.apprentices(FOUNDERS, 5)


def import_list(kind: Register, department: str, as_of: date, lines: Sequence[Line]) -> None:
    """Import a list as a department sent it."""
    rows = [
        [{**line, "position": str(at)}.get(field.key, "") for field in FIELDS[kind]] for at, line in enumerate(lines, 1)
    ]
    data = template(kind, rows, department=department, as_of=as_of.isoformat())
    with clock.at(bureau.morning(as_of + timedelta(days=1))), transaction.unit():
        by = actor("shouli")
        actions.import_list(actions.upload_list(f"{department}-{as_of}.xlsx", data, by=by), by=by)


def _person(one: Apprentice, **more: Value) -> Line:
    return {"name": one.name, "id_number": one.id_number, **more}


def _pensioners(as_of: date) -> list[Line]:
    """Strangers, then an apprentice's number under another name, then an apprentice who is one."""
    usual: Line = {"word": _RESIDENTS, "from_on": add_months(as_of, -40), "standing": "正常领取"}
    strangers = [_person(one, **usual) for one in rosters.apprentices(STRANGERS, 6)]
    mistaken = _person(rosters.apprentices(12, 2)[1], **usual) | {"name": "何建明"}
    drawing = _person(rosters.apprentices(13, 3)[2], **usual)
    return [*strangers, mistaken, drawing]


def _dead(as_of: date) -> list[Line]:
    """Strangers, and an apprentice who is still in training, by the old number."""
    strangers = [_person(one, from_on=as_of - timedelta(days=9)) for one in rosters.apprentices(STRANGERS, 3)]
    one = rosters.apprentices(11, 5)[4]
    old = one.id_number[:6] + one.id_number[8:17]
    return [*strangers, _person(one, from_on=as_of - timedelta(days=20)) | {"id_number": old}]


def _insured(as_of: date) -> list[Line]:
    """Every apprentice, insured by the firm since the contract; one of a new filing by somebody else."""
    firm, other = bureau.organisation(bureau.FIRM), bureau.organisation(bureau.FOUNDRY)
    elsewhere = rosters.apprentices(12, 4)[3].id_number
    since = select(Person.name, Person.id_number, func.min(Enrolment.contract_from)).join(Enrolment)
    with transaction.unit(reads=True):
        found = db.session.execute(since.group_by(Person.id).order_by(Person.id)).all()
    units = {True: (other.name, other.credit_code), False: (firm.name, firm.credit_code)}
    return [
        {
            "name": name,
            "id_number": number,
            "unit": units[number == elsewhere][0],
            "credit_code": units[number == elsewhere][1],
            "word": _EMPLOYEES,
            "from_on": min(contract_from or as_of, as_of.replace(day=1)),
            "standing": "正常",
        }
        for name, number, contract_from in found
    ]


def businesses(today: date, as_of: date) -> list[Line]:
    """Shops of the founders: open for more than a year, nearly a year, too long ago, closed, and one applied for."""
    opened = (
        add_months(today, -14),
        add_months(today, -12) + timedelta(days=20),
        add_months(today, -60),
        add_months(today, -20),
        add_months(today, -16),
    )
    names = ("示例豆花店", "示例修车铺", "示例理发店", "示例茶叶店", "示例小吃店")
    return [
        _person(one, founder="是", unit=f"石棉县{name}", credit_code=_code(at), word="个体工商户", from_on=day)
        | {"standing": "注销" if at == 3 else "存续", "to_on": as_of if at == 3 else None, "industry": "居民服务业"}
        for at, (one, name, day) in enumerate(zip(founders(), names, opened, strict=True))
    ]


def _code(at: int) -> str:
    first_17 = f"92511824MA0000{at:03d}"
    return first_17 + credit_check_digit(first_17)
