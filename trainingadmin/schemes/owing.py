"""What a decision makes owed, and what is said of a line beside name and sum: the same shapes for every scheme."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from trainingadmin.kernel.levels import level_name
from trainingadmin.kernel.money import Money
from trainingadmin.schemes.wording import in_english

PayeeKind = Literal["organisation", "person"]
OwedKind = Literal["balance", "monthly", "allowance", "one_off"]


class Owed(NamedTuple):
    """One sum that becomes owed: of what kind, how much, for which period, to the organisation or the person.

    An `allowance` stands beside the entitlement; all other kinds together are entitlement less advance.
    """

    kind: OwedKind
    amount: Money
    period: str = ""
    payee: PayeeKind = "organisation"

    def to_json(self) -> dict[str, str]:
        """Return the sum as JSON."""
        return {"kind": self.kind, "amount": str(self.amount), "period": self.period, "payee": self.payee}


def from_json(told: Mapping[str, Any]) -> Owed:
    """Read what `Owed.to_json` wrote."""
    return Owed(told["kind"], Money.parse(told["amount"]), told["period"], told["payee"])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Particular:
    """One thing worth saying of a line; `brief` ones stand in lists and notices, all of them on vouchers."""

    name: str
    label_zh: str
    label_en: str
    show: Callable[[Any], str] = str
    brief: bool = True


def shown(among: Sequence[Particular], particulars: Mapping[str, Any]) -> list[tuple[Particular, str]]:
    """Return every particular that is known with its text, in the scheme's order."""
    return [(one, one.show(value)) for one in among if (value := particulars.get(one.name)) is not None]


def told(among: Sequence[Particular], particulars: Mapping[str, Any], *, english: bool) -> list[tuple[str, str]]:
    """Return label and text of every particular that is known, in the scheme's order."""
    known = shown(among, particulars)
    return [(one.label_en, in_english(text)) if english else (one.label_zh, text) for one, text in known]


def in_brief(among: Sequence[Particular], particulars: Mapping[str, Any], *, english: bool) -> list[str]:
    """Return the texts of the brief particulars that are known."""
    return [text for _, text in told([one for one in among if one.brief], particulars, english=english)]


def months(count: int) -> str:
    """Show a number of months."""
    return f"{count} 个月"


def class_hours(count: int) -> str:
    """Show a number of class hours."""
    return f"{count} 课时"


def level(number: int) -> str:
    """Show a skill level."""
    return level_name(number)


def span(days: Sequence[str]) -> str:
    """Show a first and a last day."""
    return " – ".join(days)
