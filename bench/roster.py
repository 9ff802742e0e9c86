"""How dear a roster is from file to committed rows, against only reading it: python -m bench.roster (CPU, children included)."""

from __future__ import annotations

import argparse
import io
import itertools
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import openpyxl
import python_calamine

from bench.ratio import Timing, interleaved, show
from tests.cohorts import rosters, stage
from tests.factories import Office
from trainingadmin.app import create_app
from trainingadmin.cohorts import actions, roster
from trainingadmin.cohorts.models import Cohort, RosterUpload
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.settings import Settings, write_keys

T = TypeVar("T")


def main() -> None:
    """Print ratios for `--people` people over `--rounds` rounds in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    compare_readers(rosters.made_up(given.people), given.rounds)
    with office_in_a_folder() as office:
        compare_import(office, given.people, given.rounds)


def compare_readers(data: bytes, rounds: int) -> None:
    """Show our guarded reader beside the libraries, which guard nothing and tell less of each cell."""
    ways: dict[str, Callable[[], object]] = {
        "openpyxl": lambda: [
            list(row) for row in openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0].values
        ],
        "calamine": lambda: (
            python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        ),
        "ours, in its child": lambda: read_workbook(data),
    }
    show("reading the file", interleaved(ways, rounds=rounds, clock=cpu_seconds), base="openpyxl")


def compare_import(office: Office, people: int, rounds: int) -> None:
    """Show the steps of an import, each round with people nobody has seen before."""
    timings = {name: Timing() for name in ("reading", "reading and judging", "dry run", "import, file to commit")}
    places = itertools.count(1_000, people)
    for turn in range(rounds + 1):
        for name, seconds in one_import(office, rosters.made_up(people, first=next(places)), f"第{turn}班").items():
            if turn:
                timings[name].seconds.append(seconds)
    show(f"a roster of {people} people", timings, base="reading", goal="import ≤ 3 × reading, that is ≥ 0.33")


def one_import(office: Office, data: bytes, title: str) -> dict[str, float]:
    """Return the CPU seconds of each step of taking one file into a new filing."""
    cohort = stage.draft_cohort(office, title=title)
    spent = {
        "reading": timed(lambda: read_workbook(data))[0],
        "reading and judging": timed(lambda: roster.read(read_workbook(data).sheets))[0],
    }
    spent["dry run"], sent = timed(lambda: upload(office, cohort, data))
    spent["import, file to commit"], imported = timed(lambda: enrol(office, sent))
    if not imported:
        raise RuntimeError("nothing was imported")
    return spent


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the CPU seconds that some work took here and in its children, and what it gave."""
    started = cpu_seconds()
    given = work()
    return cpu_seconds() - started, given


def cpu_seconds() -> float:
    """Return the CPU time of this process and of the children that have ended."""
    here, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return here.ru_utime + here.ru_stime + ended.ru_utime + ended.ru_stime


def upload(office: Office, cohort: Cohort, data: bytes) -> RosterUpload:
    """Read a file and keep what was found."""
    with clock.at(stage.FILED_ON), transaction.unit():
        return actions.upload_roster(cohort, "roster.xlsx", data, by=office.actor("enterprise"))


def enrol(office: Office, sent: RosterUpload) -> bool:
    """Import it whole."""
    with clock.at(stage.FILED_ON), transaction.unit():
        return actions.enrol(sent, by=office.actor("enterprise"))


@contextmanager
def office_in_a_folder() -> Iterator[Office]:
    """Open an office in a database that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_keys(folder / "keys" / "secrets.json", demo=True)
        settings = Settings.from_env({"TRAININGADMIN_VAR": name, "TRAININGADMIN_DEMO": "1"})
        app = create_app(replace(settings, redis_url="unix:///nonexistent/valkey.sock"))
        with app.app_context():
            db.create_all()
            with transaction.unit():
                office = Office.open()
            yield office
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
