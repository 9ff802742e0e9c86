"""What is suspect about a mark, kept with the evidence by which a person can judge it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from trainingadmin.attendance.crediting import Flag
from trainingadmin.kernel.labels import N_

NO_TIME = "—"
_SENTENCES = {
    Flag.DURING_SHIFT: N_("本人是%(own)s班组，这一天当班；%(came)s 签到"),
    Flag.OTHER_GROUP: N_("本人是%(own)s班组，签到的是%(group)s班组的课"),
    Flag.OUTSIDE_HOURS: N_("%(came)s 签到、%(left)s 签退，上课时间是 %(starts)s 至 %(ends)s"),
    Flag.IDENTICAL_SECONDS: N_("%(came)s 签到、%(left)s 签退，与序号 %(others)s 的学徒分秒不差"),
    Flag.ONE_TIME_ONLY: N_("签到 %(came)s，签退 %(left)s"),
}


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One reason to look at a mark: its code, what it says, and a sentence with places for the evidence."""

    code: str
    label: str
    sentence: str
    evidence: Mapping[str, str]


def flagged(
    flags: Iterable[Flag],
    *,
    own: str,
    group: str,
    starts_at: time,
    ends_at: time,
    in_at: time | None,
    out_at: time | None,
    others: Iterable[int] = (),
) -> list[dict[str, Any]]:
    """Return flags as a mark stores them; `others` are the roster numbers of those with the very same times."""
    evidence = {
        "own": own,
        "group": group,
        "starts": f"{starts_at:%H:%M}",
        "ends": f"{ends_at:%H:%M}",
        "came": in_at.isoformat() if in_at else NO_TIME,
        "left": out_at.isoformat() if out_at else NO_TIME,
        "others": "、".join(str(number) for number in sorted(others)),
    }
    return [
        {
            "code": flag.value,
            "evidence": {name: text for name, text in evidence.items() if f"%({name})s" in _SENTENCES[flag]},
        }
        for flag in flags
    ]


def suspicions(stored: Iterable[Mapping[str, Any]]) -> list[Suspicion]:
    """Return what `flagged` stored, in words to translate."""
    read = [(Flag(one["code"]), one["evidence"]) for one in stored]
    return [Suspicion(flag.value, flag.label, _SENTENCES[flag], evidence) for flag, evidence in read]
