"""The facts and the parameters of the apprenticeship scheme."""

# ruff: noqa: RUF009 - `fact` returns a dataclass field, not a value shared by instances
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from trainingadmin.kernel.money import Money
from trainingadmin.schemes import facts, kinds, owing
from trainingadmin.schemes.facts import entry_of, fact
from trainingadmin.schemes.figures import guide, parameter
from trainingadmin.schemes.kinds import DAY, FLAG, FREE, LEVEL, MONEY, MONTHS, PERCENT, RATES, TEXT, UNCERTIFIED, WHOLE
from trainingadmin.schemes.office_terms import OfficeTerms
from trainingadmin.schemes.owing import Particular

_MODEL_2018 = "人社部发〔2018〕66号"
_DEFAULT = "系统默认（政策未明确）"


@dataclass(slots=True, kw_only=True, repr=False)
class Certificate:
    """The certificate an apprentice earned; any member may be missing."""

    occupation: str | None = fact(TEXT, "证书职业（工种）", "Occupation on the certificate")
    level: int | None = fact(LEVEL, "证书等级", "Level on the certificate")
    number: str | None = fact(TEXT, "证书编号", "Certificate number")
    issued_on: date | None = fact(DAY, "发证日期", "Issued on")
    verified: bool | None = fact(FLAG, "已核验", "Verified")


@dataclass(slots=True, kw_only=True, repr=False)
class PaidBefore:
    """One occupation and level for which the person was subsidised before."""

    occupation: str = fact(TEXT, "已补贴职业（工种）", "Occupation paid before", required=True)
    level: int = fact(LEVEL, "已补贴等级", "Level paid before", required=True)
    on: date | None = fact(DAY, "补贴日期", "Paid on")


@dataclass(slots=True, kw_only=True, repr=False)
class Facts(facts.Facts):
    """What is known of one apprentice, at filing or at claim."""

    scheme: ClassVar[str] = "apprenticeship"

    stage: str = fact(kinds.one_of(labels={"filing": "备案", "claim": "结业申请"}), "阶段", "Stage", required=True)
    filed_on: date | None = fact(DAY, "备案日期", "Filed on")
    claimed_on: date | None = fact(DAY, "申请日期", "Claimed on")
    born_on: date | None = fact(DAY, "出生日期", "Born on")
    retirement_class: str | None = fact(kinds.RETIREMENT_CLASS, "退休年龄类别", "Retirement class")
    pension_drawn: bool | None = fact(FLAG, "已领取养老金", "Draws a pension")
    civil_service_pension: bool | None = fact(FLAG, "参加机关事业单位养老保险", "In the civil-service pension scheme")
    contract_from: date | None = fact(DAY, "劳动合同起", "Contract from")
    contract_to: date | None = fact(DAY, "劳动合同止（无固定期限写 2199-12-31）", "Contract to (open end: 2199-12-31)")
    contract_with_applicant: bool | None = fact(FLAG, "劳动合同与申请企业签订", "Contract is with the applicant")
    insured_by_applicant: bool | None = fact(FLAG, "由申请企业参保", "Insured by the applicant")
    in_other_training: bool | None = fact(FLAG, "正在参加其他补贴性培训", "In another running subsidised training")
    starts_on: date | None = fact(DAY, "培养开始日期", "Training starts on")
    filed_months: int | None = fact(MONTHS, "备案培养期限", "Months filed", unit="月")
    extended_months: int | None = fact(MONTHS, "批准延长月数（不填为 0）", "Further months approved", unit="月")
    ended_on: date | None = fact(DAY, "培养结束日期", "Training ended on")
    left_early: bool | None = fact(FLAG, "中途退出", "Left early")
    occupation: str | None = fact(TEXT, "培训职业（工种）", "Occupation")
    target_level: int | None = fact(LEVEL, "目标等级", "Target level")
    plan_hours_per_year: int | None = fact(WHOLE, "每年计划课时", "Planned class hours a year", unit="课时")
    planned_minutes: int | None = fact(WHOLE, "计划分钟数", "Planned minutes", unit="分钟")
    credited_minutes: int | None = fact(WHOLE, "有效出勤分钟数", "Credited minutes", unit="分钟")
    certificate: Certificate | None = fact(entry_of(Certificate), "职业技能等级证书", "Skill certificate")
    no_certificate: bool | None = fact(FLAG, "经办机构确认无证书", "Confirmed to have no certificate")
    paid_before: tuple[PaidBefore, ...] | None = fact(
        kinds.many(entry_of(PaidBefore)), "以前享受补贴的职业和等级", "Occupations and levels paid before"
    )
    trainings_this_year: int | None = fact(
        WHOLE, "本年度已享受次数（不含本次）", "Other trainings this year", unit="次"
    )
    cross_fund_paid: bool | None = fact(FLAG, "同一证书已领技能提升补贴", "Certificate paid from another fund")
    advance_paid: Money | None = fact(MONEY, "已预支金额", "Advance paid", unit="元")
    enterprise_blacklisted: bool | None = fact(FLAG, "企业列入失信名单", "Enterprise is blacklisted")


@dataclass(slots=True, kw_only=True, frozen=True)
class Parameters(OfficeTerms):
    """The figures of one version; money in whole yuan."""

    annual_rate: Mapping[int, int] = parameter(
        RATES, "元/人·年", "各等级年补贴标准", "Yearly rate by level", f"{_MODEL_2018} 补贴标准"
    )
    max_months: int = parameter(MONTHS, "月", "最长培养期限", "Longest training", f"{_MODEL_2018} 培养期限")
    min_contract_months: int = parameter(
        MONTHS, "月", "劳动合同最短期限", "Shortest contract", f"{_MODEL_2018} 培养对象"
    )
    min_age: int = parameter(kinds.YEARS, "岁", "最低年龄", "Minimum age", "川人社规〔2025〕11号 培训对象")
    min_hours_per_year: int = parameter(
        WHOLE, "课时/年", "每年最低课时", "Fewest class hours a year", f"{_MODEL_2018} 培养内容"
    )
    attendance_percent: int = parameter(PERCENT, "%", "出勤比例", "Attendance share", _DEFAULT)
    advance_max_percent: int = parameter(PERCENT, "%", "预支比例上限", "Largest advance", f"{_MODEL_2018} 补贴拨付")
    uncertified: str = parameter(
        UNCERTIFIED, "", "未取得证书的处理", "Finishing without a certificate", "四川日报 2019-08"
    )
    proration: str = parameter(
        kinds.one_of(labels={"months": "按整月", "whole_year": "按整年"}),
        "",
        "折算方式",
        "How part of a year counts",
        _DEFAULT,
    )
    claim_window_months: int = parameter(
        MONTHS, "月", "取得证书后的申请期限", "Time to claim after the certificate", "浙江、宁波地方细则 申请期限"
    )
    trainings_per_person_year_max: int = parameter(
        WHOLE, "次/人·年", "每人每年补贴次数上限", "Subsidised trainings a year", "浙江地方细则 补贴次数"
    )
    online_theory_max_percent: int | None = guide(
        PERCENT, "%", "线上理论课比例上限", "Largest share of online theory", "罗湖、天津地方细则 线上培训"
    )
    class_max: int | None = guide(WHOLE, "人", "每班人数上限", "Largest class", "天津地方细则 班级人数")
    apprentices_per_mentor_max: int | None = guide(
        WHOLE, "人", "每名导师学徒数上限", "Apprentices a mentor", "天津地方细则 导师"
    )
    replace_months: int | None = guide(
        MONTHS, "月", "可替换学徒的期限（自培养开始起）", "Months in which an apprentice may be replaced", _DEFAULT
    )
    day_hours_max: int | None = guide(WHOLE, "课时", "每日课时上限", "Most class hours a day", _DEFAULT)
    hour_minutes: int | None = guide(WHOLE, "分钟", "每课时分钟数", "Minutes of a class hour", "上海青浦 2023-04 课时")
    late_minutes: int | None = guide(WHOLE, "分钟", "迟到宽限", "Minutes of grace for lateness", _DEFAULT)
    leave_counts: bool | None = guide(FLAG, "", "请假计入出勤", "Approved leave counts as attended", _DEFAULT)
    checkin_before_minutes: int | None = guide(WHOLE, "分钟", "课前可签到", "Check-in before a session", _DEFAULT)
    checkin_after_minutes: int | None = guide(WHOLE, "分钟", "课后可签退", "Check-out after a session", _DEFAULT)
    checkin_sync_hours: int | None = guide(
        WHOLE, "小时", "断网扫码可上传", "Offline scans taken after a session", _DEFAULT
    )
    late_entry_hours: int | None = guide(
        WHOLE, "小时", "课后一人可登记", "Marks by one person after a session", _DEFAULT
    )
    same_occupation_level_once: object = guide(
        FREE, "", "同职业同等级补贴次数", "Once an occupation and level", "国家技能提升补贴规定 补贴次数"
    )
    cross_fund: object = guide(FREE, "", "与技能提升补贴的关系", "Other funds", "深圳盐田地方细则 不重复补贴")


PARTICULARS = (
    Particular("occupation", "职业（工种）", "Occupation"),
    Particular("occupation_code", "职业编码", "Occupation code", brief=False),
    Particular("level", "等级", "Level", owing.level),
    Particular("months", "培训月数", "Months", owing.months),
    Particular("period", "培训起止", "Training", owing.span, brief=False),
)
