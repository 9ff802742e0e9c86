"""Work-as-training subsidy (以工代训补贴): so much a person and month, to the enterprise, each month once."""

# ruff: noqa: RUF009 - `fact` returns a dataclass field, not a value shared by instances
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from trainingadmin.kernel.money import ZERO, Money, split
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
from trainingadmin.schemes.facts import Reader, fact
from trainingadmin.schemes.figures import Version, parameter, parameters_of
from trainingadmin.schemes.kinds import DAY, FLAG, MONTH, MONTHS, WHOLE
from trainingadmin.schemes.office_terms import OfficeTerms
from trainingadmin.schemes.owing import Owed, Particular
from trainingadmin.schemes.reckoning import Reckoning, Step, figure, grouped, known

_MEASURES = "四川省稳就业十五条措施（2018-12）"
Months = tuple[date, ...]  # each the first day of a month


@dataclass(slots=True, kw_only=True, repr=False)
class Facts(facts.Facts):
    """What is known of one worker trained at work; each list is a set of months."""

    scheme: ClassVar[str] = "work_as_training"

    months: Months | None = fact(kinds.many(MONTH), "有工资凭证的月份", "Months with wage proof")
    months_paid_before: Months | None = fact(kinds.many(MONTH), "已补贴的月份", "Months paid before")
    in_other_training_months: Months | None = fact(
        kinds.many(MONTH), "参加其他补贴性培训的月份", "Months in another subsidised training"
    )
    born_on: date | None = fact(DAY, "出生日期", "Born on")
    insured_by_applicant: bool | None = fact(FLAG, "由申请企业参保", "Insured by the applicant")


@dataclass(slots=True, kw_only=True, frozen=True)
class Parameters(OfficeTerms):
    """The figures of one version; money in whole yuan."""

    monthly_rate: int = parameter(WHOLE, "元/人·月", "每月补贴标准", "Monthly rate", f"{_MEASURES} 补贴标准")
    max_months: int = parameter(MONTHS, "月", "每人最长月数", "Most months a person", f"{_MEASURES} 补贴期限")
    min_age: int = parameter(kinds.YEARS, "岁", "最低年龄", "Minimum age", "川人社规〔2025〕11号 培训对象")


rules: Rules[Facts, Parameters] = Rules(Facts)


def _not_dropped(f: Facts) -> set[date] | None:
    """Return the months that are neither paid before nor in another training; None when a list is missing."""
    if f.months is None or f.months_paid_before is None or f.in_other_training_months is None:
        return None
    return set(f.months).difference(f.months_paid_before, f.in_other_training_months)


def _room(f: Facts, p: Parameters) -> int:
    """Return how many months may still be paid for the person."""
    return max(0, p.max_months - len(set(f.months_paid_before or ())))


def months_left(f: Facts, p: Parameters) -> Months | None:
    """Return the months to be paid, the earliest first; None when a list is missing.

    Clause: 四川省稳就业十五条措施（2018-12） 补贴期限
    """
    kept = _not_dropped(f)
    return None if kept is None else tuple(sorted(kept)[: _room(f, p)])


@rules.condition("month-paid", "months months_paid_before", kinds.NOT_PAID)
def no_month_paid_before(f: Facts, _: Parameters) -> Outcome:
    """Warn when a month was paid before, whoever the employer was; it is dropped.

    Clause: 四川省稳就业十五条措施（2018-12） 同一月份一次
    """
    if f.months is None or f.months_paid_before is None:
        return UNKNOWN
    return PASS if set(f.months).isdisjoint(f.months_paid_before) else WARN


@rules.condition("month-in-other-training", "months in_other_training_months", kinds.NO_OVERLAP)
def no_month_in_other_training(f: Facts, _: Parameters) -> Outcome:
    """Warn when another training subsidy covers a month; it is dropped.

    Clause: 四川省稳就业十五条措施（2018-12） 不重复补贴
    """
    if f.months is None or f.in_other_training_months is None:
        return UNKNOWN
    return PASS if set(f.months).isdisjoint(f.in_other_training_months) else WARN


@rules.condition("months-max", "months months_paid_before in_other_training_months", lambda p: f"≤ {p.max_months} 个月")
def within_most_months(f: Facts, p: Parameters) -> Outcome:
    """Warn when the most months a person cuts the months left.

    Clause: 四川省稳就业十五条措施（2018-12） 补贴期限
    """
    kept = _not_dropped(f)
    if kept is None:
        return UNKNOWN
    return WARN if len(kept) > _room(f, p) else PASS


@rules.condition("no-months", "months months_paid_before in_other_training_months", "≥ 1 个月")
def a_month_left(f: Facts, p: Parameters) -> Outcome:
    """At least one month is left to be paid.

    Clause: 四川省稳就业十五条措施（2018-12） 补贴期限
    """
    left = months_left(f, p)
    if left is None:
        return UNKNOWN
    return PASS if left else FAIL


@rules.condition("age-min", "born_on months", lambda p: f"≥ {p.min_age} 岁")
def old_enough(f: Facts, p: Parameters) -> Outcome:
    """The worker has the minimum age on the first day of the earliest month, before any is dropped.

    Clause: 川人社规〔2025〕11号 培训对象
    """
    return persons.old_enough(f.born_on, min(f.months) if f.months else None, p.min_age)


@rules.condition("insured-elsewhere", "insured_by_applicant", kinds.YES)
def insured_by_applicant(f: Facts, _: Parameters) -> Outcome:
    """Insured by the applicant; anything else is left to a person.

    Clause: 四川省稳就业十五条措施（2018-12） 补贴对象；不一致时由人工核实为系统默认
    """
    return persons.LEFT_TO_A_PERSON[f.insured_by_applicant]


_STAGE = rules.stage()


def judge(f: Facts, version: Version[Parameters]) -> Decision:
    """Judge one worker: the monthly rate for every month left."""
    p = version.parameters
    outcomes = _STAGE.outcomes(f, version.parameters)
    verdict = verdict_of(outcomes)
    entitlement = ZERO
    if verdict is Verdict.ELIGIBLE:
        entitlement = Money.yuan(p.monthly_rate * len(months_left(f, p) or ()))
    return Decision(f, version, verdict, _STAGE.findings(outcomes, f, version), entitlement)


def reckon(decision: Decision) -> tuple[Reckoning, ...]:
    """Tell how the sum of an eligible worker arises: which months were left out, which are paid, at which rate."""
    f, version = decision.facts, decision.version
    assert isinstance(f, Facts)
    if decision.verdict is not Verdict.ELIGIBLE:
        return ()
    left = months_left(f, version.parameters) or ()
    steps = (
        *known(f, ["months", "months_paid_before", "in_other_training_months"]),
        figure(version, "max_months"),
        Step("计入月份", "Months that count", kinds.many(MONTH).show(left)),
        figure(version, "monthly_rate"),
    )
    return (Reckoning(steps, f"{grouped(version.parameters.monthly_rate)} × {len(left)}", decision.entitlement),)


def owed(decision: Decision) -> tuple[Owed, ...]:
    """Owe what is earned month by month, in whole fen; what does not divide is on the last month.

    Clause: 四川省稳就业十五条措施（2018-12） 补贴标准
    """
    left = months_left(decision.facts, decision.version.parameters) or ()  # type: ignore[arg-type]
    if not decision.entitlement or not left:
        return ()
    shares = split(decision.entitlement, len(left))
    return tuple(Owed("monthly", share, f"{month:%Y-%m}") for month, share in zip(left, shares, strict=True))


PARTICULARS = (
    Particular("post", "岗位", "Post"),
    Particular("months", "补贴月份", "Months", "、".join),
)

SCHEME = Scheme(
    name="work_as_training",
    label_zh="以工代训补贴",
    label_en="Work-as-training subsidy",
    payee="organisation",
    facts=Facts,
    parameters=parameters_of(Parameters),
    parameters_type=Parameters,
    conditions=rules.by_code,
    anchor="months",
    anchor_on=lambda f: min(f.months) if f.months else None,
    judge=judge,
    reader=Reader(Facts),
    reckon=reckon,
    owed=owed,
    particulars=PARTICULARS,
)
