"""A claim's people taken away as a spreadsheet."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from sqlalchemy import select

from tests.claims import stage
from tests.client import Browser
from tests.cohorts import rosters
from tests.factories import Office
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.journal import JournalEntry


def test_the_lines_come_as_filtered_masked_and_noted(browser: Browser, office: Office) -> None:
    claim = stage.submitted_claim(office, stage.claimable_cohort(office, 0, roster=rosters.made_up(3)))
    browser.sign_in("first_review")
    page = browser.open(f"/claims/{claim.id}")
    data = browser.download(next(iter(page.links("lines.xlsx"))))
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    found = list(sheet.iter_rows(values_only=True))
    assert [row[1] for row in found[3:]] == [rosters.name(1000 + at) for at in range(3)]
    assert rosters.number(1000) not in str(found)
    assert found[3][6] == 8000
    with transaction.unit(reads=True):
        entry = db.session.scalars(select(JournalEntry).where(JournalEntry.verb == "export-claim-lines")).one()
    assert (entry.subject, entry.detail["rows"]) == (f"claims:{claim.id}", 3)


def test_a_filter_that_nobody_meets_gives_an_empty_table(browser: Browser, office: Office) -> None:
    claim = stage.submitted_claim(office, stage.claimable_cohort(office, 0, roster=rosters.made_up(1)))
    browser.sign_in("enterprise")
    sheet = load_workbook(io.BytesIO(browser.download(f"/claims/{claim.id}/lines.xlsx?verdict=refused"))).active
    assert sheet is not None
    assert sheet.max_row == 4


def test_another_enterprise_gets_nothing(browser: Browser, office: Office) -> None:
    claim = stage.submitted_claim(office, stage.claimable_cohort(office, 0, roster=rosters.made_up(1)))
    browser.sign_in("other_enterprise")
    browser.open(f"/claims/{claim.id}/lines.xlsx", expect=404)
