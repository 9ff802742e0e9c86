"""Planning what is owed: advances of approved filings, balances of cleared lines, and what has to come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import ClaimState, LineState
from trainingadmin.cohorts import actions as cohorts
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import CohortState, EnrolmentState
from trainingadmin.kernel.money import ZERO, Money, total
from trainingadmin.kernel.roles import SYSTEM, Actor
from trainingadmin.payments import entries, netting
from trainingadmin.payments.models import Due, Offset
from trainingadmin.payments.queries import locks, planning
from trainingadmin.payments.states import DUE, DueKind, DueState
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.schemes import Owed

L = LineState
_UNDECIDED = frozenset({L.OPEN, L.HELD, L.APPROVED, L.IN_NOTICE, L.OBJECTED, L.CLEARED})


def plan_dues(*, by: Actor = SYSTEM) -> int:
    """Record everything that has become owed since the last time; return how many dues that made.

    Safe at any time and twice at once: whoever comes second waits for the filing's or claim's row and finds
    nothing left to do.
    """
    return _plan_advances(by) + _plan_claims(by)


# Advances -------------------------------------------------------------------------------------------------------------


def _plan_advances(by: Actor) -> int:
    leavers = planning.advances_of_leavers()
    wanted = {*planning.cohorts_with_advances(), *planning.chain_of(leavers)[0]}
    filings = {filing.id: filing for filing in locks.cohorts(wanted)}
    shares = planning.unplanned_shares(filings)
    lost = [share for share in shares if not _still_due(share, filings[share.cohort_id])]
    cohorts.advance_settled({share.id: ZERO for share in lost}, by=by)
    for due in locks.dues(leavers):
        if due.state in (DueState.OPEN, DueState.FAILED):
            drop_advance(due, "left", by=by)
    dues = [_advance(share, filings[share.cohort_id]) for share in shares if share not in lost]
    _book(dues, by)
    for cohort_id, planned in groupby(dues, lambda due: due.cohort_id):
        _note(f"cohorts:{cohort_id}", list(planned), by)
    return len(dues)


def _still_due(share: Enrolment, filing: Cohort) -> bool:
    return share.state is EnrolmentState.ACTIVE and filing.state is CohortState.APPROVED


def _advance(share: Enrolment, filing: Cohort) -> Due:
    assert share.advance is not None
    return Due(
        kind=DueKind.ADVANCE,
        scheme=filing.scheme,
        cohort_id=filing.id,
        enrolment_id=share.id,
        person_id=share.person_id,
        payee_id=filing.operator_id,
        office_code=filing.office_code,
        about=filing.number,
        title=filing.title,
        position=share.position,
        amount=share.advance,
        created_at=clock.now(),
    )


def drop_advance(due: Due, reason: str, *, by: Actor) -> None:
    """Cancel a locked advance, reverse its booking and tell the filing that nothing was paid ahead."""
    due.state = DUE.check("cancel", state=due.state, actor=by, past=(), note=reason).target
    entries.post([entries.reversal(planning.accrual_of(due.id))], by=by)
    assert due.enrolment_id is not None
    cohorts.advance_settled({due.enrolment_id: ZERO}, by=by)
    journal.record("cancel-due", f"dues:{due.id}", by=by, amount=str(due.amount), reason=reason)


# Balances and recoveries of claims ------------------------------------------------------------------------------------


@dataclass
class _Work:
    """One locked claim: its lines in order and the dues of each."""

    claim: Claim
    lines: list[planning.Line] = field(default_factory=list)
    dues: dict[int, list[Due]] = field(default_factory=dict)
    settled: list[ClaimLine] = field(default_factory=list)

    def fresh(self) -> list[planning.Line]:
        """The lines that have become payable and for which nothing has been recorded."""
        return [at for at in self.lines if (at.payable or at.owed) and at.line.id not in self.dues]

    def bearers(self) -> list[Due]:
        """The dues that can still bear something, in roster order."""
        mine = (due for at in self.lines for due in self.dues.get(at.line.id, ()))
        return [due for due in mine if due.kind is DueKind.BALANCE and due.state is DueState.OPEN]

    def borne(self, line_id: int) -> bool:
        """Whether nothing of a line is left to be paid by the bank."""
        return all(due.state is DueState.SETTLED for due in self.dues[line_id])

    def unearned(self) -> list[tuple[int, Money]]:
        """What of the advances was not earned and is not covered, by line, in roster order."""
        return [(at.line.id, at.uncovered) for at in self.lines if at.final and at.uncovered > ZERO]

    @property
    def decided(self) -> bool:
        """Whether no line is left that may yet bring money to bear unearned advances."""
        return not any(at.line.state in _UNDECIDED and not at.payable for at in self.lines)

    @property
    def over(self) -> bool:
        """Whether everybody was refused, so that no payment will ever end the claim."""
        return self.claim.state is ClaimState.CLEARED and all(at.line.state is L.REFUSED for at in self.lines)


def _plan_claims(by: Actor) -> int:
    works = _works(locks.claims(planning.claims_to_plan(clock.today())))
    fresh = [_owed(one, at, work.claim) for work in works for at in work.fresh() for one in at.owed]
    for work in works:
        work.settled += [at.line for at in work.fresh() if not at.owed]
    _book(fresh, by)
    _sort_in(fresh, works)
    back = [due for work in works for due in _net(work, by)]
    _book(back, by)
    claims.move_lines([line for work in works for line in work.settled], "settle", by=by)
    claims.settle_claims([work.claim for work in works if work.over], by=by)
    for claim_id, planned in groupby(_by_claim([*fresh, *back], works), lambda pair: pair[0]):
        _note(f"claims:{claim_id}", [due for _, due in planned], by)
    return len(fresh) + len(back)


def _works(locked: Iterable[Claim]) -> list[_Work]:
    works = {claim.id: _Work(claim) for claim in locked}
    for at in planning.lines(works, clock.today()):
        works[at.line.claim_id].lines.append(at)
    _sort_in(locks.dues(planning.planned_of(works)), works.values())
    return list(works.values())


def _sort_in(dues: Iterable[Due], works: Iterable[_Work]) -> None:
    at_home = {at.line.id: work for work in works for at in work.lines}
    for due in dues:
        assert due.claim_line_id is not None
        at_home[due.claim_line_id].dues.setdefault(due.claim_line_id, []).append(due)


def _by_claim(dues: Iterable[Due], works: Iterable[_Work]) -> list[tuple[int, Due]]:
    claim_of = {at.line.id: work.claim.id for work in works for at in work.lines}
    return sorted(((claim_of[due.claim_line_id or 0], due) for due in dues), key=lambda pair: (pair[0], pair[1].id))


def _owed(one: Owed, at: planning.Line, claim: Claim) -> Due:
    return _due(one, DueKind(one.kind), at, claim)


def _back(at: planning.Line, claim: Claim) -> Due:
    return _due(Owed("balance", at.uncovered), DueKind.RECOVERY, at, claim)


def _due(one: Owed, kind: DueKind, at: planning.Line, claim: Claim) -> Due:
    return Due(
        kind=kind,
        scheme=claim.scheme,
        cohort_id=claim.cohort_id,
        enrolment_id=at.line.enrolment_id,
        claim_line_id=at.line.id,
        notice_number=at.notice_number,
        period=one.period,
        person_id=at.line.person_id,
        payee_id=claim.payee_id if one.payee == "organisation" else None,
        office_code=claim.office_code,
        about=claim.cohort.number if claim.cohort is not None else claim.number,
        title=claim.title,
        position=at.line.position,
        amount=one.amount,
        created_at=clock.now(),
    )


def _net(work: _Work, by: Actor) -> list[Due]:
    """Let open dues bear what others did not earn; return what has to come back once every line is decided."""
    lines = {at.line.id: at for at in work.lines}
    dues = {due.id: due for due in work.bearers()}
    netted = netting.net([(due.id, due.amount - due.offset) for due in dues.values()], work.unearned())
    offsets = [
        Offset(due_id=part.due_id, claim_line_id=part.line_id, amount=part.amount, at=clock.now())
        for part in netted.taken
    ]
    db.session.add_all(offsets)
    db.session.flush()
    entries.post([entries.offset(taken.id, dues[taken.due_id], taken.amount) for taken in offsets], by=by)
    for part in netted.taken:
        due = dues[part.due_id]
        due.offset += part.amount
        if due.offset == due.amount:
            due.state = DUE.check("offset", state=due.state, actor=by, past=()).target
            if work.borne(line_id := due.claim_line_id or 0):
                work.settled.append(lines[line_id].line)
    left = [lines[line_id] for line_id in netted.left] if work.decided else []
    for at in left:
        at.covered = at.line.advance - at.line.entitlement - netted.left[at.line.id]
    return [_back(at, work.claim) for at in left]


def _book(dues: Sequence[Due], by: Actor) -> None:
    db.session.add_all(dues)
    db.session.flush()
    entries.post([entries.accrual(due) for due in dues], by=by)


def _note(subject: str, dues: Sequence[Due], by: Actor) -> None:
    detail = {
        kind.value: {
            "people": len(mine),
            "amount": str(total(due.amount for due in mine)),
            "offset": str(total(due.offset for due in mine)),
        }
        for kind in DueKind
        if (mine := [due for due in dues if due.kind is kind])
    }
    journal.record("plan-dues", subject, by=by, **detail)
