"""A human's ruling on a match, and what lists and officers together make of a fact."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cohorts.rosters import name, number
from tests.factories import Office
from tests.registers import lists
from trainingadmin.kernel.identifiers import IdNumber
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.people import actions as people
from trainingadmin.people.models import Relative
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.registers import actions, evidence, matching, queries
from trainingadmin.registers.evidence import Asked, Known
from trainingadmin.registers.queries import Found
from trainingadmin.registers.states import Fact, Match, Register

DAY = date(2020, 5, 1)


def known(at: int = 1) -> int:
    one = IdNumber.parse(number(at))
    with transaction.unit():
        return people.add_person(one.text, name(at), one.born_on, one.sex.value).id


def line(at: int = 1, **changes: Value) -> dict[str, Value]:
    return {"name": name(at), "id_number": number(at), **changes}


def one_match(office: Office, login: str = "acceptance") -> Found:
    (found,) = queries.matches(office.actor(login))
    return found


def told(office: Office, fact: Fact, person: int, day: date = DAY) -> Known | None:
    asked = Asked(person, day)
    return evidence.gather([asked], office.enterprise, "511824").of(fact, asked)


def value(office: Office, fact: Fact, person: int, day: date = DAY) -> bool | None:
    found = told(office, fact, person, day)
    assert found is not None
    return found.value


def rule(office: Office, confirmed: bool, note: str = "电话核实", login: str = "acceptance") -> None:
    with transaction.unit():
        actions.rule(one_match(office), confirmed, note, by=office.actor(login))


def suspect(office: Office) -> int:
    """Import a pension list on which somebody we know stands under another name."""
    one = known()
    lists.imported(office, lists.made_up(Register.PENSION, [line(name="别人")]))
    return one


def test_a_suspect_is_unknown_until_somebody_rules(office: Office) -> None:
    one = suspect(office)
    assert (one_match(office).outcome, one_match(office).reason) == (Match.SUSPECT, "name-differs")
    assert value(office, Fact.PENSION_DRAWN, one) is None
    assert queries.open_matches(office.actor("acceptance")) == 1


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_ruling_settles_it_either_way_and_is_journalled(office: Office, confirmed: bool) -> None:
    one = suspect(office)
    rule(office, confirmed, "社保局确认姓名登记有误")
    assert value(office, Fact.PENSION_DRAWN, one) is confirmed
    assert queries.open_matches(office.actor("acceptance")) == 0
    (entry,) = journal.of(f"register-rows:{one_match(office).row_id}")
    assert (entry.verb, entry.detail["confirmed"], entry.detail["person_id"]) == ("rule-match", confirmed, one)
    (ruling,) = queries.judged(one_match(office))
    assert (ruling.who, ruling.note) == ("acceptance", "社保局确认姓名登记有误")


def test_a_hit_counts_at_once_and_a_ruling_can_rule_it_out(office: Office) -> None:
    one = known()
    lists.imported(office, lists.made_up(Register.PENSION, [line()]))
    assert value(office, Fact.PENSION_DRAWN, one) is True
    rule(office, False, "同号不同人，公安已更正")
    assert value(office, Fact.PENSION_DRAWN, one) is False


def test_the_latest_ruling_counts_and_all_stay(office: Office) -> None:
    one = suspect(office)
    rule(office, True)
    rule(office, False, login="first_review")
    assert value(office, Fact.PENSION_DRAWN, one) is False
    assert [ruling.confirmed for ruling in queries.judged(one_match(office))] == [False, True]


def test_a_ruling_holds_for_the_same_line_of_the_next_version_and_no_other(office: Office) -> None:
    one = suspect(office)
    rule(office, False)
    same = lists.made_up(Register.PENSION, [line(name="别人")], as_of="2020-06-30")
    lists.imported(office, same)
    assert value(office, Fact.PENSION_DRAWN, one) is False
    other = lists.made_up(Register.PENSION, [line(name="别人", from_on=date(2014, 1, 1))], as_of="2020-07-01")
    lists.imported(office, other)
    assert value(office, Fact.PENSION_DRAWN, one) is None


def test_an_old_number_of_15_digits_is_a_suspect(office: Office) -> None:
    known()
    lists.imported(office, lists.made_up(Register.DEATH, [line(id_number=number(1)[:6] + number(1)[8:17])]))
    assert (one_match(office).outcome, one_match(office).reason) == (Match.SUSPECT, "legacy-number")


def test_a_namesake_with_another_number_is_no_match(office: Office) -> None:
    known(1)
    lists.imported(office, lists.made_up(Register.DEATH, [line(2, name=name(1))]))
    assert queries.matches(office.actor("acceptance")) == []


def test_a_firm_that_the_registry_calls_illegal_is_a_hit_and_counts_as_blacklisted(office: Office) -> None:
    firm = {"unit": office.enterprise.name, "credit_code": office.enterprise.credit_code}
    lists.imported(office, lists.made_up(Register.BUSINESS, [line(3, **firm, standing="严重违法失信")]))
    found = one_match(office)
    assert (found.outcome, found.organisation_id, found.person_id) == (Match.HIT, office.enterprise.id, None)
    assert value(office, Fact.ENTERPRISE_BLACKLISTED, 1) is True
    rule(office, False, "已移出名单")
    assert told(office, Fact.ENTERPRISE_BLACKLISTED, 1) is None


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [(date(2020, 5, 30), True), (date(2020, 5, 31), False), (date(2020, 6, 1), False)],
)
def test_of_list_and_officer_the_later_counts_and_on_the_same_day_the_officer(
    office: Office, as_of: date, expected: bool
) -> None:
    one = known()
    lists.imported(office, lists.made_up(Register.PENSION, [line()], as_of="2020-05-31"))
    with transaction.unit():
        actions.attest(
            Fact.PENSION_DRAWN, False, persons=[one], source="电话", as_of=as_of, by=office.actor("acceptance")
        )
    assert value(office, Fact.PENSION_DRAWN, one) is expected


@pytest.mark.parametrize(
    ("day", "speaks"),
    [
        (date(2019, 5, 31), True),
        (date(2019, 5, 30), False),
        (date(2021, 5, 31), True),
        (date(2021, 6, 1), False),
    ],
)
def test_a_list_speaks_for_a_year_before_and_after_its_day(office: Office, day: date, speaks: bool) -> None:
    one = known()
    lists.imported(office, lists.made_up(Register.PENSION, [line(2)], as_of="2020-05-31"))
    found = told(office, Fact.PENSION_DRAWN, one, day)
    assert (found is not None) is speaks
    assert found is None or found.value is False


def test_the_lists_of_another_district_do_not_count_but_the_citys_do(office: Office) -> None:
    one = known()
    lists.imported(office, lists.made_up(Register.PENSION, [line()]), login="other_office")
    assert told(office, Fact.PENSION_DRAWN, one) is None


def test_nobody_on_a_death_list_is_alive_after_the_day(office: Office) -> None:
    one = known()
    lists.imported(office, lists.made_up(Register.DEATH, [line(from_on=date(2020, 5, 16))]))
    deaths = {
        day: evidence.gather([Asked(one, day)], office.enterprise, "511824").death(Asked(one, day))
        for day in (date(2020, 5, 15), date(2020, 5, 16))
    }
    assert deaths[date(2020, 5, 15)] is None
    dead = deaths[date(2020, 5, 16)]
    assert dead is not None
    assert dead.value is True
    assert evidence.source_words(dead.source) == "死亡名单 2020-05-31 快照第 4 行"


@pytest.mark.parametrize("login", ["second_review", "supervisor"])
def test_only_acceptance_and_first_review_rule(office: Office, login: str) -> None:
    suspect(office)
    with pytest.raises(Refusal) as refused:
        rule(office, True, login=login)
    assert refused.value.code == "ruling-role"


def test_a_ruling_gives_its_reason(office: Office) -> None:
    suspect(office)
    with pytest.raises(Refusal) as refused:
        rule(office, True, note="  ")
    assert (refused.value.code, refused.value.field) == ("ruling-reason", "note")


def test_nobody_rules_on_a_relative(office: Office) -> None:
    suspect(office)
    with transaction.unit():
        db.session.add(
            Relative(
                account_id=office.accounts["acceptance"].id,
                id_number_index=blind_index(number(1)),
                declared_at=clock.now(),
            )
        )
    with pytest.raises(Refusal) as refused:
        rule(office, True)
    assert refused.value.code == "ruling-relative"


class _Line:
    """A line made of anything."""

    def __init__(self, legacy: bool, odd: str, dates: tuple[date | None, date | None], words: tuple[str, str]) -> None:
        self.legacy, self.odd = legacy, odd
        self.from_on, self.to_on = dates
        self.word, self.standing = words


_DAYS = st.none() | st.dates(date(1950, 1, 1), date(2030, 1, 1))
_WORDS = st.sampled_from(["", "遗属待遇", "机关事业单位养老保险", "已停止", "存续", "注销", "正常"])


@given(
    st.sampled_from(Register),
    st.builds(
        _Line, st.booleans(), st.sampled_from(["", "dates-odd"]), st.tuples(_DAYS, _DAYS), st.tuples(_WORDS, _WORDS)
    ),
    st.booleans(),
)
def test_every_line_has_an_outcome_with_a_reason_and_doubt_is_never_a_hit(
    kind: Register, one: _Line, same_name: bool
) -> None:
    outcome, reason = matching.of_person(kind, one, same_name=same_name, born_on=date(1980, 1, 1))
    assert reason in matching.REASONS
    if not same_name or one.legacy or one.odd:
        assert outcome is Match.SUSPECT
        assert matching.of_organisation(one, same_name=same_name)[0] is Match.SUSPECT
    assert matching.of_organisation(one, same_name=same_name)[1] in matching.REASONS
