"""The staged review of a claim by different people: submitted, accepted or returned, checked, reviewed, decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select

from trainingadmin.applications import actions as applications
from trainingadmin.claims import evidence, queries
from trainingadmin.claims.actions import assessing, deadlines, lines, steps
from trainingadmin.claims.evidence import Judgement
from trainingadmin.claims.models import Claim, ClaimLine, SubmissionDevice, Verdict
from trainingadmin.claims.states import CLAIM, DECIDED, IN_REVIEW, UNDECIDED, ClaimState, LineState, Occasion
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Offer
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import Person
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db, locked
from trainingadmin.policies import queries as policies

_REFUSING = frozenset({"refuse_checked", "refuse_reviewed", "refuse"})


def submit(claim: Claim, *, by: Actor, note: str = "") -> None:
    """Submit a draft or returned claim: facts, findings and policy are frozen as assessments.

    Refusals as `move`.
    """
    move(claim, "submit", by=by, note=note)


def move_own(claim: Claim, name: str, device: str, *, by: Actor, note: str = "") -> None:
    """Make a move of one's own claim from a device; a submission keeps the device's mark. Refusals as `move`."""
    move(claim, name, by=by, note=note)
    if name == "submit" and claim.application is not None:
        person_id = claim.application.person_id
        db.session.add(SubmissionDevice(claim_id=claim.id, person_id=person_id, device=device, at=clock.now()))


def move(claim: Claim, name: str, *, by: Actor, note: str = "") -> None:
    """Make one of CLAIM's moves that people make.

    Refusals as `Lifecycle.check`, and `claim-in-batch`, `claim-not-yours`, `relative`; submitting: `advance-pending`, `results-missing`,
    `nothing-to-claim`, and those of `applications.actions.refuse_unready`; approving: `unknown-lines`,
    `recovery-overdue`, `recovery-unexplained`, `facts-changed`, `nothing-approved`.
    """
    if (known := CLAIM.moves.get(name)) is not None and known.automatic:
        raise Refusal("move-unknown", N_("没有这个操作。"))
    steps.refuse_in_batch(claim.id)
    allowed = CLAIM.check(name, state=claim.state, actor=by, past=queries.past(claim.id), note=note)
    steps.refuse_wrong_hands(claim, by)
    _hinder(claim, name)
    if (prepare := _PREPARE.get(name)) is not None:
        prepare(claim, by, note)
    claim.due_on = deadlines.due_on(claim, allowed.target)
    claim.state = allowed.target
    steps.note_down(claim, name, allowed.target.value, allowed.roles, by=by, note=note)
    journal.record(name, f"claims:{claim.id}", by=by, state=allowed.target.value)
    lines.close_dead(claim, by=by)
    if claim.state is ClaimState.APPROVED:
        lines.follow([claim], by=by)


def offers(claim: Claim, actor: Actor) -> list[Offer[ClaimState]]:
    """List the moves that leave the claim's state as `actor` meets them: allowed, or why not and who can."""
    told = CLAIM.offers(state=claim.state, actor=actor, past=queries.past(claim.id))
    wrong = _caught(lambda: steps.refuse_wrong_hands(claim, actor)) if any(offer.allowed for offer in told) else None
    return [offer if not offer.allowed else _honest(claim, offer, wrong) for offer in told]


def _honest(claim: Claim, offer: Offer[ClaimState], wrong: Refusal | None) -> Offer[ClaimState]:
    refusal = wrong or _caught(lambda: _hinder(claim, offer.move.name))
    return Offer(offer.move, refusal, ()) if refusal else offer


def _caught(check: Callable[[], None]) -> Refusal | None:
    try:
        check()
    except Refusal as refusal:
        return refusal
    return None


def _hinder(claim: Claim, name: str) -> None:
    if name == "submit":
        _hinder_submission(claim)
    elif name == "approve":
        _hinder_approval(claim)


def _hinder_submission(claim: Claim) -> None:
    if claim.cohort_id is not None:
        _hinder_cohort(claim.cohort_id)
    elif claim.application is not None:
        applications.refuse_unready(claim.application)


def _hinder_cohort(cohort_id: int) -> None:
    if pending := queries.advances_pending(cohort_id):
        raise Refusal(
            "advance-pending", N_("有 %(count)s 人的预支补贴还在拨付途中，到账或退回后才能提交。"), count=pending
        )
    if missing := queries.results_missing(cohort_id):
        raise Refusal("results-missing", N_("还有 %(count)s 人没有录入考核结果，录入后才能提交。"), count=missing)


def _hinder_approval(claim: Claim) -> None:
    if unknown := queries.unknown_open(claim.id):
        raise Refusal("unknown-lines", N_("还有 %(count)s 人待核实，请先核实，或暂缓这些人后再审批。"), count=unknown)


def _prepare_submission(claim: Claim, by: Actor, _note: str) -> None:
    if claim.submitted_at is None:
        # Amended claims keep their day: a return must not cost the applicant the window.
        claim.claimed_on = clock.today()
    claim.submitted_at = clock.now()
    assessing.assess(claim, Occasion.SUBMISSION, by=by)
    if all(line.verdict is Verdict.REFUSED for line in claim.lines) and not claim.advance:
        raise Refusal(
            "nothing-to-claim", N_("没有一人符合条件，也没有需要清算的预支，不能提交。请查看每人的不符合项。")
        )


def _refuse_overdue(claim: Claim, note: str) -> None:
    """Let nobody be approved in silence who still owes money back; where the figure says so, not at all."""
    flags = queries.flags(claim, people=True)
    if not flags:
        return
    numbers = "、".join(sorted({flag.reference for flag in flags}))
    if policies.term(claim.scheme, "overdue_bars", clock.today())[0]:
        raise Refusal("recovery-overdue", N_("有追回款逾期未退（%(numbers)s），退清前暂停审批。"), numbers=numbers)
    if not note.strip():
        reason = N_("有追回款逾期未退（%(numbers)s），审批同意须写明处理意见。")
        raise Refusal("recovery-unexplained", reason, field="note", numbers=numbers)


def _prepare_approval(claim: Claim, by: Actor, note: str) -> None:
    _refuse_overdue(claim, note)
    decide_lines(claim, [line for line in claim.lines if line.state is LineState.OPEN], by=by, note=note)
    present = {line.state for line in claim.lines}
    if present == {LineState.REFUSED} and not claim.advance:
        raise Refusal("nothing-approved", N_("没有可以批准的人员，请改用“审批不同意”。"))


def decide_lines(claim: Claim, chosen: Sequence[ClaimLine], *, by: Actor, note: str) -> None:
    """Approve the eligible and refuse the others of `chosen`, on facts that are still so."""
    judgement = _unchanged(claim, chosen)
    assessing.assess(claim, Occasion.APPROVAL, by=by, judgement=judgement)
    refused = [line for line in chosen if line.verdict is Verdict.REFUSED]
    lines.apply(refused, "refuse", by=by, note=note, role=Role.APPROVAL)
    eligible = [line for line in chosen if line.verdict is Verdict.ELIGIBLE]
    lines.apply(eligible, "approve", by=by, note=note, role=Role.APPROVAL)
    assessing.add_up(claim)


def _unchanged(claim: Claim, chosen: Sequence[ClaimLine]) -> Judgement:
    """Judge again, and refuse when the facts of today say something else than the officers saw.

    The people are locked first, so that two claims approved at once cannot both find that nothing was paid.
    """
    people = select(ClaimLine.person_id).where(ClaimLine.claim_id == claim.id)
    db.session.execute(locked(select(Person.id).where(Person.id.in_(people)).order_by(Person.id)))
    judgement = evidence.judge(claim.subject, claim.claimed_on)
    now = {one.evidence.person.id: one for one in judgement.lines}
    changed = [one for one in chosen if one.person_id not in now or assessing.differs(one, now[one.person_id])]
    if changed:
        raise Refusal(
            "facts-changed", N_("有 %(count)s 人的情况在核验后有变化，请先重新核验再审批。"), count=len(changed)
        )
    return judgement


def approve_released(claim: Claim, *, by: Actor, note: str = "") -> None:
    """Decide the lines that were held at approval and released since, as a supplement by the approver.

    Refusals as `move("approve")`, and `nothing-released`, `move-state` before the claim's own approval or after its end.
    """
    if claim.state not in DECIDED:
        raise Refusal("move-state", N_("当前状态不能进行这一步，请刷新页面查看最新进展。"))
    CLAIM.check("approve", state=ClaimState.REVIEWED, actor=by, past=queries.past(claim.id), note=note)
    steps.refuse_wrong_hands(claim, by)
    chosen = [line for line in claim.lines if line.state is LineState.OPEN]
    if not chosen:
        raise Refusal("nothing-released", N_("没有已解除暂缓、等待审批的人员。"))
    _hinder_approval(claim)
    _refuse_overdue(claim, note)
    decide_lines(claim, chosen, by=by, note=note)
    journal.record("approve-released", f"claims:{claim.id}", by=by, lines=len(chosen))
    lines.follow([claim], by=by)


def _refuse_all(claim: Claim, by: Actor, note: str) -> None:
    undecided = [line for line in claim.lines if line.state in UNDECIDED]
    lines.apply(undecided, "refuse", by=by, note=note, role=IN_REVIEW[claim.state])
    assessing.add_up(claim)


_PREPARE: Mapping[str, Callable[[Claim, Actor, str], None]] = {
    "submit": _prepare_submission,
    "approve": _prepare_approval,
    **dict.fromkeys(_REFUSING, _refuse_all),
}
