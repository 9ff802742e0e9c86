"""The statutory calendar: a day changed, a year imported, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client import Browser
from tests.factories import Office
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.spreadsheets.reading import read_workbook
from trainingadmin.plumbing.spreadsheets.writing import Value
from trainingadmin.policies import actions, queries, sheet
from trainingadmin.policies.day_kinds import DayKind
from trainingadmin.policies.sheet import YearReading

NOW = date(2026, 11, 24)
FRIDAY, SATURDAY = date(2026, 12, 25), date(2026, 12, 26)
NEW_YEAR = [
    (date(2027, 1, 1), "放假", "元旦"),
    (date(2027, 2, 5), "放假", "春节"),
    (date(2027, 2, 20), "上班", "春节调休"),
]
NOTICE = "国办发明电〔2026〕示例号"


def set_day(office: Office, day: date, kind: DayKind, reason: str = NOTICE, login: str = "policy") -> bool:
    with clock.at(NOW), transaction.unit():
        return actions.set_day(day, kind, reason, by=office.actor(login))


def import_year(office: Office, rows: Sequence[Sequence[Value]], year: int = 2027, source: str = NOTICE) -> YearReading:
    with clock.at(NOW), transaction.unit():
        return actions.import_year(sheet.template(rows, year=year, source=source), by=office.actor("admin"))


def codes(reading: YearReading) -> list[tuple[str, str]]:
    return [(found.address, found.code) for found in reading.findings]


def refused(act: object) -> str:
    with pytest.raises(Refusal) as refusal:
        act()  # type: ignore[operator]
    return refusal.value.code


def test_a_day_off_is_no_working_day_and_the_journal_says_who_and_why(office: Office) -> None:
    assert set_day(office, FRIDAY, DayKind.OFF)
    assert not queries.calendar().is_working(FRIDAY)
    (entry,) = journal.of("calendar:2026")
    assert (entry.account_id, entry.detail) == (
        office.accounts["policy"].id,
        {"day": "2026-12-25", "before": "usual", "after": "off", "reason": NOTICE},
    )


def test_a_weekend_can_be_worked_and_follow_the_week_again(office: Office) -> None:
    set_day(office, SATURDAY, DayKind.WORKED)
    assert queries.calendar().is_working(SATURDAY)
    set_day(office, SATURDAY, DayKind.USUAL)
    assert not queries.calendar().is_working(SATURDAY)


def test_the_same_again_changes_nothing(office: Office) -> None:
    set_day(office, FRIDAY, DayKind.OFF)
    assert set_day(office, FRIDAY, DayKind.OFF) is False
    assert len(journal.of("calendar:2026")) == 1


@pytest.mark.parametrize("day", [NOW, NOW - timedelta(days=1), date(2026, 10, 1), date(2004, 1, 1)])
def test_a_day_that_is_over_stays(office: Office, day: date) -> None:
    assert refused(lambda: set_day(office, day, DayKind.OFF)) == "day-past"


def test_a_change_gives_its_grounds(office: Office) -> None:
    assert refused(lambda: set_day(office, FRIDAY, DayKind.OFF, reason=" ")) == "day-reason"


def test_a_year_that_is_missing_is_imported_first(office: Office) -> None:
    assert refused(lambda: set_day(office, date(2027, 1, 4), DayKind.OFF)) == "calendar-missing"


@pytest.mark.parametrize("login", ["acceptance", "approval", "enterprise"])
def test_only_policy_maintainers_and_administrators_keep_it(office: Office, login: str) -> None:
    assert refused(lambda: set_day(office, FRIDAY, DayKind.OFF, login=login)) == "calendar-role"
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.import_year(sheet.template(NEW_YEAR, year=2027, source=NOTICE), by=office.actor(login))
    assert refusal.value.code == "calendar-role"


def test_until_next_year_is_imported_no_term_reaches_into_it(office: Office) -> None:
    with pytest.raises(Refusal) as refusal:
        queries.calendar().add(date(2026, 12, 24), 7)
    assert (refusal.value.code, refusal.value.values) == ("calendar-missing", {"year": 2027})
    assert import_year(office, NEW_YEAR).importable
    assert queries.calendar().add(date(2026, 12, 24), 7) == date(2027, 1, 5)
    assert queries.calendar().is_working(date(2027, 2, 20))


@pytest.mark.parametrize(
    ("today", "missing"), [(date(2026, 10, 31), None), (date(2026, 11, 1), 2027), (date(2026, 12, 31), 2027)]
)
def test_two_months_ahead_the_missing_year_is_asked_for(office: Office, today: date, missing: int | None) -> None:
    assert queries.missing_soon(today) == missing


@pytest.mark.parametrize(("today", "known"), [(date(2026, 11, 29), False), (date(2026, 12, 20), True)])
def test_a_demo_assumes_a_year_only_once_its_stories_reach_into_it(office: Office, today: date, known: bool) -> None:
    with clock.at(today), transaction.unit():
        actions.assume_weeks_for_demo()
    assert queries.is_known(2027) is known
    assert (queries.missing_soon(today) is None) is known


def test_importing_again_replaces_the_days_to_come(office: Office) -> None:
    import_year(office, NEW_YEAR)
    import_year(office, NEW_YEAR[:1])
    assert list(queries.exceptions(2027)) == [date(2027, 1, 1)]


def test_a_year_under_way_keeps_its_past(office: Office) -> None:
    before = queries.exceptions(2026)
    past = [(day, "上班" if one.working else "放假", "既往") for day, one in before.items() if day <= NOW]
    assert import_year(office, [*past, (FRIDAY, "放假", "新增")], year=2026).importable
    after = queries.exceptions(2026)
    assert {day for day in after if day <= NOW} == {day for day in before if day <= NOW}
    assert FRIDAY in after


@pytest.mark.parametrize(
    ("rows", "year", "found"),
    [
        ([(date(2026, 1, 1), "放假", "元旦")], 2027, ("A4", "other-year")),
        ([(date(2027, 1, 1), "休假", "元旦")], 2027, ("B4", "kind-unknown")),
        ([("2027-02-30", "放假", "元旦")], 2027, ("A4", "date-none")),
        ([(date(2027, 1, 1), "放假", "")], 2027, ("C4", "missing")),
        ([NEW_YEAR[0], NEW_YEAR[0]], 2027, ("A5", "day-twice")),
        ([(date(2026, 10, 1), "上班", "改")], 2026, ("A4", "day-past")),
        ([], 2027, ("3", "no-lines")),
        (NEW_YEAR, 1999, ("3", "year-missing")),
    ],
)
def test_a_mistake_is_named_with_its_cell_and_nothing_is_imported(
    office: Office, rows: Sequence[Sequence[Value]], year: int, found: tuple[str, str]
) -> None:
    before = queries.exceptions(year) if year > 1999 else {}
    reading = import_year(office, rows, year)
    assert found in codes(reading)
    assert not reading.importable
    assert queries.years() == list(range(2004, 2027))
    assert year <= 1999 or set(queries.exceptions(year)) == set(before)


def test_a_year_names_its_source(office: Office) -> None:
    assert codes(import_year(office, NEW_YEAR, source="")) == [("3", "source-missing")]


def test_a_day_that_the_week_has_so_already_is_only_remarked(office: Office) -> None:
    reading = import_year(office, [(date(2027, 1, 2), "放假", "元旦")])
    assert codes(reading) == [("B4", "as-the-week")]
    assert reading.importable


def test_what_is_no_spreadsheet_is_refused_beside_the_field(office: Office) -> None:
    with pytest.raises(Refusal) as refusal, transaction.unit():
        actions.import_year(b"PK\x03\x04 broken", by=office.actor("admin"))
    assert refusal.value.field == "sheet"


@settings(max_examples=10, deadline=None)
@given(st.dictionaries(st.dates(date(2030, 1, 1), date(2030, 12, 31)), st.sampled_from(["放假", "上班"]), min_size=1))
def test_what_is_written_is_what_is_read(days: dict[date, str]) -> None:
    written = sheet.template([(day, kind, "事由") for day, kind in days.items()], year=2030, source=NOTICE)
    reading = sheet.read(read_workbook(written).sheets, {})
    assert {line.day: line.kind for line in reading.lines} == {
        day: DayKind.OFF if kind == "放假" else DayKind.WORKED for day, kind in days.items()
    }


def test_an_administrator_changes_a_day_on_the_page(office: Office, browser: Browser) -> None:
    day = clock.today() + timedelta(days=7)
    browser.sign_in("admin")
    with transaction.unit():
        for year in {clock.today().year, day.year} - set(queries.years()):
            actions.import_year(
                sheet.template([(date(year, 1, 1), "放假", "元旦")], year=year, source=NOTICE), by=office.actor("admin")
            )
    page = browser.open(f"/calendar/?year={day.year}")
    assert page.links(f"/calendar/days/{day}")
    kind = "off" if queries.kind_of(day) is not DayKind.OFF else "worked"
    wrong = browser.submit(browser.open(f"/calendar/days/{day}"), "", kind=kind, reason="", expect=422)
    assert wrong.said("请写明依据")
    done = browser.submit(browser.open(f"/calendar/days/{day}"), "", kind=kind, reason=NOTICE)
    assert done.said(f"已更改 {day} 的安排")
    assert done.said("admin")
    assert browser.open(f"/calendar/days/{clock.today()}").said("已经过去的日期不能更改")
    browser.open("/calendar/days/2026-13-01", expect=404)
    browser.open("/calendar/?year=1900", expect=404)


def test_a_year_comes_in_on_the_page_or_shows_each_mistake(office: Office, browser: Browser) -> None:
    year = max(2027, clock.today().year + 1)
    browser.sign_in("policy")
    assert browser.open(f"/calendar/?year={year}").said(f"缺少 {year} 年的节假日日历")
    assert browser.download(f"/calendar/template?year={year}").startswith(b"PK")
    bad = sheet.template([(date(year, 1, 1), "休假", "元旦")], year=year, source=NOTICE)
    shown = browser.submit(browser.open("/calendar/"), "/calendar/", sheet=(bad, "坏.xlsx"), expect=422)
    assert shown.said("安排应为“放假”或“上班”")
    good = sheet.template([(date(year, 1, 1), "放假", "元旦")], year=year, source=NOTICE)
    assert browser.submit(shown, "/calendar/", sheet=(good, "好.xlsx")).said(f"已导入 {year} 年的安排")


def test_the_desk_says_two_months_ahead_that_a_year_is_missing(office: Office, browser: Browser) -> None:
    browser.sign_in("approval")
    asked = queries.missing_soon(clock.today())
    assert bool(browser.open("/desk").links("/calendar/?year=")) is (asked is not None)


def test_others_see_the_calendar_and_cannot_change_it(office: Office, browser: Browser) -> None:
    day = clock.today() + timedelta(days=7)
    browser.sign_in("second_review")
    assert "上传并导入" not in browser.open("/calendar/").text
    page = browser.post(f"/calendar/days/{day}", {"kind": "off", "reason": NOTICE}, expect=422)
    assert page.said("由政策维护岗或系统管理员")


def test_a_change_that_was_given_up_leaves_no_trace_in_what_is_remembered(office: Office) -> None:
    with clock.at(NOW):
        with transaction.unit():
            actions.set_day(FRIDAY, DayKind.OFF, NOTICE, by=office.actor("policy"))
            assert not queries.calendar().is_working(FRIDAY)
            db.session.rollback()
        with transaction.unit():
            assert queries.calendar().is_working(FRIDAY)
            actions.set_day(SATURDAY, DayKind.WORKED, NOTICE, by=office.actor("policy"))
            assert queries.calendar().is_working(SATURDAY)
            assert queries.calendar().is_working(FRIDAY)
