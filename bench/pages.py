"""What a list page of fifty rows costs against the smallest answer Flask can give: `python -m bench.pages`.

With `--all` the demo's bureau too, and every list of it as its first reader sees it. A page that this process wrote for the
same reader is not written again while nothing in it changed, nor is a row, as in production; "written anew" is the same
page at another address each time, of the rows written before, "each row new" the same when no row was either. The ratio of the medians is the
figure; where the machine is busy the ratio of the quickest runs says what the code costs.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bench import ratio
from trainingadmin.app import create_app
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.cohorts.actions import Plan
from trainingadmin.demo import bureau, stories
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.settings import Settings

ROWS = 50
CALLS = 10
EMPTY = "/password"
FILE = "/static/css/desk.css"
PAGES = {
    "signed in, an empty answer": EMPTY,
    "list of filings": "/cohorts/",
    "list of organisations": "/organisations",
    "the desk": "/desk",
}
# Every list, by a login that may read it.
ALL = {
    "qiye": (
        "/cohorts/",
        "/claims/",
        "/attendance/",
        "/certificates",
        "/offers/",
        "/recoveries/",
        "/organisations",
        "/desk",
    ),
    "shouli": (
        "/cohorts/",
        "/claims/",
        "/registers/",
        "/registers/matches",
        "/offers/",
        "/notices",
        "/courses/",
        "/desk",
    ),
    "fuhe": ("/payments/", "/payments/payables", "/ledger/", "/recoveries/", "/calendar/", "/desk"),
    "zhengce": ("/reforms/", "/calendar/", "/desk"),
    "admin": ("/accounts", "/desk"),
    "": ("/public/notices", "/catalogue", "/sign-in"),
}


def hello() -> FlaskClient:
    """The floor: routing, a request, an answer."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app.test_client()


def signed_in(folder: Path) -> FlaskClient:
    """The application with fifty filings, as their enterprise sees them."""
    app = create_app(Settings.from_env({"TRAININGADMIN_VAR": str(folder), "TRAININGADMIN_DEMO": "1"}))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
        db.session.commit()
        with transaction.unit():
            bureau.open_bureau()
        with transaction.unit():
            school, by = bureau.organisation(bureau.SCHOOL).id, bureau.actor("qiye")
            for at in range(ROWS):
                cohorts.file(_plan(f"第{at + 1}班", school), by=by)
    client = app.test_client()
    client.post("/sign-in", data={"login": "qiye", "password": bureau.PASSWORD})
    app.view_functions["people.password"] = lambda: "hello"  # what any page of ours costs before it says anything
    return client


def _plan(title: str, school: int) -> Plan:
    return Plan(title, ("6-18-02-04",), 4, school, date(2026, 1, 1), date(2026, 12, 31), 400, ("示例导师甲",))


def calls(client: FlaskClient, path: str) -> Callable[[], None]:
    """Return ten calls of one page."""

    def work() -> None:
        for _ in range(CALLS):
            assert client.get(path).status_code == 200

    return work


def anew(client: FlaskClient, path: str) -> Callable[[], None]:
    """Return ten calls of one page of which nothing is kept."""

    def work() -> None:
        for _ in range(CALLS):
            client.application.jinja_env.kept.forget()  # type: ignore[attr-defined]  # a `PageEnvironment`
            assert client.get(path).status_code == 200

    return work


def elsewhere(client: FlaskClient, path: str) -> Callable[[], None]:
    """Return ten calls of one page at addresses where nobody was before."""
    turns = itertools.count()

    def work() -> None:
        for _ in range(CALLS):
            assert client.get(f"{path}?turn={next(turns)}").status_code == 200

    return work


def unchanged(client: FlaskClient, path: str) -> Callable[[], None]:
    """Return ten calls of one file that the browser has."""
    known = {"If-None-Match": client.get(path).headers["ETag"]}

    def work() -> None:
        for _ in range(CALLS):
            assert client.get(path, headers=known).status_code == 304

    return work


def queries(client: FlaskClient, path: str) -> int:
    """Count the statements of one page, those that begin transactions left out."""
    counted: list[str] = []
    with client.application.app_context():
        engine = db.engine
    listener = lambda *told: counted.append(told[2])  # noqa: E731 - a counter of its own
    event.listen(engine, "before_cursor_execute", listener)
    client.get(path)
    event.remove(engine, "before_cursor_execute", listener)
    return sum(statement.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE")) for statement in counted)


def everything(folder: Path) -> None:
    """Print what each list of the demo costs its first reader."""
    client = signed_in(folder)
    app = client.application
    with app.app_context():
        for _ in stories.tell_all():
            pass
    floor = {"Flask hello": calls(hello(), "/")}
    for login, paths in ALL.items():
        client = app.test_client()
        if login:
            client.post("/sign-in", data={"login": login, "password": bureau.PASSWORD})
        for path in paths:
            timings = ratio.interleaved({**floor, path: calls(client, path)}, rounds=7)
            page = client.get(path)
            told = f"{page.text.count('<tr')} rows, {len(page.data) // 1024} kB, {queries(client, path)} queries"
            ratio.fact(
                f"{login or 'anybody':<8} {path:<22}", f"{_cost(timings, path)}   {told}", goal="≤ 8 ×, ≤ 12 queries"
            )


def _cost(timings: Mapping[str, ratio.Timing], name: str) -> str:
    page, floor = timings[name], timings["Flask hello"]
    best = min(page.seconds) / min(floor.seconds)
    return f"{page.median / floor.median:.1f} × Flask hello (quickest: {best:.1f} ×)"


def main() -> None:
    """Print the ratios and the number of queries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every list of the demo too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        client = signed_in(Path(folder))
        ways = {"Flask hello": calls(hello(), "/"), **{name: calls(client, path) for name, path in PAGES.items()}}
        ways["list of filings, written anew"] = elsewhere(client, "/cohorts/")
        ways["list of filings, each row new"] = anew(client, "/cohorts/")
        ways["a file that did not change"] = unchanged(client, FILE)
        timings = ratio.interleaved(ways, rounds=21)
        ratio.show(f"{CALLS} calls, server CPU", timings, base="Flask hello")
        goals = {"signed in, an empty answer": "≤ 2 ×", "a file that did not change": "≤ 1.1 ×"}
        for name in ways:
            ratio.fact(f"{name}: cost", _cost(timings, name), goal=goals.get(name, "≤ 8 ×"))
        for name, path in PAGES.items():
            ratio.fact(f"{name}: queries", queries(client, path), goal="≤ 12")
    if options.all:
        with tempfile.TemporaryDirectory() as folder:
            everything(Path(folder))


if __name__ == "__main__":
    main()
