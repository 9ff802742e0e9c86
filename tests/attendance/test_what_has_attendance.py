"""People trained at work have no attendance: their months are proved by wages."""

from __future__ import annotations

import pytest

from tests.attendance import classes, stage
from tests.client import Browser
from tests.factories import Office
from tests.wages import stage as wages
from trainingadmin.attendance import queries
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.reading import read_workbook


def test_work_as_training_does_not_stand_in_the_list_of_attendance(browser: Browser, office: Office) -> None:
    work, apprentices = wages.approved(office), stage.attended_cohort(office)
    browser.sign_in("acceptance")
    page = browser.open("/attendance/")
    assert page.links(f"/attendance/{apprentices.id}")
    assert not page.links(f"/attendance/{work.id}")
    assert not page.said(work.number)


@pytest.mark.parametrize(
    "page",
    ["", "/export", "/form.xlsx", "/paper", "/sessions", "/plan", "/groups", "/suspects", "/template", "/upload"],
)
def test_work_as_training_has_no_pages_of_attendance(browser: Browser, office: Office, page: str) -> None:
    work = wages.approved(office)
    browser.sign_in("enterprise")
    browser.open(f"/attendance/{work.id}{page}", expect=404)
    browser.post(f"/attendance/{work.id}/find", {"q": "某"}, expect=404)


def test_nobody_at_a_desk_is_warned_of_attendance_at_work(office: Office) -> None:
    work = wages.approved(office)
    running = db.session.execute(queries.running(office.actor("acceptance"))).all()
    assert work.id not in {row.id for row in running}


@pytest.mark.parametrize("login", ["institution", "acceptance", "supervisor"])
def test_the_totals_of_a_class_are_exported_under_the_name_of_its_institution(
    browser: Browser, office: Office, login: str
) -> None:
    found = classes.attended_class(office)
    browser.sign_in(login)
    (sheet,) = read_workbook(browser.download(f"/attendance/{found.id}/export")).sheets
    assert [cell.text for cell in sheet.rows[1].cells if cell.text] == [office.institution.name]
