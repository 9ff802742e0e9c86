"""Amounts of money in the capital numerals that vouchers ask for (大写金额)."""

from __future__ import annotations

from trainingadmin.kernel.money import Money

PREFIX = "人民币"

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUPS = ("", "万", "亿", "万亿")
_LIMIT_FEN = 10**18


def amount_in_words(amount: Money) -> str:
    """Return the amount in words without the prefix, such as `壹仟肆佰零玖元伍角`.

    `整` closes an amount without jiao and fen. ValueError for a negative amount or one from 10¹⁶ yuan up:
    a voucher has no words for them.
    """
    if not 0 <= amount.fen < _LIMIT_FEN:
        raise ValueError("no words for a negative amount or one of 10^16 yuan or more")
    yuan, cents = divmod(amount.fen, 100)
    jiao, fen = divmod(cents, 10)
    if not cents:
        return f"{_whole(yuan)}元整"
    words = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif yuan:
        words += _DIGITS[0]
    return words + (f"{_DIGITS[fen]}分" if fen else "")


def voucher_amount(amount: Money) -> str:
    """Return the amount in words behind 人民币, with no gap into which anything could be written."""
    return PREFIX + amount_in_words(amount)


def _whole(yuan: int) -> str:
    if not yuan:
        return _DIGITS[0]
    words, skipped = "", False
    for at in range(len(_GROUPS) - 1, -1, -1):
        group = yuan // 10_000**at % 10_000
        if group and words and (skipped or group < 1_000):
            words += _DIGITS[0]
        if group:
            words += _group(group) + _unit(at, yuan)
        skipped = bool(words) and not group
    return words


def _unit(at: int, yuan: int) -> str:
    # 万亿 is said as one number of 亿: the 亿 is left to the lower group when that one is spoken.
    return "万" if at == 3 and yuan // 10**8 % 10_000 else _GROUPS[at]


def _group(number: int) -> str:
    words, gap = "", False
    for digit, place in zip(f"{number:04d}", _PLACES, strict=True):
        if digit == "0":
            gap = bool(words)
            continue
        words += (_DIGITS[0] if gap else "") + _DIGITS[int(digit)] + place
        gap = False
    return words
