"""A person's own pages before they apply for themselves: what they state, the why card, the letter, the reminder."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates import letters
from trainingadmin.certificates.letters import Letter
from trainingadmin.claims import actions, applicants, queries
from trainingadmin.claims.applicants import Foreseen
from trainingadmin.claims.forms import MoveForm, StatingForm, stating
from trainingadmin.claims.views import wording
from trainingadmin.claims.views.blueprint import bp
from trainingadmin.kernel.roles import Role
from trainingadmin.people.queries import offices
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import download, said
from trainingadmin.registers.why import card, english, source_text


def _asked(scheme: str) -> tuple[Any, Any]:
    """Return the scheme and the person who asks; 404 for a scheme that persons do not apply for."""
    person_id = actor().person_id
    return applicants.scheme_of(scheme) or abort(404), queries.applicant(person_id or abort(404))


def _card(foreseen: Foreseen) -> list[dict[str, Any]]:
    decision = foreseen.decision
    findings, facts = [one.to_json() for one in decision.findings], decision.facts.to_json()
    version = decision.version
    return card(version.scheme, findings, foreseen.sources, facts=facts, document=version.document)


@bp.get("/apply/<scheme>")
@admits(Role.TRAINEE)
def apply(scheme: str) -> ResponseReturnValue:
    """Show what an application of today would find, before there is one."""
    known, person = _asked(scheme)
    foreseen = applicants.foresee(scheme, person)
    if foreseen is None:
        return redirect(url_for(".declare", scheme=scheme))
    return _foreseen(known, person, foreseen, MoveForm())


def _foreseen(known: Any, person: Any, foreseen: Foreseen, form: MoveForm) -> ResponseReturnValue:
    day = foreseen.possible_on
    return render_template(
        "claims/apply.html",
        scheme=known,
        english=english(),
        foreseen=foreseen,
        items=_card(foreseen),
        verdicts=wording.verdicts(),
        form=form,
        own=queries.live_own(known.name, person.id),
        promised=queries.reminder(known.name, person.id, day) if day else None,
    ), form.status


@bp.route("/apply/<scheme>/facts", methods=["GET", "POST"])
@admits(Role.TRAINEE)
def declare(scheme: str) -> ResponseReturnValue:
    """Ask a person for what they can state of themselves."""
    known, person = _asked(scheme)
    told = applicants.prefill(scheme, person)
    form, own = stating(scheme, offices(), told, english=english()), queries.live_own(scheme, person.id)
    if form.carries_out(lambda: _declare(scheme, person, form, own)):
        return redirect(url_for(".own", application_id=own.application_id) if own else url_for(".apply", scheme=scheme))
    said_by = {name: source_text(source) for name, source in told.sources.items()}
    more = {"scheme": known, "english": english(), "said_by": said_by, "own": own}
    return render_template("claims/declare.html", form=form, **more), form.status


def _declare(scheme: str, person: Any, form: StatingForm, own: Any) -> None:
    stated = actions.declare(scheme, person, form.facts(), form.office_code.data, business=form.named(), by=actor())
    if own is not None:
        actions.correct_own(own, stated, by=actor())


@bp.post("/apply/<scheme>/open")
@admits(Role.TRAINEE)
def open_own(scheme: str) -> ResponseReturnValue:
    """Open the application, with what was stated and what registers say."""
    known, person = _asked(scheme)
    form, opened = MoveForm(), list[Any]()
    if form.carries_out(lambda: opened.append(actions.open_own(scheme, person, by=actor()))):
        return redirect(url_for(".own", application_id=opened[0].application_id))
    return _foreseen(known, person, applicants.foresee(scheme, person) or abort(404), form)


@bp.post("/apply/<scheme>/remind")
@admits(Role.TRAINEE)
def remind(scheme: str) -> ResponseReturnValue:
    """Promise a message on the first possible day."""
    known, person = _asked(scheme)
    form, done = MoveForm(), list[Any]()
    if form.carries_out(lambda: done.append(actions.remind(scheme, person, by=actor()))):
        said(_("已登记，%(day)s 会发短信提醒您。", day=done[0].due_on.isoformat()))
        return redirect(url_for(".apply", scheme=scheme))
    return _foreseen(known, person, applicants.foresee(scheme, person) or abort(404), form)


@bp.get("/apply/<scheme>/letter")
@admits(Role.TRAINEE)
def apply_letter(scheme: str) -> ResponseReturnValue:
    """Hand out what is still missing as a letter."""
    known, person = _asked(scheme)
    foreseen = applicants.foresee(scheme, person) or abort(404)
    told = _letter(known, person, foreseen, clock.today())
    return download(letters.pdf(told), f"{told.number}.pdf", "application/pdf")


def _letter(known: Any, person: Any, foreseen: Foreseen, today: date) -> Letter:
    label = known.label_en if english() else known.label_zh
    return Letter(
        title=_("一次性告知书（预检）"),
        number=_("预检-%(id)s", id=foreseen.declaration.id),
        issued_on=today,
        addressee=person.name,
        received_on=clock.local(foreseen.declaration.at).date(),
        matter=_("%(scheme)s申请", scheme=label),
        matter_number=str(foreseen.declaration.id),
        outcome=_("按今天掌握的情况，下列条件尚未满足"),
        office=foreseen.declaration.office,
        contact=_("受理窗口"),
        items=[(person.name, item) for item in _card(foreseen)],
        remark=_("本告知书由预检自动生成，不是行政决定；补齐后可随时重新预检。"),
        sealed=False,
        english=english(),
    )
