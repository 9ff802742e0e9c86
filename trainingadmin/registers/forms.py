"""Forms of other departments' lists: a file, the button that imports it, a ruling on a match."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from trainingadmin.plumbing.pages import Form


class ListForm(Form):
    """A list as a spreadsheet."""

    sheet = FileField(_l("选择文件"))

    def content(self) -> tuple[str, bytes]:
        """Return the file's name and bytes; nothing when none was chosen."""
        sent = self.sheet.data
        return (sent.filename or "", sent.read()) if sent else ("", b"")


class ConfirmForm(Form):
    """Nothing but the button."""


class RulingForm(Form):
    """What an officer found out about a match."""

    verdict = RadioField(_l("核实结论"), choices=[], validators=[InputRequired(_l("请选择核实结论。"))])
    note = TextAreaField(
        _l("核实经过和依据"), validators=[InputRequired(_l("请写明核实的经过和依据。")), Length(max=500)]
    )

    def offer(self) -> None:
        """Fill the list one chooses from."""
        self.verdict.choices = [
            SelectChoice("yes", gettext("属实：名单上的就是本人（本单位），内容准确")),
            SelectChoice("no", gettext("排除：不是同一人（单位），或内容不适用")),
        ]
