"""The columns of a roster of people trained at work: their titles, what else they are called, and the form to fill in."""

from __future__ import annotations

from collections.abc import Callable

from trainingadmin.kernel.identifiers import mask_id, mask_phone
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.spreadsheets.tables import Field
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_template

ANCHORS = ("name", "id_number")

FIELDS: tuple[Field, ...] = (
    Field("position", "序号", ("编号",), required=False, filled=False),
    Field("name", "姓名", ("职工姓名", "员工姓名")),
    Field("sex", "性别", required=False, filled=False),
    Field("nation", "民族", required=False, filled=False),
    Field("id_number", "身份证号", ("身份证号码", "公民身份号码", "证件号码"), exact=True, mask=mask_id),
    Field("education", "学历", ("文化程度",), required=False, filled=False),
    Field("household", "户籍地", ("户籍地址", "户籍所在地"), required=False, filled=False),
    Field("category", "人员类别", required=False, filled=False),
    Field("post", "岗位", ("工作岗位",)),
    Field("insured_unit", "参保单位", ("社保参保单位",), filled=False),
    Field("starts_on", "上岗日期", ("到岗日期", "入职日期")),
    Field("phone", "手机", ("手机号", "手机号码", "联系电话", "联系方式", "电话"), exact=True, mask=mask_phone),
    Field("remark", "备注", required=False, filled=False),
)

_CHOICES = {"sex": ("男", "女")}
_WIDTHS = {"id_number": 21, "household": 24, "insured_unit": 26, "phone": 14}
_NOTES = {
    "id_number": N_("18位，文本格式；不要用15位旧号码"),
    "insured_unit": N_("与申报企业不同的，由经办人员核实"),
    "starts_on": N_("到本岗位的日期；晚于申报期间的，从到岗的那个月算起"),
    "phone": N_("11位手机号，本人凭它登录查询"),
}


def template(*, enterprise: str = "", credit_code: str = "", translate: Callable[[str], str] = str) -> bytes:
    """Return the empty roster (.xlsx) to fill in; headings stay Chinese, notes are translated."""
    return write_template(
        [
            Column(
                item.title,
                Form.DATE if item.key == "starts_on" else Form.TEXT,
                _WIDTHS.get(item.key, 13),
                _CHOICES.get(item.key, ()),
                translate(_NOTES[item.key]) if item.key in _NOTES else "",
            )
            for item in FIELDS
        ],
        title="以工代训人员花名册",
        sheet="以工代训人员花名册",
        notes_sheet=translate(N_("填写说明")),
        lines=[(f"填报单位（盖章）：{enterprise}", f"统一社会信用代码：{credit_code}", "填报日期：")],
        notes=(
            translate(N_("每人一行，从表头的下一行填起；不要改动表头，不要用公式，不要合并单元格")),
            translate(N_("有错误时整份不导入，并退回标出错处的文件；改好后再传一次即可")),
        ),
    )
