"""The letter that goes with a returned or refused filing: everything that is missing, told once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from trainingadmin.certificates import letters
from trainingadmin.certificates.letters import Letter
from trainingadmin.cohorts import evidence, queries
from trainingadmin.cohorts.evidence import Check
from trainingadmin.cohorts.models import Cohort, CohortStep
from trainingadmin.people.queries import office
from trainingadmin.plumbing import clock
from trainingadmin.registers.why import english, nowhere

MOVES = frozenset({"return", "refuse"})


def file(cohort: Cohort, step_id: int) -> tuple[bytes, str] | None:
    """Return the letter that goes with a step of a filing as a PDF and its name, None where there is no such step."""
    step = next((one for one in cohort.steps if one.id == step_id and one.move in MOVES), None)
    return (letters.pdf(letter(cohort, step)), f"{cohort.number}-{step.id}.pdf") if step else None


def letter(cohort: Cohort, step: CohortStep) -> Letter:
    """Return the letter of a return or refusal, with the conditions as they stand on the day it is printed."""
    refused = step.move == "refuse"
    remedy = _("如对本决定不服，可以自收到本通知书之日起六十日内申请行政复议，或者六个月内提起行政诉讼。")
    return Letter(
        title=_("不予备案通知书") if refused else _("补正一次性告知书"),
        number=f"{cohort.number}-{step.id}",
        issued_on=clock.local(step.at).date(),
        addressee=cohort.enterprise.name,
        received_on=cohort.filed_on or clock.local(cohort.created_at).date(),
        matter=_("企业新型学徒制培训备案"),
        matter_number=cohort.number,
        outcome=_("不予备案") if refused else _("备案材料需要补正"),
        office=office(cohort.office_code),
        contact=step.name,
        items=_items(cohort),
        note=step.note,
        remedy=remedy if refused else "",
        remark=_("所列条件按下载之日（%(day)s）掌握的情况核验。", day=clock.today().isoformat()),
        english=english(),
    )


def _items(cohort: Cohort) -> Iterator[tuple[str, dict[str, Any]]]:
    people = queries.people(cohort.id)
    for check in evidence.filing_checks(cohort, people):
        yield _("整个班级"), _of_check(check)
    for one in evidence.filing_findings(cohort, people):
        subject = f"{one.enrolment.position}. {one.enrolment.person.name}"
        yield from ((subject, item) for item in evidence.why(one, nowhere))


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
