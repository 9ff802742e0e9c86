"""The English of every page: one .po file a slice, merged, compiled when stale, and searched for gaps."""

from __future__ import annotations

import gettext
import hashlib
import os
import struct
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from jinja2.ext import babel_extract

from trainingadmin.settings import ROOT

CATALOGUES = ROOT / "trainingadmin" / "translations" / "en"
COMPILED = CATALOGUES / "LC_MESSAGES" / "messages.mo"
KEYWORDS: dict[str, Any] = {**DEFAULT_KEYWORDS, "N_": None, "lazy_gettext": None, "_l": None, "Refusal": (2,)}
_PROJECT = "trainingadmin"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that pages show: `singular`, also `plural` where it counts, and where it stands."""

    singular: str
    plural: str | None
    path: Path
    line: int


def install(app: Flask) -> None:
    """Compile the catalogue if a .po file changed since, and mount the commands."""
    ensure_compiled()
    app.cli.add_command(group)


def ensure_compiled(sources: Path = CATALOGUES, compiled: Path = COMPILED) -> bool:
    """Compile `sources`/*.po into `compiled` unless it was made of exactly these bytes; say whether it was done."""
    paths = sorted(sources.glob("*.po"))
    digest = _digest(paths)
    if _digest_inside(compiled) == digest:
        return False
    catalogue = merge(paths)
    catalogue.project, catalogue.version = _PROJECT, digest
    _write(catalogue, compiled)
    return True


def merge(paths: Iterable[Path]) -> Catalog:
    """Return the entries of `paths` that have an English text; of two for one text, the first file's."""
    merged = Catalog(locale="en")
    for path in paths:
        for message in read(path):
            if message.id not in merged:
                merged.add(message.id, message.string)
    return merged


def read(path: Path) -> list[Any]:
    """Return the translated entries of one .po file, its header left out."""
    with path.open("rb") as source:
        return [message for message in read_po(source, locale="en") if message.id and _is_translated(message.string)]


def phrases(root: Path = ROOT) -> Iterator[Phrase]:
    """Find every text marked for translation in the code and the templates below `root`."""
    for path in sorted((root / "trainingadmin").rglob("*.py")):
        yield from _phrases_of(path, "python")
    for path in sorted((root / "templates").rglob("*.html")):
        yield from _phrases_of(path, babel_extract)


def missing(root: Path = ROOT, sources: Path = CATALOGUES) -> list[Phrase]:
    """Return the texts below `root` that `sources` do not have in English."""
    known = merge(sorted(sources.glob("*.po")))
    return [phrase for phrase in phrases(root) if not _is_known(phrase, known)]


def _phrases_of(path: Path, method: Any) -> Iterator[Phrase]:
    with path.open("rb") as source:
        found = extract(method, source, KEYWORDS, options={"encoding": "utf-8", "silent": "false"})
        for line, message, _comments, _context in found:
            singular, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, None)
            yield Phrase(singular, plural, path, line)


def _is_known(phrase: Phrase, known: Catalog) -> bool:
    entry = known.get(phrase.singular)
    if entry is None:
        return False
    return phrase.plural is None or entry.pluralizable


def _is_translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def _digest(paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _digest_inside(compiled: Path) -> str | None:
    try:
        with compiled.open("rb") as file:
            heading = gettext.GNUTranslations(file).info()
    except (OSError, UnicodeDecodeError, struct.error):
        return None
    return heading.get("project-id-version", "").removeprefix(f"{_PROJECT} ")


def _write(catalogue: Catalog, compiled: Path) -> None:
    compiled.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=compiled.parent, prefix=".messages-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            write_mo(file, catalogue)
        Path(name).chmod(0o644)
        Path(name).replace(compiled)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@click.group("translations")
def group() -> None:
    """The English of the pages."""


@group.command("compile")
def compile_command() -> None:
    """Compile the .po files, if they changed."""
    click.echo(f"{COMPILED.relative_to(ROOT)}: {'compiled' if ensure_compiled() else 'up to date'}")


@group.command("missing")
def missing_command() -> None:
    """List texts without English; exit 1 if there are any."""
    found = missing()
    for phrase in found:
        click.echo(f"{phrase.path.relative_to(ROOT)}:{phrase.line}: {phrase.singular}")
    if found:
        raise SystemExit(1)
