"""Occupations of the national classification that apprentices are trained for, by code and by name."""

from __future__ import annotations

import re

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold

OCCUPATIONS: dict[str, str] = {
    "4-03-02-01": "中式烹调师",
    "4-10-04-02": "保健按摩师",
    "6-02-06-10": "茶叶加工工",
    "6-18-01-01": "车工",
    "6-18-02-04": "焊工",
    "6-18-04-06": "工具钳工",
    "6-20-01-01": "装配钳工",
    "6-31-01-02": "机修钳工",
    "6-31-01-03": "电工",
}

# Trades whose everyday name covers several occupations of the classification.
AMBIGUOUS: dict[str, tuple[str, ...]] = {"钳工": ("6-31-01-02", "6-20-01-01", "6-18-04-06")}

_BY_NAME: dict[str, str] = {name: code for code, name in OCCUPATIONS.items()}
_CODE = re.compile(r"[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−－"), "-")


def parse_occupation_code(text: str) -> str:
    """Return the code in the form `6-18-02-04`; Malformed `occupation-code-format`."""
    code = fold(text.translate(_DASHES)).replace(" ", "")
    if not _CODE.fullmatch(code):
        raise Malformed("occupation-code-format", N_("职业编码的写法应如 6-18-02-04"))
    return code


def fold_occupation(text: str) -> str:
    """Return an occupation's name as it is compared and kept."""
    return fold(text).replace(" ", "")


def occupation_name(code: str) -> str | None:
    """Return the name behind a code, or None if the table does not have it."""
    return OCCUPATIONS.get(code)


def occupation_code(name: str) -> str | None:
    """Return the code behind a full name, or None if the table does not have it or the name is ambiguous."""
    return _BY_NAME.get(fold_occupation(name))


def candidates(name: str) -> tuple[str, ...]:
    """Return the names among which an ambiguous trade name must be decided; empty for any other name."""
    return tuple(OCCUPATIONS[code] for code in AMBIGUOUS.get(fold_occupation(name), ()))


def settle_occupation(name: str, code: str = "") -> tuple[str, str | None]:
    """Return (name, code) of an occupation given by name and perhaps code.

    An ambiguous trade name is settled by a code among its candidates. The code is None when neither the
    text nor the table has one. Malformed `occupation-missing`, `occupation-ambiguous`,
    `occupation-code-format` or `occupation-code-mismatch`.
    """
    plain = fold_occupation(name)
    if not plain:
        raise Malformed("occupation-missing", N_("没有填写职业（工种）"))
    given = parse_occupation_code(code) if fold(code) else None
    if plain in AMBIGUOUS:
        return _settle_ambiguous(plain, given)
    expected = _BY_NAME.get(plain)
    if given is None:
        return plain, expected
    if expected not in (None, given) or OCCUPATIONS.get(given) not in (None, plain):
        raise Malformed("occupation-code-mismatch", N_("职业名称与职业编码不是同一个职业"))
    return plain, given


def _settle_ambiguous(name: str, given: str | None) -> tuple[str, str]:
    if given is None:
        raise Malformed("occupation-ambiguous", N_("“钳工”包括机修钳工、装配钳工、工具钳工，请写明是哪一种"))
    if given not in AMBIGUOUS[name]:
        raise Malformed("occupation-code-mismatch", N_("职业名称与职业编码不是同一个职业"))
    return OCCUPATIONS[given], given
