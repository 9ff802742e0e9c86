"""The sample lists of other departments, and made-up ones, imported by the product's own actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tests.factories import Office
from tests.sample_files import sample
from tests.staging import staged
from trainingadmin.kernel.identifiers import credit_check_digit
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.registers import actions
from trainingadmin.registers.models import RegisterList
from trainingadmin.registers.sheet_columns import FIELDS, template
from trainingadmin.registers.states import Register

STATUS = "status-list-脱贫人口-2020.xlsx"
PENSION = "list-养老待遇.xlsx"
DEATH = "list-死亡.xlsx"
INSURANCE = "list-参保.xlsx"
SAMPLES = (STATUS, PENSION, DEATH, INSURANCE)
IMPORTED_ON = date(2020, 7, 1)

SHOP = "92511824MA0000555" + credit_check_digit("92511824MA0000555")
_USUAL: Mapping[Register, Mapping[str, Value]] = {
    Register.STATUS: {"word": "脱贫人口", "from_on": date(2014, 12, 31)},
    Register.PENSION: {"word": "企业职工基本养老保险", "from_on": date(2013, 12, 1)},
    Register.DEATH: {"from_on": date(2020, 5, 16)},
    Register.INSURANCE: {
        "unit": "雅安示例机械制造有限公司",
        "credit_code": "91511824MA0000111L",
        "word": "企业职工基本养老保险",
        "from_on": date(2020, 1, 1),
    },
    Register.BUSINESS: {
        "unit": "石棉示例小吃店",
        "credit_code": SHOP,
        "word": "个体工商户",
        "standing": "存续",
        "from_on": date(2019, 3, 1),
    },
}


def made_up(
    kind: Register, lines: Sequence[Mapping[str, Value]], *, as_of: str = "2020-05-31", department: str = "示例部门"
) -> bytes:
    """Return a list as a department would send it; what a line does not say is usual."""
    rows = [[{**_USUAL[kind], **line}.get(field.key, "") for field in FIELDS[kind]] for line in lines]
    return template(kind, rows, department=department, as_of=as_of)


@staged
def uploaded(
    office: Office, data: bytes, *, login: str = "acceptance", name: str = "名单.xlsx", on: date = IMPORTED_ON
) -> RegisterList:
    """Read a list without importing it."""
    with clock.at(on), transaction.unit():
        return actions.upload_list(name, data, by=office.actor(login))


@staged
def imported(office: Office, data: bytes, *, login: str = "acceptance", on: date = IMPORTED_ON) -> RegisterList:
    """Import a list whole."""
    sent = uploaded(office, data, login=login, on=on)
    with clock.at(on), transaction.unit():
        assert actions.import_list(sent, by=office.actor(login))
    return sent


@staged
def import_samples(office: Office) -> dict[str, RegisterList]:
    """Import the four sample lists."""
    return {name: imported(office, sample(name)) for name in SAMPLES}
