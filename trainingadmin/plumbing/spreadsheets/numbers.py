"""What a stored number means under its cell's format: a plain number, a date, a time, or a moment.

Runs in the reading child; standard library only.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_DAY_SECONDS = 86_400
_LAST_SERIAL = 2_958_465  # 9999-12-31
_PHANTOM_SERIAL = 60  # 1900-02-29, which never was


def is_date_format(number_format_id: int, code: str | None) -> bool:
    """Tell whether a number format shows a date or a time; `code` is the custom format, if there is one."""
    if code is None:
        return number_format_id in _BUILT_IN_DATES
    return _DATE_LETTERS.search(_NOT_FORMAT.sub("", code).split(";")[0]) is not None


def number_text(raw: str) -> str:
    """Return a stored number as digits, with the 15 significant ones that a spreadsheet keeps; ValueError if none."""
    if len(raw) <= 15 and raw.isascii() and raw.isdecimal():
        return raw.lstrip("0") or "0"
    value = float(raw)
    if value != value or value in (float("inf"), float("-inf")) or abs(value) >= 1e300:
        raise ValueError("not a finite number")
    digits = f"{value:.15g}"
    if "e" not in digits:
        return digits
    plain = f"{value:.0f}" if abs(value) >= 1 else f"{value:.20f}".rstrip("0").rstrip(".")
    # The digits past the fifteenth are an artefact of binary numbers, not what anybody typed.
    return _round_off(plain) if abs(value) >= 1 else plain


def _round_off(digits: str) -> str:
    sign, bare = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    kept = f"{int(bare):.14e}"
    mantissa, _, exponent = kept.partition("e")
    return sign + mantissa.replace(".", "").ljust(int(exponent) + 1, "0")


def date_text(raw: str, epoch_1904: bool) -> tuple[str, str] | None:
    """Return (kind letter, text) of a serial under a date format, or None for one no calendar has."""
    value = float(raw)
    if not 0 <= value < _LAST_SERIAL + 1:
        return None
    days, seconds = divmod(round(value * _DAY_SECONDS), _DAY_SECONDS)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if value < 1 and not epoch_1904:
        return ("h", clock) if not days else None
    day = _day(days, epoch_1904)
    if day is None:
        return None
    return ("m", f"{day.isoformat()} {clock}") if seconds else ("d", day.isoformat())


def _day(serial: int, epoch_1904: bool) -> date | None:
    if epoch_1904:
        return date(1904, 1, 1) + timedelta(days=serial) if serial <= _LAST_SERIAL - 1462 else None
    if serial == _PHANTOM_SERIAL or serial > _LAST_SERIAL:
        return None
    return date(1899, 12, 31 if serial < _PHANTOM_SERIAL else 30) + timedelta(days=serial)
