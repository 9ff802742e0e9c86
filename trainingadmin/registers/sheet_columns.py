"""The columns of other departments' lists, and the empty forms made from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.spreadsheets.tables import Field
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_template
from trainingadmin.registers.states import GROUPS, REGISTER_LABELS, Register

_POSITION = Field("position", "序号", required=False, filled=False)
_NAME = Field("name", "姓名", ("人员姓名",))
_ID = Field("id_number", "身份证号", ("身份证号码", "公民身份号码", "证件号码"), exact=True, mask=mask_id)
_SEX = Field("sex", "性别", required=False, filled=False)
_CODE = Field("credit_code", "统一社会信用代码", ("信用代码", "单位信用代码"), exact=True)

FIELDS: Mapping[Register, tuple[Field, ...]] = {
    Register.STATUS: (
        _POSITION,
        _NAME,
        _SEX,
        _ID,
        Field("household", "户籍地", required=False, filled=False),
        Field("word", "人员状态", ("人员类别", "对象类别")),
        Field("from_on", "状态起", ("认定日期", "认定起", "识别日期")),
        Field("to_on", "状态止", ("退出日期", "认定止"), filled=False),
        Field("origin", "数据来源", required=False, filled=False),
        Field("batch", "批次", required=False, filled=False),
    ),
    Register.PENSION: (
        _POSITION,
        _NAME,
        _ID,
        Field("word", "险种", ("待遇类别", "待遇种类")),
        Field("from_on", "领取起", ("待遇起", "领取起始日期")),
        Field("to_on", "领取止", ("待遇止", "停发日期"), filled=False),
        Field("standing", "状态", ("领取状态",), required=False, filled=False),
    ),
    Register.DEATH: (
        _POSITION,
        _NAME,
        _ID,
        Field("from_on", "死亡日期", ("死亡时间",)),
        Field("noted_on", "登记日期", required=False, filled=False),
    ),
    Register.INSURANCE: (
        _POSITION,
        _NAME,
        _ID,
        Field("unit", "参保单位", ("单位名称",)),
        _CODE,
        Field("word", "险种"),
        Field("from_on", "参保起", ("参保起始日期",)),
        Field("to_on", "参保止", ("停保日期",), filled=False),
        Field("standing", "状态", ("参保状态",), required=False, filled=False),
    ),
    Register.BUSINESS: (
        _POSITION,
        Field("unit", "名称", ("市场主体名称", "企业名称", "字号名称")),
        _CODE,
        Field("word", "主体类型", ("市场主体类型", "类型")),
        Field("industry", "行业", ("行业门类",), required=False, filled=False),
        Field("from_on", "成立日期", ("登记日期", "注册日期")),
        Field("to_on", "注销日期", filled=False),
        Field("standing", "登记状态", ("状态",)),
        Field("name", "经营者姓名", ("法定代表人", "负责人姓名", "经营者")),
        Field("id_number", "经营者身份证号", ("法定代表人身份证号", "负责人身份证号"), exact=True, mask=mask_id),
        Field("founder", "是否创办人", required=False, filled=False),
    ),
}
# The columns by which a header shows which list it is; the first kind that has all of its own is it.
ANCHORS: Mapping[Register, tuple[str, ...]] = {
    Register.BUSINESS: ("unit", "credit_code", "name", "standing"),
    Register.INSURANCE: ("id_number", "unit", "credit_code"),
    Register.DEATH: ("id_number", "name", "from_on"),
    Register.PENSION: ("id_number", "word", "from_on"),
    Register.STATUS: ("id_number", "word", "from_on"),
}
_TITLES: Mapping[Register, str] = {
    Register.STATUS: "脱贫人口等人员类别名单",
    Register.PENSION: "养老保险待遇领取人员名单",
    Register.DEATH: "死亡人员信息",
    Register.INSURANCE: "养老保险参保信息",
    Register.BUSINESS: "市场主体登记信息",
}
_DATES = {"from_on", "to_on", "noted_on"}
_WIDTHS = {"id_number": 21, "credit_code": 21, "unit": 28, "word": 22, "household": 26}
_NOTES: Mapping[str, str] = {
    "id_number": N_("18位，文本格式；15位旧号码可以导入，比对结果须人工核实"),
    "to_on": N_("仍在继续的不填"),
    "credit_code": N_("18位，文本格式"),
}


def template(
    kind: Register,
    rows: Iterable[Sequence[Value]] = (),
    *,
    department: str = "",
    as_of: str = "",
    translate: Callable[[str], str] = str,
) -> bytes:
    """Return the form of a list (.xlsx) with its line of source and date; `rows` in the order of FIELDS[kind]."""
    columns = [
        Column(
            item.title,
            Form.DATE if item.key in _DATES else Form.TEXT,
            _WIDTHS.get(item.key, 13),
            tuple(names[0] for names in GROUPS.values()) if (kind, item.key) == (Register.STATUS, "word") else (),
            translate(_NOTES[item.key]) if item.key in _NOTES else "",
        )
        for item in FIELDS[kind]
    ]
    return write_template(
        columns,
        title=_TITLES[kind],
        sheet=REGISTER_LABELS[kind],
        notes_sheet=translate(N_("填写说明")),
        lines=[(f"数据来源：{department}", f"名单日期：{as_of}")],
        notes=(
            translate(N_("第2行写明数据来源部门和名单日期（数据截至的日期）")),
            translate(N_("每人（每段、每个经营主体）一行；有错误时整份不导入，原来的名单继续有效")),
        ),
        rows=rows,
    )
