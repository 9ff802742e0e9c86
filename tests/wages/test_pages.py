"""The pages of people trained at work, used as people use them."""

from __future__ import annotations

from tests.client import Browser
from tests.cohorts.rosters import name
from tests.factories import Office
from tests.wages import stage
from trainingadmin.claims import actions as claims
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.models import Cohort
from trainingadmin.plumbing import clock, transaction

TABS = ("", "/roster", "/wages")


def at(cohort: Cohort, path: str = "") -> str:
    return f"/wages/{cohort.id}{path}"


def test_an_enterprise_files_people_from_plan_to_submission(browser: Browser, office: Office) -> None:
    with clock.at(stage.FILED_ON):
        browser.sign_in("enterprise")
        assert browser.open("/wages/").said("还没有备案")
        form = browser.open("/wages/new")
        wrong = browser.submit(
            form, "/wages/new", title="以工代训", first_month="2020-08", last_month="2020-06", expect=422
        )
        assert wrong.said("最后一个月不能早于第一个月")
        page = browser.submit(form, "/wages/new", title="以工代训", first_month="2020-06", last_month="2020-08")
        assert page.said("接下来请上传人员花名册")
        page = browser.submit(page, "/roster", sheet=(stage.roster(), "花名册.xlsx"))
        assert page.said("检查通过，可以导入")
        assert browser.submit(page, "/import").said("已导入 12 行")
        browser.submit(browser.open("/wages/1/edit"), "/edit", title="改了名")
        assert browser.submit(browser.open("/wages/1"), "/move", move="submit").said("已办理：提交备案")
        assert browser.open("/wages/?q=改了名").said("待受理")


def test_officers_accept_and_approve(browser: Browser, office: Office) -> None:
    cohort = stage.enrolled(office)
    with clock.at(stage.FILED_ON):
        browser.sign_in("enterprise")
        browser.post(at(cohort, "/move"), {"move": "submit"})
    with clock.at(stage.ACCEPTED_ON):
        browser.sign_in("acceptance")
        refused = browser.post(at(cohort, "/move"), {"move": "return", "note": ""}, expect=422)
        assert refused.said("退回补正")
        browser.post(at(cohort, "/move"), {"move": "accept"})
        browser.sign_in("first_review")
        browser.post(at(cohort, "/move"), {"move": "approve"})
        assert browser.open(at(cohort)).said("已随备案固定")
        browser.post(at(cohort, "/move"), {"move": "fly"}, expect=404)


def test_the_enterprise_proves_its_wages(browser: Browser, office: Office) -> None:
    cohort = stage.approved(office)
    with clock.at(stage.PAID_ON):
        browser.sign_in("enterprise")
        assert browser.download(at(cohort, "/sheet")).startswith(b"PK")
        page = browser.open(at(cohort, "/wages"))
        read = browser.submit(page, "/wages", sheet=(stage.wages(), "工资.xlsx"))
        assert browser.submit(read, "/import").said("已导入 36 行")
        assert browser.open(at(cohort)).said("没有扫描件的月份不计入补贴")
        page = browser.open(at(cohort, "/wages"))
        page = browser.submit(page, "/scans", month="2020-06", paper=(stage.PDF, "六月回单.pdf"))
        assert page.said("计入")
        assert browser.download(page.links("/scans/")[0]).startswith(stage.PDF)
        wrong = browser.submit(page, "/scans", month="2020-07", paper=(b"MZ", "回单.exe"), expect=422)
        assert wrong.said("只接受 PDF、JPG 或 PNG 文件")


def test_mistakes_come_back_in_the_sheet_itself(browser: Browser, office: Office) -> None:
    cohort = stage.approved(office)
    sent = stage.sent(office, cohort, stage.wages(changes={0: {"amount": "很多"}}))
    clean = stage.sent(office, cohort, stage.wages())
    with clock.at(stage.PAID_ON):
        browser.sign_in("enterprise")
        page = browser.open(at(cohort, f"/uploads/{sent.id}"))
        assert page.said("没有导入任何内容")
        assert browser.download(at(cohort, f"/uploads/{sent.id}/annotated")).startswith(b"PK")
        assert browser.post(at(cohort, f"/uploads/{sent.id}/import"), expect=422).said("工资明细还有错误")
        browser.open(at(cohort, f"/uploads/{clean.id}/annotated"), expect=404)


def test_a_month_is_struck_out_with_a_reason(browser: Browser, office: Office) -> None:
    cohort = stage.proved(office)
    first = cohorts.people(cohort.id)[0].id
    with clock.at(stage.PAID_ON):
        browser.sign_in("enterprise")
        form = browser.open(at(cohort, f"/people/{first}/2020-06/strike"))
        assert browser.submit(form, "/strike", reason=" ", expect=422).said("请写明")
        assert browser.submit(form, "/strike", reason="重复登记").said("已撤销这个月的工资登记")
        browser.open(at(cohort, f"/people/{first}/2020-06/strike"), expect=404)
        browser.open(at(cohort, f"/people/{first}/junk/strike"), expect=404)


def test_everybody_of_the_district_reads_and_strangers_find_nothing(browser: Browser, office: Office) -> None:
    cohort = stage.proved(office)
    browser.sign_in("supervisor")
    for tab in TABS:
        browser.open(at(cohort, tab))
    for login in ("other_enterprise", "other_office"):
        browser.sign_in(login)
        for tab in TABS:
            browser.open(at(cohort, tab), expect=404)


def test_in_english_nothing_of_the_frame_is_chinese(browser: Browser, office: Office) -> None:
    cohort = stage.proved(office)
    browser.sign_in("enterprise")
    browser.open("/language/en?next=/")
    for tab in TABS:
        browser.open(at(cohort, tab))


def test_whose_month_is_missing_is_named_and_the_claim_is_linked(browser: Browser, office: Office) -> None:
    cohort = stage.approved(office)
    browser.sign_in("enterprise")
    with clock.at(stage.FILED_ON):
        assert browser.open(at(cohort)).said("下一步：登记每月工资")
    with clock.at(stage.PAID_ON):
        read = browser.submit(browser.open(at(cohort, "/wages")), "/wages", sheet=(stage.wages(11), "工资.xlsx"))
        browser.submit(read, "/import")
        page = browser.open(at(cohort))
        assert page.said("缺3人月的工资")
        assert page.said(f"{name(stage.FIRST + 11)} 2020-06")
        assert not page.said("下一步：登记每月工资")
        with transaction.unit():
            claim = claims.open_claim(cohort, by=office.actor("enterprise"))
        assert browser.open(at(cohort)).links(f"/claims/{claim.id}")
