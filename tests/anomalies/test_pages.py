"""Pages of anomalies as officers, supervision and others meet them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.attendance import classes
from tests.attendance import stage as attendance
from tests.claims import stage as claims
from tests.client import Browser
from tests.factories import Office
from tests.registers import lists
from tests.sample_files import sample
from tests.wages import stage as wages
from trainingadmin.anomalies import actions
from trainingadmin.anomalies.actions import searching
from trainingadmin.anomalies.detecting import Sighting
from trainingadmin.anomalies.models import Anomaly
from trainingadmin.anomalies.states import AnomalyKind
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db


@pytest.fixture
def searched(office: Office) -> dict[AnomalyKind, int]:
    """Apprentices and class of the samples with their anomalies, by kind."""
    attendance.attended_cohort(office)
    classes.attended_class(office)
    lists.imported(office, sample(lists.DEATH))
    with clock.at(attendance.IMPORTED_ON), transaction.unit():
        actions.search()
    return {one.kind: one.id for one in db.session.scalars(select(Anomaly))}


def test_the_list_is_narrowed_by_kind_state_and_person(browser: Browser, searched: dict[AnomalyKind, int]) -> None:
    browser.sign_in("acceptance")
    page = browser.open("/anomalies/")
    assert page.said("死亡之后仍有签到")
    assert page.said("龚艳珍")
    assert browser.open("/anomalies/?kind=after-death").said("1 条")
    assert browser.open("/anomalies/?q=龚艳珍").said("1 条")
    assert browser.open("/anomalies/?state=cleared").said("没有符合条件的异常")
    assert browser.open("/anomalies/?kind=nonsense&state=nonsense").said("死亡之后仍有签到")


def test_an_officer_clears_one_by_the_page(browser: Browser, searched: dict[AnomalyKind, int]) -> None:
    browser.sign_in("acceptance")
    assert browser.open("/desk").said("异常待核实")
    address = f"/anomalies/{searched[AnomalyKind.AFTER_DEATH]}"
    page = browser.open(address)
    assert page.said("2020-05-16 死亡，此后仍有 10 次到课记录")
    assert page.said("查看死亡名单")
    form = browser.open(f"{address}/moves/clear")
    assert browser.submit(form, "", expect=422).said("请写明理由")
    done = browser.submit(form, "", note="名单登记有误，本人健在")
    assert done.said("已登记：排除")
    assert done.said("名单登记有误，本人健在")


def test_supervision_reads_and_cannot_rule(browser: Browser, searched: dict[AnomalyKind, int]) -> None:
    browser.sign_in("supervisor")
    address = f"/anomalies/{searched[AnomalyKind.IDENTICAL_SECONDS]}"
    assert browser.open(address).said("由受理岗或初审岗核实")
    form = browser.open(f"{address}/moves/clear")
    assert browser.submit(form, "", note="看过", expect=422).said("您的岗位不办理这一步")


def test_supervision_finds_what_was_referred_on_its_desk_and_rules(
    browser: Browser, searched: dict[AnomalyKind, int]
) -> None:
    address = f"/anomalies/{searched[AnomalyKind.IDENTICAL_SECONDS]}"
    browser.sign_in("acceptance")
    browser.submit(browser.open(f"{address}/moves/refer"), "", note="签到机记录可疑")
    assert browser.open(address).said("由督查稽核岗核实")
    browser.sign_in("supervisor")
    assert address in browser.open("/desk").links("/anomalies/")
    page = browser.open(address)
    (way,) = page.links("/moves/uphold")
    form = browser.open(way)
    assert browser.submit(form, "", expect=422).said("请写明理由")
    done = browser.submit(form, "", note="调取了签到机原始数据")
    assert done.said("督查认定属实")
    assert done.said("调取了签到机原始数据")


@pytest.mark.parametrize("login", ["enterprise", "institution"])
def test_whom_it_may_be_about_does_not_see_it(browser: Browser, searched: dict[AnomalyKind, int], login: str) -> None:
    browser.sign_in(login)
    browser.open("/anomalies/", expect=403)


def test_another_districts_is_not_there(browser: Browser, searched: dict[AnomalyKind, int]) -> None:
    browser.sign_in("other_office")
    assert browser.open("/anomalies/").said("没有发现异常")
    browser.open(f"/anomalies/{searched[AnomalyKind.AFTER_DEATH]}", expect=404)


def test_policy_sets_limits_by_the_page(browser: Browser, office: Office) -> None:
    browser.sign_in("policy")
    page = browser.open("/anomalies/limits")
    assert browser.submit(page, "", reason="", expect=422).said("请写明调整的原因")
    assert browser.submit(page, "", perfect_percent="101", reason="试", expect=422).said("请填写 1 至 100 的整数")
    done = browser.submit(page, "", perfect_percent="95", reason="小班多")
    assert done.said("下一次查找起按新标准")
    assert done.said("小班多")
    browser.sign_in("supervisor")
    assert browser.open("/anomalies/limits").said("95")


def test_a_claim_shows_what_is_odd_about_its_people(browser: Browser, office: Office) -> None:
    claim = claims.submitted_claim(office)
    one, other, *_ = claims.lines_of(claim)
    facts = {"day": "2020-05-12", "starts": "09:00", "ends": "12:00", "came": "21:40:00", "left": "21:41:10"}
    people = {one.enrolment_id or 0: one.person_id}
    seen = Sighting(AnomalyKind.OUTSIDE_HOURS, "1:1", claim.office_code, claim.cohort_id or 0, facts, [], people)
    with transaction.unit():
        searching._keep(seen)
    browser.sign_in("acceptance")
    assert browser.open(f"/claims/{claim.id}").said("考勤或花名册有 1 条异常")
    assert browser.open(f"/claims/lines/{one.id}").said("却于 21:40:00 签到")
    assert not browser.open(f"/claims/lines/{other.id}").said("条异常")
    browser.sign_in("enterprise")
    assert not browser.open(f"/claims/{claim.id}").said("条异常")


def test_people_trained_at_work_are_led_to_their_filing_as_they_have_no_attendance(
    browser: Browser, office: Office
) -> None:
    for first, last in ((date(2020, 6, 1), date(2020, 8, 1)), (date(2020, 9, 1), date(2020, 10, 1))):
        work = wages.approved(office, first_month=first, last_month=last)
    with clock.at(attendance.IMPORTED_ON), transaction.unit():
        actions.search_if_new()
    browser.sign_in("acceptance")
    listed = browser.open("/anomalies/")
    (found,) = [link for link in listed.links("/anomalies/") if link.rpartition("/")[2].isdigit()]
    for page in (listed, browser.open(found)):
        assert page.links(f"/cohorts/{work.id}")
        assert not page.links(f"/attendance/{work.id}")
