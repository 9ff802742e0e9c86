"""Money: an exact amount in fen, which never meets a float."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_YUAN = re.compile(r"(-?)([0-9]+)(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in whole fen (1 yuan = 100 fen); may be negative, as a recovery is."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError("money is a whole number of fen")

    @classmethod
    def yuan(cls, whole: int) -> Money:
        """Return `whole` yuan."""
        return cls(whole * 100)

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read yuan with at most two decimals, such as "4000" or "-0.5"; ValueError otherwise."""
        found = _YUAN.fullmatch(text)
        if found is None:
            raise ValueError(f"not an amount in yuan with at most two decimals: {text!r}")
        sign, whole, cents = found.groups()
        fen = int(whole) * 100 + int((cents or "0").ljust(2, "0"))
        return cls(-fen if sign else fen)

    def __str__(self) -> str:
        """Yuan with two decimals and no separators: the form files and digests use."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"

    def grouped(self) -> str:
        """Yuan with two decimals and thousands separators: the form people read."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100:,}.{abs(self.fen) % 100:02d}"

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0


ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """Sum an iterable of `Money`."""
    return Money(sum(amount.fen for amount in amounts))


def split(amount: Money, parts: int) -> list[Money]:
    """Share an amount out in equal parts of whole fen; the fen that do not divide are on the last. ValueError below one part."""
    if parts < 1:
        raise ValueError("an amount is split in at least one part")
    share = amount.fen // parts
    return [*[Money(share)] * (parts - 1), Money(amount.fen - share * (parts - 1))]
