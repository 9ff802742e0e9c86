"""Judges the lines of a claim again and keeps every judgement that differs from the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from trainingadmin import schemes
from trainingadmin.claims import evidence, queries
from trainingadmin.claims.actions import steps
from trainingadmin.claims.evidence import Judged, Judgement
from trainingadmin.claims.models import Assessment, Claim, ClaimLine, Verdict
from trainingadmin.claims.states import LIVE, UNDECIDED, ClaimState, Occasion
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import APPLICANTS, REVIEWERS, Actor, Role
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db
from trainingadmin.schemes import Version

# A judgement at these moments is kept even when nothing changed: it is what was relied on.
_FREEZING = frozenset({Occasion.SUBMISSION, Occasion.APPROVAL})
_APPLICANT = frozenset({ClaimState.DRAFT, ClaimState.RETURNED})


class Reassessment(NamedTuple):
    """How many lines got a new assessment, and how many of them another verdict or sum."""

    appended: int
    changed: int


def reassess(claim: Claim, occasion: Occasion | str, *, by: Actor) -> Reassessment:
    """Judge every undecided line (open or held) again and append what differs from its latest assessment.

    Approved, published and paid lines stay as they were decided. Refusals `claim-ended`, `reassess-role`,
    `claim-not-yours`, `relative`.
    """
    steps.refuse_dead(claim)
    steps.refuse_wrong_hands(claim, by)
    if not by.has(Role.SYSTEM, *(APPLICANTS if claim.state in _APPLICANT else REVIEWERS)):
        raise Refusal("reassess-role", N_("现阶段由办理岗位重新核验。"))
    done = assess(claim, Occasion(occasion), by=by)
    journal.record(
        "reassess", f"claims:{claim.id}", by=by, occasion=str(occasion), appended=done.appended, changed=done.changed
    )
    return done


def may_reassess(claim: Claim, actor: Actor) -> bool:
    """Tell whether `actor` may have the claim judged again now: the firm a draft, officers what is under review."""
    if claim.state not in LIVE or claim.state is ClaimState.PAID:
        return False
    return steps.applies(claim, actor) if claim.state in _APPLICANT else actor.has(*REVIEWERS)


def recheck(claim: Claim, *, by: Actor) -> Reassessment:
    """Check a draft or returned claim again as if it were submitted today."""
    if claim.submitted_at is None:
        claim.claimed_on = clock.today()
    return reassess(claim, Occasion.PRECHECK if claim.state in _APPLICANT else Occasion.RECHECK, by=by)


def assess(claim: Claim, occasion: Occasion, *, by: Actor, judgement: Judgement | None = None) -> Reassessment:
    """Judge the undecided lines, append assessments, and bring the sums of lines and claim up to date."""
    judgement = judgement or evidence.judge(claim.subject, claim.claimed_on)
    lines = {line.person_id: line for line in claim.lines if line.state in UNDECIDED}
    appended = _append(lines, judgement, queries.latest_digests(claim.id), occasion, by)
    changed = sum(
        take_over(lines[one.evidence.person.id], one) for one in judgement.lines if one.evidence.person.id in lines
    )
    claim.policy_code, claim.policy_digest = judgement.version.code, judgement.version.digest
    claim.judged_at = clock.now()
    add_up(claim)
    return Reassessment(appended, changed)


def _append(
    lines: Mapping[int, ClaimLine], judgement: Judgement, known: Mapping[int, str], occasion: Occasion, by: Actor
) -> int:
    pairs = [(lines.get(one.evidence.person.id), one) for one in judgement.lines]
    there = [(line, one) for line, one in pairs if line is not None]
    rows = rows_of(there, judgement.version, known, occasion, by)
    bulk_insert(Assessment, rows)
    return len(rows)


def rows_of(
    pairs: Iterable[tuple[ClaimLine, Judged]],
    version: Version[Any],
    known: Mapping[int, str],
    occasion: Occasion,
    by: Actor,
) -> list[dict[str, Any]]:
    """Return the assessments to append: those that differ from the digests `known` by line, at `_FREEZING` all."""
    rows = []
    for line, judged in pairs:
        content = evidence.frozen(judged, version)
        digest = evidence.digest(content)
        if digest == known.get(line.id) and occasion not in _FREEZING:
            continue
        decision = judged.decision
        content |= {
            "verdict": Verdict(decision.verdict.value),
            "entitlement": decision.entitlement,
            "advance": decision.advance,
        }
        of_now = {"occasion": occasion.value, "account_id": by.id, "at": clock.now()}
        rows.append({**content, "line_id": line.id, "digest": digest, **of_now})
    return rows


def sums_of(judged: Judged) -> tuple[Verdict, Money, Money]:
    """Return verdict, entitlement and advance of a line as they are kept."""
    decision = judged.decision
    return Verdict(decision.verdict.value), decision.entitlement, decision.advance or ZERO


def owed_of(judged: Judged) -> tuple[list[dict[str, str]], Money]:
    """Return the sums that a judgement makes owed, as the line keeps them, and what of them is beside the entitlement."""
    owed = schemes.SCHEMES[judged.decision.version.scheme].owed(judged.decision)
    return [one.to_json() for one in owed], total(one.amount for one in owed if one.kind == "allowance")


def differs(line: ClaimLine, judged: Judged) -> bool:
    """Whether the verdict or any sum, what is owed for each period included, is another than the line keeps."""
    return (line.verdict, line.entitlement, line.advance, line.owed) != (*sums_of(judged), owed_of(judged)[0])


def take_over(line: ClaimLine, judged: Judged) -> bool:
    """Bring a line up to date with what was judged; True when its verdict or a sum is another than before."""
    changed = differs(line, judged)
    line.verdict, line.entitlement, line.advance = sums_of(judged)
    line.balance = line.entitlement - line.advance
    line.particulars = judged.evidence.particulars
    line.owed, line.beside = owed_of(judged)
    return changed


def new_lines(claim: Claim, judgement: Judgement) -> list[ClaimLine]:
    """Return a line for everybody of a filing, those who left included, or for the one who applied."""
    return [_new_line(claim, judged) for judged in judgement.lines]


def _new_line(claim: Claim, judged: Judged) -> ClaimLine:
    verdict, entitlement, advance = sums_of(judged)
    told, (owed, beside) = judged.evidence, owed_of(judged)
    return ClaimLine(
        claim_id=claim.id,
        enrolment_id=told.enrolment.id if told.enrolment else None,
        person_id=told.person.id,
        position=told.position,
        particulars=told.particulars,
        owed=owed,
        beside=beside,
        verdict=verdict,
        entitlement=entitlement,
        advance=advance,
        balance=entitlement - advance,
    )


def first_assessment(lines: list[ClaimLine], judgement: Judgement, *, by: Actor) -> None:
    """Keep the pre-check of a new draft."""
    _append({line.person_id: line for line in lines}, judgement, {}, Occasion.PRECHECK, by)


def add_up(claim: Claim) -> None:
    """Bring the sums of a claim up to date with its lines; refused lines earn nothing, their advance still counts."""
    db.session.flush()
    claim.entitlement, claim.advance = queries.sums(claim.id)
    claim.balance = claim.entitlement - claim.advance
