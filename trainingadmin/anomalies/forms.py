"""Forms of anomalies: what was found out, and the limits."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from trainingadmin.anomalies.states import LIMIT_LABELS
from trainingadmin.plumbing.pages import Form

_MOST = 100_000


class VerdictForm(Form):
    """What was found out, and by what."""

    note = TextAreaField(_l("经过和依据"), validators=[Length(max=500)])


class LimitsForm(Form):
    """The limits, each a whole number, and why they are set so."""

    reason = TextAreaField(_l("调整原因"), validators=[InputRequired(_l("请写明调整的原因。")), Length(max=500)])

    @classmethod
    def showing(cls, limits: dict[str, int]) -> LimitsForm:
        """Return the form with a field for each limit that shows the one in force."""
        fields = {name: _number(gettext(label), name) for name, label in LIMIT_LABELS.items()}
        form: LimitsForm = type(cls.__name__, (cls,), fields)(data=limits)
        return form

    def limits(self) -> dict[str, int]:
        """Return the numbers entered."""
        return {name: self[name].data for name in LIMIT_LABELS}


def _number(label: str, name: str) -> IntegerField:
    most = 100 if name.endswith("percent") else _MOST
    message = gettext("请填写 1 至 %(most)s 的整数。", most=most)
    return IntegerField(label, validators=[InputRequired(message), NumberRange(1, most, message)])
