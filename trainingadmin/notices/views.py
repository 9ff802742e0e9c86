"""Pages of public notices: the office's side and everybody's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from trainingadmin.claims.particulars import scheme_name
from trainingadmin.claims.states import LINE
from trainingadmin.kernel.roles import FINANCE, REVIEWERS, Role
from trainingadmin.notices import actions, queries, states
from trainingadmin.notices.forms import DecisionForm, ObjectionForm, PublishForm
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits, public
from trainingadmin.plumbing.idempotency import from_strangers
from trainingadmin.plumbing.pages import render_kept, said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.policies.queries import term
from trainingadmin.schemes import SCHEMES

bp = Blueprint("notices", __name__)

_READERS = (*REVIEWERS, *FINANCE, Role.SUPERVISOR, Role.ADMIN)
_WORDS = {
    "labels": states.NOTICE_LABELS,
    "tones": states.NOTICE_TONES,
    "objection_labels": states.OBJECTION_LABELS,
    "objection_tones": states.OBJECTION_TONES,
    "line_labels": LINE.labels,
    "line_tones": LINE.tones,
}


@bp.context_processor
def _scheme() -> dict[str, Any]:
    return {"scheme_name": scheme_name}


@bp.app_template_global()
def notices_of(claim_id: int) -> list[dict[str, Any]]:
    """Return the notices that name people of a claim, each where the reader may open it."""
    within = actor().has(*_READERS)
    return [
        {
            "number": number,
            "href": url_for("notices.show", notice_id=id_) if within else url_for("notices.read", number=number),
            "posted_on": posted_on,
            "closes_on": closes_on,
            "state": states.NOTICE_LABELS[state],
            "tone": states.NOTICE_TONES[state],
        }
        for id_, number, posted_on, closes_on, state in queries.of_claim(claim_id)
    ]


@bp.get("/notices")
@admits(*_READERS)
def index() -> ResponseReturnValue:
    """List the office's notices, and what waits to be published."""
    page = page_of(queries.listing(actor()))
    return render_kept("notices/index.html", page=page, waiting=queries.publishable(actor()), **_WORDS)


@bp.route("/notices/publish", methods=["GET", "POST"])
@admits(Role.ACCEPTANCE, Role.APPROVAL)
def publish() -> ResponseReturnValue:
    """Compose and post a notice from approved claims."""
    waiting = queries.publishable(actor())
    days, basis = term(waiting[0][6] if waiting else next(iter(SCHEMES)), "notice_days", clock.today())
    form = PublishForm(days=days, claims=[row[0] for row in waiting if row[6:8] == waiting[0][6:8]])
    form.claims.choices = _choices(waiting)
    window = actions.Window(form.days.data or days, form.unit.data != "natural", form.counting.data != "inclusive")
    chosen = queries.approved_lines(form.claims.data or [], actor()) if request.method == "POST" else []
    if form.carries_out(lambda: actions.publish(chosen, form.title.data or "", by=actor(), window=window)):
        said(_("已张贴公示。"))
        return redirect(url_for(".index"))
    return render_template("notices/publish.html", form=form, waiting=waiting, days=days, basis=basis), form.status


def _choices(waiting: list[tuple[Any, ...]]) -> list[SelectChoice]:
    """Name each claim, after what keeps it apart from others: its office and its scheme, where these differ."""
    told = [(row[0], row[8], scheme_name(row[6]), row[1], row[2]) for row in waiting]
    told_apart = [at for at in (1, 2) if len({one[at] for one in told}) > 1]
    return [SelectChoice(one[0], " · ".join(one[at] for at in (*told_apart, 3, 4))) for one in told]


@bp.get("/notices/<int:notice_id>")
@admits(*_READERS)
def show(notice_id: int) -> ResponseReturnValue:
    """Show one notice with the state of every line and the objections."""
    notice = queries.notice(notice_id, actor=actor())
    return render_template(
        "notices/show.html",
        notice=notice,
        objections=queries.objections(notice_id),
        line_states=queries.states(notice_id),
        **_WORDS,
    )


@bp.get("/notices/<int:notice_id>/print")
@admits(*_READERS)
def printed(notice_id: int) -> ResponseReturnValue:
    """Show one notice for the wall: A4, seal, no form."""
    return render_template("notices/printed.html", notice=queries.notice(notice_id, actor=actor()))


@bp.route("/notices/objections/<int:objection_id>", methods=["GET", "POST"])
@admits(*REVIEWERS)
def decide(objection_id: int) -> ResponseReturnValue:
    """Decide one objection."""
    found, form = queries.objection(objection_id, actor=actor()), DecisionForm()
    notice = queries.notice_of(found)
    if form.carries_out(
        lambda: actions.decide(found, upheld=form.upheld.data == "yes", decision=form.decision.data or "", by=actor())
    ):
        said(_("结论已记录。"))
        return redirect(url_for(".show", notice_id=notice.id))
    return render_template("notices/decide.html", found=found, notice=notice, form=form, **_WORDS), form.status


@bp.get("/public/notices")
@public
def board() -> ResponseReturnValue:
    """List what is posted now, for anybody."""
    return _unindexed(render_kept("notices/board.html", page=page_of(queries.public_list())))


@bp.get("/public/notices/<number>")
@public
def read(number: str) -> ResponseReturnValue:
    """Show a notice to anybody; once over, its list of names is gone."""
    return _unindexed(render_template("notices/read.html", notice=queries.public_notice(number)))


@bp.route("/public/notices/<number>/object", methods=["GET", "POST"])
@public
@from_strangers
def object_to(number: str) -> ResponseReturnValue:
    """Take an objection from anybody."""
    notice, form = queries.public_notice(number), ObjectionForm()
    receipt: list[str] = []

    def act() -> None:
        receipt.append(
            actions.object_to(
                notice,
                form.position.data or 0,
                form.text.data or "",
                form.objector.data or "",
                form.contact.data or "",
                address=request.remote_addr or "",
            ).number
        )

    if form.carries_out(act):
        said(_("已收到，受理编号 %(number)s。核查期间只暂停该人员的补贴。", number=receipt[0]))
        return redirect(url_for(".read", number=number))
    return _unindexed(render_template("notices/object_to.html", notice=notice, form=form), form.status)


def _unindexed(html: str, status: int = 200) -> Response:
    response = make_response(html, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
