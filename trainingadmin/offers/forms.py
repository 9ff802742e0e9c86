"""The form that dismisses an offer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from trainingadmin.plumbing.pages import Form


class DismissForm(Form):
    """Why an offer is not to be shown any more."""

    reason = TextAreaField(_l("原因"), validators=[InputRequired(_l("请写明不再提示的原因。")), Length(max=500)])
