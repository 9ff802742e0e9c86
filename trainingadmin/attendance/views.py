"""Pages of attendance: filings, apprentices, sessions and their registers, sign-in files, suspect marks."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.attendance import actions, evidence, grid, monthly, official, queries
from trainingadmin.attendance.actions import is_late, may_record
from trainingadmin.attendance.evidence import Risk
from trainingadmin.attendance.forms import GroupsForm, RegisterForm, SessionForm
from trainingadmin.cohorts.actions import problems
from trainingadmin.cohorts.forms import ConfirmForm, UploadForm
from trainingadmin.cohorts.queries import apprentice, enrolled_as, people
from trainingadmin.cohorts.states import LIFECYCLES, CohortState
from trainingadmin.kernel.dates import parse_month
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing import clock, searching
from trainingadmin.plumbing.access import actor, admits, staff_and
from trainingadmin.plumbing.exports import note
from trainingadmin.plumbing.pages import XLSX, download, render_kept, said
from trainingadmin.plumbing.paging import PAGE_SIZE, Page, page_of
from trainingadmin.plumbing.spreadsheets.findings import together
from trainingadmin.plumbing.spreadsheets.forms import write_form
from trainingadmin.plumbing.storage import store

bp = Blueprint("attendance", __name__, url_prefix="/attendance")

_OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)
_ANYONE = staff_and(*_OPERATORS)
_SHOWN_FINDINGS = 200
_MONTH_ROWS = 400


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "hours": lambda minutes, hour=45: grid.hours_text(minutes, hour),
        "share": grid.share_text,
        "phase": queries.phase,
        "suspicions": evidence.suspicions,
        "Risk": Risk,
        "labels": evidence.LABELS,
        "tones": evidence.TONES,
    }


def _page(template: str, found: Any, status: int = 200, **more: Any) -> ResponseReturnValue:
    """Show a page of one filing inside its frame: number, state, tabs."""
    frame = {
        "cohort": found,
        "lifecycle": LIFECYCLES[found.scheme],
        "terms": evidence.terms(found),
        "suspect_count": queries.suspect_count(found.id),
        "unmarked": queries.unmarked(found.id),
        "writable": found.state is CohortState.APPROVED and may_record(found, actor()),
    }
    return render_template(template, **frame, **more), status


@bp.get("/")
@admits(*_ANYONE)
def index() -> ResponseReturnValue:
    """List the filings in training with the share attended and how many are at risk."""
    wanted = {name: request.args.get(name, "").strip() for name in ("q", "state", "risk")}
    among = evidence.alerts(actor()).filings if wanted["risk"] == "below" else None
    page = page_of(queries.listing(actor(), q=wanted["q"], state=wanted["state"], among=among))
    more = {"overviews": evidence.overviews(page.rows), "lifecycles": LIFECYCLES, "kept": queries.KEPT}
    return render_kept("attendance/index.html", page=page, wanted=wanted, **more)


@bp.get("/months")
@admits(*_ANYONE)
def months() -> ResponseReturnValue:
    """Show what a month comes to, class by class, and the months there are."""
    known = monthly.months(actor())
    month = _month_asked(known[0].month if known else clock.today())
    page = page_of(queries.of_month(actor(), month))
    more: dict[str, Any] = {"whole": next((one for one in known if one.month == month), None)}
    more["hour_of"] = monthly.hours(page.rows)
    return render_template("attendance/months.html", page=page, months=known, month=month, **more)


@bp.get("/months.xlsx")
@admits(*_ANYONE)
def months_file() -> ResponseReturnValue:
    """Hand out a month's classes as a table."""
    month = _month_asked(clock.today())
    table, rows = monthly.export(actor(), month)
    note("attendance", f"months:{month:%Y-%m}", by=actor(), rows=rows)
    return download(table, f"{monthly.title(month)}.xlsx", XLSX)


@bp.get("/<int:cohort_id>")
@admits(*_ANYONE)
def show(cohort_id: int) -> ResponseReturnValue:
    """Show what each apprentice attended, those at the greatest risk first."""
    found = queries.filing(cohort_id, actor=actor())
    wanted = {name: request.args.get(name, "").strip() for name in ("q", "group", "risk")}
    percent = evidence.terms(found).percent
    roster = queries.rosters((found.id,))[found.id]
    standings = evidence.standings(people(found.id), roster.by_enrolment, percent)
    page = _sliced([one for one in standings if _is_wanted(one, **wanted)])
    more: dict[str, Any] = {
        "page": page,
        "short": evidence.shortfall(found, roster.by_enrolment),
        "overview": queries.overview(roster, percent),
        "groups": queries.groups(found.id),
        "wanted": wanted,
    }
    more["meters"] = queries.meters([found.id], percent)
    return _page("attendance/show.html", found, **more)


@bp.post("/<int:cohort_id>/find")
@admits(*_ANYONE)
def find(cohort_id: int) -> ResponseReturnValue:
    """Narrow the list, or lead to the apprentice whose whole ID number was asked for."""
    found = queries.filing(cohort_id, actor=actor())

    def of_number(number: str) -> str | None:
        one = enrolled_as(found.id, number)
        return url_for(".person", cohort_id=cohort_id, enrolment_id=one) if one else None

    return searching.led(url_for(".show", cohort_id=cohort_id), of_number)


def _is_wanted(one: evidence.Standing, q: str, group: str, risk: str) -> bool:
    named = q in one.enrolment.person.name or one.enrolment.person.id_number.endswith(q.upper())
    grouped = not group or one.enrolment.shift_group == group
    return named and grouped and (risk != "below" or one.risk in (Risk.LOST, Risk.BELOW))


def _sliced(rows: list[Any]) -> Page[Any]:
    number = max(1, request.args.get("page", 1, type=int))
    return Page(rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number, len(rows), PAGE_SIZE)


@bp.get("/<int:cohort_id>/people/<int:enrolment_id>")
@admits(*_ANYONE)
def person(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Show one apprentice: every session with the mark that counts, and those it replaced."""
    found = queries.filing(cohort_id, actor=actor())
    one = apprentice(found.id, enrolment_id)
    more: dict[str, Any] = {"totals": queries.totals(found.id)[one.id], "history": queries.history(one)}
    meter = queries.meters([found.id], evidence.terms(found).percent).get(one.id)
    return _page("attendance/person.html", found, one=one, meter=meter, **more)


@bp.get("/<int:cohort_id>/suspects")
@admits(*_ANYONE)
def suspects(cohort_id: int) -> ResponseReturnValue:
    """List the marks that a person should look at, with the evidence."""
    found = queries.filing(cohort_id, actor=actor())
    return _page("attendance/suspects.html", found, page=page_of(queries.suspects(found.id)))


@bp.get("/<int:cohort_id>/export")
@admits(*_ANYONE)
def export(cohort_id: int) -> ResponseReturnValue:
    """Hand out the attendance form (考勤表) as a workbook."""
    found = queries.filing(cohort_id, actor=actor())
    data = grid.workbook(
        _grid_people(found),
        [grid.Heading(one.id, one.shift_group, one.held_on, one.starts_at) for one in queries.sessions(found.id)],
        {key: mark.status.value for key, mark in queries.known(found.id).items()},
        hour_minutes=evidence.terms(found).rules.hour_minutes,
        heading=_export_heading(found),
        translate=_,
    )
    return download(data, _("出勤统计_%(number)s.xlsx", number=found.number), XLSX)


def _pages(found: Any) -> tuple[official.Papers, list[Any]]:
    """Return the official form of a filing: what its head says, and a page a month."""
    hour, totals = evidence.terms(found).rules.hour_minutes, queries.totals(found.id)
    planned = max((one.planned_minutes for one in totals.values()), default=0)
    hours = _("项目：%(title)s（%(n)s 课时）", title=found.title, n=grid.hours_text(planned, hour))
    head = _("培训机构：%(name)s", name=found.institution.name), _("班期号：%(number)s", number=found.number), hours
    name = _("企业新型学徒制培训考勤表") if found.enterprise_id and found.target_level else _("职业技能培训考勤表")
    papers = official.Papers(name, ("　　".join(head),))
    sessions = [grid.Heading(one.id, one.shift_group, one.held_on, one.starts_at) for one in queries.sessions(found.id)]
    marks = {key: mark.status.value for key, mark in queries.known(found.id).items()}
    foot = (_("授课教师：　　　　　　　　班主任：　　　　　　　　机构负责人：　　　　　　　　（盖章）"),)
    return papers, official.pages(_grid_people(found), sessions, marks, papers, foot=foot, translate=_)


@bp.get("/<int:cohort_id>/form.xlsx")
@admits(*_ANYONE)
def form(cohort_id: int) -> ResponseReturnValue:
    """Hand out the attendance in the layout of the official form (考勤表), a sheet a month."""
    found = queries.filing(cohort_id, actor=actor())
    return download(write_form(_pages(found)[1]), _("考勤表_%(number)s.xlsx", number=found.number), XLSX)


@bp.get("/<int:cohort_id>/paper")
@admits(*_ANYONE)
def paper(cohort_id: int) -> ResponseReturnValue:
    """Show the official form for A4 across, with places for the signatures."""
    found = queries.filing(cohort_id, actor=actor())
    papers, pages = _pages(found)
    return _page("attendance/paper.html", found, papers=papers, pages=pages)


def _grid_people(found: Any) -> list[grid.Person]:
    totals = queries.totals(found.id)
    return [
        grid.Person(
            one.id,
            one.position,
            one.person.name,
            mask_id(one.person.id_number),
            one.shift_group,
            totals[one.id].due_minutes,
            totals[one.id].credited_minutes,
            totals[one.id].leave_minutes,
        )
        for one in people(found.id)
    ]


def _export_heading(found: Any) -> list[str]:
    made = {"name": actor().name, "at": f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"}
    return [
        _("考勤表：%(title)s（%(number)s）", title=found.title, number=found.number),
        " · ".join(one.name for one in (found.enterprise, found.institution) if one is not None),
        _("由 %(name)s 于 %(at)s 导出；√ 到，× 缺勤，假 请假，— 不是本班组的课，空白未登记", **made),
    ]


@bp.get("/<int:cohort_id>/sessions")
@admits(*_ANYONE)
def sessions(cohort_id: int) -> ResponseReturnValue:
    """List a month's sessions beside its calendar, or all that nobody has marked."""
    found = queries.filing(cohort_id, actor=actor())
    group, open_only = request.args.get("group", ""), request.args.get("open") == "1"
    month = _month(found)
    first, last = (None, None) if open_only else grid.month_span(month)
    rows = queries.session_rows(found.id, group=group, first=first, last=last, open_only=open_only)
    page = page_of(rows, size=PAGE_SIZE if open_only else _MONTH_ROWS)
    more: dict[str, Any] = {
        "page": page,
        "month": month,
        "open_only": open_only,
        "group": group,
        "groups": queries.groups(found.id),
    }
    weeks = [] if open_only else grid.weeks(month, reversed(page.rows))
    return _page("attendance/sessions.html", found, span=queries.span(found.id), weeks=weeks, **more)


def _month(found: Any) -> date:
    """Return the month asked for, else the one of the last session so far, else that of the first."""
    first, last = queries.span(found.id)
    return _month_asked(min(max(first or clock.today(), clock.today()), last or clock.today()))


def _month_asked(usual: date) -> date:
    try:
        return parse_month(request.args.get("month", ""))
    except Malformed:
        return usual.replace(day=1)


@bp.route("/<int:cohort_id>/plan", methods=["GET", "POST"])
@admits(*_OPERATORS)
def plan(cohort_id: int) -> ResponseReturnValue:
    """Put a session on the plan."""
    found, form = queries.filing(cohort_id, actor=actor()), SessionForm()
    form.offer(queries.groups(found.id))
    if form.carries_out(lambda: actions.plan_session(found, form.plan(), by=actor())):
        said(_("已排课。"))
        return redirect(url_for(".sessions", cohort_id=cohort_id, month=f"{form.held_on.data:%Y-%m}"))
    return _page("attendance/plan.html", found, form.status, form=form)


@bp.route("/<int:cohort_id>/sessions/<int:session_id>", methods=["GET", "POST"])
@admits(*_ANYONE)
def register(cohort_id: int, session_id: int) -> ResponseReturnValue:
    """Show a session's register; operators of the filing mark it and correct it."""
    found = queries.filing(cohort_id, actor=actor())
    held, done = queries.session(found.id, session_id), list[int]()
    seats, marks = _seats(found, held)
    form = RegisterForm.seated(seats, marks, all_present=request.args.get("all") == "present")
    if form.carries_out(lambda: done.append(actions.record(held, form.entries(), form.reason.data or "", by=actor()))):
        said(_("已登记 %(n)s 人。", n=done[0]) if done[0] else _("没有改动。"))
        return redirect(url_for(".register", cohort_id=cohort_id, session_id=session_id))
    more: dict[str, Any] = {"held": held, "form": form, "seats": seats, "marks": marks}
    return _page("attendance/register.html", found, form.status, begun=_begun(held), late=is_late(held), **more)


def _seats(found: Any, held: Any) -> tuple[list[Any], dict[int, Any]]:
    marks = queries.marks_of(held.id)
    return evidence.expected(people(found.id), held.shift_group, held.held_on, marks), marks


def _begun(held: Any) -> bool:
    return clock.now() >= queries.begins(held.held_on, held.starts_at)


@bp.get("/<int:cohort_id>/sessions/<int:session_id>/sheet")
@admits(*_ANYONE)
def sheet(cohort_id: int, session_id: int) -> ResponseReturnValue:
    """Show a session's sign-in sheet for A4 paper."""
    found = queries.filing(cohort_id, actor=actor())
    held = queries.session(found.id, session_id)
    seats, marks = _seats(found, held)
    return _page("attendance/sheet.html", found, held=held, seats=seats, marks=marks)


@bp.route("/<int:cohort_id>/sessions/<int:session_id>/remove", methods=["GET", "POST"])
@admits(*_OPERATORS)
def remove(cohort_id: int, session_id: int) -> ResponseReturnValue:
    """Take a session off the plan."""
    found, form = queries.filing(cohort_id, actor=actor()), ConfirmForm()
    held = queries.session(found.id, session_id)
    month = f"{held.held_on:%Y-%m}"
    if form.carries_out(lambda: actions.remove_session(held, by=actor())):
        said(_("已从计划中删去。"))
        return redirect(url_for(".sessions", cohort_id=cohort_id, month=month))
    return _page("attendance/remove.html", found, form.status, form=form, held=held)


@bp.route("/<int:cohort_id>/groups", methods=["GET", "POST"])
@admits(*_OPERATORS)
def groups(cohort_id: int) -> ResponseReturnValue:
    """Set the apprentices' shift groups."""
    found, done = queries.filing(cohort_id, actor=actor()), list[int]()
    roster = people(found.id)
    form = GroupsForm.seated(roster)
    if form.carries_out(lambda: done.append(actions.assign_groups(found, form.groups(), by=actor()))):
        said(_("已保存，改动 %(n)s 人。", n=done[0]))
        return redirect(url_for(".show", cohort_id=cohort_id))
    return _page("attendance/groups.html", found, form.status, form=form, roster=roster)


@bp.route("/<int:cohort_id>/upload", methods=["GET", "POST"])
@admits(*_ANYONE)
def upload(cohort_id: int) -> ResponseReturnValue:
    """Read a sign-in file without importing it; list the files so far."""
    found, form, read = queries.filing(cohort_id, actor=actor()), UploadForm(), list[Any]()
    if form.carries_out(lambda: read.append(actions.upload_sheet(found, *form.content(), by=actor()))):
        return redirect(url_for(".reading", cohort_id=cohort_id, upload_id=read[0].id))
    return _page("attendance/upload.html", found, form.status, form=form, uploads=queries.uploads(found.id))


@bp.get("/<int:cohort_id>/template")
@admits(*_OPERATORS)
def template(cohort_id: int) -> ResponseReturnValue:
    """Hand out the sign-in lines to fill in, with everybody in training."""
    found = queries.filing(cohort_id, actor=actor())
    return download(actions.sheet_form(found, by=actor()), _("签到明细_%(number)s.xlsx", number=found.number), XLSX)


@bp.route("/<int:cohort_id>/uploads/<int:upload_id>", methods=["GET", "POST"])
@admits(*_ANYONE)
def reading(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Show what reading a file found; one click imports it whole."""
    found, form, added = queries.filing(cohort_id, actor=actor()), ConfirmForm(), list[int]()
    sent = queries.upload(found.id, upload_id)
    if form.carries_out(lambda: added.append(actions.import_sheet(sent, by=actor()))):
        said(_("已导入 %(n)s 条考勤。", n=added[0]) if added[0] else _("文件内容与已登记的相同，没有新增。"))
        return redirect(url_for(".show", cohort_id=cohort_id))
    return _page("attendance/reading.html", found, form.status, form=form, sent=sent, **_findings(sent))


def _findings(sent: Any) -> dict[str, Any]:
    found = problems(sent)
    counts = {f"{kind}s": sum(one["kind"] == kind for one in found) for kind in ("error", "warning")}
    said_of = together(found)
    names = {one.id: one.person.name for one in people(sent.cohort_id)} if sent.counts.get("lacking") else {}
    told = {"lacking_names": lambda ids: _("、").join(names[id_] for id_ in ids if id_ in names)}
    return {"shown": said_of[:_SHOWN_FINDINGS], "total": len(said_of), **counts, **told}


@bp.get("/<int:cohort_id>/uploads/<int:upload_id>/annotated")
@admits(*_ANYONE)
def annotated(cohort_id: int, upload_id: int) -> ResponseReturnValue:
    """Hand out the file with a comment in each cell that something was found in."""
    found = queries.filing(cohort_id, actor=actor())
    sent = queries.upload(found.id, upload_id)
    if sent.annotated_sha256 is None:
        abort(404)
    return download(store().read(sent.annotated_sha256), _("标注_%(name)s", name=sent.filename), XLSX)
