"""Pages of the plan of a class: a month at a time, the generators, one more session."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.attendance.evidence import LABELS
from trainingadmin.attendance.queries import groups, session
from trainingadmin.classes import actions, calendar, evidence, limits, queries
from trainingadmin.classes import forms as f
from trainingadmin.classes.views.blueprint import ANYONE, bp, page
from trainingadmin.cohorts.forms import ConfirmForm
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.dates import parse_month
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said


@bp.get("/<int:cohort_id>/plan")
@admits(*ANYONE)
def plan(cohort_id: int) -> ResponseReturnValue:
    """Show the plan of a month as a calendar and as a list."""
    found = queries.training_class(cohort_id, actor=actor())
    held = queries.sessions(cohort_id)
    month = _month(found, [one.held_on for one in held])
    more = {
        "month": month,
        "weeks": calendar.weeks(month, held),
        "held": [one for one in held if (one.held_on.year, one.held_on.month) == (month.year, month.month)],
        "span": (held[0].held_on, held[-1].held_on) if held else None,
        "kinds": LABELS["kind"],
        **_hours(found, held),
    }
    return page("classes/plan.html", found, **more)


def _hours(found: Any, held: Any) -> dict[str, Any]:
    wanted = ("plan-hours", "plan-outside", "day-hours-max", "online-share", "teacher-busy")
    checks = [one for one in limits.checks(found, people(found.cohort_id), held) if one.code in wanted]
    return {"checks": checks, "sessions": len(held), "hour": evidence.hour_minutes(found)}


def _month(found: Any, days: list[date]) -> date:
    """Return the month asked for, else today's within the plan, else that of the opening."""
    try:
        return parse_month(request.args.get("month", ""))
    except Malformed:
        first, last = (min(days), max(days)) if days else (found.cohort.starts_on, found.cohort.starts_on)
        return min(max(first, clock.today()), last).replace(day=1)


@bp.route("/<int:cohort_id>/plan/daily", methods=["GET", "POST"])
@admits(Role.INSTITUTION)
def plan_daily(cohort_id: int) -> ResponseReturnValue:
    """Lay the plan out day by day."""
    found, form = queries.training_class(cohort_id, actor=actor()), f.DailyForm()
    form.offer()
    form.usual(found)
    laid: list[int] = []
    if form.carries_out(lambda: laid.append(actions.plan_daily(found, form.plan(), by=actor()))):
        said(_("已排 %(n)s 次课。", n=laid[0]))
        return redirect(url_for(".plan", cohort_id=cohort_id))
    return page("classes/plan_daily.html", found, form.status, form=form, version=evidence.version(found))


@bp.route("/<int:cohort_id>/plan/shifts", methods=["GET", "POST"])
@admits(Role.INSTITUTION)
def plan_shifts(cohort_id: int) -> ResponseReturnValue:
    """Lay the plan out in the rest days of shift groups."""
    found, form = queries.training_class(cohort_id, actor=actor()), f.ShiftsForm()
    form.usual(found)
    laid: list[int] = []
    if form.carries_out(lambda: laid.append(actions.plan_shifts(found, form.timetable(), form.shifts(), by=actor()))):
        said(_("已排 %(n)s 次课。", n=laid[0]))
        return redirect(url_for(".plan", cohort_id=cohort_id))
    return page("classes/plan_shifts.html", found, form.status, form=form, version=evidence.version(found))


@bp.route("/<int:cohort_id>/plan/session", methods=["GET", "POST"])
@admits(Role.INSTITUTION)
def add_session(cohort_id: int) -> ResponseReturnValue:
    """Put one more session on the plan."""
    found, form = queries.training_class(cohort_id, actor=actor()), f.SessionForm()
    form.offer(groups(cohort_id))
    if form.carries_out(lambda: actions.add_session(found, form.plan(), by=actor())):
        said(_("已排课。"))
        return redirect(url_for(".plan", cohort_id=cohort_id, month=f"{form.held_on.data:%Y-%m}"))
    return page("classes/add_session.html", found, form.status, form=form)


@bp.route("/<int:cohort_id>/plan/session/<int:session_id>/remove", methods=["GET", "POST"])
@admits(Role.INSTITUTION)
def remove_session(cohort_id: int, session_id: int) -> ResponseReturnValue:
    """Take a session off the plan."""
    found, form = queries.training_class(cohort_id, actor=actor()), ConfirmForm()
    held = session(found.cohort_id, session_id)
    month = f"{held.held_on:%Y-%m}"
    if form.carries_out(lambda: actions.remove_session(found, held, by=actor())):
        said(_("已从计划中删去。"))
        return redirect(url_for(".plan", cohort_id=cohort_id, month=month))
    return render_template("classes/remove_session.html", found=found, held=held, form=form), form.status
