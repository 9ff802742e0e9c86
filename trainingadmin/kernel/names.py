"""Names of people: how they are cleaned, compared with each other and with a bank's answer."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed

_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・．･"), "·")
_DOT = "·"
# Marks that show nothing: soft hyphen, joiners, directions, byte-order mark, annotation and language tags.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f]"
)
_WILDCARD = "?"
_ALLOWED_MARKS = frozenset("·-'’ ")


def fold(text: str) -> str:
    """Return `text` in NFKC, without invisible marks or outer blanks; inner runs of blanks become one."""
    if text.isascii():
        return " ".join(text.split())
    before, folded = None, text
    # Taking a mark away can bring two others together that NFKC then joins, so repeat until it rests.
    while folded != before:
        before, plain = folded, unicodedata.normalize("NFKC", folded)
        folded = " ".join(_INVISIBLE.sub("", plain).split())
    return folded


def fold_name(text: str) -> str:
    """Return a name as it is kept: `fold`ed, every middle dot as `·`, no blanks beside Chinese characters."""
    plain = fold(text.translate(_DOTS)).translate(_DOTS)
    return fold("".join(mark for at, mark in enumerate(plain) if mark != " " or _parts_western_words(plain, at)))


def parse_name(text: str) -> str:
    """Return the folded name; Malformed `name-missing`, `name-private-use` or `name-characters`."""
    name = fold_name(text)
    if not name:
        raise Malformed("name-missing", N_("没有填写姓名"))
    if any(unicodedata.category(mark) == "Co" for mark in name):
        raise Malformed("name-private-use", N_("姓名里有自造字，别的电脑显示不出来，请改用国家标准汉字"))
    if not all(_may_stand_in_a_name(mark) for mark in name):
        raise Malformed("name-characters", N_("姓名里有数字或符号"))
    return name


def same_name(one: str, other: str) -> bool:
    """Tell whether two spellings are one name, blanks, dots, letter case and variant selectors apart."""
    return compared(one) == compared(other)


def has_wildcard(answered: str) -> bool:
    """Tell whether a bank put `?` in place of a character that it cannot hold."""
    return _WILDCARD in fold(answered)


def bank_name_agrees(ours: str, answered: str) -> bool:
    """Tell whether a bank's spelling can be our name, each `?` standing for exactly one character."""
    mine, theirs = compared(ours), compared(answered)
    return mine == theirs or (
        len(mine) == len(theirs)
        and all(theirs_at in (_WILDCARD, mine_at) for mine_at, theirs_at in zip(mine, theirs, strict=True))
    )


@lru_cache(maxsize=1024)  # a bank's answer names the same organisation over and over
def compared(name: str) -> str:
    """Return what of a name counts when it is compared: two spellings of one name give the same."""
    return "".join(mark for mark in fold_name(name).casefold() if unicodedata.category(mark) != "Mn")


def _parts_western_words(text: str, at: int) -> bool:
    return _is_western(text[at - 1]) and _is_western(text[at + 1])


def _is_western(mark: str) -> bool:
    return mark.isascii() or (mark.isalpha() and mark < "\u2e80" and mark != _DOT)


def _may_stand_in_a_name(mark: str) -> bool:
    # Ideographs newer than this Python's tables have no category yet; planes 2 and 3 hold nothing else.
    return unicodedata.category(mark)[0] in "LM" or mark in _ALLOWED_MARKS or 0x20000 <= ord(mark) < 0x40000
