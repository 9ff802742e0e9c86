"""What the training floor adds to the bureau: people at the door of a class, people trained at their work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.checkins import stage as checkins
from tests.factories import Office
from tests.wages import stage as wages
from trainingadmin.attendance.models import Session
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.queries import people
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.wages.queries import papers as scans_of

if TYPE_CHECKING:
    from tests.house.world import World


def at_the_door(office: Office, world: World, cohort: Cohort) -> None:
    """The trainee in class: scans of the session, a roll-call in it, and a mark that was entered late."""
    with transaction.unit():
        people(cohort.id)[2].person_id = office.accounts["trainee"].person_id or 0
    session = db.session.get_one(Session, world.ids["session_id"])
    scan = checkins.scanned(session, people(cohort.id)[2], checkins.at(9))
    call = checkins.called(office, session, 3)
    entry = checkins.entered_late(office, session, people(cohort.id)[1])
    told = {
        "call_id": call.id,
        "entry_id": entry.id,
        "scan_id": scan.id,
        "token": checkins.token(session, checkins.at(9)),
    }
    world.by_endpoint["checkins"] = told | {"enrolment_id": call.drawn[0]}
    world.asked["checkins.move_late"] = {"move": "decline"}


def at_work(office: Office, world: World) -> None:
    """People trained at work: their wages with a scan, and a sheet with a mistake."""
    cohort = wages.proved(office)
    wrong = wages.sent(office, cohort, wages.wages(changes={0: {"amount": "?"}}))
    world.by_endpoint["wages"] = {
        "cohort_id": cohort.id,
        "enrolment_id": people(cohort.id)[0].id,
        "upload_id": wrong.id,
        "paper_id": scans_of(cohort.id)[0].id,
        "month": "2020-06",
    }
    returned = wages.returned(office, wages.roster(2, first=50))
    world.by_endpoint["wages.letter"] = {"cohort_id": returned.id, "step_id": returned.steps[-1].id}
