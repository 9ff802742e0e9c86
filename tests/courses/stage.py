"""The sample catalogue and made-up ones, read, imported and published by the product's own actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tests.factories import Office, person
from tests.sample_files import sample
from tests.staging import staged
from trainingadmin.courses import actions, queries
from trainingadmin.courses.models import CatalogueBatch, CatalogueUpload
from trainingadmin.courses.sheet_columns import ITEM_FIELDS, template
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import CITY, Role
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.spreadsheets.writing import Value

CATALOGUE = "catalogue-2020.xlsx"
ENTERED_ON = date(2020, 9, 1)
TEA = "YAZX-2020-001"

_USUAL: Mapping[str, Value] = {
    "batch": "2021-01",
    "document": "示例批次〔2021〕1号",
    "published_on": date(2020, 8, 31),
    "code": "YAZX-2021-001",
    "name": "藤编",
    "version": 1,
    "occupation_code": "",
    "standard": "《藤编专项职业能力考核规范》",
    "theory_hours": 20,
    "practice_hours": 60,
    "hours": 80,
    "assessment": "理论+实操",
    "pass_mark": 60,
    "theory_weight": 30,
    "practice_weight": 70,
    "certificate_type": "专项职业能力证书",
    "subsidy": Money.yuan(1000),
    "groups": "脱贫;农民工",
    "valid_from": date(2020, 9, 1),
    "valid_to": "",
}


def made_up(*lines: Mapping[str, Value]) -> bytes:
    """Return a catalogue as an office would fill the form; what a line does not say is usual."""
    rows: Sequence[Sequence[Value]] = [[{**_USUAL, **line}[field.key] for field in ITEM_FIELDS] for line in lines]
    return template(rows)


@staged
def maintainers(office: Office) -> None:
    """Give the city two maintainers of the catalogue."""
    with transaction.unit():
        for serial, login in enumerate(("catalogue", "catalogue2"), start=960):
            where = {"office_code": CITY, "person_id": person(serial, f"目录员{login[9:]}").id}
            office.add(login, [Role.CATALOGUE], **where)


@staged
def uploaded(office: Office, data: bytes, *, login: str = "catalogue", name: str = "目录.xlsx") -> CatalogueUpload:
    """Read a catalogue without importing it."""
    with clock.at(ENTERED_ON), transaction.unit():
        return actions.upload_catalogue(name, data, by=office.actor(login))


@staged
def imported(office: Office, data: bytes, *, login: str = "catalogue") -> Sequence[CatalogueBatch]:
    """Import a catalogue whole; return its batches."""
    sent = uploaded(office, data, login=login)
    with clock.at(ENTERED_ON), transaction.unit():
        assert actions.import_catalogue(sent, by=office.actor(login))
    return queries.batches_of(sent.id)


@staged
def moved(office: Office, batch: CatalogueBatch, name: str, login: str, note: str = "") -> None:
    """Make one move of a batch."""
    with clock.at(ENTERED_ON), transaction.unit():
        actions.move(batch, name, by=office.actor(login), note=note)


@staged
def published(office: Office, data: bytes | None = None) -> Sequence[CatalogueBatch]:
    """Import a catalogue, the sample unless another is given, and publish every batch of it."""
    batches = imported(office, data or sample(CATALOGUE))
    for batch in batches:
        moved(office, batch, "propose", "catalogue")
        moved(office, batch, "publish", "catalogue2")
    return batches
