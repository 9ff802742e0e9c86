"""Special-skill training subsidy (专项职业能力培训补贴): per head and item to the institution, an allowance to trainees."""

# ruff: noqa: RUF009 - `fact` returns a dataclass field, not a value shared by instances
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.schemes import facts, kinds, owing, persons
from trainingadmin.schemes.base import (
    FAIL,
    PASS,
    UNKNOWN,
    Decision,
    Outcome,
    Rules,
    Scheme,
    Verdict,
    balance_owed,
    verdict_of,
)
from trainingadmin.schemes.facts import Reader, fact
from trainingadmin.schemes.figures import Version, guide, parameter, parameters_of
from trainingadmin.schemes.kinds import DAY, FLAG, MONEY, PERCENT, WHOLE
from trainingadmin.schemes.office_terms import OfficeTerms
from trainingadmin.schemes.owing import Owed, Particular
from trainingadmin.schemes.reckoning import Reckoning, figure, grouped, known

POVERTY_CLASS = "帮扶专班"  # to 2020 called 扶贫专班
MODES = ("普通", "订单式", "定向", POVERTY_CLASS, "在线", "混合")

_DEFAULT = "系统默认（政策未明确）"


@dataclass(slots=True, kw_only=True, repr=False)
class Facts(facts.Facts):
    """What is known of one trainee of a special-skill class."""

    scheme: ClassVar[str] = "special_skill"

    opened_on: date | None = fact(DAY, "开班日期", "Class opened on")
    item_valid_from: date | None = fact(DAY, "项目有效期起", "Item valid from")
    item_valid_to: date | None = fact(DAY, "项目有效期止（不填为长期）", "Item valid to (empty: open)")
    item_rate: Money | None = fact(MONEY, "项目补贴标准", "Item's rate a head", unit="元/人")
    born_on: date | None = fact(DAY, "出生日期", "Born on")
    civil_service_pension: bool | None = fact(FLAG, "参加机关事业单位养老保险", "In the civil-service pension scheme")
    planned_minutes: int | None = fact(WHOLE, "计划分钟数", "Planned minutes", unit="分钟")
    credited_minutes: int | None = fact(WHOLE, "有效出勤分钟数", "Credited minutes", unit="分钟")
    passed: bool | None = fact(FLAG, "考核合格", "Passed the assessment")
    mode: str | None = fact(kinds.one_of(*MODES), "培训方式", "Mode of training")
    days_attended: int | None = fact(WHOLE, "出勤天数", "Days attended", unit="天")
    paid_before_item: bool | None = fact(FLAG, "该项目已享受过补贴", "This item was paid before")
    trainings_this_year: int | None = fact(
        WHOLE, "本年度已享受次数（不含本次）", "Other trainings this year", unit="次"
    )
    in_other_training: bool | None = fact(FLAG, "正在参加其他补贴性培训", "In another running subsidised training")


@dataclass(slots=True, kw_only=True, frozen=True)
class Parameters(OfficeTerms):
    """The figures of one version; money in whole yuan."""

    min_age: int = parameter(kinds.YEARS, "岁", "最低年龄", "Minimum age", "川人社规〔2025〕11号 培训对象")
    attendance_percent: int = parameter(PERCENT, "%", "出勤比例", "Attendance share", _DEFAULT)
    trainings_per_person_year_max: int = parameter(
        WHOLE, "次/人·年", "每人每年补贴次数上限", "Subsidised trainings a year", "浙江地方细则 补贴次数"
    )
    living_allowance_per_day: int = parameter(
        WHOLE, "元/人·天", "帮扶专班生活费补贴", "Living allowance a day", "四川省 2016-10 生活费补贴"
    )
    class_min: int | None = guide(WHOLE, "人", "每班人数下限", "Smallest class", _DEFAULT)
    class_max: int | None = guide(WHOLE, "人", "每班人数上限", "Largest class", _DEFAULT)
    day_hours_max: int | None = guide(WHOLE, "课时", "每天课时上限", "Most class hours a day", _DEFAULT)
    hour_minutes: int | None = guide(WHOLE, "分钟", "每课时分钟数", "Minutes of a class hour", _DEFAULT)
    late_minutes: int | None = guide(WHOLE, "分钟", "迟到宽限", "Minutes late without loss", _DEFAULT)
    leave_counts: bool | None = guide(FLAG, "", "请假计入出勤", "Leave counts as attended", _DEFAULT)
    checkin_before_minutes: int | None = guide(WHOLE, "分钟", "课前可签到", "Check-in before a session", _DEFAULT)
    checkin_after_minutes: int | None = guide(WHOLE, "分钟", "课后可签退", "Check-out after a session", _DEFAULT)
    checkin_sync_hours: int | None = guide(
        WHOLE, "小时", "断网扫码可上传", "Offline scans taken after a session", _DEFAULT
    )
    late_entry_hours: int | None = guide(
        WHOLE, "小时", "课后一人可登记", "Marks by one person after a session", _DEFAULT
    )
    online_theory_max_percent: int | None = guide(
        PERCENT, "%", "线上理论课比例上限", "Largest share of online theory", "罗湖、天津地方细则 线上培训"
    )
    trainees_per_teacher_max: int | None = guide(WHOLE, "人", "每名教师学员数上限", "Trainees a teacher", _DEFAULT)
    replace_days: int | None = guide(
        WHOLE, "天", "可替换学员的期限（自开班起）", "Days in which a trainee may be replaced", _DEFAULT
    )


rules: Rules[Facts, Parameters] = Rules(Facts)


@rules.condition("item-not-valid", "opened_on item_valid_from item_valid_to item_rate", kinds.VALID)
def item_valid(f: Facts, _: Parameters) -> Outcome:
    """The class opened while the item was valid, both ends included; an item without an end stays valid.

    Clause: 雅安市专项职业能力培训项目目录 有效期
    """
    opened_on, valid_from, valid_to = f.opened_on, f.item_valid_from, f.item_valid_to
    if opened_on is None:
        return UNKNOWN
    if (valid_from is not None and opened_on < valid_from) or (valid_to is not None and opened_on > valid_to):
        return FAIL
    return UNKNOWN if valid_from is None or f.item_rate is None else PASS


@rules.condition("age-min", "born_on opened_on", lambda p: f"≥ {p.min_age} 岁")
def old_enough(f: Facts, p: Parameters) -> Outcome:
    """The trainee has the minimum age on the opening day.

    Clause: 川人社规〔2025〕11号 培训对象
    """
    return persons.old_enough(f.born_on, f.opened_on, p.min_age)


@rules.condition("civil-service-pension", "civil_service_pension", kinds.NO)
def outside_civil_service(f: Facts, _: Parameters) -> Outcome:
    """Members of the civil-service pension scheme are excluded.

    Clause: 川人社规〔2025〕11号 培训对象
    """
    return persons.FORBIDDEN[f.civil_service_pension]


@rules.condition("attendance-low", "credited_minutes planned_minutes", lambda p: f"≥ {p.attendance_percent} %")
def attended_enough(f: Facts, p: Parameters) -> Outcome:
    """Credited minutes reach the share of the planned ones; nothing planned fails.

    Clause: 系统默认（政策未明确） 出勤比例
    """
    return persons.attended_enough(f.planned_minutes, f.credited_minutes, p.attendance_percent)


@rules.condition("not-passed", "passed", kinds.YES)
def passed(f: Facts, _: Parameters) -> Outcome:
    """The trainee passed the assessment.

    Clause: 雅安市专项职业能力考核规范 考核合格
    """
    return persons.DEMANDED[f.passed]


@rules.condition("item-paid", "paid_before_item", kinds.NO)
def item_not_paid_before(f: Facts, _: Parameters) -> Outcome:
    """The item was never paid for this person.

    Clause: 浙江地方细则 同一项目一次
    """
    return persons.FORBIDDEN[f.paid_before_item]


@rules.condition("cap-person-year", "trainings_this_year", lambda p: f"< {p.trainings_per_person_year_max} 次")
def under_yearly_cap(f: Facts, p: Parameters) -> Outcome:
    """The other subsidised trainings of the year leave room for this one.

    Clause: 浙江地方细则 每人每年补贴次数
    """
    return persons.under_cap(f.trainings_this_year, p.trainings_per_person_year_max)


@rules.condition("in-other-training", "in_other_training", kinds.NO)
def in_no_other_training(f: Facts, _: Parameters) -> Outcome:
    """No other subsidised training is running.

    Clause: 川人社规〔2025〕11号 不重复补贴
    """
    return persons.FORBIDDEN[f.in_other_training]


@dataclass(slots=True, eq=False, repr=False)
class SkillDecision(Decision):
    """A decision with the trainee's living allowance, which is in no other sum; None when it is not known."""

    living_allowance: Money | None = None

    def amounts(self) -> dict[str, str | None]:
        """Return the sums of money by their names in the output."""
        allowance = self.living_allowance
        shared = Decision.amounts(self)
        return shared | {"living_allowance": None if allowance is None else str(allowance)}


def living_allowance(f: Facts, p: Parameters) -> Money | None:
    """Return what the days attended in a 帮扶专班 earn the trainee, whatever the result; None when not known.

    Clause: 四川省 2016-10 生活费补贴
    """
    if f.mode is None:
        return None
    if f.mode != POVERTY_CLASS:
        return ZERO
    return None if f.days_attended is None else Money.yuan(p.living_allowance_per_day * f.days_attended)


_STAGE = rules.stage()


def judge(f: Facts, version: Version[Parameters]) -> Decision:
    """Judge one trainee: the item's rate when eligible, and the allowance beside it."""
    outcomes = _STAGE.outcomes(f, version.parameters)
    verdict = verdict_of(outcomes)
    entitlement = ZERO
    if verdict is Verdict.ELIGIBLE:
        assert f.item_rate is not None
        entitlement = f.item_rate
    findings = _STAGE.findings(outcomes, f, version)
    allowance = living_allowance(f, version.parameters)
    return SkillDecision(f, version, verdict, findings, entitlement, living_allowance=allowance)


def reckon(decision: SkillDecision) -> tuple[Reckoning, ...]:
    """Tell how the item's rate, and the living allowance where one is owed, arise."""
    f, version = decision.facts, decision.version
    told = []
    if decision.verdict is Verdict.ELIGIBLE:
        rate = decision.entitlement.grouped()
        told.append(Reckoning(tuple(known(f, ["opened_on", "item_rate"])), f"{rate} × 1", decision.entitlement))
    for allowance in (one for one in owed(decision) if one.kind == "allowance"):
        per_day = version.parameters.living_allowance_per_day
        steps = (*known(f, ["mode", "days_attended"]), figure(version, "living_allowance_per_day"))
        told.append(Reckoning(steps, f"{grouped(per_day)} × {f.days_attended}", allowance.amount, beside=True))  # type: ignore[attr-defined]
    return tuple(told)


# What the allowance does not depend on: how the training ended.
_RESULTS = frozenset({"attendance-low", "not-passed"})


def owed(decision: SkillDecision) -> tuple[Owed, ...]:
    """Owe the item's rate to the institution, and the living allowance to the trainee whatever the result.

    Nothing is owed to the trainee while a condition that is not about the result fails or is not known.
    """
    allowance = decision.living_allowance or ZERO
    other = [one for one in decision.findings if one.condition.code not in _RESULTS]
    if not allowance or any(one.outcome in (FAIL, UNKNOWN) for one in other):
        return balance_owed(decision)
    return (*balance_owed(decision), Owed("allowance", allowance, payee="person"))


PARTICULARS = (
    Particular("item", "培训项目", "Item"),
    Particular("item_code", "项目编码", "Item code", brief=False),
    Particular("hours", "课时", "Class hours", owing.class_hours),
    Particular("period", "培训起止", "Training", owing.span, brief=False),
)

SCHEME = Scheme(
    name="special_skill",
    label_zh="专项职业能力培训补贴",
    label_en="Special-skill training subsidy",
    payee="organisation",
    facts=Facts,
    parameters=parameters_of(Parameters),
    parameters_type=Parameters,
    conditions=rules.by_code,
    anchor="opened_on",
    anchor_on=lambda f: f.opened_on,
    judge=judge,
    reader=Reader(Facts),
    reckon=reckon,
    owed=owed,
    particulars=PARTICULARS,
)
