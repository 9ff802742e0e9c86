"""What our Jinja environment leaves out changes nothing of what a template says, and nothing goes unescaped."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from jinja2 import Environment
from markupsafe import Markup, escape

from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.templates import once, written

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


def test_text_and_the_same_text_as_markup_are_not_taken_for_each_other() -> None:
    label = once(lambda text: Markup("<b>{}</b>").format(text))
    assert [label("<"), label(Markup("<")), label("<")] == ["<b>&lt;</b>", "<b><</b>", "<b>&lt;</b>"]
