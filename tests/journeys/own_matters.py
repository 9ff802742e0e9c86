"""A bureau in which one officer is somebody's relative, and that somebody's matter at every stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.applications import stage as grants
from tests.factories import Office
from tests.payments import stage as money
from tests.recoveries import stage as back
from trainingadmin.certificates import jobs
from trainingadmin.certificates.models import Certificate
from trainingadmin.claims.models import Claim
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Person, Relative
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.recoveries import actions as recoveries
from trainingadmin.recoveries import queries as orders
from trainingadmin.recoveries.actions import Finding
from trainingadmin.recoveries.models import RecoveryOrder
from trainingadmin.recoveries.states import Cause

TERMS = recoveries.Terms("核查查实。", grants.PAYABLE_ON + timedelta(days=30), money.FUND)


@dataclass
class Scene:
    """A bureau, somebody whose matter it is, and an officer whose relative that is once `declare` was called."""

    office: Office
    somebody: Actor

    def declare(self, login: str, person: Person | None = None) -> Actor:
        """Let an officer declare them a relative."""
        whose = person or grants.person_of(self.somebody)
        with transaction.unit():
            db.session.add(
                Relative(
                    account_id=self.office.accounts[login].id,
                    id_number_index=whose.id_number_index,
                    declared_at=clock.now(),
                )
            )
        return self.office.actor(login)

    def claim(self, *moves: tuple[str, str]) -> Claim:
        """Their claim after some moves."""
        claim = grants.submitted(self.somebody)
        for name, login in moves:
            grants.moved(self.office, claim, name, login, grants.ACCEPTED_ON)
        return claim

    def released(self) -> Any:
        """A batch at the bank that pays them."""
        grants.cleared(self.office, self.somebody)
        money.plan(grants.PAYABLE_ON)
        return money.released(self.office)

    def open_due(self) -> Any:
        """What is owed to them."""
        grants.cleared(self.office, self.somebody)
        money.plan(grants.PAYABLE_ON)
        return money.dues()[0]

    def order(self) -> RecoveryOrder:
        """An order that nobody has issued for what they were paid."""
        grants.paid(self.office, self.somebody)
        return self.draft(self.office.actor("preparer"))

    def draft(self, by: Actor) -> RecoveryOrder:
        """Let somebody draft that order."""
        line = db.session.scalars(select(Claim)).one().lines[0]
        finding = Finding([self.somebody.person_id or 0], Cause.AUDIT)
        with clock.at(grants.PAYABLE_ON), transaction.unit():
            return recoveries.draft_found(orders.of_line(line), finding, TERMS, by=by)

    def issued(self) -> RecoveryOrder:
        """That order, sent out."""
        order = self.order()
        back.issue(self.office, order, on=grants.PAYABLE_ON)
        return order

    def certificate(self) -> Certificate:
        """Their payment certificate."""
        grants.paid(self.office, self.somebody)
        made = db.session.scalars(select(Certificate)).one()
        jobs.render([made.id])
        db.session.expire_all()
        return made
