"""The pages of other departments' lists."""

from __future__ import annotations

from datetime import date

from tests.client import Browser
from tests.cohorts.rosters import name, number
from tests.factories import Office
from tests.registers import lists
from tests.registers.test_ruling import known, line
from tests.sample_files import sample
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.registers import sheet
from trainingadmin.registers.states import Register


def test_an_officer_sends_a_list_imports_it_and_rules_on_a_suspect(office: Office, browser: Browser) -> None:
    one = known()
    browser.sign_in("acceptance")
    data = lists.made_up(Register.PENSION, [line(name="别人")])
    shown = browser.submit(browser.open("/registers/"), "/registers/", sheet=(data, "养老.xlsx"))
    assert shown.said("检查通过，可以导入")
    listed = browser.submit(shown, "/import")
    assert listed.said("证件号码相同，姓名不同")
    (href,) = listed.links(f"/people/{one}")
    page = browser.open(href)
    assert page.said("不一致")
    assert number(1) not in page.text
    refused = browser.submit(page, "", verdict="no", note=" ", expect=422)
    assert refused.said("请写明核实的经过和依据")
    done = browser.submit(page, "", verdict="no", note="不是同一人")
    assert done.said("已登记核实结论")
    assert browser.open(href).said("不是同一人")
    assert browser.open("/registers/matches?ruled=done").said(name(1))


def test_a_list_with_mistakes_can_be_taken_back_and_not_imported(office: Office, browser: Browser) -> None:
    sent = lists.uploaded(office, lists.made_up(Register.DEATH, [line(id_number="1")]))
    browser.sign_in("acceptance")
    page = browser.open(f"/registers/{sent.id}")
    assert page.said("没有导入任何内容")
    assert page.links(f"/registers/{sent.id}/annotated")
    assert browser.download(f"/registers/{sent.id}/annotated").startswith(b"PK")
    assert browser.post(f"/registers/{sent.id}/import", expect=422).said("名单还有错误")


def test_a_list_without_mistakes_has_no_copy(office: Office, browser: Browser) -> None:
    sent = lists.imported(office, sample(lists.DEATH))
    browser.sign_in("acceptance")
    browser.open(f"/registers/{sent.id}/annotated", expect=404)
    assert browser.open(f"/registers/{sent.id}").said("现行名单")


def test_every_form_downloads_and_is_read_as_its_kind(office: Office, browser: Browser) -> None:
    browser.sign_in("first_review")
    for kind in Register:
        data = browser.download(f"/registers/templates/{kind.value}")
        assert sheet.read(read_workbook(data).sheets, date(2020, 7, 1)).kind is kind
    browser.open("/registers/templates/lottery", expect=404)


def test_others_look_and_do_not_touch(office: Office, browser: Browser) -> None:
    known()
    sent = lists.uploaded(office, lists.made_up(Register.DEATH, [line()]))
    browser.sign_in("second_review")
    assert browser.open("/registers/").forms() == [] or "上传并检查" not in browser.open("/registers/").text
    assert browser.open(f"/registers/{sent.id}").said("由受理岗或初审岗导入")
    assert browser.post(f"/registers/{sent.id}/import", expect=422).said("由受理岗或初审岗导入")


def test_a_firm_on_the_registry_has_a_page_of_its_own(office: Office, browser: Browser) -> None:
    firm = {"unit": office.enterprise.name, "credit_code": office.enterprise.credit_code}
    lists.imported(office, lists.made_up(Register.BUSINESS, [line(3, **firm, standing="注销")]))
    browser.sign_in("acceptance")
    (href,) = browser.open("/registers/matches?kind=business").links("/organisations/")
    assert browser.open(href).said("登记状态不是存续")


def test_matches_of_a_list_are_for_its_own_office(office: Office, browser: Browser) -> None:
    one = known()
    sent = lists.imported(office, lists.made_up(Register.DEATH, [line()]))
    browser.sign_in("other_office")
    assert not browser.open("/registers/matches").said(name(1))
    browser.open(f"/registers/{sent.id}", expect=404)
    browser.open(f"/registers/matches/1/people/{one}", expect=404)


def test_the_desk_counts_what_waits(office: Office, browser: Browser) -> None:
    known()
    lists.imported(office, lists.made_up(Register.DEATH, [line()]))
    browser.sign_in("acceptance")
    assert browser.open("/desk").links("/registers/matches?ruled=open")
