"""Golden cases: what an official expects of a case, read strictly, and compared with what the law makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from trainingadmin import schemes
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.schemes import (
    SCHEMES,
    anchor_of,
    decide,
    documents,
    facts_from_json,
    version_on,
    versions_from_document,
)
from trainingadmin.schemes.base import Decision, Outcome, Verdict
from trainingadmin.schemes.errors import BadFact, BadPolicy
from trainingadmin.schemes.facts import specs_of
from trainingadmin.schemes.figures import Version
from trainingadmin.schemes.kinds import Json

_SHIPPED = Path(schemes.__file__).parent / "cases"
_CODES = ("refused", "unknown", "unknowns", "warns", "passes")
_SUMS = ("pays", "advance", "balance", "living_allowance")
_WORDS = frozenset({*_CODES, *_SUMS, "case", "facts", "figures", "policy", "possible_on", "cohort"})
_VERDICTS = ("pays", "refused", "unknown")


class BadCase(ValueError):
    """A case that is not of the form: `where` it is wrong and, in Chinese to be translated, why."""

    def __init__(self, where: str, message: str, **values: object) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where
        self.message = message
        self.values = values


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that came out otherwise than a case says. `what` is a name of the form; texts are for reading."""

    what: str
    expected: str
    found: str


Law = Sequence[Version[Any]]


def shipped(scheme: str) -> list[dict[str, Json]]:
    """Return the cases that come with the application, each with all its facts, dates as text."""
    document = _read(scheme)
    return [_whole(case, document["base"]) for case in document["cases"]]


@cache
def _read(scheme: str) -> dict[str, Any]:
    read: dict[str, Any] = _dates_as_text(documents.read_document((_SHIPPED / f"{scheme}.yaml").read_bytes()))
    return read


def _whole(case: Mapping[str, Json], base: Mapping[str, Json]) -> dict[str, Json]:
    if "cohort" in case:
        groups = [{**group, "facts": _known(base | group.get("facts", {}))} for group in case["cohort"]]
        return {**case, "cohort": groups}
    return {**case, "facts": _known(base | case.get("facts", {}))}


def _known(facts: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in facts.items() if value is not None}


def _dates_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _dates_as_text(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def read_case(scheme: str, text: str) -> dict[str, Json]:
    """Read one case from YAML or JSON as the files of cases write it; BadCase says where it is wrong.

    Facts that are not written are unknown: there is no base here.
    """
    try:
        told = _dates_as_text(documents.read_document(text))
    except BadPolicy:
        raise BadCase("", N_("不是可读的 YAML：请检查缩进、冒号后的空格、引号和日期，同一名称只写一次。")) from None
    if isinstance(told, list) and len(told) == 1:
        told = told[0]
    if not isinstance(told, dict):
        raise BadCase("", N_("应为一个案例：case、facts 和期望的结论"))
    checked(scheme, told)
    return {**told, "facts": _known(told["facts"])}


def checked(scheme: str, case: Mapping[str, Json]) -> None:
    """Refuse a case that is not of the form (BadCase): its name, facts, expectations and their codes."""
    for word in case:
        if word not in _WORDS or word == "cohort":
            raise BadCase(str(word), N_("没有这一项"))
    if not isinstance(case.get("case"), str) or not case["case"].strip():
        raise BadCase("case", N_("请写明案例名称"))
    if not isinstance(case.get("facts"), dict):
        raise BadCase("facts", N_("请写明案例的事实"))
    if sum(word in case for word in _VERDICTS) != 1:
        raise BadCase("pays", N_("pays（补贴元数）、refused（不满足的条件）、unknown（缺的条件）必须且只能写一项"))
    _check_expectations(scheme, case)
    try:
        facts = facts_from_json(scheme, _told(scheme, case))
        anchor_of(facts)
    except BadFact as wrong:
        raise _bad_fact(scheme, wrong, case["facts"]) from None


def _bad_fact(scheme: str, wrong: BadFact, facts: Mapping[str, Json]) -> BadCase:
    """Say of which form a fact must be, in words that can be translated."""
    field = wrong.field or "facts"
    kind = next((spec.kind for spec in SCHEMES[scheme].reader.specs if spec.name == field), None)
    if kind is not None and facts.get(field) is not None:
        if kind.bounds is not None:
            least, most = kind.bounds
            return BadCase(field, N_("应为 %(least)s 至 %(most)s 的整数，不带引号和小数点"), least=least, most=most)
        if kind.options:
            return BadCase(field, N_("应为以下之一：%(options)s"), options="、".join(kind.options))
        if kind.entry is not None:
            names = ", ".join(spec.name for spec in specs_of(kind.entry))
            return BadCase(field, N_("每一项应有这些成员，写法正确：%(names)s"), names=names)
    return BadCase(field, wrong.message)


def _check_expectations(scheme: str, case: Mapping[str, Json]) -> None:
    known = SCHEMES[scheme].conditions
    for word in _CODES:
        codes = case.get(word, [])
        if not isinstance(codes, list):
            raise BadCase(word, N_("应为条件代码的列表"))
        for code in codes:
            if code not in known:
                raise BadCase(word, N_("没有条件 %(name)s"), name=str(code))
    for word in _SUMS:
        if case.get(word) is not None:
            _money(word, case[word])
    figures = case.get("figures", {})
    if not isinstance(figures, dict) or not figures.keys() <= SCHEMES[scheme].parameters.keys():
        raise BadCase("figures", N_("应为参数名和值"))


def _money(word: str, value: Json) -> Money:
    try:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise TypeError
        return Money.parse(str(value))
    except (ValueError, TypeError):
        raise BadCase(word, N_("应为元数，如 4000")) from None


def _told(scheme: str, case: Mapping[str, Json]) -> dict[str, Json]:
    return {"case": "案例", "scheme": scheme, **case["facts"]}


def misses(scheme: str, case: Mapping[str, Json], law: Law) -> list[Miss]:
    """Judge a case under the versions of `law` and return what came out otherwise than it says; empty when it holds."""
    try:
        if "cohort" in case:
            return _of_cohort(scheme, case, law)
        return _of_one(case, _judged(scheme, case, law))
    except (BadFact, BadPolicy) as wrong:
        return [Miss("facts", "", str(wrong))]


def _judged(scheme: str, case: Mapping[str, Json], law: Law) -> Decision:
    facts = facts_from_json(scheme, _told(scheme, case))
    _, day = anchor_of(facts)
    return decide(scheme, facts, version_on(scheme, day, _with(scheme, law, case.get("figures", {}))))


def _with(scheme: str, law: Law, figures: Mapping[str, Json]) -> Law:
    """Return `law` with other values for some figures in all its versions."""
    if not figures:
        return law
    entries = [version.to_json() for version in law]
    for entry in entries:
        for name, value in figures.items():
            entry["parameters"][name]["value"] = value
    return versions_from_document({"scheme": scheme, "versions": entries})[1]


def _of_one(case: Mapping[str, Json], decision: Decision) -> list[Miss]:
    found = [*_of_verdict(case, decision), *_of_codes(case, decision)]
    told = decision.to_json()
    if "policy" in case and told["policy"] != case["policy"]:
        found.append(Miss("policy", str(case["policy"]), str(told["policy"])))
    for word in _SUMS[1:]:
        if word in case:
            wanted = None if case[word] is None else str(_money(word, case[word]))
            if told.get(word) != wanted:
                found.append(Miss(word, str(wanted), str(told.get(word))))
    possible = [one["possible_on"] for one in told["findings"] if one["possible_on"] is not None]
    wanted_on = [case["possible_on"]] if "possible_on" in case else []
    if possible != wanted_on:
        found.append(Miss("possible_on", " ".join(wanted_on), " ".join(possible)))
    return found


def _of_verdict(case: Mapping[str, Json], decision: Decision) -> list[Miss]:
    verdict, sum_ = Verdict.UNKNOWN, ZERO
    if "pays" in case:
        verdict, sum_ = Verdict.ELIGIBLE, _money("pays", case["pays"])
    elif "refused" in case:
        verdict = Verdict.REFUSED
    found = []
    if decision.verdict is not verdict:
        found.append(Miss("verdict", verdict.value, decision.verdict.value))
    if decision.entitlement != sum_:
        found.append(Miss("pays", str(sum_), str(decision.entitlement)))
    return found


def _of_codes(case: Mapping[str, Json], decision: Decision) -> list[Miss]:
    def codes(outcome: Outcome) -> list[str]:
        return [finding.code for finding in decision.findings if finding.outcome is outcome]

    wanted = {
        "refused": (case.get("refused", []), codes(Outcome.FAIL)),
        "unknown": (case.get("unknown", case.get("unknowns", [])), codes(Outcome.UNKNOWN)),
        "warns": (case.get("warns", []), codes(Outcome.WARN)),
    }
    found = [Miss(word, " ".join(said), " ".join(seen)) for word, (said, seen) in wanted.items() if said != seen]
    passed = codes(Outcome.PASS)
    missing = [code for code in case.get("passes", []) if code not in passed]
    return [*found, *([Miss("passes", " ".join(missing), "")] if missing else [])]


def _of_cohort(scheme: str, case: Mapping[str, Json], law: Law) -> list[Miss]:
    fen = {"advance": 0, "balance": 0}
    for group in case["cohort"]:
        decision = _judged(scheme, group, law)
        fen["advance"] += (decision.advance or ZERO).fen * group["people"]
        fen["balance"] += (decision.balance or ZERO).fen * group["people"]
    return [
        Miss(word, str(_money(word, case[word])), str(Money(found)))
        for word, found in fen.items()
        if word in case and _money(word, case[word]) != Money(found)
    ]
