"""A piece of a page that is kept is the piece that would be written, whoever asks, in whichever language, at whatever place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from flask import Flask, render_template, session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import ChoiceLoader, DictLoader
from jinja2.exceptions import TemplateAssertionError
from markupsafe import Markup

from tests.factories import Office
from trainingadmin.kernel.money import Money
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.templating.kept import Kept

HEAD = """{% from "components/table.html" import table %}{% from "components/state.html" import state %}
{% macro note(text) %}<i>{{ text }}</i>{% endmacro %}"""
TABLE = (
    HEAD
    + """{% call(cell) table([("a", _("名称"), "head")], caption="x") %}{% for row in rows %}ROW{% endfor %}{% endcall %}"""
)
ROW = """<tr><th {{ cell.a }}>{{ row.a }}</th><td>{{ labels[row.b] }}{% if row.c %}{{ row.c | day }}{% endif %}</td>
<td>{{ state(_("状态"), row.d) }}{{ note(row.a) }}<a href="{{ url_for('.show', cohort_id=row.e) }}">{{ row.f | money }}</a></td></tr>"""


class State(StrEnum):
    NEW = "new"
    OLD = "old"


class Row(NamedTuple):
    a: Any = "第1班"
    b: Any = State.NEW
    c: Any = date(2026, 1, 1)
    d: Any = "ok"
    e: Any = 7
    f: Any = Money(400_000)


LABELS = {State.NEW: "新", State.OLD: "旧"}


@pytest.fixture
def templates(app: Flask) -> dict[str, str]:
    """Templates of a test beside those of the house."""
    own: dict[str, str] = {}
    assert app.jinja_env.loader is not None
    app.jinja_env.loader = ChoiceLoader([DictLoader(own), app.jinja_env.loader])
    return own


@pytest.fixture
def show(app: Flask, templates: dict[str, str]) -> Callable[..., str]:
    """Write a template for a request at `at`, in `language`."""

    def written(source: str, at: str = "/cohorts/", language: str = "zh_CN", **values: Any) -> str:
        name = f"test/{len(templates)}.html" if source not in templates.values() else _named(templates, source)
        templates.setdefault(name, source)
        with app.test_request_context(at):
            session["language"] = language
            return render_template(name, **values)

    return written


def _named(templates: dict[str, str], source: str) -> str:
    return next(name for name, known in templates.items() if known == source)


def kept(app: Flask) -> Kept:
    return app.jinja_env.kept  # type: ignore[attr-defined, no-any-return]


def rows(app: Flask, show: Callable[..., str], *found: Any, row: str = ROW, **more: Any) -> str:
    return show(TABLE.replace("ROW", row), rows=found, labels=LABELS, **more)


def plain(app: Flask, monkeypatch: pytest.MonkeyPatch, write: Callable[[], str]) -> str:
    with monkeypatch.context() as patch:
        patch.setattr(kept(app), "find", lambda *_: (None, None))
        return write()


def test_a_row_is_written_once(app: Flask, show: Callable[..., str]) -> None:
    first = rows(app, show, Row(), Row(a="第2班"))
    assert len(kept(app)) == 2
    assert rows(app, show, Row(a="第2班"), Row()).count("<tr>") == first.count("<tr>") == 2
    assert len(kept(app)) == 2
    assert "¥" not in first
    assert "4,000.00" in first
    assert 'href="/cohorts/7"' in first


CHANGES: list[dict[str, Any]] = [
    {"a": "第2班"},
    {"a": 1},
    {"a": True},
    {"a": "<b>"},
    {"a": Markup("<b>")},
    {"b": State.OLD},
    {"c": None},
    {"c": datetime(2026, 1, 1, 20, tzinfo=UTC)},
    {"c": datetime(2026, 1, 1, 15, tzinfo=UTC)},
    {"d": "bad"},
    {"e": 8},
    {"f": Money(1)},
    {"f": None},
]


def test_whatever_a_row_reads_is_told_apart(
    app: Flask, show: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Row(), *(Row()._replace(**change) for change in CHANGES)]
    for row in (*found, *found):
        assert rows(app, show, row) == plain(app, monkeypatch, lambda row=row: rows(app, show, row))  # type: ignore[misc]


@pytest.mark.parametrize("lost", range(6))
def test_a_key_that_forgot_one_thing_would_show_another_row(
    app: Flask, show: Callable[..., str], monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    honest = kept(app).find
    monkeypatch.setattr(kept(app), "find", lambda place, values: honest(place, _without(values, lost)))
    wrong = 0
    for row in (Row(), *(Row()._replace(**change) for change in CHANGES)):
        wrong += rows(app, show, row) != plain(app, monkeypatch, lambda row=row: rows(app, show, row))  # type: ignore[misc]
    assert wrong


def _without(values: tuple[Any, ...], lost: int) -> tuple[Any, ...]:
    assert len(values) == 7  # the cells, and six things that the row shows
    return values[: lost + 1] + values[lost + 2 :]


VALUES = st.one_of(
    st.text(max_size=3), st.booleans(), st.integers(0, 3), st.none(), st.builds(Markup, st.sampled_from(["<b>", "b"]))
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=8))
def test_lists_read_the_same_with_and_without(
    app: Flask, show: Callable[..., str], monkeypatch: pytest.MonkeyPatch, pairs: list[tuple[Any, Any]]
) -> None:
    row = "<tr><td>{{ row[0] }}{% for x in (row[1], row[0]) %}{{ x }}{{ loop.index }}{% endfor %}{{ loop.index }}</td></tr>"
    source = TABLE.replace("ROW", row)
    for _ in range(2):
        assert show(source, rows=pairs) == plain(app, monkeypatch, lambda: show(source, rows=pairs))


def test_each_language_has_its_own(app: Flask, show: Callable[..., str]) -> None:
    said = {language: rows(app, show, Row(), language=language) for language in ("zh_CN", "en", "zh_CN")}
    assert "状态" in said["zh_CN"]
    assert "状态" not in said["en"]
    assert rows(app, show, Row(), language="en") == said["en"]


def test_an_address_within_a_slice_is_that_slices(app: Flask, show: Callable[..., str]) -> None:
    row = "<tr><td>{{ url_for('.index') }}</td></tr>"
    for at in ("/cohorts/", "/claims/", "/cohorts/"):
        assert f"<td>{at}</td>" in rows(app, show, Row(), row=row, at=at)


def test_a_day_in_another_zone_is_not_taken_for_the_same_instant(app: Flask, show: Callable[..., str]) -> None:
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    row = "<tr><td>{{ row.a.isoformat() }}</td></tr>"
    for at in (instant, instant.astimezone(timezone(timedelta(hours=8)))):
        assert at.isoformat() in rows(app, show, Row(a=at), row=row)


@pytest.mark.parametrize(
    "row",
    [
        "<tr>{{ idempotency_key() }}</tr>",
        "<tr>{{ csrf_token() }}{{ row.a }}</tr>",
        "<tr>{% set _x = seen.append(row.a) %}</tr>",
        "<tr>{% set ns.x = row.a %}</tr>",
        '<tr>{% include "layouts/messages.html" %}</tr>',
        "<tr>{{ seen }}</tr>",
        "<tr>{{ row.a * 1.0 if row.a is number else row }}</tr>",
    ],
)
def test_what_may_differ_each_time_is_written_each_time(
    app: Flask, show: Callable[..., str], monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    seen: list[str] = []
    source = "{% set ns = namespace(x=1) %}" + TABLE.replace("ROW", row)
    for _ in range(2):
        show(source, rows=[Row()], seen=seen)
    assert len(kept(app)) == 0
    assert seen in ([], ["第1班"] * 2)


@pytest.mark.parametrize("body", ["{{ csrf_token() }}", "{{ caller() }}", "{% block x %}{% endblock %}", "{{ x.y() }}"])
def test_a_piece_that_must_be_kept_and_cannot_is_no_template(show: Callable[..., str], body: str) -> None:
    with pytest.raises(TemplateAssertionError, match="cannot be kept"):
        show(f"{{% filter kept %}}{body}{{% endfilter %}}")


def test_a_piece_that_must_be_kept_is(app: Flask, show: Callable[..., str]) -> None:
    source = '{% filter kept %}<p>{{ who.name }}{{ _("状态") }}</p>{% endfilter %}{{ again }}'
    one, two = SimpleNamespace(name="<王>"), SimpleNamespace(name="李")
    assert [show(source, who=who, again=at) for at, who in enumerate((one, two, one))] == [
        "<p>&lt;王&gt;状态</p>0",
        "<p>李状态</p>1",
        "<p>&lt;王&gt;状态</p>2",
    ]
    assert len(kept(app)) == 2


def test_numbers_of_people_stay_out_of_it(app: Flask, show: Callable[..., str]) -> None:
    number = "513101199001011237"
    shown = rows(app, show, Row(a=number), row="<tr><td>{{ row.a | masked_id }}</td></tr>")
    assert len(kept(app)) == 1
    assert number not in shown
    assert number not in repr(kept(app)._young)


def test_an_entity_is_not_asked_for_what_is_not_shown(app: Flask, office: Office, show: Callable[..., str]) -> None:
    with transaction.unit():
        entity = db.session.get_one(Organisation, office.enterprise.id)
        shown = rows(
            app, show, entity, row="<tr><td>{{ row.name }}{% if 0 %}{{ row.nothing.at_all }}{% endif %}</td></tr>"
        )
    assert office.enterprise.name in shown
    assert len(kept(app)) == 0


def test_a_page_that_is_being_edited_keeps_nothing(app: Flask, show: Callable[..., str]) -> None:
    app.jinja_env.auto_reload = True
    assert rows(app, show, Row()) == rows(app, show, Row())
    assert len(kept(app)) == 0


def test_it_forgets_what_nobody_asked_for_again() -> None:
    memory = Kept(limit=1000)
    for at in range(1, 1000):
        key, _ = memory.find("place", (at,))
        memory.keep(key, "x" * 100)
        key, text = memory.find("place", (0,))
        if text is None:
            memory.keep(key, "y" * 100)
    assert len(memory) <= 22
    assert memory.find("place", (0,))[1] == "y" * 100
    assert memory.find("place", (1,))[1] is None
