"""The columns of the apprentice roster: their titles, what else they are called, and the form to fill in."""

from __future__ import annotations

from collections.abc import Callable

from trainingadmin.kernel.identifiers import mask_id, mask_phone
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.levels import LEVELS, level_name
from trainingadmin.kernel.occupations import OCCUPATIONS
from trainingadmin.plumbing.spreadsheets.tables import Field
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_template

ANCHORS = ("name", "id_number")

FIELDS: tuple[Field, ...] = (
    Field("position", "序号", ("编号",), required=False, filled=False),
    Field("name", "姓名", ("学徒姓名",)),
    Field("sex", "性别", required=False, filled=False),
    Field("nation", "民族", required=False, filled=False),
    Field(
        "id_number", "身份证号", ("身份证号码", "公民身份号码", "居民身份证号", "证件号码"), exact=True, mask=mask_id
    ),
    Field("education", "学历", ("文化程度",), required=False, filled=False),
    Field("household", "户籍地", ("户籍地址", "户籍所在地"), required=False, filled=False),
    Field("category", "人员类别", ("人员类别(新招用/转岗/在岗)",), required=False, filled=False),
    Field("post", "岗位", ("工作岗位",), required=False, filled=False),
    Field("contract_from", "劳动合同起", ("劳动合同开始日期", "合同起", "合同开始日期")),
    Field("contract_to", "劳动合同止", ("劳动合同结束日期", "合同止", "合同结束日期")),
    Field("insured_unit", "参保单位", ("社保参保单位",), filled=False),
    Field("insured_since", "参保起始月", ("参保起始月份", "参保起始年月"), required=False, filled=False),
    Field("occupation", "培训职业(工种)", ("培训职业", "培训工种", "职业(工种)", "工种")),
    Field("occupation_code", "职业编码", ("职业代码",), required=False, filled=False),
    Field("target_level", "目标等级", ("培训等级", "培养等级")),
    Field("prior_level", "原证书等级", required=False, filled=False),
    Field("prior_certificate", "原证书编号", required=False, filled=False, exact=True),
    Field("mentor", "企业导师", ("导师", "师傅")),
    Field("teacher", "机构教师", ("教师",), required=False, filled=False),
    Field("starts_on", "培养起", ("培养开始日期", "培训起")),
    Field("ends_on", "培养止", ("培养结束日期", "培训止")),
    Field("phone", "手机", ("手机号", "手机号码", "联系电话", "联系方式", "电话"), exact=True, mask=mask_phone),
    Field("remark", "备注", required=False, filled=False),
)

_DATES = {"contract_from", "contract_to", "starts_on", "ends_on"}
_WIDTHS = {"id_number": 21, "household": 24, "insured_unit": 26, "prior_certificate": 25, "phone": 14}
_CHOICES: dict[str, tuple[str, ...]] = {
    "sex": ("男", "女"),
    "category": ("新招用", "转岗", "在岗"),
    "occupation": tuple(OCCUPATIONS.values()),
    "occupation_code": tuple(OCCUPATIONS),
    "target_level": tuple(level_name(level) for level in LEVELS),
    "prior_level": tuple(level_name(level) for level in LEVELS),
}
_NOTES: dict[str, str] = {
    "id_number": N_("18位，文本格式；不要用15位旧号码"),
    "contract_to": N_("写日期，如 2023-04-30；无固定期限合同写“无固定期限”"),
    "insured_unit": N_("与申报企业不同的，由经办人员核实"),
    "occupation": N_("写全称；“钳工”请写明机修钳工、装配钳工或工具钳工"),
    "prior_certificate": N_("文本格式，没有可以不填"),
    "mentor": N_("每一行都要填写，不要合并单元格"),
    "phone": N_("11位手机号，学徒凭它登录查询"),
}


def template(*, enterprise: str = "", credit_code: str = "", translate: Callable[[str], str] = str) -> bytes:
    """Return the empty roster (.xlsx) to fill in, typed column by column; headings stay Chinese, notes are translated."""
    columns = [
        Column(
            item.title,
            Form.DATE if item.key in _DATES else Form.TEXT,
            _WIDTHS.get(item.key, 13),
            _CHOICES.get(item.key, ()),
            translate(_NOTES[item.key]) if item.key in _NOTES else "",
        )
        for item in FIELDS
    ]
    return write_template(
        columns,
        title="企业新型学徒制培训学徒花名册",
        sheet="学徒花名册",
        notes_sheet=translate(N_("填写说明")),
        lines=[(f"填报单位（盖章）：{enterprise}", f"统一社会信用代码：{credit_code}", "填报日期：")],
        notes=(
            translate(N_("每人一行，从表头的下一行填起；不要改动表头，不要用公式，不要合并单元格")),
            translate(N_("有错误时整份不导入，并退回标出错处的文件；改好后再传一次即可")),
        ),
    )
