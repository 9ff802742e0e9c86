"""Pages of the catalogue: everybody's list and item, the maintainers' files and batches."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.courses import actions, queries, sheet_columns
from trainingadmin.courses.differences import changes, facts
from trainingadmin.courses.forms import CatalogueForm, ConfirmForm, MoveForm
from trainingadmin.courses.states import CATALOGUE, ENTER, GROUP_LABELS, open_to
from trainingadmin.kernel.roles import ROLE_LABELS, STAFF, Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits, public
from trainingadmin.plumbing.pages import XLSX, download, render_kept, said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.plumbing.storage import store

bp = Blueprint("courses", __name__)

_KEEPERS = (Role.CATALOGUE, Role.SUPERVISOR, Role.ADMIN)


def _listed() -> dict[str, Any]:
    """Read what is asked for in the address, and list the items that answer."""
    wanted = {name: request.args.get(name, "").strip() for name in ("q", "group", "batch")}
    try:
        day = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        day = clock.today()
    return {
        "page": page_of(queries.listed_on(day, **wanted)),
        "wanted": wanted,
        "day": day,
        "groups": GROUP_LABELS,
        "open_to": open_to,
        "group_options": [(group.value, _(label)) for group, label in GROUP_LABELS.items()],
        "batch_options": [(one.code, f"{one.code} {one.document}") for one in queries.published_batches()],
    }


@bp.get("/catalogue")
@public
def board() -> ResponseReturnValue:
    """Show everybody the items that a class can be opened on."""
    return render_kept("courses/board.html", **_listed())


@bp.get("/catalogue/<code>")
@public
def item(code: str) -> ResponseReturnValue:
    """Show everybody an item: what holds today, every version, what each changed."""
    found = queries.versions(code) or abort(404)
    now = queries.item_on(code, clock.today())
    changed = {later[0].id: changes(earlier[0], later[0]) for later, earlier in pairwise(found)}
    return render_template("courses/item.html", versions=found, now=now, changed=changed, facts=facts)


@bp.route("/courses/", methods=["GET", "POST"])
@admits(*STAFF, Role.INSTITUTION)
def index() -> ResponseReturnValue:
    """List items and batches; maintainers send a file to be read."""
    form, read = CatalogueForm(), list[Any]()
    if form.carries_out(lambda: read.append(actions.upload_catalogue(*form.content(), by=actor()))):
        return redirect(url_for(".upload", upload_id=read[0].id))
    more = {"batches": queries.batches(actor()), "lifecycle": CATALOGUE, "editable": actor().has(Role.CATALOGUE)}
    return render_kept("courses/index.html", form=form, **more, **_listed()), form.status


@bp.get("/courses/uploads")
@admits(*_KEEPERS)
def uploads() -> ResponseReturnValue:
    """List the files that were sent."""
    return render_template("courses/uploads.html", page=page_of(queries.uploads()))


@bp.get("/courses/template")
@admits(*_KEEPERS)
def template() -> ResponseReturnValue:
    """Hand out the empty form of a catalogue."""
    return download(sheet_columns.template(translate=_), _("专项职业能力目录模板.xlsx"), XLSX)


@bp.get("/courses/uploads/<int:upload_id>")
@admits(*_KEEPERS)
def upload(upload_id: int) -> ResponseReturnValue:
    """Show what reading a file found, and the batches it became."""
    return _upload(upload_id, ConfirmForm())


def _upload(upload_id: int, form: ConfirmForm) -> ResponseReturnValue:
    sent = queries.upload(upload_id)
    more = {"batches": queries.batches_of(upload_id), "editable": actor().has(Role.CATALOGUE)}
    found = actions.problems(sent)
    return render_template(
        "courses/upload.html", form=form, sent=sent, problems_found=found, lifecycle=CATALOGUE, **more
    ), form.status


@bp.post("/courses/uploads/<int:upload_id>/import")
@admits(Role.CATALOGUE)
def take_in(upload_id: int) -> ResponseReturnValue:
    """Import an upload whole; the same file again changes nothing."""
    form, sent, done = ConfirmForm(), queries.upload(upload_id), list[bool]()
    if form.carries_out(lambda: done.append(actions.import_catalogue(sent, by=actor()))):
        said(_("已导入，请提请发布。") if done[0] else _("这个文件已经导入过，没有任何变化。"))
        return redirect(url_for(".upload", upload_id=upload_id))
    return _upload(upload_id, form)


@bp.get("/courses/uploads/<int:upload_id>/annotated")
@admits(*_KEEPERS)
def annotated(upload_id: int) -> ResponseReturnValue:
    """Hand out the file with a comment in each wrong cell."""
    sent = queries.upload(upload_id)
    if sent.annotated_sha256 is None:
        abort(404)
    name = _("标注_%(name)s", name=actions.annotated_name(sent))
    return download(store().read(sent.annotated_sha256), name, XLSX)


@bp.get("/courses/batches/<int:batch_id>")
@admits(*STAFF, Role.INSTITUTION)
def batch(batch_id: int) -> ResponseReturnValue:
    """Show a batch: its items, what each changes, who did what, what can be done."""
    return _batch(batch_id, MoveForm())


def _batch(batch_id: int, form: MoveForm) -> ResponseReturnValue:
    found = queries.batch(batch_id, actor=actor())
    items = [(one, changes(was, one) if was else []) for one, was in queries.items_of(batch_id)]
    words = {name: one.label for name, one in CATALOGUE.moves.items()} | {ENTER: _("导入")}
    more = {"lifecycle": CATALOGUE, "roles": ROLE_LABELS, "words": words, "groups": GROUP_LABELS}
    offers = actions.offers(found, actor()) if actor().has(*_KEEPERS) else []
    return render_template(
        "courses/batch.html", batch=found, items=items, form=form, offers=offers, **more
    ), form.status


@bp.post("/courses/batches/<int:batch_id>/move")
@admits(Role.CATALOGUE)
def move(batch_id: int) -> ResponseReturnValue:
    """Propose, publish, return or drop a batch."""
    form, found = MoveForm(), queries.batch(batch_id, actor=actor())
    name = form.move.data or ""
    if form.carries_out(lambda: actions.move(found, name, by=actor(), note=form.note.data or "")):
        said(_("已办理。"))
        return redirect(url_for(".batch", batch_id=batch_id))
    return _batch(batch_id, form)
