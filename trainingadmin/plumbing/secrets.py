"""Encrypts personal data for the column and indexes it blindly, under keys that never leave memory."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

from trainingadmin.settings import Keys, Settings

_NONCE = 12


class Secrets:
    """Keys in use by one application; loaded at the first need, so that pure commands need none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: Keys | None = None
        self._ciphers: dict[str, AESGCM] = {}

    @property
    def keys(self) -> Keys:
        """Return the keys; raises `SettingsError` when they are missing or unsafe."""
        if self._keys is None:
            self._keys = self._settings.keys()
        return self._keys

    def encrypt(self, plain: str) -> str:
        """Return `plain` under AES-256-GCM, with the key's name in front."""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher(self.keys.current).encrypt(nonce, plain.encode(), None)
        return f"{self.keys.current}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str) -> str:
        """Return what `encrypt` was given; raises `InvalidTag` if it was tampered with."""
        name, _, body = stored.partition(":")
        raw = base64.b64decode(body)
        return self._cipher(name).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()

    def _cipher(self, name: str) -> AESGCM:
        """Return the cipher of a key, made once: making it takes longer than using it."""
        if (made := self._ciphers.get(name)) is None:
            made = self._ciphers[name] = AESGCM(self.keys.data[name])
        return made

    def blind_index(self, plain: str) -> str:
        """Return the keyed hash by which an encrypted value is found and kept unique."""
        return hmac.new(self.keys.index, plain.encode(), hashlib.sha256).hexdigest()

    def key_for(self, purpose: str) -> bytes:
        """Return a key of its own for what browsers carry to `purpose` and back, made of the one that seals cookies."""
        return hmac.new(self.keys.cookie, f"for\x00{purpose}".encode(), hashlib.sha256).digest()

    def chain(self, previous: str, row: str) -> str:
        """Return the keyed hash that ties a journal row to the one before it."""
        return hmac.new(self.keys.journal, f"{previous}\x00{row}".encode(), hashlib.sha256).hexdigest()


def install(app: Flask, settings: Settings) -> None:
    """Give `app` its secrets."""
    app.extensions["secrets"] = Secrets(settings)


def current() -> Secrets:
    """Return the secrets of the running application."""
    found: Secrets = current_app.extensions["secrets"]
    return found


def blind_index(plain: str) -> str:
    """Shorthand for the running application's `Secrets.blind_index`."""
    return current().blind_index(plain)
