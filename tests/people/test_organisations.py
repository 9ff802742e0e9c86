"""Registering firms, and changing where their money goes."""

from __future__ import annotations

from tests.client import Browser
from tests.factories import Office
from trainingadmin.kernel.identifiers import credit_check_digit
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing.database import db


def test_an_officer_registers_a_firm_of_the_district(browser: Browser, office: Office) -> None:
    code = "91511824MA0000444"
    browser.sign_in("acceptance")
    page = browser.submit(
        browser.open("/organisations/new"),
        "",
        credit_code=code + credit_check_digit(code),
        name="石棉新示例铸造有限公司",
    )
    assert page.said("石棉新示例铸造有限公司")


def test_a_wrong_check_digit_is_refused_beside_the_field(browser: Browser, office: Office) -> None:
    browser.sign_in("acceptance")
    page = browser.submit(
        browser.open("/organisations/new"), "", credit_code="91511824MA0000111A", name="某公司", expect=422
    )
    assert page.said("校验码不对")


def test_a_known_code_is_refused(browser: Browser, office: Office) -> None:
    browser.sign_in("acceptance")
    page = browser.submit(
        browser.open("/organisations/new"), "", credit_code="91511824MA0000111L", name="重复公司", expect=422
    )
    assert page.said("已登记")


def test_an_enterprise_changes_its_own_account_and_only_its_tail_is_shown(browser: Browser, office: Office) -> None:
    browser.sign_in("enterprise")
    page = browser.submit(
        browser.open(f"/organisations/{office.enterprise.id}/payee"),
        "",
        payee_account="6222020000000000033",
        payee_bank="示例银行石棉支行",
    )
    assert page.said("***0033")
    assert "6222020000000000033" not in page.text


def test_an_account_under_another_name_is_refused(browser: Browser, office: Office) -> None:
    browser.sign_in("enterprise")
    page = browser.submit(
        browser.open(f"/organisations/{office.enterprise.id}/payee"),
        "",
        payee_name="张三",
        payee_account="6222020000000000033",
        payee_bank="示例银行石棉支行",
        expect=422,
    )
    assert page.said("户名必须与单位名称一致")
    db.session.expire_all()
    assert db.session.get_one(Organisation, office.enterprise.id).payee_account == "6222020000000000017"


def test_another_firm_is_a_404(browser: Browser, office: Office) -> None:
    browser.sign_in("other_enterprise")
    browser.open(f"/organisations/{office.enterprise.id}", expect=404)
    browser.open(f"/organisations/{office.enterprise.id}/payee", expect=404)


def test_staff_of_another_district_see_only_their_own(browser: Browser, office: Office) -> None:
    browser.sign_in("other_office")
    assert not browser.open("/organisations").said(office.enterprise.name)
    browser.open(f"/organisations/{office.enterprise.id}", expect=404)
    browser.sign_in("city")
    assert browser.open("/organisations").said(office.enterprise.name)
