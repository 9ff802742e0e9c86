"""Simulations over stored facts: who gains, who loses, what it costs; shared, cancelled, killed and gone on with."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.factories import Office
from tests.reforms import stage
from trainingadmin.claims.models import Assessment
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.reforms import actions, jobs, queries, simulation
from trainingadmin.reforms.actions import simulating
from trainingadmin.reforms.models import SimulatedLine, Simulation, SimulationPart
from trainingadmin.reforms.states import SimulationState

S = SimulationState


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulating, "PART", 2)


def group(result: dict[str, Any], kind: str, key: str = "") -> list[int]:
    found: list[int] = result["groups"][kind][key]
    return found


def test_it_says_who_loses_and_what_it_costs_by_office_firm_and_month(office: Office) -> None:
    claim = stage.open_claim(office, 5)
    found = stage.simulated(office, stage.drafted(office))
    assert (found.state, found.people) == (S.DONE, 5)
    whole = [5, 0, 5, 6_000_000, 5_000_000]
    for kind, key in (
        ("all", ""),
        ("bound", ""),
        ("office", "511824"),
        ("payee", str(claim.payee_id)),
        ("month", "2022-06"),
    ):
        assert group(found.result, kind, key) == whole
    assert found.result_digest
    rows = db.session.scalars(select(SimulatedLine)).all()
    assert {(row.before, row.after, row.difference, row.bound) for row in rows} == {
        (Money.yuan(12000), Money.yuan(10000), Money.yuan(-2000), True)
    }


def test_it_writes_nothing_but_its_result(office: Office) -> None:
    stage.open_claim(office)
    before = db.session.scalars(select(Assessment.digest)).all()
    stage.simulated(office, stage.drafted(office))
    assert db.session.scalars(select(Assessment.digest)).all() == before


def test_people_of_other_days_and_decided_claims_are_an_estimate_not_bound(office: Office) -> None:
    stage.open_claim(office, 2, first=1, until="approve")
    found = stage.simulated(office, stage.drafted(office))
    assert group(found.result, "all")[simulation.PEOPLE] == 2
    assert "" not in found.result["groups"]["bound"]


def test_a_verdict_that_changes_is_counted_and_names_the_condition(office: Office) -> None:
    stage.open_claim(office, 2)
    found = stage.simulated(office, stage.drafted(office, stage.proposal(annual_rate={"4": 5000})))
    assert found.result["verdicts"] == {"eligible>refused": 2}
    assert set(db.session.scalars(select(SimulatedLine.codes))) == {"level-no-rate"}


def test_with_nothing_stored_it_ends_at_once(office: Office) -> None:
    found = stage.simulated(office, stage.drafted(office))
    assert (found.state, found.people) == (S.DONE, 0)


def test_the_list_of_people_is_narrowed_and_shows_a_district_its_own(office: Office) -> None:
    stage.open_claim(office, 3)
    found = stage.simulated(office, stage.drafted(office))
    with transaction.unit(reads=True):
        for login, kind, number in (
            ("policy", "loses", 3),
            ("policy", "gains", 0),
            ("city", "", 3),
            ("other_office", "", 0),
        ):
            rows = db.session.execute(queries.touched(found.id, office.actor(login), kind=kind, bound=True)).all()
            assert len(rows) == number


@pytest.mark.parametrize("login", ["supervisor", "approval", "admin"])
def test_only_policy_maintainers_simulate_and_cancel(office: Office, login: str) -> None:
    draft = stage.drafted(office)
    with pytest.raises(Refusal, match="move-role"), transaction.unit():
        actions.simulate(draft, by=office.actor(login))
    running = stage.begun(office, draft)
    with pytest.raises(Refusal, match="move-role"), transaction.unit():
        actions.cancel(running, by=office.actor(login))


def test_a_draft_has_one_simulation_at_a_time_and_none_once_it_is_closed(office: Office) -> None:
    draft = stage.drafted(office)
    stage.begun(office, draft)
    with pytest.raises(Refusal, match="simulation-running"):
        stage.begun(office, draft)
    stage.moved(office, draft, "drop", "policy", "撤销")
    with pytest.raises(Refusal, match="draft-ended"):
        stage.begun(office, draft)


def test_cancelled_it_stops_and_has_no_result(office: Office) -> None:
    stage.open_claim(office)
    running = stage.begun(office, stage.drafted(office))
    with transaction.unit():
        actions.prepare(running.id, queries.cuts(stage.SCHEME, 2))
        actions.cancel(running, by=office.actor("policy"))
    jobs.simulate(running.id)
    db.session.expire_all()
    assert (running.state, running.result_digest, running.result) == (S.CANCELLED, None, {})
    with pytest.raises(Refusal, match="simulation-ended"), transaction.unit():
        actions.cancel(running, by=office.actor("policy"))


def state_of(running: Simulation) -> SimulationState:
    """Where it stands now."""
    db.session.expire_all()
    return running.state


def leased(running: Simulation) -> Any:
    with transaction.unit():
        actions.prepare(running.id, queries.cuts(stage.SCHEME, 2))
        return actions.lease_part(running.id)


def test_a_part_whose_worker_died_is_taken_up_once_its_lease_ran_out(office: Office) -> None:
    stage.open_claim(office, 5)
    running = stage.begun(office, stage.drafted(office))
    part = leased(running)
    jobs.simulate(running.id)
    assert state_of(running) is S.RUNNING
    with transaction.unit(reads=True):
        assert queries.judged(running.id) == 3
    with clock.at(clock.now() + simulating.LEASE + timedelta(seconds=1)):
        with transaction.unit():
            assert actions.reconcile() == 1
        jobs.simulate(running.id)
    assert state_of(running) is S.DONE
    assert group(running.result, "all")[simulation.PEOPLE] == 5
    with transaction.unit():
        assert not actions.finish_part(running.id, part, simulation.Judged(simulation.Summary(), []))


def test_a_worker_that_was_given_up_changes_nothing_when_it_wakes(office: Office) -> None:
    stage.open_claim(office, 2)
    running = stage.begun(office, stage.drafted(office))
    late = leased(running)
    with clock.at(clock.now() + simulating.LEASE + timedelta(seconds=1)):
        jobs.simulate(running.id)
    with transaction.unit():
        assert not actions.finish_part(running.id, late, simulation.Judged(simulation.Summary(), []))
    assert len(db.session.scalars(select(SimulatedLine.line_id)).all()) == 2


def test_two_workers_share_the_parts_and_count_nobody_twice(app: Flask, office: Office) -> None:
    stage.open_claim(office, 9)
    running = stage.begun(office, stage.drafted(office)).id

    def work() -> None:
        with app.app_context():
            jobs.simulate(running)
            db.session.remove()

    db.session.rollback()
    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = db.session.get_one(Simulation, running, populate_existing=True)
    assert found.state is S.DONE
    assert group(found.result, "all")[simulation.PEOPLE] == 9
    assert len(db.session.scalars(select(SimulationPart.id)).all()) == 5


def test_its_turn_over_it_lets_others_have_the_worker(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.open_claim(office, 5)
    running = stage.begun(office, stage.drafted(office))
    monkeypatch.setattr(jobs, "TURN", 0.0)
    for turn in range(1, 4):
        jobs.simulate(running.id)
        with transaction.unit(reads=True):
            assert queries.judged(running.id) == min(5, 2 * turn)
    db.session.expire_all()
    assert running.state is S.DONE


def test_cuts_cover_every_line_once(office: Office) -> None:
    stage.open_claim(office, 5)
    with transaction.unit(reads=True):
        runs = queries.cuts(stage.SCHEME, 2)
        assert [people for _, _, people in runs] == [2, 2, 1]
        stored = [one.line_id for first, last, _ in runs for one in queries.stored_facts(stage.SCHEME, first, last)]
    assert len(stored) == len(set(stored)) == 5


def test_facts_that_cannot_be_judged_are_counted_apart() -> None:
    bad = queries.Stored(1, {"nonsense": 1}, "511824", 1, "2022-06", open=True)
    judged = simulation.judge(stage.SCHEME, [bad], (), None)  # type: ignore[arg-type]
    assert (judged.summary.unread, judged.rows) == (1, [])


rows = st.tuples(st.sampled_from("ab"), st.integers(0, 10**9), st.integers(0, 10**9))


@given(st.lists(st.lists(rows, max_size=5), max_size=5))
def test_sums_do_not_depend_on_how_the_work_was_cut(parts: list[list[tuple[str, int, int]]]) -> None:
    cut, whole = [], simulation.Summary()
    for part in parts:
        summary = simulation.Summary()
        for key, before, after in part:
            for one in (summary, whole):
                one.add({"all": "", "office": key}, [1, after > before, after < before, before, after])
        cut.append(summary.to_json())
    assert simulation.total(cut) == simulation.total([whole.to_json()]) == simulation.total(reversed(cut))
