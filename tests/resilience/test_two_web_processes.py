"""Two web processes and a dead queue: what one of them learns, the other knows."""

from __future__ import annotations

import threading
import urllib.parse
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from tests.factories import Office
from tests.servers import web_server
from tests.visitor import Visitor
from trainingadmin.kernel.roles import Role
from trainingadmin.people import actions, passwords
from trainingadmin.people.models import Account
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.journal import JournalEntry
from trainingadmin.settings import Settings

pytestmark = pytest.mark.resilience
SIMULTANEOUS = 20
ENOUGH = 6
"""Tries after which both processes have answered, but for one time in thirty."""


@pytest.fixture
def web(settings: Settings, office: Office) -> Iterator[str]:
    """The address that two processes share, on one database; nothing listens where the queue should be."""
    env = {
        "TRAININGADMIN_VAR": str(settings.var),
        "TRAININGADMIN_DEMO": "1",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    db.session.rollback()
    with web_server(env, workers=2) as server:
        yield server.url


def acts(verb: str) -> int:
    with transaction.unit(reads=True):
        return db.session.scalar(select(func.count()).where(JournalEntry.verb == verb)) or 0


def together(visitor: Visitor, url: str, bodies: list[dict[str, str]]) -> list[tuple[int, str]]:
    """Send every body at the same moment; return status and path of each answer."""
    start, answers = threading.Barrier(len(bodies)), []

    def post(number: int) -> None:
        mine = Visitor(visitor.cookies)
        start.wait()
        status, url_, _ = mine.open(url, bodies[number])
        answers.append((status, urllib.parse.urlsplit(url_).path))

    threads = [threading.Thread(target=post, args=(number,)) for number in range(len(bodies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_twenty_simultaneous_identical_posts_act_once_and_answer_alike(office: Office, web: str) -> None:
    with transaction.unit(reads=True):  # and no longer: an open transaction of ours would hold theirs up
        page = f"/organisations/{office.enterprise.id}"
    visitor = Visitor()
    assert visitor.sign_in(web, "enterprise")[0] == 200
    change = {"payee_account": "6222020000000000033", "payee_bank": "示例银行石棉支行"}
    body = {**visitor.filled_in(f"{web}{page}/payee", **change), "_key": "one"}
    assert set(together(visitor, f"{web}{page}/payee", [body] * SIMULTANEOUS)) == {(200, page)}
    assert acts("set-payee") == 1
    assert visitor.open(f"{web}{page}/payee", {**body, "payee_bank": "另一家银行"})[0] == 409
    assert acts("set-payee") == 1
    together(visitor, f"{web}{page}/payee", [{**body, "_key": f"k{number}"} for number in range(SIMULTANEOUS)])
    assert acts("set-payee") == 1 + SIMULTANEOUS, "with a key each, every post acts: the check can fail"


def test_wrong_passwords_are_counted_over_all_processes_without_a_queue(office: Office, web: str) -> None:
    for _ in range(passwords.PER_ACCOUNT):
        status, _, said = Visitor().sign_in(web, "acceptance", "wrong")
        assert (status, "账号或密码不正确" in said) == (422, True)
    for _ in range(ENOUGH):
        status, _, said = Visitor().sign_in(web, "acceptance")
        assert "尝试次数过多" in said
        assert status in {422, 429}
    other = Visitor()
    other.sign_in(web, "first_review")
    assert other.is_in(web)


def test_a_cookie_is_dead_everywhere_after_signing_out_or_another_password_or_role(office: Office, web: str) -> None:
    for login, how in (("acceptance", "sign-out"), ("checker", "password"), ("approval", "roles")):
        visitor, thief = Visitor(), Visitor()
        visitor.sign_in(web, login)
        for cookie in visitor.cookies:
            thief.cookies.set_cookie(cookie)
        assert all(thief.is_in(web) for _ in range(ENOUGH))
        if how == "sign-out":
            token = visitor.filled_in(f"{web}/password", current="x")["csrf_token"]
            visitor.open(f"{web}/sign-out", {"csrf_token": token})
        else:
            change_elsewhere(office, login, how)
        assert not any(thief.is_in(web) for _ in range(ENOUGH)), how


def change_elsewhere(office: Office, login: str, what: str) -> None:
    with transaction.unit():
        account, by = db.session.get_one(Account, office.accounts[login].id), office.actor("admin")
        if what == "password":
            actions.change_password(account, "a-new-password-2", by=by)
        else:
            actions.change_roles(account, [Role.SUPERVISOR], by=by)
