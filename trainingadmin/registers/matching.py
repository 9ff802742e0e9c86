"""Compares a line of a list with the person or organisation that its number names. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from trainingadmin.kernel.labels import N_
from trainingadmin.registers.states import Match, Register

CIVIL_SERVICE = "机关事业"
SURVIVOR = "遗属"
ENDED = ("停", "止", "终", "断", "转出", "注销", "死亡")
ACTIVE = ("存续", "在业", "开业", "在营", "正常")
ILLEGAL = "严重违法"

REASONS: Mapping[str, str] = {
    "name-differs": N_("证件号码相同，姓名不同"),
    "legacy-number": N_("名单上是15位旧号码，按换算后的18位比对"),
    "dates-odd": N_("起止日期颠倒"),
    "date-after-list": N_("起始日期晚于名单日期"),
    "before-birth": N_("起始日期早于本人出生"),
    "ended-undated": N_("状态为已停止，却没有写明截止日期"),
    "survivor": N_("遗属待遇，不是本人的养老金"),
    "draws-pension": N_("正在领取养老待遇"),
    "dead": N_("已登记死亡"),
    "civil-service": N_("参加机关事业单位养老保险"),
    "not-active": N_("登记状态不是存续"),
    "ended": N_("已经终止"),
    "status": N_("属于该类人员"),
    "insured": N_("在该单位参保"),
    "operates": N_("是该经营主体的经营者"),
    "active": N_("登记状态正常"),
}


class Line(Protocol):
    """What a line of a list says, as far as matching looks at it."""

    @property
    def legacy(self) -> bool: ...
    @property
    def odd(self) -> str: ...
    @property
    def from_on(self) -> date | None: ...
    @property
    def to_on(self) -> date | None: ...
    @property
    def word(self) -> str: ...
    @property
    def standing(self) -> str: ...


def of_person(kind: Register, line: Line, *, same_name: bool, born_on: date) -> tuple[Match, str]:
    """Return what a line with a person's own number is to that person, and the reason's code.

    Doubt goes first: whoever is named otherwise, by an old number or with impossible dates is a suspect for a human.
    """
    if doubt := _doubt(line, same_name) or _before_birth(line, born_on) or _undated(kind, line):
        return Match.SUSPECT, doubt
    match kind:
        case Register.DEATH:
            return Match.HIT, "dead"
        case Register.PENSION:
            return _pension(line)
        case Register.INSURANCE:
            if CIVIL_SERVICE in line.word and line.to_on is None:
                return Match.HIT, "civil-service"
            return Match.CLEAR, "ended" if line.to_on else "insured"
        case Register.STATUS:
            return Match.CLEAR, "ended" if line.to_on else "status"
        case Register.BUSINESS:
            return Match.CLEAR, "operates"


def of_organisation(line: Line, *, same_name: bool) -> tuple[Match, str]:
    """Return what a line of the business registry with an organisation's own code is to it."""
    if doubt := _doubt(line, same_name):
        return Match.SUSPECT, doubt
    return (Match.CLEAR, "active") if is_active(line.standing) else (Match.HIT, "not-active")


def is_active(standing: str) -> bool:
    """Tell whether a registry's status is 存续, in the words that registries use."""
    return standing.startswith(ACTIVE)


def runs_on(line: Line, day: date) -> bool:
    """Tell whether the line's interval, both ends included, covers a day; no beginning and no end are open."""
    return (line.from_on is None or line.from_on <= day) and (line.to_on is None or day <= line.to_on)


def needs_ruling(outcome: Match) -> bool:
    """Tell whether a human must say what is true: of every suspect and every hit."""
    return outcome is not Match.CLEAR


def _pension(line: Line) -> tuple[Match, str]:
    if line.to_on is not None:
        return Match.CLEAR, "ended"
    return (Match.SUSPECT, "survivor") if SURVIVOR in line.word else (Match.HIT, "draws-pension")


def _doubt(line: Line, same_name: bool) -> str:
    if not same_name:
        return "name-differs"
    return "legacy-number" if line.legacy else line.odd


def _before_birth(line: Line, born_on: date) -> str:
    return "before-birth" if line.from_on is not None and line.from_on < born_on else ""


def _undated(kind: Register, line: Line) -> str:
    dated = kind in {Register.PENSION, Register.INSURANCE, Register.STATUS}
    ended = dated and line.to_on is None and any(mark in line.standing for mark in ENDED)
    return "ended-undated" if ended else ""
