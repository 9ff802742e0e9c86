"""Keeps what the bank confirmed of the advances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from trainingadmin.cohorts import queries
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import journal


def advance_settled(amounts: Mapping[int, Money], *, by: Actor) -> None:
    """Note what was paid ahead for each enrolment, zero where its advance was cancelled; the same again changes nothing.

    Refusals `advance-unplanned` above the planned share, `advance-settled` when another amount is on record.
    """
    settled: dict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in queries.enrolments_by_id(amounts):
        amount = amounts[enrolment.id]
        if not ZERO <= amount <= (enrolment.advance or ZERO):
            raise Refusal("advance-unplanned", N_("预支金额超过备案同意的金额。"))
        if enrolment.advance_paid not in (None, amount):
            raise Refusal("advance-settled", N_("这一笔预支已登记过另一个金额。"))
        if enrolment.advance_paid is None:
            enrolment.advance_paid = amount
            settled[enrolment.cohort_id].append(enrolment)
    for cohort_id, people in sorted(settled.items()):
        paid = total(amounts[enrolment.id] for enrolment in people)
        journal.record("settle-advance", f"cohorts:{cohort_id}", by=by, people=len(people), amount=str(paid))
