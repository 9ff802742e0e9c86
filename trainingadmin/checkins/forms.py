"""Forms at the door."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from trainingadmin.attendance.models import STATUS_LABELS, MarkStatus
from trainingadmin.checkins.actions import CLIENT_ID, MINUTES, Noted
from trainingadmin.checkins.phones import Place, place
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.pages import Form


class ScanForm(Form):
    """The one button of a scanned code: when its page was opened, and where, if the person allowed that."""

    receipt = HiddenField(_l("凭据"), validators=[Length(max=16)])
    latitude = HiddenField(_l("纬度"), validators=[Length(max=20)])
    longitude = HiddenField(_l("经度"), validators=[Length(max=20)])
    accuracy = HiddenField(_l("精度"), validators=[Length(max=20)])

    def place(self) -> Place | None:
        """Return where the phone was, or None."""
        return place(*(field.data or "" for field in (self.latitude, self.longitude, self.accuracy)))


class HandForm(Form):
    """One person noted by hand on the screen; `noted_at` by the screen's own clock when it had no network."""

    enrolment_id = SelectField(_l("学员"), coerce=int)
    marked = RadioField(_l("登记为"), validators=[InputRequired(_l("请选择。"))])
    reason = StringField(_l("原因"), validators=[InputRequired(_l("手工登记请写明原因。")), Length(max=500)])
    client_id = HiddenField(_l("编号"), validators=[Length(max=40)])
    noted_at = HiddenField(_l("登记时间"), validators=[Optional(), Regexp(r"^\d{13}$")])

    def offer(self, people: Iterable[Enrolment]) -> None:
        """Fill the lists one chooses from, and give a new form its number."""
        self.enrolment_id.choices = [SelectChoice(one.id, f"{one.position}. {one.person.name}") for one in people]
        self.marked.choices = [SelectChoice(status.value, gettext(label)) for status, label in STATUS_LABELS.items()]
        self.client_id.data = self.client_id.data or str(uuid.uuid4())

    def noted(self) -> Noted:
        """Return what was noted."""
        told = self.noted_at.data
        noted_at = datetime.fromtimestamp(int(told) / 1000, UTC) if told else clock.now()
        return Noted(
            self.enrolment_id.data,
            MarkStatus(self.marked.data),
            self.reason.data or "",
            self.client_id.data or "",
            noted_at,
        )


class RollForm(Form):
    """How many are drawn, and how long they have."""

    count = IntegerField(_l("点几人"), default=5, validators=[InputRequired(_l("请填写人数。"))])
    minutes = SelectField(_l("确认时限"), coerce=int, default=3)

    def offer(self) -> None:
        """Fill the list of times."""
        self.minutes.choices = [SelectChoice(n, gettext("%(n)s 分钟", n=n)) for n in MINUTES]


class SettleForm(Form):
    """How one who was drawn turned out, as the teacher saw it."""

    present = RadioField(_l("这个人"), validators=[InputRequired(_l("请选择。"))])
    reason = StringField(_l("原因"), validators=[InputRequired(_l("手工登记请写明原因。")), Length(max=500)])

    def offer(self) -> None:
        """Fill the list of ways it can be."""
        self.present.choices = [SelectChoice("yes", gettext("在场")), SelectChoice("no", gettext("不在场"))]


class NoteForm(Form):
    """A move with a word on it."""

    note = TextAreaField(_l("意见"), validators=[Length(max=500)])


class QueuedForm(Form):
    """A scan that a phone kept without a network: when by the phone's clock, and what that clock says now."""

    token = StringField(_l("二维码"), validators=[InputRequired(), Length(max=200)])
    client_id = StringField(_l("编号"), validators=[InputRequired(), Regexp(CLIENT_ID)])
    scanned_at = StringField(_l("扫码时间"), validators=[InputRequired(), Regexp(r"^\d{13}$")])
    device_now = StringField(_l("手机时间"), validators=[InputRequired(), Regexp(r"^\d{13}$")])
    latitude = StringField(_l("纬度"), validators=[Length(max=20)])
    longitude = StringField(_l("经度"), validators=[Length(max=20)])
    accuracy = StringField(_l("精度"), validators=[Length(max=20)])

    def scanned_when(self) -> datetime:
        """Return when the scan was made, by our clock: the phone's may be wrong, but it runs as fast."""
        ago = int(self.device_now.data or 0) - int(self.scanned_at.data or 0)
        return clock.now() - timedelta(milliseconds=max(0, ago))

    def place(self) -> Place | None:
        """Return where the phone was, or None."""
        return place(*(field.data or "" for field in (self.latitude, self.longitude, self.accuracy)))
