"""The pages of filings, used as people use them."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest

from tests.client import Browser, values_of
from tests.cohorts import rosters, stage
from tests.cohorts.counting import statements
from tests.factories import Office
from trainingadmin.cohorts import queries
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.states import CohortState
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db

TABS = ("", "/roster", "/documents", "/changes", "/results")


def at(cohort: Cohort, path: str = "") -> str:
    return f"/cohorts/{cohort.id}{path}"


def test_an_enterprise_files_a_cohort_from_plan_to_submission(browser: Browser, office: Office) -> None:
    with clock.at(stage.FILED_ON):
        browser.sign_in("enterprise")
        page = browser.submit(
            browser.open("/cohorts/new"),
            "/cohorts/new",
            title="2020年机械加工学徒班",
            occupation_codes=["6-18-02-04", "6-31-01-02", "6-31-01-03"],
            target_level="3",
            institution_id=str(office.institution.id),
            starts_on="2020-05-01",
            ends_on="2022-04-30",
            plan_hours_per_year="400",
            mentors="\n".join(stage.MENTORS),
            advance_percent="50",
        )
        assert page.said("XT-511824-2020-001")
        for kind in ("training_agreement", "cooperation_agreement"):
            page = browser.open("/cohorts/1/documents")
            page = browser.submit(page, "/documents", kind=kind, paper=(stage.PDF + kind.encode(), f"{kind}.pdf"))
        assert browser.download("/cohorts/1/documents/1").startswith(stage.PDF)
        page = browser.submit(
            browser.open("/cohorts/1/roster"), "/roster", sheet=(stage.ROSTER.read_bytes(), "花名册.xlsx")
        )
        assert page.said("检查通过，可以导入")
        page = browser.submit(page, "/import")
        assert page.said("已导入 30 人")
        page = browser.submit(browser.open("/cohorts/1"), "/move", move="submit")
        assert page.said("已办理：提交备案")
        assert page.said("待受理岗处理")


def submit_move(browser: Browser, cohort: Cohort, name: str, note: str = "", *, expect: int = 200) -> str:
    data = {"move": name, "note": note}
    return browser.post(at(cohort, "/move"), data, expect=expect).text


def test_officers_take_a_filing_from_acceptance_to_approval(browser: Browser, office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    browser.sign_in("acceptance")
    assert browser.open("/cohorts/").said("待受理")
    submit_move(browser, cohort, "accept")
    browser.sign_in("first_review")
    page = browser.open(at(cohort))
    assert page.said("未参加机关事业单位养老保险")
    text = submit_move(browser, cohort, "approve", expect=422)
    assert "待核实" in text
    submit_move(browser, cohort, "approve", "名单下周到")
    db.session.rollback()
    assert db.session.get_one(Cohort, cohort.id).state is CohortState.APPROVED


def test_buttons_one_may_not_press_say_why_and_who_can(browser: Browser, office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    browser.sign_in("first_review")
    page = browser.open(at(cohort))
    assert page.said("您的岗位不办理这一步。")
    assert page.said("可由受理岗办理。")


def test_a_roster_with_mistakes_comes_back_with_advice_and_a_marked_copy(browser: Browser, office: Office) -> None:
    cohort = stage.draft_cohort(office, login="other_enterprise")
    browser.sign_in("other_enterprise")
    sent = (stage.MISTAKES.read_bytes(), "有错.xlsx")
    page = browser.submit(browser.open(at(cohort, "/roster")), "/roster", sheet=sent)
    assert page.said("没有导入任何人")
    assert page.said("身份证号校验码不对")
    assert not [form for form in page.forms() if "import" in (form.get("action") or "")]
    link = page.links("/annotated")[0]
    book = openpyxl.load_workbook(io.BytesIO(browser.download(link)))
    assert len(book.worksheets) >= 2
    assert browser.post(link.replace("annotated", "import"), expect=422).said("花名册还有错误")


def test_an_empty_upload_is_answered_beside_the_file(browser: Browser, office: Office) -> None:
    cohort = stage.draft_cohort(office)
    browser.sign_in("enterprise")
    page = browser.submit(browser.open(at(cohort, "/roster")), "/roster", expect=422)
    assert page.said("文件是空的")


def test_the_template_bears_the_name_of_the_enterprise(browser: Browser, office: Office) -> None:
    browser.sign_in("enterprise")
    book = openpyxl.load_workbook(io.BytesIO(browser.download("/cohorts/roster-template")))
    told = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows(max_row=3) for cell in row if cell.value)
    assert office.enterprise.name in told
    assert "91511824MA0000111L" in told


def test_somebody_on_the_roster_has_a_page_that_says_why(browser: Browser, office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    one = queries.people(cohort.id)[0]
    browser.sign_in("acceptance")
    page = browser.open(at(cohort, f"/people/{one.id}"))
    assert page.said("未达到法定退休年龄")
    assert page.said("学徒花名册")
    assert one.person.id_number not in page.text
    assert browser.open(at(cohort, "/roster?code=civil-service-pension")).said("学徒 30 人")
    assert browser.open(at(cohort, "/roster?verdict=eligible")).said("没有符合条件的学徒")
    assert browser.open(at(cohort, f"/roster?q={one.person.name}")).said("学徒 1 人")


def test_a_person_is_removed_and_her_post_is_stated(browser: Browser, office: Office) -> None:
    cohort = stage.enrolled_cohort(office, roster=rosters.made_up(2))
    woman = queries.people(cohort.id)[0]
    browser.sign_in("enterprise")
    page = browser.submit(browser.open(at(cohort, f"/people/{woman.id}")), f"/people/{woman.id}", kind="F55")
    assert page.said("已保存")
    removal = at(cohort, f"/people/{woman.id}/remove")
    assert browser.submit(browser.open(removal), "/remove", expect=422).said("请写明原因")
    assert browser.submit(browser.open(removal), "/remove", reason="离职").said("学徒 1 人")


def test_results_are_recorded_by_form_and_verified_together(browser: Browser, office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(2))
    with clock.at(stage.VERIFIED_ON):
        browser.sign_in("institution")
        for serial, one in enumerate(queries.people(cohort.id)):
            page = browser.open(at(cohort, f"/people/{one.id}/result"))
            wrong = browser.submit(page, "/result", outcome="passed", certificate_number="1", expect=422)
            assert wrong.said("考核合格的必须填写")
            wrong = browser.submit(
                page, "/result", outcome="passed", certificate_number="1", issued_on="2022-05-20", expect=422
            )
            assert wrong.said("证书编号应为22位")
            number = stage.certificate_number(serial)
            page = browser.submit(page, "/result", outcome="passed", certificate_number=number, issued_on="2022-05-20")
        assert page.said("2 / 2 人")
        browser.sign_in("acceptance")
        page = browser.open(at(cohort, "/results"))
        page = browser.submit(page, "/results/verify", verified="yes")
        assert page.said("属实")
        submit_move(browser, cohort, "complete")
        assert browser.open(at(cohort)).said("培训合格证书")


def test_a_sheet_of_results_goes_by_dry_run_and_import(browser: Browser, office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(1))
    with clock.at(stage.ISSUED_ON):
        browser.sign_in("enterprise")
        book = openpyxl.load_workbook(io.BytesIO(browser.download(at(cohort, "/results-template"))))
        book.worksheets[0].cell(3, 4, "不合格")
        data = io.BytesIO()
        book.save(data)
        sent = (data.getvalue(), "成绩.xlsx")
        page = browser.submit(browser.open(at(cohort, "/results")), "/results", sheet=sent)
        assert browser.submit(page, "/import").said("不合格")


def test_a_change_is_asked_for_and_decided(browser: Browser, office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(2))
    one = queries.people(cohort.id)[0]
    browser.sign_in("enterprise")
    page = browser.open(at(cohort, "/changes"))
    asked: dict[str, Any] = {"kind": "leave", "enrolment_id": str(one.id), "reason": "离职"}
    assert browser.submit(page, "/changes", effective_on="2019-01-01", expect=422, **asked).said("培养期内")
    assert browser.submit(page, "/changes", effective_on="2021-01-31", **asked).said("待审核")
    browser.sign_in("first_review")
    page = browser.open(browser.open(at(cohort, "/changes")).links("/changes/")[0])
    assert browser.submit(page, "/changes/", move="refuse", expect=422).said("请写明理由")
    assert browser.submit(page, "/changes/", move="approve").said("已同意")


def test_a_refused_filing_shows_its_reasons(browser: Browser, office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    browser.sign_in("acceptance")
    assert "请写明理由" in submit_move(browser, cohort, "return", expect=422)
    submit_move(browser, cohort, "return", "协议缺盖章页")
    browser.sign_in("enterprise")
    assert browser.open(at(cohort)).said("协议缺盖章页")
    page = browser.submit(browser.open(at(cohort, "/edit")), "/edit", title="改名班")
    assert page.said("改名班")


@pytest.mark.parametrize("login", ["other_enterprise", "other_office"])
def test_somebody_elses_filing_is_not_there(browser: Browser, office: Office, login: str) -> None:
    cohort = stage.submitted_cohort(office)
    one = queries.people(cohort.id)[0]
    browser.sign_in(login)
    for path in (*TABS, f"/people/{one.id}", "/uploads/1", "/documents/1"):
        browser.open(at(cohort, path), expect=404)
    assert not browser.open("/cohorts/").said(cohort.number)


def test_drafts_are_seen_by_their_enterprise_alone(browser: Browser, office: Office) -> None:
    cohort = stage.draft_cohort(office)
    for login in ("acceptance", "institution", "city"):
        browser.sign_in(login)
        browser.open(at(cohort), expect=404)
    browser.sign_in("enterprise")
    browser.open(at(cohort))


@pytest.mark.parametrize("login", ["institution", "supervisor", "city", "second_review"])
def test_who_only_looks_sees_every_tab(browser: Browser, office: Office, login: str) -> None:
    cohort = stage.finished_cohort(office)
    browser.sign_in(login)
    for path in TABS:
        browser.open(at(cohort, path))


@pytest.mark.parametrize("path", TABS)
def test_every_tab_speaks_english(browser: Browser, office: Office, path: str) -> None:
    cohort = stage.accepted_cohort(office)
    browser.sign_in("first_review")
    browser.open("/language/en")
    address = at(cohort, path)
    with browser.app.app_context():  # the language is remembered by context, and a server has one a request
        page = browser.open(address)
    assert page.tree is not None
    headings = ["".join(heading.itertext()) for heading in page.tree.iter("h2")]
    assert page.said("Overview")
    assert not [heading for heading in headings if re.search(r"[\u4e00-\u9fff]", heading)]


def test_lists_cost_the_same_questions_whatever_their_length(browser: Browser, office: Office) -> None:
    counted: dict[str, list[int]] = {"/cohorts/": [], "roster": [], "results": []}
    browser.sign_in("enterprise")
    for turn, count in enumerate((3, 30)):
        cohort = stage.enrolled_cohort(office, roster=rosters.made_up(count, first=1000 * (turn + 2)))
        for path in ("/cohorts/", "roster", "results"):
            with statements() as seen:
                browser.open(path if path.startswith("/") else at(cohort, f"/{path}"))
            counted[path].append(len(seen))
        for _ in range(4):
            stage.draft_cohort(office)
    for path, (few, many) in counted.items():
        assert few == many <= 16, path


def test_the_paper_that_is_still_needed_is_chosen(browser: Browser, office: Office) -> None:
    cohort = stage.draft_cohort(office)
    browser.sign_in("enterprise")
    page = browser.open(at(cohort, "/documents"))
    assert values_of(page.form("/documents"))["kind"] == ["training_agreement"]
    page = browser.submit(page, "/documents", paper=(io.BytesIO(stage.PDF), "a.pdf"))
    assert values_of(page.form("/documents"))["kind"] == ["cooperation_agreement"]


def test_the_history_names_who_began_the_filing(browser: Browser, office: Office) -> None:
    cohort = stage.draft_cohort(office)
    browser.sign_in("enterprise")
    assert browser.open(at(cohort)).said(f"{office.actor('enterprise').name} · 建立备案草稿")


def test_an_applicant_is_asked_for_an_opinion_only_where_it_is_needed(browser: Browser, office: Office) -> None:
    cohort = stage.submitted_cohort(office, roster=rosters.made_up(1))
    browser.sign_in("enterprise")
    assert browser.open(at(cohort)).said("意见（撤回备案时必填）")
