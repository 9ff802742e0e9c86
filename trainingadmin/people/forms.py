"""Forms of signing in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from trainingadmin.plumbing.pages import Form


class SignInForm(Form):
    """Login and password."""

    login = StringField(_l("登录名"), validators=[InputRequired(_l("请填写登录名。")), Length(max=64)])
    password = PasswordField(_l("密码"), validators=[InputRequired(_l("请填写密码。")), Length(max=256)])


class AskCodeForm(Form):
    """The ID number a one-time code is asked for."""

    id_number = StringField(_l("身份证号"), validators=[InputRequired(_l("请填写身份证号。")), Length(max=40)])


class CodeForm(Form):
    """The one-time code, with the ID number it was sent for carried along."""

    id_number = HiddenField(validators=[InputRequired(), Length(max=40)])
    code = StringField(_l("短信验证码"), validators=[InputRequired(_l("请填写短信里的 6 位数字。")), Regexp(r"^\s*\d{6}\s*$", message=_l("验证码是 6 位数字。"))])
