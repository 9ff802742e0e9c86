"""The letter that goes with a returned or refused filing: everything that is missing, told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _

from trainingadmin.certificates import letters
from trainingadmin.certificates.letters import Item, Letter
from trainingadmin.cohorts import evidence, queries
from trainingadmin.cohorts.evidence import Check
from trainingadmin.cohorts.models import Cohort, CohortStep
from trainingadmin.cohorts.states import APPRENTICE_SCHEME, CLASS_SCHEME, COHORT, LIFECYCLES, WORK_SCHEME, CohortState
from trainingadmin.kernel.labels import N_
from trainingadmin.people.queries import office
from trainingadmin.plumbing import clock
from trainingadmin.registers.why import english, nowhere

_RETURNS = COHORT.leading_to(CohortState.RETURNED)
MOVES = _RETURNS | COHORT.leading_to(CohortState.REFUSED)
_MATTERS = {
    APPRENTICE_SCHEME: N_("企业新型学徒制培训备案"),
    CLASS_SCHEME: N_("专项职业能力培训开班申请"),
    WORK_SCHEME: N_("以工代训备案"),
}

Items = Iterable[tuple[str, Item]]


def file(cohort: Cohort, step_id: int, items: Items) -> tuple[bytes, str] | None:
    """Return the letter that goes with a step of a filing as a PDF and its name, None where there is no such step."""
    step = next((one for one in cohort.steps if one.id == step_id and one.move in MOVES), None)
    return (letters.pdf(letter(cohort, step, items)), f"{cohort.number}-{step.id}.pdf") if step else None


def letter(cohort: Cohort, step: CohortStep, items: Items) -> Letter:
    """Return the letter of a return or refusal, with the conditions as they stand on the day it is printed."""
    outcome = _("申请材料需要补正") if step.move in _RETURNS else _(LIFECYCLES[cohort.scheme].moves[step.move].label)
    remedy = _("如对本决定不服，可以自收到本通知书之日起六十日内申请行政复议，或者六个月内提起行政诉讼。")
    return Letter(
        title=_("补正一次性告知书") if step.move in _RETURNS else _("%(outcome)s通知书", outcome=outcome),
        number=f"{cohort.number}-{step.id}",
        issued_on=clock.local(step.at).date(),
        addressee=cohort.operator.name,
        received_on=cohort.filed_on or clock.local(cohort.created_at).date(),
        matter=_(_MATTERS[cohort.scheme]),
        matter_number=cohort.number,
        outcome=outcome,
        office=office(cohort.office_code),
        contact=step.name,
        items=items,
        note=step.note,
        remedy="" if step.move in _RETURNS else remedy,
        remark=_("所列条件按下载之日（%(day)s）掌握的情况核验。", day=clock.today().isoformat()),
        english=english(),
    )


def items(cohort: Cohort) -> Iterator[tuple[str, Item]]:
    """Return every condition of a filing of apprentices, of the whole and of each, as a letter lists them."""
    people = queries.people(cohort.id)
    yield from of_checks(evidence.filing_checks(cohort, people))
    for one in evidence.filing_findings(cohort, people):
        subject = f"{one.enrolment.position}. {one.enrolment.person.name}"
        yield from ((subject, item) for item in evidence.why(one, nowhere))


def of_checks(checks: Iterable[Check]) -> Iterator[tuple[str, Item]]:
    """Return the conditions of a filing as a whole as a letter lists them."""
    for check in checks:
        yield _("整个班级"), _of_check(check)


def _of_check(check: Check) -> dict[str, Any]:
    told = {part: check.in_words(part) for part in ("value", "required", "advice")}
    return {
        **told,
        "label": _(check.label),
        "outcome": check.outcome.value,
        "clause": _(check.clause) if check.clause else "",
        "document": "",
        "sources": [],
        "possible_on": None,
    }
