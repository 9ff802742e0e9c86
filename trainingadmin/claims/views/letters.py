"""Letters to the applicant: what to amend, or why a claim was not accepted or refused, to print or to take away."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.certificates import letters
from trainingadmin.certificates.letters import Letter
from trainingadmin.claims import evidence, particulars, queries
from trainingadmin.claims.states import CLAIM, ClaimState
from trainingadmin.claims.views.blueprint import ANYONE, bp
from trainingadmin.claims.views.checking import why_of
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.people.queries import office
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import download
from trainingadmin.registers.why import card, english

LETTERS = CLAIM.leading_to(ClaimState.RETURNED, ClaimState.NOT_ACCEPTED, ClaimState.REFUSED)
PDF = "application/pdf"


@bp.get("/<int:claim_id>/letters/<int:step_id>")
@admits(*ANYONE)
def letter(claim_id: int, step_id: int) -> ResponseReturnValue:
    """Show the letter that goes with a return or a refusal, as things stood then."""
    claim, step, number = _written(claim_id, step_id)
    unit = office(claim.office_code).name
    return render_template(
        "claims/letter.html",
        claim=claim,
        scheme_name=particulars.scheme_name(claim.scheme),
        step=step,
        number=number,
        unit=unit,
        **_content(claim, step),
    )


@bp.get("/<int:claim_id>/letters/<int:step_id>/pdf")
@admits(*ANYONE)
def letter_pdf(claim_id: int, step_id: int) -> ResponseReturnValue:
    """Hand out that letter as a PDF."""
    claim, step, number = _written(claim_id, step_id)
    return download(letters.pdf(_decided(claim, step, number)), f"{number}.pdf", PDF)


def _written(claim_id: int, step_id: int) -> tuple[Any, Any, str]:
    claim = queries.claim(claim_id, actor=actor())
    written = [step for step in queries.steps(claim_id) if step.line_id is None and step.move in LETTERS]
    step = next((one for one in written if one.id == step_id), None) or abort(404)
    return claim, step, f"{claim.number}-{written.index(step) + 1:02d}"


def _content(claim: Any, step: Any) -> dict[str, Any]:
    titles = {"return": _("补正通知书"), "reject": _("不予受理通知书"), "refuse": _("不予批准通知书")}
    unmet = queries.unmet_at(claim.id, step.at)
    return {
        "title": titles[step.move.partition("_")[0]],
        "unmet": [
            (position, name, card(claim.scheme, told.unmet, told.sources, facts=told.facts))
            for position, name, told in unmet
        ],
    }


def _decided(claim: Any, step: Any, number: str) -> Letter:
    told = _content(claim, step)
    returned = step.move.startswith("return")
    remedy = _("如对本决定不服，可以自收到本通知书之日起六十日内申请行政复议，或者六个月内提起行政诉讼。")
    return Letter(
        title=told["title"],
        number=number,
        issued_on=clock.local(step.at).date(),
        addressee=claim.applicant,
        received_on=claim.claimed_on,
        matter=matter_of(claim.scheme),
        matter_number=claim.number,
        outcome=_("申请材料需要补正") if returned else told["title"],
        office=office(claim.office_code),
        contact=step.name,
        items=[(f"{position}. {name}", item) for position, name, items in told["unmet"] for item in items],
        note=step.note,
        remedy="" if returned else remedy,
        english=english(),
    )


def matter_of(scheme: str) -> str:
    """Return what is claimed, in the reader's language."""
    return str(_("%(scheme)s申请", scheme=particulars.scheme_name(scheme)))


@bp.get("/precheck/<int:cohort_id>/letter")
@admits(*ANYONE)
def precheck_letter(cohort_id: int) -> ResponseReturnValue:
    """Hand out what a claim of today would still lack, person by person."""
    cohort = cohorts.cohort(cohort_id, actor=actor())
    number = _("%(number)s-预检", number=cohort.number)
    return download(letters.pdf(_foreseen(cohort, number)), f"{number}.pdf", PDF)


def _foreseen(cohort: Any, number: str) -> Letter:
    judged, today = evidence.judge(cohort, clock.today()).lines, clock.today()
    return Letter(
        title=_("一次性告知书（预检）"),
        number=number,
        issued_on=today,
        addressee=cohort.operator.name,
        received_on=today,
        matter=matter_of(cohort.scheme),
        matter_number=cohort.number,
        outcome=_("按今天掌握的情况，下列条件尚未满足"),
        office=office(cohort.office_code),
        contact=_("受理窗口"),
        items=[
            (f"{one.evidence.position}. {one.evidence.person.name}", item) for one in judged for item in why_of(one)
        ],
        remark=_("本告知书由预检自动生成，不是行政决定；补齐后可随时重新预检。"),
        sealed=False,
        english=english(),
    )
