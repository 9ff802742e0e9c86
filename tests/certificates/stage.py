"""Certificates as the tests need them: ordered, or made by the job itself."""

from __future__ import annotations

from tests.factories import Office, person
from tests.staging import staged
from trainingadmin.certificates import actions, jobs
from trainingadmin.certificates.actions import Order
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.documents import specimen

FROM_PRESS = ("number", "issued_on", "verify_url", "verify_site", "seal", "mark", "mark_on")


def order(office: Office, serial: int = 1, name: str = "王䶮", group: str = "batch:1") -> Order:
    """Return a wish for a payment certificate of one person."""
    holder = person(serial, name)
    content = {field: value for field, value in specimen("payment_certificate").items() if field not in FROM_PRESS}
    content["trainee"] = {"name": name, "id_number": "511824********0012"}
    return Order(
        subject=f"payment:{serial}",
        group=group,
        content=content,
        public={
            "holder": name,
            "id": "511824********0012",
            "project": "企业新型学徒制培训补贴",
            "unit": office.enterprise.name,
            "amount": "4000.00",
        },
        office_code=office.enterprise.office_code,
        holder_person_id=holder.id,
        organisation_id=office.enterprise.id,
    )


@staged
def issued(office: Office, count: int = 1, **kwargs: str) -> list[int]:
    """Order `count` certificates; return their ids."""
    with transaction.unit():
        orders = [order(office, serial, **kwargs) for serial in range(1, count + 1)]
        return actions.issue_many(CertificateKind.PAYMENT, orders, by=office.actor("checker"))


@staged
def sealed(office: Office, count: int = 1) -> list[Certificate]:
    """Order certificates and make them."""
    ids = issued(office, count)
    jobs.render(ids)
    return [db.session.get_one(Certificate, id_) for id_ in ids]
