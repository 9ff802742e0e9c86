"""Actors: who they are across accounts, what they hold, how far they see."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from trainingadmin.kernel.roles import CITY, FINANCE, REVIEWERS, ROLE_LABELS, STAFF, SYSTEM, Actor, Role


def actor(*roles: Role, **where: object) -> Actor:
    return Actor(id=7, name="陈初审", roles=frozenset(roles), **where)  # type: ignore[arg-type]


def test_every_role_has_a_name() -> None:
    assert set(ROLE_LABELS) == set(Role)
    assert len(set(ROLE_LABELS.values())) == len(Role)


def test_the_staff_are_everybody_but_operators_trainees_and_the_system() -> None:
    assert set(Role) - set(STAFF) == {Role.ENTERPRISE, Role.INSTITUTION, Role.TRAINEE, Role.SYSTEM}
    assert len(STAFF) == len(set(STAFF))
    assert set(REVIEWERS) | set(FINANCE) <= set(STAFF)


def test_one_human_is_one_whatever_the_account() -> None:
    assert actor(Role.APPROVAL, person_id=3).human == Actor(8, "x", frozenset({Role.CHECKER}), person_id=3).human
    assert actor(Role.APPROVAL).human == "account:7" != SYSTEM.human


def test_a_page_greets_the_first_role_of_the_chain() -> None:
    both = actor(Role.APPROVAL, Role.ACCEPTANCE)
    assert (both.role, both.role_label) == (Role.ACCEPTANCE, "受理岗")


def test_an_avatar_shows_the_family_name_of_staff_and_the_last_character_of_a_trainee() -> None:
    assert actor(Role.APPROVAL).initial == "陈"
    assert actor(Role.TRAINEE).initial == "审"


def test_one_of_the_roles_asked_for_is_enough() -> None:
    assert actor(Role.APPROVAL).has(Role.ACCEPTANCE, Role.APPROVAL)
    assert not actor(Role.APPROVAL).has(Role.ACCEPTANCE)
    assert not actor(Role.APPROVAL).has()


@pytest.mark.parametrize(
    ("who", "staff", "city", "trainee"),
    [
        (actor(Role.APPROVAL, office=CITY), True, True, False),
        (actor(Role.APPROVAL, office="511824"), True, False, False),
        (actor(Role.ENTERPRISE, organisation_id=1), False, False, False),
        (actor(Role.ENTERPRISE, organisation_id=1, office=CITY), False, False, False),
        (actor(Role.TRAINEE, person_id=1), False, False, True),
        (SYSTEM, False, False, False),
    ],
)
def test_who_belongs_to_the_bureau_and_who_sees_the_whole_city(
    who: Actor, staff: bool, city: bool, trainee: bool
) -> None:
    assert (who.is_staff, who.sees_whole_city, who.is_trainee) == (staff, city, trainee)


def test_nobody_gains_a_role_on_the_way() -> None:
    with pytest.raises(FrozenInstanceError):
        actor(Role.TRAINEE).roles = frozenset(Role)  # type: ignore[misc]
