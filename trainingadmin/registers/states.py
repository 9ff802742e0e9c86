"""The facts that other departments know, whom each is about, which answer is clear, and the kinds of their lists."""

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


class Register(StrEnum):
    """The lists that other departments send, by what they are about."""

    STATUS = "status"
    PENSION = "pension"
    DEATH = "death"
    INSURANCE = "insurance"
    BUSINESS = "business"


REGISTER_LABELS: Mapping[Register, str] = {
    Register.STATUS: N_("人员类别名单"),
    Register.PENSION: N_("养老待遇名单"),
    Register.DEATH: N_("死亡名单"),
    Register.INSURANCE: N_("参保名单"),
    Register.BUSINESS: N_("市场主体名单"),
}


class Match(StrEnum):
    """What a line of a list is to one of our people or organisations."""

    CLEAR = "clear"
    SUSPECT = "suspect"
    HIT = "hit"


MATCH_LABELS: Mapping[Match, str] = {
    Match.CLEAR: N_("无影响"),
    Match.SUSPECT: N_("疑似"),
    Match.HIT: N_("命中"),
}
MATCH_TONES: Mapping[Match, str] = {Match.CLEAR: "ok", Match.SUSPECT: "warn", Match.HIT: "bad"}

# The qualifying groups of the start-up grant, and what the lists of each period call them.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "脱贫劳动力": (
        "建档立卡贫困劳动力",
        "建档立卡贫困人口",
        "脱贫人口",
        "脱贫劳动力",
        "已脱贫人口",
        "贫困劳动力",
    ),
    "防止返贫致贫对象": ("防止返贫监测对象", "监测对象", "防止返贫致贫对象", "防止返贫对象"),
    "就业困难人员": ("就业困难人员", "就业困难对象"),
    "返乡入乡": ("返乡入乡", "返乡入乡人员", "返乡入乡创业人员", "返乡农民工"),
    "登记失业": ("登记失业", "登记失业人员", "失业人员"),
    "毕业5年内": ("毕业5年内", "毕业5年内高校毕业生", "高校毕业生"),
    "退役军人": ("退役军人", "退役士兵"),
}
