"""The documents' font draws every standard character and every rare name we know of, and says what it cannot."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from trainingadmin.plumbing import fonts


def test_the_font_draws_all_8105_standard_characters() -> None:
    tiers = (fonts.FOLDER / "characters.txt").read_text(encoding="utf-8").split()
    assert [len(tier) for tier in tiers] == [3_500, 3_000, 1_605]
    assert fonts.missing_glyphs("".join(tiers)) == []


def test_the_font_draws_gb2312() -> None:
    rows = (
        bytes([lead, trail]).decode("gb2312", "ignore") for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF)
    )
    assert fonts.missing_glyphs("".join(rows)) == []


@pytest.mark.parametrize(
    "name", ["䶮", "㛃", "𬭎", "𠅤", "𫍽", "阿措·尔布", "喆堃淼昇翀", "AZaz09", "〔2020〕第31号", "¥4,000.00"]
)
def test_the_font_draws_rare_names_and_what_forms_need(name: str) -> None:
    assert fonts.missing_glyphs(name) == []


def test_missing_characters_are_named_once_in_order() -> None:
    assert fonts.missing_glyphs("张𠀁三𠀀𠀁") == ["𠀁", "𠀀"]


@pytest.mark.parametrize("character", ["\ue000", "\U000f0000", "\u202e", "\u200b", "\u200d", "\ufeff", "\x00", "\x7f", "\u00ad", "\ud800", "\uffff", "\u0301", "\ufe0f", "\U000e0100"])  # fmt: skip
def test_what_no_eye_can_check_is_missing_whatever_the_font_holds(character: str) -> None:
    assert fonts.missing_glyphs(f"张{character}") == [character]


def test_layout_characters_are_no_glyphs_but_allowed() -> None:
    assert fonts.missing_glyphs("一行\n二行\t三 四") == []


@pytest.mark.parametrize(
    ("character", "shown"), [("𠀀", "𠀀 U+20000"), ("\ue000", "U+E000"), ("\u202e", "U+202E"), ("\u0301", "U+0301")]
)
def test_a_message_never_shows_what_would_spoil_it(character: str, shown: str) -> None:
    assert fonts.named(character) == shown


def test_no_private_use_or_control_character_counts_as_drawn() -> None:
    assert [p for p in fonts.drawn() if unicodedata.category(chr(p)) in {"Co", "Cc", "Cf", "Cs"}] == []


def test_the_font_is_small_enough_to_commit() -> None:
    assert fonts.FONT.stat().st_size < 6_000_000


def test_the_font_files_are_the_committed_ones() -> None:
    assert fonts.problems() == []


def test_a_changed_or_missing_font_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  a.ttf\n{'0' * 64}  b.ttf\n")
    (tmp_path / "b.ttf").write_bytes(b"")
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    missing, changed = fonts.problems()
    assert "a.ttf is missing" in missing
    assert "b.ttf was changed" in changed


@pytest.mark.parametrize("before", [None, "/etc/fonts/fonts.conf"])
def test_the_private_configuration_is_put_back(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if before is None:
        monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    else:
        monkeypatch.setenv("FONTCONFIG_FILE", before)
    with fonts.private():
        assert os.environ["FONTCONFIG_FILE"] == str(fonts.FOLDER / "fonts.conf")
    assert os.environ.get("FONTCONFIG_FILE") == before
