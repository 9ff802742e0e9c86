"""How dear it is to gather and judge a claim of many people, against the ways it could be read: python -m bench.evidence."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy import event, select

from bench.ratio import fact, interleaved, show
from tests.claims import small
from tests.factories import Office
from trainingadmin import schemes
from trainingadmin.app import create_app
from trainingadmin.attendance.models import Mark
from trainingadmin.claims import actions, evidence
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies import actions as policies
from trainingadmin.registers import queries as registers
from trainingadmin.registers.models import Attestation
from trainingadmin.settings import Settings, write_keys

GOAL = "a constant number of queries"


def main() -> None:
    """Print queries and ratios for cohorts of `--people` and a tenth of them, over `--rounds` rounds in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    with office_in_a_folder() as office:
        actors = {login: office.actor(login) for login in ("enterprise", *dict(small.STAGES).values())}
        few, many = (
            small.cohort_of(office, people, first=first).id
            for people, first in ((given.people // 10, 1_000), (given.people, 10_000))
        )
        count_queries(few, many, given.people)
        compare(many, given.people, given.rounds)
        compare_steps(actors, many, given.people)


def count_queries(few: int, many: int, people: int) -> None:
    """Show how many statements a tenth of the people cost, and all of them."""
    for cohort, number in ((few, people // 10), (many, people)):
        fact(f"queries for {number} people", statements(partial(judge, cohort)), goal=GOAL)


def statements(work: Callable[[], object]) -> int:
    """Return how many SELECTs `work` sends."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.startswith("SELECT") for statement in seen)


def afresh(cohort_id: int) -> Cohort:
    """Return the cohort with nothing remembered from before."""
    db.session.expunge_all()
    return db.session.get_one(Cohort, cohort_id)


def judge(cohort_id: int) -> evidence.Judgement:
    """Gather and judge everybody."""
    return evidence.judge(afresh(cohort_id), small.CLAIMED_ON)


def compare(cohort: int, people: int, rounds: int) -> None:
    """Show gathering and judging beside reading person by person, and beside the bare rows and the bare law."""
    known = judge(cohort)
    ways: dict[str, Callable[[], object]] = {
        "person by person, reads alone": lambda: one_by_one(cohort),
        "gather": lambda: gather(cohort),
        "gather and decide": lambda: judge(cohort),
        "decide alone": lambda: decide(known),
        "gather, decide, freeze, digest": lambda: freeze(judge(cohort)),
        "bare rows": lambda: bare_rows(cohort),
    }
    show(f"a claim of {people} people", interleaved(ways, rounds=rounds), base="person by person, reads alone")


def gather(cohort_id: int) -> None:
    """Gather without judging."""
    evidence.gather(afresh(cohort_id), small.CLAIMED_ON)


def decide(known: evidence.Judgement) -> None:
    """Judge facts that are at hand."""
    for line in known.lines:
        schemes.decide("apprenticeship", line.evidence.facts, known.version)


def freeze(judgement: evidence.Judgement) -> None:
    """Make of every line what an assessment keeps."""
    for line in judgement.lines:
        evidence.digest(evidence.frozen(line, judgement.version))


def one_by_one(cohort_id: int) -> None:
    """Read what the evidence needs as a first version does: for each person anew."""
    firm = afresh(cohort_id).operator_id
    for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort_id)).all():
        db.session.get(Person, enrolment.person_id)
        db.session.get(Result, enrolment.id)
        db.session.scalars(select(Mark).where(Mark.enrolment_id == enrolment.id)).all()
        registers.attested([enrolment.person_id], [firm])
        db.session.scalars(select(ClaimLine).where(ClaimLine.person_id == enrolment.person_id)).all()


def bare_rows(cohort_id: int) -> None:
    """Read the same tables as rows and make nothing of them: the floor."""
    mine = select(Enrolment.id).where(Enrolment.cohort_id == cohort_id)
    persons = select(Enrolment.person_id).where(Enrolment.cohort_id == cohort_id)
    for table, wanted in (
        (Enrolment, Enrolment.cohort_id == cohort_id),
        (Result, Result.enrolment_id.in_(mine)),
        (Mark, Mark.enrolment_id.in_(mine)),
        (Attestation, Attestation.person_id.in_(persons)),
        (ClaimLine, ClaimLine.person_id.in_(persons)),
    ):
        db.session.execute(select(table.__table__).where(wanted)).all()
    db.session.execute(select(Person.id, Person.name, Person.born_on, Person.sex).where(Person.id.in_(persons))).all()


def compare_steps(actors: Mapping[str, Actor], cohort_id: int, people: int) -> None:
    """Show how many statements a whole claim costs, from draft to approval."""
    print(f"\nSELECTs for a claim of {people} people")
    with clock.at(small.CLAIMED_ON):
        with transaction.unit():
            opened: list[Claim] = []
            by = actors["enterprise"]
            fact("open", statements(lambda: opened.append(actions.open_claim(afresh(cohort_id), by=by))))
        for name, login in (("submit", "enterprise"), *small.STAGES):
            with transaction.unit():
                fact(name, statements(partial(actions.move, opened[0], name, by=actors[login])))


@contextmanager
def office_in_a_folder() -> Iterator[Office]:
    """Open an office in a database of its own, gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_keys(folder / "keys" / "secrets.json", demo=True)
        settings = Settings.from_env({"TRAININGADMIN_VAR": name, "TRAININGADMIN_DEMO": "1"})
        app = create_app(
            replace(settings, database_url=f"sqlite:///{folder / 'bench.db'}", redis_url="unix:///nonexistent")
        )
        with app.app_context():
            db.create_all()
            with transaction.unit():
                policies.seed_calendar()
                office = Office.open()
            yield office
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
