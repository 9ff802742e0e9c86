"""Forms of signing in, of organisations, of accounts and of delegations."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from trainingadmin.kernel.identifiers import CreditCode, IdNumber, parse_account
from trainingadmin.kernel.roles import DELEGABLE, ROLE_LABELS, STAFF, Actor, Role
from trainingadmin.people.actions import Handing, Opening
from trainingadmin.people.models import Account, Office, Organisation
from trainingadmin.plumbing.pages import Form, reads


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
    code = StringField(
        _l("短信验证码"),
        validators=[
            InputRequired(_l("请填写短信里的 6 位数字。")),
            Regexp(r"^\s*\d{6}\s*$", message=_l("验证码是 6 位数字。")),
        ],
    )


class FactorForm(Form):
    """The code that an authenticator app shows now, or a recovery code."""

    code = StringField(_l("动态码"), validators=[InputRequired(_l("请填写动态码。")), Length(max=40)])


class DisclosureForm(Form):
    """What somebody's whole numbers are wanted for."""

    purpose = StringField(
        _l("查看用途"),
        validators=[InputRequired(_l("请写明查看用途，它会留在查看记录里。")), Length(max=200)],
    )


class ProofForm(Form):
    """What proves who one is: the app's code, or the password where there is no second factor."""

    code = PasswordField(
        _l("密码"), name="_proof", id="proof", validators=[InputRequired(_l("请填写。")), Length(max=256)]
    )

    def ask_for_code(self) -> None:
        """Ask for the app's code instead of the password."""
        self.code.label.text, self.code.widget = gettext("动态码"), TextInput()


class RolesForm(Form):
    """The roles of an account."""

    roles = SelectMultipleField(
        _l("岗位"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_l("至少选一个岗位。"))],
    )

    def offer(self, staff: bool) -> None:
        """Fill the list with the roles of staff, or of operators."""
        self.roles.choices = [
            SelectChoice(role.value, gettext(ROLE_LABELS[role]))
            for role in (STAFF if staff else (Role.ENTERPRISE, Role.INSTITUTION))
        ]


class OrganisationForm(Form):
    """An enterprise or institution as the bureau registers it."""

    kind = SelectField(
        _l("类别"), choices=[SelectChoice("enterprise", _l("企业")), SelectChoice("institution", _l("培训机构"))]
    )
    credit_code = StringField(
        _l("统一社会信用代码"),
        validators=[InputRequired(_l("请填写 18 位代码。")), Length(max=40), reads(CreditCode.parse)],
    )
    name = StringField(_l("单位名称"), validators=[InputRequired(_l("请填写名称。")), Length(max=120)])
    office_code = SelectField(_l("所属区县"))
    contact = StringField(_l("联系人"), validators=[Length(max=60)])
    phone = StringField(_l("联系电话"), validators=[Length(max=20)])


class PayeeForm(Form):
    """The account that subsidies go to."""

    payee_name = StringField(
        _l("户名"), validators=[InputRequired(_l("请填写户名，须与单位名称一致。")), Length(max=120)]
    )
    payee_account = StringField(
        _l("账号"), validators=[InputRequired(_l("请填写账号。")), Length(max=40), reads(parse_account)]
    )
    payee_bank = StringField(_l("开户行"), validators=[InputRequired(_l("请填写开户行，到支行。")), Length(max=120)])


class AccountForm(Form):
    """A way in for a member of staff or an operator."""

    name = StringField(_l("姓名"), validators=[InputRequired(_l("请填写姓名。")), Length(max=60)])
    login = StringField(_l("登录名"), validators=[InputRequired(_l("请填写登录名。")), Length(min=3, max=64)])
    password = PasswordField(
        _l("初始密码"),
        validators=[InputRequired(_l("请填写密码。")), Length(min=12, max=256, message=_l("至少 12 位。"))],
    )
    roles = SelectMultipleField(
        _l("岗位"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_l("至少选一个岗位。"))],
    )
    office_code = SelectField(_l("所属区县（工作人员）"))
    organisation_id = SelectField(_l("所属单位（企业、机构经办）"), coerce=int)
    id_number = StringField(_l("身份证号（工作人员，用于回避）"), validators=[Length(max=40), reads(IdNumber.parse)])

    def offer(self, offices: Sequence[Office], organisations: Sequence[Organisation]) -> None:
        """Fill the lists one chooses from."""
        self.roles.choices = [
            SelectChoice(role.value, gettext(label))
            for role, label in ROLE_LABELS.items()
            if role not in {Role.TRAINEE, Role.SYSTEM}
        ]
        self.office_code.choices = [
            SelectChoice("", "—"),
            *(SelectChoice(office.code, office.name) for office in offices),
        ]
        self.organisation_id.choices = [
            SelectChoice(0, "—"),
            *(SelectChoice(found.id, found.name) for found in organisations),
        ]

    def opening(self) -> Opening:
        """Return what the form asks for."""
        return Opening(
            name=(self.name.data or "").strip(),
            login=(self.login.data or "").strip(),
            password=self.password.data or "",
            roles=frozenset(Role(role) for role in self.roles.data or []),
            office_code=self.office_code.data or None,
            organisation_id=self.organisation_id.data or None,
            id_number=self.id_number.data or "",
        )


class PasswordForm(Form):
    """One's own new password."""

    current = PasswordField(_l("当前密码"), validators=[InputRequired(_l("请填写当前密码。")), Length(max=256)])
    new = PasswordField(
        _l("新密码"),
        validators=[InputRequired(_l("请填写新密码。")), Length(min=12, max=256, message=_l("至少 12 位。"))],
    )


class ConfirmForm(Form):
    """Nothing but the button."""


class DelegationForm(Form):
    """Which role is handed to whom, for which days, and why."""

    role = SelectField(_l("委托的岗位"), validators=[InputRequired(_l("请选择岗位。"))])
    delegate_id = SelectField(_l("受托人"), coerce=int, validators=[InputRequired(_l("请选择受托人。"))])
    from_on = DateField(_l("起日"), validators=[InputRequired(_l("请填写起日。"))])
    to_on = DateField(_l("止日（含当天）"), validators=[InputRequired(_l("请填写止日。"))])
    reason = StringField(_l("原因"), validators=[InputRequired(_l("请写明委托的原因。")), Length(max=200)])

    def offer(self, by: Actor, colleagues: Sequence[Account]) -> None:
        """Fill the lists one chooses from: one's own roles, and the other staff of the office."""
        own = by.roles & set(DELEGABLE) - set(dict(by.stands_in))
        self.role.choices = [SelectChoice(role.value, gettext(ROLE_LABELS[role])) for role in Role if role in own]
        self.delegate_id.choices = [SelectChoice(one.id, one.name) for one in colleagues]

    def handing(self) -> Handing:
        """Return what the form asks for."""
        return Handing(
            role=Role(self.role.data),
            delegate_id=self.delegate_id.data,
            from_on=self.from_on.data,
            to_on=self.to_on.data,
            reason=self.reason.data or "",
        )
