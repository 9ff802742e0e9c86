"""Every link that the pages of a filing have to its own pages and files leads somewhere, whatever is filed."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import RequestRedirect

from tests.client import Page
from tests.house.world import World, own
from trainingadmin.kernel.roles import Role

KINDS = {
    "apprentices": ("cohorts", Role.ENTERPRISE),
    "a class": ("classes", Role.INSTITUTION),
    "work as training": ("wages", Role.ENTERPRISE),
}
FILES = {
    "apprentices": {"attendance.export", "attendance.form", "attendance.paper", "cohorts.export_roster"},
    "a class": {"attendance.export", "attendance.form", "attendance.paper"},
    "work as training": {"wages.scan"},
}


def filing(world: World, kind: str) -> int:
    """Return the id of the running filing of a kind."""
    found = {**world.ids, **world.by_endpoint.get(KINDS[kind][0], {})}["cohort_id"]
    assert isinstance(found, int)
    return found


def walked(world: World, kind: str, who: str) -> dict[str, tuple[str, int]]:
    """Follow the links among the pages of one filing, one address of each endpoint; return what each answered."""
    known, client, found = filing(world, kind), world.client(who), dict[str, tuple[str, int]]()
    of_it = re.compile(rf"/(?:cohorts|classes|wages|attendance)/{known}(?:/|$)")
    waiting = deque([f"/{KINDS[kind][0]}/{known}"])
    while waiting:
        address = waiting.popleft()
        endpoint = _endpoint(world, urlsplit(address).path)
        if endpoint in found:
            continue
        answer = client.get(address, follow_redirects=True)
        found[endpoint] = (address, answer.status_code)
        links = Page(answer).links("/") if answer.mimetype == "text/html" else []
        waiting.extend(link for link in links if of_it.match(urlsplit(link).path))
    return found


def _endpoint(world: World, path: str) -> str:
    try:
        return str(world.app.url_map.bind("localhost").match(path)[0])
    except RequestRedirect as moved:
        return moved.new_url


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_of_a_filing_to_a_page_or_file_of_its_own_answers(world: World, kind: str) -> None:
    for who in (own(KINDS[kind][1]), own(Role.ACCEPTANCE), own(Role.FIRST_REVIEW), own(Role.SUPERVISOR)):
        found = walked(world, kind, who)
        wrong = [f"{address} as {who}: {status}" for address, status in found.values() if status != 200]
        assert not wrong, "\n".join(wrong)
        lacking = FILES[kind] - set(found)
        assert not lacking, f"{who} finds no way to {lacking}: the check looks at less than it should."
