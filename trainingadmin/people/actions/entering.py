"""Getting in: the password, then the second factor; and proving again who one is before weighty acts."""

from __future__ import annotations

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.people import factors, passwords, queries, sessions
from trainingadmin.people.models import Account
from trainingadmin.plumbing import journal, transaction


def sign_in(login: str, password: str, *, address: str) -> bool:
    """Take a password; return whether the second factor is to be shown before anybody is signed in.

    Refusals `wrong-password` (whatever was wrong) and `too-many-attempts`.
    """
    passwords.check_attempts(login, address)
    account = queries.account_by_login(login)
    if not passwords.matches(password, account.password_hash if account else None) or account is None:
        raise wrong(login, address, Refusal("wrong-password", N_("账号或密码不正确。"), field="password"))
    passwords.forget_failures(login)
    half = factors.confirmed(account.id) is not None
    sessions.start(account, half=half)
    journal.record("give-password" if half else "sign-in", f"accounts:{account.id}", by=sessions.as_actor(account))
    return half


def show_factor(code: str, *, address: str) -> Account:
    """Take the app's code, or a recovery code, of whoever just gave a password, and sign them in.

    Refusals `sign-in-again` (too long ago, or no password was given), `wrong-code` and `too-many-attempts`.
    """
    account = sessions.begun()
    if account is None:
        raise Refusal("sign-in-again", N_("验证已超时，请重新输入账号和密码。"), field="code")
    way = _shown(account.id, code, address)
    sessions.start(account)
    journal.record("sign-in", f"accounts:{account.id}", by=sessions.as_actor(account), factor=way)
    return account


def _shown(account_id: int, code: str, address: str) -> str:
    """Return how the second factor was shown; wrong tries are counted like wrong passwords."""
    login = f"factor:{account_id}"
    passwords.check_attempts(login, address)
    factor = factors.confirmed(account_id)
    if factor and factors.takes_code(factor, code):
        way = "code"
    elif factors.takes_recovery_code(account_id, code):
        way = "recovery"
    else:
        message = N_("动态码不正确、已过期或已用过，请输入应用上当前显示的 6 位数字。")
        raise wrong(login, address, Refusal("wrong-code", message, field="code"))
    passwords.forget_failures(login)
    return way


def prove(account: Account, proof: str, *, address: str, by: Actor) -> None:
    """Take the second factor, or the password where there is none, as proof for the weighty acts of the next minutes.

    Refusals `wrong-code`, `wrong-password` and `too-many-attempts`.
    """
    if factors.confirmed(account.id):
        way = _shown(account.id, proof, address)
    else:
        way, login = "password", f"proof:{account.id}"
        passwords.check_attempts(login, address)
        if not passwords.matches(proof, account.password_hash):
            raise wrong(login, address, Refusal("wrong-password", N_("密码不正确。"), field="code"))
        passwords.forget_failures(login)
    sessions.prove()
    journal.record("prove-identity", f"accounts:{account.id}", by=by, way=way)


def wrong(login: str, address: str, refusal: Refusal) -> Refusal:
    """Count a wrong try in a transaction of its own: the request's is rolled back with the refusal."""
    with transaction.unit():
        passwords.count_failure(login, address)
    return refusal


def sign_out(*, by: Actor) -> None:
    """End this browser's session on the server."""
    sessions.end_current()
    journal.record("sign-out", f"accounts:{by.id}", by=by)
