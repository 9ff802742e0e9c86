"""Jobs take ids and nothing else, on queues that a worker listens to; pages load nothing from elsewhere."""

from __future__ import annotations

import ast
import importlib
import re
import typing
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.house.scan import PACKAGE, ROOT, dotted, files, name_of, parsed
from trainingadmin.plumbing import queue

IDS: tuple[Any, ...] = (int, Sequence[int], list[int])
JOB_PATH = re.compile(r"trainingadmin\.\w+\.jobs\.\w+")
OWN_STATIC = ("static/css", "static/js")
FOREIGN = re.compile(r"""(?:src|href|action|url\(|import|fetch\()\s*=?\s*["'(]?\s*(?:https?:)?//""")


def job_modules() -> Iterator[tuple[str, dict[str, Callable[..., object]]]]:
    """Yield every module of jobs with its public functions."""
    for file in sorted(PACKAGE.glob("*/jobs.py")):
        name = f"trainingadmin.{file.parent.name}.jobs"
        module = importlib.import_module(name)
        own = {key: value for key, value in vars(module).items() if getattr(value, "__module__", "") == name}
        yield name, {key: value for key, value in own.items() if callable(value) and not key.startswith("_")}


def takes_more_than_ids(job: Callable[..., object]) -> list[str]:
    """Name the parameters of a job that are not ids."""
    hints = typing.get_type_hints(job)
    return [name for name, hint in hints.items() if name != "return" and hint not in IDS]


def rung(tree: ast.AST) -> Iterator[tuple[int, str | None]]:
    """Yield line and queue of every ring; None where the queue is not written out as a name or text."""
    constants = {
        target.id: str(node.value.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and dotted(node.func).split(".")[-1] in {"ring", "ring_after_commit"}
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield node.lineno, str(first.value)
            else:
                yield node.lineno, constants.get(dotted(first))


def test_every_job_takes_ids_only() -> None:
    wrong = [
        f"{module}.{name}: {more}"
        for module, jobs in job_modules()
        for name, job in jobs.items()
        if (more := takes_more_than_ids(job))
    ]
    assert not wrong, f"{wrong}: what a job is to work on lies in a row; pass its id (int or a list of them)."


def test_every_queue_that_is_rung_is_one_the_worker_serves() -> None:
    unheard = [
        f"{name_of(file)}:{line} {name}"
        for file in files("trainingadmin")
        if file.name != "queue.py"
        for line, name in rung(parsed(file))
        if name not in queue.QUEUES
    ]
    assert not unheard, f"{unheard}: name one of plumbing.queue.QUEUES, or add it there; the worker listens to these."


def test_the_worker_serves_every_queue() -> None:
    assert "queue.QUEUES" in (PACKAGE / "worker.py").read_text(), (
        "The worker listens to plumbing.queue.QUEUES, all of them."
    )


def test_every_job_that_is_named_exists() -> None:
    known = {f"{module}.{name}" for module, jobs in job_modules() for name in jobs}
    named = {found for file in files("trainingadmin") for found in JOB_PATH.findall(file.read_text())}
    assert named <= known, f"{named - known}: no such function; a worker would fail to import it."
    assert known <= named, f"{known - named}: nobody asks for this job; take it away."


def foreign(text: str) -> list[str]:
    """Return what a page, style or script would load from another site."""
    return FOREIGN.findall(text)


def test_pages_styles_and_scripts_load_nothing_from_elsewhere() -> None:
    places = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.css")]
    places += [file for folder in OWN_STATIC for file in (PACKAGE / folder).rglob("*.*")]
    asking = [name_of(file) for file in sorted(places) if foreign(file.read_text())]
    assert len(places) > 50
    assert not asking, (
        f"{asking}: vendor the file (frontend/) and use static('…'); our policy blocks other sites anyway."
    )


@pytest.mark.parametrize(
    "text",
    ['<script src="https://cdn.example/x.js">', "<link href='//cdn.example/x.css'>", "a { background: url(http://x/y.png) }",
     '@import "https://x/y.css"', 'fetch("https://x")'],
)  # fmt: skip
def test_a_foreign_address_would_be_found(text: str) -> None:
    assert foreign(text)


def test_an_own_address_is_left_alone() -> None:
    assert not foreign('<a href="/v">{{ static(\'x.js\') }}</a> <svg xmlns="http://www.w3.org/2000/svg">')


def test_a_job_that_takes_data_would_be_found() -> None:
    def good(certificate_ids: Sequence[int], limit: int) -> None: ...

    def bad(certificate_id: int, name: str) -> None: ...

    assert takes_more_than_ids(good) == []
    assert takes_more_than_ids(bad) == ["name"]


def test_an_unheard_queue_would_be_found() -> None:
    tree = ast.parse('Q = "documents"\nring_after_commit(Q, J, x)\nbell.ring("letters", J, x)\nbell.ring(f(), J, x)')
    assert [name for _, name in rung(tree)] == ["documents", "letters", None]
