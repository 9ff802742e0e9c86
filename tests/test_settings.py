"""What the environment says, and keys that nobody gets by accident."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from trainingadmin.settings import ROOT, Keys, Settings, SettingsError, write_keys


def of(var: Path, **env: str) -> Settings:
    return Settings.from_env({"TRAININGADMIN_VAR": str(var), **env})


def test_without_an_environment_everything_lies_in_the_projects_own_folder() -> None:
    settings = Settings.from_env({"TRAININGADMIN_DEMO": "1"})
    assert settings.var == ROOT / "var"
    assert settings.database_url == f"sqlite:///{ROOT}/var/trainingadmin.db"
    assert settings.redis_url == f"unix://{ROOT}/var/valkey.sock"
    assert settings.storage_url == f"file:{ROOT}/var/store"
    assert settings.base_url == "http://127.0.0.1:8000"


def test_production_parts_are_named_by_the_environment(tmp_path: Path) -> None:
    settings = of(
        tmp_path,
        DATABASE_URL="postgresql://db/app",
        REDIS_URL="redis://queue/1",
        STORAGE_URL="s3://bucket/x",
        TRAININGADMIN_BASE_URL="https://hr.example.gov.cn/",
        TRAININGADMIN_SIGNER="folder:/keys",
    )
    assert (settings.database_url, settings.redis_url) == ("postgresql://db/app", "redis://queue/1")
    assert (settings.storage_url, settings.signer) == ("s3://bucket/x", "folder:/keys")
    assert (settings.base_url, settings.https) == ("https://hr.example.gov.cn", True)


def test_text_messages_go_to_the_inbox_in_the_demo_only(tmp_path: Path) -> None:
    assert of(tmp_path, TRAININGADMIN_DEMO="1").sms == "inbox"
    assert of(tmp_path, TRAININGADMIN_DEMO="0").sms == "none"


def test_a_folder_with_demo_keys_stays_a_demo(tmp_path: Path) -> None:
    assert not of(tmp_path).demo
    write_keys(tmp_path / "keys" / "secrets.json", demo=True)
    assert of(tmp_path).demo
    assert not of(tmp_path, TRAININGADMIN_DEMO="0").demo


def test_a_demo_makes_its_keys_once(tmp_path: Path) -> None:
    settings = of(tmp_path, TRAININGADMIN_DEMO="1")
    first = settings.keys()
    assert first.demo
    assert settings.keys() == first


def test_nothing_but_a_demo_makes_keys_by_itself(tmp_path: Path) -> None:
    settings = of(tmp_path, TRAININGADMIN_DEMO="0")
    with pytest.raises(SettingsError, match="flask --app wsgi keys create"):
        settings.keys()
    assert not settings.key_file.exists()


def test_demo_keys_do_not_protect_real_data(tmp_path: Path) -> None:
    write_keys(tmp_path / "keys" / "secrets.json", demo=True)
    with pytest.raises(SettingsError, match="demo keys"):
        of(tmp_path, TRAININGADMIN_DEMO="0").keys()


def test_real_keys_are_read_by_their_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secrets.json"
    write_keys(path, demo=False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        write_keys(path, demo=False)
    assert path.read_bytes() == before
    assert not of(tmp_path, TRAININGADMIN_DEMO="0").keys().demo


def test_each_key_is_random_long_and_for_one_use() -> None:
    kept = [Keys.parse(json.loads(json.dumps(Keys.generate(demo=False)))) for _ in range(2)]
    every = [key for keys in kept for key in (keys.cookie, keys.index, keys.journal, keys.data[keys.current])]
    assert len(set(every)) == 8
    assert {len(key) for key in every} == {32}


def test_a_log_of_the_settings_shows_no_password_and_no_key(tmp_path: Path) -> None:
    settings = of(tmp_path, DATABASE_URL="postgresql://app:hunter2@db/app", TRAININGADMIN_DEMO="1")
    assert "hunter2" not in repr(settings)
    keys = settings.keys()
    assert repr(keys.cookie) not in repr(keys)
