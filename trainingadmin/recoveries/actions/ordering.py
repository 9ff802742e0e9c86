"""Orders: drafted by one person from a claim's shortfall or an audit's finding, issued with a letter by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import Money, total
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.payments import actions as payments
from trainingadmin.payments.queries import recoverable
from trainingadmin.payments.queries.recoverable import Origin
from trainingadmin.people import actions as people
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
    """Of whom money is wanted back: everything still paid for each, or so much of it, and why."""

    person_ids: Sequence[int]
    cause: Cause
    each: Money | None = None


def draft(origin: Origin, terms: Terms, *, by: Actor) -> RecoveryOrder:
    """Draft the order for a claim's shortfall that nobody has ordered yet: all of its people at once.

    Refusals `move-role`, `nothing-to-recover`, `reason-missing`, `due-past`, `source-unknown`, `relative`.
    """
    _refuse_hands(by)
    payments.hold_origin(origin)
    wanted = queries.unordered_dues(origin.cohort_id)
    if not wanted:
        raise Refusal("nothing-to-recover", N_("这个班级没有需要下达的追回款，可能已由他人起草。"))
    lines = [
        RecoveryLine(
            order_id=0,
            person_id=due.person_id,
            enrolment_id=due.enrolment_id,
            position=due.position,
            due_id=due.id,
            cause=cause,
            amount=due.amount,
        )
        for due, cause in wanted
    ]
    return _draft(origin, terms, lines, True, by)


def draft_found(origin: Origin, finding: Finding, terms: Terms, *, by: Actor) -> RecoveryOrder:
    """Draft an order for money that should not have been paid, or for people who left or died.

    Refusals as `draft`, `nothing-chosen`, and `more-than-paid` for more than is left of what was paid for somebody.
    """
    _refuse_hands(by)
    payments.hold_origin(origin)
    paid = {one.person_id: one for one in recoverable.of_origin(origin)}
    if not finding.person_ids:
        raise Refusal("nothing-chosen", N_("请勾选要追回的人员。"), field="people")
    lines = []
    for person_id in finding.person_ids:
        one = paid.get(person_id)
        amount = finding.each or (one.left if one else None)
        if amount is None or one is None or not 0 < amount.fen <= one.left.fen:
            reason = N_("追回金额必须大于零，且不能超过已付给该人、尚未追回的金额。")
            raise Refusal("more-than-paid", reason, field="each")
        lines.append(
            RecoveryLine(
                order_id=0,
                person_id=person_id,
                enrolment_id=one.enrolment_id,
                position=one.position,
                cause=finding.cause,
                amount=amount,
            )
        )
    return _draft(origin, terms, lines, False, by)


def _draft(origin: Origin, terms: Terms, lines: list[RecoveryLine], planned: bool, by: Actor) -> RecoveryOrder:
    _refuse_terms(origin, terms)
    people.refuse_relatives([line.person_id for line in lines], by=by)
    year = clock.today().year
    order = RecoveryOrder(
        number=f"ZHD-{origin.office_code}-{year}-{serials.take('recovery', origin.office_code, year)[0]:04d}",
        cohort_id=origin.cohort_id,
        claim_line_id=origin.claim_line_id,
        payee_id=origin.payee_id,
        person_id=origin.person_id,
        about=origin.about,
        title=origin.title,
        office_code=origin.office_code,
        scheme=origin.scheme,
        funding_source=terms.funding_source,
        planned=planned,
        reason=terms.reason.strip(),
        amount=total(line.amount for line in lines),
        due_on=terms.due_on,
        drafted_by=by.id,
        drafted_human=by.human,
        drafted_name=by.name_as(Role.PREPARER, Role.CHECKER),
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
    lines, origin = order_lines(order.id), queries.origin_of(order)
    people.refuse_relatives([line.person_id for line in lines], by=by)
    if order.due_on <= clock.today():
        raise Refusal("due-past", N_("退款期限已过，请撤回后重新起草。"))
    if not order.planned:
        shares = {line.person_id: line.amount for line in lines}
        due_of = {due.person_id: due.id for due in payments.order_back(origin, shares, order.number, by=by)}
        for line in lines:
            line.due_id = due_of[line.person_id]
    order.state = allowed.target
    order.issued_by, order.issued_human, order.issued_name = by.id, by.human, by.name_as(Role.APPROVAL, Role.CHECKER)
    order.issued_at = clock.now()
    db.session.flush()
    certificates.issue_many(CertificateKind.RECOVERY, [letters.wish(order, origin, queries.lines(order.id))], by=by)
    _note("issue-recovery", order, by, amount=str(order.amount))


def withdraw(order: RecoveryOrder, note: str, *, by: Actor) -> None:
    """Take a draft back; its people wait for another order. Refusals as `Lifecycle.check` (`move-note`), `relative`."""
    order, lines = queries.locked_order(order.id), order_lines(order.id)
    order.state = ORDER.check("withdraw", state=order.state, actor=by, past=queries.hands(order), note=note).target
    people.refuse_relatives([line.person_id for line in lines], by=by)
    for line in lines:
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


def _refuse_terms(origin: Origin, terms: Terms) -> None:
    if not terms.reason.strip():
        raise Refusal("reason-missing", N_("请写明追回的事实和依据，会印在通知书上。"), field="reason")
    if terms.due_on <= clock.today():
        raise Refusal("due-past", N_("退款期限应晚于今天。"), field="due_on")
    if terms.funding_source not in recoverable.sources_of(origin):
        raise Refusal("source-unknown", N_("款项只能退回当初支付它的资金来源。"), field="funding_source")
