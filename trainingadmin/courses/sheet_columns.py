"""The columns of a catalogue file, and the empty form made from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from trainingadmin.courses.states import ASSESSMENT_LABELS, GROUP_LABELS
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.spreadsheets.tables import Field
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_template

BATCH_FIELDS = (
    Field("batch", "批次号"),
    Field("document", "文号"),
    Field("published_on", "发布日期"),
    Field("title", "标题", ("批次名称",)),
)
BATCH_ANCHORS = ("batch", "title")
ITEM_FIELDS = (
    Field("batch", "批次号"),
    Field("document", "文号"),
    Field("published_on", "发布日期"),
    Field("code", "项目代码", ("项目编码",)),
    Field("name", "项目名称"),
    Field("version", "版本"),
    Field("occupation_code", "关联职业编码", ("职业编码",), filled=False),
    Field("standard", "考核规范"),
    Field("theory_hours", "理论课时"),
    Field("practice_hours", "实操课时"),
    Field("hours", "总课时"),
    Field("assessment", "考核方式"),
    Field("pass_mark", "合格线"),
    Field("theory_weight", "理论权重(%)", ("理论权重",)),
    Field("practice_weight", "实操权重(%)", ("实操权重",)),
    Field("certificate_type", "证书类型"),
    Field("subsidy", "补贴标准(元/人)", ("补贴标准",)),
    Field("groups", "适用人群"),
    Field("valid_from", "有效期起"),
    Field("valid_to", "有效期止", filled=False),
)
ITEM_ANCHORS = ("batch", "code", "name")
_FORMS = {
    "published_on": Form.DATE,
    "valid_from": Form.DATE,
    "valid_to": Form.DATE,
    "subsidy": Form.MONEY,
    **dict.fromkeys(
        ("version", "theory_hours", "practice_hours", "hours", "pass_mark", "theory_weight", "practice_weight"),
        Form.NUMBER,
    ),
}
_WIDTHS = {"document": 24, "name": 20, "standard": 42, "groups": 46, "certificate_type": 20}
_NOTES = {
    "version": N_("同一项目代码从 1 起依次递增；新版本的有效期起即旧版本的截止"),
    "occupation_code": N_("如 6-18-02-04；没有对应职业的不填"),
    "hours": N_("等于理论课时加实操课时，每课时 45 分钟"),
    "theory_weight": N_("理论权重与实操权重相加为 100"),
    "groups": N_("多个人群用分号隔开：脱贫;监测;失业;农民工;两后生;退役军人;残疾人;高校毕业生"),
    "valid_to": N_("长期有效的不填；最后一天仍可开班"),
}


def template(rows: Iterable[Sequence[Value]] = (), *, translate: Callable[[str], str] = str) -> bytes:
    """Return the form of a catalogue (.xlsx); `rows` in the order of ITEM_FIELDS."""
    columns = [
        Column(
            field.title,
            _FORMS.get(field.key, Form.TEXT),
            _WIDTHS.get(field.key, 15),
            tuple(ASSESSMENT_LABELS.values()) if field.key == "assessment" else (),
            translate(_NOTES[field.key]) if field.key in _NOTES else "",
        )
        for field in ITEM_FIELDS
    ]
    return write_template(
        columns,
        title="专项职业能力培训项目目录",
        sheet="项目",
        notes_sheet=translate(N_("填写说明")),
        notes=(
            translate(N_("每个项目的每个版本一行；同一批次的文号和发布日期须一致")),
            translate(N_("有错误时整份不导入；导入后由另一人发布才生效")),
        ),
        rows=rows,
    )


GROUP_OF = {label: group for group, label in GROUP_LABELS.items()}
ASSESSMENT_OF = {label: assessment for assessment, label in ASSESSMENT_LABELS.items()}
