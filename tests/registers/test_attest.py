"""Recording what other departments' lists say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from tests.factories import Office, person
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers import actions, queries
from trainingadmin.registers.models import Attestation
from trainingadmin.registers.states import Fact

LIST = "雅安市社保局养老待遇名单"
AS_OF = date(2020, 11, 30)


def attest_all(
    office: Office, people: list[int], found: tuple[int, ...] = (), login: str = "acceptance", **how: object
) -> int:
    told: dict[str, object] = {"source": LIST, "as_of": AS_OF, **how}
    return actions.attest_all(Fact.PENSION_DRAWN, persons=people, except_for=found, by=office.actor(login), **told)  # type: ignore[arg-type]


def three(office: Office) -> list[int]:
    with transaction.unit():
        return [person(serial).id for serial in (1, 2, 3)]


def test_a_whole_list_is_clear_but_for_the_ones_found_on_it(office: Office) -> None:
    people = three(office)
    with transaction.unit():
        assert attest_all(office, people, found=(people[1],)) == 3
    known = queries.attested(people, [])
    answers = [known.of(Fact.PENSION_DRAWN, person_id=one) for one in people]
    assert [answer.value for answer in answers if answer] == [False, True, False]
    assert {(answer.source, answer.as_of, answer.who) for answer in answers if answer} == {(LIST, AS_OF, "acceptance")}


def test_a_later_answer_takes_the_place_of_an_earlier_one_and_both_stay_in_the_history(office: Office) -> None:
    (someone, *_) = three(office)
    for value in (True, False):
        with transaction.unit():
            actions.attest(
                Fact.CROSS_FUND_PAID,
                value,
                persons=[someone],
                source=LIST,
                as_of=AS_OF,
                by=office.actor("first_review"),
            )
    answer = queries.attested([someone], []).of(Fact.CROSS_FUND_PAID, person_id=someone)
    assert answer is not None
    assert answer.value is False
    assert [told.value for told in queries.history(someone, office.enterprise.id)] == [False, True]


def test_being_insured_is_about_the_person_and_the_firm_together(office: Office) -> None:
    (someone, *_) = three(office)
    firm, other = office.enterprise.id, office.other_enterprise.id
    with transaction.unit():
        actions.attest_all(
            Fact.INSURED_BY_APPLICANT,
            persons=[someone],
            organisation=firm,
            source=LIST,
            as_of=AS_OF,
            by=office.actor("acceptance"),
        )
    known = queries.attested([someone], [firm, other])
    answer = known.of(Fact.INSURED_BY_APPLICANT, person_id=someone, organisation_id=firm)
    assert answer is not None
    assert answer.value is True
    assert known.of(Fact.INSURED_BY_APPLICANT, person_id=someone, organisation_id=other) is None
    assert queries.history(someone, other) == []


def test_the_blacklist_is_about_the_firm(office: Office) -> None:
    firm = office.enterprise.id
    with transaction.unit():
        actions.attest(
            Fact.ENTERPRISE_BLACKLISTED,
            False,
            organisation=firm,
            source="信用中国",
            as_of=AS_OF,
            by=office.actor("acceptance"),
        )
    answer = queries.attested([], [firm]).of(Fact.ENTERPRISE_BLACKLISTED, person_id=7, organisation_id=firm)
    assert answer is not None
    assert answer.value is False
    with pytest.raises(ValueError, match="organisation"):
        actions.attest(
            Fact.ENTERPRISE_BLACKLISTED, False, source="信用中国", as_of=AS_OF, by=office.actor("acceptance")
        )


def test_the_journal_says_how_many_were_checked_and_names_nobody(office: Office) -> None:
    people = three(office)
    with transaction.unit():
        attest_all(office, people, found=(people[0],))
    (entry,) = journal.of("attestations:pension_drawn")
    assert entry.detail["checked"] == 3
    assert entry.detail["found"] == [people[0]]


@pytest.mark.parametrize("login", ["second_review", "approval", "supervisor", "enterprise", "preparer"])
def test_other_duties_may_not_attest(office: Office, login: str) -> None:
    with pytest.raises(Refusal, match="attest-role"):
        attest_all(office, three(office), login=login)


def test_a_source_must_be_named(office: Office) -> None:
    with pytest.raises(Refusal, match="attest-source"):
        attest_all(office, three(office), source="  ")


def test_a_list_of_tomorrow_is_refused(office: Office) -> None:
    with pytest.raises(Refusal, match="attest-future"):
        attest_all(office, three(office), as_of=clock.today() + timedelta(days=1))


def test_an_empty_list_is_refused(office: Office) -> None:
    with pytest.raises(Refusal, match="attest-nobody"):
        attest_all(office, [])


def test_an_exception_must_be_on_the_list_that_was_checked(office: Office) -> None:
    one, two, three_ = three(office)
    with pytest.raises(Refusal, match="attest-stranger"):
        attest_all(office, [one, two], found=(three_,))


def test_nobody_attests_themselves(office: Office) -> None:
    own = office.actor("acceptance").person_id
    assert own is not None
    with pytest.raises(Refusal, match="attest-relative"):
        attest_all(office, [own])


def test_nobody_attests_a_declared_relative(office: Office) -> None:
    people = three(office)
    with transaction.unit():
        index = person(2).id_number_index
        db.session.add(
            Relative(account_id=office.actor("acceptance").id, id_number_index=index, declared_at=clock.now())
        )
    with pytest.raises(Refusal, match="attest-relative"):
        attest_all(office, people)


@pytest.mark.parametrize("statement", ["UPDATE attestations SET value = NOT value", "DELETE FROM attestations"])
def test_an_answer_cannot_be_changed_or_deleted(office: Office, statement: str) -> None:
    people = three(office)
    with transaction.unit():
        attest_all(office, people)
    with pytest.raises(DatabaseError, match="append-only"), transaction.unit():
        db.session.execute(text(statement))
    assert len(list(db.session.scalars(select(Attestation.id)))) == 3
