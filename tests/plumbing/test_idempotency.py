"""Posting the same form twice acts once and answers the same; a changed body is refused."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, abort, redirect, request
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.client import PASSWORD, Browser
from tests.factories import Office
from trainingadmin.people.models import FailedAttempt
from trainingadmin.plumbing import clock, idempotency, transaction
from trainingadmin.plumbing.database import db

PATH = "/organisations/new"
SIMULTANEOUS = 20


def effects() -> int:
    """How often the form was carried out."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(FailedAttempt)) or 0


@pytest.fixture
def client(app: Flask, office: Office) -> FlaskClient:
    """An officer's browser, and a form that leaves a row and leads to its page."""

    def carry_out(**_: Any) -> Any:
        if request.form.get("name") == "wrong":
            abort(422)
        row = FailedAttempt(subject="effect", at=clock.now())
        db.session.add(row)
        db.session.flush()
        return redirect(f"/done/{row.id}")

    app.view_functions["people.register"] = carry_out
    browser = Browser(app)
    browser.sign_in("acceptance")
    with transaction.unit():
        db.session.query(FailedAttempt).delete()
    return browser.client


def send(client: FlaskClient, key: str = "k1", **body: Any) -> tuple[int, str | None]:
    answer = client.post(PATH, data={"_key": key, "name": "某公司", **body})
    return answer.status_code, answer.location


def test_the_same_form_sent_twice_acts_once_and_leads_to_the_same_page(client: FlaskClient) -> None:
    first = send(client)
    assert first[0] == 302
    assert send(client) == first
    assert effects() == 1


def test_without_a_key_it_acts_twice(client: FlaskClient) -> None:
    assert send(client, key="") != send(client, key="")
    assert effects() == 2


def test_the_same_key_with_another_body_is_refused(client: FlaskClient) -> None:
    send(client)
    assert send(client, name="另一家公司") == (409, None)
    assert effects() == 1


def test_the_same_key_with_another_file_is_refused(client: FlaskClient) -> None:
    def file(content: bytes) -> Any:
        return io.BytesIO(content), "roster.xlsx"

    first = send(client, file=file(b"one"))
    assert send(client, file=file(b"one")) == first
    assert send(client, file=file(b"other")) == (409, None)


def test_the_same_key_on_another_form_is_refused(client: FlaskClient) -> None:
    send(client)
    assert client.post("/sign-out", data={"_key": "k1", "name": "某公司"}).status_code == 409


def test_the_same_key_for_another_address_of_the_form_is_refused(client: FlaskClient) -> None:
    send(client)
    assert client.post(f"{PATH}?move=approve", data={"_key": "k1", "name": "某公司"}).status_code == 409


def test_a_fresh_token_in_the_same_form_changes_nothing(client: FlaskClient) -> None:
    first = send(client, csrf_token="one")
    assert send(client, csrf_token="two") == first


def test_a_form_that_was_refused_may_be_mended_and_sent_under_its_key(client: FlaskClient) -> None:
    assert send(client, name="wrong")[0] == 422
    assert send(client, name="right")[0] == 302
    assert effects() == 1


def test_keys_of_two_people_do_not_meet(client: FlaskClient) -> None:
    send(client)
    other = Browser(client.application)
    other.sign_in("admin")
    assert send(other.client)[0] == 302
    assert effects() == 2


def test_signing_in_is_answered_to_each_browser_anew(client: FlaskClient) -> None:
    for _ in range(2):
        browser = Browser(client.application)
        browser.submit(browser.open("/sign-in"), "/sign-in", login="acceptance", password=PASSWORD, _key="k1")
        assert browser.client.get_cookie("signin") is not None


def test_what_was_sent_cannot_be_tried_out_from_what_is_kept(client: FlaskClient) -> None:
    send(client)
    plain = hashlib.sha256(json.dumps([PATH, [["name", "某公司"]]]).encode()).hexdigest()
    with transaction.unit(reads=True):
        assert plain not in set(db.session.scalars(select(idempotency.AnsweredPost.body_hash)))


def test_a_key_is_no_way_past_a_role(client: FlaskClient) -> None:
    other = Browser(client.application)
    other.sign_in("enterprise")
    assert send(other.client)[0] == 403
    assert effects() == 0


def test_an_answer_is_kept_for_thirty_days(client: FlaskClient) -> None:
    first = send(client)
    for days, forgotten in ((29, 0), (31, 1)):
        with clock.at(clock.now() + timedelta(days=days)), transaction.unit():
            assert idempotency.forget_old() == forgotten
    assert send(client) != first


@pytest.mark.parametrize(("keys", "acts"), [(lambda _number: "one", 1), (lambda number: f"k{number}", SIMULTANEOUS)])
def test_twenty_at_the_same_moment_under_one_key_act_once(
    app: Flask, client: FlaskClient, keys: Callable[[int], str], acts: int
) -> None:
    cookie = client.get_cookie("signin")
    assert cookie is not None
    start, answers = threading.Barrier(SIMULTANEOUS), set()

    def post(number: int) -> None:
        mine = app.test_client()
        mine.set_cookie("signin", cookie.value)
        start.wait()
        answers.add(send(mine, key=keys(number)))

    threads = [threading.Thread(target=post, args=(number,)) for number in range(SIMULTANEOUS)]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in answers} == {302}
    assert (len(answers), effects()) == (acts, acts)
