"""Forms of ending a certificate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from trainingadmin.plumbing.pages import Form


class EndForm(Form):
    """Why a certificate is revoked or issued anew."""

    reason = TextAreaField(_l("原因"), validators=[InputRequired(_l("请写明原因，查验的人会看到。")), Length(max=300)])


class RetryForm(Form):
    """Nothing but the button."""
