"""What an officer is told about a match: what hangs on the ruling, what a date means, whether a list is in force."""

from __future__ import annotations

from tests.claims import small
from tests.client import Browser
from tests.cohorts import rosters
from tests.factories import Office
from tests.registers import lists
from trainingadmin.kernel.identifiers import IdNumber
from trainingadmin.people import actions as people
from trainingadmin.plumbing import transaction
from trainingadmin.registers.states import Register


def test_a_match_says_what_hangs_on_it_and_when_somebody_died(browser: Browser, office: Office) -> None:
    claim = small.walked(office, small.cohort_of(office, 3), until="accept")
    person = claim.lines[0].person
    dead = {"name": rosters.name(1), "id_number": person.id_number}
    lists.imported(office, lists.made_up(Register.DEATH, [dead]))
    browser.sign_in("acceptance")
    (way, *_) = browser.open("/registers/matches?kind=death").links("/registers/matches/")
    page = browser.open(way)
    assert page.said("死亡日期—2020-05-16")
    assert page.said("这个结论关系到")
    assert page.said(claim.number)
    assert f"/cohorts/{claim.cohort_id}" in page.links("/cohorts/")


def test_a_match_on_which_nothing_hangs_says_so(browser: Browser, office: Office) -> None:
    with_name = {"name": rosters.name(1), "id_number": rosters.number(1)}
    one = IdNumber.parse(rosters.number(1))
    with transaction.unit():
        people.add_person(one.text, rosters.name(1), one.born_on, one.sex.value)
    lists.imported(office, lists.made_up(Register.DEATH, [with_name]))
    browser.sign_in("acceptance")
    (way, *_) = browser.open("/registers/matches?kind=death").links("/registers/matches/")
    assert browser.open(way).said("现在没有备案、申领或补贴涉及")


def test_a_list_older_than_the_one_in_force_is_said_to_be_history(browser: Browser, office: Office) -> None:
    dead = {"name": rosters.name(1), "id_number": rosters.number(1)}
    lists.imported(office, lists.made_up(Register.DEATH, [dead], as_of="2020-06-30"))
    old = lists.uploaded(office, lists.made_up(Register.DEATH, [dead], as_of="2020-03-31"))
    browser.sign_in("acceptance")
    done = browser.submit(browser.open(f"/registers/{old.id}"), "/import")
    assert done.said("只作历史版本")
    assert not done.said("即时生效")
