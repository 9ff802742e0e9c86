"""The columns of the roster of a class (培训花名册): their titles, what else they are called, and the form to fill in."""

from __future__ import annotations

from collections.abc import Callable

from trainingadmin.courses.states import GROUP_LABELS
from trainingadmin.kernel.identifiers import mask_account, mask_id, mask_phone
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.spreadsheets.tables import Field
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_template

ANCHORS = ("name", "id_number")

FIELDS: tuple[Field, ...] = (
    Field("position", "序号", ("编号",), required=False, filled=False),
    Field("name", "姓名", ("学员姓名",)),
    Field("sex", "性别", required=False, filled=False),
    Field("nation", "民族", required=False, filled=False),
    Field(
        "id_number", "身份证号", ("身份证号码", "公民身份号码", "居民身份证号", "证件号码"), exact=True, mask=mask_id
    ),
    Field("education", "学历", ("文化程度",), required=False, filled=False),
    Field("household", "户籍地", ("户籍地址", "户籍所在地"), required=False, filled=False),
    Field("category", "人员类别", ("人员类别(脱贫/监测/失业/农民工/两后生/退役军人/残疾人/高校毕业生)",)),
    Field("project", "培训项目", ("项目名称", "培训专业"), required=False, filled=False),
    Field("class_number", "班期号", ("班期编号",), required=False, filled=False),
    Field("phone", "手机", ("手机号", "手机号码", "联系电话", "联系方式", "电话"), exact=True, mask=mask_phone),
    Field(
        "card_number",
        "银行卡号(社保卡)",
        ("银行卡号", "社保卡号", "社保卡银行账号", "社会保障卡银行账号"),
        required=False,
        filled=False,
        exact=True,
        mask=mask_account,
    ),
    Field("prior_training", "往年培训", ("往年参加培训情况",), required=False, filled=False),
    Field("remark", "备注", required=False, filled=False),
)

_WIDTHS = {"id_number": 21, "household": 30, "card_number": 24, "phone": 14, "class_number": 22, "prior_training": 18}
_NOTES: dict[str, str] = {
    "id_number": N_("18位，文本格式；不要用15位旧号码"),
    "category": N_("按培训项目的适用人群填写一种"),
    "phone": N_("11位手机号，学员凭它登录查询、签到"),
    "card_number": N_("文本格式；生活费补贴发到本人社会保障卡"),
}


def template(
    *,
    institution: str = "",
    credit_code: str = "",
    project: str = "",
    number: str = "",
    translate: Callable[[str], str] = str,
) -> bytes:
    """Return the empty roster (.xlsx) of a class; headings stay Chinese, notes are translated."""
    choices = {"sex": ("男", "女"), "category": tuple(GROUP_LABELS.values())}
    if project:
        choices |= {"project": (project,), "class_number": (number,)}
    columns = [
        Column(
            item.title,
            Form.TEXT,
            _WIDTHS.get(item.key, 13),
            choices.get(item.key, ()),
            translate(_NOTES[item.key]) if item.key in _NOTES else "",
        )
        for item in FIELDS
    ]
    return write_template(
        columns,
        title="职业技能培训花名册",
        sheet="培训花名册",
        notes_sheet=translate(N_("填写说明")),
        lines=[(f"培训机构:{institution}", f"统一社会信用代码:{credit_code}", f"班期号:{number}")],
        notes=(
            translate(N_("每人一行，从表头的下一行填起；不要改动表头，不要用公式，不要合并单元格")),
            translate(N_("有错误时整份不导入，并退回标出错处的文件；改好后再传一次即可")),
        ),
    )
