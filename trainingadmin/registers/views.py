"""Pages of other departments' lists: upload and versions, what reading found, whom they name, and the ruling on each."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.roles import REVIEWERS, Role
from trainingadmin.people.actions import masked
from trainingadmin.people.views.disclosing import disclosure
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits, weighty
from trainingadmin.plumbing.pages import XLSX, render_kept, said
from trainingadmin.plumbing.pages import download as file_answer
from trainingadmin.plumbing.paging import PAGE_SIZE, Page, page_of
from trainingadmin.plumbing.storage import store
from trainingadmin.plumbing.words import phrase as _
from trainingadmin.registers import actions, queries, sheet_columns
from trainingadmin.registers.evidence import list_name
from trainingadmin.registers.forms import ConfirmForm, ListForm, RulingForm
from trainingadmin.registers.matching import REASONS
from trainingadmin.registers.queries import Found
from trainingadmin.registers.states import MATCH_LABELS, MATCH_TONES, REGISTER_LABELS, Match, Register

bp = Blueprint("registers", __name__, url_prefix="/registers")

_READERS = (*REVIEWERS, Role.SUPERVISOR)
_WORDS: dict[str, Any] = {
    "kinds": REGISTER_LABELS,
    "outcomes": MATCH_LABELS,
    "tones": MATCH_TONES,
    "reasons": REASONS,
    "list_name": partial(list_name, translate=_),
}


@bp.app_template_global()
def held_against(person_ids: Collection[int]) -> list[dict[str, Any]]:
    """Return what lists hold against people, in words, for the officers who judge their claim."""
    found = queries.against(actor(), person_ids) if actor().has(*_READERS) else []
    return [
        {
            "row_id": one.row_id,
            "person_id": one.person_id,
            "name": one.subject_name,
            "outcome": _(MATCH_LABELS[one.outcome]),
            "tone": MATCH_TONES[one.outcome],
            "list": list_name(one.kind),
            "word": one.word,
            "since": one.from_on,
        }
        for one in found
    ]


@bp.context_processor
def _options() -> dict[str, Any]:
    return {
        "kind_options": [(kind.value, _(label)) for kind, label in REGISTER_LABELS.items()],
        "outcome_options": [(outcome.value, _(label)) for outcome, label in MATCH_LABELS.items()],
    }


@bp.route("/", methods=["GET", "POST"])
@admits(*_READERS)
def index() -> ResponseReturnValue:
    """Show which lists are in force and every file that was sent; officers send another to be read."""
    form, read = ListForm(), list[Any]()
    if form.carries_out(lambda: read.append(actions.upload_list(*form.content(), by=actor()))):
        return redirect(url_for(".show", list_id=read[0].id))
    kind = request.args.get("kind", "")
    page, newest = page_of(queries.uploads(actor(), kind)), queries.current(actor())
    more = {"page": page, "kind": kind, "newest": newest, "old": _too_old(newest), "editable": _may_write()}
    return render_kept(
        "registers/index.html", form=form, waiting=queries.count_open(newest), **more, **_WORDS
    ), form.status


def _too_old(newest: list[Any]) -> set[int]:
    return {one.id for one in newest if not queries.speaks_for(one.as_of, clock.today())}


def _may_write() -> bool:
    return actor().has(*actions.ATTESTORS)


@bp.get("/templates/<kind>")
@admits(*_READERS)
def template(kind: str) -> ResponseReturnValue:
    """Hand out the empty form of a list."""
    if kind not in set(Register):
        abort(404)
    chosen = Register(kind)
    data = sheet_columns.template(chosen, translate=_)
    return file_answer(data, _("%(list)s模板.xlsx", list=_(REGISTER_LABELS[chosen])), XLSX)


@bp.get("/<int:list_id>")
@admits(*_READERS)
def show(list_id: int) -> ResponseReturnValue:
    """Show what reading a file found, and whether it is in force."""
    return _show(list_id, ConfirmForm())


def _show(list_id: int, form: ConfirmForm) -> ResponseReturnValue:
    sent = queries.list_of(list_id, actor=actor())
    in_force = {one.id for one in queries.current(actor())}
    more = {"sent": sent, "problems_found": actions.problems(sent), "in_force": sent.id in in_force}
    replaced = next(
        (one for one in queries.current(actor()) if (one.kind, one.topic, one.office_code) == _series(sent)), None
    )
    more |= {"replaced": replaced, "known_here": queries.known_in(sent), "may_import": _may_write()}
    return render_template("registers/show.html", form=form, **more, **_WORDS), form.status


def _series(sent: Any) -> tuple[Any, str, str]:
    return sent.kind, sent.topic, sent.office_code


@bp.post("/<int:list_id>/import")
@admits(*REVIEWERS)
def take_in(list_id: int) -> ResponseReturnValue:
    """Import an upload whole; the same file again changes nothing."""
    form, sent, done = ConfirmForm(), queries.list_of(list_id, actor=actor()), list[bool]()
    if form.carries_out(lambda: done.append(actions.import_list(sent, by=actor()))):
        said(_imported(sent) if done[0] else _("这个文件已经导入过，没有任何变化。"))
        return redirect(url_for(".matches", kind=sent.kind.value if sent.kind else ""))
    return _show(list_id, form)


def _imported(sent: Any) -> str:
    if any(one.id == sent.id for one in queries.current(actor())):
        return str(_("已导入 %(n)s 行，名单即时生效。", n=sent.lines))
    return str(_("已导入 %(n)s 行。现行名单比它新，这一份只作历史版本。", n=sent.lines))


@bp.get("/<int:list_id>/annotated")
@admits(*_READERS)
def annotated(list_id: int) -> ResponseReturnValue:
    """Hand out the file with a comment in each wrong cell."""
    sent = queries.list_of(list_id, actor=actor())
    if sent.annotated_sha256 is None:
        abort(404)
    name = _("标注_%(name)s", name=actions.annotated_name(sent))
    return file_answer(store().read(sent.annotated_sha256), name, XLSX)


@bp.get("/matches")
@admits(*_READERS)
def matches() -> ResponseReturnValue:
    """List whom the newest lists name, those waiting for a human first."""
    wanted = {name: request.args.get(name, "").strip() for name in ("q", "kind", "outcome", "ruled")}
    if wanted["outcome"] not in {"", *Match}:
        wanted["outcome"] = ""
    found = queries.matches(actor(), **wanted)
    number = min(max(1, request.args.get("page", 1, type=int)), max(1, -(-len(found) // PAGE_SIZE)))
    page = Page(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number, len(found), PAGE_SIZE)
    snapshots = {one.id: one for one in queries.current(actor())}
    return render_kept("registers/matches.html", page=page, wanted=wanted, snapshots=snapshots, **_WORDS)


@bp.route("/matches/<int:row_id>/people/<int:person_id>", methods=["GET", "POST"])
@admits(*_READERS)
def match(row_id: int, person_id: int) -> ResponseReturnValue:
    """Show both sides of a match with a person; officers rule on it."""
    return _match(queries.found(row_id, person_id=person_id, organisation_id=None, actor=actor()))


@bp.route("/matches/<int:row_id>/people/<int:person_id>/numbers", methods=["GET", "POST"])
@admits(*_READERS)
@weighty()
def match_numbers(row_id: int, person_id: int) -> ResponseReturnValue:
    """Show the whole numbers of both sides of a match for a stated purpose."""
    found = queries.found(row_id, person_id=person_id, organisation_id=None, actor=actor())
    theirs = (N_("名单上的身份证号"), queries.line_of(found.row_id).id_number)
    back = url_for(".match", row_id=row_id, person_id=person_id)
    return disclosure(masked(queries.ours(found)).beside(theirs), back=back)


@bp.route("/matches/<int:row_id>/organisations/<int:organisation_id>", methods=["GET", "POST"])
@admits(*_READERS)
def match_organisation(row_id: int, organisation_id: int) -> ResponseReturnValue:
    """Show both sides of a match with an organisation; officers rule on it."""
    return _match(queries.found(row_id, person_id=None, organisation_id=organisation_id, actor=actor()))


def _match(found: Found) -> ResponseReturnValue:
    form = RulingForm()
    form.offer()
    if form.carries_out(lambda: actions.rule(found, form.verdict.data == "yes", form.note.data or "", by=actor())):
        said(_("已登记核实结论。涉及的备案和申领重新核验时按此计算。"))
        return redirect(url_for(".matches", ruled="open"))
    more = {
        "found": found,
        "ours": queries.ours(found),
        "theirs": queries.line_of(found.row_id),
        "editable": _may_write(),
    }
    rulings = queries.judged(found)
    snapshot = queries.list_of(found.list_id, actor=actor())
    return render_template(
        "registers/match.html", form=form, rulings=rulings, snapshot=snapshot, **more, **_WORDS
    ), form.status
