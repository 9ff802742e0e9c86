"""Checks with other departments: all people of a cohort at once, or one person, with the history of every answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.claims import actions, queries
from trainingadmin.claims.forms import AnswerForm, AttestForm
from trainingadmin.claims.views.blueprint import bp
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.kernel.roles import STAFF, Role
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said
from trainingadmin.plumbing.paging import page_of
from trainingadmin.registers import queries as registers
from trainingadmin.registers.states import ABOUT, CLEAR, FACT_LABELS, About, Fact

_PEOPLE = 100
_OFFICERS = (Role.ACCEPTANCE, Role.FIRST_REVIEW)
_OF_PERSONS = [fact for fact in Fact if ABOUT[fact] is not About.ORGANISATION]


@bp.route("/attest/<int:cohort_id>", methods=["GET", "POST"])
@admits(*_OFFICERS)
def attest(cohort_id: int) -> ResponseReturnValue:
    """Record what lists of other departments say of the people shown: clear, but for those ticked."""
    cohort, form = cohorts.cohort(cohort_id, actor=actor()), AttestForm()
    page = page_of(queries.apprentices(cohort_id), size=_PEOPLE)
    persons, done = [row.person_id for row in page.rows], list[actions.Reassessment]()
    form.offer(persons, cohort.operator_id)
    if form.carries_out(lambda: done.append(_record(cohort, persons, form))):
        said(_("已登记 %(people)s 人的核对结果。", people=len(persons)))
        _say_outcome(done[0])
        return redirect(url_for(".attest", cohort_id=cohort_id, page=page.number))
    known = _known(cohort, persons)
    return render_template("claims/attest.html", cohort=cohort, form=form, page=page, **known), form.status


def _record(cohort: Any, persons: Sequence[int], form: AttestForm) -> actions.Reassessment:
    told: dict[str, Any] = {
        "source": form.source.data or "",
        "as_of": form.day,
        "note": form.note.data or "",
        "by": actor(),
    }
    return actions.attest_people(cohort, persons, facts=form.facts.data or [], found=form.pairs, **told)


def _claim(cohort_id: int) -> Any:
    """Return the submitted claim of a cohort that the answers count for; None while there is none."""
    live = queries.live_claim(cohort_id)
    return live if live is not None and live.submitted_at is not None else None


def _say_outcome(done: actions.Reassessment) -> None:
    if done.appended:
        said(_("申领已重新核验，%(n)s 人结论有变化。", n=done.changed), "info")


def _known(cohort: Any, persons: Sequence[int]) -> dict[str, Any]:
    firm = cohort.operator_id
    known = registers.attested(persons, [firm])
    of_persons = {
        (fact, one): known.of(fact, person_id=one, organisation_id=firm) for fact in _OF_PERSONS for one in persons
    }
    return {
        "answers": of_persons,
        "claim": _claim(cohort.id),
        "of_firm": known.of(Fact.ENTERPRISE_BLACKLISTED, organisation_id=firm),
        "firm_fact": Fact.ENTERPRISE_BLACKLISTED,
        "of_persons": _OF_PERSONS,
        "labels": FACT_LABELS,
        "clear": CLEAR,
        "checked": {
            fact: sum(answer is not None for (of, _one), answer in of_persons.items() if of is fact)
            for fact in _OF_PERSONS
        },
    }


@bp.route("/attest/<int:cohort_id>/<int:enrolment_id>", methods=["GET", "POST"])
@admits(*STAFF)
def attest_person(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Record one answer about one person, under every answer there ever was."""
    cohort, form = cohorts.cohort(cohort_id, actor=actor()), AnswerForm()
    one = queries.apprentice(cohort_id, enrolment_id) or abort(404)
    done: list[actions.Reassessment] = []
    form.offer()
    if form.carries_out(lambda: done.append(_answer(cohort, one.person_id, form))):
        said(_("已登记。"))
        _say_outcome(done[0])
        return redirect(url_for(".attest_person", cohort_id=cohort_id, enrolment_id=enrolment_id))
    told = {"history": registers.history(one.person_id, cohort.operator_id), "claim": _claim(cohort_id)}
    return render_template(
        "claims/attest_person.html", cohort=cohort, one=one, form=form, labels=FACT_LABELS, clear=CLEAR, **told
    ), form.status


def _answer(cohort: Any, person_id: int, form: AnswerForm) -> actions.Reassessment:
    told: dict[str, Any] = {
        "source": form.source.data or "",
        "as_of": form.day,
        "note": form.note.data or "",
        "by": actor(),
    }
    return actions.answer(cohort, person_id, form.fact.data, form.value.data == "yes", **told)
