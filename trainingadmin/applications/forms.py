"""Forms of an application: a photograph, a visit, the account that is paid."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from trainingadmin.applications.actions import Seen
from trainingadmin.applications.states import PHOTO_LABELS, WANTED, PhotoKind
from trainingadmin.plumbing.pages import Form


class PhotoForm(Form):
    """One photograph and what it shows."""

    kind = SelectField(_l("照片内容"), coerce=PhotoKind)
    photo = FileField(_l("照片"))

    def offer(self, missing: PhotoKind | None) -> None:
        """Let it show licence or place, what is still missing first."""
        self.kind.choices = [SelectChoice(kind.value, gettext(PHOTO_LABELS[kind])) for kind in WANTED]
        if missing is not None and not self.is_submitted():
            self.kind.data = missing

    def content(self) -> tuple[PhotoKind, bytes]:
        """Return what was sent."""
        sent = self.photo.data
        return self.kind.data, sent.read() if sent else b""


class VisitForm(Form):
    """What two officers found at the place."""

    place = StringField(_l("核查地点"), validators=[InputRequired(_l("请填写核查地点。")), Length(max=200)])
    passed = RadioField(
        _l("核查结论"),
        choices=[SelectChoice("yes", _l("通过：在经营，与填报一致")), SelectChoice("no", _l("不通过"))],
        validators=[InputRequired(_l("请选择核查结论。"))],
    )
    remark = TextAreaField(_l("现场情况"), validators=[Length(max=500)])
    latitude = StringField(_l("纬度"), validators=[Length(max=20)])
    longitude = StringField(_l("经度"), validators=[Length(max=20)])
    photo = MultipleFileField(_l("现场照片"))

    def seen(self) -> Seen:
        """Return what was found."""
        return Seen(
            place=self.place.data or "",
            passed=self.passed.data == "yes",
            remark=self.remark.data or "",
            latitude=self.latitude.data or "",
            longitude=self.longitude.data or "",
            photos=[data for sent in self.photo.data or [] if (data := sent.read())],
        )


class PayoutForm(Form):
    """The social-security card account of the person."""

    holder = StringField(_l("户名"), validators=[InputRequired(_l("请填写户名。")), Length(max=60)])
    number = StringField(_l("社会保障卡银行账号"), validators=[InputRequired(_l("请填写账号。")), Length(max=40)])
    bank = StringField(_l("开户行"), validators=[InputRequired(_l("请填写开户行，到支行。")), Length(max=120)])
