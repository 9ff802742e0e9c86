"""A batch larger than a file: several files, each bound to a digest of its own and answered by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.client import Browser
from tests.factories import Office
from tests.ledger.test_verifying import damage
from tests.payments import stage
from tests.payments.test_answering import refused
from tests.payments.test_pages import enter
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments import actions
from trainingadmin.payments.actions import AnswerRefused
from trainingadmin.payments.bank import remittance, rows
from trainingadmin.payments.models import Batch
from trainingadmin.payments.states import BatchState, PaymentState
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def batch(office: Office, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """Seven people, three to a file."""
    monkeypatch.setattr(rows, "ROWS_PER_FILE", 3)
    stage.cleared_claim(office, stage.approved_cohort(office, 7, advance=0))
    stage.plan()
    return stage.composed(office)


def answered(office: Office, batch: Batch, part: int) -> None:
    file = remittance.files_of(batch.id)[part - 1]
    data = stage.bank_answer(batch, only=range(file.first, file.last + 1))
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        actions.answer(batch, f"answer-{part}.csv", data, by=office.actor("preparer"), part=part)


def test_a_batch_is_cut_into_files_that_hold_every_row_once(batch: Batch) -> None:
    files = remittance.files_of(batch.id)
    assert [(file.part, file.first, file.last, file.count) for file in files] == [
        (1, 1, 3, 3),
        (2, 4, 6, 3),
        (3, 7, 7, 1),
    ]
    assert sum(file.total.fen for file in files) == batch.total.fen
    assert len({batch.digest, *(file.digest for file in files)}) == 4
    stage.proved()


def test_every_file_has_a_name_and_rows_of_its_own(office: Office, batch: Batch, browser: Browser) -> None:
    stage.release(office, batch)
    enter(browser, "preparer")
    page = browser.open(f"/payments/{batch.id}")
    for file in remittance.files_of(batch.id):
        (link,) = [
            link for link in page.links("/file/csv") if link.endswith("csv" if file.part == 1 else f"/{file.part}")
        ]
        answer = browser.client.get(link)
        assert f"{batch.number}-{file.part}-{file.digest[:12]}.csv" in answer.headers["Content-Disposition"]
        lines = answer.data.decode("gb18030").splitlines()[1:]
        assert [int(line.split(",")[0]) for line in lines] == list(range(file.first, file.last + 1))
    browser.open(f"/payments/{batch.id}/file/csv/4", expect=404)
    assert browser.open(f"/payments/{batch.id}/sheet").said(remittance.files_of(batch.id)[2].digest)


def test_the_release_is_bound_to_every_file(office: Office, batch: Batch) -> None:
    stage.check(office, batch)
    with transaction.unit():
        damage("UPDATE batch_files SET digest = 'x' WHERE part = 2")
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.release(batch, stage.seen(batch), by=office.actor("checker"))
    assert refusal.value.code == "batch-changed"


def test_each_file_is_answered_by_itself(office: Office, batch: Batch) -> None:
    stage.release(office, batch)
    answered(office, batch, 2)
    states = [payment.state for payment in stage.payments(batch)]
    assert states == [PaymentState.PENDING] * 3 + [PaymentState.PAID] * 3 + [PaymentState.PENDING]
    assert batch.state is BatchState.RELEASED
    answered(office, batch, 1)
    answered(office, batch, 3)
    assert db.session.get_one(Batch, batch.id).state is BatchState.SETTLED
    stage.proved()


def test_a_line_of_another_file_refuses_the_whole_answer(office: Office, batch: Batch) -> None:
    stage.release(office, batch)
    refusal = refused(office, batch, stage.bank_answer(batch, only=(1, 2, 4)))
    assert isinstance(refusal, AnswerRefused)
    assert [(one.code, one.params) for one in refusal.findings] == [("position-of-another-file", {"part": 2})]
    assert {payment.state for payment in stage.payments(batch)} == {PaymentState.PENDING}
    assert db.session.scalar(text("SELECT count(*) FROM bank_answers")) == 0


def test_the_answer_is_imported_on_the_page_of_its_file(office: Office, batch: Batch, browser: Browser) -> None:
    stage.release(office, batch)
    enter(browser, "preparer")
    page = browser.open(browser.open(f"/payments/{batch.id}").links("/answer/3")[0])
    assert page.said("第 3 个文件")
    page = browser.submit(page, "/answer", answer=(stage.bank_answer(batch, only=(7,)), "a.csv"))
    assert page.said("第 3 个文件")
    browser.open(f"/payments/{batch.id}/answer/4", expect=404)
