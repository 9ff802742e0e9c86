"""Where the money is: each stage with its day, the promised day, who has it and what is overdue; the same for everybody."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from tests.claims import small
from tests.claims.stage import lines_of
from tests.client import Browser
from tests.factories import Office, person
from tests.notices.stage import POSTED_ON
from tests.payments import stage as money
from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import Claim
from trainingadmin.desk import whereabouts
from trainingadmin.kernel.roles import Role
from trainingadmin.notices import actions as notices
from trainingadmin.people.models import Account
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

TUE, WED = date(2022, 6, 14), date(2022, 6, 15)


def of(office: Office, claim: Claim, login: str = "first_review", *, on: date) -> whereabouts.Trail:
    """The trail of a claim on a day, as somebody reads it."""
    with clock.at(on):
        found = whereabouts.of_claim(claim.id, office.actor(login))
    assert found is not None
    return found


def stage(found: whereabouts.Trail, label: str) -> dict[str, object]:
    """One stage by its name."""
    return next(one for one in found.stages if one["label"] == label)


def claim_of(office: Office, people: int = 3) -> Claim:
    return small.submitted(office, small.cohort_of(office, people))


def test_a_submitted_claim_is_at_acceptance_and_everything_later_has_a_day(office: Office) -> None:
    found = of(office, claim_of(office), on=small.CLAIMED_ON)
    assert (found.now["label"], found.now["promised_on"], found.now["left"]) == ("受理", date(2022, 6, 20), 5)
    assert found.now["names"] == ["acceptance"]
    promised = [stage(found, label)["promised_on"] for label in ("初审", "审批", "公示", "拨付")]
    assert promised == [date(2022, 7, 4), date(2022, 7, 4), date(2022, 7, 11), date(2022, 8, 11)]


def test_staff_read_names_and_the_firm_reads_the_post(office: Office) -> None:
    claim = claim_of(office)
    assert "石棉县人力资源和社会保障局 受理岗（acceptance）" in of(office, claim, on=TUE).now["facts"]
    firm = of(office, claim, "enterprise", on=TUE)
    assert "石棉县人力资源和社会保障局 受理岗" in firm.now["facts"]
    assert all(not one["names"] for one in firm.stages)


def test_overdue_is_counted_in_working_days_and_a_late_stage_stays_marked(office: Office) -> None:
    claim = claim_of(office)
    assert of(office, claim, on=date(2022, 6, 27)).now["over"] == 5
    small.act(office, claim, "accept", "acceptance", on=date(2022, 6, 22))
    found = of(office, claim, on=date(2022, 6, 22))
    assert (stage(found, "受理")["over"], found.now["label"], found.now["over"]) == (2, "初审", None)


def test_amending_stops_the_clock(office: Office) -> None:
    claim = claim_of(office)
    small.act(office, claim, "return", "acceptance", on=WED, note="缺签到表")
    found = of(office, claim, on=date(2022, 7, 1))
    assert (found.now["label"], found.now["promised_on"], found.now["over"]) == ("提交", None, None)
    small.act(office, claim, "submit", "enterprise", on=date(2022, 7, 4))
    assert of(office, claim, on=date(2022, 7, 4)).now["promised_on"] == date(2022, 7, 7)


def posted(office: Office) -> Claim:
    claim = small.walked(office, small.cohort_of(office), until="approve")
    with clock.at(POSTED_ON), transaction.unit():
        notices.publish(lines_of(claim), "公示", by=office.actor("approval"))
    return claim


def own(office: Office, line_id: int, *, on: date) -> whereabouts.Trail:
    with clock.at(on):
        return next(iter(whereabouts.of_lines([line_id], office.actor("enterprise")).values()))


def test_an_objection_stops_only_the_person_concerned(office: Office) -> None:
    claim = posted(office)
    first, second, _third = lines_of(claim)
    with clock.at(POSTED_ON), transaction.unit():
        claims.move_lines([first], "object", by=office.actor("approval"), note="有人反映未参加培训")
    mine, others = own(office, first.id, on=TUE), own(office, second.id, on=TUE)
    assert (mine.now["label"], mine.now["status"], mine.now["promised_on"]) == ("公示", "stopped", None)
    assert "有人反映未参加培训" in mine.now["note"]
    assert (others.now["label"], others.now["status"]) == ("公示", "now")
    assert "1 人有异议，只暂停这些人" in of(office, claim, on=TUE).now["note"]


def test_payment_is_promised_one_month_after_the_notice(office: Office) -> None:
    claim = posted(office)
    with clock.at(date(2022, 6, 28)), transaction.unit():
        notices.clear_due()
    found = of(office, claim, on=date(2022, 6, 28))
    assert (found.now["label"], found.now["promised_on"]) == ("拨付", date(2022, 7, 27))
    assert stage(found, "公示")["on"] == date(2022, 6, 27)
    assert of(office, claim, on=date(2022, 8, 1)).now["over"] == 3


def test_a_batch_says_whose_hands_the_money_is_in(office: Office) -> None:
    claim = money.cleared_claim(office, money.approved_cohort(office, advance=0))
    money.plan()
    batch = money.composed(office)
    assert (of(office, claim, on=money.PAYABLE_ON).now["names"]) == ["checker"]
    money.release(office, batch)
    assert of(office, claim, on=money.PAYABLE_ON).now["holder"] == "银行"
    money.answer(office, batch)
    found = of(office, claim, on=money.PAYABLE_ON)
    assert (found.now["label"], stage(found, "拨付")["on"]) == ("凭证", money.PAYABLE_ON)


def test_a_returned_payment_waits_for_the_payee(office: Office) -> None:
    claim = money.cleared_claim(office, money.approved_cohort(office, advance=0))
    money.plan()
    money.settled(office, failed={1: "户名不符"})
    line = money.lines(claim)[0]
    found = own(office, line.id, on=money.PAYABLE_ON)
    assert (found.now["status"], found.now["holder"]) == ("stopped", "收款人")


def test_a_missing_calendar_is_said(office: Office) -> None:
    claim = claim_of(office)
    with transaction.unit():
        claim.due_on = None
    found = of(office, claim, on=date(2027, 1, 4))
    assert found.missing_year == 2027


def test_a_refused_claim_ends_where_it_was_refused(office: Office) -> None:
    claim = claim_of(office)
    small.act(office, claim, "reject", "acceptance", on=TUE, note="材料不属于本县")
    found = of(office, claim, on=WED)
    assert [one["label"] for one in found.stages] == ["提交", "受理"]
    assert (found.now["status"], found.now["note"]) == ("stopped", "不予受理")


@pytest.mark.parametrize("login", ["acceptance", "approval", "supervisor", "enterprise", "institution"])
def test_the_page_of_a_claim_shows_it(office: Office, browser: Browser, login: str) -> None:
    claim = claim_of(office)
    browser.sign_in(login)
    page = browser.open(f"/claims/{claim.id}")
    assert "钱到哪一步了" in page.text
    assert "受理岗" in page.text


def test_the_desk_of_a_firm_lists_its_claims_under_way(office: Office, browser: Browser) -> None:
    claim = claim_of(office)
    browser.sign_in("enterprise")
    assert claim.number in browser.open("/desk").text


def test_a_trainee_sees_their_own_part(app: Flask, office: Office, browser: Browser) -> None:
    claim = claim_of(office)
    line = lines_of(claim)[0]
    with transaction.unit():
        account: Account = office.add("学徒", [Role.TRAINEE], person_id=line.person_id)
    assert account.person_id == line.person_id
    browser.sign_in("学徒")
    assert "受理" in browser.open("/m").text
    assert "应于 2022-06-20 前办结" in browser.open(f"/m/claims/{line.id}").text
    with transaction.unit():
        other = office.add("别人", [Role.TRAINEE], person_id=person(777).id)
    assert other.id
    browser.sign_in("别人")
    browser.open(f"/m/claims/{line.id}", expect=404)
    db.session.rollback()


def test_what_was_refused_is_over_and_not_paused(browser: Browser, office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office), until="accept")
    with clock.at(WED), transaction.unit():
        claims.move(claim, "refuse_checked", by=office.actor("first_review"), note="培养协议不成立")
    browser.sign_in("enterprise")
    page = browser.open(f"/claims/{claim.id}")
    assert page.said("不予批准")
    assert not page.said("暂停")
