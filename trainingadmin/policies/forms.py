"""Forms of the statutory calendar: one day, a year's file."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from trainingadmin.plumbing.pages import Form
from trainingadmin.policies.day_kinds import DAY_LABELS, DayKind


class DayForm(Form):
    """What a day is, and on what grounds."""

    kind = RadioField(_l("安排"), choices=[], validators=[InputRequired(_l("请选择安排。"))])
    reason = StringField(_l("依据"), validators=[InputRequired(_l("请写明依据，例如通知的文号。")), Length(max=200)])

    def offer(self, current: DayKind) -> None:
        """Fill the list, with what is kept now chosen."""
        self.kind.choices = [SelectChoice(kind.value, gettext(label)) for kind, label in DAY_LABELS.items()]
        if self.kind.data is None:
            self.kind.data = current.value


class YearForm(Form):
    """The arrangement of a year as a spreadsheet."""

    sheet = FileField(_l("选择文件"))

    def content(self) -> bytes:
        """Return the file's bytes; nothing when none was chosen."""
        return self.sheet.data.read() if self.sheet.data else b""
