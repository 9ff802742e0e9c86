"""The columns of attendance files: sign-in lines, the plan of sessions, shift groups; and the form to fill in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.labels import N_
from trainingadmin.plumbing.spreadsheets.tables import Field
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_template

_NUMBER = Field("cohort_number", "班期号", ("班级编号", "备案编号"), required=False, filled=False)
_GROUP = Field("group", "班组", required=False, filled=False)
_DAY = Field("held_on", "日期", ("上课日期",))
_PERIOD = Field("period", "时段", required=False, filled=False)
_COURSE = Field("course", "课程", ("课程名称",), required=False, filled=False)
_TEACHER = Field("teacher", "教师", ("授课教师",), required=False, filled=False)
_ID = Field("id_number", "身份证号", ("身份证号码", "公民身份号码"), exact=True, mask=mask_id)
_NAME = Field("name", "姓名")

MARK_ANCHORS = ("held_on", "id_number", "in_at", "out_at")
MARK_FIELDS: tuple[Field, ...] = (
    _NUMBER,
    _GROUP,
    _DAY,
    _PERIOD,
    Field("starts_at", "计划开始", ("开始时间",), required=False, filled=False),
    Field("ends_at", "计划结束", ("结束时间",), required=False, filled=False),
    _COURSE,
    _TEACHER,
    Field("hours", "课时", required=False, filled=False),
    Field("position", "序号", required=False, filled=False),
    _NAME,
    _ID,
    Field("in_at", "签到", ("签到时间",), filled=False),
    Field("out_at", "签退", ("签退时间",), filled=False),
    Field("status", "状态", ("出勤", "考勤"), required=False, filled=False),
)

PLAN_ANCHORS = ("held_on", "starts_at", "ends_at")
PLAN_FIELDS: tuple[Field, ...] = (
    _NUMBER,
    _GROUP,
    _DAY,
    _PERIOD,
    Field("starts_at", "计划开始", ("开始时间",)),
    Field("ends_at", "计划结束", ("结束时间",)),
    _COURSE,
    _TEACHER,
    Field("hours", "课时", required=False, filled=False),
)

GROUP_ANCHORS = ("id_number", "group")
GROUP_FIELDS: tuple[Field, ...] = (Field("position", "序号", required=False, filled=False), _NAME, _ID, _GROUP)

_WIDTHS = {"cohort_number": 20, "id_number": 21, "course": 18}
_FORMS = {"held_on": Form.DATE}
_CHOICES = {"status": ("到", "缺勤", "请假")}
_NOTES = {
    "in_at": N_("写到秒，如 08:57:01；没有到的不填"),
    "status": N_("到、缺勤或请假；与签到签退不一致时以签到签退为准"),
    "hours": N_("一课时为45分钟"),
}


def template(people: Iterable[Mapping[str, Value]] = (), *, translate: Callable[[str], str] = str) -> bytes:
    """Return the sign-in lines (.xlsx) to fill in, with a line for each of `people`, of whom values are given by field."""
    columns = [
        Column(
            item.title,
            _FORMS.get(item.key, Form.TEXT),
            _WIDTHS.get(item.key, 12),
            _CHOICES.get(item.key, ()),
            translate(_NOTES[item.key]) if item.key in _NOTES else "",
        )
        for item in MARK_FIELDS
    ]
    return write_template(
        columns,
        title="签到明细",
        sheet="签到明细",
        notes_sheet=translate(N_("填写说明")),
        notes=(
            translate(N_("每人每次课一行；同一行再次导入不会重复计算")),
            translate(N_("名单已填好一遍：填写日期和时间后导入；再有一次课，把名单整段复制到下面")),
        ),
        rows=[[one.get(item.key) for item in MARK_FIELDS] for one in people],
    )
