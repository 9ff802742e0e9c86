"""Forms of the catalogue: a file, the button that imports it, a move of a batch."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from trainingadmin.plumbing.pages import Form


class CatalogueForm(Form):
    """A catalogue as a spreadsheet."""

    sheet = FileField(_l("选择文件"))

    def content(self) -> tuple[str, bytes]:
        """Return the file's name and bytes; nothing when none was chosen."""
        sent = self.sheet.data
        return (sent.filename or "", sent.read()) if sent else ("", b"")


class ConfirmForm(Form):
    """Nothing but the button."""


class MoveForm(Form):
    """A move of a batch and what its maker says."""

    move = StringField()
    note = TextAreaField(_l("意见"), validators=[Length(max=500)])
