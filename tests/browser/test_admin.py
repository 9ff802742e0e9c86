"""The administrator: accounts, roles, organisations; and search, which finds everything."""

from __future__ import annotations

from tests.browser.conftest import Opens, Walks
from trainingadmin.demo.bureau import FIRM

EXPECTED = {
    "people.accounts",
    "people.close_account",
    "people.open_account",
    "people.organisation",
    "people.organisations",
    "people.register",
}


def test_every_page_is_usable(window: Opens, walker: Walks) -> None:
    assert walker(window("admin")).walk("/desk", "/search?q=2020", "/accounts") >= EXPECTED


def test_search_leads_to_the_firm_the_filing_and_the_person(window: Opens) -> None:
    admin = window("admin")
    for words, found in ((FIRM, FIRM), ("XT-511824-2020-001", "2020年机械加工学徒班"), ("孔伟贵", "孔伟贵")):
        admin.page.get_by_role("searchbox").first.fill(words)
        admin.page.get_by_role("searchbox").first.press("Enter")
        admin.page.get_by_role("main").get_by_text(found).first.wait_for()
    assert admin.troubles == []
