"""Records checks for the people of a cohort, and judges its claim again at once where one is under review."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from trainingadmin.claims import queries
from trainingadmin.claims.actions.assessing import Reassessment, reassess
from trainingadmin.claims.models import ClaimLine
from trainingadmin.claims.states import DECIDED, IN_REVIEW, Occasion
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import ABOUT, About, Fact

NOTHING = Reassessment(0, 0)


def attest_people(
    cohort: Cohort,
    persons: Collection[int],
    *,
    facts: Collection[Fact],
    found: Collection[tuple[Fact, int]] = (),
    source: str,
    as_of: date,
    note: str = "",
    by: Actor,
) -> Reassessment:
    """Record that `persons` and their firm are clear of `facts` by one source, but for the pairs `found` on its list.

    For a fact about the firm any pair of that fact means the firm itself. Refusals of `registers.actions.attest_all`,
    `attest-nothing`, `attest-unchosen`, and those of `reassess` when a claim is under review.
    """
    if not facts:
        raise Refusal("attest-nothing", N_("请勾选本次核对了哪些事项。"), field="facts")
    if {fact for fact, _ in found} - set(facts):
        raise Refusal("attest-unchosen", N_("有例外的事项没有勾选为“本次核对”。"), field="facts")
    for fact in facts:
        hits = [person for one, person in found if one is fact]
        if ABOUT[fact] is About.ORGANISATION:
            firm = cohort.operator_id
            registers.attest(fact, bool(hits), organisation=firm, source=source, as_of=as_of, note=note, by=by)
        else:
            registers.attest_all(
                fact, persons=persons, organisation=cohort.operator_id, except_for=hits,
                source=source, as_of=as_of, note=note, by=by,
            )  # fmt: skip
    return judge_again(cohort, by=by)


def answer(
    cohort: Cohort, person: int, fact: Fact, value: bool, *, source: str, as_of: date, note: str = "", by: Actor
) -> Reassessment:
    """Record one fact about one person of a cohort, or about its firm. Refusals as `attest_people`."""
    registers.attest(
        fact, value, persons=[person], organisation=cohort.operator_id, source=source, as_of=as_of, note=note, by=by
    )
    return judge_again(cohort, by=by)


def answer_line(
    line: ClaimLine, fact: Fact, value: bool, *, source: str, as_of: date, note: str = "", by: Actor
) -> Reassessment:
    """Record one fact about the person of a line of a claim without a filing. Refusals as `attest_people`."""
    registers.attest(fact, value, persons=[line.person_id], source=source, as_of=as_of, note=note, by=by)
    if line.claim.state not in {*IN_REVIEW, *DECIDED}:
        return NOTHING
    return reassess(line.claim, Occasion.ATTESTATION, by=by)


def judge_again(cohort: Cohort, *, by: Actor) -> Reassessment:
    """Let what was just recorded count in the cohort's claim; drafts are judged when they are submitted."""
    claim = queries.live_claim(cohort.id)
    if claim is None or claim.state not in {*IN_REVIEW, *DECIDED}:
        return NOTHING
    return reassess(claim, Occasion.ATTESTATION, by=by)
