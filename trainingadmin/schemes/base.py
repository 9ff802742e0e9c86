"""What all schemes share: outcomes, conditions, findings, decisions, and the scheme as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from inspect import cleandoc
from itertools import repeat
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.schemes.facts import Facts, FactSpec, Reader, specs_of
from trainingadmin.schemes.figures import ParameterSpec, Version
from trainingadmin.schemes.kinds import MISSING, Json
from trainingadmin.schemes.owing import Owed, Particular, PayeeKind
from trainingadmin.schemes.reckoning import Reckoning
from trainingadmin.schemes.wording import WORDING

F = TypeVar("F", bound=Facts)
P = TypeVar("P")


class Outcome(StrEnum):
    """What a condition found. UNKNOWN: a fact is missing, or a person has to decide."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    WARN = "warn"


class Verdict(StrEnum):
    """What all findings together say."""

    ELIGIBLE = "eligible"
    REFUSED = "refused"
    UNKNOWN = "unknown"


BETWEEN = " / "
"""What stands between the facts in a finding's value."""

PASS, FAIL, UNKNOWN, WARN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.WARN


def verdict_of(outcomes: Sequence[Outcome]) -> Verdict:
    """Return REFUSED if any outcome fails, else UNKNOWN if any is unknown, else ELIGIBLE."""
    if FAIL in outcomes:
        return Verdict.REFUSED
    return Verdict.UNKNOWN if UNKNOWN in outcomes else Verdict.ELIGIBLE


@dataclass(frozen=True, slots=True, eq=False)
class Condition(Generic[F, P]):
    """One condition of a scheme: a pure function of facts and parameters, with its clause and its wording.

    `reads` are the facts it looks at (`certificate.level` inside a certificate), `asks` what it requires under given
    parameters, `possible` the first day on which a failing one could pass, where that can be said. `looks` gets those
    facts, `specs` say what they are called, and `value` shows them: parts joined by `BETWEEN`, each neutral or of words
    that `wording.in_english` knows.
    """

    code: str
    stages: tuple[str, ...]
    judge: Callable[[F, P], Outcome]
    clause: str
    reads: tuple[str, ...]
    looks: tuple[Callable[[F], Any], ...]
    specs: tuple[FactSpec, ...]
    value: Callable[[F], str]
    asks: Callable[[P], str]
    possible: Callable[[F, P], date | None] | None
    label_zh: str
    label_en: str
    advice_zh: str
    advice_en: str


class Finding(NamedTuple):
    """What one condition found about one case. Its texts are made when they are read."""

    condition: Condition[Any, Any]
    outcome: Outcome
    facts: Facts
    version: Version[Any]

    @property
    def code(self) -> str:
        """The condition's code."""
        return self.condition.code

    @property
    def clause(self) -> str:
        """The clause the condition rests on."""
        return self.condition.clause

    @property
    def value(self) -> str:
        """The facts looked at, for reading."""
        return self.condition.value(self.facts)

    @property
    def required(self) -> str:
        """What the version asks for, for reading."""
        return self.version.required[self.condition.code]

    @property
    def possible_on(self) -> date | None:
        """The first day on which a failing condition could pass, where that can be said."""
        if self.outcome is not FAIL or self.condition.possible is None:
            return None
        return self.condition.possible(self.facts, self.version.parameters)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the facts it looks at that are missing."""
        condition = self.condition
        looked = zip(condition.reads, condition.looks, strict=True)
        return tuple(name for name, look in looked if look(self.facts) is None)

    def to_json(self) -> dict[str, Json]:
        """Return the finding as `schemes decide` prints it."""
        condition, outcome, facts, version = self
        possible_on = self.possible_on
        return {
            "code": condition.code,
            "outcome": outcome,
            "value": condition.value(facts),
            "required": version.required[condition.code],
            "clause": condition.clause,
            "possible_on": None if possible_on is None else possible_on.isoformat(),
        }

    def __repr__(self) -> str:
        return f"<{self.code}: {self.outcome}>"


@dataclass(slots=True, eq=False, repr=False)
class Decision:
    """All findings about one case under one version, and what it is worth.

    `entitlement` is nothing unless ELIGIBLE; `advance` is None when it is not known.
    """

    facts: Facts
    version: Version[Any]
    verdict: Verdict
    findings: list[Finding]
    entitlement: Money
    advance: Money | None = ZERO

    @property
    def balance(self) -> Money | None:
        """Entitlement less advance, whatever the verdict; negative is to be recovered; None when not known."""
        return None if self.advance is None else self.entitlement - self.advance

    def finding(self, code: str) -> Finding:
        """Return the finding of one condition; KeyError when it was not judged."""
        for finding in self.findings:
            if finding.condition.code == code:
                return finding
        raise KeyError(code)

    def amounts(self) -> dict[str, str | None]:
        """Return the sums of money by their names in the output."""
        return {
            "entitlement": str(self.entitlement),
            "advance": None if self.advance is None else str(self.advance),
            "balance": None if (balance := self.balance) is None else str(balance),
        }

    def about(self) -> dict[str, str | None]:
        """Return the decision as JSON without its findings: texts or null."""
        return {
            "case": self.facts.case,
            "scheme": self.version.scheme,
            "policy": self.version.code,
            "verdict": self.verdict,
            **self.amounts(),
        }

    def to_json(self) -> dict[str, Json]:
        """Return the decision as `schemes decide` prints it."""
        return self.about() | {"findings": [finding.to_json() for finding in self.findings]}


CLAIM = "claim"


class Rules(Generic[F, P]):
    """Collects the conditions of one scheme in the order in which they are listed."""

    def __init__(self, declared: type[F]) -> None:
        self._declared = declared
        self.by_code: dict[str, Condition[F, P]] = {}

    def condition(
        self,
        code: str,
        reads: str,
        asks: Callable[[P], str] | str,
        *,
        stages: tuple[str, ...] = (CLAIM,),
        possible: Callable[[F, P], date | None] | None = None,
    ) -> Callable[[Callable[[F, P], Outcome]], Callable[[F, P], Outcome]]:
        """Register a function as the condition `code`; its clause is what follows `Clause:` in its docstring."""

        def keep(judge: Callable[[F, P], Outcome]) -> Callable[[F, P], Outcome]:
            names = tuple(reads.split())
            seen = [_look(self._declared, name) for name in names]
            text = asks
            self.by_code[code] = Condition(
                code,
                stages,
                judge,
                _clause_of(judge),
                names,
                tuple(look for look, _ in seen),
                tuple(spec for _, spec in seen),
                _value_of([(look, spec.kind.show) for look, spec in seen]),
                (lambda _: text) if isinstance(text, str) else text,
                possible,
                *WORDING[code],
            )
            return judge

        return keep

    def stage(self, name: str = CLAIM, *, without: frozenset[str] = frozenset()) -> Stage[F, P]:
        """Return the conditions of a stage in order, but for the codes in `without`."""
        return Stage([c for c in self.by_code.values() if name in c.stages and c.code not in without])


def _clause_of(judge: Callable[..., Outcome]) -> str:
    _, marked, clause = cleandoc(judge.__doc__ or "").partition("Clause: ")
    if not marked:
        raise ImportError("the clauses stand in the docstrings: do not run the law with python -OO")
    return " ".join(clause.split())


Seen = tuple[Callable[[Any], Any], Callable[[Any], str]]  # how to get a fact and how to show it


def _value_of(seen: Sequence[Seen]) -> Callable[[Any], str]:
    """Return how to show several facts in one text."""

    def single(facts: Any) -> str:
        return MISSING if (fact := look(facts)) is None else show(fact)

    def pair(facts: Any) -> str:
        one, other = look(facts), look_next(facts)
        first, second = MISSING if one is None else show(one), MISSING if other is None else show_next(other)
        return f"{first}{BETWEEN}{second}"

    def several(facts: Any) -> str:
        return BETWEEN.join([MISSING if (fact := look(facts)) is None else show(fact) for look, show in seen])

    look, show = seen[0]
    look_next, show_next = seen[-1]
    return {1: single, 2: pair}.get(len(seen), several)


def _look(declared: type[Facts], path: str) -> tuple[Callable[[Any], Any], FactSpec]:
    """Return how to get the fact at `path`, and what it is."""
    name, _, member = path.partition(".")
    spec = next(spec for spec in specs_of(declared) if spec.name == name)
    if not member:
        return attrgetter(name), spec
    assert spec.kind.entry is not None
    inner = next(spec for spec in specs_of(spec.kind.entry) if spec.name == member)
    get, get_member = attrgetter(name), attrgetter(inner.attribute)
    return (lambda facts: None if (entry := get(facts)) is None else get_member(entry)), inner


_new = tuple.__new__


class Stage(Generic[F, P]):
    """The conditions judged together, in order."""

    def __init__(self, conditions: Sequence[Condition[F, P]]) -> None:
        self.conditions = tuple(conditions)
        self._judges = tuple(condition.judge for condition in conditions)

    def outcomes(self, facts: F, parameters: P) -> list[Outcome]:
        """Return the outcome of every condition."""
        return [judge(facts, parameters) for judge in self._judges]

    def findings(self, outcomes: Sequence[Outcome], facts: F, version: Version[P]) -> list[Finding]:
        """Return the conditions with their outcomes as findings."""
        told = zip(self.conditions, outcomes, repeat(facts), repeat(version), strict=False)
        return list(map(_new, repeat(Finding), told))  # half the time of calling Finding for each

    def at(self, code: str) -> int:
        """Return the place of the condition `code`."""
        return [condition.code for condition in self.conditions].index(code)


def balance_owed(decision: Decision) -> tuple[Owed, ...]:
    """Owe what is earned less what was paid ahead, in one sum."""
    balance = decision.balance or ZERO
    return (Owed("balance", balance),) if balance > ZERO else ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scheme:
    """One subsidy scheme: its facts, figures, conditions, payee, and the function that judges a case.

    `reckon` tells how the sums of a decision arise, `owed` which of them it makes owed; `particulars`
    what lists, notices and vouchers say of a line.
    """

    name: str
    label_zh: str
    label_en: str
    payee: PayeeKind
    facts: type[Facts]
    parameters: Mapping[str, ParameterSpec]
    parameters_type: type[Any]
    conditions: Mapping[str, Condition[Any, Any]]
    anchor: str
    anchor_on: Callable[[Any], date | None]
    judge: Callable[[Any, Version[Any]], Decision]
    reader: Reader
    reckon: Callable[[Any], tuple[Reckoning, ...]]
    stages: tuple[str, ...] = (CLAIM,)
    owed: Callable[[Any], tuple[Owed, ...]] = balance_owed
    particulars: tuple[Particular, ...] = ()
