"""The pages of claims as each role walks them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event

from tests.claims import small
from tests.client import Browser
from tests.factories import Office, person
from trainingadmin.claims import actions, queries
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.cohorts.models import Result
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import queries as registers
from trainingadmin.registers.states import Fact

NOW = datetime(2022, 6, 14, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _in_june_2022() -> object:
    with clock.at(NOW):
        yield None


def state_of(claim: Claim) -> ClaimState:
    db.session.expire_all()
    return claim.state


def test_an_enterprise_goes_from_the_precheck_to_a_submitted_claim(browser: Browser, office: Office) -> None:
    cohort = small.cohort_of(office)
    browser.sign_in("enterprise")
    page = browser.open(f"/claims/precheck/{cohort.id}")
    assert page.said("全部条件都已通过")
    assert page.said("¥24,000.00")
    draft = browser.submit(page, "/open")
    assert draft.said("已生成申领草稿")
    assert browser.submit(draft, "/move", move="submit").said("待受理")
    assert queries.live_claim(cohort.id).state is ClaimState.SUBMITTED  # type: ignore[union-attr]


def test_an_officer_decides_a_clean_claim_in_two_clicks_and_is_led_to_the_next(
    browser: Browser, office: Office
) -> None:
    claim, other = (small.submitted(office, small.cohort_of(office, first=first)) for first in (1, 11))
    browser.sign_in("acceptance")
    (link,) = browser.open("/claims/").links(f"/claims/{claim.id}")
    done = browser.submit(browser.open(link), "/move", move="accept")
    assert state_of(claim) is ClaimState.ACCEPTED
    assert done.said("下一件待办")
    assert done.links(f"/claims/{other.id}")


def test_four_people_take_a_claim_through_and_each_sees_their_button(browser: Browser, office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    for name, login in small.STAGES:
        browser.sign_in(login)
        browser.submit(browser.open(f"/claims/{claim.id}"), "/move", move=name)
    assert state_of(claim) is ClaimState.APPROVED


def test_a_button_that_one_may_not_press_says_why_and_who_can(browser: Browser, office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    browser.sign_in("first_review")
    page = browser.open(f"/claims/{claim.id}")
    assert page.said("您的岗位不办理这一步。可由受理岗办理。")
    refused = browser.post(f"/claims/{claim.id}/move", {"move": "accept"}, expect=422)
    assert refused.said("您的岗位不办理这一步")


def test_a_return_asks_for_its_letter_and_the_enterprise_reads_it(browser: Browser, office: Office) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        first = small.people_of(cohort)[0]
        db.session.get_one(Result, first.id).verified = None
    claim = small.submitted(office, cohort)
    browser.sign_in("acceptance")
    page = browser.open(f"/claims/{claim.id}/move?move=return")
    assert page.said("证书经核验属实（1 人）：请在证书查询系统核验证书编号")
    assert browser.submit(page, "/move", note="  ", expect=422).said("请写明理由")
    browser.submit(page, "/move", note="请补传签到表")
    browser.sign_in("enterprise")
    page = browser.open(f"/claims/{claim.id}")
    assert page.said("请补传签到表")
    letter, _pdf = page.links("/letters/")
    text = browser.open(letter)
    assert text.said("补正通知书")
    assert text.said("石棉县人力资源和社会保障局")
    assert text.said("证书经核验属实")
    assert browser.submit(page, "/move", move="submit").said("待受理")


def test_a_refusal_has_its_letter_too(browser: Browser, office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    browser.sign_in("first_review")
    page = browser.open(f"/claims/{claim.id}/move?move=refuse_checked")
    page = browser.submit(page, "/move", note="培养协议不成立")
    letter, _pdf = page.links("/letters/")
    assert browser.open(letter).said("不予批准通知书")


def test_the_why_card_names_value_requirement_clause_and_source(browser: Browser, office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    browser.sign_in("acceptance")
    page = browser.open(f"/claims/lines/{claim.lines[0].id}")
    assert page.said("出勤达到计划课时的规定比例")
    assert page.said("≥ 80 %")
    assert page.said("市社保局名单（名单日期 2022-06-10，acceptance核对）")
    assert page.said("国家职业技能等级证书查询（acceptance 2022-06-10 核验）")
    assert page.said("核对一致")
    browser.open("/language/en?next=/")
    assert browser.open(f"/claims/lines/{claim.lines[0].id}").said("Attendance reaches the required share")


def test_one_person_is_held_and_released_in_the_browser(browser: Browser, office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    line = claim.lines[1]
    browser.sign_in("acceptance")
    for name, state in (("hold", LineState.HELD), ("release", LineState.OPEN)):
        (way,) = browser.open(f"/claims/lines/{line.id}").links(f"/lines/{line.id}/move?move={name}")
        form = browser.open(way)
        assert browser.submit(form, "/move", note="", expect=422).said("请写明理由")
        browser.submit(form, "/move", note="参保单位待核实")
        db.session.expire_all()
        assert line.state is state


def test_another_stages_officer_sees_why_they_may_not_hold(browser: Browser, office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    browser.sign_in("approval")
    assert browser.open(f"/claims/lines/{claim.lines[0].id}").said("您的岗位不办理这一步")


def test_a_supplement_is_decided_in_the_browser(browser: Browser, office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="review")
    with transaction.unit():
        actions.hold(claim.lines[0], by=office.actor("approval"), note="待核实")
    small.act(office, claim, "approve", "approval")
    with transaction.unit():
        actions.release(claim.lines[0], by=office.actor("approval"), note="已核实")
    browser.sign_in("approval")
    page = browser.submit(browser.open(f"/claims/{claim.id}"), "/supplement")
    assert page.said("已补充审批")
    db.session.expire_all()
    assert claim.lines[0].state is LineState.APPROVED
    assert browser.post(f"/claims/{claim.id}/supplement", expect=422).said("没有已解除暂缓")


def test_everybody_is_attested_in_one_form_with_exceptions_ticked(browser: Browser, office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    cohort, who = claim.cohort_id, claim.lines[1].person_id
    browser.sign_in("first_review")
    page = browser.open(f"/claims/attest/{cohort}")
    nothing = browser.submit(page, "/attest/", source="养老待遇名单", as_of="2022-06-13", expect=422)
    assert nothing.said("请勾选本次核对了哪些事项")
    page = browser.submit(
        page,
        "/attest/",
        facts=["pension_drawn"],
        found=[f"pension_drawn:{who}"],
        source="养老待遇名单",
        as_of="2022-06-13",
    )
    assert page.said("已登记 3 人的核对结果")
    assert page.said("申领已重新核验，1 人结论有变化")
    answer = registers.attested([who], []).of(Fact.PENSION_DRAWN, person_id=who)
    assert answer is not None
    assert (answer.value, answer.as_of) == (True, date(2022, 6, 13))
    assert browser.open(f"/claims/{claim.id}?verdict=refused").said("未达到法定退休年龄")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"source": ""}, "请写明核对的来源"),
        ({"as_of": "2022-06-15"}, "名单日期不能晚于今天"),
        ({"as_of": ""}, "请选择名单的日期"),
        ({"as_of": "junk"}, "名单日期"),
        ({"found": "retired:x"}, "例外人员"),
    ],
)
def test_a_check_without_source_or_of_tomorrow_is_refused_beside_the_field(
    browser: Browser, office: Office, sent: dict[str, str], said: str
) -> None:
    cohort = small.cohort_of(office)
    browser.sign_in("acceptance")
    told = {"facts": ["cross_fund_paid"], "source": "名单", "as_of": "2022-06-13", **sent}
    assert browser.post(f"/claims/attest/{cohort.id}", told, expect=422).said(said)


def test_an_exception_of_something_not_checked_is_refused(browser: Browser, office: Office) -> None:
    cohort = small.cohort_of(office)
    one = small.people_of(cohort)[0].person_id
    browser.sign_in("acceptance")
    told = {"facts": ["cross_fund_paid"], "found": [f"pension_drawn:{one}"], "source": "名单", "as_of": "2022-06-13"}
    assert browser.post(f"/claims/attest/{cohort.id}", told, expect=422).said("没有勾选为“本次核对”")


def test_the_firm_is_found_on_the_blacklist(browser: Browser, office: Office) -> None:
    cohort = small.cohort_of(office)
    browser.sign_in("acceptance")
    told = {
        "facts": ["enterprise_blacklisted"],
        "found": [f"enterprise_blacklisted:{cohort.operator_id}"],
        "source": "信用中国",
        "as_of": "2022-06-13",
    }
    browser.post(f"/claims/attest/{cohort.id}", told)
    answer = registers.attested([], [cohort.operator_id]).of(
        Fact.ENTERPRISE_BLACKLISTED, organisation_id=cohort.operator_id
    )
    assert answer is not None
    assert answer.value is True


def test_one_answer_is_recorded_under_the_history_of_all(browser: Browser, office: Office) -> None:
    cohort = small.cohort_of(office)
    one = small.people_of(cohort)[0]
    browser.sign_in("acceptance")
    page = browser.open(f"/claims/attest/{cohort.id}/{one.id}")
    page = browser.submit(
        page, "/attest/", fact="cross_fund_paid", value=["yes"], source="失业保险系统", as_of="2022-06-13"
    )
    assert page.said("失业保险系统")
    assert page.said("市社保局名单")
    browser.sign_in("supervisor")
    assert browser.open(f"/claims/attest/{cohort.id}/{one.id}").said("失业保险系统")


def test_the_firm_rechecks_its_draft_and_an_officer_a_submitted_claim(browser: Browser, office: Office) -> None:
    claim = small.draft(office, small.cohort_of(office))
    browser.sign_in("enterprise")
    page = browser.submit(browser.open(f"/claims/{claim.id}"), "/reassess")
    assert page.said("已重新核验")
    browser.submit(page, "/move", move="submit")
    assert browser.post(f"/claims/{claim.id}/reassess", expect=422).said("由办理岗位重新核验")
    browser.sign_in("acceptance")
    assert browser.submit(browser.open(f"/claims/{claim.id}"), "/reassess").said("已重新核验：0 人")


def test_something_new_since_the_last_check_is_pointed_out(browser: Browser, office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    with clock.at(date(2022, 6, 15)):
        with transaction.unit():
            assert claim.cohort is not None
            small.attest(office, claim.cohort, small.people_of(claim.cohort))
        browser.sign_in("acceptance")
        assert browser.open(f"/claims/{claim.id}").said("核验之后有新的依据")
        browser.submit(browser.open(f"/claims/{claim.id}"), "/reassess")
        assert not browser.open(f"/claims/{claim.id}").said("核验之后有新的依据")


@pytest.mark.parametrize("login", ["other_enterprise", "other_office"])
def test_a_strangers_claim_is_not_there(browser: Browser, office: Office, login: str) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    line, cohort = claim.lines[0], claim.cohort_id
    browser.sign_in(login)
    for path in (
        f"/claims/{claim.id}",
        f"/claims/lines/{line.id}",
        f"/claims/{claim.id}/move?move=submit",
        f"/claims/precheck/{cohort}",
        f"/claims/precheck/{cohort}/{line.enrolment_id}",
    ):
        browser.open(path, expect=404)
    assert not browser.open("/claims/").links(f"/claims/{claim.id}")


def test_officers_do_not_see_a_draft_and_a_training_institution_sees_what_was_submitted(
    browser: Browser, office: Office
) -> None:
    claim = small.draft(office, small.cohort_of(office))
    browser.sign_in("acceptance")
    browser.open(f"/claims/{claim.id}", expect=404)
    assert not browser.open(f"/claims/precheck/{claim.cohort_id}").links(f"/claims/{claim.id}")
    browser.sign_in("institution")
    browser.open(f"/claims/{claim.id}", expect=404)
    small.act(office, claim, "submit", "enterprise")
    assert browser.open(f"/claims/{claim.id}").said("只有申领单位的经办人或申领人本人可以办理")


def test_a_draft_that_was_withdrawn_is_nobody_elses_business(browser: Browser, office: Office) -> None:
    claim = small.act(office, small.draft(office, small.cohort_of(office)), "withdraw", "enterprise", note="重报")
    for login, expected in (("acceptance", 404), ("institution", 404), ("enterprise", 200)):
        browser.sign_in(login)
        browser.open(f"/claims/{claim.id}", expect=expected)


def test_a_relatives_claim_leaves_the_pile(browser: Browser, office: Office) -> None:
    claim = small.submitted(office, small.cohort_of(office))
    browser.sign_in("acceptance")
    assert browser.open("/claims/?pile=mine").links(f"/claims/{claim.id}")
    with transaction.unit():
        index = person(1).id_number_index
        db.session.add(
            Relative(account_id=office.actor("acceptance").id, id_number_index=index, declared_at=clock.now())
        )
    assert not browser.open("/claims/?pile=mine").links(f"/claims/{claim.id}")
    assert browser.open(f"/claims/{claim.id}").said("须回避")


def test_the_list_is_narrowed_by_state_text_and_lateness(browser: Browser, office: Office) -> None:
    late = small.submitted(office, small.cohort_of(office))
    other = small.walked(office, small.cohort_of(office, first=11), until="accept")
    browser.sign_in("acceptance")
    for query, found, hidden in ((f"q={late.number}", late, other), ("state=accepted", other, late)):
        page = browser.open(f"/claims/?{query}")
        assert page.links(f"/claims/{found.id}")
        assert not page.links(f"/claims/{hidden.id}")
    assert browser.open("/claims/?q=没有这样的").said("没有符合条件的申领")
    with clock.at(date(2022, 6, 22)):
        browser.sign_in("acceptance")
        page = browser.open("/claims/?pile=overdue")
        assert page.said("超期 2 个工作日")
        assert not page.links(f"/claims/{other.id}")


def test_the_people_of_a_claim_are_filtered_by_verdict_and_name(browser: Browser, office: Office) -> None:
    cohort = small.cohort_of(office)
    with transaction.unit():
        db.session.get_one(Result, small.people_of(cohort)[0].id).verified = False
    claim = small.submitted(office, cohort)
    browser.sign_in("acceptance")
    refused = browser.open(f"/claims/{claim.id}?verdict=refused")
    assert refused.said("学徒1")
    assert not refused.said("学徒2")
    assert browser.open(f"/claims/{claim.id}?q=学徒2").said("学徒2")
    assert browser.open(f"/claims/{claim.id}?q=没有").said("没有符合条件的人")


def test_the_precheck_says_what_is_missing_and_shows_each_person(browser: Browser, office: Office) -> None:
    cohort = small.cohort_of(office)
    one = small.people_of(cohort)[0]
    with transaction.unit():
        db.session.delete(db.session.get_one(Result, one.id))
    browser.sign_in("enterprise")
    page = browser.open(f"/claims/precheck/{cohort.id}?verdict=unknown")
    assert page.said("还有 1 人没有录入考核结果")
    (way,) = page.links(f"/precheck/{cohort.id}/{one.id}")
    assert browser.open(way).said("尚未录入考核结果")
    draft = browser.submit(page, "/open")
    assert draft.said("还有 1 人没有录入考核结果，录入后才能提交。")
    assert browser.post(f"/claims/precheck/{cohort.id}/open", expect=422).said("不能重复申领")


def queries_for(app: Flask, browser: Browser, path: str) -> int:
    browser.open(path)
    db.session.remove()
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        browser.open(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)


def test_pages_cost_the_same_few_queries_for_three_rows_and_thirty(
    app: Flask, browser: Browser, office: Office
) -> None:
    claims = [
        small.submitted(office, small.cohort_of(office, people, first=first)) for people, first in ((3, 1), (30, 100))
    ]
    ids = [(claim.id, claim.cohort_id, claim.lines[0].id) for claim in claims]
    browser.sign_in("acceptance")
    # Where the money is costs seven, what is odd one, what lists hold three, who shares an account, phone or device two
    # for the claim and four for a line, whose evidence is read too.
    for path, most in (
        ("/claims/{0}", 26),
        ("/claims/lines/{2}", 17),
        ("/claims/precheck/{1}", 16),
        ("/claims/attest/{1}", 12),
    ):
        costs = {queries_for(app, browser, path.format(*one)) for one in ids}
        assert len(costs) == 1, (path, costs)
        assert costs.pop() <= most, path
    before = queries_for(app, browser, "/claims/")
    for claim_id, *_ in ids:
        with transaction.unit():
            db.session.get_one(Claim, claim_id).state = ClaimState.WITHDRAWN
    assert queries_for(app, browser, "/claims/") == before <= 12
