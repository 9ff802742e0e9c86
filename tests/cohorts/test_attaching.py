"""Keeping agreements with a filing."""

from __future__ import annotations

import pytest

from tests.cohorts import stage
from tests.cohorts.refused import refused
from tests.factories import Office
from trainingadmin.cohorts import actions, queries
from trainingadmin.cohorts.actions import papers
from trainingadmin.cohorts.states import DocumentKind
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.storage import store

KIND = DocumentKind.TRAINING_AGREEMENT


@pytest.mark.parametrize(
    ("data", "media_type", "ending"),
    [
        (stage.PDF, "application/pdf", ".pdf"),
        (b"\xff\xd8\xff\xe0 a photo", "image/jpeg", ".jpg"),
        (b"\x89PNG\r\n\x1a\n a scan", "image/png", ".png"),
    ],
)
def test_a_paper_is_known_by_its_bytes_and_not_by_its_name(
    office: Office, data: bytes, media_type: str, ending: str
) -> None:
    cohort = stage.draft_cohort(office)
    with transaction.unit():
        kept = actions.attach(cohort, KIND, "协议.exe", data, by=office.actor("enterprise"))
    assert (kept.media_type, kept.filename) == (media_type, f"协议{ending}")
    assert store().read(kept.sha256) == data


def test_the_same_paper_twice_is_one(office: Office) -> None:
    cohort = stage.draft_cohort(office)
    with transaction.unit():
        for _ in range(2):
            actions.attach(cohort, KIND, "协议.pdf", stage.PDF, by=office.actor("enterprise"))
    assert len(queries.documents(cohort.id)) == 1


@pytest.mark.parametrize(
    ("code", "data"),
    [("file-missing", b""), ("file-kind", b"MZ a program"), ("file-too-big", stage.PDF + b"0" * papers.LARGEST)],
)
def test_other_files_are_refused(office: Office, code: str, data: bytes) -> None:
    cohort = stage.draft_cohort(office)
    with refused(code, on=stage.FILED_ON, field="paper"):
        actions.attach(cohort, KIND, "协议.pdf", data, by=office.actor("enterprise"))
    assert queries.documents(cohort.id) == []


def test_a_paper_is_taken_out_again_while_the_filing_may_be_changed(office: Office) -> None:
    cohort = stage.draft_cohort(office)
    with transaction.unit():
        kept = actions.attach(cohort, KIND, "协议.pdf", stage.PDF, by=office.actor("enterprise"))
    with transaction.unit():
        actions.detach(cohort, kept, by=office.actor("enterprise"))
    assert queries.documents(cohort.id) == []


def test_papers_of_a_submitted_filing_stay(office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    with refused("not-editable", on=stage.FILED_ON):
        actions.detach(cohort, queries.documents(cohort.id)[0], by=office.actor("enterprise"))
    with refused("not-editable", on=stage.FILED_ON), clock.at(stage.FILED_ON):
        actions.attach(cohort, KIND, "协议.pdf", stage.PDF, by=office.actor("enterprise"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\scans\\协议 1.PDF", "协议 1.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("line\r\nbreak\x00.pdf", "line break.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        ("长" * 300, "长" * 80 + ".pdf"),
    ],
)
def test_file_names_lose_what_systems_refuse(given: str, kept: str) -> None:
    assert papers.clean_name(given, ".pdf") == kept
