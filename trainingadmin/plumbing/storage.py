"""Keeps files for ever under the SHA-256 of their bytes, in a local folder or an S3-compatible store."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

import obstore
from flask import Flask, current_app
from obstore.store import MemoryStore, S3Store

if TYPE_CHECKING:
    from obstore.store import S3Config

_NAME = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".unfinished-"


class StorageError(Exception):
    """The store cannot do what was asked; the message says why."""


class Missing(StorageError):
    """No file is kept under this hash."""


class Corrupt(StorageError):
    """What is kept under this hash has other bytes."""


@dataclass(slots=True)
class Health:
    """What `Store.verify` found: how many files are whole, which are not, and what a crash left behind."""

    whole: int = 0
    corrupt: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


class Shelf(Protocol):
    """Where the bytes lie; knows names, not hashes."""

    def put(self, name: str, data: bytes) -> None:
        """Write durably; do nothing when the name is taken."""

    def get(self, name: str) -> bytes:
        """Return the bytes; raises `Missing`."""

    def has(self, name: str) -> bool:
        """Return whether the name is taken."""

    def names(self) -> Iterator[str]:
        """Return every name, unfinished ones too, in order."""


class Folder:
    """A folder on this machine: written beside, flushed, then linked into place, so that no name ever holds half a file."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, data: bytes) -> None:
        target = self._root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(prefix=_UNFINISHED, dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                target.hardlink_to(beside)  # unlike a rename, a link cannot replace what is there
        finally:
            Path(beside).unlink()
        _flush_folder(target.parent)
        _flush_folder(self._root)

    def get(self, name: str) -> bytes:
        try:
            return (self._root / name).read_bytes()
        except FileNotFoundError:
            raise Missing(name) from None

    def has(self, name: str) -> bool:
        return (self._root / name).is_file()

    def names(self) -> Iterator[str]:
        for path in sorted(self._root.glob("??/*")):
            yield path.relative_to(self._root).as_posix()


class Bucket:
    """An S3-compatible bucket; it refuses by itself to write a name twice."""

    def __init__(self, remote: S3Store | MemoryStore) -> None:
        self._remote = remote

    def put(self, name: str, data: bytes) -> None:
        with suppress(obstore.exceptions.AlreadyExistsError):
            obstore.put(self._remote, name, data, mode="create")

    def get(self, name: str) -> bytes:
        try:
            return bytes(obstore.get(self._remote, name).bytes())
        except FileNotFoundError:
            raise Missing(name) from None

    def has(self, name: str) -> bool:
        try:
            obstore.head(self._remote, name)
        except FileNotFoundError:
            return False
        return True

    def names(self) -> Iterator[str]:
        for page in obstore.list(self._remote):
            yield from (entry["path"] for entry in page)


class Store:
    """Files by the hash of their bytes: kept once, never changed, checked whenever they are read."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def keep(self, data: bytes) -> str:
        """Store `data` durably and return its SHA-256 in hexadecimal; keeping the same bytes again changes nothing.

        Raises `Corrupt` when the name is taken by bytes that are not these.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._shelf.has(_place(sha256)):
            self._shelf.put(_place(sha256), data)
        self.read(sha256)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the bytes kept under `sha256`, hashed again. Raises `Missing`, `Corrupt`."""
        data = self._shelf.get(_place(sha256))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Corrupt(sha256)
        return data

    def exists(self, sha256: str) -> bool:
        """Return whether something is kept under `sha256`, without reading it."""
        return self._shelf.has(_place(sha256))

    def names(self) -> Iterator[str]:
        """Return the hash of every file kept, for comparison with the database."""
        for name in self._shelf.names():
            if _is_kept(name):
                yield name[3:]

    def verify(self) -> Health:
        """Read and hash every file; takes as long as reading the whole store does."""
        health = Health()
        for name in self._shelf.names():
            if not _is_kept(name):
                health.unfinished.append(name)
                continue
            try:
                self.read(name[3:])
                health.whole += 1
            except Corrupt:
                health.corrupt.append(name[3:])
        return health


def open_store(url: str, options: S3Config | None = None) -> Store:
    """Open the store that `url` names: `file:/folder`, `s3://bucket/prefix`, or `memory:` for tests.

    `options` are the S3 client's own (endpoint, region, access_key_id, secret_access_key …); what is not given there
    it takes from its usual variables. Raises `StorageError` for any other kind of URL.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "file" | "":
            return Store(Folder(Path(unquote(parts.path))))
        case "s3":
            return Store(Bucket(S3Store.from_url(url, config=options)))
        case "memory":
            return Store(Bucket(MemoryStore()))
    raise StorageError(f"STORAGE_URL must start with file: or s3:, not {parts.scheme}:")


def install(app: Flask, url: str, options: S3Config | None = None) -> None:
    """Give `app` its store."""
    app.extensions["storage"] = open_store(url, options)


def store() -> Store:
    """Return the running application's store."""
    found: Store = current_app.extensions["storage"]
    return found


def _place(sha256: str) -> str:
    if not _NAME.fullmatch(sha256):
        raise StorageError("a file's name is 64 hexadecimal digits")
    return f"{sha256[:2]}/{sha256}"


def _is_kept(name: str) -> bool:
    return bool(_NAME.fullmatch(name[3:])) and name[:2] == name[3:5]


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
