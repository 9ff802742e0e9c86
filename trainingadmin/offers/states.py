"""What can become of an offer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from trainingadmin.kernel.labels import N_


class Fate(StrEnum):
    """Still open, or what ended it."""

    OPEN = "open"
    CLAIMED = "claimed"
    DISMISSED = "dismissed"
    EXPIRED = "expired"


FATE_LABELS: Mapping[Fate, str] = {
    Fate.OPEN: N_("可申领"),
    Fate.CLAIMED: N_("已申领"),
    Fate.DISMISSED: N_("不再提示"),
    Fate.EXPIRED: N_("已失效"),
}
FATE_TONES: Mapping[Fate, str] = {
    Fate.OPEN: "info",
    Fate.CLAIMED: "ok",
    Fate.DISMISSED: "idle",
    Fate.EXPIRED: "idle",
}
SCHEME_LABELS: Mapping[str, str] = {
    "apprenticeship": N_("企业新型学徒制培训补贴"),
    "entrepreneurship_grant": N_("一次性创业补贴"),
}
