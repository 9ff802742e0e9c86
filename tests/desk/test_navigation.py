"""The menu marks one section as the one somebody is in."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.client import Browser
from tests.factories import Office
from trainingadmin.desk.navigation import sections
from trainingadmin.kernel.roles import Role


def marked(browser: Browser, path: str) -> set[str]:
    page = browser.open(path)
    assert page.tree is not None
    links = (link for link in page.tree.iter("a") if link.get("aria-current") == "page")
    return {"".join(link.itertext()).strip() for link in links}


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/payments/", "补贴支付批次"),
        ("/payments/payables", "补贴支付批次"),
        ("/ledger/", "总账"),
        ("/claims/", "补贴申领"),
    ],
)
def test_one_section_is_marked(browser: Browser, office: Office, path: str, section: str) -> None:
    browser.sign_in("checker")
    assert marked(browser, path) >= {section}
    others = {"补贴支付批次", "总账", "补贴申领"} - {section}
    assert not marked(browser, path) & others


def test_a_page_of_the_ledger_is_in_the_ledger(app: Flask) -> None:
    with app.test_request_context():
        found = sections(frozenset({Role.CHECKER}), "ledger.account")
    assert [one["label"] for one in found if one["active"]] == ["总账"]
