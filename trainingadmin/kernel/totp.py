"""Time-based one-time codes (RFC 6238): what an authenticator app shows for a secret at an instant."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

STEP = 30
"""Seconds a code is shown."""
DIGITS = 6
DRIFT = 1
"""Steps that a phone's clock may be early or late."""


def code_of(secret: bytes, counter: int, *, digits: int = DIGITS, digest: str = "sha1") -> str:
    """Return the code of one step (RFC 4226, section 5.3)."""
    mac = hmac.new(secret, counter.to_bytes(8, "big"), getattr(hashlib, digest)).digest()
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def counter_at(moment: datetime) -> int:
    """Return the number of whole steps since 1970; `moment` is an aware instant."""
    return int(moment.timestamp()) // STEP


def counter_of(secret: bytes, code: str, moment: datetime, *, after: int) -> int | None:
    """Return the step that `code` belongs to, or None when it is of no step near `moment` that is later than `after`."""
    now = counter_at(moment)
    for counter in range(now - DRIFT, now + DRIFT + 1):
        if counter > after and hmac.compare_digest(code_of(secret, counter).encode(), code.encode()):
            return counter
    return None


def in_letters(secret: bytes) -> str:
    """Return a secret as it is typed into an app: base32 in groups of four."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def address(secret: bytes, *, issuer: str, login: str) -> str:
    """Return the address that an app reads from a QR code."""
    asked = urlencode({"secret": base64.b32encode(secret).decode().rstrip("="), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{asked}"
