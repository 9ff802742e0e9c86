"""The terms that the office sets itself: how long it has for what, and what it lets pass."""

from __future__ import annotations

from dataclasses import dataclass

from trainingadmin.schemes.figures import guide
from trainingadmin.schemes.kinds import FLAG, WHOLE

_DEFAULT = "系统默认（政策未明确）"


@dataclass(slots=True, kw_only=True, frozen=True)
class OfficeTerms:
    """Figures that every scheme has; a version may leave them out, then what `TERMS` says holds."""

    acceptance_days: int | None = guide(WHOLE, "个工作日", "受理期限", "Working days to accept", _DEFAULT)
    review_days: int | None = guide(WHOLE, "个工作日", "审核期限", "Working days to decide", _DEFAULT)
    notice_days: int | None = guide(WHOLE, "个工作日", "公示期限", "Days of the public notice", _DEFAULT)
    payment_months: int | None = guide(WHOLE, "个月", "拨付期限", "Months to pay after the notice", _DEFAULT)
    overdue_bars: bool | None = guide(FLAG, "", "追回逾期未退的暂停审批", "Overdue recoveries bar approval", _DEFAULT)


TERMS = {"acceptance_days": 5, "review_days": 10, "notice_days": 5, "payment_months": 1, "overdue_bars": False}
