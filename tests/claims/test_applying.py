"""A founder on the phone: what they state, whether they may claim, and the message on the first possible day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.client import Browser, Page
from tests.factories import DISTRICT, Office, person
from trainingadmin.claims import actions, applicants, queries
from trainingadmin.claims.models import Declaration, Reminder
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import SYSTEM, Actor, Role
from trainingadmin.people import actions as accounts
from trainingadmin.people import sessions
from trainingadmin.people.models import InboxMessage, Person, SignIn
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact

GRANT = "entrepreneurship_grant"
NOW = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
STATED: dict[str, Any] = {
    "registered_on": "2025-11-23",
    "entity_type": "个体工商户",
    "groups": [{"group": "返乡入乡", "from": "2026-03-02"}],
    "is_founder": True,
    "is_operator": True,
    "earlier_entities": 0,
}


@pytest.fixture(autouse=True)
def _in_march_2026() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def founder(office: Office) -> Person:
    """A woman of 35 with a phone number on record."""
    with transaction.unit():
        found = person(42, "创业者", born_on=date(1990, 6, 1))
        found.phone = "13800000042"
    return found


@pytest.fixture
def account(founder: Person) -> Actor:
    """Her way in."""
    with transaction.unit():
        opened = accounts.open_account("创业者", [Role.TRAINEE], person_id=founder.id, by=SYSTEM)
    return sessions.as_actor(opened)


def declare(founder: Person, by: Actor, scheme: str = GRANT, office_code: str = DISTRICT, **other: Any) -> Declaration:
    stated = {name: value for name, value in {**STATED, **other}.items() if value is not None}
    with transaction.unit():
        return actions.declare(scheme, founder, stated, office_code, by=by)


def outcomes(founder: Person) -> dict[str, str]:
    foreseen = applicants.foresee(GRANT, founder)
    assert foreseen is not None
    return {one.code: one.outcome.value for one in foreseen.decision.findings}


def test_what_is_stated_counts_and_the_rest_is_left_to_officers(founder: Person, account: Actor) -> None:
    declare(founder, account, registered_on="2025-01-10")
    told = outcomes(founder)
    assert [told[code] for code in ("group", "operating-short", "not-founder", "not-first")] == ["pass"] * 4
    assert [told[code] for code in ("not-operating", "household-paid", "site-visit")] == ["unknown"] * 3
    foreseen = applicants.foresee(GRANT, founder)
    assert foreseen is not None
    assert foreseen.sources["registered_on"] == {"from": "declared", "on": "2026-03-02"}
    assert foreseen.sources["registry_status"] == {"from": "unattested"}


def test_too_early_names_the_first_possible_day(founder: Person, account: Actor) -> None:
    declare(founder, account)
    foreseen = applicants.foresee(GRANT, founder)
    assert foreseen is not None
    assert (foreseen.decision.verdict.value, foreseen.possible_on) == ("refused", date(2026, 11, 23))


def test_the_latest_statement_counts_and_the_earlier_ones_are_kept(founder: Person, account: Actor) -> None:
    declare(founder, account, earlier_entities=2)
    assert outcomes(founder)["not-first"] == "fail"
    declare(founder, account)
    assert outcomes(founder)["not-first"] == "pass"
    assert len(list(db.session.scalars(select(Declaration)))) == 2


def test_what_an_officer_found_is_used_with_its_source(office: Office, founder: Person, account: Actor) -> None:
    declare(founder, account)
    acceptance, on = office.actor("acceptance"), date(2026, 3, 1)
    with transaction.unit():
        registers.attest(Fact.PENSION_DRAWN, True, persons=[founder.id], source="市社保局名单", as_of=on, by=acceptance)
    assert outcomes(founder)["retired"] == "fail"


def test_what_was_left_empty_is_the_applicants_to_say(founder: Person, account: Actor) -> None:
    declare(founder, account, is_operator=None)
    foreseen = applicants.foresee(GRANT, founder)
    assert foreseen is not None
    assert (outcomes(founder)["not-operator"], foreseen.sources["is_operator"]) == ("unknown", {"from": "unstated"})


def test_nothing_stated_is_nothing_foreseen(founder: Person) -> None:
    assert applicants.foresee(GRANT, founder) is None


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"scheme": "apprenticeship"}, "apply-scheme", None),
        ({"office_code": "000000"}, "apply-office", "office_code"),
        ({"site_visit_passed": True}, "bad-fact", None),
        ({"registered_on": "gestern"}, "bad-fact", "registered_on"),
        ({"registered_on": "2001-01-01"}, "no-policy", "registered_on"),
        ({"registered_on": None}, "bad-fact", "registered_on"),
    ],
)
def test_a_statement_is_refused(
    founder: Person, account: Actor, changes: dict[str, Any], code: str, field: str | None
) -> None:
    with pytest.raises(Refusal) as refused:
        declare(founder, account, **changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_nobody_states_anything_for_another(office: Office, founder: Person) -> None:
    with pytest.raises(Refusal, match="apply-self"):
        declare(founder, office.actor("acceptance"))


def test_a_reminder_is_sent_once_on_its_day(founder: Person, account: Actor) -> None:
    declare(founder, account)
    with transaction.unit():
        first = actions.remind(GRANT, founder, by=account)
        assert actions.remind(GRANT, founder, by=account).id == first.id
    for day, sent in ((date(2026, 11, 22), 0), (date(2026, 11, 23), 1), (date(2026, 11, 24), 0)):
        with clock.at(datetime(day.year, day.month, day.day, 8, tzinfo=ZoneInfo("Asia/Shanghai"))), transaction.unit():
            assert actions.send_reminders() == sent
    (message,) = db.session.scalars(select(InboxMessage))
    assert "一次性创业补贴" in message.body


def test_without_a_gateway_a_reminder_waits(founder: Person, account: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(founder, account)
    with transaction.unit():
        actions.remind(GRANT, founder, by=account)

    def silent(_phone: str, _body: str) -> None:
        raise Refusal("sms-missing", "短信网关尚未配置，请联系管理员。")

    monkeypatch.setattr("trainingadmin.people.messages.send", silent)
    with clock.at(datetime(2026, 12, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai"))), transaction.unit():
        assert actions.send_reminders() == 0
    assert db.session.scalar(select(Reminder.sent_at)) is None


def test_there_is_no_reminder_without_a_day_or_a_phone(founder: Person, account: Actor) -> None:
    declare(founder, account, registered_on="2025-01-10")
    with pytest.raises(Refusal, match="remind-nothing"), transaction.unit():
        actions.remind(GRANT, founder, by=account)
    declare(founder, account)
    with transaction.unit():
        db.session.get_one(Person, founder.id).phone = None
    with pytest.raises(Refusal, match="remind-phone"), transaction.unit():
        actions.remind(GRANT, founder, by=account)


def signed_in(browser: Browser, account: Actor) -> Page:
    token, now = "f" * 43, clock.now()
    with transaction.unit():
        digest = sessions._hash(token)
        db.session.add(SignIn(token_hash=digest, account_id=account.id, started_at=now, seen_at=now))
    browser.client.set_cookie("signin", token)
    return browser.open("/m")


def test_a_founder_finds_the_card_from_the_first_page_and_asks_to_be_reminded(
    browser: Browser, founder: Person, account: Actor
) -> None:
    (way,) = signed_in(browser, account).links("/claims/apply/")
    page = browser.open(way)
    told = {**STATED, "groups": ["返乡入乡"], "is_founder": "yes", "is_operator": "yes", "earlier_entities": "0"}
    page = browser.submit(page, "/facts", office_code=DISTRICT, **told)
    assert page.said("最早 2026-11-23 可以申请")
    assert page.said("本人填报（2026-03-02）")
    page = browser.submit(page, "/remind")
    assert page.said("到时会发短信提醒您")
    assert browser.download(f"{way}/letter").startswith(b"%PDF")
    again = browser.open(f"{way}/facts")
    assert again.form("/facts") is not None
    assert queries.reminder(GRANT, founder.id, date(2026, 11, 23)) is not None


def test_a_wrong_date_is_told_beside_its_field(browser: Browser, founder: Person, account: Actor) -> None:
    signed_in(browser, account)
    page = browser.open(f"/claims/apply/{GRANT}/facts")
    page = browser.submit(page, "/facts", office_code=DISTRICT, registered_on="2001-01-01", expect=422)
    assert page.said("早于最早的政策版本")


def test_other_schemes_are_not_applied_for_by_people(browser: Browser, founder: Person, account: Actor) -> None:
    signed_in(browser, account)
    for name in ("apprenticeship", "none"):
        browser.open(f"/claims/apply/{name}", expect=404)
    browser.open(f"/claims/apply/{GRANT}/letter", expect=404)
