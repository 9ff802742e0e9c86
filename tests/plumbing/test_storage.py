"""The store keeps bytes under their hash, once, and notices when they change."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from trainingadmin.plumbing.storage import Corrupt, Missing, StorageError, Store, open_store

DATA = b"a certificate's bytes"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return open_store(f"file:{tmp_path / 'a store'}" if request.param == "file" else "memory:")


def place(tmp_path: Path) -> Path:
    return tmp_path / "a store" / SHA256[:2] / SHA256


def test_what_is_kept_can_be_read_under_its_hash(store: Store) -> None:
    assert store.keep(DATA) == SHA256
    assert store.read(SHA256) == DATA
    assert store.exists(SHA256)
    assert list(store.names()) == [SHA256]


def test_keeping_the_same_bytes_again_changes_nothing(store: Store) -> None:
    assert store.keep(DATA) == store.keep(DATA)
    assert store.verify().whole == 1


def test_an_unknown_hash_is_missing(store: Store) -> None:
    assert not store.exists(SHA256)
    with pytest.raises(Missing):
        store.read(SHA256)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", SHA256.upper(), SHA256[:-1], SHA256 + "/x", SHA256 + "\n"])
def test_a_name_that_is_no_hash_is_refused(store: Store, name: str) -> None:
    with pytest.raises(StorageError, match="hexadecimal"):
        store.read(name)


def test_the_folder_is_laid_out_by_the_first_two_digits_and_holds_nothing_unfinished(tmp_path: Path) -> None:
    store = open_store(f"file:{tmp_path / 'a store'}")
    store.keep(DATA)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [place(tmp_path)]


def test_changed_bytes_are_noticed_when_read_kept_again_or_verified(tmp_path: Path) -> None:
    store = open_store(f"file:{tmp_path / 'a store'}")
    store.keep(DATA)
    place(tmp_path).write_bytes(DATA + b"!")
    with pytest.raises(Corrupt):
        store.read(SHA256)
    with pytest.raises(Corrupt):
        store.keep(DATA)
    assert store.verify().corrupt == [SHA256]
    assert place(tmp_path).read_bytes() == DATA + b"!", "the store never overwrites, not even to mend"


def test_what_a_crash_left_behind_is_listed_and_is_not_a_file(tmp_path: Path) -> None:
    store = open_store(f"file:{tmp_path / 'a store'}")
    store.keep(DATA)
    (place(tmp_path).parent / ".unfinished-x").write_bytes(b"half")
    assert list(store.names()) == [SHA256]
    assert store.verify().unfinished == [f"{SHA256[:2]}/.unfinished-x"]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    store = open_store(f"file:{tmp_path}")
    (tmp_path / SHA256[:2]).mkdir()
    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        store.keep(DATA)
    monkeypatch.undo()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_taken_name_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = open_store(f"file:{tmp_path}"), open_store(f"file:{tmp_path}")
    monkeypatch.setattr("trainingadmin.plumbing.storage.Folder.has", lambda *_: False)
    first.keep(DATA)
    inode = (tmp_path / SHA256[:2] / SHA256).stat().st_ino
    second.keep(DATA)
    assert (tmp_path / SHA256[:2] / SHA256).stat().st_ino == inode


def test_an_s3_address_opens_a_bucket() -> None:
    found = open_store(
        "s3://certificates/ya",
        {"region": "cn-1", "endpoint": "http://127.0.0.1:9", "access_key_id": "a", "secret_access_key": "b"},
    )
    assert isinstance(found, Store)


def test_another_kind_of_address_is_refused() -> None:
    with pytest.raises(StorageError, match="STORAGE_URL"):
        open_store("ftp://host/folder")
