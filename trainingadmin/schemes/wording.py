"""What each condition is called, and what to bring or do next when it is not met, in Chinese and English."""

from __future__ import annotations

import re
from typing import NamedTuple


class Wording(NamedTuple):
    """A condition's name and the advice shown when it fails, warns or is unknown."""

    label_zh: str
    label_en: str
    advice_zh: str
    advice_en: str


# Several schemes ask the same of a person.
_PERSON = {
    "age-min": Wording(
        "达到最低年龄",
        "Minimum age reached",
        "请核对身份证出生日期与开始日期；未达到最低年龄的，待达到后再参加。",
        "Check the date of birth against the starting date; below the minimum age, join once it is reached.",
    ),
    "retired": Wording(
        "未达到法定退休年龄，未领取养老金",
        "Below the statutory retirement age, drawing no pension",
        "请补充出生日期、退休年龄类别和养老待遇领取情况；已退休或领取养老金的人员不在补贴范围。",
        "Supply date of birth, retirement class and pension status; people who are retired or draw a pension are excluded.",
    ),
    "civil-service-pension": Wording(
        "未参加机关事业单位养老保险",
        "Not in the civil-service pension scheme",
        "请提供养老保险参保证明；参加机关事业单位养老保险的人员不在补贴范围。",
        "Bring proof of pension insurance; members of the civil-service pension scheme are excluded.",
    ),
    "insured-elsewhere": Wording(
        "由申请单位缴纳社会保险",
        "Insured by the applicant",
        "参保单位与申请单位不一致或未查到，由经办人员核实劳动关系后决定；请准备参保证明和劳动合同。",
        "Insured elsewhere or not found: an officer decides after checking; have proof of insurance and the contract ready.",
    ),
    "in-other-training": Wording(
        "未同时参加其他补贴性培训",
        "In no other running subsidised training",
        "请待另一项补贴性培训结束后再参加，或提供已退出该培训的证明。",
        "Wait until the other subsidised training has ended, or bring proof of having left it.",
    ),
    "attendance-low": Wording(
        "出勤达到计划课时的规定比例",
        "Attendance reaches the required share of planned hours",
        "请在结束前补足课时，或提供漏记出勤的签到材料；请假不计入出勤。",
        "Make up the hours before the end, or bring sign-in records that were left out; leave is absence.",
    ),
    "cap-person-year": Wording(
        "当年享受补贴性培训次数未超限",
        "Within the yearly number of subsidised trainings",
        "本年度次数已用完的，请下一年度再申请；次数有误的请提供核对材料。",
        "If this year's number is used up, apply next year; if the count is wrong, bring evidence.",
    ),
}

_APPRENTICESHIP = {
    "level-no-rate": Wording(
        "目标等级有补贴标准",
        "The target level has a rate",
        "所报等级在备案时的政策中没有补贴标准，请核对目标等级。",
        "The policy in force at filing has no rate for this level; check the target level.",
    ),
    "retires-in-training": Wording(
        "培养期内不到退休年龄",
        "Does not reach retirement age during the training",
        "学徒将在培养期内达到法定退休年龄，请确认能否按期完成。",
        "The apprentice reaches retirement age during the training; confirm that it can be completed.",
    ),
    "contract-short": Wording(
        "劳动合同期限足够",
        "The labour contract is long enough",
        "请提供期限符合要求的劳动合同（起止两日均计入），或续签后重新备案。",
        "Bring a labour contract of the required term (both ends count), or renew it and file again.",
    ),
    "contract-other-party": Wording(
        "劳动合同与申请企业签订",
        "The labour contract is with the applicant",
        "请提供与申请企业签订的劳动合同；与其他单位签订的，由该单位备案。",
        "Bring a labour contract signed with the applicant; otherwise the other employer files.",
    ),
    "duration-max": Wording(
        "培养期限不超过上限",
        "The training is not longer than allowed",
        "请把备案的培养期限缩短到上限以内。",
        "Shorten the filed duration to the maximum.",
    ),
    "hours-plan": Wording(
        "每年计划课时达到下限",
        "The plan has enough class hours a year",
        "请在培养计划中补足每年课时（每课时 45 分钟）。",
        "Add class hours of 45 minutes to the plan until each year has enough.",
    ),
    "enterprise-blacklisted": Wording(
        "企业未列入失信名单",
        "The enterprise is not blacklisted",
        "请先办理信用修复，移出失信名单后再申请。",
        "Have the enterprise removed from the list of dishonest enterprises first.",
    ),
    "left-early": Wording(
        "学徒未中途退出",
        "The apprentice did not leave early",
        "中途离职或退出的学徒不予补贴，已预支部分在同批次内抵扣；记录有误的请提供在岗证明。",
        "Nothing is paid for one who left, and his advance is offset; if the record is wrong, bring proof of employment.",
    ),
    "period": Wording(
        "培养起止日期齐全且先后正确",
        "The training dates are complete and in order",
        "请补充或更正实际开始、结束日期和备案月数。",
        "Supply or correct the actual start, the end and the months filed.",
    ),
    "certificate-missing": Wording(
        "取得备案职业（工种）和等级的证书",
        "Certificate of the filed occupation and level",
        "请提供与备案职业一致、不低于目标等级的职业技能等级证书；考核未通过的可参加补考。",
        "Bring a certificate of the filed occupation at the target level or higher; who failed may sit the test again.",
    ),
    "certificate-unverified": Wording(
        "证书经核验属实",
        "The certificate is verified",
        "请在证书查询系统核验证书编号，或请评价机构出具证明。",
        "Verify the certificate number in the register, or have the assessing body confirm it.",
    ),
    "certificate-before-start": Wording(
        "证书在培养开始后取得",
        "The certificate is not older than the training",
        "培养开始前取得的证书不能作为本次培养的结果；日期有误的请提供证书原件。",
        "A certificate from before the training is not its result; if the date is wrong, bring the original.",
    ),
    "certificate-after-claim": Wording(
        "证书在申请前取得",
        "The certificate is not later than the claim",
        "请在取得证书后再提出申请。",
        "Claim once the certificate has been issued.",
    ),
    "claim-window": Wording(
        "在取得证书后的期限内申请",
        "Claimed in time after the certificate",
        "已超过取得证书后的申请期限，逾期不予受理。",
        "The time to claim after the certificate has passed; late claims are not accepted.",
    ),
    "same-level-paid": Wording(
        "同一职业同一等级未享受过补贴",
        "This occupation and level was not paid before",
        "同一职业同一等级终身只补贴一次，可申报更高等级。",
        "An occupation and level is paid once in a lifetime; a higher level may be filed.",
    ),
    "higher-level-paid": Wording(
        "同一职业更高等级未享受过补贴",
        "No higher level of this occupation was paid before",
        "已享受过更高等级补贴的，不再补贴较低等级。",
        "Once a higher level has been paid, lower ones are not.",
    ),
    "cross-fund": Wording(
        "同一证书未领取技能提升补贴",
        "The certificate was not paid from another fund",
        "同一证书已领取失业保险技能提升补贴的，不再重复补贴。",
        "A certificate already paid from unemployment insurance is not paid again.",
    ),
}

_GRANT = {
    "group": Wording(
        "申请之日属于补贴对象",
        "In a qualifying group on the day of application",
        "请提供申请之日有效的身份认定材料，如脱贫证明、就业困难人员认定、返乡证明、毕业证或退役证。",
        "Bring proof of belonging to a qualifying group on the day of application.",
    ),
    "operating-short": Wording(
        "正常经营达到规定月数",
        "Operating long enough",
        "请在注明的首个可申请日期及以后提出申请。",
        "Apply on or after the first possible date given.",
    ),
    "window": Wording(
        "在登记后的申请期限内",
        "Applied for in time after registration",
        "已超过登记之日起的申请期限，不予受理。",
        "The time to apply after registration has passed.",
    ),
    "entity-type": Wording(
        "经营主体类型符合规定",
        "The kind of business qualifies",
        "请提供营业执照；分支机构等其他类型不在补贴范围。",
        "Bring the business licence; branches and other kinds are excluded.",
    ),
    "industry-excluded": Wording(
        "行业不在排除范围",
        "The industry is not excluded",
        "请核对营业执照登记的行业。",
        "Check the industry on the business licence.",
    ),
    "not-operating": Wording(
        "经营主体处于存续状态",
        "The business is in operation",
        "请先移出经营异常或严重违法名录；已注销的不予补贴。",
        "Have the business removed from the lists of abnormal or illegal operation; cancelled ones are excluded.",
    ),
    "not-founder": Wording(
        "申请人是创办人",
        "The applicant founded the business",
        "接手他人的经营主体不属于创办；请提供设立登记材料。",
        "Taking over a business is not founding it; bring the registration papers.",
    ),
    "not-operator": Wording(
        "申请人是执照上的经营者",
        "The applicant is the licensed operator",
        "请由营业执照上的经营者或法定代表人本人申请。",
        "The operator or legal representative named on the licence applies.",
    ),
    "not-first": Wording(
        "首次创办",
        "The first business",
        "曾任法定代表人或经营者（含已注销）的不属于首次创办；记录有误的请提供材料。",
        "Earlier businesses count, cancelled ones included; if the record is wrong, bring evidence.",
    ),
    "jobs": Wording(
        "带动就业并缴纳社会保险",
        "Jobs created and insured",
        "请提供所雇人员的参保缴费证明，人数和月数须达到要求。",
        "Bring proof of insurance for enough employees over enough months.",
    ),
    "person-paid": Wording(
        "本人未领取过创业补贴",
        "The person was not paid before",
        "每人终身只享受一次。",
        "Paid once in a person's life.",
    ),
    "entity-paid": Wording(
        "该经营主体未领取过创业补贴",
        "The business was not paid before",
        "每个经营主体只享受一次。",
        "Paid once for a business.",
    ),
    "household-paid": Wording(
        "同一家庭未领取过创业补贴",
        "The household was not paid before",
        "同一家庭已有成员领取，请核实是否为各自独立创办。",
        "A member of the household was paid; check that the businesses are independent.",
    ),
    "site-visit": Wording(
        "实地核查通过",
        "The site visit was passed",
        "请等待两名工作人员实地核查并拍照；未通过的按核查意见整改后重新申请。",
        "Two officers visit and take photographs; if not passed, mend what they found and apply again.",
    ),
}

_SKILL = {
    "item-not-valid": Wording(
        "开班之日培训项目有效",
        "The item is valid on the opening day",
        "请核对项目目录的有效期和补贴标准，在有效期内开班。",
        "Check the item's validity and rate in the catalogue; open the class while it is valid.",
    ),
    "not-passed": Wording(
        "考核合格",
        "Passed the assessment",
        "考核不合格的可申请补考，合格后再申请补贴。",
        "Sit the assessment again and claim once it is passed.",
    ),
    "item-paid": Wording(
        "同一项目未享受过补贴",
        "This item was not paid before",
        "同一项目每人只补贴一次，可选择其他项目。",
        "An item is paid once a person; choose another one.",
    ),
}

_WORK = {
    "month-paid": Wording(
        "所报月份未补贴过",
        "No month was paid before",
        "已补贴过的月份已自动剔除，无须处理。",
        "Months already paid are left out; nothing need be done.",
    ),
    "month-in-other-training": Wording(
        "所报月份未参加其他补贴性培训",
        "No month overlaps another subsidised training",
        "与其他补贴性培训重叠的月份已自动剔除，无须处理。",
        "Months of another subsidised training are left out; nothing need be done.",
    ),
    "months-max": Wording(
        "补贴月数未超上限",
        "Within the largest number of months",
        "超过每人补贴月数上限的月份已自动剔除。",
        "Months above the largest number a person are left out.",
    ),
    "no-months": Wording(
        "有可补贴的月份",
        "A month is left to be paid",
        "请补充有工资发放凭证、且未补贴过的月份。",
        "Add months with proof of wages that were not paid before.",
    ),
}

WORDING: dict[str, Wording] = _PERSON | _APPRENTICESHIP | _GRANT | _SKILL | _WORK

# The words that stand in findings and figures.
_ENGLISH = {
    "是": "yes",
    "否": "no",
    "无": "none",
    "未提供": "not supplied",
    "未退休": "not retired",
    "未补贴": "not paid",
    "先后正确": "in order",
    "有效期内": "while valid",
    "不重叠": "no overlap",
    "不限": "no limit",
    "职业相同且不低于目标等级": "same occupation, target level or higher",
    "不早于培养开始": "not before the start",
    "不晚于申请": "not after the claim",
    "一级": "level 1",
    "二级": "level 2",
    "三级": "level 3",
    "四级": "level 4",
    "五级": "level 5",
    "岁": "years",
    "个月": "months",
    "小时": "hours",
    "课时": "class hours",
    "个工作日": "working days",
    "次": "times",
    "人": "people",
    "月": "months",
    "天": "days",
    "个": "",
    "分钟": "minutes",
    "元": "yuan",
    "元/人": "yuan a head",
    "元/人·年": "yuan a person and year",
    "元/人·月": "yuan a person and month",
    "元/人·天": "yuan a person and day",
    "课时/年": "class hours a year",
    "次/人·年": "a person and year",
    "男60": "man, 60",
    "女55": "woman, 55",
    "女50": "woman, 50",
    "备案": "filing",
    "结业申请": "claim",
    "按整月": "whole months",
    "按整年": "whole years",
    "不予补贴": "not subsidised",
    "减半": "half",
    "提示": "warn",
    "存续": "existing",
    "经营异常": "abnormal operation",
    "严重违法": "seriously illegal",
    "已注销": "cancelled",
    "普通": "ordinary",
    "订单式": "by order",
    "定向": "directed",
    "帮扶专班": "assistance class",
    "在线": "online",
    "混合": "blended",
    "脱贫劳动力": "lifted out of poverty",
    "防止返贫致贫对象": "at risk of poverty",
    "就业困难人员": "hard to employ",
    "返乡入乡": "returned to the country",
    "登记失业": "registered unemployed",
    "毕业5年内": "graduated within 5 years",
    "退役军人": "veteran",
    "个体工商户": "individual business",
    "小微企业": "small or micro enterprise",
    "农民专业合作社": "farmers' co-operative",
    "家庭农场": "family farm",
    "民办非企业": "private non-enterprise unit",
}
_BETWEEN = re.compile("([ 、])")
_ONE = re.compile(r"(?<![0-9.,])1 (people|(?:class |working )?(?:month|hour|day|minute|year|time)s)\b")


def in_english(text: str) -> str:
    """Return a finding's `value` or `required`, or a shown figure and its unit, in English.

    Numbers, dates and words that are nobody's here, such as occupations, stay as they are.
    """
    told = "".join(_ENGLISH.get(part, ", " if part == "、" else part) for part in _BETWEEN.split(text))
    return _ONE.sub(lambda found: "1 person" if found[1] == "people" else found[0].removesuffix("s"), told)
