"""A demo bureau with a filing at each stage, and what may stand in it in Chinese."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from flask import Flask
from sqlalchemy import Select, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from trainingadmin.certificates import jobs
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState
from trainingadmin.demo import bureau, door, stories
from trainingadmin.kernel.occupations import OCCUPATIONS
from trainingadmin.notices import actions as notices
from trainingadmin.notices.models import Notice
from trainingadmin.notices.states import NoticeState
from trainingadmin.payments import actions as payments
from trainingadmin.payments.models import Batch, Payment
from trainingadmin.payments.states import BatchState, PaymentState
from trainingadmin.people.models import Person
from trainingadmin.plumbing import transaction, translations
from trainingadmin.plumbing.database import Base, db
from trainingadmin.schemes import SCHEMES
from trainingadmin.settings import ROOT

TRAINEE = "孔伟贵"
TOLD: tuple[Callable[[], None], ...] = (
    stories.paid_with_certificates,
    stories.paid_but_one_failed,
    stories.batch_waits_for_its_checker,
    stories.cleared_and_due,
    stories.in_notice,
    stories.claim_up_to(16, "approve"),
    stories.claim_up_to(5, "review"),
    stories.claim_up_to(6, "check"),
    stories.claim_up_to(7, "accept"),
    stories.claim_up_to(8, "submit"),
    stories.refused,
    stories.returned_for_completion,
    stories.in_training,
    door.class_today,
    stories.filing_at(12, "submit"),
    stories.filing_at(13, "accept"),
    stories.filing_at(14, "return"),
    stories.filing_at(15, "draft"),
)


@dataclass
class World:
    """The application of this process on a seeded database; the server of the tests runs on the same one."""

    app: Flask

    @cached_property
    def addresses(self) -> MapAdapter:
        """What addresses lead to."""
        return self.app.url_map.bind("localhost")

    def endpoint(self, path: str) -> str | None:
        """Return which page `path` opens, or None when it is no page of ours that can be opened."""
        try:
            return str(self.addresses.match(path.split("?")[0].split("#")[0], method="GET")[0])
        except HTTPException:
            return None

    @cached_property
    def data(self) -> str:
        """Everything in Chinese that is no text of ours: what people entered, and what the law is called."""
        with self.app.app_context(), transaction.unit(reads=True):
            return "\n".join([*_entered(), *_law(), *_quoted(), *OCCUPATIONS.values()])

    def known(self, run: str) -> bool:
        """Tell whether somebody entered these words, looking again for what came in since."""
        if run not in self.data:
            del self.data
        return run in self.data

    def cohort(self, state: CohortState) -> str:
        """Return the address of the first filing in this state."""
        return f"/cohorts/{self._first(select(Cohort.id).where(Cohort.state == state))}"

    def claim(self, state: ClaimState) -> str:
        """Return the address of the first claim in this state."""
        return f"/claims/{self._first(select(Claim.id).where(Claim.state == state))}"

    def batch(self, state: BatchState) -> str:
        """Return the address of the first batch in this state."""
        return f"/payments/{self._first(select(Batch.id).where(Batch.state == state))}"

    def batch_with_a_failed_line(self) -> str:
        """Return the address of the batch of which the bank returned a line."""
        return (
            f"/payments/{self._first(select(Payment.batch_id.label('id')).where(Payment.state == PaymentState.FAILED))}"
        )

    def _first(self, ids: Select[int]) -> int:
        with self.app.app_context(), transaction.unit(reads=True):
            found = db.session.scalars(ids.order_by("id")).first()
        assert found is not None, f"none in this world: {ids}"
        return found

    def trainee_id_number(self) -> str:
        """Return the ID number of the trainee whom the tests sign in."""
        with self.app.app_context(), transaction.unit(reads=True):
            return db.session.scalars(select(Person).where(Person.name == TRAINEE)).one().id_number


def seed(app: Flask) -> None:
    """Open the bureau, tell the stories, and make one certificate of each kind."""
    with app.app_context():
        with transaction.unit():
            bureau.open_bureau()
        for tell in TOLD:
            tell()
        with transaction.unit(reads=True):
            holder = select(Person.id).where(Person.name == TRAINEE).scalar_subquery()
            mine = select(Certificate.id).where(Certificate.holder_person_id == holder)
            wanted = [mine.where(Certificate.kind == kind).limit(1) for kind in CertificateKind]
            found = [certificate for one in wanted for certificate in db.session.scalars(one)]
        jobs.render(found)
        with transaction.unit():
            payments.plan_dues()
        with transaction.unit():
            notice = db.session.scalars(select(Notice).where(Notice.state == NoticeState.POSTED)).one()
            notices.object_to(notice, 2, "此人未参加培训。", "示例群众", "0835-0000000", address="127.0.0.1")
        db.session.remove()


def _entered() -> Iterator[str]:
    for mapper in Base.registry.mappers:
        for row in db.session.scalars(select(mapper.class_)):
            for value in vars(row).values():
                if isinstance(value, str):
                    yield value
                elif isinstance(value, (dict, list)):
                    yield json.dumps(value, ensure_ascii=False, default=repr)


def _law() -> Iterator[str]:
    for path in sorted((ROOT / "trainingadmin" / "schemes" / "parameters").glob("*.yaml")):
        yield path.read_text()
    for scheme in SCHEMES.values():
        yield from (figure.clause for figure in scheme.parameters.values())
        yield from (condition.clause for condition in scheme.conditions.values())


def _quoted() -> Iterator[str]:
    # Where the English itself quotes what stands in a file: 合格, 成功, a document's name.
    for path in sorted(translations.CATALOGUES.glob("*.po")):
        for message in translations.read(path):
            yield from [message.string] if isinstance(message.string, str) else message.string
