"""Pages of the statutory calendar: a year at a glance, one day, a year's file in."""

from __future__ import annotations

from calendar import Calendar as Weeks
from datetime import date
from typing import Any

from babel.dates import get_month_names
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.dates import parse_day
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.roles import STAFF
from trainingadmin.people.queries import names
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import XLSX, language, render_kept, said
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.spreadsheets.annotating import sentence
from trainingadmin.policies import actions, queries, sheet
from trainingadmin.policies.day_kinds import DAY_LABELS, DayKind
from trainingadmin.policies.forms import DayForm, YearForm
from trainingadmin.policies.sheet import YearReading

bp = Blueprint("policies", __name__, url_prefix="/calendar")


@bp.route("/", methods=["GET", "POST"])
@admits(*STAFF)
def index() -> ResponseReturnValue:
    """Show a year month by month; who maintains it sends another year's arrangement."""
    form, read = YearForm(), list[YearReading]()
    if form.carries_out(lambda: read.append(actions.import_year(form.content(), by=actor()))) and read[0].importable:
        said(_("已导入 %(year)s 年的安排，共 %(n)s 天。", year=read[0].year, n=len(read[0].lines)))
        return redirect(url_for(".index", year=read[0].year))
    wrong = _problems(read[0]) if read else []
    return render_kept("policies/index.html", form=form, wrong=wrong, **_year()), 422 if wrong else form.status


def _year() -> dict[str, Any]:
    today, kept = clock.today(), queries.years()
    year = request.args.get("year", today.year, type=int)
    if not sheet.FIRST_YEAR <= year <= sheet.LAST_YEAR:
        abort(404)
    weeks = {month: Weeks().monthdatescalendar(year, month) for month in range(1, 13)}
    changes: list[dict[str, Any]] = [
        {"verb": one.verb, "detail": one.detail, "account_id": one.account_id, "at": one.at}
        for one in reversed(journal.of(f"calendar:{year}"))
    ]
    return {
        "year": year,
        "source": queries.source_of(year),
        "months": weeks,
        "month_names": dict(get_month_names("wide", "stand-alone", language())),
        "exceptions": queries.exceptions(year),
        "year_options": [(one, str(one)) for one in sorted({*kept, year, today.year + 1}, reverse=True)],
        "editable": actor().has(*actions.MAINTAINERS),
        "changes": changes,
        "names": names({entry["account_id"] for entry in changes}),
        "kinds": DAY_LABELS,
    }


def _problems(reading: YearReading) -> list[dict[str, Any]]:
    return [
        {
            "row": one.row,
            "column": f"{one.column} {one.column_name}".strip(),
            "value": one.value,
            "kind": one.severity.value,
            "reason": sentence(one.reason, one, _),
            "advice": sentence(one.advice, one, _) if one.advice else "",
        }
        for one in reading.findings
    ]


@bp.route("/days/<day>", methods=["GET", "POST"])
@admits(*STAFF)
def day(day: str) -> ResponseReturnValue:
    """Show what a day is and why; who maintains the calendar changes a day to come."""
    on, form = _day(day), DayForm()
    form.offer(queries.kind_of(on))
    changed: list[bool] = []
    if form.carries_out(lambda: changed.append(_set(on, form))):
        said(_("已更改 %(day)s 的安排。", day=on.isoformat()) if changed[0] else _("没有变化。"))
        return redirect(url_for(".index", year=on.year))
    kept = queries.exceptions(on.year).get(on)
    editable = actor().has(*actions.MAINTAINERS) and on > clock.today() and queries.is_known(on.year)
    more = {"on": on, "kept": kept, "editable": editable, "kind": queries.kind_of(on), "kinds": DAY_LABELS}
    return render_template("policies/day.html", form=form, **more), form.status


def _set(on: date, form: DayForm) -> bool:
    return actions.set_day(on, DayKind(form.kind.data), form.reason.data or "", by=actor())


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except Malformed:
        abort(404)


@bp.get("/template")
@admits(*STAFF)
def template() -> ResponseReturnValue:
    """Hand out the form of a year, with what is kept of it already."""
    year = request.args.get("year", clock.today().year + 1, type=int)
    if not sheet.FIRST_YEAR <= year <= sheet.LAST_YEAR:
        abort(404)
    rows = [(one.date, "上班" if one.working else "放假", one.name) for one in queries.exceptions(year).values()]
    data = sheet.template(rows, year=year, source=queries.source_of(year) or "", translate=_)
    return file_answer(data, _("%(year)s年节假日安排.xlsx", year=year), XLSX)
