"""Who may open what: the declarations as a reviewed list, and every page asked for by everybody."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from flask import g
from sqlalchemy import event
from werkzeug.exceptions import Forbidden
from werkzeug.routing import Rule

from tests.client import Page
from tests.house.world import NOWHERE, World, own, stranger
from trainingadmin.kernel.roles import FINANCE, STAFF, Role
from trainingadmin.plumbing import access
from trainingadmin.plumbing.database import db

LIST = Path(__file__).with_name("access.txt")
REMEDY = "Look at the difference: is it meant? Then write the list anew with: UPDATE_ACCESS=1 ./test tests/house/test_access.py"
UNSEEN = "Load rows with queries.x(id, actor=actor()), built on visible_to(actor): what is not theirs does not exist."
ROLES = [role for role in Role if role is not Role.SYSTEM]
STEPS = {"GET", "POST"}

# Pages that show a row to people of other places too, each with its reason.
LAW = "figures and cases bind the whole city; of people a simulation names, each district sees its own"
CITYWIDE = "the catalogue is one for the whole city and names nobody"
OPEN_TO_ALL_OF_THE_ROLE = {
    "courses.annotated": CITYWIDE,
    "courses.batch": CITYWIDE,
    "courses.move": CITYWIDE,
    "courses.take_in": CITYWIDE,
    "courses.template": CITYWIDE,
    "courses.upload": CITYWIDE,
    "policies.day": "the statutory calendar is the same for every office",
    "registers.template": "an empty form is the same for every office",
    "reforms.add_case": LAW,
    "reforms.cancel": LAW,
    "reforms.case": LAW,
    "reforms.cases": LAW,
    "reforms.edit": LAW,
    "reforms.move": LAW,
    "reforms.new": LAW,
    "reforms.people": LAW,
    "reforms.scan": LAW,
    "reforms.show": LAW,
    "reforms.simulate": LAW,
    "reforms.simulation": LAW,
    "reforms.version": LAW,
    "reforms.version_scan": LAW,
    "reforms.withdraw_case": LAW,
    "people.close_account": "administrators keep the accounts of the whole city",
    "people.open_account": "administrators keep the accounts of the whole city",
    "people.change_roles": "administrators keep the accounts of the whole city",
    "people.reset_factor": "administrators keep the accounts of the whole city",
    "people.accounts": "administrators keep the accounts of the whole city",
    "checkins.check_in": "a code is on a screen for all to see; whose class it is not is told so, and that is kept",
    **dict.fromkeys(
        ("desk.late", "desk.late_file"),
        "its address names one of three lists, and each office sees its own claims on it",
    ),
    **dict.fromkeys(
        ("claims.apply", "claims.apply_letter", "claims.declare", "claims.open_own", "claims.remind"),
        "its address names a scheme, and whoever opens it sees what they stated themselves",
    ),
}
# Rows of this place that concern one kind of its people only.
NOT_THEIRS = {
    ("certificates.show", Role.INSTITUTION): "a payment certificate is the enterprise's and the trainee's",
    ("certificates.download", Role.INSTITUTION): "a payment certificate is the enterprise's and the trainee's",
    ("recoveries.show", Role.INSTITUTION): "an order goes to who was paid, here the enterprise",
}
NOT_THEIRS |= {
    (page, role): "what was packed for one, here the enterprise, is nobody else's"
    for page in ("certificates.archive", "certificates.bundle", "certificates.volume")
    for role in (Role.INSTITUTION, *FINANCE)
    if (page, role) != ("certificates.archive", Role.PREPARER)
}
NOT_THEIRS |= dict.fromkeys(
    [
        ("ledger.years", Role.INSTITUTION),
        ("ledger.state_year", Role.INSTITUTION),
        ("ledger.state_year", Role.TRAINEE),
    ],
    "the year of a payee, here the enterprise, is theirs and finance's",
)
NOT_THEIRS |= {
    (page, role): "a delegation is for its two people and for administrators"
    for page in ("people.agree", "people.end_delegation")
    for role in STAFF
    if role not in {Role.ACCEPTANCE, Role.ADMIN, Role.SUPERVISOR}
}
# Reads that note who took something, in a transaction of their own.
NOTED = {
    "payments.bank_file": "the file for the bank shows whole account numbers: who took it is in the journal",
    "attendance.months_file": "who took a list away is in the journal",
    "cohorts.export_filings": "who took a list away is in the journal",
    "cohorts.export_roster": "who took a list of people away is in the journal",
    "claims.export_lines": "who took a list of people away is in the journal",
    "certificates.archive": "who took many documents away is in the journal",
    "certificates.volume": "who took many documents away is in the journal",
    "desk.late_file": "who took a list away is in the journal",
}
# Pages that answer their owners with something else than 200.
OTHERWISE = {
    "desk.start": 302,
    "desk.language": 302,
    "people.enrol": 302,  # whoever has made no secret yet is led to where it is made
}


# The list ---------------------------------------------------------------------------------------------------------------


def listed(world: World) -> str:
    """Write one line an endpoint: methods, name, address, whom it admits."""
    declared = access.declarations(world.app)
    lines = [
        f"{' '.join(sorted(STEPS & (rule.methods or set()))):9} {rule.endpoint:32} {rule.rule:62} {_told(declared[rule.endpoint])}"
        for rule in sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))
        if rule.endpoint in declared
    ]
    return "\n".join(lines) + "\n"


def _told(admitted: frozenset[Role] | str | None) -> str:
    if not isinstance(admitted, frozenset):
        return str(admitted)
    staff = ["staff"] if admitted >= set(STAFF) else []
    return " ".join(staff + [role.value for role in Role if role in admitted and not (staff and role in STAFF)])


def test_the_list_of_who_may_open_what_is_the_reviewed_one(world: World) -> None:
    if os.environ.get("UPDATE_ACCESS"):
        LIST.write_text(listed(world))
    now, reviewed = listed(world).splitlines(), LIST.read_text().splitlines()
    changes = [f"+ {line}" for line in now if line not in reviewed] + [
        f"- {line}" for line in reviewed if line not in now
    ]
    assert now == reviewed, "\n".join([*changes, REMEDY])


def test_every_endpoint_declares_whom_it_admits(world: World) -> None:
    undeclared = [name for name, admitted in access.declarations(world.app).items() if admitted is None]
    assert not undeclared, f"{undeclared}: put @admits(Role…) or @public under @bp.route."


# Roles ------------------------------------------------------------------------------------------------------------------


def rules(world: World, method: str = "") -> list[Rule]:
    """Return the rules of our endpoints, those that answer `method`."""
    declared = access.declarations(world.app)
    found = (rule for rule in world.app.url_map.iter_rules() if rule.endpoint in declared)
    return sorted(
        (r for r in found if not method or method in (r.methods or set())), key=lambda r: (r.endpoint, r.rule)
    )


def guarded(world: World, rule: Rule, method: str, who: str | None) -> str:
    """Tell what stands before a view: "open", "forbidden" or "sign-in"."""
    address = world.address(rule, world.values(rule))
    cookie = {"Cookie": f"signin={world.cookies[who]}"} if who else {}
    with world.app.test_request_context(address, method=method, headers=cookie):
        try:
            answer = world.app.preprocess_request()
        except Forbidden:
            return "forbidden"
        finally:
            db.session.rollback()
            world.app.do_teardown_request()
        return "open" if answer is None else "sign-in"


def test_every_role_meets_every_endpoint_and_method_as_declared(world: World) -> None:
    declared, wrong = access.declarations(world.app), []
    for rule in rules(world):
        admitted = declared[rule.endpoint]
        for method in sorted(STEPS & (rule.methods or set())):
            for role in [None, *ROLES]:
                met = guarded(world, rule, method, role and own(role))
                free = admitted == access.PUBLIC or (isinstance(admitted, frozenset) and role in admitted)
                due = "open" if free else "forbidden" if role else "sign-in"
                wrong += [] if met == due else [f"{method} {rule.endpoint} as {role}: {met}, declared {due}"]
    assert not wrong, "\n".join(wrong)


# Rows -------------------------------------------------------------------------------------------------------------------


def admitted_to(world: World, rule: Rule) -> list[Role]:
    found = access.declarations(world.app)[rule.endpoint]
    return [role for role in ROLES if role in found] if isinstance(found, frozenset) else []


def status(world: World, who: str | None, rule: Rule, values: dict[str, Any], method: str = "GET") -> int:
    return world.client(who).open(world.address(rule, values), method=method).status_code


def with_ids(world: World, method: str = "") -> list[Rule]:
    """Return the rules about one row that only some people may see."""
    return [rule for rule in rules(world, method) if rule.arguments and admitted_to(world, rule)]


def test_the_world_has_a_row_for_every_address(world: World) -> None:
    lacking = []
    for rule in rules(world):
        try:
            world.values(rule)
        except KeyError as missing:
            lacking.append(f"{rule.endpoint}: {missing}")
    assert not lacking, f"{lacking}: make such a row in tests/house/world.py and name its id there."


def looking(world: World, rule: Rule, place: int) -> list[str]:
    """Choose who looks at a page of their own: each operator and trainee, one role of the staff in turn, the city."""
    roles = admitted_to(world, rule)
    theirs = [role for role in roles if (rule.endpoint, role) not in NOT_THEIRS]
    staff = [role for role in theirs if role in STAFF]
    chosen = [role for role in theirs if role not in STAFF]
    chosen += [staff[place % len(staff)]] if staff else []
    return [*(own(role) for role in chosen), *(["city_admin"] if Role.ADMIN in roles else [])]


def test_everybody_sees_what_is_theirs_on_pages_with_one_heading_and_labelled_fields(world: World) -> None:
    wrong = []
    for place, rule in enumerate(rules(world, "GET")):
        for number, who in enumerate(looking(world, rule, place)):
            answer = world.client(who).get(world.address(rule, _seen_by(world, rule, who)))
            due = OTHERWISE.get(rule.endpoint, 200)
            wrong += (
                []
                if answer.status_code == due
                else [f"{rule.endpoint} as {who}: {answer.status_code} instead of {due}"]
            )
            if number == 0 and answer.mimetype == "text/html":
                Page(answer)
    assert not wrong, "\n".join(wrong)


def _seen_by(world: World, rule: Rule, who: str) -> dict[str, Any]:
    """An institution looks after its own address, not after the enterprise's."""
    theirs = world.by_endpoint["institution"] if who == own(Role.INSTITUTION) else {}
    return {name: theirs.get(name, value) for name, value in world.values(rule).items()}


def seen_by_strangers(world: World, method: str) -> list[str]:
    """Name every row that somebody of another place gets to see."""
    return [
        f"{method} {rule.endpoint} as another place's {role}: {answered}"
        for rule in with_ids(world, method)
        if rule.endpoint not in OPEN_TO_ALL_OF_THE_ROLE
        for role in admitted_to(world, rule)
        if (answered := status(world, stranger(role), rule, world.values(rule), method)) != 404
    ]


@pytest.mark.parametrize("method", sorted(STEPS))
def test_a_row_of_another_place_does_not_exist(world: World, method: str) -> None:
    seen = seen_by_strangers(world, method)
    assert not seen, "\n".join([*seen, UNSEEN])


def test_a_page_that_shows_any_row_to_anybody_would_be_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = world.app.view_functions["people.organisation"]
    leaky = wraps(honest)(lambda organisation_id: f"{organisation_id}")
    monkeypatch.setitem(world.app.view_functions, "people.organisation", leaky)
    assert {line.split()[1] for line in seen_by_strangers(world, "GET")} == {"people.organisation"}


@pytest.mark.parametrize("method", sorted(STEPS))
def test_a_row_that_is_not_there_is_not_found(world: World, method: str) -> None:
    wrong = []
    for rule in with_ids(world, method):
        known = world.values(rule)
        for name in [name for name, value in known.items() if isinstance(value, int)]:
            who = own(admitted_to(world, rule)[0])
            answered = status(world, who, rule, {**known, name: NOWHERE}, method)
            wrong += [] if answered == 404 else [f"{method} {rule.endpoint} without {name} as {who}: {answered}"]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("method", sorted(STEPS))
def test_a_part_of_another_thing_is_not_part_of_this_one(world: World, method: str) -> None:
    wrong = []
    for rule in with_ids(world, method):
        if "cohort_id" not in rule.arguments or len(rule.arguments) < 2:
            continue
        known = world.values(rule)
        other = (
            world.elsewhere["cohort_id"]
            if known["cohort_id"] != world.elsewhere["cohort_id"]
            else world.ids["cohort_id"]
        )
        who = own(admitted_to(world, rule)[0])
        answered = status(world, who, rule, {**known, "cohort_id": other}, method)
        wrong += (
            [] if answered == 404 or isinstance(known.get("kind"), str) else [f"{method} {rule.endpoint}: {answered}"]
        )
    assert not wrong, "\n".join(
        [*wrong, "Load the part by both ids: a person, session or file of another filing is a 404."]
    )


# Lists, and what reading leaves behind -----------------------------------------------------------------------------------


def lists(world: World) -> Iterator[tuple[str, str, bytes]]:
    """Open every page that is not about one row, as every role of another place."""
    for rule in rules(world, "GET"):
        if not rule.arguments and rule.endpoint not in OPEN_TO_ALL_OF_THE_ROLE:
            for role in admitted_to(world, rule):
                yield rule.endpoint, stranger(role), world.client(stranger(role)).get(world.address(rule, {})).data


def readable(data: bytes) -> str:
    """Return the text of a page or of a spreadsheet."""
    if not data.startswith(b"PK"):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def test_lists_and_exports_hold_nothing_of_another_place(world: World) -> None:
    seen = [
        (endpoint, who, [mark for mark in world.marks if mark in readable(data)])
        for endpoint, who, data in lists(world)
    ]
    leaks = [f"{endpoint} as {who}: {marks}" for endpoint, who, marks in seen if marks]
    assert not leaks, "\n".join([*leaks, UNSEEN])
    assert len(seen) > 50


def test_owners_do_find_the_same_words_so_the_check_can_fail(world: World) -> None:
    text = readable(world.client(own(Role.ENTERPRISE)).get("/cohorts/").data)
    assert any(mark in text for mark in world.marks)


def writes(world: World) -> set[str]:
    """Open every page once and return the endpoints of those that wrote."""
    wrote: set[str] = set()
    with world.app.app_context():
        engine = db.engine

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        # That a session was used is written now and then, before the page's own transaction begins.
        if statement.lstrip().startswith("UPDATE sign_ins SET seen_at"):
            return
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) and g.get("looking_at"):
            wrote.add(g.looking_at)

    event.listen(engine, "before_cursor_execute", listen)
    try:
        for rule in rules(world, "GET"):
            roles = admitted_to(world, rule)
            with world.app.app_context():
                g.looking_at = rule.endpoint
                status(world, own(roles[0]) if roles else None, rule, world.values(rule))
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    return wrote


def test_no_page_that_is_only_looked_at_writes(world: World) -> None:
    wrote = writes(world)
    assert not wrote - set(NOTED), (
        f"{wrote - set(NOTED)}: a GET only reads; move the write into a POST, or give the reason in NOTED."
    )
    assert wrote == set(NOTED), "The exceptions write no more, or the check sees nothing."
