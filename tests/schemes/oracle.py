"""A second implementation of the rules from outside, written from their document alone and sharing no line with the product.

Slow, plain, over dictionaries. `answer` returns what `schemes decide` must print for a line, but for the texts that are only
for reading (`value`, `required`, `clause`, `message`).
"""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.schemes.oracle_days import day_of, later, statutory_day
from tests.schemes.oracle_form import Bad, check_form
from tests.schemes.oracle_law import Law

Told = dict[str, Any]
Found = list[tuple[str, str, str | None]]  # code, outcome, first possible day

PASS, FAIL, UNKNOWN, WARN = "pass", "fail", "unknown", "warn"
GROUPS = ["脱贫劳动力", "防止返贫致贫对象", "就业困难人员", "返乡入乡", "登记失业", "毕业5年内", "退役军人"]
ENTITIES = ["个体工商户", "小微企业", "农民专业合作社", "家庭农场", "民办非企业"]


def answer(line: str, law: Law) -> Told:
    """Return the decision on one line, or the error that names what is wrong with it."""
    try:
        told = json.loads(line, parse_float=Decimal, parse_constant=_no_such_word)
        if not isinstance(told, dict):
            raise ValueError(line)
    except ValueError:
        return {"case": None, "error": ("bad-json", None)}
    try:
        check_form(told)
        known = {name: fact for name, fact in told.items() if fact is not None}
        version = _version(known, law)
    except Bad as bad:
        return {"case": None if bad.field == "case" else told["case"], "error": (bad.code, bad.field)}
    return {"case": known["case"], "scheme": known["scheme"], "policy": version["code"]} | _JUDGES[known["scheme"]](
        known, version
    )


def _no_such_word(word: str) -> Any:
    raise ValueError(word)


_ANCHORS = {"apprenticeship": "filed_on", "entrepreneurship_grant": "registered_on", "special_skill": "opened_on"}


def _version(f: Told, law: Law) -> Told:
    field = "policy_on" if "policy_on" in f else _ANCHORS.get(f["scheme"], "months")
    if not f.get(field):
        raise Bad("bad-fact", field)
    day = f"{min(f[field])}-01" if field == "months" else f[field]
    in_force = [version for version in law[f["scheme"]] if version["from"] <= day]
    if not in_force:
        raise Bad("no-policy", field)
    return in_force[-1]


# Conditions -------------------------------------------------------------------------------------------------------------


def _all(f: Told, *names: str) -> bool:
    return all(name in f for name in names)


def _says(f: Told, name: str, wrong: bool) -> str:
    return UNKNOWN if name not in f else FAIL if f[name] is wrong else PASS


def _age(f: Told, on: str, years: int) -> str:
    if not _all(f, "born_on", on):
        return UNKNOWN
    return FAIL if day_of(f[on]) < later(day_of(f["born_on"]), 12 * years) else PASS


def _retired(f: Told, on: str) -> str:
    if f.get("pension_drawn"):
        return FAIL
    if _all(f, "born_on", "retirement_class", on):
        if day_of(f[on]) >= statutory_day(day_of(f["born_on"]), f["retirement_class"]):
            return FAIL
        return PASS if "pension_drawn" in f else UNKNOWN
    return UNKNOWN


def _retires_in_training(f: Told) -> str:
    if not _all(f, "born_on", "retirement_class", "starts_on", "filed_months"):
        return UNKNOWN
    start, day = day_of(f["starts_on"]), statutory_day(day_of(f["born_on"]), f["retirement_class"])
    return WARN if start <= day < later(start, f["filed_months"]) else PASS


def _attendance(f: Told, percent: int) -> str:
    if f.get("planned_minutes") == 0:
        return FAIL
    if not _all(f, "planned_minutes", "credited_minutes"):
        return UNKNOWN
    return FAIL if Fraction(f["credited_minutes"], f["planned_minutes"]) < Fraction(percent, 100) else PASS


def _above(f: Told, name: str, most: int) -> str:
    return UNKNOWN if name not in f else FAIL if f[name] > most else PASS


def _verdict(found: Found) -> str:
    outcomes = [outcome for _, outcome, _ in found]
    return "refused" if FAIL in outcomes else "unknown" if UNKNOWN in outcomes else "eligible"


def _whole(found: Found, entitlement: Fraction | int, advance: Fraction | None, **more: Any) -> Told:
    verdict = _verdict(found)
    earned = Fraction(entitlement) if verdict == "eligible" else Fraction(0)
    return {
        "verdict": verdict,
        "entitlement": yuan(earned),
        "advance": None if advance is None else yuan(advance),
        "balance": None if advance is None else yuan(earned - advance),
        **more,
        "findings": found,
    }


def yuan(amount: Fraction) -> str:
    """Write a sum with two decimals."""
    fen = amount * 100
    assert fen.denominator == 1, amount
    return f"{'-' if fen < 0 else ''}{abs(fen.numerator) // 100}.{abs(fen.numerator) % 100:02d}"


# Apprenticeship ---------------------------------------------------------------------------------------------------------


def _level(f: Told, p: Told) -> str:
    rates = {str(level) for level in p["annual_rate"]}
    return UNKNOWN if "target_level" not in f else PASS if str(f["target_level"]) in rates else FAIL


def _contract(f: Told, p: Told) -> str:
    if not _all(f, "contract_from", "contract_to"):
        return UNKNOWN
    end = later(day_of(f["contract_from"]), p["min_contract_months"])
    return FAIL if day_of(f["contract_to"]) + timedelta(days=1) < end else PASS


def _certificate(f: Told) -> str:
    held = f.get("certificate")
    if held is None:
        return FAIL if f.get("no_certificate") else UNKNOWN
    if held.get("occupation") is None or held.get("level") is None or not _all(f, "occupation", "target_level"):
        return UNKNOWN
    wrong = held["occupation"] != f["occupation"] or held["level"] > f["target_level"]
    return FAIL if f.get("no_certificate") or wrong else PASS


def _of_certificate(f: Told, p: Told) -> Found:
    held = f["certificate"]
    verified, issued = held.get("verified"), held.get("issued_on")
    on = None if issued is None else day_of(issued)

    def dated(other: str, fails: Any) -> str:
        return UNKNOWN if on is None or other not in f else FAIL if fails(day_of(f[other])) else PASS

    return [
        ("certificate-unverified", UNKNOWN if verified is None else PASS if verified else FAIL, None),
        ("certificate-before-start", dated("starts_on", lambda start: on < start), None),
        ("certificate-after-claim", dated("claimed_on", lambda claim: on > claim), None),
        ("claim-window", dated("claimed_on", lambda claim: claim > later(on, p["claim_window_months"])), None),  # type: ignore[arg-type]
    ]


def _paid(f: Told, fails: Any) -> str:
    if not _all(f, "paid_before", "occupation", "target_level"):
        return UNKNOWN
    levels = [paid["level"] for paid in f["paid_before"] if paid["occupation"] == f["occupation"]]
    return FAIL if any(fails(level, f["target_level"]) for level in levels) else PASS


def _apprentice_conditions(f: Told, p: Told) -> Found:
    filing = f["stage"] == "filing"
    both: dict[str, str] = {
        "level-no-rate": _level(f, p),
        "age-min": _age(f, "starts_on", p["min_age"]),
        "retired": _retired(f, "starts_on"),
        **({"retires-in-training": _retires_in_training(f)} if filing else {}),
        "civil-service-pension": _says(f, "civil_service_pension", True),
    }
    insured, listed = PASS if f.get("insured_by_applicant") else UNKNOWN, _says(f, "enterprise_blacklisted", True)
    if filing:
        return [
            *((code, outcome, None) for code, outcome in both.items()),
            ("contract-short", _contract(f, p), None),
            ("contract-other-party", _says(f, "contract_with_applicant", False), None),
            ("insured-elsewhere", insured, None),
            ("in-other-training", _says(f, "in_other_training", True), None),
            ("duration-max", _above(f, "filed_months", p["max_months"]), None),
            ("hours-plan", _hours(f, p), None),
            ("enterprise-blacklisted", listed, None),
        ]
    return [
        *((code, outcome, None) for code, outcome in both.items()),
        ("insured-elsewhere", insured, None),
        ("enterprise-blacklisted", listed, None),
        ("left-early", _says(f, "left_early", True), None),
        ("period", _period(f), None),
        ("attendance-low", _attendance(f, p["attendance_percent"]), None),
        ("certificate-missing", _certificate(f), None),
        *(_of_certificate(f, p) if "certificate" in f else []),
        ("same-level-paid", _paid(f, lambda paid, target: paid == target), None),
        ("higher-level-paid", _paid(f, lambda paid, target: paid < target), None),
        ("cap-person-year", _above(f, "trainings_this_year", p["trainings_per_person_year_max"] - 1), None),
        ("cross-fund", _says(f, "cross_fund_paid", True), None),
    ]


def _hours(f: Told, p: Told) -> str:
    if "plan_hours_per_year" not in f:
        return UNKNOWN
    return FAIL if f["plan_hours_per_year"] < p["min_hours_per_year"] else PASS


def _period(f: Told) -> str:
    if not _all(f, "starts_on", "ended_on", "filed_months"):
        return UNKNOWN
    return FAIL if f["ended_on"] < f["starts_on"] else PASS


def _prorated(rate: int, months: int, p: Told) -> int:
    whole_years: bool = p["proration"] == "whole_year"
    return rate * (months // 12) if whole_years else rate * months // 12


def _trained(f: Told) -> int:
    start, end = day_of(f["starts_on"]), day_of(f["ended_on"]) + timedelta(days=1)
    months = 0
    while later(start, months + 1) <= end:
        months += 1
    filed: int = f["filed_months"] + f.get("extended_months", 0)
    return min(months, filed)


def _apprentice(f: Told, p: Told) -> Told:
    found = _apprentice_conditions(f, p)
    rate = {str(level): sum_ for level, sum_ in p["annual_rate"].items()}.get(str(f.get("target_level")), 0)
    if f["stage"] == "filing":
        planned = _prorated(rate, f["filed_months"], p) if _verdict(found) == "eligible" else 0
        return _whole(found, planned, Fraction(planned * p["advance_max_percent"], 100))
    at = [code for code, _, _ in found].index("certificate-missing")
    uncertified = found[at][1] == FAIL
    if uncertified and p["uncertified"] != "zero" and [outcome for _, outcome, _ in found].count(FAIL) == 1:
        found[at] = ("certificate-missing", WARN, None)
    earned = 0
    if _verdict(found) == "eligible":
        flat = p["uncertified"].startswith("flat:")
        earned = _prorated(int(p["uncertified"][5:]) if uncertified and flat else rate, _trained(f), p)
        earned = earned // 2 if uncertified and not flat else earned
    return _whole(found, earned, Fraction(f["advance_paid"]) if "advance_paid" in f else None)


# The other three --------------------------------------------------------------------------------------------------------


def _grant(f: Told, p: Told) -> Told:
    dated = _all(f, "registered_on", "applied_on")
    registered, applied = (day_of(f[name]) if name in f else None for name in ("registered_on", "applied_on"))
    first = later(registered, p["min_operating_months"]) if registered else None
    short = UNKNOWN if not dated else FAIL if applied < first else PASS  # type: ignore[operator]
    last = later(registered, p["window_months"]) if registered else None
    household = _says(f, "household_paid_before", True)
    found: Found = [
        ("group", _group(f, p), None),
        ("operating-short", short, first.isoformat() if short == FAIL and first else None),
        ("window", UNKNOWN if not dated else FAIL if applied > last else PASS, None),  # type: ignore[operator]
        ("entity-type", _listed(f, "entity_type", p["entity_types"], PASS, FAIL), None),
        ("industry-excluded", _industry(f, p), None),
        ("not-operating", _listed(f, "registry_status", ["active"], PASS, FAIL), None),
        ("not-founder", _says(f, "is_founder", False), None),
        ("not-operator", _says(f, "is_operator", False), None),
        ("not-first", _above(f, "earlier_entities", 0), None),
        ("jobs", _jobs(f, p), None),
        ("person-paid", _says(f, "person_paid_before", True), None),
        ("entity-paid", _says(f, "entity_paid_before", True), None),
        ("household-paid", WARN if household == FAIL and p["household_once"] == "warn" else household, None),
        ("retired", _retired(f, "applied_on"), None),
        ("site-visit", _says(f, "site_visit_passed", False), None),
    ]
    return _whole(found, p["amount"], Fraction(0))


def _listed(f: Told, name: str, among: list[str], inside: str, outside: str) -> str:
    return UNKNOWN if name not in f else inside if f[name] in among else outside


def _industry(f: Told, p: Told) -> str:
    among = p["excluded_industries"]
    return _listed(f, "industry", among, FAIL, PASS) if among else PASS


def _group(f: Told, p: Told) -> str:
    if not _all(f, "groups", "applied_on"):
        return UNKNOWN
    covering = [
        held["group"]
        for held in f["groups"]
        if held["from"] <= f["applied_on"] and (held.get("to") is None or f["applied_on"] <= held["to"])
    ]
    return PASS if set(covering) & set(p["groups"]) else FAIL


def _jobs(f: Told, p: Told) -> str:
    asked = [
        (name, least)
        for name, least in (
            ("insured_employees", p["min_insured_employees"]),
            ("insured_months", p["min_insured_months"]),
        )
        if least
    ]
    if any(f[name] < least for name, least in asked if name in f):
        return FAIL
    return PASS if _all(f, *(name for name, _ in asked)) else UNKNOWN


def _skill(f: Told, p: Told) -> Told:
    found: Found = [
        ("item-not-valid", _item(f), None),
        ("age-min", _age(f, "opened_on", p["min_age"]), None),
        ("civil-service-pension", _says(f, "civil_service_pension", True), None),
        ("attendance-low", _attendance(f, p["attendance_percent"]), None),
        ("not-passed", _says(f, "passed", False), None),
        ("item-paid", _says(f, "paid_before_item", True), None),
        ("cap-person-year", _above(f, "trainings_this_year", p["trainings_per_person_year_max"] - 1), None),
        ("in-other-training", _says(f, "in_other_training", True), None),
    ]
    mode, days = f.get("mode"), f.get("days_attended")
    allowance: str | None = "0.00"
    if mode is None or (mode == "帮扶专班" and days is None):
        allowance = None
    elif mode == "帮扶专班":
        allowance = yuan(Fraction(p["living_allowance_per_day"] * days))
    return _whole(found, Fraction(f.get("item_rate", 0)), Fraction(0), living_allowance=allowance)


def _item(f: Told) -> str:
    opened, first, last = (f.get(name) for name in ("opened_on", "item_valid_from", "item_valid_to"))
    if opened and ((first and opened < first) or (last and opened > last)):
        return FAIL
    return PASS if opened and first and "item_rate" in f else UNKNOWN


def _work(f: Told, p: Told) -> Told:
    months, paid, other = (
        set(f[name]) if name in f else None for name in ("months", "months_paid_before", "in_other_training_months")
    )
    room = max(0, p["max_months"] - len(paid or ()))
    left = None if months is None or paid is None or other is None else months - paid - other
    earliest = f"{min(months)}-01" if months else None
    found: Found = [
        ("month-paid", UNKNOWN if months is None or paid is None else WARN if months & paid else PASS, None),
        (
            "month-in-other-training",
            UNKNOWN if months is None or other is None else WARN if months & other else PASS,
            None,
        ),
        ("months-max", UNKNOWN if left is None else WARN if len(left) > room else PASS, None),
        ("no-months", UNKNOWN if left is None else PASS if min(len(left), room) else FAIL, None),
        ("age-min", _age(f | ({"first": earliest} if earliest else {}), "first", p["min_age"]), None),
        ("insured-elsewhere", PASS if f.get("insured_by_applicant") else UNKNOWN, None),
    ]
    return _whole(found, p["monthly_rate"] * min(len(left or ()), room), Fraction(0))


_JUDGES = {
    "apprenticeship": _apprentice,
    "entrepreneurship_grant": _grant,
    "special_skill": _skill,
    "work_as_training": _work,
}
