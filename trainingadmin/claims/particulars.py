"""Says what a scheme tells of a line, and what the scheme is called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainingadmin.registers.why import english
from trainingadmin.schemes import SCHEMES, owing


def told(scheme: str, particulars: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and text of all that is told of a line."""
    return owing.told(SCHEMES[scheme].particulars, particulars, english=english())


def brief(scheme: str, particulars: Mapping[str, Any]) -> list[str]:
    """Return what lists say of a line."""
    return owing.in_brief(SCHEMES[scheme].particulars, particulars, english=english())


def labels(scheme: str) -> list[str]:
    """Return what the parts of `brief` are called."""
    among = [one for one in SCHEMES[scheme].particulars if one.brief]
    return [one.label_en if english() else one.label_zh for one in among]


def scheme_name(scheme: str) -> str:
    """Return what a scheme is called."""
    known = SCHEMES[scheme]
    return known.label_en if english() else known.label_zh
