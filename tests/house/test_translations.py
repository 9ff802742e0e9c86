"""The English is whole: every text of code and templates has one, with the same places for values."""

from __future__ import annotations

import gettext
import re
from collections import defaultdict
from pathlib import Path

import pytest

from trainingadmin.plumbing import translations
from trainingadmin.settings import ROOT

SOURCES = sorted(translations.CATALOGUES.glob("*.po"))
PLACE = re.compile(r"%\((\w+)\)[sd]")
CHINESE = re.compile(r"[\u3400-\u9fff]")


def _texts(message: str | tuple[str, ...] | list[str]) -> list[str]:
    return [message] if isinstance(message, str) else list(message)


def test_every_text_has_an_english_one() -> None:
    lacking = [f"{phrase.path.relative_to(ROOT)}:{phrase.line} {phrase.singular}" for phrase in translations.missing()]
    assert lacking == [], "add them to trainingadmin/translations/en/<slice>.po"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_texts_have_the_same_places_for_values_in_both_languages(path: Path) -> None:
    for message in translations.read(path):
        wanted = set(PLACE.findall(_texts(message.id)[-1]))
        for english in _texts(message.string):
            assert set(PLACE.findall(english)) == wanted, message.id
            assert ("%%" in english) == ("%%" in _texts(message.id)[0]), message.id


def test_the_same_text_is_not_put_into_english_in_two_ways() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for path in SOURCES:
        for message in translations.read(path):
            found[_texts(message.id)[0]].add(" | ".join(_texts(message.string)))
    assert {text: ways for text, ways in found.items() if len(ways) > 1} == {}


def test_a_catalogue_is_compiled_once_for_the_same_bytes_and_again_when_they_change(tmp_path: Path) -> None:
    compiled = tmp_path / "LC_MESSAGES" / "messages.mo"
    (tmp_path / "one.po").write_text('msgid "学员"\nmsgstr "trainee"\n')
    assert translations.ensure_compiled(tmp_path, compiled)
    assert not translations.ensure_compiled(tmp_path, compiled)
    (tmp_path / "two.po").write_text('msgid "企业"\nmsgstr "enterprise"\n')
    assert translations.ensure_compiled(tmp_path, compiled)
    with compiled.open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert (english.gettext("学员"), english.gettext("企业"), english.gettext("机构")) == (
        "trainee",
        "enterprise",
        "机构",
    )
    assert sorted(path.name for path in compiled.parent.iterdir()) == ["messages.mo"]


def test_a_damaged_catalogue_is_compiled_anew(tmp_path: Path) -> None:
    compiled = tmp_path / "messages.mo"
    compiled.write_bytes(b"cut off")
    (tmp_path / "one.po").write_text('msgid "学员"\nmsgstr "trainee"\n')
    assert translations.ensure_compiled(tmp_path, compiled)
    assert not translations.ensure_compiled(tmp_path, compiled)


def test_texts_are_found_in_code_and_templates_and_missing_ones_are_named(tmp_path: Path) -> None:
    (tmp_path / "trainingadmin").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "trainingadmin" / "a.py").write_text(
        'N_("甲")\n_("乙 %(n)s", n=1)\nraise Refusal("code", "丙", field="x")\nlog("丁")\n'
    )
    (tmp_path / "templates" / "b.html").write_text('{{ _("戊") }}{{ ngettext("%(num)s 己", "%(num)s 己", n) }}')
    found = list(translations.phrases(tmp_path))
    assert [phrase.singular for phrase in found] == ["甲", "乙 %(n)s", "丙", "戊", "%(num)s 己"]
    (tmp_path / "en.po").write_text('msgid "甲"\nmsgstr "one"\n\nmsgid "%(num)s 己"\nmsgstr "not counted"\n')
    assert [phrase.singular for phrase in translations.missing(tmp_path, tmp_path)] == [
        "乙 %(n)s",
        "丙",
        "戊",
        "%(num)s 己",
    ]


def test_the_english_is_not_chinese() -> None:
    quoted = re.compile(r"[\u3400-\u9fff]{2,}")
    for path in SOURCES:
        for message in translations.read(path):
            for english in _texts(message.string):
                assert CHINESE.search(english) is None or quoted.sub("", english).strip(" ,;()/") != "", message.id
