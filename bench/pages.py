"""What a list page of fifty rows costs against the smallest answer Flask can give: `python -m bench.pages`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bench import ratio
from trainingadmin.app import create_app
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.cohorts.actions import Plan
from trainingadmin.demo import bureau
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.settings import Settings

ROWS = 50
CALLS = 10
EMPTY = "/password"
PAGES = {
    "signed in, an empty answer": EMPTY,
    "list of filings": "/cohorts/",
    "list of organisations": "/organisations",
    "the desk": "/desk",
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


def main() -> None:
    """Print the ratios and the number of queries."""
    with tempfile.TemporaryDirectory() as folder:
        client = signed_in(Path(folder))
        ways = {"Flask hello": calls(hello(), "/"), **{name: calls(client, path) for name, path in PAGES.items()}}
        timings = ratio.interleaved(ways)
        ratio.show(f"{CALLS} calls, server CPU", timings, base="Flask hello")
        for name, path in PAGES.items():
            cost = timings[name].median / timings["Flask hello"].median
            ratio.fact(f"{name}: cost", f"{cost:.1f} × Flask hello", goal="≤ 2 ×" if path == EMPTY else "≤ 8 ×")
            ratio.fact(f"{name}: queries", queries(client, path), goal="≤ 12")


if __name__ == "__main__":
    main()
