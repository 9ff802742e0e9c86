"""The letter that goes with a returned or refused filing, of each kind: what is wrong, told once, in its own words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.classes import stage as classes
from tests.client import Browser
from tests.cohorts import stage as cohorts
from tests.cohorts.rosters import made_up
from tests.factories import Office
from tests.wages import stage as wages
from trainingadmin.certificates.letters import content
from trainingadmin.classes import actions as teaching
from trainingadmin.classes.letters import items as of_class
from trainingadmin.cohorts import actions, letters
from trainingadmin.cohorts.models import Cohort
from trainingadmin.plumbing import clock, transaction
from trainingadmin.wages import actions as proving


def told(cohort: Cohort, items: letters.Items) -> dict[str, Any]:
    return content(letters.letter(cohort, cohort.steps[-1], items))


def opening_sent_back(office: Office, move: str) -> Any:
    found = classes.submitted(office)
    with clock.at(classes.ACCEPTED_ON), transaction.unit():
        teaching.move(found, move, by=office.actor("acceptance"), note="缺教师资质")
    return found


def test_a_returned_class_is_told_of_every_condition_once(office: Office) -> None:
    found = opening_sent_back(office, "return")
    letter = told(found.cohort, of_class(found))
    assert (letter["title"], letter["outcome"]) == ("补正一次性告知书", "申请材料需要补正")
    assert letter["matter"] == "专项职业能力培训开班申请"
    assert letter["addressee"] == "石棉示例职业培训学校"
    assert letter["note"] == ["缺教师资质"]
    # Nobody's pension scheme was compared yet: 25 people, one open condition each, beside nothing of the class.
    assert len(letter["findings"]) == 25
    assert letter["remedy"] == ""


@pytest.mark.parametrize(("move", "title"), [("reject", "不予受理通知书"), ("refuse", "不予开班通知书")])
def test_a_refused_class_is_told_so_and_what_can_be_done(office: Office, move: str, title: str) -> None:
    found = classes.submitted(office)
    by = "acceptance"
    if move == "refuse":
        by = "first_review"
        with clock.at(classes.ACCEPTED_ON), transaction.unit():
            teaching.move(found, "accept", by=office.actor("acceptance"))
    with clock.at(classes.APPROVED_ON), transaction.unit():
        teaching.move(found, move, by=office.actor(by), note="不在目录")
    letter = told(found.cohort, of_class(found))
    assert letter["title"] == title
    assert "行政复议" in letter["remedy"]


def test_work_as_training_has_a_letter_of_its_own_words(office: Office) -> None:
    letter = told(wages.returned(office), ())
    assert letter["matter"] == "以工代训备案"
    assert letter["findings"] == []
    assert letter["note"] == ["请补劳动合同"]


def test_a_filing_that_was_not_accepted_has_its_letter_too(browser: Browser, office: Office) -> None:
    cohort = cohorts.submitted_cohort(office, roster=made_up(3, first=4000))
    with clock.at(cohorts.ACCEPTED_ON), transaction.unit():
        actions.move(cohort, "reject", by=office.actor("acceptance"), note="不属于本县")
    assert told(cohort, letters.items(cohort))["title"] == "不予受理通知书"
    browser.sign_in("enterprise")
    (link,) = browser.open(f"/cohorts/{cohort.id}").links("/letters/")
    assert browser.download(link).startswith(b"%PDF")


def test_the_institution_downloads_the_letter_from_the_class(browser: Browser, office: Office) -> None:
    found = opening_sent_back(office, "return")
    browser.sign_in("institution")
    (link,) = browser.open(f"/classes/{found.cohort_id}").links("/letters/")
    assert browser.download(link).startswith(b"%PDF")
    browser.open(link.replace("/letters/", "/letters/9"), expect=404)


def test_what_first_review_returned_says_so_and_has_its_letter(browser: Browser, office: Office) -> None:
    cohort = cohorts.accepted_cohort(office, roster=made_up(3, first=4000))
    browser.sign_in("first_review")
    page = browser.open(f"/cohorts/{cohort.id}")
    done = browser.submit(page, "/move", move="return_checked", note="协议缺盖章页")
    assert done.said("初审岗退回补正")
    assert done.said("协议缺盖章页")
    assert told(cohort, letters.items(cohort))["title"] == "补正一次性告知书"
    browser.sign_in("enterprise")
    page = browser.open(f"/cohorts/{cohort.id}")
    (link,) = page.links("/letters/")
    assert browser.download(link).startswith(b"%PDF")
    assert page.links(f"/cohorts/{cohort.id}/edit")


@pytest.mark.parametrize("kind", ["classes", "wages"])
def test_first_review_returns_every_kind_of_filing(browser: Browser, office: Office, kind: str) -> None:
    if kind == "classes":
        found = classes.submitted(office)
        with clock.at(classes.ACCEPTED_ON), transaction.unit():
            teaching.move(found, "accept", by=office.actor("acceptance"))
        filing_id = found.cohort_id
    else:
        filing_id = wages_accepted(office).id
    browser.sign_in("first_review")
    page = browser.open(f"/{kind}/{filing_id}")
    assert browser.submit(page, "/move", move="return_checked", note="缺教师资质").said("初审岗退回补正")


def wages_accepted(office: Office) -> Cohort:
    cohort = wages.enrolled(office)
    for login, name in (("enterprise", "submit"), ("acceptance", "accept")):
        with clock.at(wages.ACCEPTED_ON), transaction.unit():
            proving.move(cohort, name, by=office.actor(login))
    return cohort


def test_the_firm_downloads_the_letter_from_its_months(browser: Browser, office: Office) -> None:
    cohort = wages.returned(office)
    browser.sign_in("enterprise")
    (link,) = browser.open(f"/wages/{cohort.id}").links("/letters/")
    assert browser.download(link).startswith(b"%PDF")
