"""Setting up the second factor of one's own account, and taking it from an account whose phone is lost."""

from __future__ import annotations

from flask import current_app

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import STAFF, Actor
from trainingadmin.people import factors, queries, sessions
from trainingadmin.people.actions.accounts import account_roles
from trainingadmin.people.actions.entering import wrong
from trainingadmin.people.models import Account, SecondFactor
from trainingadmin.people.passwords import check_attempts, forget_failures
from trainingadmin.plumbing import clock, journal
from trainingadmin.settings import Settings


def begin_factor(account: Account, *, by: Actor) -> SecondFactor:
    """Make a secret for the authenticator app; refusal `factor-set` when one is in use already."""
    if factors.confirmed(account.id):
        raise Refusal("factor-set", N_("二次验证已启用。换手机请先停用，或请管理员重置。"))
    journal.record("begin-factor", f"accounts:{account.id}", by=by)
    return factors.begin(account.id)


def confirm_factor(account: Account, code: str, *, address: str, by: Actor) -> None:
    """Put the second factor into use once the app shows the right code.

    Refusals `factor-missing`, `factor-set`, `wrong-code`, `too-many-attempts`. Other sessions of the account end:
    they were opened without it.
    """
    factor, login = queries.factor(account.id), f"factor:{account.id}"
    if factor is None:
        raise Refusal("factor-missing", N_("请先点“开始设置”生成密钥。"))
    if factor.confirmed_at:
        raise Refusal("factor-set", N_("二次验证已启用。换手机请先停用，或请管理员重置。"))
    check_attempts(login, address)
    if not factors.takes_code(factor, code):
        message = N_("动态码不正确，请核对手机时间是否准确，再输入当前显示的 6 位数字。")
        raise wrong(login, address, Refusal("wrong-code", message, field="code"))
    forget_failures(login)
    factor.confirmed_at = clock.now()
    sessions.end_all(account.id)
    sessions.start(account)
    journal.record("confirm-factor", f"accounts:{account.id}", by=by)


def renew_recovery_codes(account: Account, *, by: Actor) -> list[str]:
    """Replace one's recovery codes and return the new ones, readable this once; refusal `factor-missing`."""
    if not factors.confirmed(account.id):
        raise Refusal("factor-missing", N_("请先启用二次验证。"))
    journal.record("renew-recovery-codes", f"accounts:{account.id}", by=by)
    return factors.new_recovery_codes(account.id)


def required_of(account: Account) -> bool:
    """Whether this account must have a second factor: staff, unless the settings say it is optional."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.second_factor and bool(account_roles(account) & set(STAFF))


def drop_factor(account: Account, *, by: Actor) -> None:
    """Do without the second factor; refusal `factor-required` where it is not one's own to drop."""
    if required_of(account):
        raise Refusal("factor-required", N_("工作人员必须使用二次验证，不能停用。更换手机请管理员重置。"))
    factors.forget(account.id)
    journal.record("drop-factor", f"accounts:{account.id}", by=by)


def reset_factor(account: Account, *, by: Actor) -> None:
    """Take the second factor from an account whose phone is lost and end its sessions; refusal `own-account`.

    The person sets up a new one at the next sign-in. An administrator's own is reset by another administrator.
    """
    if account.id == by.id:
        raise Refusal("own-account", N_("自己的二次验证须由另一位管理员重置。"))
    factors.forget(account.id)
    sessions.end_all(account.id)
    journal.record("reset-factor", f"accounts:{account.id}", by=by)
