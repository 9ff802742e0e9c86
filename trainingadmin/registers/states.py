"""The facts that other departments know, whom each is about, and which answer is the clear one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from trainingadmin.kernel.labels import N_


class Fact(StrEnum):
    """Facts that no file of an applicant can prove; names as the schemes know them."""

    PENSION_DRAWN = "pension_drawn"
    CIVIL_SERVICE_PENSION = "civil_service_pension"
    INSURED_BY_APPLICANT = "insured_by_applicant"
    IN_OTHER_TRAINING = "in_other_training"
    CROSS_FUND_PAID = "cross_fund_paid"
    ENTERPRISE_BLACKLISTED = "enterprise_blacklisted"


class About(StrEnum):
    """Whom a fact is about."""

    PERSON = "person"
    ORGANISATION = "organisation"
    BOTH = "both"


ABOUT: Mapping[Fact, About] = {
    Fact.PENSION_DRAWN: About.PERSON,
    Fact.CIVIL_SERVICE_PENSION: About.PERSON,
    Fact.IN_OTHER_TRAINING: About.PERSON,
    Fact.INSURED_BY_APPLICANT: About.BOTH,
    Fact.CROSS_FUND_PAID: About.PERSON,
    Fact.ENTERPRISE_BLACKLISTED: About.ORGANISATION,
}
CLEAR: Mapping[Fact, bool] = {fact: fact is Fact.INSURED_BY_APPLICANT for fact in Fact}
FACT_LABELS: Mapping[Fact, str] = {
    Fact.PENSION_DRAWN: N_("领取养老金"),
    Fact.CIVIL_SERVICE_PENSION: N_("参加机关事业单位养老保险"),
    Fact.IN_OTHER_TRAINING: N_("正在参加其他补贴性培训"),
    Fact.INSURED_BY_APPLICANT: N_("由申请企业参保"),
    Fact.CROSS_FUND_PAID: N_("同一证书已领技能提升补贴"),
    Fact.ENTERPRISE_BLACKLISTED: N_("企业列入失信名单"),
}


class FlagCode(StrEnum):
    """What the bureau itself wants to be seen about a person or an organisation."""

    RECOVERY_OVERDUE = "recovery_overdue"


FLAG_LABELS: Mapping[FlagCode, str] = {FlagCode.RECOVERY_OVERDUE: N_("追回款逾期未退")}
