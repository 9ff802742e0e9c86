"""How facts must look by the rules from outside, written from their document alone: which is the first bad one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

Told = dict[str, Any]
Check = Callable[[Any], bool]


class Bad(Exception):
    """A line that is no valid case: the code, and the fact that is to be named."""

    def __init__(self, code: str, field: str | None) -> None:
        super().__init__(code, field)
        self.code = code
        self.field = field


def _day(raw: Any) -> bool:
    if not isinstance(raw, str) or not re.fullmatch(r"\d\d\d\d-\d\d-\d\d", raw, re.ASCII):
        return False
    try:
        return 1900 <= date.fromisoformat(raw).year <= 2199
    except ValueError:
        return False


def _month(raw: Any) -> bool:
    return isinstance(raw, str) and bool(re.fullmatch(r"\d\d\d\d-\d\d", raw, re.ASCII)) and _day(f"{raw}-01")


def _flag(raw: Any) -> bool:
    return isinstance(raw, bool)


def _between(least: int, most: int) -> Check:
    return lambda raw: isinstance(raw, int) and not isinstance(raw, bool) and least <= raw <= most


def _text(raw: Any) -> bool:
    return isinstance(raw, str) and raw != ""


def _among(*words: str) -> Check:
    return lambda raw: isinstance(raw, str) and raw in words


def _money(raw: Any) -> bool:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
        return False
    if isinstance(raw, str) and not re.fullmatch(r"\d+(\.\d\d?)?", raw, re.ASCII):
        return False
    amount = Decimal(raw)
    return 0 <= amount <= 10**9 and amount * 100 == int(amount * 100)


def _list(check: Check) -> Check:
    return lambda raw: isinstance(raw, list) and all(check(one) for one in raw)


def _object(needed: dict[str, Check], optional: dict[str, Check]) -> Check:
    """Accept objects by their members of these names; others are looked for later."""

    def check(raw: Any) -> bool:
        if not isinstance(raw, dict):
            return False
        given = {name: member for name, member in raw.items() if member is not None}
        return needed.keys() <= given.keys() and all(
            check_one(given[name]) for name, check_one in (needed | optional).items() if name in given
        )

    return check


WHOLE, MONTHS, LEVEL = _between(0, 10_000_000), _between(0, 1_200), _between(1, 5)
CLASS = _among("M60", "F55", "F50")
FORMS: dict[str, dict[str, Check]] = {
    "apprenticeship": {
        "stage": _among("filing", "claim"), "filed_on": _day, "claimed_on": _day, "born_on": _day,
        "retirement_class": CLASS, "pension_drawn": _flag, "civil_service_pension": _flag, "contract_from": _day,
        "contract_to": _day, "contract_with_applicant": _flag, "insured_by_applicant": _flag,
        "in_other_training": _flag, "starts_on": _day, "filed_months": MONTHS, "extended_months": MONTHS,
        "ended_on": _day, "left_early": _flag, "occupation": _text, "target_level": LEVEL,
        "plan_hours_per_year": WHOLE, "planned_minutes": WHOLE, "credited_minutes": WHOLE,
        "certificate": _object(
            {}, {"occupation": _text, "level": LEVEL, "number": _text, "issued_on": _day, "verified": _flag}
        ),
        "no_certificate": _flag,
        "paid_before": _list(_object({"occupation": _text, "level": LEVEL}, {"on": _day})),
        "trainings_this_year": WHOLE, "cross_fund_paid": _flag, "advance_paid": _money, "enterprise_blacklisted": _flag,
    },
    "entrepreneurship_grant": {
        "applied_on": _day, "born_on": _day, "retirement_class": CLASS, "pension_drawn": _flag,
        "groups": _list(_object({"group": _text, "from": _day}, {"to": _day})), "entity_type": _text, "industry": _text,
        "registered_on": _day, "registry_status": _among("active", "abnormal", "illegal", "cancelled"),
        "is_founder": _flag, "is_operator": _flag, "earlier_entities": WHOLE, "insured_employees": WHOLE,
        "insured_months": MONTHS, "person_paid_before": _flag, "entity_paid_before": _flag,
        "household_paid_before": _flag, "site_visit_passed": _flag,
    },
    "special_skill": {
        "opened_on": _day, "item_valid_from": _day, "item_valid_to": _day, "item_rate": _money, "born_on": _day,
        "civil_service_pension": _flag, "planned_minutes": WHOLE, "credited_minutes": WHOLE, "passed": _flag,
        "mode": _among("普通", "订单式", "定向", "帮扶专班", "在线", "混合"), "days_attended": WHOLE,
        "paid_before_item": _flag, "trainings_this_year": WHOLE, "in_other_training": _flag,
    },
    "work_as_training": {
        "months": _list(_month), "months_paid_before": _list(_month), "in_other_training_months": _list(_month),
        "born_on": _day, "insured_by_applicant": _flag,
    },
}  # fmt: skip
MEMBERS = {
    "certificate": {"occupation", "level", "number", "issued_on", "verified"},
    "paid_before": {"occupation", "level", "on"},
    "groups": {"group", "from", "to"},
}


def check_form(told: Told) -> None:
    """Raise Bad for the first fact that is not of its form, then for the first name that is not listed."""
    if not _text(told.get("case")):
        raise Bad("bad-fact", "case")
    if not _among(*FORMS)(told.get("scheme")):
        raise Bad("bad-fact", "scheme")
    forms = FORMS[told["scheme"]]
    for name, check in {**forms, "policy_on": _day}.items():
        if told.get(name) is None:
            if name == "stage":
                raise Bad("bad-fact", name)
        elif not check(told[name]):
            raise Bad("bad-fact", name)
    for name, fact in told.items():
        listed = name in forms or name in ("case", "scheme", "policy_on")
        entries = fact if isinstance(fact, list) else [fact]
        inside = MEMBERS.get(name) if listed else None
        if not listed or (inside and any(one.keys() - inside for one in entries if isinstance(one, dict))):
            raise Bad("bad-fact", name)
