"""What anomalies leave alone: a class in which all is well, and every claim, whatever is found and whatever is ruled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.anomalies.test_searching import came, certified, held
from tests.attendance import classes
from tests.claims import small
from tests.cohorts.rosters import name, number
from tests.factories import Office
from tests.registers import lists
from trainingadmin.anomalies import actions, queries
from trainingadmin.anomalies.actions import searching
from trainingadmin.anomalies.detecting import DETECTORS, Sighting
from trainingadmin.anomalies.models import Anomaly
from trainingadmin.anomalies.states import AnomalyKind, AnomalyState
from trainingadmin.claims import evidence
from trainingadmin.claims.models import Assessment, Claim, ClaimLine, ClaimStep
from trainingadmin.cohorts.queries import people
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers.states import Register


@pytest.mark.parametrize("detect", DETECTORS, ids=lambda one: one.__name__)
def test_a_class_in_which_all_is_well_gives_nothing(office: Office, detect: Any) -> None:
    """Twelve sessions with somebody ill in each, two teachers in turn, two assessors, people steadily insured."""
    cohort = classes.class_in_training(office)
    everybody = people(cohort.id)
    for at in range(12):
        day, teacher = date(2020, 5, 11) + timedelta(days=at), ("赵月国", "高兴云")[at % 2]
        seats = [one.position for one in everybody if one.position != at + 1]
        came(office, held(cohort, day, time(8, 30), time(11, 30), teacher), seats)
    certified(office, [(one.id, ("考评一", "考评二")[one.position % 2]) for one in everybody])
    steady: list[Mapping[str, Any]] = [
        {"name": one.person.name, "id_number": one.person.id_number, "from_on": date(2019, 1, 1)} for one in everybody
    ]
    lists.imported(office, lists.made_up(Register.INSURANCE, steady))
    lists.imported(office, lists.made_up(Register.DEATH, [stranger()]))
    assert list(detect(queries.limits())) == []


def stranger() -> Mapping[str, Any]:
    """Somebody on a list whom no class knows."""
    return {"name": name(4000), "id_number": number(4000)}


@pytest.mark.parametrize("kind", AnomalyKind)
def test_no_anomaly_ever_changes_a_claim(office: Office, kind: AnomalyKind) -> None:
    """Found, and ruled on in every way, it moves no line, no sum and no judgement, also when the claim is judged anew."""
    claim = small.walked(office, small.cohort_of(office), until="check")
    before = picture(claim)
    whom = {line.enrolment_id or 0: line.person_id for line in claim.lines}
    place = {"cohort": claim.cohort_id, "number": claim.number, "title": claim.title}
    with clock.at(small.CLAIMED_ON), transaction.unit():
        searching._keep(Sighting(kind, "one", claim.office_code, claim.cohort_id or 0, {}, [place], whom))
    found = db.session.scalars(select(Anomaly)).one()
    assert picture(claim) == before
    for move, login in (
        ("confirm", "first_review"),
        ("refer", "first_review"),
        ("uphold", "supervisor"),
        ("refer", "acceptance"),
        ("dismiss", "supervisor"),
    ):
        with clock.at(small.CLAIMED_ON), transaction.unit():
            actions.move(found, move, by=office.actor(login), note="已查")
        assert picture(claim) == before
    assert found.state is AnomalyState.CLEARED


def picture(claim: Claim) -> list[Any]:
    """Everything of a claim that money follows from, and what it would be judged to be now."""
    assert claim.cohort is not None
    db.session.expire_all()
    rows = [
        tuple(row)
        for table in (Claim, ClaimLine, Assessment, ClaimStep)
        for row in db.session.execute(select(*table.__table__.columns).order_by(table.__table__.c.id))
    ]
    with clock.at(small.CLAIMED_ON):
        told = evidence.judge(claim.cohort, claim.claimed_on)
    return [*rows, *(one.decision.to_json() for one in told.lines)]
