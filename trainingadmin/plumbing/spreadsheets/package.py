"""The zip package of an .xlsx file, opened so that it cannot hurt: counted, inflated with a budget, no DTD.

Runs in the reading child; standard library only.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from trainingadmin.plumbing.spreadsheets import limits

_CHUNK = 64 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_XML = (".xml", ".rels", ".vml")
_DTD_MARKS = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))

Handler = Callable[[str, dict[str, str]], object]


class Broken(Exception):
    """The file is not acceptable; `code` says why, `values` fill its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Package:
    """The members of a workbook, inflated at most once and never beyond the budget."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
            raise Broken("broken") from error
        members = self._zip.infolist()
        if len(members) > limits.MEMBERS:
            raise Broken("too-many-members", limit=limits.MEMBERS)
        self._by_name = {info.filename: info for info in members}
        if len(self._by_name) != len(members):
            raise Broken("broken")
        if any(info.flag_bits & 1 for info in members):
            raise Broken("encrypted")
        if any(info.compress_type not in _METHODS for info in members):
            raise Broken("broken")
        self._tags_left = limits.TAGS
        self._budget = min(limits.INFLATED_BYTES, max(limits.RATIO_FREE_BYTES, limits.INFLATED_RATIO * len(data)))
        self._contents = {name: self._inflate(info) for name, info in self._by_name.items() if not info.is_dir()}

    def __contains__(self, name: str) -> bool:
        return name in self._contents

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names."""
        return tuple(self._contents)

    def _inflate(self, info: zipfile.ZipInfo) -> bytes:
        parts: list[bytes] = []
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    self._budget -= len(chunk)
                    if self._budget < 0:
                        raise Broken("bomb")
                    parts.append(chunk)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError) as error:
            raise Broken("broken") from error
        return b"".join(parts)

    def refuse_document_types(self) -> None:
        """Refuse a member with a DTD, also one that is never read here: other programs will read it."""
        for name, content in self._contents.items():
            if name.lower().endswith(_XML) and any(mark in content for mark in _DTD_MARKS):
                raise Broken("dtd")

    def take(self, name: str) -> bytes:
        """Return a member and let go of it, counting its tags."""
        try:
            content = self._contents.pop(name)
        except KeyError:
            raise Broken("broken") from None
        self._tags_left -= content.count(b"<")
        if self._tags_left < 0:
            raise Broken("too-much-content")
        return content


def parse(content: bytes, start: Handler, end: Callable[[str], object], text: Callable[[str], object]) -> None:
    """Run a streaming parser over `content`, refusing any DTD and any malformed XML."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_dtd
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, UnicodeError) as error:
        raise Broken("broken") from error


def _refuse_dtd(*_: object) -> None:
    raise Broken("dtd")
