"""The terms that the office sets itself: how many working days it has for what."""

from __future__ import annotations

from dataclasses import dataclass

from trainingadmin.schemes.figures import guide
from trainingadmin.schemes.kinds import WHOLE

_DEFAULT = "系统默认（政策未明确）"


@dataclass(slots=True, kw_only=True, frozen=True)
class OfficeTerms:
    """Figures that every scheme has; a version may leave them out, then what `TERMS` says holds."""

    acceptance_days: int | None = guide(WHOLE, "个工作日", "受理期限", "Working days to accept", _DEFAULT)
    review_days: int | None = guide(WHOLE, "个工作日", "审核期限", "Working days to decide", _DEFAULT)
    notice_days: int | None = guide(WHOLE, "个工作日", "公示期限", "Days of the public notice", _DEFAULT)


TERMS = {"acceptance_days": 5, "review_days": 10, "notice_days": 5}
