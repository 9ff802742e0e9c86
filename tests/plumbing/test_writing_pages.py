"""What our Jinja environment leaves out changes nothing of what a template says, and nothing goes unescaped."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from jinja2 import Environment, UndefinedError
from markupsafe import Markup, escape

from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.templating.environment import once, written
from trainingadmin.plumbing.templating.tables import heads

HOSTILE = "<script>\"'&</script>"


class _Sealed(str):
    """Text of a kind of its own, as an enumeration's values are."""


@pytest.mark.parametrize(
    "value", [HOSTILE, _Sealed(HOSTILE), Markup("<b>") + HOSTILE, 7, 1.5, None, True, Money(5), ["<"], {"a": "<"}]
)
def test_a_value_is_written_as_jinja_writes_it(app: Flask, value: object) -> None:
    source = "{{ value }}{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(value) }}{% set s %}{{ value }}{% endset %}{{ s }}"
    with app.test_request_context():
        assert render_template_string(source, value=value) == Environment(autoescape=True).from_string(source).render(
            value=value
        )
    assert written(value) == escape(value)


def test_values_in_a_sentence_are_escaped(app: Flask) -> None:
    with app.test_request_context():
        said = render_template_string('{{ _("%(name)s，您好", name=name) }}', name=HOSTILE)
        kept = render_template_string('{{ _("%(name)s，您好", name=name) }}', name=Markup("<b>王强</b>"))
    assert said == f"{escape(HOSTILE)}，您好"
    assert kept == "<b>王强</b>，您好"


def test_a_page_may_give_a_name_of_ours_a_meaning_of_its_own(app: Flask) -> None:
    source = "{% macro today(day) %}[{{ day }}]{% endmacro %}{{ today('<') }}{{ icon(name, size=3) }}"
    with app.test_request_context():
        said = render_template_string(source, icon=lambda name, size: name * size, name="<")
    assert said == "[&lt;]&lt;&lt;&lt;"


def test_a_name_of_ours_that_means_nothing_here_is_told(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(UndefinedError, match="icon"):
        render_template_string("{{ icon() }}", icon=app.jinja_env.undefined(name="icon"))


def test_text_and_the_same_text_as_markup_are_not_taken_for_each_other() -> None:
    label = once(lambda text: Markup("<b>{}</b>").format(text))
    assert [label("<"), label(Markup("<")), label("<")] == ["<b>&lt;</b>", "<b><</b>", "<b>&lt;</b>"]


@pytest.mark.parametrize("kind", ["", "num", "narrow", "head", "quiet", "pick"])
def test_heads_of_columns_say_their_labels_escaped(kind: str) -> None:
    told = heads([("a", "<", kind), ("b", Markup("<"))] if kind else [("a", "<"), ("b", Markup("<"))])
    first, second = told.split("\n")
    look = f' class="{kind}"' if kind in ("num", "narrow") else ""
    label = '<span class="hidden">&lt;</span>' if kind in ("quiet", "pick") else "&lt;"
    assert first == f'<th role="columnheader" scope="col"{look}>{label}</th>'
    assert second == '<th role="columnheader" scope="col"><</th>'
