"""Entries made after their time, and the second person who confirms them."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.attendance import evidence as attendance
from trainingadmin.attendance import grid
from trainingadmin.attendance.actions import is_late
from trainingadmin.attendance.forms import RegisterForm
from trainingadmin.attendance.queries import marks_of
from trainingadmin.checkins import actions, queries
from trainingadmin.checkins.forms import NoteForm
from trainingadmin.checkins.states import LATE
from trainingadmin.checkins.views.blueprint import ANYONE, OPERATORS, bp, held_in, mine
from trainingadmin.cohorts.queries import people
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing.access import actor, admits, move_asked
from trainingadmin.plumbing.pages import said


@bp.route("/checkins/<int:cohort_id>/<int:session_id>/late", methods=["GET", "POST"])
@admits(*OPERATORS)
def enter_late(cohort_id: int, session_id: int) -> ResponseReturnValue:
    """Enter marks after their time, for a second person to confirm."""
    held, done = mine(cohort_id, session_id), list[Any]()
    marks = marks_of(held.id)
    seats = attendance.expected(people(held.cohort_id), held.shift_group, held.held_on, marks)
    form = RegisterForm.seated(seats, marks)
    if form.carries_out(
        lambda: done.append(actions.enter_late(held, form.changed(), form.reason.data or "", by=actor()))
    ):
        said(_("已提交，待另一人确认后计入考勤。"))
        return redirect(_entry(held, done[0].id))
    return _page("checkins/enter_late.html", held, form.status, seats=seats, marks=marks, form=form)


def _page(template: str, held: Any, status: int = 200, **more: Any) -> ResponseReturnValue:
    """Show a page of late entries in the words of the register."""
    words = {
        "hours": lambda minutes, hour=45: grid.hours_text(minutes, hour),
        "labels": attendance.LABELS,
        "tones": attendance.TONES,
        "suspicions": attendance.suspicions,
        "terms": attendance.terms(held.cohort),
        "cohort": held.cohort,
        "late": is_late(held),
        "lifecycle": LATE,
    }
    return render_template(template, held=held, entered=queries.late_entries(held.id), **words, **more), status


def _entry(held: Any, entry_id: int) -> str:
    return url_for(".show_late", cohort_id=held.cohort_id, session_id=held.id, entry_id=entry_id)


@bp.get("/checkins/<int:cohort_id>/<int:session_id>/late/<int:entry_id>")
@admits(*ANYONE)
def show_late(cohort_id: int, session_id: int, entry_id: int) -> ResponseReturnValue:
    """Show what was entered late, by whom, and who may confirm it."""
    held = held_in(cohort_id, session_id)
    return _shown(held, queries.late_entry(held.id, entry_id), NoteForm(formdata=None))


@bp.post("/checkins/<int:cohort_id>/<int:session_id>/late/<int:entry_id>/move")
@admits(*OPERATORS, Role.ACCEPTANCE, Role.FIRST_REVIEW)
def move_late(cohort_id: int, session_id: int, entry_id: int) -> ResponseReturnValue:
    """Confirm or decline what another person entered late."""
    held, form = held_in(cohort_id, session_id), NoteForm()
    entry, name = queries.late_entry(held.id, entry_id), move_asked()
    if form.carries_out(lambda: actions.move_late(entry, name, form.note.data or "", by=actor())):
        said(_("已办理：%(move)s。", move=_(LATE.moves[name].label)))
        return redirect(_entry(held, entry_id))
    return _shown(held_in(cohort_id, session_id), queries.late_entry(session_id, entry_id), form)


def _shown(held: Any, entry: Any, form: NoteForm) -> ResponseReturnValue:
    named = {one.id: one for one in people(held.cohort_id, among=[line.enrolment_id for line in _lines(entry)])}
    lines = [(named[line.enrolment_id], line) for line in _lines(entry) if line.enrolment_id in named]
    offers = LATE.offers(state=entry.state, actor=actor(), past=entry.steps)
    return _page("checkins/show_late.html", held, form.status, entry=entry, lines=lines, offers=offers, form=form)


def _lines(entry: Any) -> Any:
    return actions.entries_of(entry)
