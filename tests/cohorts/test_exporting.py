"""Filings and rosters taken away as spreadsheets: as filtered, masked, headed, noted."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import select

from tests.client import Browser
from tests.cohorts import rosters, stage
from tests.factories import Office
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.journal import JournalEntry


def rows_of(data: bytes) -> list[tuple[Any, ...]]:
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def noted(verb: str) -> JournalEntry:
    with transaction.unit(reads=True):
        return db.session.scalars(select(JournalEntry).where(JournalEntry.verb == verb)).one()


def test_the_list_of_filings_says_who_took_it_when_and_how_narrowed(browser: Browser, office: Office) -> None:
    stage.submitted_cohort(office, roster=rosters.made_up(2))
    stage.draft_cohort(office, title="=另一个班")
    browser.sign_in("enterprise")
    found = rows_of(browser.download("/cohorts/filings.xlsx?state=draft"))
    assert found[0][0] == "学徒备案"
    assert "enterprise" in str(found[1][0])
    assert found[2][0] == "筛选：草稿"
    assert [row[1] for row in found[4:]] == ["=另一个班"]
    assert (noted("export-filings").detail["rows"], noted("export-filings").detail["state"]) == (1, "draft")


def test_a_title_that_looks_like_a_formula_stays_a_text(browser: Browser, office: Office) -> None:
    stage.draft_cohort(office, title='=HYPERLINK("http://evil.example")')
    browser.sign_in("enterprise")
    sheet = load_workbook(io.BytesIO(browser.download("/cohorts/filings.xlsx"))).active
    assert sheet is not None
    assert [cell.data_type for cell in sheet["B"][-1:]] == ["s"]


def test_a_roster_shows_masked_numbers_as_the_page_does(browser: Browser, office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(3))
    browser.sign_in("first_review")
    page = browser.open(f"/cohorts/{cohort.id}/roster")
    data = browser.download(next(iter(page.links("roster.xlsx"))))
    found = rows_of(data)
    assert len(found) == 3 + 3
    assert found[3][1] == rosters.name(1000)
    assert str(found[3][2]).endswith(rosters.number(1000)[-4:])
    assert rosters.number(1000) not in str(found)
    assert noted("export-roster").subject == f"cohorts:{cohort.id}"


def test_a_roster_comes_narrowed_by_name_and_the_journal_keeps_no_name(browser: Browser, office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(3))
    browser.sign_in("enterprise")
    found = rows_of(browser.download(f"/cohorts/{cohort.id}/roster.xlsx?q={rosters.name(1001)}"))
    assert [row[1] for row in found[4:]] == [rosters.name(1001)]
    entry = noted("export-roster")
    assert entry.detail["searched"] is True
    assert rosters.name(1001) not in str(entry.detail)


def test_another_enterprise_gets_nothing(browser: Browser, office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(1))
    browser.sign_in("other_enterprise")
    browser.open(f"/cohorts/{cohort.id}/roster.xlsx", expect=404)
    assert len(rows_of(browser.download("/cohorts/filings.xlsx"))) == 3
