"""An approver lets be what one office paid of one origin for somebody who died; every other money goes on waiting."""

from __future__ import annotations

import pytest

from tests.applications import stage as grants
from tests.client import Browser
from tests.factories import Office
from tests.payments import stage as payments
from tests.recoveries import stage
from tests.recoveries.test_deaths import TODAY, confirmed, paid_apprentice, waiting
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import CITY, Actor, Role
from trainingadmin.people.models import Organisation, Relative
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index
from trainingadmin.recoveries import actions, queries
from trainingadmin.recoveries.models import Dismissal

YUAN = stage.YUAN
NEIGHBOUR = "511822"


def paid_again(office: Office, one: Enrolment, payee: Organisation) -> Cohort:
    """Another filing, of another firm or year, that was paid ahead for the same human."""
    cohort = payments.approved_cohort(office, 1, payee=payee)
    with transaction.unit():
        payments.enrolments(cohort)[0].person_id = one.person_id
    payments.plan(payments.APPROVED_ON)
    payments.settled(office)
    return cohort


def seen_by(actor: Actor) -> list[tuple[int | None, object]]:
    db.session.expire_all()
    return [(one.cohort_id, one.left) for one in queries.deaths(actor)]


def let_be(office: Office, dead: queries.Dead, login: str = "approval") -> Dismissal:
    with clock.at(TODAY), transaction.unit():
        return actions.let_be(dead, "死亡前已取得证书，应付有效", by=office.actor(login))


def test_the_approver_may_let_it_be_for_a_reason(office: Office, browser: Browser) -> None:
    confirmed(office, paid_apprentice(office).person)
    with clock.at(TODAY):
        browser.sign_in("approval")
        page = browser.open(browser.open("/recoveries/").links("/recoveries/dead/")[0])
        page = browser.submit(page, "/dead/", reason="", expect=422)
        assert page.said("请写明理由和依据")
        page = browser.submit(page, "/dead/", reason="死亡前已取得证书，应付有效")
        assert page.said("已登记：不予追回")
        assert not page.said("死亡名单核实命中")
    assert waiting(office) == []


@pytest.mark.parametrize(
    ("login", "reason", "code"), [("preparer", "有理由", "move-role"), ("approval", " ", "reason-missing")]
)
def test_letting_it_be_is_refused(office: Office, login: str, reason: str, code: str) -> None:
    confirmed(office, paid_apprentice(office).person)
    (dead,) = waiting(office)
    with pytest.raises(Refusal, match=code), transaction.unit():
        actions.let_be(dead, reason, by=office.actor(login))


def test_nobody_lets_be_a_relatives_money(office: Office) -> None:
    confirmed(office, paid_apprentice(office).person)
    (dead,) = waiting(office)
    with transaction.unit():
        index = blind_index(dead.id_number)
        db.session.add(
            Relative(account_id=office.accounts["approval"].id, id_number_index=index, declared_at=clock.now())
        )
    with pytest.raises(Refusal, match="relative"), transaction.unit():
        actions.let_be(dead, "有理由", by=office.actor("approval"))


def test_what_is_paid_after_the_decision_is_asked_about_anew(office: Office) -> None:
    cohort = payments.approved_cohort(office, 1)
    payments.plan(payments.APPROVED_ON)
    payments.settled(office)
    one = payments.enrolments(cohort)[0]
    confirmed(office, one.person)
    (dead,) = waiting(office)
    with clock.at(payments.APPROVED_ON), transaction.unit():
        actions.let_be(dead, "预支发生在死亡之前", by=office.actor("approval"))
    again = waiting(office)
    assert [entry.person_id for entry in again] == [one.person_id], "it was paid after that day"


def test_one_office_decides_about_its_own_money_only(office: Office) -> None:
    one = paid_apprentice(office)
    with transaction.unit():
        office.add("neighbour", [Role.APPROVAL], office_code=NEIGHBOUR)
        office.add("city_approval", [Role.APPROVAL], office_code=CITY)
    other = paid_again(office, one, office.other_enterprise)
    confirmed(office, one.person)
    (mine,) = waiting(office)
    let_be(office, mine)
    theirs = [(other.id, YUAN(4000))]
    assert seen_by(office.actor("approval")) == []
    assert seen_by(office.actor("neighbour")) == theirs
    assert seen_by(office.actor("city_approval")) == theirs


def test_what_the_city_lets_be_is_the_money_of_the_office_that_paid_it(office: Office) -> None:
    confirmed(office, paid_apprentice(office).person)
    with transaction.unit():
        office.add("city_approval", [Role.APPROVAL], office_code=CITY)
    (dead,) = queries.deaths(office.actor("city_approval"))
    decided = let_be(office, dead, "city_approval")
    assert (decided.office_code, decided.cohort_id, decided.claim_line_id) == ("511824", dead.cohort_id, None)
    assert waiting(office) == []


def test_every_origin_of_somebodys_money_is_decided_by_itself(office: Office, browser: Browser) -> None:
    one = paid_apprentice(office)
    later = paid_again(office, one, office.enterprise)
    confirmed(office, one.person)
    assert {dead.cohort_id for dead in waiting(office)} == {one.cohort_id, later.id}
    with clock.at(TODAY):
        browser.sign_in("approval")
        (address,) = [link for link in browser.open("/recoveries/").links("/dead/") if link.endswith(f"/{later.id}")]
        page = browser.open(address)
        assert page.said(later.number)
        assert page.said("只决定这一笔款项")
        browser.submit(page, "/dead/", reason="死亡前已取得证书，应付有效")
    assert [dead.cohort_id for dead in waiting(office)] == [one.cohort_id]
    decided = db.session.query(Dismissal).one()
    told = journal.of(f"register-rows:{decided.row_id}")[-1]
    assert (told.verb, told.detail["about"]) == ("dismiss-recovery", later.number)


def test_nobody_decides_about_an_origin_that_does_not_wait(office: Office, browser: Browser) -> None:
    one = paid_apprentice(office)
    later = paid_again(office, one, office.enterprise)
    confirmed(office, one.person)
    (dead,) = [each for each in waiting(office) if each.cohort_id == later.id]
    let_be(office, dead)
    browser.sign_in("approval")
    browser.open(f"/recoveries/dead/{one.person_id}/filing/{later.id}", expect=404)
    browser.open(f"/recoveries/dead/{one.person_id}/line/{one.cohort_id}", expect=404)
    browser.open(f"/recoveries/dead/{one.person_id}/filing/{one.cohort_id}")


def test_a_decision_of_old_that_names_no_origin_silences_nothing(office: Office) -> None:
    confirmed(office, paid_apprentice(office).person)
    (dead,) = waiting(office)
    by = office.actor("approval")
    with clock.at(TODAY), transaction.unit():
        decided = Dismissal(
            row_id=dead.row_id,
            person_id=dead.person_id,
            reason="应付有效",
            account_id=by.id,
            human=by.human,
            name="张宏",
            at=clock.now(),
        )
        db.session.add(decided)
    assert waiting(office) == [dead], "nobody can tell which money it was about: a human is asked once more"


def test_a_grant_is_let_be_by_its_claim_line(office: Office, browser: Browser) -> None:
    actor = grants.paid_founder(office)
    confirmed(office, grants.person_of(actor), on=grants.PAYABLE_ON)
    (dead,) = waiting(office)
    with clock.at(grants.PAYABLE_ON):
        browser.sign_in("approval")
        page = browser.open(f"/recoveries/dead/{actor.person_id}/line/{dead.claim_line_id}")
        browser.submit(page, "/dead/", reason="申领在死亡之前，应付有效")
    assert waiting(office) == []
