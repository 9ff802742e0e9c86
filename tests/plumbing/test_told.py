"""The page of a list that is kept is the one that would be written: for its reader, of its values, with new keys in its forms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import ChoiceLoader, DictLoader
from markupsafe import Markup
from sqlalchemy import func, select

from tests.client import Browser
from tests.factories import Office
from trainingadmin.kernel.money import Money
from trainingadmin.people.models import Account
from trainingadmin.plumbing import clock, driver, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.pages import render_kept, said
from trainingadmin.plumbing.templating import told


class State(StrEnum):
    NEW = "new"
    OLD = "old"


class Row(NamedTuple):
    id: int
    sum: Money


@dataclass(frozen=True)
class Line:
    row: Row
    late: bool


def labelled(state: State) -> str:
    return state.value


def key(**values: Any) -> told.Key | None:
    return told.key_of(values)


PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from(["", "a", "new", Markup("a"), *State]),
    st.dates(date(2026, 1, 1), date(2026, 1, 3)), st.builds(Money, st.integers(0, 2)),
)  # fmt: skip
VALUES = st.recursive(
    PLAIN, lambda one: st.one_of(st.lists(one, max_size=2), st.dictionaries(st.sampled_from("ab"), one, max_size=2))
)


def same(one: Any, other: Any) -> bool:
    """Whether two values are written alike: equal, of the same kinds, in the same order."""
    return repr(one) == repr(other)


@given(VALUES, VALUES)
def test_two_keys_are_equal_only_where_the_values_are_written_alike(one: Any, other: Any) -> None:
    assert (key(value=one) == key(value=other)) is same(one, other)


@pytest.mark.parametrize(
    "value",
    [
        Row(1, Money(2)), [Line(Row(1, Money(2)), late=False)], {1, 2}, Counter("aab"), labelled, partial(labelled, State.NEW),
        datetime(2026, 1, 1, tzinfo=UTC), Line,
    ],
)  # fmt: skip
def test_what_cannot_change_has_a_key(value: Any) -> None:
    assert key(value=value) is not None
    assert key(value=value) == key(value=value)


def test_what_may_change_unseen_has_none() -> None:
    elsewhere = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))
    for value in (
        object(),
        lambda: 1,
        Account(name="x", created_at=clock.now()),
        elsewhere,
        {"deep": [object()]},
        iter(()),
    ):
        assert key(value=value) is None


def test_rows_of_the_driver_have_the_key_of_what_they_were_made_of(app: Flask, office: Office) -> None:
    statement = select(Account.id, Account.name).order_by(Account.id)
    with transaction.unit(reads=True):
        _first, one, other = (driver.rows(statement) for _ in range(3))
        assert key(rows=one) == key(rows=other)
    with transaction.unit():
        db.session.get_one(Account, one[0].id).name = "改名"
    with transaction.unit(reads=True):
        assert key(rows=driver.rows(statement)) != key(rows=one)


# Pages ---------------------------------------------------------------------------------------------------------------

PAGE = """{% extends "layouts/desk.html" %}{% block heading %}x{% endblock %}
{% block content %}<b>{{ touch() }}{{ value }}</b><i>{{ actor.name }}</i><a href="{{ url_for('people.security') }}"></a>
<input name="csrf_token" value="{{ csrf_token() }}"><input name="_key" value="{{ idempotency_key() }}">{% endblock %}"""
ASKING = PAGE.replace("{{ value }}", "{{ value }}{{ count() }}")
written: list[int] = []


def touch() -> str:
    written.append(1)
    return ""


def count() -> int:
    return int(db.session.scalar(select(func.count()).select_from(Account)) or 0)


@pytest.fixture
def show(app: Flask, office: Office) -> Callable[..., str]:
    """Open a page as somebody and return it; `written` tells how often it was written."""
    assert app.jinja_env.loader is not None
    app.jinja_env.loader = ChoiceLoader([DictLoader({"x.html": PAGE, "asking.html": ASKING}), app.jinja_env.loader])
    browsers: dict[str, Browser] = {}
    written.clear()

    def open_as(
        login: str, template: str = "x.html", address: str = "/organisations", answered: str = "", **values: Any
    ) -> str:
        more = {"count": count} if template == "asking.html" else {}

        def view() -> str:
            page = render_kept(template, touch=touch, **more, **values)
            if answered:
                said(answered)
            return page

        app.view_functions["people.organisations"] = view
        if login not in browsers:
            browsers[login] = Browser(app)
            browsers[login].sign_in(login)
        return browsers[login].client.get(address).text

    return open_as


def text(page: str) -> str:
    """Return a page without what is new in it each time."""
    return re.sub(r'value="[^"]+"', "", page)


def keys(page: str) -> list[str]:
    return re.findall(r'name="_key" value="([^"]+)"', page)


def test_a_page_is_written_once_while_nothing_changed(show: Callable[..., str]) -> None:
    pages = [show("acceptance", value="v") for _ in range(3)]
    assert text(pages[0]) == text(pages[1]) == text(pages[2])
    assert len(written) == 1


def test_forms_in_a_kept_page_have_keys_of_their_own_each_time(show: Callable[..., str]) -> None:
    pages = [show("acceptance", value="v") for _ in range(3)]
    found = [key for page in pages for key in keys(page)]
    assert len({*found}) == 3
    assert all("\0" not in page for page in pages)
    tokens = re.findall(r'name="csrf_token" value="([^"]+)"', pages[2])
    assert tokens
    assert all(len(token) > 20 for token in tokens)


@pytest.mark.parametrize(
    "other",
    [
        {"value": "w"}, {"login": "first_review"}, {"address": "/organisations?q=1"}, {"value": True}, {"template": "asking.html"},
    ],
)  # fmt: skip
def test_it_is_written_anew_for_another_value_reader_or_address(
    show: Callable[..., str], other: dict[str, Any]
) -> None:
    for _ in range(2):
        show("acceptance", value=1)
    show(**{"login": "acceptance", "value": 1, **other})
    assert len(written) == 2


def test_nobody_gets_the_page_of_another(show: Callable[..., str], office: Office) -> None:
    for login in ("acceptance", "first_review", "acceptance"):
        assert f"<i>{office.accounts[login].name}</i>" in show(login, value="v")


def test_it_is_written_anew_on_another_day_and_in_another_language(show: Callable[..., str]) -> None:
    show("acceptance", value="v")
    with clock.at(clock.now() + timedelta(minutes=1)):
        show("acceptance", value="v")
    assert len(written) == 1
    show("acceptance", value="v", address="/language/en?next=/organisations")
    show("acceptance", value="v")
    assert len(written) == 2


def test_a_page_that_asks_the_database_while_it_is_written_is_not_kept(show: Callable[..., str]) -> None:
    for _ in range(3):
        show("acceptance", "asking.html", value="v")
    assert len(written) == 3


def test_what_the_last_action_answered_is_told_once(show: Callable[..., str]) -> None:
    show("acceptance", value="v")
    show("acceptance", value="v", answered="已保存。")
    assert "已保存。" in show("acceptance", value="v")
    assert "已保存。" not in show("acceptance", value="v")


# What is worked out of rows --------------------------------------------------------------------------------------------


def test_what_is_worked_out_of_rows_is_worked_out_again_when_they_change(app: Flask, office: Office) -> None:
    statement = select(Account.id, Account.name).order_by(Account.id)
    calls: list[int] = []

    @driver.worked_out
    def names(rows: Any, least: int) -> tuple[str, ...]:
        calls.append(1)
        return tuple(row.name for row in rows if row.id >= least)

    def ask(least: int = 0) -> tuple[str, ...]:
        with transaction.unit(reads=True):
            return names(driver.rows(statement), least)

    ask()
    first = [ask() for _ in range(3)]
    before = len(calls)
    assert first[0] == ask()
    assert len(calls) == before
    ask(1_000_000)
    assert len(calls) == before + 1
    with transaction.unit():
        db.session.get_one(Account, 1).name = "改名"
    assert "改名" in ask()
