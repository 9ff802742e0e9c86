"""What a code on the teacher's screen says, sealed so that none can be invented. Pure: it is checked before any read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from trainingadmin.checkins.states import Direction

WINDOW = timedelta(seconds=30)
"""How long one code is shown."""
TOLERANCE = timedelta(seconds=10)
"""How long after that a scan is still taken: a picture is taken, a page is loaded."""
LENGTH = 32
_SECONDS = int(WINDOW.total_seconds())
_BODY = struct.Struct(">II4s")
_TAG_BYTES = 12
_LETTERS = re.compile(rf"[A-Za-z0-9_-]{{{LENGTH}}}")
_RECEIPT = struct.Struct(">I8s")
_RECEIPT_LETTERS = re.compile(r"[A-Za-z0-9_-]{16}")


@dataclass(frozen=True, slots=True)
class Code:
    """One code: of which session, for coming or leaving, in which half minute of time, and which screen's showing."""

    session_id: int
    direction: Direction
    window: int
    nonce: bytes

    @property
    def shown_at(self) -> datetime:
        """The first instant at which it is on the screen."""
        return datetime.fromtimestamp(self.window * _SECONDS, UTC)

    @property
    def good_until(self) -> datetime:
        """The instant from which no scan of it is taken."""
        return self.shown_at + WINDOW + TOLERANCE


def window_at(instant: datetime) -> int:
    """Return the number of the half minute that `instant` lies in."""
    return int(instant.timestamp()) // _SECONDS


class Sealer:
    """Writes codes as 32 letters of an address, and reads back only those written under the same key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, code: Code) -> str:
        """Return the letters of a code."""
        leaving = int(code.direction is Direction.OUT)
        body = _BODY.pack(code.session_id, code.window << 1 | leaving, code.nonce)
        return base64.urlsafe_b64encode(body + self._tag(b"code", body, _TAG_BYTES)).decode()

    def read(self, token: str) -> Code | None:
        """Return the code behind these letters, or None for anything that was not sealed here."""
        if not _LETTERS.fullmatch(token):
            return None
        raw = base64.urlsafe_b64decode(token)
        body, tag = raw[: _BODY.size], raw[_BODY.size :]
        if not hmac.compare_digest(tag, self._tag(b"code", body, _TAG_BYTES)):
            return None
        session_id, when, nonce = _BODY.unpack(body)
        return Code(session_id, Direction.OUT if when & 1 else Direction.IN, when >> 1, nonce)

    def receipt(self, token: str, device: str, opened_at: datetime) -> str:
        """Return 16 letters that prove when this device opened a code's page, whatever it takes to sign in."""
        second = int(opened_at.timestamp())
        tag = self._tag(b"receipt", f"{second}|{token}|{device}".encode(), 8)
        return base64.urlsafe_b64encode(_RECEIPT.pack(second, tag)).decode()

    def opened_at(self, receipt: str, token: str, device: str) -> datetime | None:
        """Return when this device opened the code's page, or None for a receipt of another device, page or maker."""
        if not _RECEIPT_LETTERS.fullmatch(receipt):
            return None
        second, _ = _RECEIPT.unpack(base64.urlsafe_b64decode(receipt))
        opened_at = datetime.fromtimestamp(second, UTC)
        return opened_at if hmac.compare_digest(receipt, self.receipt(token, device, opened_at)) else None

    def _tag(self, kind: bytes, message: bytes, length: int) -> bytes:
        return hmac.new(self._key, kind + b"\0" + message, hashlib.sha256).digest()[:length]


def digest(token: str) -> str:
    """Return by what a token is known once it was used: it is not kept itself."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]
