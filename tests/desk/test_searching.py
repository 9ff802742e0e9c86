"""Words that are searched for stand in the address; an ID number never does."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tests.client import Browser, Page
from tests.cohorts import rosters, stage
from tests.factories import Office
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.identifiers import looks_like_id

NAMED = {1: {"name": "曾伟贵"}}
NUMBER = rosters.number(1001)
WIDE = "".join(chr(ord(digit) + 0xFEE0) for digit in NUMBER)
TYPED = [NUMBER, f" {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]} ", WIDE]


@pytest.fixture
def cohort(browser: Browser, office: Office) -> Cohort:
    found = stage.enrolled_cohort(office, roster=rosters.made_up(3, changes=NAMED))
    browser.sign_in("enterprise")
    return found


def addresses(page: Page) -> list[str]:
    """Every address that the browser was led over, and every one that the page hands on."""
    told = [answer.request.url for answer in (*page.response.history, page.response)]
    assert page.tree is not None
    return [unquote(one) for one in (*told, *(a.get("href", "") for a in page.tree.iter("a")))]


def is_nowhere(page: Page) -> bool:
    return NUMBER not in page.text and not any(NUMBER in one or WIDE in one for one in addresses(page))


@pytest.mark.parametrize("typed", TYPED)
def test_the_search_of_every_page_answers_an_id_number_itself(browser: Browser, cohort: Cohort, typed: str) -> None:
    page = browser.submit(browser.open("/desk"), "/search", q=typed)
    assert page.said("曾伟贵")
    assert not page.said(rosters.name(1000))
    assert is_nowhere(page)


def test_words_are_searched_for_in_the_address(browser: Browser, cohort: Cohort) -> None:
    page = browser.submit(browser.open("/desk"), "/search", q="zengwei")
    assert page.said("曾伟贵")
    assert page.response.request.full_path == "/search?q=zengwei"


@pytest.mark.parametrize("path", ["/cohorts/{}/roster", "/attendance/{}"])
@pytest.mark.parametrize("typed", TYPED)
def test_a_roster_leads_to_the_person_of_an_id_number(browser: Browser, cohort: Cohort, path: str, typed: str) -> None:
    page = browser.submit(browser.open(path.format(cohort.id)), "/find", q=typed)
    assert "/people/" in page.response.request.path
    assert page.said("曾伟贵")
    assert is_nowhere(page)


@pytest.mark.parametrize("path", ["/cohorts/{}/roster", "/attendance/{}"])
def test_a_roster_narrows_by_words_in_the_address(browser: Browser, cohort: Cohort, path: str) -> None:
    page = browser.submit(browser.open(path.format(cohort.id)), "/find", q="伟贵")
    assert unquote(page.response.request.full_path) == f"{path.format(cohort.id)}?q=伟贵"
    assert page.said("曾伟贵")


def test_a_number_that_is_not_on_the_roster_is_said_to_be_none(browser: Browser, cohort: Cohort) -> None:
    page = browser.submit(browser.open(f"/cohorts/{cohort.id}/roster"), "/find", q=rosters.number(99))
    assert page.said("名单里没有这个身份证号")
    assert not any(rosters.number(99) in one for one in addresses(page))


@pytest.mark.parametrize("path", ["/search", "/cohorts/{}/roster", "/attendance/{}", "/organisations", "/claims/"])
@pytest.mark.parametrize("number", [NUMBER, "513125890319003", "513125198903190039", f"曾伟贵 {NUMBER}"])
def test_an_address_with_an_id_number_is_not_searched_and_forgotten(
    browser: Browser, cohort: Cohort, path: str, number: str
) -> None:
    if path == "/organisations":
        browser.sign_in("acceptance")
    page = Page(browser.client.get(path.format(cohort.id), query_string={"q": number}, follow_redirects=True))
    assert page.status == 200
    assert page.said("地址里不能有身份证号")
    assert not any(number in one for one in [page.response.request.url, *addresses(page)[1:]])
    assert number not in page.text


@pytest.mark.parametrize(
    "words",
    ["SLYG-511824-2026-001-1", "PX51182420200000011", "91511824MA62J3A03H", "2020年机械加工学徒班", "13800000000"],
)
def test_other_numbers_are_no_id_numbers(words: str) -> None:
    assert not looks_like_id(words)
