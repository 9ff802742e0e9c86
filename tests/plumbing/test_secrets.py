"""Personal data is unreadable in the column, found by a blind index, and tied to keys with one use each."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask

from trainingadmin.plumbing import secrets
from trainingadmin.plumbing.secrets import Secrets
from trainingadmin.settings import Keys, Settings, SettingsError

ID = "511824198506010012"


def of(**changes: object) -> Secrets:
    """Secrets with keys of their own."""
    made = Secrets(Settings.from_env({"TRAININGADMIN_VAR": "/nonexistent"}))
    made._keys = replace(Keys.parse(Keys.generate(demo=True)), **changes)  # type: ignore[arg-type]
    return made


def test_what_was_encrypted_comes_back() -> None:
    box = of()
    for plain in (ID, "", "王䶮", "x" * 10_000):
        assert box.decrypt(box.encrypt(plain)) == plain


def test_the_same_text_is_never_encrypted_the_same_way_twice() -> None:
    box = of()
    assert len({box.encrypt(ID) for _ in range(50)}) == 50


def test_nothing_of_the_text_can_be_read() -> None:
    stored = of().encrypt(ID)
    assert ID not in stored
    assert ID.encode() not in base64.b64decode(stored.partition(":")[2])


def test_a_changed_byte_is_refused() -> None:
    box = of()
    name, _, body = box.encrypt(ID).partition(":")
    raw = bytearray(base64.b64decode(body))
    for place in (0, 12, len(raw) - 1):
        changed = bytes(byte ^ (index == place) for index, byte in enumerate(raw))
        with pytest.raises(InvalidTag):
            box.decrypt(f"{name}:{base64.b64encode(changed).decode()}")


def test_other_keys_cannot_read_it() -> None:
    with pytest.raises(InvalidTag):
        of().decrypt(of().encrypt(ID))


def test_old_rows_are_read_under_their_own_key_after_a_new_one_is_in_use() -> None:
    before = of()
    after = of(data={**before.keys.data, "k2": b"2" * 32}, current="k2")
    assert after.decrypt(before.encrypt(ID)) == ID
    assert after.encrypt(ID).startswith("k2:")


def test_the_index_is_the_same_for_the_same_text_and_useless_without_the_key() -> None:
    box = of()
    assert box.blind_index(ID) == box.blind_index(ID) != box.blind_index(ID[:-1] + "X")
    assert box.blind_index(ID) != of().blind_index(ID)
    assert len(box.blind_index(ID)) == 64


def test_a_link_depends_on_the_row_before_it_the_row_itself_and_the_key() -> None:
    box = of()
    link = box.chain("a", "row")
    assert len({link, box.chain("b", "row"), box.chain("a", "other"), of().chain("a", "row")}) == 4
    assert box.chain("ab", "c") != box.chain("a", "bc")


def test_keys_are_read_when_they_are_needed_and_not_before(tmp_path: Path) -> None:
    box = Secrets(Settings.from_env({"TRAININGADMIN_VAR": str(tmp_path), "TRAININGADMIN_DEMO": "0"}))
    with pytest.raises(SettingsError, match="keys create"):
        box.encrypt(ID)


def test_the_running_application_has_its_own(app: Flask) -> None:
    assert secrets.current().decrypt(secrets.current().encrypt(ID)) == ID
    assert secrets.blind_index(ID) == secrets.current().blind_index(ID)
