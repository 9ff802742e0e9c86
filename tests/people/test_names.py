"""Names are found by characters, by pinyin and by first letters."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from tests.client import Browser
from tests.cohorts import rosters, stage
from tests.factories import Office, person
from trainingadmin.people import actions
from trainingadmin.people.models import Person
from trainingadmin.people.name_keys import key_of, named
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("孔伟贵", "kongweigui kwg"),
        ("曾庆", "zengqing zq"),
        ("单于明", "chanyuming cym"),
        ("单明", "shanming sm"),
        ("吉克·阿木", "jikeamu jkam"),
        ("吕红", "lvhong lh"),
        ("𠮷", "-"),
        ("Anna Li", "annali a"),
    ],
)
def test_a_name_is_spelt_in_syllables_and_first_letters(name: str, key: str) -> None:
    assert key_of(name) == key


@pytest.mark.parametrize("words", ["孔伟", "kongw", "KWG", "kong wei gui", "kwg"])
def test_a_person_is_found(office: Office, words: str) -> None:
    with transaction.unit():
        person(31, "孔伟贵"), person(32, "曾庆")
    with transaction.unit(reads=True):
        assert db.session.scalars(select(Person.name).where(named(words))).all() == ["孔伟贵"]


@pytest.mark.parametrize("words", ["k", "weigui", "zeng", "%"])
def test_others_are_not(office: Office, words: str) -> None:
    with transaction.unit():
        person(31, "孔伟贵")
    with transaction.unit(reads=True):
        assert "孔伟贵" not in db.session.scalars(select(Person.name).where(named(words))).all()


def test_names_entered_before_are_spelt_by_the_clock_once(office: Office) -> None:
    with transaction.unit():
        person(31, "孔伟贵")
        db.session.execute(update(Person).values(name_key=""))
    with transaction.unit():
        assert actions.spell_names() > 0
    with transaction.unit():
        assert actions.spell_names() == 0
        assert db.session.scalars(select(Person.name_key).where(Person.name == "孔伟贵")).one() == "kongweigui kwg"


def test_search_and_the_roster_find_an_apprentice_by_letters(browser: Browser, office: Office) -> None:
    cohort = stage.enrolled_cohort(office, roster=rosters.made_up(3, changes={1: {"name": "曾伟贵"}}))
    browser.sign_in("enterprise")
    assert browser.open("/search?q=zengwei").said("曾伟贵")
    page = browser.open(f"/cohorts/{cohort.id}/roster?q=zwg")
    assert page.said("曾伟贵")
    assert not page.said(rosters.name(1000))
