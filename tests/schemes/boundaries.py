"""Cases that lie on the law's boundaries, a day, a minute, a month or a person to either side; the same ones for a seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.schemes.oracle_days import later, statutory_day
from tests.schemes.oracle_form import FORMS, MEMBERS
from tests.schemes.oracle_law import ENTITIES, GROUPS, Law

Told = dict[str, Any]
Twist = Callable[[Told, Told, Random], None]  # changes the facts, given the version in force
CLASSES = {"M60": (60, 36), "F55": (55, 36), "F50": (50, 60)}
ANCHORS = {"apprenticeship": "filed_on", "entrepreneurship_grant": "registered_on", "special_skill": "opened_on"}
MODES = ("普通", "订单式", "定向", "帮扶专班", "在线", "混合")


def cases(number: int, random: Random, law: Law) -> list[str]:
    """Return so many lines, of all four schemes in turn."""
    schemes = list(FORMS)
    return [_line(schemes[at % len(schemes)], at, random, law) for at in range(number)]


def _line(scheme: str, at: int, random: Random, law: Law) -> str:
    told: Told = {"case": f"{scheme}-{at}", "scheme": scheme}
    version = random.choice(law[scheme])
    _BASES[scheme](told, version, random)
    for twist in random.sample(_TWISTS[scheme], random.choice((0, 1, 1, 1, 2, 3))):
        twist(told, version, random)
    if random.random() < 0.35:
        _forget(told, random)
    if random.random() < 0.08:
        _spoil(told, random)
    if random.random() < 0.02:
        _misspell(told, random)
    if random.random() < 0.005:
        return random.choice(("[1]", "{", "null", '{"case": NaN}', '"x"', "{'case': 1}", '{"case": "a",}'))
    return json.dumps(told, ensure_ascii=random.random() < 0.1)


def text(day: date) -> str:
    """Write a date as facts have it."""
    return day.isoformat()


def near(day: date, random: Random) -> date:
    """Return the day itself, the one before, or the one after."""
    return day + timedelta(days=random.choice((-1, -1, 0, 0, 1, 1)))


def about(number: int, random: Random) -> int:
    """Return the number itself, one less, or one more."""
    return max(0, number + random.choice((-1, 0, 1)))


def some_day(random: Random, first: int = 2018, last: int = 2030) -> date:
    """Return a day, ends of months and of February more often than others."""
    year, month = random.randint(first, last), random.choice((1, 2, 2, 3, 4, 5, 8, 12))
    if random.random() < 0.5:
        return later(date(year, month, 1), 1) - timedelta(days=random.choice((0, 0, 1, 2)))
    return date(year, month, random.randint(1, 28))


def retiring(on: date, random: Random) -> tuple[date, str]:
    """Return somebody's day of birth and class whose statutory day is about `on`."""
    kind = random.choice(list(CLASSES))
    years, cap = CLASSES[kind]
    found = [
        born
        for late in range(cap + 1)
        for off in (-1, 0, 1)
        if abs((statutory_day(born := later(on, -12 * years - late) + timedelta(days=off), kind) - on).days) <= 2
    ]
    return random.choice(found or [later(on, -12 * years)]), kind


def _opened(version: Told, random: Random) -> date:
    """Return an anchor date from the version's first day on, that day and the one before it often."""
    first = date.fromisoformat(version["from"])
    return near(first, random) if random.random() < 0.15 else max(first, some_day(random))


# Apprenticeship ---------------------------------------------------------------------------------------------------------


def _apprentice(told: Told, p: Told, random: Random) -> None:
    filed, level = _opened(p, random), random.choice([int(one) for one in p["annual_rate"]] + [3])
    start, months = filed + timedelta(days=random.randint(0, 40)), random.choice((1, 6, 11, 12, 13, 23, 24, 25, 36))
    end = later(start, months) - timedelta(days=1)
    issued = end + timedelta(days=random.randint(0, 40))
    told |= {
        "stage": random.choice(("filing", "claim", "claim")), "filed_on": text(filed),
        "claimed_on": text(issued + timedelta(days=random.randint(0, 200))),
        "born_on": text(later(start, -12 * random.randint(18, 45))), "retirement_class": random.choice(list(CLASSES)),
        "pension_drawn": False, "civil_service_pension": False, "contract_from": text(start),
        "contract_to": text(later(start, 40)), "contract_with_applicant": True, "insured_by_applicant": True,
        "in_other_training": False, "starts_on": text(start), "filed_months": months, "ended_on": text(end),
        "left_early": False, "occupation": "电工", "target_level": level, "plan_hours_per_year": 500,
        "planned_minutes": 24000, "credited_minutes": 23000, "no_certificate": False,
        "certificate": {"occupation": "电工", "level": level, "number": "S000051", "issued_on": text(issued), "verified": True},
        "paid_before": [], "trainings_this_year": 0, "cross_fund_paid": False,
        "advance_paid": random.choice((0, 4000, "4000.00", 2000.5, "0", "12.3", 1e3)), "enterprise_blacklisted": False,
    }  # fmt: skip


def _start(told: Told) -> date:
    return date.fromisoformat(told["starts_on"])


def _held(told: Told, **members: Any) -> None:
    told["certificate"] = (told.get("certificate") or {}) | members


def _sixteen(told: Told, p: Told, random: Random) -> None:
    on = date.fromisoformat(told.get("starts_on") or told.get("opened_on") or told.get("applied_on") or "2020-03-01")
    told["born_on"] = text(near(later(on, -12 * p.get("min_age", 16)), random))


def _retires(told: Told, _p: Told, random: Random) -> None:
    on = date.fromisoformat(told.get("applied_on") or told["starts_on"])
    if "filed_months" in told and random.random() < 0.4:
        on = later(on, told["filed_months"])
    born, told["retirement_class"] = retiring(on, random)
    told["born_on"] = text(born)
    told["pension_drawn"] = random.choice((False, False, None, True))


def _contract_ends(told: Told, p: Told, random: Random) -> None:
    begins = some_day(random)
    ends = later(begins, p["min_contract_months"]) - timedelta(days=1)
    told |= {"contract_from": text(begins), "contract_to": text(near(ends, random))}


def _trained_for(told: Told, _p: Told, random: Random) -> None:
    months = random.randint(0, 40)
    told["ended_on"] = text(near(later(_start(told), months) - timedelta(days=1), random))
    told["extended_months"] = random.choice((None, 0, 1, 4, 12))


def _attended(told: Told, p: Told, random: Random) -> None:
    planned = random.choice((0, 1, 99, 101, 18000, 24001, 10_000_000))
    told |= {"planned_minutes": planned, "credited_minutes": about(planned * p["attendance_percent"] // 100, random)}


def _issued(told: Told, _p: Told, random: Random) -> None:
    _held(told, issued_on=text(near(_start(told), random)))


def _claimed(told: Told, p: Told, random: Random) -> None:
    issued = some_day(random)
    _held(told, issued_on=text(issued))
    told["claimed_on"] = text(near(later(issued, random.choice((0, p["claim_window_months"]))), random))


def _certified(told: Told, _p: Told, random: Random) -> None:
    kind = random.choice(("none", "confirmed", "other", "level", "level", "parts", "both", "unverified"))
    if kind in ("none", "confirmed"):
        told |= {"certificate": None, "no_certificate": kind == "confirmed"}
    elif kind == "other":
        _held(told, occupation=random.choice(("焊工", "电工 ", None)))
    elif kind == "level":
        _held(told, level=min(5, max(1, about(told["target_level"], random))))
    elif kind == "parts":
        held = told.get("certificate") or {}
        told["certificate"] = {name: held[name] for name in held if random.random() < 0.6}
    elif kind == "unverified":
        _held(told, verified=False)
    else:
        told["no_certificate"] = True


def _paid_before(told: Told, _p: Told, random: Random) -> None:
    told["paid_before"] = [
        {"occupation": random.choice(("电工", "电工", "焊工")), "level": random.randint(1, 5)}
        | random.choice(({}, {"on": "2019-02-28"}, {"on": None}))
        for _ in range(random.randint(0, 3))
    ]


def _numbers(told: Told, p: Told, random: Random) -> None:
    told |= {
        "filed_months": about(p["max_months"], random),
        "plan_hours_per_year": about(p["min_hours_per_year"], random),
        "trainings_this_year": about(p["trainings_per_person_year_max"], random),
        "target_level": random.randint(1, 5),
    }


def _turned(*names: str) -> Twist:
    """Return a twist that turns one of the answers round."""

    def twist(told: Told, _p: Told, random: Random) -> None:
        name = random.choice(names)
        told[name] = not told.get(name)

    return twist


# The other three --------------------------------------------------------------------------------------------------------


def _founder(told: Told, p: Told, random: Random) -> None:
    registered = _opened(p, random)
    applied = later(registered, random.randint(13, 35))
    told |= {
        "applied_on": text(applied), "born_on": text(later(applied, -12 * random.randint(20, 45))),
        "retirement_class": random.choice(list(CLASSES)), "pension_drawn": False,
        "groups": [{"group": random.choice(GROUPS), "from": text(later(applied, -12))}],
        "entity_type": random.choice(ENTITIES), "industry": "餐饮", "registered_on": text(registered),
        "registry_status": "active", "is_founder": True, "is_operator": True, "earlier_entities": 0,
        "insured_employees": 5, "insured_months": 30, "person_paid_before": False, "entity_paid_before": False,
        "household_paid_before": False, "site_visit_passed": True,
    }  # fmt: skip


def _operating(told: Told, p: Told, random: Random) -> None:
    months = random.choice((p["min_operating_months"], p["window_months"]))
    told["applied_on"] = text(near(later(date.fromisoformat(told["registered_on"]), months), random))


def _groups(told: Told, _p: Told, random: Random) -> None:
    on = date.fromisoformat(told["applied_on"])
    told["groups"] = [
        {"group": random.choice((*GROUPS, "城镇居民")), "from": text(near(on, random))}
        if random.random() < 0.5
        else {"group": random.choice(GROUPS), "from": "2010-01-01", "to": random.choice((text(near(on, random)), None))}
        for _ in range(random.randint(0, 3))
    ]


def _business(told: Told, p: Told, random: Random) -> None:
    told |= {
        "entity_type": random.choice((*ENTITIES, "分公司", "个体工商户 ")),
        "industry": random.choice(("种植", "养殖", "餐饮", None)),
        "registry_status": random.choice(("active", "abnormal", "illegal", "cancelled")),
        "earlier_entities": random.choice((0, 0, 1)),
        "insured_employees": about(p["min_insured_employees"], random),
        "insured_months": about(p["min_insured_months"], random),
    }


def _trainee(told: Told, p: Told, random: Random) -> None:
    opened = _opened(p, random)
    told |= {
        "opened_on": text(opened), "item_valid_from": text(later(opened, -6)),
        "item_valid_to": random.choice((None, text(later(opened, 6)))),
        "item_rate": random.choice((800, "1200.50", 0, 999.99, 10**9)),
        "born_on": text(later(opened, -12 * random.randint(17, 50))), "civil_service_pension": False,
        "planned_minutes": 3600, "credited_minutes": 3500, "passed": True, "mode": random.choice(MODES),
        "days_attended": random.randint(0, 20), "paid_before_item": False, "trainings_this_year": 0,
        "in_other_training": False,
    }  # fmt: skip


def _valid(told: Told, _p: Told, random: Random) -> None:
    on = date.fromisoformat(told["opened_on"])
    told |= {"item_valid_from": text(near(on, random)), "item_valid_to": random.choice((None, text(near(on, random))))}


def _used(told: Told, p: Told, random: Random) -> None:
    told["trainings_this_year"] = about(p["trainings_per_person_year_max"], random)


def _month(first: date, later_by: int) -> str:
    return text(later(first, later_by))[:7]


def _worker(told: Told, p: Told, random: Random) -> None:
    first = _opened(p, random).replace(day=1)
    told |= {
        "months": [_month(first, at) for at in range(random.randint(1, 8))], "months_paid_before": [],
        "in_other_training_months": [], "born_on": text(later(first, -12 * random.randint(17, 50))),
        "insured_by_applicant": True,
    }  # fmt: skip
    random.shuffle(told["months"])


def _months(told: Told, p: Told, random: Random) -> None:
    first = date.fromisoformat(f"{min(told['months'] or ['2021-03'])}-01")
    near_by = [_month(first, at) for at in range(-4, 10)]
    for name, most in (("months", 9), ("months_paid_before", p["max_months"] + 1), ("in_other_training_months", 4)):
        if random.random() < 0.7:
            told[name] = random.choices(near_by, k=random.randint(0, most))


def _of_age(told: Told, p: Told, random: Random) -> None:
    if told["months"]:
        told["born_on"] = text(near(later(date.fromisoformat(f"{min(told['months'])}-01"), -12 * p["min_age"]), random))


# What is missing or wrong -----------------------------------------------------------------------------------------------


def _forget(told: Told, random: Random) -> None:
    names = [name for name in told if name not in ("case", "scheme")]
    for name in random.sample(names, min(len(names), random.choice((1, 1, 1, 2, 5, len(names))))):
        if random.random() < 0.5:
            told[name] = None
        else:
            del told[name]
    if random.random() < 0.3:
        told["policy_on"] = random.choice(("2021-06-07", "2021-06-08", "2017-10-12", "2020-01-01"))


WRONG: Sequence[Any] = (
    "", " ", "2020-02-30", "2021-02-29", "2020-2-3", "20200203", "1899-12-31", "2200-01-01", "2020-13", "2020-00",
    "２０２０-01-01", "2020-01-01T00:00", True, "true", 0, 1, -1, 36.0, "36", 10_000_001, 1_201, 6, "4000.505", 4000.505,
    "1e3", -0.01, 10**9 + 1, "1000000000.01", "4 000", [], {}, [None], [1], [{}], "三级", "M61", "1９", 2**70, [["2020-01"]],
    "2020-01-01 ", "+5", "0.", ".5",
)  # fmt: skip


def _spoil(told: Told, random: Random) -> None:
    for name in random.sample(list(told), random.choice((1, 1, 2))):
        if isinstance(told[name], dict) and random.random() < 0.6:
            told[name][random.choice(list(told[name]) or ["level"])] = random.choice(WRONG)
        elif isinstance(told[name], list) and told[name] and random.random() < 0.6:
            _spoil_entry(told[name], random)
        else:
            told[name] = random.choice(WRONG)


def _spoil_entry(entries: list[Any], random: Random) -> None:
    at = random.randrange(len(entries))
    if isinstance(entries[at], dict) and random.random() < 0.5:
        del entries[at][random.choice(list(entries[at]))]
    elif isinstance(entries[at], dict):
        entries[at][random.choice(list(entries[at]))] = random.choice((*WRONG, None))
    else:
        entries[at] = random.choice(WRONG)


def _misspell(told: Told, random: Random) -> None:
    inside = [name for name in MEMBERS if isinstance(told.get(name), dict | list) and told[name]]
    if inside and random.random() < 0.5:
        entry = told[random.choice(inside)]
        entry = entry if isinstance(entry, dict) else entry[-1]
        if isinstance(entry, dict):
            entry["levle"] = random.choice((1, None))
            return
    told[random.choice(("birn_on", "Case", "stages", "advance", "months_"))] = random.choice((1, None, "x"))


_BASES: Mapping[str, Twist] = {
    "apprenticeship": _apprentice,
    "entrepreneurship_grant": _founder,
    "special_skill": _trainee,
    "work_as_training": _worker,
}
_TWISTS: Mapping[str, list[Twist]] = {
    "apprenticeship": [
        _sixteen, _retires, _contract_ends, _trained_for, _attended, _issued, _claimed, _certified, _paid_before, _numbers,
        _turned("civil_service_pension", "contract_with_applicant", "insured_by_applicant", "in_other_training",
                "left_early", "cross_fund_paid", "enterprise_blacklisted", "pension_drawn", "no_certificate"),
    ],
    "entrepreneurship_grant": [
        _operating, _groups, _business, _retires,
        _turned("is_founder", "is_operator", "person_paid_before", "entity_paid_before", "household_paid_before",
                "site_visit_passed", "pension_drawn"),
    ],
    "special_skill": [
        _sixteen, _attended, _valid, _used,
        _turned("civil_service_pension", "passed", "paid_before_item", "in_other_training"),
    ],
    "work_as_training": [_months, _months, _of_age, _turned("insured_by_applicant")],
}  # fmt: skip
