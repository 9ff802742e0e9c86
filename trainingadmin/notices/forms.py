"""Forms of notices."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from trainingadmin.plumbing.pages import Form


class PublishForm(Form):
    """Which claims go into the notice, and how long it stands."""

    title = StringField(_l("公示标题"), validators=[InputRequired(_l("请填写标题。")), Length(max=120)])
    claims = SelectMultipleField(
        _l("列入的申领"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_l("至少选一件。"))],
    )
    days = IntegerField(
        _l("公示天数"),
        validators=[InputRequired(_l("请填写天数。")), NumberRange(1, 60, message=_l("1 到 60 天。"))],
    )
    unit = SelectField(
        _l("按什么天数计算"), choices=[SelectChoice("working", _l("工作日")), SelectChoice("natural", _l("自然日"))]
    )
    counting = SelectField(
        _l("从哪天起算"),
        choices=[
            SelectChoice("exclusive", _l("张贴次日为第 1 天")),
            SelectChoice("inclusive", _l("张贴当天为第 1 天")),
        ],
    )


class ObjectionForm(Form):
    """What somebody says against one line."""

    position = IntegerField(
        _l("名单序号"),
        validators=[
            InputRequired(_l("请填写名单里的序号。")),
            NumberRange(1, 100_000, message=_l("请填写名单里的序号。")),
        ],
    )
    text = TextAreaField(
        _l("反映的情况"),
        validators=[InputRequired(_l("请写明情况。")), Length(min=5, max=2000, message=_l("5 到 2000 字。"))],
    )
    objector = StringField(_l("您的姓名"), validators=[InputRequired(_l("请填写姓名。")), Length(max=60)])
    contact = StringField(_l("联系方式"), validators=[InputRequired(_l("请填写电话，便于核实。")), Length(max=60)])


class DecisionForm(Form):
    """The conclusion on an objection."""

    upheld = RadioField(
        _l("结论"),
        choices=[SelectChoice("no", _l("不成立，恢复公示或放行")), SelectChoice("yes", _l("成立，不予补贴"))],
        validators=[InputRequired(_l("请选择结论。"))],
    )
    decision = TextAreaField(
        _l("核查经过和依据"), validators=[InputRequired(_l("请写明核查经过和结论。")), Length(max=2000)]
    )
