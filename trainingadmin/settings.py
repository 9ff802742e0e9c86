"""What the environment says: where data, queue and files are, and the keys that protect them."""

from __future__ import annotations

import base64
import json
import os
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(RuntimeError):
    """A setting is missing or unsafe; the message says how to mend it."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Secret keys; each has one use, so that losing one does not open the others."""

    cookie: bytes
    data: Mapping[str, bytes]
    current: str
    index: bytes
    journal: bytes
    demo: bool

    @classmethod
    def generate(cls, *, demo: bool) -> dict[str, Any]:
        """Return a fresh key file's content."""
        fresh = {
            name: base64.b64encode(random.token_bytes(32)).decode() for name in ("cookie", "index", "journal", "k1")
        }
        data = {"k1": fresh.pop("k1")}
        return {**fresh, "data": data, "current": "k1", "demo": demo}

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Keys:
        """Read a key file's content."""
        decode = base64.b64decode
        return cls(
            cookie=decode(content["cookie"]),
            data={name: decode(value) for name, value in content["data"].items()},
            current=content["current"],
            index=decode(content["index"]),
            journal=decode(content["journal"]),
            demo=bool(content["demo"]),
        )


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """Everything the outside decides; frozen for the life of the process."""

    var: Path
    database_url: str
    redis_url: str
    storage_url: str
    base_url: str
    demo: bool
    sms: str
    https: bool
    signer: str
    second_factor: bool

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment; every name has a default that suits `./run`."""
        var = Path(env.get("TRAININGADMIN_VAR", ROOT / "var")).resolve()
        base_url = env.get("TRAININGADMIN_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
        demo = env["TRAININGADMIN_DEMO"] == "1" if "TRAININGADMIN_DEMO" in env else _made_for_demo(var)
        return cls(
            var=var,
            database_url=env.get("DATABASE_URL", f"sqlite:///{var / 'trainingadmin.db'}"),
            redis_url=env.get("REDIS_URL", f"unix://{var / 'valkey.sock'}"),
            storage_url=env.get("STORAGE_URL", f"file:{var / 'store'}"),
            base_url=base_url,
            demo=demo,
            sms=env.get("TRAININGADMIN_SMS", "inbox" if demo else "none"),
            https=base_url.startswith("https://"),
            signer=env.get("TRAININGADMIN_SIGNER", f"folder:{var / 'keys' / 'signer'}"),
            second_factor=_required(env.get("TRAININGADMIN_SECOND_FACTOR", "optional" if demo else "required")),
        )

    @property
    def key_file(self) -> Path:
        """Where the keys are kept."""
        return self.var / "keys" / "secrets.json"

    def keys(self) -> Keys:
        """Return the keys; a demo makes its own once, anything else must be given some.

        Raises `SettingsError` when there are none, or when demo keys would protect real data.
        """
        if not self.key_file.exists():
            if not self.demo:
                raise SettingsError(f"No keys at {self.key_file}. Make them once with: flask --app wsgi keys create")
            write_keys(self.key_file, demo=True)
        keys = Keys.parse(json.loads(self.key_file.read_text()))
        if keys.demo and not self.demo:
            raise SettingsError(f"{self.key_file} holds demo keys. Move it away and run: flask --app wsgi keys create")
        return keys


def write_keys(path: Path, *, demo: bool) -> None:
    """Create the key file, readable by its owner only; an existing one is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(Keys.generate(demo=demo), file)


def _required(word: str) -> bool:
    """Read whether staff must have a second factor; raises `SettingsError` for any other word."""
    if word not in {"required", "optional"}:
        raise SettingsError(f"TRAININGADMIN_SECOND_FACTOR is {word!r}; it can be: required, optional")
    return word == "required"


def _made_for_demo(var: Path) -> bool:
    try:
        return bool(json.loads((var / "keys" / "secrets.json").read_text())["demo"])
    except FileNotFoundError:
        return False
