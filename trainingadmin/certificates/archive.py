"""Packs documents into a ZIP with a manifest, piece by piece: never more than one document is in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

MANIFEST = "manifest.csv"
_AGES = (1980, 1, 1, 0, 0, 0)  # the same documents always make the same bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of an archive: its name there, the hash of its bytes, and its row of the manifest."""

    name: str
    sha256: str
    told: Sequence[str]


class _Sink:
    """A file that can only be written to, emptied after every document."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        told, self._written = b"".join(self._written), []
        return told


def pieces(heading: Sequence[str], entries: Sequence[Entry], read: Callable[[str], bytes]) -> Iterator[bytes]:
    """Yield the bytes of a ZIP, the manifest first, then each document as `read` gives it by its hash.

    Raises what `read` raises: a missing document breaks the download instead of leaving it out.
    """
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_STORED) as out:
        out.writestr(_info(MANIFEST), manifest(heading, entries), ZIP_DEFLATED)
        for entry in entries:
            out.writestr(_info(entry.name), read(entry.sha256))
            yield sink.taken()
    yield sink.taken()


def _info(name: str) -> ZipInfo:
    info = ZipInfo(name, _AGES)
    info.external_attr = 0o644 << 16
    return info


def manifest(heading: Sequence[str], entries: Sequence[Entry]) -> bytes:
    """Return the table of contents as CSV that spreadsheets open as it is: no cell is read as a formula."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(heading)
    table.writerows([_harmless(text) for text in (*entry.told, entry.name, entry.sha256)] for entry in entries)
    return out.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text
