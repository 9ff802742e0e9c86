"""Every role's desk counts all it shows in one statement, and asks for little else."""

from __future__ import annotations

from tests.cohorts.counting import statements
from tests.house.world import World

MOST = 12


def test_no_desk_asks_the_database_for_more_than_twelve_things(world: World) -> None:
    asked: dict[str, int] = {}
    for who in world.cookies:
        client = world.client(who)
        if client.get("/desk").status_code != 200:
            continue
        with world.app.app_context(), statements() as seen:
            assert client.get("/desk").status_code == 200
        asked[who] = sum(not one.startswith(("BEGIN", "SET", "SAVEPOINT")) for one in seen)
    assert len(asked) > 10
    assert not {who: number for who, number in asked.items() if number > MOST}
    assert min(asked.values()) > 1, "nothing was counted"
