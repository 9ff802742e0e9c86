"""What every template keeps to: one shape, strict CSP, all text through gettext, nothing unescaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from jinja2.ext import extract_from_ast, i18n
from jinja2.lexer import Token

from trainingadmin.settings import ROOT

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "trainingadmin" / "static"
FURNITURE = {"layouts", "components", "errors", "documents"}
ALL = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
ON_SCREEN = [name for name in ALL if not name.startswith("documents/")]
PAGES = [name for name in ALL if name.split("/")[0] not in FURNITURE]
COMPONENTS = [name for name in ALL if name.startswith("components/")]
CHINESE = re.compile(r"[\u3007\u3400-\u9fff\uff01-\uff5e\u3001-\u3011]")
LANGUAGE_NAMES = {"中文"}
ENVIRONMENT = Environment(extensions=[i18n], autoescape=True)

every_template = pytest.mark.parametrize("name", ON_SCREEN)


@cache
def _source(name: str) -> str:
    return (TEMPLATES / name).read_text()


@cache
def _markup(name: str) -> str:
    """The source without comments, each Jinja tag and expression in place."""
    return re.sub(r"\{#.*?#\}", "", _source(name), flags=re.DOTALL)


def _tree(name: str) -> nodes.Template:
    return ENVIRONMENT.parse(_source(name), name=name)


def _tokens(name: str) -> list[Token]:
    return [
        token
        for token in ENVIRONMENT._tokenize(_source(name), name)
        if token.type not in {"whitespace", "linestatement_begin"}
    ]


@every_template
def test_parses_and_reaches_only_templates_that_exist(name: str) -> None:
    for node in _tree(name).find_all((nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import)):
        assert isinstance(node.template, nodes.Const), "template names are written out"  # type: ignore[attr-defined]
        assert node.template.value in ALL  # type: ignore[attr-defined]


@every_template
def test_is_short_enough_to_read(name: str) -> None:
    assert _source(name).count("\n") <= 120


FORBIDDEN: dict[str, str] = {
    "an inline style": r"\sstyle\s*=",
    "a style sheet in the page": r"<style",
    "a script in the page": r"<script(?![^>]*\bsrc=)",
    "an inline handler": r"<[a-z][^>]*\son[a-z]+\s*=",
    "a script address": r"javascript:",
    "script in an htmx attribute": r"hx-on|hx-(?:vals|headers)[^=]*=.js:|hx-trigger=\"[^\"]*\[",
    "unescaped text": r"\|\s*safe\b|\bMarkup\b|autoescape\s+false",
    "an unquoted attribute": r"=\{\{",
    "a foreign address": r"(?:src|href|action)=\"(?:https?:)?//",
}


@every_template
@pytest.mark.parametrize("what", FORBIDDEN)
def test_has_nothing_that_the_policy_or_escaping_would_miss(name: str, what: str) -> None:
    found = re.search(FORBIDDEN[what], _markup(name))
    assert found is None, what


@every_template
def test_says_nothing_in_chinese_outside_gettext(name: str) -> None:
    assert list(_untranslated(name)) == []


def _untranslated(name: str) -> Iterator[str]:
    before: list[str] = ["", ""]
    for token in _tokens(name):
        if token.type == "data" and CHINESE.search(_readable(token.value)):
            yield f"line {token.lineno}: {token.value.strip()[:40]}"
        if token.type == "string" and _needs_gettext(token.value) and not _is_argument_of_gettext(before):
            yield f"line {token.lineno}: {token.value}"
        before.append(token.value)


def _readable(text: str) -> str:
    """Punctuation between two texts is written the same in both languages."""
    return re.sub(r"[（）：；、，]", "", text)


def _needs_gettext(string: str) -> bool:
    return bool(CHINESE.search(_readable(string))) and string.strip("'\"") not in LANGUAGE_NAMES


def _is_argument_of_gettext(before: list[str]) -> bool:
    if before[-2] in {"_", "gettext"} and before[-1] == "(":
        return True
    return "ngettext" in before[-4:] and before[-1] in {"(", ","}


@every_template
def test_doubles_each_percent_sign_in_its_texts(name: str) -> None:
    for line, _function, messages in extract_from_ast(_tree(name)):
        for message in messages if isinstance(messages, tuple) else (messages,):
            assert not re.search(r"%(?!\(\w+\)s|%)", re.sub("%%", "", message or "")), f"line {line}: {message}"


@every_template
def test_uses_only_icons_of_the_sprite_and_static_files_that_exist(name: str) -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    for function, known in (("icon", drawn.__contains__), ("static", lambda path: (STATIC / path).is_file())):
        unknown = [value for value in _first_arguments(name, function) if not known(value)]
        assert unknown == []


def _first_arguments(name: str, function: str) -> Iterator[str]:
    for call in _tree(name).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == function and call.args:
            first = call.args[0]
            if isinstance(first, nodes.Const):
                yield first.value


@every_template
def test_forms_that_change_something_come_from_a_component_or_carry_the_token(name: str) -> None:
    if re.search(r"<form[^>]*method=\"post\"", _markup(name)):
        assert "csrf_token()" in _markup(name)


@pytest.mark.parametrize("name", PAGES)
def test_pages_lie_in_the_folder_of_a_slice_and_extend_a_layout(name: str) -> None:
    slice_ = ROOT / "trainingadmin" / name.split("/")[0]
    assert (slice_ / "views.py").is_file() or (slice_ / "views" / "__init__.py").is_file()
    parents = [
        node.template.value for node in _tree(name).find_all(nodes.Extends) if isinstance(node.template, nodes.Const)
    ]
    own = ("layouts/", f"{name.split('/')[0]}/")
    assert _is_piece(name) or (len(parents) == 1 and parents[0].startswith(own))


def _is_piece(name: str) -> bool:
    """A slice may keep macros of its own, and pieces that its pages include."""
    kinds = {type(node) for node in _tree(name).body if not (isinstance(node, nodes.Output) and _is_blank(node))}
    return name in _included() or kinds <= {nodes.Macro, nodes.FromImport, nodes.Import}


@cache
def _included() -> set[str]:
    return {
        node.template.value
        for name in ON_SCREEN
        for node in _tree(name).find_all(nodes.Include)
        if isinstance(node.template, nodes.Const)
    }


def _is_blank(node: nodes.Output) -> bool:
    return all(isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes)


@pytest.mark.parametrize("name", PAGES)
def test_pages_leave_the_only_first_heading_to_the_layout(name: str) -> None:
    assert "<h1" not in _markup(name)


@pytest.mark.parametrize("name", COMPONENTS)
def test_components_are_one_documented_macro_named_like_its_file(name: str) -> None:
    outer = [node.name for node in _tree(name).body if isinstance(node, nodes.Macro)]
    assert outer == [Path(name).stem]
    assert _source(name).startswith("{# ")
    assert f"`{outer[0]}(" in (TEMPLATES / "components" / "README.md").read_text()


@pytest.mark.parametrize("name", COMPONENTS)
def test_components_explain_every_argument(name: str) -> None:
    comment = _source(name).split("#}")[0]
    macro = next(node for node in _tree(name).body if isinstance(node, nodes.Macro))
    unexplained = [argument.name for argument in macro.args if not re.search(rf"\b{argument.name}\b", comment)]
    assert unexplained == []


def test_the_checks_above_would_notice_a_breach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_untranslated.__globals__, "_source", _constant("<p>{{ _('甲') }}乙</p>{{ '丙' }}"))
    assert len(list(_untranslated("anything"))) == 2
    assert re.search(FORBIDDEN["an inline handler"], '<a href="#" onclick="x()">')
    assert re.search(FORBIDDEN["a script in the page"], "<script>alert(1)</script>")


def _constant(value: str) -> Callable[[str], str]:
    return lambda _name: value
