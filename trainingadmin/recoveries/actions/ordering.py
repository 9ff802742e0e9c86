"""Orders: drafted by one person from a claim's shortfall or an audit's finding, issued with a letter by another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import Money, total
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.payments import actions as payments
from trainingadmin.payments.queries import locks, recoverable
from trainingadmin.people.queries import relatives_of
from trainingadmin.plumbing import clock, journal, serials
from trainingadmin.plumbing.database import db
from trainingadmin.recoveries import letters, queries
from trainingadmin.recoveries.models import RecoveryLine, RecoveryOrder
from trainingadmin.recoveries.states import ORDER, Cause


@dataclass(frozen=True, slots=True)
class Terms:
    """What an order says besides its people: why, until when, and to which source the money goes back."""

    reason: str
    due_on: date
    funding_source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Whose money an audit wants back: everything still paid to each, or so much of it, and why."""

    enrolment_ids: Sequence[int]
    cause: Cause
    each: Money | None = None


def draft(cohort: Cohort, terms: Terms, *, by: Actor) -> RecoveryOrder:
    """Draft the order for a claim's shortfall that nobody has ordered yet: all of its people at once.

    Refusals `move-role`, `nothing-to-recover`, `reason-missing`, `due-past`, `source-unknown`, `relative`.
    """
    _refuse_hands(by)
    (filing,) = locks.cohorts([cohort.id])
    wanted = queries.unordered_dues(filing.id)
    if not wanted:
        raise Refusal("nothing-to-recover", N_("这个班级没有需要下达的追回款，可能已由他人起草。"))
    lines = [
        RecoveryLine(order_id=0, enrolment_id=due.enrolment_id, due_id=due.id, cause=cause, amount=due.amount)
        for due, cause in wanted
    ]
    return _draft(filing, terms, lines, True, by)


def draft_found(cohort: Cohort, finding: Finding, terms: Terms, *, by: Actor) -> RecoveryOrder:
    """Draft an order for money that should not have been paid, or for people who left before any claim.

    Refusals as `draft`, `nothing-chosen`, and `more-than-paid` for more than is left of what was paid for somebody.
    """
    _refuse_hands(by)
    (filing,) = locks.cohorts([cohort.id])
    left = {one.enrolment_id: one.left for one in recoverable.of_cohort(filing.id)}
    if not finding.enrolment_ids:
        raise Refusal("nothing-chosen", N_("请勾选要追回的人员。"), field="people")
    lines = []
    for enrolment_id in finding.enrolment_ids:
        amount, most = finding.each or left.get(enrolment_id), left.get(enrolment_id)
        if amount is None or most is None or not 0 < amount.fen <= most.fen:
            reason = N_("追回金额必须大于零，且不能超过已付给该人、尚未追回的金额。")
            raise Refusal("more-than-paid", reason, field="each")
        lines.append(RecoveryLine(order_id=0, enrolment_id=enrolment_id, cause=finding.cause, amount=amount))
    return _draft(filing, terms, lines, False, by)


def _draft(filing: Cohort, terms: Terms, lines: list[RecoveryLine], planned: bool, by: Actor) -> RecoveryOrder:
    _refuse_terms(filing, terms)
    _refuse_relatives([line.enrolment_id for line in lines], by)
    year = clock.today().year
    order = RecoveryOrder(
        number=f"ZHD-{filing.office_code}-{year}-{serials.take('recovery', filing.office_code, year)[0]:04d}",
        cohort_id=filing.id,
        payee_id=filing.enterprise_id,
        office_code=filing.office_code,
        scheme=filing.scheme,
        funding_source=terms.funding_source,
        planned=planned,
        reason=terms.reason.strip(),
        amount=total(line.amount for line in lines),
        due_on=terms.due_on,
        drafted_by=by.id,
        drafted_human=by.human,
        drafted_name=by.name,
        drafted_at=clock.now(),
    )
    db.session.add(order)
    db.session.flush()
    for line in lines:
        line.order_id = order.id
    db.session.add_all(lines)
    db.session.flush()
    _note("draft-recovery", order, by, people=len(lines), amount=str(order.amount), due_on=order.due_on.isoformat())
    return order


def issue(order: RecoveryOrder, *, by: Actor) -> None:
    """Send an order out: another human, with a numbered letter; what was not planned is booked now.

    Refusals as `Lifecycle.check` (`move-same-person` for who drafted it), `relative`, `due-past`, `more-than-paid`.
    """
    order = queries.locked_order(order.id)
    allowed = ORDER.check("issue", state=order.state, actor=by, past=queries.hands(order))
    lines = order_lines(order.id)
    _refuse_relatives([line.enrolment_id for line in lines], by)
    if order.due_on <= clock.today():
        raise Refusal("due-past", N_("退款期限已过，请撤回后重新起草。"))
    if not order.planned:
        shares = {line.enrolment_id: line.amount for line in lines}
        booked = payments.order_back(order.cohort, shares, order.number, by=by)
        due_of = {due.enrolment_id: due.id for due in booked}
        for line in lines:
            line.due_id = due_of[line.enrolment_id]
    order.state = allowed.target
    order.issued_by, order.issued_human, order.issued_name = by.id, by.human, by.name
    order.issued_at = clock.now()
    db.session.flush()
    certificates.issue_many(CertificateKind.RECOVERY, [letters.wish(order, queries.lines(order.id))], by=by)
    _note("issue-recovery", order, by, amount=str(order.amount))


def withdraw(order: RecoveryOrder, note: str, *, by: Actor) -> None:
    """Take a draft back; its people wait for another order. Refusals as `Lifecycle.check` (`move-note`)."""
    order = queries.locked_order(order.id)
    order.state = ORDER.check("withdraw", state=order.state, actor=by, past=queries.hands(order), note=note).target
    for line in order_lines(order.id):
        line.due_id = None
    _note("withdraw-recovery", order, by, note=note.strip())


def order_lines(order_id: int) -> list[RecoveryLine]:
    """Return the people of an order as rows to be changed."""
    return list(db.session.query(RecoveryLine).filter_by(order_id=order_id).order_by(RecoveryLine.id))


def _note(verb: str, order: RecoveryOrder, by: Actor, **detail: object) -> None:
    journal.record(verb, f"recoveries:{order.id}", by=by, number=order.number, **detail)


def _refuse_hands(by: Actor) -> None:
    if not by.has(Role.PREPARER):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))


def _refuse_terms(filing: Cohort, terms: Terms) -> None:
    if not terms.reason.strip():
        raise Refusal("reason-missing", N_("请写明追回的事实和依据，会印在通知书上。"), field="reason")
    if terms.due_on <= clock.today():
        raise Refusal("due-past", N_("退款期限应晚于今天。"), field="due_on")
    if terms.funding_source not in recoverable.sources_of(filing.id):
        raise Refusal("source-unknown", N_("款项只能退回当初支付它的资金来源。"), field="funding_source")


def _refuse_relatives(enrolment_ids: Collection[int], by: Actor) -> None:
    if queries.relative_among(enrolment_ids, relatives_of(by)):
        raise Refusal("relative", N_("本件涉及您本人或已申报的亲属，须回避，由其他人办理。"))
