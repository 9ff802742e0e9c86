"""The columns of a sheet of wages paid: their titles, what else they are called, and the form to fill in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.spreadsheets.tables import Field
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_template

ANCHORS = ("id_number", "month", "amount")

FIELDS: tuple[Field, ...] = (
    Field("position", "序号", ("编号",), required=False, filled=False),
    Field("name", "姓名", ("职工姓名", "员工姓名")),
    Field("id_number", "身份证号", ("身份证号码", "公民身份号码", "证件号码"), exact=True, mask=mask_id),
    Field("month", "月份", ("工资月份", "所属月份")),
    Field("amount", "实发工资(元)", ("实发工资", "实发金额", "实发")),
    Field("paid_on", "发放日期", ("支付日期", "发薪日期")),
    Field("voucher", "凭证号", ("银行流水号", "流水号", "凭证编号"), exact=True),
    Field("remark", "备注", required=False, filled=False),
)

_WIDTHS = {"id_number": 21, "voucher": 26}
_NOTES = {
    "id_number": N_("18位，文本格式；与花名册一致"),
    "month": N_("工资所属的月份，写成 2020-05 的样子；一人一个月一行"),
    "amount": N_("实际发到本人手里的工资，元，最多两位小数"),
    "voucher": N_("银行代发流水号或工资发放凭证号，文本格式"),
}


def template(
    people: Iterable[tuple[str, str]] = (), *, title: str = "", translate: Callable[[str], str] = str
) -> bytes:
    """Return the form (.xlsx), a line for each of `people` (name, ID number); headings stay Chinese."""
    return write_template(
        [
            Column(
                item.title,
                Form.DATE if item.key == "paid_on" else Form.TEXT,
                _WIDTHS.get(item.key, 13),
                (),
                translate(_NOTES[item.key]) if item.key in _NOTES else "",
            )
            for item in FIELDS
        ],
        title=title or "以工代训人员工资发放明细",
        sheet="工资发放明细",
        notes_sheet=translate(N_("填写说明")),
        rows=[(str(at), name, number, "", "", None, "", "") for at, (name, number) in enumerate(people, start=1)],
        notes=(
            translate(N_("每人每月一行；有错误时整份不导入，并退回标出错处的文件")),
            translate(N_("每个月还要上传一份银行代发回单或签字工资表的扫描件")),
        ),
    )
