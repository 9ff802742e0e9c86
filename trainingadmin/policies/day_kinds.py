"""What a day of the statutory calendar can be."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from trainingadmin.kernel.labels import N_


class DayKind(StrEnum):
    """Off on a weekday, worked on a weekend (调休), or as the week has it."""

    OFF = "off"
    WORKED = "worked"
    USUAL = "usual"


DAY_LABELS: Mapping[DayKind, str] = {
    DayKind.OFF: N_("放假"),
    DayKind.WORKED: N_("上班"),
    DayKind.USUAL: N_("照常（按星期）"),
}
