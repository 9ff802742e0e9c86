"""JSON Lines: cases in, decisions or errors out, one line at a time in constant memory."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from trainingadmin.schemes import SCHEMES, anchor_of, decide, facts_from_json, versions
from trainingadmin.schemes.base import Decision, Outcome
from trainingadmin.schemes.errors import BadFact
from trainingadmin.schemes.figures import Version, in_force
from trainingadmin.schemes.kinds import TEXT, Json

Law = Mapping[str, Sequence[Version[Any]]]  # the versions of every scheme by its name


class _NotJson(ValueError):
    """A word that Python reads but JSON does not have."""


def _no_such_word(word: str) -> Any:
    raise _NotJson(word)


def _whole(text: str) -> int | Decimal:
    """Read a whole number; one of thousands of digits is JSON, too, and out of every fact's bounds."""
    return int(text) if len(text) <= _LONGEST else Decimal("Infinity")


def _decimal(text: str) -> Decimal:
    """Read a decimal; one with an exponent that no number can have is out of every fact's bounds."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return Decimal("Infinity")


_LONGEST = 4_000  # digits; Python refuses to read more than 4 300
_decoder = json.JSONDecoder(parse_constant=_no_such_word, parse_float=Decimal)
_patient = json.JSONDecoder(parse_constant=_no_such_word, parse_float=_decimal, parse_int=_whole)
_encoder = json.JSONEncoder(ensure_ascii=False)
_NULL = "null"
_quote = json.encoder.encode_basestring


def shipped_law() -> dict[str, Sequence[Version[Any]]]:
    """Return the versions that come with the application, of every scheme."""
    return {name: versions(name) for name in SCHEMES}


def decide_told(told: Mapping[str, Json], law: Law) -> Decision:
    """Judge the case that a JSON object tells, under the version in force on its anchor date; BadFact otherwise."""
    try:
        TEXT.read(told.get("case"))
    except ValueError as wrong:
        raise BadFact("bad-fact", "case", str(wrong)) from None
    scheme = told.get("scheme")
    if type(scheme) is not str or scheme not in SCHEMES:
        raise BadFact("bad-fact", "scheme", f"应为以下之一：{'、'.join(SCHEMES)}")
    facts = facts_from_json(scheme, told)
    field, day = anchor_of(facts)
    return decide(scheme, facts, in_force(law[scheme], day, field))


def answers(lines: Iterable[bytes], law: Law) -> Iterator[tuple[bool, bytes]]:
    """Yield, for every line that is not empty and in order, whether it was a case that could be judged, and the answer.

    The answer is a line of UTF-8: the decision, or an object with `error`.
    """
    for number, line in enumerate(lines):
        told = line.removeprefix(codecs.BOM_UTF8) if number == 0 else line
        if told.strip():
            yield _answer(told, law)


def _answer(line: bytes, law: Law) -> tuple[bool, bytes]:
    case = None
    try:
        told = _told(line)
        case = told.get("case")
        return True, _encoded(decision_text(decide_told(told, law)))
    except BadFact as wrong:
        about = {"code": wrong.code, "field": wrong.field, "message": wrong.message}
        return False, _encoded(_encoder.encode({"case": None if wrong.field == "case" else case, "error": about}))


def _encoded(text: str) -> bytes:
    try:
        return (text + "\n").encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can write and UTF-8 cannot
        return (json.dumps(json.loads(text)) + "\n").encode()


def decision_text(decision: Decision) -> str:
    """Return `decision.to_json()` as JSON text.

    Joined from pieces made once a version, because encoding the whole anew costs more than judging.
    """
    frames = _frames(decision.version)
    parts = []
    for finding in decision.findings:
        condition, outcome, facts, _ = finding
        head, tail = frames[condition.code]
        possible_on = finding.possible_on if outcome is Outcome.FAIL else None
        ends = "null}" if possible_on is None else f'"{possible_on}"}}'
        parts.append(f'{head}{outcome}", "value": {_quote(condition.value(facts))}{tail}{ends}')
    about = ", ".join(
        [f'"{name}": {_NULL if told is None else _quote(told)}' for name, told in decision.about().items()]
    )
    return f'{{{about}, "findings": [{", ".join(parts)}]}}'


@lru_cache(maxsize=64)
def _frames(version: Version[Any]) -> dict[str, tuple[str, str]]:
    """Return what stands before and after the outcome and the value of each finding under `version`."""
    frames = {}
    for code, condition in SCHEMES[version.scheme].conditions.items():
        required, clause = _quote(version.required[code]), _quote(condition.clause)
        head = f'{{"code": {_quote(code)}, "outcome": "'
        frames[code] = head, f', "required": {required}, "clause": {clause}, "possible_on": '
    return frames


def _told(line: bytes) -> dict[str, Json]:
    try:
        text = line.decode()
        try:
            told = _decoder.decode(text)
        except (json.JSONDecodeError, _NotJson):
            raise
        except (ValueError, ArithmeticError):
            told = _patient.decode(text)
    except (ValueError, RecursionError):
        raise BadFact("bad-json", None, "这一行不是 JSON") from None
    if type(told) is not dict:
        raise BadFact("bad-json", None, "这一行不是 JSON 对象")
    return told
