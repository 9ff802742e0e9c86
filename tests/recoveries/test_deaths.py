"""A death that a list reports and a human confirms is shown where money was paid; humans decide, the system never does."""

from __future__ import annotations

from datetime import date

from tests.applications import stage as grants
from tests.client import Browser
from tests.factories import Office
from tests.payments import stage as payments
from tests.recoveries import stage
from tests.registers import lists
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.payments.states import DueKind
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.recoveries import queries
from trainingadmin.recoveries.models import RecoveryOrder
from trainingadmin.registers import actions as registers
from trainingadmin.registers import queries as found
from trainingadmin.registers.states import Register

YUAN = stage.YUAN
TODAY = payments.PAYABLE_ON


def confirmed(office: Office, person: Person, *, so: bool = True, on: date = TODAY) -> None:
    """A list reports a person dead, and an officer rules on it."""
    reported: dict[str, Value] = {"name": "石开业", "id_number": person.id_number, "from_on": date(2022, 3, 1)}
    lists.imported(office, lists.made_up(Register.DEATH, [reported], as_of="2022-05-31"), on=on)
    (match,) = found.matches(office.actor("acceptance"), kind="death")
    with clock.at(on), transaction.unit():
        registers.rule(match, so, "与户籍核对一致", by=office.actor("acceptance"))


def paid_apprentice(office: Office) -> Enrolment:
    payments.prepaid_claim(office, 2)
    payments.plan()
    payments.settled(office)
    return db.session.query(Enrolment).order_by(Enrolment.id).first()  # type: ignore[return-value]


def waiting(office: Office) -> list[queries.Dead]:
    db.session.expire_all()
    return queries.deaths(office.actor("preparer"))


def test_a_confirmed_death_is_put_before_a_human_and_orders_nothing(office: Office) -> None:
    one = paid_apprentice(office)
    assert waiting(office) == []
    confirmed(office, one.person)
    (dead,) = waiting(office)
    assert (dead.person_id, dead.cohort_id, dead.left, dead.died_on) == (
        one.person_id, one.cohort_id, YUAN(8000), date(2022, 3, 1),
    )  # fmt: skip
    assert payments.dues(DueKind.RECOVERY) == []
    assert db.session.query(RecoveryOrder).count() == 0


def test_a_death_found_untrue_is_not(office: Office) -> None:
    confirmed(office, paid_apprentice(office).person, so=False)
    assert waiting(office) == []


def test_who_was_never_paid_is_not(office: Office) -> None:
    cohort = payments.approved_cohort(office, 1)
    confirmed(office, payments.enrolments(cohort)[0].person)
    assert waiting(office) == []


def test_the_order_is_drafted_from_there_and_it_waits_no_more(office: Office, browser: Browser) -> None:
    confirmed(office, paid_apprentice(office).person)
    with clock.at(TODAY):
        browser.sign_in("preparer")
        page = browser.open("/recoveries/")
        assert page.said("死亡名单核实命中，已有拨付")
        page = browser.open(page.links("/recoveries/found/")[0])
        page = browser.submit(page, "/found/", reason="2022-03-01 死亡，此后的补贴不应享受")
        assert page.said("人员死亡")
        assert page.said("¥8,000.00")
        assert not browser.open("/recoveries/").said("死亡名单核实命中")


def test_a_grant_of_somebody_dead_is_asked_of_the_estate(office: Office, browser: Browser) -> None:
    actor = grants.paid_founder(office)
    confirmed(office, grants.person_of(actor), on=grants.PAYABLE_ON)
    with clock.at(grants.PAYABLE_ON):
        browser.sign_in("preparer")
        page = browser.open(browser.open("/recoveries/").links("/recoveries/person/")[0])
        page = browser.submit(page, "/person/", reason="申领前已死亡，他人冒领")
        browser.sign_in("checker")
        page = browser.open(page.response.request.path)
        form = page.form("/move")
        page = browser.post(form.get("action") or "", {"move": "issue"})
        assert page.said("追回中")
