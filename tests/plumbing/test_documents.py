"""A document is made from plain values: whole, the same every time, every character a real glyph."""

from __future__ import annotations

import copy
import hashlib
import io
import os
import re
import subprocess
import sys
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from markupsafe import Markup
from PIL import Image
from pyhanko.pdf_utils.generic import Reference, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

from trainingadmin.plumbing import documents
from trainingadmin.plumbing.documents import BadContent, MissingGlyphs, pdf, specimen

CERTIFICATES = ("payment_certificate", "training_certificate")
RARE = ["张䶮", "王㛃", "李𬭎", "赵𠅤", "陈𫍽", "阿措·尔布", "吉克·曲布", "欧阳喆", "贠堃", "Ａ·Ｂ"]


def filled(template: str, **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(specimen(template)), **changes}


def held_by(name: str) -> dict[str, Any]:
    return filled("training_certificate", holder={"name": name, "id_number": "511824********0012"})


def streams(data: bytes) -> list[StreamObject]:
    reader = PdfFileReader(io.BytesIO(data))
    size = reader.trailer["/Size"]
    found = (reader.get_object(Reference(number, 0, reader)) for number in range(1, int(str(size))))  # type: ignore[no-untyped-call]
    return [each for each in found if isinstance(each, StreamObject)]


def embedded(data: bytes) -> tuple[TTFont, dict[str, int]]:
    """Return the one font inside a document and the glyph that each printed character shows."""
    (font,) = [TTFont(io.BytesIO(each.data)) for each in streams(data) if "/Length1" in each]
    (table,) = [each.data for each in streams(data) if b"beginbfchar" in (each.data if "/Width" not in each else b"")]
    blocks = re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL)
    pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", b"".join(blocks))
    return font, {bytes.fromhex(text.decode()).decode("utf-16-be"): int(glyph, 16) for glyph, text in pairs}


def pages(data: bytes) -> list[Image.Image]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.render(scale=150 / 72).to_pil() for page in document]


def text(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def test_a_certificate_of_nobody_seen_in_class_speaks_of_no_hours() -> None:
    assert "完成400课时" in text(pdf("training_certificate", specimen("training_certificate")))
    assert "课时" not in text(pdf("training_certificate", filled("training_certificate", hours=0)))


@pytest.mark.parametrize("template", documents.templates())
def test_every_document_is_an_archivable_tagged_pdf_of_one_page(template: str) -> None:
    data = pdf(template, specimen(template))
    assert data.startswith(b"%PDF-1.7")
    (metadata,) = [each.data for each in streams(data) if each.get("/Type") == "/Metadata"]
    assert b'pdfaid:part="3"' in metadata
    assert b'pdfaid:conformance="A"' in metadata
    assert PdfFileReader(io.BytesIO(data)).root["/MarkInfo"]["/Marked"]
    assert len(pages(data)) == 1


@pytest.mark.parametrize("template", documents.templates())
def test_equal_content_gives_equal_bytes(template: str) -> None:
    assert pdf(template, specimen(template)) == pdf(template, filled(template))


def test_another_process_gives_the_same_bytes() -> None:
    code = (
        "import hashlib; from trainingadmin.plumbing import documents as d; "
        "print(*[hashlib.sha256(d.pdf(t, d.specimen(t))).hexdigest() for t in d.templates()])"
    )
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONHASHSEED": "7",
        "TZ": "America/New_York",
        "LC_ALL": "C",
    }
    command = [sys.executable, "-c", code]
    other = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    here = [hashlib.sha256(pdf(template, specimen(template))).hexdigest() for template in documents.templates()]
    assert other.stdout.split() == here


def test_the_order_of_documents_does_not_matter() -> None:
    first = pdf("training_certificate", specimen("training_certificate"))
    pdf("training_certificate", held_by("张䶮"))
    assert pdf("training_certificate", specimen("training_certificate")) == first


# A form with every field filled prints over 200 different characters, and each brings its outline of 140 bytes along.
@pytest.mark.parametrize(("template", "most"), [("training_certificate", 40_000), ("payment_certificate", 55_000)])
def test_a_certificate_is_small(template: str, most: int) -> None:
    assert len(pdf(template, specimen(template))) <= most


@pytest.mark.parametrize("name", RARE)
def test_a_rare_name_is_printed_with_real_glyphs(name: str) -> None:
    font, shown = embedded(pdf("training_certificate", held_by(name)))
    order = font.getGlyphOrder()
    for character in name:
        assert shown[character] != 0
        assert font["glyf"][order[shown[character]]].numberOfContours != 0


@pytest.mark.parametrize("template", documents.templates())
def test_every_printed_character_has_a_glyph_with_an_outline(template: str) -> None:
    font, shown = embedded(pdf(template, specimen(template)))
    order = font.getGlyphOrder()
    empty = [c for c, glyph in shown.items() if not c.isspace() and font["glyf"][order[glyph]].numberOfContours == 0]
    assert empty == []
    assert 0 not in shown.values()


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("𠀀", "𠀀 U+20000"),
        ("\ue000", "U+E000"),
        ("\u202e", "U+202E"),
        ("\u200d", "U+200D"),
        ("😀", "😀 U+1F600"),
        ("\0", "U+0000"),
    ],
)
def test_a_character_without_glyph_is_refused_by_name(character: str, shown: str) -> None:
    with pytest.raises(MissingGlyphs) as refused:
        pdf("training_certificate", held_by(f"张{character}"))
    assert refused.value.parameters["characters"] == shown
    assert shown in str(refused.value)


@pytest.mark.parametrize("template", CERTIFICATES)
def test_the_code_on_a_certificate_leads_to_its_page(template: str) -> None:
    (page,) = pages(pdf(template, specimen(template)))
    assert [found.text for found in zxingcpp.read_barcodes(page)] == [specimen(template)["verify_url"]]


def test_an_address_too_long_for_the_code_is_refused() -> None:
    with pytest.raises(BadContent, match="verify_url"):
        pdf("training_certificate", filled("training_certificate", verify_url="https://example.gov.cn/" + "a" * 200))


def red(page: Image.Image) -> int:
    points = bytes(page.convert("RGB").tobytes())
    return sum(r > 180 and g < 60 and b < 60 for r, g, b in zip(points[::3], points[1::3], points[2::3], strict=True))


def test_the_seal_is_drawn_when_named_and_left_out_when_not() -> None:
    sealed = pages(pdf("training_certificate", specimen("training_certificate")))[0]
    bare = pages(pdf("training_certificate", filled("training_certificate", seal="")))[0]
    assert red(sealed) > red(bare) + 1_000


def test_an_unknown_seal_is_refused() -> None:
    with pytest.raises(BadContent, match="no image"):
        pdf("training_certificate", filled("training_certificate", seal="../../etc/passwd"))


@pytest.mark.parametrize("template", CERTIFICATES)
def test_what_the_content_says_can_be_read_in_the_document(template: str) -> None:
    printed = re.sub(r"\s", "", text(pdf(template, filled(template, mark="补发", mark_on="2022-08-01"))))
    for said in (specimen(template)["number"], "阿措·尔布", "511824********0012", "补发", specimen(template)["title"]):
        assert said in printed


def test_markup_in_a_value_is_printed_as_it_is() -> None:
    name = "<b>张</b>&amp;{{ 7*7 }}"
    assert name in re.sub(r"\s(?!7|\})", "", text(pdf("training_certificate", held_by(name)))).replace("\u00a0", " ")


def test_a_long_list_runs_over_pages() -> None:
    lines = specimen("public_notice")["lines"] * 30
    assert len(pages(pdf("public_notice", filled("public_notice", lines=lines)))) > 2


@pytest.mark.parametrize(
    "value",
    [4000.0, Markup("<b>张</b>"), b"bytes", {"a", "b"}, object(), [[[[[[[["deep"]]]]]]]], "长" * 2_001, ["x"] * 1_001],
)
def test_a_value_that_is_not_plain_or_not_bounded_is_refused(value: object) -> None:
    with pytest.raises(BadContent):
        pdf("training_certificate", filled("training_certificate", result=value))


def test_too_many_characters_in_all_are_refused() -> None:
    lines = [{**specimen("public_notice")["lines"][0], "item": "焊" * 200}] * 600
    with pytest.raises(BadContent, match="总字数"):
        pdf("public_notice", filled("public_notice", lines=lines))


# A voucher says of a line either what its scheme tells or, made before schemes told, which class it was.
EITHER = {"payment_certificate": {"cohort", "particulars"}}


@pytest.mark.parametrize("template", documents.templates())
def test_every_field_of_the_specimen_is_required(template: str) -> None:
    for field in specimen(template).keys() - EITHER.get(template, set()):
        content = filled(template)
        del content[field]
        with pytest.raises(BadContent, match=field):
            pdf(template, content)


def test_a_field_missing_deeper_down_is_refused() -> None:
    with pytest.raises(BadContent, match="id_number"):
        pdf("training_certificate", filled("training_certificate", holder={"name": "张三"}))


def test_a_day_no_calendar_has_is_refused() -> None:
    with pytest.raises(BadContent):
        pdf("training_certificate", filled("training_certificate", issued_on="2020-02-30"))


def test_an_unknown_document_cannot_be_made() -> None:
    with pytest.raises(LookupError):
        pdf("../layouts/desk", {})


def test_this_machine_has_what_documents_need() -> None:
    assert documents.doctor() == []


def test_a_missing_library_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainingadmin.plumbing.documents.renderer.harfbuzz_subset", None)
    (problem,) = documents.doctor()
    assert "apt-get install libharfbuzz-subset0" in problem
