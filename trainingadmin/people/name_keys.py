"""How a name is spelt in letters, so that it is found by pinyin or by first letters."""

from __future__ import annotations

import re

from pypinyin import lazy_pinyin
from sqlalchemy import ColumnElement, or_

from trainingadmin.kernel.names import compared
from trainingadmin.people.models import Person
from trainingadmin.plumbing.secrets import blind_index

# Characters that are read otherwise as a surname; pairs first.
_SURNAMES = {
    "单于": ("chan", "yu"), "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"),
    "曾": ("zeng",), "仇": ("qiu",), "单": ("shan",), "解": ("xie",), "区": ("ou",), "查": ("zha",), "朴": ("piao",),
    "盖": ("ge",), "任": ("ren",), "缪": ("miao",), "翟": ("zhai",), "乐": ("yue",), "燕": ("yan",), "宁": ("ning",),
    "华": ("hua",), "覃": ("qin",), "召": ("shao",), "折": ("she",), "那": ("na",), "秘": ("bi",), "种": ("chong",),
    "谌": ("chen",), "员": ("yun",), "冼": ("xian",), "牟": ("mou",), "葛": ("ge",), "纪": ("ji",), "尹": ("yin",),
    "令狐": ("ling", "hu"), "澹台": ("tan", "tai"), "黑": ("he",), "繁": ("po",), "逄": ("pang",), "晟": ("cheng",),
}  # fmt: skip
_LETTERS = re.compile(r"[^a-z]")
_NOTHING = "-"


def key_of(name: str) -> str:
    """Return a name's letters: whole syllables and first letters (`kongweigui kwg`); never empty."""
    syllables = [_LETTERS.sub("", one.lower().replace("ü", "v")) for one in _syllables(name)]
    whole = [one for one in syllables if one]
    return f"{''.join(whole)} {''.join(one[0] for one in whole)}" if whole else _NOTHING


def index_of(name: str) -> str:
    """Return the blind index of a name as `same_name` compares it."""
    return blind_index(compared(name))


def _syllables(name: str) -> list[str]:
    for length in (2, 1):
        read = _SURNAMES.get(name[:length])
        if read and len(name) >= length:
            return [*read, *lazy_pinyin(name[length:])]
    return lazy_pinyin(name)


def named(words: str) -> ColumnElement[bool]:
    """Return the condition that a person bears this name, or part of it, in characters, pinyin or first letters."""
    spelt = _LETTERS.sub("", words.lower())
    by_name = Person.name.icontains(words, autoescape=True)
    if not words.isascii() or len(spelt) < 2:
        return by_name
    return or_(by_name, Person.name_key.startswith(spelt), Person.name_key.endswith(f" {spelt}"))
