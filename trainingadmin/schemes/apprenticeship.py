"""Apprenticeship training subsidy (企业新型学徒制培训补贴): who may be filed, who is paid for, and how much."""

from __future__ import annotations

from trainingadmin.kernel.dates import add_months, lasts, retirement_day
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.schemes import apprenticeship_sums as sums
from trainingadmin.schemes import kinds, persons
from trainingadmin.schemes.apprenticeship_terms import PARTICULARS, Facts, Parameters
from trainingadmin.schemes.base import (
    CLAIM,
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
from trainingadmin.schemes.facts import Reader
from trainingadmin.schemes.figures import Version, parameters_of
from trainingadmin.schemes.reckoning import Reckoning

FILING = "filing"
BOTH = (FILING, CLAIM)

rules: Rules[Facts, Parameters] = Rules(Facts)


@rules.condition("level-no-rate", "target_level", lambda p: " ".join(map(kinds.LEVEL.show, p.annual_rate)), stages=BOTH)
def level_has_rate(f: Facts, p: Parameters) -> Outcome:
    """The version has a yearly rate for the target level.

    Clause: 人社部发〔2018〕66号、人社部发〔2021〕39号 补贴标准
    """
    if f.target_level is None:
        return UNKNOWN
    return PASS if f.target_level in p.annual_rate else FAIL


@rules.condition("age-min", "born_on starts_on", lambda p: f"≥ {p.min_age} 岁", stages=BOTH)
def old_enough(f: Facts, p: Parameters) -> Outcome:
    """The apprentice has the minimum age on the day the training starts.

    Clause: 川人社规〔2025〕11号 培训对象
    """
    return persons.old_enough(f.born_on, f.starts_on, p.min_age)


@rules.condition("retired", "born_on retirement_class starts_on pension_drawn", kinds.NOT_RETIRED, stages=BOTH)
def not_retired(f: Facts, _: Parameters) -> Outcome:
    """The training starts before the statutory retirement day, and no pension is drawn.

    Clause: 国务院关于渐进式延迟法定退休年龄的办法
    """
    return persons.not_retired(f.born_on, f.retirement_class, f.starts_on, f.pension_drawn)


@rules.condition(
    "retires-in-training", "born_on retirement_class starts_on filed_months", kinds.NOT_RETIRED, stages=(FILING,)
)
def stays_below_retirement(f: Facts, _: Parameters) -> Outcome:
    """Warn when the statutory day falls into the filed period.

    Clause: 国务院关于渐进式延迟法定退休年龄的办法
    """
    if f.born_on is None or f.retirement_class is None or f.starts_on is None or f.filed_months is None:
        return UNKNOWN
    day = retirement_day(f.born_on, f.retirement_class)
    return WARN if f.starts_on <= day < add_months(f.starts_on, f.filed_months) else PASS


@rules.condition("civil-service-pension", "civil_service_pension", kinds.NO, stages=BOTH)
def outside_civil_service(f: Facts, _: Parameters) -> Outcome:
    """Members of the civil-service pension scheme are excluded.

    Clause: 川人社规〔2025〕11号 培训对象
    """
    return persons.FORBIDDEN[f.civil_service_pension]


@rules.condition(
    "contract-short", "contract_from contract_to", lambda p: f"≥ {p.min_contract_months} 个月", stages=(FILING,)
)
def contract_lasts(f: Facts, p: Parameters) -> Outcome:
    """The labour contract, both ends included, lasts the months required.

    Clause: 人社部发〔2018〕66号 培养对象
    """
    if f.contract_from is None or f.contract_to is None:
        return UNKNOWN
    return PASS if lasts(f.contract_from, f.contract_to, p.min_contract_months) else FAIL


@rules.condition("contract-other-party", "contract_with_applicant", kinds.YES, stages=(FILING,))
def contract_with_applicant(f: Facts, _: Parameters) -> Outcome:
    """The labour contract is signed with the applicant.

    Clause: 人社部发〔2018〕66号 培养对象
    """
    return persons.DEMANDED[f.contract_with_applicant]


@rules.condition("insured-elsewhere", "insured_by_applicant", kinds.YES, stages=BOTH)
def insured_by_applicant(f: Facts, _: Parameters) -> Outcome:
    """Insured by the applicant; anything else is left to a person.

    Clause: 人社部发〔2018〕66号 培养对象；不一致时由人工核实为系统默认
    """
    return persons.LEFT_TO_A_PERSON[f.insured_by_applicant]


@rules.condition("in-other-training", "in_other_training", kinds.NO, stages=(FILING,))
def in_no_other_training(f: Facts, _: Parameters) -> Outcome:
    """No other subsidised training is running.

    Clause: 人社部发〔2018〕66号 补贴资金不重复享受
    """
    return persons.FORBIDDEN[f.in_other_training]


@rules.condition("duration-max", "filed_months", lambda p: f"≤ {p.max_months} 个月", stages=(FILING,))
def short_enough(f: Facts, p: Parameters) -> Outcome:
    """The filed duration is within the maximum.

    Clause: 人社部发〔2018〕66号 培养期限
    """
    if f.filed_months is None:
        return UNKNOWN
    return FAIL if f.filed_months > p.max_months else PASS


@rules.condition("hours-plan", "plan_hours_per_year", lambda p: f"≥ {p.min_hours_per_year} 课时", stages=(FILING,))
def enough_hours_planned(f: Facts, p: Parameters) -> Outcome:
    """The plan has the class hours of 45 minutes required a year.

    Clause: 人社部发〔2018〕66号 培养内容；课时下限参照上海青浦
    """
    if f.plan_hours_per_year is None:
        return UNKNOWN
    return FAIL if f.plan_hours_per_year < p.min_hours_per_year else PASS


@rules.condition("enterprise-blacklisted", "enterprise_blacklisted", kinds.NO, stages=BOTH)
def enterprise_in_good_standing(f: Facts, _: Parameters) -> Outcome:
    """The enterprise is not on the list of dishonest enterprises.

    Clause: 人社部发〔2018〕66号 企业条件
    """
    return persons.FORBIDDEN[f.enterprise_blacklisted]


@rules.condition("left-early", "left_early", kinds.NO)
def stayed(f: Facts, _: Parameters) -> Outcome:
    """The apprentice stayed to the end.

    Clause: 福建南平 2023-08 未完成培养不予补贴
    """
    return persons.FORBIDDEN[f.left_early]


@rules.condition("period", "starts_on ended_on filed_months", kinds.IN_ORDER)
def dates_in_order(f: Facts, _: Parameters) -> Outcome:
    """The training ended on or after the day it started; without the period nothing can be reckoned.

    Clause: 人社部发〔2018〕66号 培养期限
    """
    if f.starts_on is None or f.ended_on is None or f.filed_months is None:
        return UNKNOWN
    return FAIL if f.ended_on < f.starts_on else PASS


@rules.condition("attendance-low", "credited_minutes planned_minutes", lambda p: f"≥ {p.attendance_percent} %")
def attended_enough(f: Facts, p: Parameters) -> Outcome:
    """Credited minutes reach the share of the planned ones; nothing planned fails.

    Clause: 系统默认（政策未明确） 出勤比例
    """
    return persons.attended_enough(f.planned_minutes, f.credited_minutes, p.attendance_percent)


@rules.condition(
    "certificate-missing",
    "certificate.occupation certificate.level occupation target_level no_certificate",
    kinds.SAME_OR_HIGHER,
)
def certificate_fits(f: Facts, _: Parameters) -> Outcome:
    """There is a certificate of the filed occupation, at the target level or a higher (smaller) one.

    Clause: 四川日报 2019-08；人社部发〔2018〕66号 考核评价
    """
    held = f.certificate
    if held is None:
        return FAIL if f.no_certificate else UNKNOWN
    if held.occupation is None or held.level is None or f.occupation is None or f.target_level is None:
        return UNKNOWN
    return FAIL if f.no_certificate or held.occupation != f.occupation or held.level > f.target_level else PASS


@rules.condition("certificate-unverified", "certificate.verified", kinds.YES)
def certificate_verified(f: Facts, _: Parameters) -> Outcome:
    """The certificate was looked up and is genuine.

    Clause: 人社部发〔2018〕66号 考核评价
    """
    return persons.DEMANDED[f.certificate.verified if f.certificate else None]


@rules.condition("certificate-before-start", "certificate.issued_on starts_on", kinds.AFTER_START)
def certificate_after_start(f: Facts, _: Parameters) -> Outcome:
    """The certificate was issued on or after the day the training started.

    Clause: 人社部发〔2018〕66号 考核评价
    """
    issued_on = f.certificate.issued_on if f.certificate else None
    if issued_on is None or f.starts_on is None:
        return UNKNOWN
    return FAIL if issued_on < f.starts_on else PASS


@rules.condition("certificate-after-claim", "certificate.issued_on claimed_on", kinds.BEFORE_CLAIM)
def certificate_before_claim(f: Facts, _: Parameters) -> Outcome:
    """The certificate was issued on or before the day of the claim.

    Clause: 人社部发〔2018〕66号 补贴申请
    """
    issued_on = f.certificate.issued_on if f.certificate else None
    if issued_on is None or f.claimed_on is None:
        return UNKNOWN
    return FAIL if issued_on > f.claimed_on else PASS


@rules.condition("claim-window", "certificate.issued_on claimed_on", lambda p: f"≤ {p.claim_window_months} 个月")
def claimed_in_time(f: Facts, p: Parameters) -> Outcome:
    """Claimed within the window counted from the certificate's date, its last day included.

    Clause: 浙江、宁波地方细则 申请期限
    """
    issued_on = f.certificate.issued_on if f.certificate else None
    if issued_on is None or f.claimed_on is None:
        return UNKNOWN
    return FAIL if f.claimed_on > add_months(issued_on, p.claim_window_months) else PASS


@rules.condition("same-level-paid", "paid_before occupation target_level", kinds.NOT_PAID)
def level_not_paid_before(f: Facts, _: Parameters) -> Outcome:
    """The target level of the occupation was never paid for this person.

    Clause: 浙江地方细则；国家技能提升补贴规定；宁波地方细则 同职业同等级一次
    """
    if f.paid_before is None or f.occupation is None or f.target_level is None:
        return UNKNOWN
    for paid in f.paid_before:
        if paid.level == f.target_level and paid.occupation == f.occupation:
            return FAIL
    return PASS


@rules.condition("higher-level-paid", "paid_before occupation target_level", kinds.NOT_PAID)
def no_higher_level_paid_before(f: Facts, _: Parameters) -> Outcome:
    """No higher (smaller) level of the occupation was ever paid for this person.

    Clause: 浙江地方细则；国家技能提升补贴规定；宁波地方细则 高等级后不补低等级
    """
    if f.paid_before is None or f.occupation is None or f.target_level is None:
        return UNKNOWN
    for paid in f.paid_before:
        if paid.level < f.target_level and paid.occupation == f.occupation:
            return FAIL
    return PASS


@rules.condition("cap-person-year", "trainings_this_year", lambda p: f"< {p.trainings_per_person_year_max} 次")
def under_yearly_cap(f: Facts, p: Parameters) -> Outcome:
    """The other subsidised trainings of the year leave room for this one.

    Clause: 浙江地方细则 每人每年补贴次数
    """
    return persons.under_cap(f.trainings_this_year, p.trainings_per_person_year_max)


@rules.condition("cross-fund", "cross_fund_paid", kinds.NO)
def paid_from_no_other_fund(f: Facts, _: Parameters) -> Outcome:
    """The certificate was not also paid from unemployment insurance.

    Clause: 深圳盐田地方细则 不重复补贴
    """
    return persons.FORBIDDEN[f.cross_fund_paid]


_OF_CERTIFICATE = frozenset(
    {"certificate-unverified", "certificate-before-start", "certificate-after-claim", "claim-window"}
)
_FILING = rules.stage(FILING)
_WITH_CERTIFICATE = rules.stage(CLAIM)
_WITHOUT_CERTIFICATE = rules.stage(CLAIM, without=_OF_CERTIFICATE)
_CERTIFICATE_MISSING = _WITHOUT_CERTIFICATE.at("certificate-missing")


def _filing(f: Facts, version: Version[Parameters]) -> Decision:
    p = version.parameters
    outcomes = _FILING.outcomes(f, p)
    verdict = verdict_of(outcomes)
    findings = _FILING.findings(outcomes, f, version)
    if verdict is not Verdict.ELIGIBLE:
        return Decision(f, version, verdict, findings, ZERO)
    entitlement = sums.planned(f, p)
    return Decision(f, version, verdict, findings, entitlement, Money(entitlement.fen * p.advance_max_percent // 100))


def _claim(f: Facts, version: Version[Parameters]) -> Decision:
    p = version.parameters
    stage = _WITHOUT_CERTIFICATE if f.certificate is None else _WITH_CERTIFICATE
    outcomes = stage.outcomes(f, p)
    certified = outcomes[_CERTIFICATE_MISSING] is not FAIL
    if not certified and p.uncertified != "zero" and outcomes.count(FAIL) == 1:
        outcomes[_CERTIFICATE_MISSING] = WARN
    verdict = verdict_of(outcomes)
    entitlement = sums.earned(f, p, certified=certified) if verdict is Verdict.ELIGIBLE else ZERO
    return Decision(f, version, verdict, stage.findings(outcomes, f, version), entitlement, f.advance_paid)


def judge(f: Facts, version: Version[Parameters]) -> Decision:
    """Judge one apprentice at the stage that the facts name."""
    return _filing(f, version) if f.stage == FILING else _claim(f, version)


def reckon(decision: Decision) -> tuple[Reckoning, ...]:
    """Tell how the sum of an eligible apprentice arises, at the stage that the facts name."""
    f, version = decision.facts, decision.version
    assert isinstance(f, Facts)
    if decision.verdict is not Verdict.ELIGIBLE:
        return ()
    if f.stage == FILING:
        return (sums.reckon_planned(f, version),)
    certified = decision.finding("certificate-missing").outcome is PASS
    return (sums.reckon_earned(f, version, certified=certified),)


SCHEME = Scheme(
    name="apprenticeship",
    label_zh="企业新型学徒制培训补贴",
    label_en="Apprenticeship training subsidy",
    payee="organisation",
    facts=Facts,
    parameters=parameters_of(Parameters),
    parameters_type=Parameters,
    conditions=rules.by_code,
    anchor="filed_on",
    anchor_on=lambda f: f.filed_on,
    judge=judge,
    reader=Reader(Facts),
    reckon=reckon,
    stages=BOTH,
    particulars=PARTICULARS,
)
