"""What every table to take away has: a heading that says what, by whom and when, and a line in the journal."""

from __future__ import annotations

from flask_babel import gettext as _

from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal, transaction


def heading(title: str, by: Actor, *filters: str) -> list[str]:
    """Return the lines above a table: its title, who took it when, and how the list was narrowed."""
    at = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")
    used = "；".join(text for text in filters if text)
    told = [_("筛选：%(filters)s", filters=used)] if used else []
    return [title, _("导出人 %(name)s，%(at)s", name=by.name, at=at), *told]


def note(what: str, subject: str, *, by: Actor, rows: int, **filters: str) -> None:
    """Note who took a table, in a transaction of its own: the page itself only reads.

    Of the words searched for only that there were some: they may be somebody's name.
    """
    narrowed = {name: text for name, text in filters.items() if text and name != "q"}
    with transaction.unit():
        journal.record(f"export-{what}", subject, by=by, rows=rows, searched=bool(filters.get("q")), **narrowed)
