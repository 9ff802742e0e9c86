"""Approved lines are posted, masked, for a window of working days."""

from __future__ import annotations

from datetime import date

import pytest

from tests.claims import small
from tests.claims.stage import approved_claim, lines_of, submitted_claim
from tests.client import Browser, values_of
from tests.factories import Office
from tests.notices import stage
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import CITY, Role
from trainingadmin.notices import actions
from trainingadmin.notices.models import Notice
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies.models import CalendarYear


def test_an_approver_posts_a_notice_with_a_form(browser: Browser, office: Office) -> None:
    claim = approved_claim(office)
    with clock.at(stage.POSTED_ON):
        browser.sign_in("approval")
        page = browser.submit(browser.open("/notices/publish"), "", title="学徒制补贴公示", claims=[str(claim.id)])
    assert page.said("GS-511824-2022-0001")
    db.session.expire_all()
    assert db.session.get_one(Claim, claim.id).state is ClaimState.IN_NOTICE


def test_nobody_who_posts_a_notice_makes_it_shorter_than_the_office_says(browser: Browser, office: Office) -> None:
    claim = approved_claim(office)
    with clock.at(stage.POSTED_ON):
        browser.sign_in("approval")
        form = browser.open("/notices/publish")
        page = browser.submit(form, "", title="公示", claims=[str(claim.id)], days="1", unit="natural", expect=422)
        assert page.said("公示期不能少于 5 天")
        assert browser.submit(form, "", title="公示", claims=[str(claim.id)], days="9").said("GS-511824-2022-0001")


@pytest.fixture
def of_two_offices(office: Office) -> list[int]:
    """Two claims that wait for notice, the second of the neighbour, and an approver of the city who sees both."""
    waiting = [small.walked(office, small.cohort_of(office, 1, first=at), until="approve").id for at in (1, 50)]
    with transaction.unit():
        of_the_neighbour = db.session.get_one(Claim, waiting[1])
        of_the_neighbour.office_code = "511822"
        office.add("city_approval", [Role.APPROVAL], office_code=CITY)
    return waiting


def test_claims_of_two_offices_are_not_posted_in_one_notice(
    browser: Browser, office: Office, of_two_offices: list[int]
) -> None:
    with clock.at(stage.POSTED_ON):
        browser.sign_in("city_approval")
        claims = [str(id_) for id_ in of_two_offices]
        page = browser.submit(browser.open("/notices/publish"), "", title="学徒制补贴公示", claims=claims, expect=422)
    assert page.said("一份公示只能列同一经办机构的申领：请只勾选其中一个机构的，其余的另发一份公示。")
    assert db.session.query(Notice).count() == 0


def test_the_claims_of_one_office_are_ticked_and_each_says_of_which_it_is(
    browser: Browser, office: Office, of_two_offices: list[int]
) -> None:
    mine, of_the_neighbour = of_two_offices
    with clock.at(stage.POSTED_ON):
        browser.sign_in("city_approval")
        page = browser.open("/notices/publish")
        assert values_of(page.form(""))["claims"] == [str(of_the_neighbour)]
        assert page.said("荥经县人力资源和社会保障局 · ")
        assert page.said("石棉县人力资源和社会保障局 · ")
        browser.submit(page, "", title="荥经县公示")
        page = browser.open("/notices/publish")
        assert values_of(page.form(""))["claims"] == [str(mine)]
        assert not page.said("石棉县人力资源和社会保障局 · ")
    assert db.session.query(Notice).one().office_code == "511822"


def test_the_window_runs_over_working_days_from_the_day_after(office: Office) -> None:
    notice = stage.posted_notice(office)
    assert (notice.closes_on, notice.payable_on) == (stage.CLOSES_ON, stage.PAYABLE_ON)


def test_the_body_holds_masked_numbers_and_no_phone_or_account(office: Office) -> None:
    notice = stage.posted_notice(office)
    text = str(notice.body)
    person = lines_of(db.session.query(Claim).one())[0].person
    assert person.id_number not in text
    assert f"{person.id_number[:6]}********{person.id_number[-4:]}" in text
    assert person.phone
    assert person.phone not in text
    assert (office.enterprise.payee_account or "") not in text
    assert notice.body["headcount"] == 30
    assert notice.body["total"] == "240000.00"


def test_lines_that_are_not_approved_cannot_be_posted(office: Office) -> None:
    claim = submitted_claim(office)
    with clock.at(stage.POSTED_ON), transaction.unit(), pytest.raises(Refusal) as refused:
        actions.publish(lines_of(claim), "公示", by=office.actor("approval"))
    assert refused.value.code == "nothing-to-publish"


def test_a_window_beyond_the_known_calendar_is_refused_not_guessed(office: Office) -> None:
    claim = approved_claim(office)
    with transaction.unit():
        db.session.query(CalendarYear).filter(CalendarYear.year >= 2027).delete()
    with clock.at(date(2026, 12, 30)), transaction.unit(), pytest.raises(Refusal) as refused:
        actions.publish(lines_of(claim), "公示", by=office.actor("approval"))
    assert refused.value.code == "calendar-missing"
    assert refused.value.values == {"year": 2027}


def test_a_line_is_posted_once(office: Office) -> None:
    claim = approved_claim(office)
    stage.posted_notice(office, claim)
    with clock.at(stage.POSTED_ON), transaction.unit(), pytest.raises(Refusal):
        actions.publish(lines_of(claim), "公示", by=office.actor("approval"))


def test_anybody_reads_the_notice_while_it_stands_and_no_names_afterwards(browser: Browser, office: Office) -> None:
    notice = stage.posted_notice(office)
    page = browser.open(f"/public/notices/{notice.number}")
    assert page.said("谭佳")
    assert page.response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert browser.open("/public/notices").said(notice.title)
    with clock.at(stage.PAYABLE_ON), transaction.unit():
        actions.clear_due()
    assert not browser.open(f"/public/notices/{notice.number}").said("谭佳")
    assert not browser.open("/public/notices").said(notice.title)


def test_staff_read_print_and_filter_by_district(browser: Browser, office: Office) -> None:
    notice = stage.posted_notice(office)
    browser.sign_in("acceptance")
    assert browser.open(f"/notices/{notice.id}").said("谭佳")
    assert browser.open(f"/notices/{notice.id}/print").said(notice.number)
    browser.sign_in("other_office")
    browser.open(f"/notices/{notice.id}", expect=404)
