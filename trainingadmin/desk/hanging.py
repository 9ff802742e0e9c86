"""What hangs on a ruling on somebody: their filings, their claims, and the money that was paid for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import CLAIM, LINE, LineState
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import LIFECYCLES
from trainingadmin.desk.queries import mine
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import Due, Payment
from trainingadmin.payments.states import PaymentState
from trainingadmin.plumbing.addresses import address as url_for
from trainingadmin.plumbing.database import db

_MOST = 20


@dataclass(frozen=True, slots=True)
class Hanging:
    """One matter of somebody's: what it is, where it stands, and the sum where there is one."""

    kind: str
    href: str | None
    title: str
    number: str
    state: str
    tone: str
    amount: Money | None = None


def on(actor: Actor, person_id: int | None, organisation_id: int | None) -> list[Hanging]:
    """Return what `actor` may see that hangs on a person or an organisation, the latest first; three queries."""
    return [one for made in (_filings, _claims, _paid) for one in made(actor, person_id, organisation_id)]


def _filings(actor: Actor, person_id: int | None, organisation_id: int | None) -> Iterator[Hanging]:
    about = Cohort.operator_id == organisation_id
    if person_id is not None:
        about = Cohort.id.in_(select(Enrolment.cohort_id).where(Enrolment.person_id == person_id))
    rows = select(Cohort.id, Cohort.title, Cohort.number, Cohort.state, Cohort.scheme)
    seen = rows.where(about, mine(Cohort.office_code, Cohort.operator_id, actor))
    for id_, title, number, state, scheme in db.session.execute(seen.order_by(Cohort.id.desc()).limit(_MOST)):
        labels = LIFECYCLES[scheme]
        href = url_for("cohorts.show", cohort_id=id_)
        yield Hanging(N_("备案"), href, title, number, labels.labels[state], labels.tones[state])


def _claims(actor: Actor, person_id: int | None, organisation_id: int | None) -> Iterator[Hanging]:
    seen = mine(Claim.office_code, Claim.payee_id, actor)
    rows: Any = select(Claim.id, Claim.title, Claim.number, Claim.state, Claim.entitlement).where(
        Claim.payee_id == organisation_id, seen
    )
    words: Any = CLAIM
    if person_id is not None:
        line = select(Claim.id, Claim.title, Claim.number, ClaimLine.state, ClaimLine.entitlement)
        rows, words = (
            line.join(ClaimLine, ClaimLine.claim_id == Claim.id).where(ClaimLine.person_id == person_id, seen),
            LINE,
        )
    for id_, title, number, state, amount in db.session.execute(rows.order_by(Claim.id.desc()).limit(_MOST)):
        href = url_for("claims.show", claim_id=id_)
        yield Hanging(N_("申领"), href, title or number, number, words.labels[state], words.tones[state], amount)


def _paid(actor: Actor, person_id: int | None, organisation_id: int | None) -> Iterator[Hanging]:
    about = Due.payee_id == organisation_id if person_id is None else Due.person_id == person_id
    summed = select(func.count(), func.sum(Payment.amount)).join(Due, Due.id == Payment.due_id)
    paid = summed.where(about, Payment.state == PaymentState.PAID, mine(Due.office_code, Due.payee_id, actor))
    number, amount = db.session.execute(paid).one()
    if number:
        yield Hanging(N_("已付补贴"), None, "", "", LINE.labels[LineState.PAID], "ok", amount)
