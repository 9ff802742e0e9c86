"""Revoking and replacing: once, with a reason, and what it certified stays on record."""

from __future__ import annotations

import json
import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.certificates import stage
from tests.client import Browser
from tests.factories import Office
from trainingadmin.certificates import actions, jobs, printing, queries
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db

S = CertificateState


@pytest.fixture
def made(office: Office) -> Certificate:
    """A sealed certificate; its bytes are of no matter here."""
    (id_,) = stage.issued(office)
    with transaction.unit():
        held = actions.lease(id_)
        assert held is not None
        actions.seal(held, "a" * 64)
    return db.session.get_one(Certificate, id_)


def refused(made: Certificate, office: Office, reason: str = "收款人信息有误") -> str:
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.revoke(db.session.get_one(Certificate, made.id), reason, by=office.actor("checker"))
    return refusal.value.code


def test_a_revoked_one_keeps_its_bytes_its_reason_and_who_did_it(office: Office, made: Certificate) -> None:
    with transaction.unit():
        actions.revoke(made, " 收款人信息有误 ", by=office.actor("checker"))
    assert (made.state, made.sha256, made.ended_reason) == (S.REVOKED, "a" * 64, "收款人信息有误")
    assert made.ended_at is not None
    (act,) = journal.of(f"certificates:{made.id}")
    assert (act.verb, act.human) == ("revoked-certificate", office.actor("checker").human)


def test_a_replaced_one_leaves_its_number_to_a_marked_successor(office: Office, made: Certificate) -> None:
    with clock.at(date(2026, 9, 2)), transaction.unit():
        fresh_id = actions.replace(made, "纸面污损", by=office.actor("checker"))
    fresh = db.session.get_one(Certificate, fresh_id)
    assert (made.state, fresh.state, fresh.replaces_id) == (S.REPLACED, S.PENDING, made.id)
    assert (fresh.number, fresh.subject, fresh.public) == (made.number, made.subject, made.public)
    marks = {"mark": "补发", "mark_on": "2026-09-02", "first_issued_on": clock.local(made.issued_at).date().isoformat()}
    assert json.loads(fresh.content) == {**json.loads(made.content), **marks}
    assert fresh.content_sha256 != made.content_sha256


def test_one_that_was_replaced_or_revoked_is_no_progress(office: Office, made: Certificate) -> None:
    with transaction.unit():
        fresh_id = actions.replace(made, "纸面污损", by=office.actor("checker"))
        held = actions.lease(fresh_id)
        assert held is not None
        actions.seal(held, "b" * 64)
    assert (queries.progress("batch:1").sealed, queries.progress("batch:1").total) == (1, 1)
    with transaction.unit():
        actions.revoke(db.session.get_one(Certificate, fresh_id), "错误", by=office.actor("checker"))
    assert queries.progress("batch:1").total == 0


def test_a_reason_is_needed(office: Office, made: Certificate) -> None:
    assert refused(made, office, "  ") == "reason-missing"


def test_only_a_valid_one_can_be_ended(office: Office, made: Certificate) -> None:
    with transaction.unit():
        actions.revoke(made, "错误", by=office.actor("checker"))
    assert refused(made, office) == "not-valid"


def test_of_two_at_the_same_moment_one_ends_it(app: Flask, office: Office, made: Certificate) -> None:
    by, id_, start = office.actor("checker"), made.id, threading.Barrier(2)
    ends: list[str] = []

    def end(reason: str) -> None:
        with app.app_context():
            try:
                with transaction.unit():
                    found = db.session.get_one(Certificate, id_)
                    if db.engine.dialect.name == "postgresql":
                        start.wait(10)  # both have read it as valid
                    actions.revoke(found, reason, by=by)
                ends.append(reason)
            except Refusal as refusal:
                ends.append(refusal.code)

    db.session.rollback()
    threads = [threading.Thread(target=end, args=(reason,)) for reason in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert "not-valid" in ends
    assert made.ended_reason in ends
    assert len(journal.of(f"certificates:{id_}")) == 1


def test_a_replacement_is_made_like_any_other(office: Office) -> None:
    first = stage.sealed(office)[0]
    with transaction.unit():
        fresh_id = actions.replace(first, "纸面污损", by=office.actor("checker"))
    jobs.render([fresh_id])
    states = dict(db.session.execute(select(Certificate.id, Certificate.state)).all())
    assert states == {first.id: S.REPLACED, fresh_id: S.SEALED}


def replaced(office: Office, made: Certificate) -> Certificate:
    """What was issued in the place of `made` on 2 September, sealed."""
    with clock.at(date(2026, 9, 2)), transaction.unit():
        second = db.session.get_one(Certificate, actions.replace(made, "纸面污损", by=office.actor("checker")))
        held = actions.lease(second.id)
        assert held is not None
        actions.seal(held, "b" * 64)
    db.session.refresh(second)
    return second


def test_a_second_replacement_still_bears_the_day_of_the_first_issue(office: Office, made: Certificate) -> None:
    first = clock.local(made.issued_at).date().isoformat()
    second = replaced(office, made)
    with clock.at(date(2026, 10, 3)), transaction.unit():
        third = db.session.get_one(Certificate, actions.replace(second, "又污损", by=office.actor("checker")))
    told = json.loads(third.content)
    assert (told["first_issued_on"], told["mark_on"]) == (first, "2026-10-03")
    assert made.sha256 == "a" * 64


def test_a_document_replaced_twice_on_one_day_says_which_replacement_it_is(office: Office, made: Certificate) -> None:
    second = replaced(office, made)
    with clock.at(date(2026, 9, 2)), transaction.unit():
        third = db.session.get_one(Certificate, actions.replace(second, "又污损", by=office.actor("checker")))
    assert third.content_sha256 not in (made.content_sha256, second.content_sha256)
    told = {**json.loads(second.content), "mark": "第2次补发"}
    assert json.loads(third.content) == told, "the first is marked as ever, and so are all that were issued before"


def test_its_page_and_the_public_page_tell_every_issue_with_its_day(browser: Browser, office: Office) -> None:
    first = stage.sealed(office)[0]
    browser.sign_in("checker")
    browser.submit(browser.open(f"/certificates/{first.id}/replace"), "/replace", reason="纸面污损")
    fresh = db.session.scalars(select(Certificate).where(Certificate.replaces_id == first.id)).one()
    jobs.render([fresh.id])
    page = browser.open(f"/certificates/{first.id}")
    assert page.said("已补发")
    assert page.said("经办 checker")
    assert page.links(f"/certificates/{fresh.id}")
    db.session.expire_all()
    address = printing.verify_address(fresh.number, fresh.content_sha256).removeprefix("http://127.0.0.1:8000")
    public = browser.open(address)
    assert public.said("这个编号的经过")
    assert public.said("现行有效")
    assert not public.said("checker")
