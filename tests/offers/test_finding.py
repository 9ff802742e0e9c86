"""The nightly search for what could be claimed: what it finds, keeps, ends, and never decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.applications import stage as grants
from tests.claims import small
from tests.client import Browser
from tests.cohorts.rosters import name, number
from tests.factories import Office
from tests.registers import lists
from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import Claim
from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.identifiers import IdNumber
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import SYSTEM, Actor, Role
from trainingadmin.offers import actions, queries
from trainingadmin.offers.models import Offer
from trainingadmin.offers.states import Fate
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.registers.states import Register

TODAY = date(2026, 11, 22)
OPENED = date(2025, 11, 23)


def search(on: date = TODAY, at_once: int = 100) -> int:
    with clock.at(on), transaction.unit():
        return actions.find(at_once)


def offers() -> list[Offer]:
    return list(db.session.scalars(select(Offer).order_by(Offer.id).execution_options(populate_existing=True)))


def founder(office: Office, shop: Mapping[str, Value] | None = None, *, group: bool = True) -> None:
    """Import a status list and a business register on which one shop stands."""
    who = {"name": name(1), "id_number": number(1)}
    listed = who if group else {"name": name(2), "id_number": number(2)}
    lists.imported(office, lists.made_up(Register.STATUS, [listed], as_of="2026-10-31"), on=TODAY)
    line: dict[str, Value] = {**who, "from_on": OPENED, "founder": "是", **(shop or {})}
    lists.imported(office, lists.made_up(Register.BUSINESS, [line], as_of="2026-10-31"), on=TODAY)


def test_a_founder_learns_the_first_day_and_the_amount_before_it_comes(office: Office) -> None:
    founder(office)
    assert search() == 1
    (found,) = offers()
    assert (found.scheme, found.possible_on, found.amount) == (
        "entrepreneurship_grant",
        date(2026, 11, 23),
        Money.yuan(10_000),
    )
    outcomes = {one["code"]: one["outcome"] for one in found.findings}
    assert (outcomes["group"], outcomes["operating-short"]) == ("pass", "pass")
    assert {outcomes[code] for code in ("not-first", "person-paid", "entity-paid", "site-visit")} == {"unknown"}
    assert "fail" not in outcomes.values()
    assert found.sources["groups"]["as_of"] == "2026-10-31"


@pytest.mark.parametrize(
    ("group", "shop"),
    [
        (False, {}),
        (True, {"standing": "注销"}),
        (True, {"standing": "经营异常"}),
        (True, {"word": "有限责任公司分公司"}),
        (True, {"founder": "否"}),
        (True, {"from_on": add_months(TODAY, -37)}),
        (True, {"from_on": date(2026, 11, 1)}),  # after the list: odd, for a human first
    ],
)
def test_who_fails_a_condition_for_good_is_offered_nothing(office: Office, group: bool, shop: dict[str, Value]) -> None:
    founder(office, shop, group=group)
    search()
    assert offers() == []


def test_searching_again_changes_nothing_and_the_first_day_stays(office: Office) -> None:
    founder(office)
    search()
    assert search() == 0
    assert search(TODAY + timedelta(days=30)) == 0
    (found,) = offers()
    assert found.possible_on == date(2026, 11, 23)
    assert queries.fate_of(found) is Fate.OPEN


def test_an_offer_expires_when_its_time_is_over_and_comes_back_when_it_was_a_mistake(office: Office) -> None:
    founder(office)
    search()
    gone: dict[str, Value] = {"name": name(1), "id_number": number(1), "from_on": OPENED, "standing": "注销"}
    lists.imported(office, lists.made_up(Register.BUSINESS, [gone], as_of="2026-11-01"), on=TODAY)
    assert search() == 1
    assert queries.fate_of(offers()[0]) is Fate.EXPIRED
    back = {**gone, "standing": "存续", "founder": "是"}
    lists.imported(office, lists.made_up(Register.BUSINESS, [back], as_of="2026-11-02"), on=TODAY)
    assert search() == 1
    assert queries.fate_of(offers()[0]) is Fate.OPEN


def test_certified_apprentices_without_a_claim_are_found_with_what_is_planned(office: Office) -> None:
    cohort = small.cohort_of(office)
    assert search(small.CLAIMED_ON) == 3
    assert {(one.cohort_id, one.amount, one.organisation_id) for one in offers()} == {
        (cohort.id, Money.yuan(8000), office.enterprise.id)
    }
    (waiting,) = queries.waiting(office.actor("enterprise"))
    assert (waiting.people, waiting.amount) == (3, Money.yuan(24_000))


def test_a_draft_changes_nothing_and_a_submitted_claim_ends_the_offer(office: Office) -> None:
    cohort = small.cohort_of(office)
    search(small.CLAIMED_ON)
    with clock.at(small.CLAIMED_ON), transaction.unit():
        claim = claims.open_claim(cohort, by=office.actor("enterprise"))
    assert search(small.CLAIMED_ON + timedelta(days=1)) == 0
    with clock.at(small.CLAIMED_ON + timedelta(days=1)), transaction.unit():
        claims.submit(claim, by=office.actor("enterprise"))
    assert search(small.CLAIMED_ON + timedelta(days=2)) == 3
    assert {queries.fate_of(one) for one in offers()} == {Fate.CLAIMED}


def listed(office: Office, *founders: Actor) -> None:
    """Put founders on the status list and, at one shop, on the business register; none of them draws a pension."""
    who: list[dict[str, Value]] = [
        {"name": grants.person_of(one).name, "id_number": grants.person_of(one).id_number} for one in founders
    ]
    lists.imported(office, lists.made_up(Register.STATUS, who, as_of="2026-02-28"), on=grants.APPLIED_ON)
    shops: list[dict[str, Value]] = [{**one, "from_on": grants.OPENED_ON, "founder": "是"} for one in who]
    lists.imported(office, lists.made_up(Register.BUSINESS, shops, as_of="2026-02-28"), on=grants.APPLIED_ON)
    old = {"name": name(2), "id_number": number(2)}
    lists.imported(office, lists.made_up(Register.PENSION, [old], as_of="2026-02-28"), on=grants.APPLIED_ON)


def test_a_founders_draft_changes_nothing_and_a_submitted_application_ends_the_offer(
    office: Office, browser: Browser
) -> None:
    actor = grants.founder(office)
    listed(office, actor)
    search(grants.APPLIED_ON)
    claim = grants.prepared(actor, grants.draft(actor))
    assert search(grants.ACCEPTED_ON) == 0
    with clock.at(grants.ACCEPTED_ON), transaction.unit():
        claims.submit(claim, by=actor)
    assert search(grants.VISITED_ON) == 1
    assert queries.of_person(grants.person_of(actor).id) == []
    browser.sign_in("acceptance")
    assert browser.open("/offers/?fate=claimed").said("石开业")
    assert not browser.open("/offers/").said("石开业")
    assert search(grants.CHECKED_ON) == 0


def test_who_was_paid_is_offered_nothing_and_nobody_else_for_that_business(office: Office) -> None:
    paid, other = grants.founder(office), grants.founder(office, 43, "王合伙")
    listed(office, paid, other)
    search(grants.APPLIED_ON)
    assert len(offers()) == 2
    grants.paid(office, paid)
    search(grants.PAYABLE_ON)
    assert [queries.fate_of(one) for one in offers()] == [Fate.CLAIMED, Fate.CLAIMED]


def test_an_application_before_the_first_search_is_never_offered(office: Office) -> None:
    actor = grants.founder(office)
    grants.submitted(actor)
    listed(office, actor)
    assert search(grants.ACCEPTED_ON) == 0
    assert offers() == []


def test_who_withdrew_may_apply_again_and_is_told_so(office: Office) -> None:
    actor = grants.founder(office)
    listed(office, actor)
    claim = grants.submitted(actor)
    with clock.at(grants.APPLIED_ON), transaction.unit():
        claims.move(claim, "withdraw", by=actor, note="先不申请")
    assert search(grants.ACCEPTED_ON) == 1
    assert [queries.fate_of(one) for one in offers()] == [Fate.OPEN]


def test_what_was_dismissed_stays_so_when_it_is_claimed_after_all(office: Office) -> None:
    actor = grants.founder(office)
    listed(office, actor)
    search(grants.APPLIED_ON)
    dismiss(office)
    grants.submitted(actor)
    assert search(grants.ACCEPTED_ON) == 0
    (found,) = offers()
    assert (queries.fate_of(found), found.claimed_at) == (Fate.DISMISSED, None)


def test_it_decides_nothing_and_opens_no_claim(office: Office) -> None:
    small.cohort_of(office)
    search(small.CLAIMED_ON)
    assert db.session.scalar(select(func.count()).select_from(Claim)) == 0


def test_a_turn_searches_a_few_and_the_next_goes_on_where_it_ended(office: Office) -> None:
    small.cohort_of(office, 1)
    small.cohort_of(office, 1, first=100)
    assert [search(small.CLAIMED_ON, at_once=1) for _ in range(3)] == [1, 1, 0]
    assert len(offers()) == 2


def test_a_turn_that_is_killed_never_was(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    small.cohort_of(office, 1)
    small.cohort_of(office, 1, first=100)
    honest, calls = actions._search_filing, list[int]()

    def dies_at_the_second(cohort_id: int, today: date) -> int:
        calls.append(cohort_id)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return honest(cohort_id, today)

    monkeypatch.setattr(actions, "_search_filing", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        search(small.CLAIMED_ON)
    assert offers() == []
    monkeypatch.undo()
    assert search(small.CLAIMED_ON) == 2


def dismiss(office: Office, reason: str = "本人书面放弃", login: str = "acceptance") -> None:
    with transaction.unit():
        actions.dismiss(offers()[0], reason, by=office.actor(login))


def test_a_dismissed_offer_stays_away_and_says_why(office: Office) -> None:
    founder(office)
    search()
    dismiss(office)
    search(TODAY + timedelta(days=1))
    (found,) = offers()
    assert (queries.fate_of(found), found.reason) == (Fate.DISMISSED, "本人书面放弃")
    (entry,) = journal.of(f"offers:{found.id}")
    assert (entry.verb, entry.account_id) == ("dismiss-offer", office.accounts["acceptance"].id)


@pytest.mark.parametrize("login", ["supervisor", "enterprise"])
def test_only_officers_dismiss(office: Office, login: str) -> None:
    founder(office)
    search()
    with pytest.raises(Refusal) as refused:
        dismiss(office, login=login)
    assert refused.value.code == "offer-role"


def test_dismissing_gives_a_reason_and_is_done_once(office: Office) -> None:
    founder(office)
    search()
    with pytest.raises(Refusal) as refused:
        dismiss(office, " ")
    assert refused.value.code == "offer-reason"
    dismiss(office)
    with pytest.raises(Refusal) as refused:
        dismiss(office)
    assert refused.value.code == "offer-ended"


def test_officers_see_the_list_and_dismiss_on_the_page(office: Office, browser: Browser) -> None:
    founder(office)
    search()
    browser.sign_in("acceptance")
    assert browser.open("/desk").links("/offers/")
    page = browser.open("/offers/?scheme=entrepreneurship_grant")
    (href,) = [link for link in page.links("/offers/") if link.rstrip("/").split("/")[-1].isdigit()]
    shown = browser.open(href)
    assert shown.said("自 2026-11-23 起可以申领 10,000.00 元")
    assert shown.said("脱贫劳动力名单 2026-10-31 快照")
    assert browser.submit(shown, "", reason="", expect=422).said("请写明不再提示的原因")
    assert browser.submit(shown, "", reason="放弃").said("已不再提示")
    assert browser.open("/offers/?fate=dismissed").said(name(1))
    browser.sign_in("other_office")
    assert not browser.open("/offers/").said(name(1))
    browser.open(href, expect=404)


def test_a_firm_finds_the_sum_on_its_desk_and_the_way_to_its_claim(office: Office, browser: Browser) -> None:
    cohort = small.cohort_of(office)
    search(small.CLAIMED_ON)
    browser.sign_in("enterprise")
    desk = browser.open("/desk")
    assert desk.said("24,000.00")
    assert desk.links(f"/claims/precheck/{cohort.id}")
    first = offers()[0]
    assert browser.open(f"/offers/{first.id}").links(f"/claims/precheck/{cohort.id}")
    browser.sign_in("other_enterprise")
    browser.open(f"/offers/{first.id}", expect=404)


def test_a_founder_finds_it_on_the_phone(office: Office, browser: Browser) -> None:
    one = IdNumber.parse(number(1))
    with transaction.unit():
        person = people.add_person(one.text, name(1), one.born_on, one.sex.value)
        people.open_account(name(1), [Role.TRAINEE], person_id=person.id, by=SYSTEM)
    founder(office)
    search()
    (mine,) = queries.of_person(person.id)
    assert (mine.possible_on, mine.amount) == (date(2026, 11, 23), Money.yuan(10_000))
    assert queries.of_person(person.id + 1) == []
