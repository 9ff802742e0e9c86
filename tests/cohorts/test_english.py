"""In English one is one person, and a level is named once."""

from __future__ import annotations

from tests.client import Browser
from tests.cohorts import stage
from tests.cohorts.rosters import made_up
from tests.factories import Office


def test_one_apprentice_is_one_person(browser: Browser, office: Office) -> None:
    cohort = stage.submitted_cohort(office, roster=made_up(1))
    browser.sign_in("enterprise")
    browser.open("/language/en?next=/cohorts/")
    with browser.app.app_context():  # the language is remembered by context, and a server has one a request
        assert browser.open("/cohorts/").said("1 filing")
        assert browser.open(f"/cohorts/{cohort.id}/roster").said("1 apprentice")
        page = browser.open(f"/cohorts/{cohort.id}")
        assert page.said("Roster 1 person")
        assert page.said("Target level 3")
