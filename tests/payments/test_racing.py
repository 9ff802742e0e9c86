"""Many at once: two planners, two composers, two answers, twenty identical posts; each due is paid once."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.client import Browser, values_of
from tests.factories import Office
from tests.payments import stage
from tests.payments.test_pages import enter
from tests.racing import at_once, code, meeting
from trainingadmin.payments import actions
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.queries import locks
from trainingadmin.payments.queries.rows import DueRow, due_columns
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


def composing(office: Office, due_ids: list[int], account: actions.Account) -> Callable[[], object]:
    by = office.actor("preparer")

    def work() -> object:
        with clock.at(stage.PAYABLE_ON), transaction.unit():
            return actions.compose(account, due_ids, by=by).id

    return work


@pytest.fixture
def owed(office: Office) -> Office:
    stage.cleared_claim(office, stage.approved_cohort(office, 5, advance=0))
    stage.plan()
    return office


def outcome(answers: list[object]) -> tuple[int, set[str]]:
    """Count what was made, and collect why the rest was not."""
    made = sum(isinstance(answer, int) for answer in answers)
    return made, {code(answer) for answer in answers if not isinstance(answer, int)}


def test_two_planners_at_once_plan_everything_once(app: Flask, office: Office) -> None:
    stage.approved_cohort(office, 3)
    stage.cleared_claim(office, stage.approved_cohort(office, 3, advance=0))

    def work() -> object:
        with clock.at(stage.PAYABLE_ON), transaction.unit():
            return actions.plan_dues()

    answers = at_once(app, *[work] * 4)
    assert sorted(map(str, answers)) == ["0", "0", "0", "6"]
    stage.proved()


def test_composers_who_saw_the_same_dues_make_one_batch(app: Flask, owed: Office) -> None:
    dues = stage.dues()
    work = composing(owed, [due.id for due in dues], stage.account(dues))
    with meeting((Batch, "before_insert")):
        answers = at_once(app, *[work] * 4)
    assert outcome(answers) == (1, {"due-not-open"})
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 5
    stage.proved()


def test_without_the_row_lock_the_index_still_pays_nothing_twice(
    app: Flask, owed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: unlocked, both composers go on with the same dues; the one-live-payment index stops the second."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time; there is no lock to take away")

    def unlocked(ids: Collection[int]) -> list[DueRow]:
        return [DueRow._make(row) for row in db.session.execute(due_columns(ids))]

    monkeypatch.setattr(locks, "due_rows", unlocked)
    monkeypatch.setattr(locks, "claims", list)
    monkeypatch.setattr(locks, "cohorts", list)
    dues = stage.dues()
    work = composing(owed, [due.id for due in dues], stage.account(dues))
    with meeting((Batch, "before_insert")):
        answers = at_once(app, work, work)
    made, why = outcome(answers)
    assert made == 1
    assert why <= {IntegrityError.__name__, "StaleDataError"}, why
    assert why != {"due-not-open"}
    stage.proved()


def test_overlapping_choices_never_wait_for_each_other_for_ever(app: Flask, owed: Office) -> None:
    dues = stage.dues()
    ids, account = [due.id for due in dues], stage.account(dues)
    works = [composing(owed, chosen, account) for chosen in (ids[:3], ids[2:][::-1], ids[1:4], ids[::-1])]
    made, why = outcome(at_once(app, *works))
    assert made >= 1
    assert why <= {"due-not-open"}
    stage.proved()


def test_two_answers_at_once_settle_once(app: Flask, owed: Office) -> None:
    batch = stage.released(owed)
    data, batch_id = stage.bank_answer(batch, {2: "户名不符"}), batch.id
    by = owed.actor("checker")

    def work() -> object:
        with clock.at(stage.PAYABLE_ON), transaction.unit():
            return actions.answer(db.session.get_one(Batch, batch_id), "answer.csv", data, by=by).id

    answers = at_once(app, *[work] * 3)
    assert len(set(answers)) == 1
    stage.proved()


def test_two_checkers_at_once_release_once(app: Flask, owed: Office) -> None:
    batch = stage.composed(owed)
    stage.check(owed, batch)
    batch_id, seen, by = batch.id, stage.seen(batch), owed.actor("checker")

    def work() -> object:
        with clock.at(stage.PAYABLE_ON), transaction.unit():
            actions.release(db.session.get_one(Batch, batch_id), seen, by=by)
            return batch_id

    assert outcome(at_once(app, *[work] * 3)) == (1, {"move-state"})


def test_a_leaver_and_a_composer_at_once_leave_the_books_in_order(app: Flask, office: Office) -> None:
    cohort = stage.approved_cohort(office, 4)
    stage.plan()
    dues = stage.dues()
    by = office.actor("preparer")
    due_id = dues[1].id

    def drop() -> object:
        with clock.at(stage.PAYABLE_ON), transaction.unit():
            actions.cancel_due(db.session.get_one(Due, due_id), "企业放弃", by=by)
            return 0

    made, why = outcome(at_once(app, drop, composing(office, [due.id for due in dues], stage.account(dues))))
    assert made == 1
    assert why <= {"due-not-open", "claim-in-batch"}
    assert len(stage.enrolments(cohort)) == 4
    stage.proved()


def test_twenty_identical_posts_make_one_batch(app: Flask, owed: Office) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    browser = Browser(app)
    enter(browser, "preparer")
    page = browser.open("/payments/payables?all=1")
    data = {**values_of(page.form("/payables")), "funding_source": stage.FUND, "budget_item": stage.BUDGET}
    cookie = browser.client.get_cookie("signin")
    assert cookie is not None

    def post() -> object:
        client = app.test_client()
        client.set_cookie("signin", cookie.value)
        answer = client.post("/payments/payables", data=data)
        return answer.status_code, answer.headers.get("Location")

    answers = at_once(app, *[post] * 20)
    assert set(answers) == {(302, f"/payments/{db.session.scalar(select(func.max(Batch.id)))}")}
    assert db.session.scalar(select(func.count()).select_from(Batch)) == 1
    stage.proved()


def test_the_same_key_with_another_choice_is_refused(app: Flask, owed: Office) -> None:
    browser = Browser(app)
    enter(browser, "preparer")
    page = browser.open("/payments/payables?all=1")
    data = {**values_of(page.form("/payables")), "funding_source": stage.FUND, "budget_item": stage.BUDGET}
    browser.post("/payments/payables", data)
    browser.post("/payments/payables", {**data, "budget_item": "别的科目"}, expect=409)
