"""What scans of codes give away becomes an anomaly, each once, with whom it is about."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tests.checkins import stage
from tests.checkins.stage import at
from tests.factories import Office
from trainingadmin.anomalies import actions, queries
from trainingadmin.anomalies.models import Anomaly
from trainingadmin.anomalies.states import AnomalyKind
from trainingadmin.checkins.phones import Place
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

K = AnomalyKind
CLASS, AWAY = Place(29_228_300, 102_359_100, 15), Place(29_340_000, 102_359_100, 15)


def found() -> dict[AnomalyKind, Anomaly]:
    with clock.at(date(2020, 8, 11)), transaction.unit():
        actions.search()
    return {one.kind: one for one in db.session.scalars(select(Anomaly))}


def names(anomaly: Anomaly) -> list[str]:
    return [one.name for one in queries.people(anomaly.id)]


def test_an_ordinary_class_gives_nothing(office: Office) -> None:
    cohort, session = stage.class_of(office)
    stage.attended(session, stage.roster(cohort))
    assert found() == {}


def test_a_code_that_was_a_little_old_is_no_anomaly_and_one_that_was_kept_is(office: Office) -> None:
    cohort, session = stage.class_of(office)
    first, second, *_ = stage.roster(cohort)
    stage.scanned(session, first, at(9, 4), letters=stage.token(session, at(9)))
    assert found() == {}
    stage.scanned(session, second, at(9, 20), letters=stage.token(session, at(9)))
    stage.scanned(session, second, at(9, 20), letters=stage.token(session, at(9, 50)))
    told = found()
    assert (set(told), names(told[K.BAD_CODE])) == ({K.BAD_CODE}, [second.person.name])
    assert told[K.BAD_CODE].evidence["facts"]["n"] == 2


def test_one_phone_for_two_people(office: Office) -> None:
    cohort, session = stage.class_of(office)
    first, second, *_ = stage.roster(cohort)
    stage.scanned(session, first, at(8, 55), device="one")
    stage.scanned(session, second, at(8, 56), device="one")
    told = found()
    assert set(told) == {K.ONE_DEVICE}
    assert names(told[K.ONE_DEVICE]) == [first.person.name, second.person.name]
    assert told[K.ONE_DEVICE].evidence["facts"]["day"] == "2020-08-10"
    assert found() == told


def test_somebody_far_from_the_class(office: Office) -> None:
    cohort, session = stage.class_of(office)
    for number, one in enumerate(stage.roster(cohort)):
        stage.scanned(session, one, at(8, 50, 10 * number), place=AWAY if number == 3 else CLASS)
    told = found()
    assert set(told) == {K.FAR_APART}
    assert len(names(told[K.FAR_APART])) == 1


def test_codes_of_another_class(office: Office) -> None:
    cohort, session = stage.class_of(office)
    first = stage.roster(cohort)[0]
    stage.scanned(session, first, at(8, 55), letters="nonsense")
    told = found()
    assert (set(told), names(told[K.BAD_CODE])) == ({K.BAD_CODE}, [first.person.name])
    assert told[K.BAD_CODE].evidence["facts"] == {"day": "2020-08-10", "n": 1, "times": "08:55:00"}
