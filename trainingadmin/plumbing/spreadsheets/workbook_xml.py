"""Reads the parts of a workbook: its sheets, shared texts, date formats and every cell with value and address.

Runs in the reading child; standard library only. Our own reader because none of the libraries at hand tells
value, type, formula and merged ranges together and at speed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any

from trainingadmin.plumbing.spreadsheets import limits
from trainingadmin.plumbing.spreadsheets.numbers import is_date_format
from trainingadmin.plumbing.spreadsheets.package import Broken, Package, parse
from trainingadmin.plumbing.spreadsheets.sheet_xml import SheetParser, plain_text


def read(data: bytes) -> list[dict[str, Any]]:
    """Return the sheets of an .xlsx file as plain lists; raises Broken."""
    package = Package(data)
    package.refuse_document_types()
    if any(name.endswith("vbaProject.bin") for name in package.names):
        raise Broken("macros")
    book = _book_path(package)
    folder = posixpath.dirname(book)
    targets, styles, texts = _relations(package, folder, posixpath.basename(book))
    sheets, epoch_1904 = _sheets(package.take(book))
    parser = SheetParser(
        texts=_shared_texts(package.take(texts)) if texts in package else [],
        dates=_date_styles(package.take(styles)) if styles in package else [],
        epoch_1904=epoch_1904,
    )
    wanted = [(name, targets[relation], hidden) for name, relation, hidden in sheets if relation in targets]
    if not wanted:
        raise Broken("no-sheets")
    if len(wanted) > limits.SHEETS:
        raise Broken("too-many-sheets", limit=limits.SHEETS)
    return [{"name": name, "hidden": hidden, **parser.read(package.take(path))} for name, path, hidden in wanted]


def _book_path(package: Package) -> str:
    if "xl/workbook.xml" in package:
        return "xl/workbook.xml"
    found: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(_joined("", attributes.get("Target", "")))

    if "_rels/.rels" in package:
        _elements(package.take("_rels/.rels"), start)
    # A text document or a binary workbook is a zip package too.
    if not found or not found[0].endswith("workbook.xml") or found[0] not in package:
        raise Broken("not-a-workbook")
    return found[0]


def _relations(package: Package, folder: str, book: str) -> tuple[dict[str, str], str, str]:
    targets: dict[str, str] = {}
    single = {"styles": "", "sharedStrings": ""}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) != "Relationship" or attributes.get("TargetMode") == "External":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        path = _joined(folder, attributes.get("Target", ""))
        if kind == "worksheet":
            targets[attributes.get("Id", "")] = path
        elif kind in single:
            single[kind] = path

    _elements(package.take(f"{folder}/_rels/{book}.rels"), start)
    return targets, single["styles"], single["sharedStrings"]


def _joined(folder: str, target: str) -> str:
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))


def _sheets(content: bytes) -> tuple[list[tuple[str, str, bool]], bool]:
    sheets: list[tuple[str, str, bool]] = []
    settings = {"1904": False}

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = _local(tag)
        if local == "sheet":
            relation = next((value for name, value in attributes.items() if _local(name) == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            sheets.append((plain_text(attributes.get("name", "")), relation, hidden))
        elif local == "workbookPr":
            settings["1904"] = attributes.get("date1904") in ("1", "true")

    _elements(content, start)
    return sheets, settings["1904"]


class _SharedTexts:
    """Collects `<si>` entries: rich text runs joined, phonetic hints left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_phonetic = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        local = _local(tag)
        self._in_text = local == "t" and not self._in_phonetic
        if local == "rPh":
            self._in_phonetic = True

    def end(self, tag: str) -> None:
        local = _local(tag)
        self._in_text = False
        if local == "rPh":
            self._in_phonetic = False
        elif local == "si":
            self.texts.append(plain_text("".join(self._parts)))
            self._parts = []

    def text(self, data: str) -> None:
        if self._in_text:
            self._parts.append(data)


def _shared_texts(content: bytes) -> list[str]:
    collector = _SharedTexts()
    parse(content, collector.start, collector.end, collector.text)
    return collector.texts


def _date_styles(content: bytes) -> list[bool]:
    codes: dict[int, str] = {}
    formats: list[int] = []
    inside = {"cellXfs": False}

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = _local(tag)
        if local == "numFmt":
            codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif local == "cellXfs":
            inside["cellXfs"] = True
        elif local == "xf" and inside["cellXfs"]:
            formats.append(_whole(attributes.get("numFmtId")))

    def end(tag: str) -> None:
        if _local(tag) == "cellXfs":
            inside["cellXfs"] = False

    parse(content, start, end, _ignore)
    return [is_date_format(number, codes.get(number)) for number in formats]


def _whole(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else 0


def _elements(content: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    parse(content, start, _ignore, _ignore)


def _ignore(_: str) -> None:
    return None


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]
