"""Whom somebody must not handle: themselves and declared relatives, whichever of their accounts declared them."""

from __future__ import annotations

from sqlalchemy import select

from tests.factories import DISTRICT, Office, id_number, person
from trainingadmin.kernel.roles import Role
from trainingadmin.people import queries, sessions
from trainingadmin.people.models import Person, Relative
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index


def declared_on_another_account(office: Office) -> None:
    """Let first review have a second account, on which a relative is declared."""
    with transaction.unit():
        human = office.accounts["first_review"].person_id
        other = office.add("first_review_2", [Role.SECOND_REVIEW], office_code=DISTRICT, person_id=human)
        person(61, "亲属")
        index = blind_index(id_number(61))
        db.session.add(Relative(account_id=other.id, id_number_index=index, declared_at=clock.now()))


def test_a_relative_declared_on_another_account_of_the_same_human_counts(office: Office) -> None:
    declared_on_another_account(office)
    with transaction.unit(reads=True):
        found = queries.relatives_of(office.actor("first_review"))
        assert blind_index(id_number(61)) in found
        assert blind_index(id_number(61)) not in queries.relatives_of(office.actor("acceptance"))


def test_the_condition_inside_a_query_names_the_same_people(office: Office) -> None:
    declared_on_another_account(office)
    with transaction.unit(reads=True):
        for login in ("first_review", "acceptance", "enterprise"):
            actor = office.actor(login)
            barred = set(db.session.scalars(select(Person.id_number_index).where(queries.barred(actor))))
            assert barred == queries.relatives_of(actor)


def test_an_operator_without_a_person_is_only_their_account(office: Office) -> None:
    with transaction.unit(reads=True):
        assert queries.relatives_of(sessions.as_actor(office.accounts["enterprise"])) == set()
