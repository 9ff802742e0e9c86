"""What the demo tells of classes: one ended and claimed with its certificates, one in the middle of its days."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from trainingadmin.certificates.models import Certificate
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import ChangeState, CohortState
from trainingadmin.demo import bureau, classes
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db


def test_one_class_is_claimed_and_another_asks_to_move_a_session(app: Flask) -> None:
    with app.app_context():
        with transaction.unit():
            bureau.open_bureau()
        classes.catalogue()
        classes.class_claimed()
        classes.class_in_training()
        ended, running = db.session.scalars(select(Cohort).order_by(Cohort.id))
        assert (ended.state, running.state) == (CohortState.COMPLETED, CohortState.APPROVED)
        claim = db.session.scalars(select(Claim)).one()
        assert claim.state is ClaimState.ACCEPTED
        entitled = [line for line in db.session.scalars(select(ClaimLine)) if line.entitlement.fen]
        # Two lack hours; one did not pass.
        assert len(entitled) == 17
        assert len(list(db.session.scalars(select(Certificate)))) == 19
        ((change, _),) = cohorts.changes(running.id)
        assert change.state is ChangeState.REQUESTED
        assert change.details["course"] == "考核练习"
