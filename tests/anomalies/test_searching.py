"""What the search finds: what the samples hide, each kind by made-up rows, and nothing where all is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from tests.attendance import classes
from tests.attendance import stage as attendance
from tests.cohorts.stage import approved_cohort
from tests.factories import Office
from tests.registers import lists
from tests.sample_files import ATTENDANCE_CSV, ATTENDANCE_XLSX, sample
from trainingadmin.anomalies import actions, queries
from trainingadmin.anomalies.models import Anomaly, AnomalySearch
from trainingadmin.anomalies.states import AnomalyKind, AnomalyState
from trainingadmin.attendance.actions import Entry, record
from trainingadmin.attendance.crediting import clock_minutes
from trainingadmin.attendance.models import MarkStatus, Session, SessionKind
from trainingadmin.classes.models import Score
from trainingadmin.cohorts.models import Cohort, Result
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import Outcome
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers.states import Register

K = AnomalyKind


def search() -> int:
    with clock.at(attendance.IMPORTED_ON), transaction.unit():
        return actions.search()


def found(kind: AnomalyKind | None = None) -> list[Anomaly]:
    rows = select(Anomaly).order_by(Anomaly.id)
    return list(db.session.scalars(rows if kind is None else rows.where(Anomaly.kind == kind)))


def positions(anomaly: Anomaly) -> list[int]:
    return [one.position for one in queries.people(anomaly.id)]


def held(cohort: Cohort, on: date, first: time, last: time, teacher: str = "赵月国") -> Session:
    """A session that is over, of a class's plan as it was agreed to."""
    minutes = clock_minutes(first, last)
    session = Session(
        cohort_id=cohort.id, shift_group="", held_on=on, starts_at=first, ends_at=last, course="制茶", teacher=teacher,
        kind=SessionKind.THEORY, planned_minutes=minutes,
    )  # fmt: skip
    with transaction.unit():
        db.session.add(session)
    return session


def came(office: Office, session: Session, seats: Sequence[int], times: tuple[time, time] | None = None) -> None:
    """Note the people of these numbers as present."""
    ids = [one.id for one in people(session.cohort_id) if one.position in seats]
    entries = [Entry(id_, MarkStatus.PRESENT, *(times or ())) for id_ in ids]
    with clock.at(datetime.combine(session.held_on, time(20), clock.LOCAL)), transaction.unit():
        record(session, entries, by=office.actor("institution"))


@pytest.mark.parametrize(("name", "of_2"), [(ATTENDANCE_XLSX, K.DURING_SHIFT), (ATTENDANCE_CSV, K.OTHER_GROUP)])
def test_the_apprentices_sample_gives_its_flags_and_no_others(office: Office, name: str, of_2: AnomalyKind) -> None:
    cohort = approved_cohort(office)
    attendance.imported(office, attendance.uploaded(office, cohort, name))
    assert search() == 3
    assert {(one.kind, tuple(positions(one))) for one in found()} == {
        (of_2, (2,)),  # only the workbook has the table of shifts
        (K.OUTSIDE_HOURS, (13,)),
        (K.IDENTICAL_SECONDS, (25, 26)),
    }
    (alike,) = found(K.IDENTICAL_SECONDS)
    assert (alike.evidence["facts"]["n"], alike.evidence["facts"]["came"]) == (2, "08:56:27")
    assert [place["position"] for place in alike.evidence["places"]] == [25, 26]


def test_whoever_signs_in_after_their_death_is_found(office: Office) -> None:
    cohort = classes.attended_class(office)
    lists.imported(office, sample(lists.DEATH))
    search()
    (dead,) = found(K.AFTER_DEATH)
    assert (dead.cohort_id, positions(dead), dead.office_code) == (cohort.id, [16], "511824")
    facts = dead.evidence["facts"]
    assert (facts["died"], facts["n"], dead.evidence["places"][0]["day"]) == ("2020-05-16", 10, "2020-05-18")


def test_a_list_that_comes_later_is_looked_at_by_the_next_search(office: Office) -> None:
    classes.attended_class(office)
    with clock.at(attendance.IMPORTED_ON), transaction.unit():
        actions.search_if_new()
        assert actions.search_if_new() == 0
    lists.imported(office, sample(lists.DEATH))
    with clock.at(attendance.IMPORTED_ON), transaction.unit():
        assert actions.search_if_new() == 1
        assert actions.search_if_new() == 0
    assert len(list(db.session.scalars(select(AnomalySearch)))) == 2


def test_what_is_known_is_kept_once_whatever_became_of_it(office: Office) -> None:
    attendance.attended_cohort(office)
    search()
    with transaction.unit():
        found()[0].state = AnomalyState.CLEARED
    assert search() == 0
    assert Counter(one.state for one in found()) == {AnomalyState.OPEN: 2, AnomalyState.CLEARED: 1}


def test_what_nobody_has_looked_at_is_told_as_it_is_now_and_what_was_ruled_on_as_it_was(office: Office) -> None:
    cohort = approved_cohort(office)
    attendance.imported(office, attendance.uploaded(office, cohort))
    search()
    alike, outside = found(K.IDENTICAL_SECONDS)[0], found(K.OUTSIDE_HOURS)[0]
    now = {one.id: one.evidence for one in (alike, outside)}
    for one in (alike, outside):
        with transaction.unit():
            one.evidence = {"facts": {**one.evidence["facts"], "n": 1}, "places": []}
    with transaction.unit():
        actions.move(outside, "refer", by=office.actor("acceptance"), note="已向机构核实")
    assert search() == 0
    db.session.expire_all()
    assert alike.evidence == now[alike.id]
    assert outside.evidence["places"] == [], "the evidence that somebody ruled on stays"
    before = alike.version
    assert search() == 0
    db.session.expire_all()
    assert alike.version == before, "nothing is written where nothing changed"


def test_a_person_in_two_classes_at_once(office: Office) -> None:
    one, other = classes.class_in_training(office, "PX-A"), classes.class_in_training(office, "PX-B", keep=4)
    on = date(2020, 5, 12)
    came(office, held(one, on, time(8, 30), time(11, 30)), [2, 3])
    came(office, held(other, on, time(10), time(12), "高兴云"), [2])
    search()
    (twice,) = found(K.TWO_PLACES)
    assert twice.evidence["facts"] == {"day": "2020-05-12", "minutes": 90}
    assert [place["number"] for place in twice.evidence["places"]] == ["PX-A", "PX-B"]
    assert {one.name for one in queries.people(twice.id)} == {people(one.id)[1].person.name}


@pytest.mark.parametrize("signed", [True, False])
def test_whoever_left_one_class_before_the_other_began_was_in_one_place(office: Office, signed: bool) -> None:
    one, other = classes.class_in_training(office, "PX-A"), classes.class_in_training(office, "PX-B", keep=4)
    on = date(2020, 5, 12)
    came(office, held(one, on, time(8, 30), time(11, 30)), [2], (time(8, 29), time(9, 55)))
    times = (time(10), time(12)) if signed else None
    came(office, held(other, on, time(10), time(12), "高兴云"), [2], times)
    search()
    assert found(K.TWO_PLACES) == []


def test_a_teacher_in_two_classes_at_once(office: Office) -> None:
    one, other = classes.class_in_training(office, "PX-A", keep=6), classes.class_in_training(office, "PX-B", keep=1)
    on = date(2020, 5, 12)
    came(office, held(one, on, time(8, 30), time(11, 30)), [5])
    later = held(other, on, time(11), time(12))
    search()
    assert found(K.TEACHER_TWO_PLACES) == []  # nobody was noted in the other one: it may not have been held
    came(office, later, [1])
    search()
    (twice,) = found(K.TEACHER_TWO_PLACES)
    assert twice.evidence["facts"] == {"teacher": "赵月国", "day": "2020-05-12", "n": 1}


@pytest.mark.parametrize(("keep", "expected"), [(4, 0), (5, 1)])
def test_a_roster_copied_from_another_class(office: Office, keep: int, expected: int) -> None:
    classes.class_in_training(office, "PX-A"), classes.class_in_training(office, "PX-B", keep=keep)
    search()
    copied = found(K.COPIED_ROSTER)
    assert len(copied) == expected
    assert [(one.evidence["facts"], len(queries.people(one.id))) for one in copied] == expected * [
        ({"n": 5, "of": 5, "percent": 100}, 5)
    ]


def everybody_came(office: Office, sessions: int) -> Cohort:
    cohort = classes.class_in_training(office)
    for at in range(sessions):
        session = held(cohort, classes.OPENED_ON + timedelta(days=at), time(8, 30), time(11, 30))
        came(office, session, range(1, 26))
    return cohort


def test_a_class_in_which_nobody_ever_missed_a_minute(office: Office) -> None:
    cohort = everybody_came(office, 10)
    search()
    (perfect,) = found(K.ALL_PERFECT)
    assert (perfect.cohort_id, perfect.evidence["facts"]) == (cohort.id, {"n": 25, "sessions": 10, "perfect": 25})


def test_too_few_sessions_prove_nothing(office: Office) -> None:
    everybody_came(office, 9)
    search()
    assert found(K.ALL_PERFECT) == []


def test_one_who_was_ill_makes_a_class_human(office: Office) -> None:
    classes.attended_class(office)
    search()
    assert found(K.ALL_PERFECT) == []


@pytest.mark.parametrize(("limit", "expected"), [(25, []), (24, [("高兴云", 25)])])
def test_an_assessor_with_more_certificates_than_the_limit(office: Office, limit: int, expected: list[object]) -> None:
    cohort = classes.class_in_training(office)
    limited(office, limit)
    certified(office, [(one.id, "高兴云") for one in people(cohort.id)])
    search()
    told = [one.evidence for one in found(K.MANY_CERTIFICATES)]
    assert [(one["facts"]["assessor"], one["facts"]["n"]) for one in told] == expected
    assert [one["places"][0]["certificates"] for one in told] == [25] * len(expected)


def test_who_taught_them_is_no_assessor(office: Office) -> None:
    cohort = classes.class_in_training(office)
    limited(office, 5)
    with transaction.unit():
        for one in people(cohort.id):
            one.teacher = "赵月国"
            db.session.add(result(one.id, office.actor("institution").id))
    search()
    assert found(K.MANY_CERTIFICATES) == []
    assert queries.without_assessor() == 25


def test_the_sitting_that_was_passed_counts_and_no_earlier_one(office: Office) -> None:
    cohort = classes.class_in_training(office)
    limited(office, 13)
    ids = [one.id for one in people(cohort.id)]
    with transaction.unit():
        db.session.add_all([score(office, id_, "赵月国", passed=number > 14) for number, id_ in enumerate(ids)])
        db.session.add_all([score(office, id_, "高兴云", attempt=2) for id_ in ids[:15]])
        db.session.add_all([result(id_, office.actor("institution").id) for id_ in ids])
    search()
    assert [(one.evidence["facts"]["assessor"], one.evidence["facts"]["n"]) for one in found(K.MANY_CERTIFICATES)] == [
        ("高兴云", 15)
    ]
    assert queries.without_assessor() == 0


def test_marks_of_an_assessment_and_other_limits_are_looked_at_by_the_next_search(office: Office) -> None:
    cohort = classes.class_in_training(office)
    with clock.at(attendance.IMPORTED_ON), transaction.unit():
        actions.search_if_new()
    certified(office, [(one.id, "高兴云") for one in people(cohort.id)])
    for expected in (0, 1):
        with clock.at(attendance.IMPORTED_ON), transaction.unit():
            assert actions.search_if_new() == expected
        if not expected:
            limited(office, 24)


def limited(office: Office, certificates: int) -> None:
    with transaction.unit():
        numbers = {**queries.limits(), "certificates_a_year": certificates}
        actions.set_limits(numbers, "本地标准", by=office.actor("policy"))


def certified(office: Office, examined: Sequence[tuple[int, str]]) -> None:
    with transaction.unit():
        for enrolment_id, assessor in examined:
            db.session.add_all(
                [score(office, enrolment_id, assessor), result(enrolment_id, office.actor("institution").id)]
            )


def score(office: Office, enrolment_id: int, assessor: str, attempt: int = 1, *, passed: bool = True) -> Score:
    return Score(
        enrolment_id=enrolment_id,
        attempt=attempt,
        theory=80,
        practice=80,
        passed=passed,
        examined_on=classes.CLOSED_ON,
        assessor=assessor,
        account_id=office.actor("institution").id,
        at=clock.now(),
    )


def result(enrolment_id: int, account_id: int) -> Result:
    return Result(
        enrolment_id=enrolment_id,
        outcome=Outcome.PASSED,
        certificate_number=f"X{enrolment_id}",
        issued_on=date(2020, 6, 1),
        ended_on=classes.CLOSED_ON,
        entered_by=account_id,
        entered_at=clock.now(),
    )


def spell(number: str, name: str, first: date, last: date, unit: str) -> dict[str, object]:
    return {"id_number": number, "name": name, "from_on": first, "to_on": last, "unit": unit}


@pytest.mark.parametrize(("months", "expected"), [(2, 1), (4, 0)])
def test_somebody_insured_here_and_there_for_a_month_or_two(office: Office, months: int, expected: int) -> None:
    one = people(classes.class_in_training(office).id)[2].person
    first, second = date(2019, 1, 1), date(2019, 8, 1)
    lines = [
        spell(one.id_number, one.name, first, first + timedelta(days=30 * months), "示例甲公司"),
        spell(one.id_number, one.name, second, second + timedelta(days=30 * months), "示例乙公司"),
    ]
    lists.imported(office, lists.made_up(Register.INSURANCE, lines))  # type: ignore[arg-type]
    search()
    assert [one.evidence["facts"]["units"] for one in found(K.INSURANCE_CHURN)] == expected * [2]


def test_nothing_is_found_where_there_is_nothing(office: Office) -> None:
    assert search() == 0
