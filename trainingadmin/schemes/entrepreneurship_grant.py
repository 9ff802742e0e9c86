"""One-off start-up grant (一次性创业补贴): who founded a business that lasts is paid once, the person, not the firm."""

# ruff: noqa: RUF009 - `fact` returns a dataclass field, not a value shared by instances
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.schemes import facts, kinds, persons
from trainingadmin.schemes.base import (
    FAIL,
    PASS,
    UNKNOWN,
    WARN,
    Decision,
    Outcome,
    Rules,
    Scheme,
    Verdict,
    verdict_of,
)
from trainingadmin.schemes.facts import Reader, entry_of, fact
from trainingadmin.schemes.figures import Version, guide, parameter, parameters_of
from trainingadmin.schemes.kinds import DAY, FLAG, FREE, MONTHS, TEXT, TEXTS, WHOLE
from trainingadmin.schemes.office_terms import OfficeTerms
from trainingadmin.schemes.owing import Owed, Particular
from trainingadmin.schemes.reckoning import Reckoning, figure, grouped

ACTIVE = "active"
REGISTRY_STATUSES = {ACTIVE: "存续", "abnormal": "经营异常", "illegal": "严重违法", "cancelled": "已注销"}

_GRANT = "一次性创业补贴（系统默认，待市级细则）"


@dataclass(slots=True, kw_only=True, repr=False)
class Membership:
    """An interval, both ends included, in which the person belongs to a group; no end is open."""

    group: str = fact(TEXT, "人员类别", "Group", required=True)
    from_on: date = fact(DAY, "认定起", "From", name="from", required=True)
    to_on: date | None = fact(DAY, "认定止（不填为至今）", "To (empty: open)", name="to")


@dataclass(slots=True, kw_only=True, repr=False)
class Facts(facts.Facts):
    """What is known of one founder and the business."""

    scheme: ClassVar[str] = "entrepreneurship_grant"

    applied_on: date | None = fact(DAY, "申请日期", "Applied on")
    born_on: date | None = fact(DAY, "出生日期", "Born on")
    retirement_class: str | None = fact(kinds.RETIREMENT_CLASS, "退休年龄类别", "Retirement class")
    pension_drawn: bool | None = fact(FLAG, "已领取养老金", "Draws a pension")
    groups: tuple[Membership, ...] | None = fact(kinds.many(entry_of(Membership)), "人员类别", "Groups")
    entity_type: str | None = fact(TEXT, "经营主体类型", "Kind of business")
    industry: str | None = fact(TEXT, "行业", "Industry")
    registered_on: date | None = fact(DAY, "登记日期", "Registered on")
    registry_status: str | None = fact(kinds.one_of(labels=REGISTRY_STATUSES), "登记状态", "Registry status")
    is_founder: bool | None = fact(FLAG, "本人创办", "Is the founder")
    is_operator: bool | None = fact(FLAG, "是执照上的经营者", "Is the licensed operator")
    earlier_entities: int | None = fact(WHOLE, "以前的经营主体数（含已注销）", "Earlier businesses", unit="个")
    insured_employees: int | None = fact(WHOLE, "参保雇员数", "Insured employees", unit="人")
    insured_months: int | None = fact(MONTHS, "雇员参保月数", "Months insured", unit="月")
    person_paid_before: bool | None = fact(FLAG, "本人领取过", "Person was paid before")
    entity_paid_before: bool | None = fact(FLAG, "该经营主体领取过", "Business was paid before")
    household_paid_before: bool | None = fact(FLAG, "同一家庭领取过", "Household was paid before")
    site_visit_passed: bool | None = fact(FLAG, "实地核查通过", "Site visit passed")


@dataclass(slots=True, kw_only=True, frozen=True)
class Parameters(OfficeTerms):
    """The figures of one version; money in whole yuan."""

    amount: int = parameter(WHOLE, "元", "补贴标准", "Amount", "雅安市一次性创业补贴（2020） 补贴标准")
    groups: tuple[str, ...] = parameter(TEXTS, "", "补贴对象", "Qualifying groups", f"{_GRANT} 补贴对象")
    min_operating_months: int = parameter(MONTHS, "月", "最短经营月数", "Shortest operation", f"{_GRANT} 经营期限")
    window_months: int = parameter(MONTHS, "月", "登记后申请期限", "Time to apply", f"{_GRANT} 申请期限")
    min_insured_employees: int = parameter(
        WHOLE, "人", "最少参保雇员", "Fewest insured employees", f"{_GRANT} 带动就业"
    )
    min_insured_months: int = parameter(MONTHS, "月", "雇员最短参保月数", "Fewest months insured", f"{_GRANT} 带动就业")
    entity_types: tuple[str, ...] = parameter(TEXTS, "", "经营主体类型", "Kinds of business", f"{_GRANT} 经营主体")
    excluded_industries: tuple[str, ...] = parameter(
        TEXTS, "", "不予补贴的行业", "Excluded industries", f"{_GRANT} 行业"
    )
    household_once: str = parameter(
        kinds.one_of(labels={"warn": "提示", "refuse": "不予补贴"}),
        "",
        "同一家庭再次申请",
        "Second grant in a household",
        f"{_GRANT} 补贴次数",
    )
    once: object = guide(FREE, "", "补贴次数", "Once", f"{_GRANT} 补贴次数")
    max_age: object = guide(FREE, "", "年龄上限", "Upper age", f"{_GRANT} 补贴对象")


rules: Rules[Facts, Parameters] = Rules(Facts)


@rules.condition("group", "groups applied_on", lambda p: " ".join(p.groups))
def in_a_qualifying_group(f: Facts, p: Parameters) -> Outcome:
    """An interval of a qualifying group covers the day of application.

    Clause: 一次性创业补贴（系统默认，待市级细则） 补贴对象
    """
    if f.groups is None or f.applied_on is None:
        return UNKNOWN
    day = f.applied_on
    for held in f.groups:
        if held.group in p.groups and held.from_on <= day and (held.to_on is None or day <= held.to_on):
            return PASS
    return FAIL


def _operating_enough_on(f: Facts, p: Parameters) -> date | None:
    return None if f.registered_on is None else add_months(f.registered_on, p.min_operating_months)


@rules.condition(
    "operating-short",
    "registered_on applied_on",
    lambda p: f"≥ {p.min_operating_months} 个月",
    possible=_operating_enough_on,
)
def operating_long_enough(f: Facts, p: Parameters) -> Outcome:
    """The business has operated for the months required; the anniversary itself counts.

    Clause: 一次性创业补贴（系统默认，待市级细则） 经营期限
    """
    if f.registered_on is None or f.applied_on is None:
        return UNKNOWN
    return FAIL if f.applied_on < add_months(f.registered_on, p.min_operating_months) else PASS


@rules.condition("window", "registered_on applied_on", lambda p: f"≤ {p.window_months} 个月")
def applied_in_time(f: Facts, p: Parameters) -> Outcome:
    """Applied within the window counted from registration, its last day included.

    Clause: 一次性创业补贴（系统默认，待市级细则） 申请期限
    """
    if f.registered_on is None or f.applied_on is None:
        return UNKNOWN
    return FAIL if f.applied_on > add_months(f.registered_on, p.window_months) else PASS


@rules.condition("entity-type", "entity_type", lambda p: " ".join(p.entity_types))
def entity_qualifies(f: Facts, p: Parameters) -> Outcome:
    """The business is of a listed kind; branches are not.

    Clause: 一次性创业补贴（系统默认，待市级细则） 经营主体
    """
    if f.entity_type is None:
        return UNKNOWN
    return PASS if f.entity_type in p.entity_types else FAIL


@rules.condition(
    "industry-excluded",
    "industry",
    lambda p: " ".join(("≠", *p.excluded_industries) if p.excluded_industries else (kinds.NO_LIMIT,)),
)
def industry_qualifies(f: Facts, p: Parameters) -> Outcome:
    """The industry is not excluded; where none is, the industry need not be known.

    Clause: 一次性创业补贴（系统默认，待市级细则） 行业
    """
    if not p.excluded_industries:
        return PASS
    if f.industry is None:
        return UNKNOWN
    return FAIL if f.industry in p.excluded_industries else PASS


@rules.condition("not-operating", "registry_status", REGISTRY_STATUSES[ACTIVE])
def in_operation(f: Facts, _: Parameters) -> Outcome:
    """The registry shows the business as existing, neither abnormal nor illegal nor cancelled.

    Clause: 一次性创业补贴（系统默认，待市级细则） 经营状态
    """
    if f.registry_status is None:
        return UNKNOWN
    return PASS if f.registry_status == ACTIVE else FAIL


@rules.condition("not-founder", "is_founder", kinds.YES)
def founded_by_applicant(f: Facts, _: Parameters) -> Outcome:
    """The applicant founded the business; one taken over is not founded.

    Clause: 一次性创业补贴（系统默认，待市级细则） 首次创办
    """
    return persons.DEMANDED[f.is_founder]


@rules.condition("not-operator", "is_operator", kinds.YES)
def operated_by_applicant(f: Facts, _: Parameters) -> Outcome:
    """The applicant is the operator named on the licence.

    Clause: 一次性创业补贴（系统默认，待市级细则） 申请人
    """
    return persons.DEMANDED[f.is_operator]


@rules.condition("not-first", "earlier_entities", "0")
def first_business(f: Facts, _: Parameters) -> Outcome:
    """The person led no business before, cancelled ones included.

    Clause: 一次性创业补贴（系统默认，待市级细则） 首次创办
    """
    if f.earlier_entities is None:
        return UNKNOWN
    return FAIL if f.earlier_entities > 0 else PASS


@rules.condition(
    "jobs",
    "insured_employees insured_months",
    lambda p: f"≥ {p.min_insured_employees} 人 / ≥ {p.min_insured_months} 个月",
)
def jobs_created(f: Facts, p: Parameters) -> Outcome:
    """Enough employees are insured for long enough; a minimum of 0 asks nothing.

    Clause: 一次性创业补贴（系统默认，待市级细则） 带动就业
    """
    outcome = PASS
    for least, seen in ((p.min_insured_employees, f.insured_employees), (p.min_insured_months, f.insured_months)):
        if least == 0:
            continue
        if seen is None:
            outcome = UNKNOWN
        elif seen < least:
            return FAIL
    return outcome


@rules.condition("person-paid", "person_paid_before", kinds.NO)
def person_not_paid_before(f: Facts, _: Parameters) -> Outcome:
    """The grant is paid once in a person's life.

    Clause: 一次性创业补贴（系统默认，待市级细则） 补贴次数
    """
    return persons.FORBIDDEN[f.person_paid_before]


@rules.condition("entity-paid", "entity_paid_before", kinds.NO)
def entity_not_paid_before(f: Facts, _: Parameters) -> Outcome:
    """The grant is paid once for a business.

    Clause: 一次性创业补贴（系统默认，待市级细则） 补贴次数
    """
    return persons.FORBIDDEN[f.entity_paid_before]


@rules.condition("household-paid", "household_paid_before", kinds.NO)
def household_not_paid_before(f: Facts, p: Parameters) -> Outcome:
    """Nobody of the household was paid; warns or fails as the parameter says.

    Clause: 一次性创业补贴（系统默认，待市级细则） 补贴次数
    """
    outcome = persons.FORBIDDEN[f.household_paid_before]
    return WARN if outcome is FAIL and p.household_once == "warn" else outcome


@rules.condition("retired", "born_on retirement_class applied_on pension_drawn", kinds.NOT_RETIRED)
def not_retired(f: Facts, _: Parameters) -> Outcome:
    """Applied before the statutory retirement day, and no pension is drawn.

    Clause: 国务院关于渐进式延迟法定退休年龄的办法
    """
    return persons.not_retired(f.born_on, f.retirement_class, f.applied_on, f.pension_drawn)


@rules.condition("site-visit", "site_visit_passed", kinds.YES)
def site_visited(f: Facts, _: Parameters) -> Outcome:
    """Two officers visited the place and found it as stated.

    Clause: 一次性创业补贴（系统默认，待市级细则） 实地核查
    """
    return persons.DEMANDED[f.site_visit_passed]


_STAGE = rules.stage()


def judge(f: Facts, version: Version[Parameters]) -> Decision:
    """Judge one founder: the whole amount or nothing."""
    outcomes = _STAGE.outcomes(f, version.parameters)
    verdict = verdict_of(outcomes)
    entitlement = Money.yuan(version.parameters.amount) if verdict is Verdict.ELIGIBLE else ZERO
    return Decision(f, version, verdict, _STAGE.findings(outcomes, f, version), entitlement)


def reckon(decision: Decision) -> tuple[Reckoning, ...]:
    """Tell where the amount of the grant is written."""
    if decision.verdict is not Verdict.ELIGIBLE:
        return ()
    amount = grouped(decision.version.parameters.amount)
    step = figure(decision.version, "amount", f"{amount} {decision.version.figures['amount'].unit}")
    return (Reckoning((step,), f"{amount} × 1", decision.entitlement),)


def owed(decision: Decision) -> tuple[Owed, ...]:
    """Owe the whole amount to the founder, once."""
    return (Owed("one_off", decision.entitlement, payee="person"),) if decision.entitlement else ()


PARTICULARS = (
    Particular("business", "经营主体", "Business"),
    Particular("kind", "类型", "Kind", brief=False),
    Particular("credit_code", "信用代码", "Credit code", brief=False),
    Particular("registered_on", "登记日期", "Registered on"),
)

SCHEME = Scheme(
    name="entrepreneurship_grant",
    label_zh="一次性创业补贴",
    label_en="One-off start-up grant",
    payee="person",
    facts=Facts,
    parameters=parameters_of(Parameters),
    parameters_type=Parameters,
    conditions=rules.by_code,
    anchor="registered_on",
    anchor_on=lambda f: f.registered_on,
    judge=judge,
    reader=Reader(Facts),
    reckon=reckon,
    owed=owed,
    particulars=PARTICULARS,
)
