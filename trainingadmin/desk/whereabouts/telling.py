"""Says where the money of a claim is: each stage with its day, the promised day, who has it now and what is overdue."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Self

from flask_babel import ngettext

from trainingadmin.claims.actions.deadlines import COMPLETENESS, REVIEW, Clock, used
from trainingadmin.claims.states import CLAIM, IN_REVIEW, ClaimState, LineState
from trainingadmin.desk.whereabouts import records
from trainingadmin.desk.whereabouts.records import Read, Record
from trainingadmin.kernel.dates import add_months
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import ROLE_LABELS, Actor, Role
from trainingadmin.kernel.working_days import Calendar
from trainingadmin.payments.states import BatchState, PaymentState
from trainingadmin.people.queries import Holder
from trainingadmin.plumbing import clock, driver
from trainingadmin.plumbing.templating.steady import Itself, Steady
from trainingadmin.plumbing.words import language
from trainingadmin.plumbing.words import phrase as _
from trainingadmin.policies import queries as policies
from trainingadmin.schemes import Version
from trainingadmin.schemes.office_terms import TERMS

S, L = ClaimState, LineState


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the chain: the moves that end it, the states of a claim that is in it, and its office's clock."""

    label: str
    moves: frozenset[str]
    states: frozenset[ClaimState]


STAGES = (
    Stage(N_("提交"), frozenset({"submit"}), frozenset({S.DRAFT, S.RETURNED})),
    Stage(N_("受理"), frozenset({"accept", "reject"}), frozenset({S.SUBMITTED})),
    Stage(N_("初审"), frozenset({"check", "refuse_checked"}), frozenset({S.ACCEPTED})),
    Stage(N_("复审"), frozenset({"review", "refuse_reviewed"}), frozenset({S.CHECKED})),
    Stage(N_("审批"), frozenset({"approve", "refuse"}), frozenset({S.REVIEWED})),
    Stage(N_("公示"), frozenset({"clear", "conclude"}), frozenset({S.APPROVED, S.IN_NOTICE})),
    Stage(N_("拨付"), frozenset({"settle"}), frozenset({S.CLEARED, S.PAYING})),
    Stage(N_("凭证"), frozenset(), frozenset()),
)
SUBMISSION, ACCEPTANCE, APPROVAL, NOTICE, PAYMENT, CERTIFICATE = 0, 1, 4, 5, 6, 7


@dataclass(slots=True, eq=False)
class Trail(Steady):
    """Where a claim, or one person's part of it, stands; `missing_year` when a deadline waits for a calendar.

    Once it is told nothing of it changes.
    """

    claim_id: int
    number: str
    title: str
    amount: Any
    stages: list[dict[str, Any]] = field(default_factory=list)
    missing_year: int | None = None

    @property
    def now(self) -> dict[str, Any]:
        """The stage it is at, or the last one once everything is done."""
        return next((one for one in self.stages if one["status"] in ("now", "stopped")), self.stages[-1])

    @property
    def done(self) -> int:
        """How many stages are behind it."""
        return sum(one["status"] == "done" for one in self.stages)


def of_claim(claim_id: int, actor: Actor) -> Trail | None:
    """Return the trail of a claim that the reader may see."""
    return next(iter(told(records.of_claims([claim_id]), actor)), None)


def of_lines(line_ids: Collection[int], actor: Actor) -> dict[int, Trail]:
    """Return, by claim, the trails of one person's lines: what stops only this person stops only this trail."""
    return {one.claim_id: one for one in told(records.of_lines(line_ids), actor, alone=True)} if line_ids else {}


def of_organisation(actor: Actor) -> Sequence[Trail]:
    """Return the trails of the claims of an operator's organisation that are under way, the latest first."""
    return told(records.of_organisation(actor.organisation_id), actor) if actor.organisation_id else []


def told(found: Read, actor: Actor, *, alone: bool = False) -> Sequence[Trail]:
    """Return the trails of what was read; staff read the names of who has it now, others the office and the post."""
    if not found.claims:
        return []
    calendar, terms = Itself(policies.calendar()), Terms.of({row.scheme for row in found.claims})
    return _trails(*found, calendar, terms, actor.is_staff, alone, clock.today(), language())


@driver.worked_out
def _trails(
    claims: Sequence[Any],
    happened: Sequence[Any],
    holders: tuple[Holder, ...],
    calendar: Itself[Calendar],
    terms: Terms,
    named: bool,
    alone: bool,
    _today: date,
    _language: str,
) -> Sequence[Trail]:
    found = records.records(Read(claims, happened, holders))
    return [_Telling(record, calendar.value, terms, named=named, alone=alone).trail() for record in found]


@dataclass(frozen=True, slots=True)
class Terms:
    """The office's terms in force on a day, of some schemes whose versions are read once."""

    versions: tuple[tuple[str, tuple[Version[Any], ...]], ...]

    @classmethod
    def of(cls, schemes: Collection[str]) -> Self:
        """Read the versions of these schemes."""
        return cls(tuple(sorted(policies.versions_of(schemes).items(), key=itemgetter(0))))

    def __call__(self, scheme: str, name: str, on: date) -> int:
        """Return a term of the office, as `policies.queries.term` does."""
        binding = [version for version in dict(self.versions)[scheme] if version.from_on <= on]
        figure = binding[-1].figures.get(name) if binding else None
        return TERMS[name] if figure is None else int(figure.value)


@dataclass(slots=True)
class _Telling:
    record: Record
    calendar: Calendar
    terms: Terms
    named: bool
    alone: bool
    missing: int | None = None
    last: date | None = None
    """The day by which the stages so far are over, as far as can be told: what comes later is reckoned from it."""

    def trail(self) -> Trail:
        record = self.record
        at, stopped = self._at()
        trail = Trail(record.claim_id, record.number, record.title, record.entitlement)
        for n in range(len(STAGES)):
            status = "done" if n < at else "todo" if n > at else "stopped" if stopped else "now"
            trail.stages.append(self._stage(n, status))
            if stopped and n == at and self._over():
                trail.stages[-1]["ended"] = True
                break
        trail.missing_year = self.missing
        return trail

    def _at(self) -> tuple[int, bool]:
        """Return the stage it is at, and whether it stands still there."""
        record = self.record
        if self.alone and (own := self._own()) is not None:
            return own
        if record.state in CLAIM.final and record.state is not S.PAID:
            last = record.steps[-1].move if record.steps else ""
            return next((n for n, stage in enumerate(STAGES) if last in stage.moves), SUBMISSION), True
        if record.state is S.PAID:
            return (len(STAGES) if record.documents or not record.sent else CERTIFICATE), False
        return next(n for n, stage in enumerate(STAGES) if record.state in stage.states), False

    def _own(self) -> tuple[int, bool] | None:
        """Return where one person's part is, where that is not where the claim is."""
        state = next(iter(self.record.lines), None)
        if state is L.PAID:
            return (len(STAGES) if self.record.documents or not self.record.sent else CERTIFICATE), False
        own = {L.OBJECTED: (NOTICE, True), L.FAILED: (PAYMENT, True), L.REFUSED: (APPROVAL, True)}
        own |= {L.IN_NOTICE: (NOTICE, False), L.CLEARED: (PAYMENT, False), L.PAYING: (PAYMENT, False)}
        if state is L.HELD:
            claim_at = next((n for n, stage in enumerate(STAGES) if self.record.state in stage.states), APPROVAL)
            return min(claim_at, APPROVAL), True
        return own.get(state) if state else None

    def _over(self) -> bool:
        """Tell whether nothing comes after a stop."""
        states = set(self.record.lines)
        return (self.record.state in CLAIM.final and self.record.state is not S.PAID) or (
            self.alone and states == {L.REFUSED}
        )

    def _stage(self, n: int, status: str) -> dict[str, Any]:
        step = next((one for one in reversed(self.record.steps) if one.move in STAGES[n].moves), None)
        on, promised = _local(step.at if step else None), self._safely(lambda: self._promised(n, status))
        told: dict[str, Any] = {"label": _(STAGES[n].label), "status": status, "promised_on": promised}
        told |= {"on": None, "over": None}
        told |= {"holder": "", "names": [], "note": "", "forecast": status == "todo"}
        if status == "done":
            told["on"] = self._done_on(n) or on
            told["holder"] = self._whose(step.role) if step and not self._automatic(n) else ""
            told["names"] = [step.name] if step and self.named and not self._automatic(n) else []
            told["over"] = self._late(promised, told["on"])
        elif status in ("now", "stopped"):
            told |= self._held_up(n, on) if status == "stopped" else self._held(n)
            told["over"] = self._late(promised, clock.today()) if status == "now" else None
            told["left"] = self._left(promised) if status == "now" else None
            told["promised_on"] = promised if status == "now" else None
        if status != "stopped":
            self.last = promised or told["on"] or self.last
        return told | {"facts": list(_facts(told))}

    def _automatic(self, n: int) -> bool:
        return n in (NOTICE, PAYMENT, CERTIFICATE)

    def _done_on(self, n: int) -> date | None:
        if n == NOTICE and self.record.notices:
            return self.record.notices[-1].closes_on
        if n == PAYMENT and self.record.sent:
            return _local(max((one.settled_at for one in self.record.sent if one.settled_at), default=None))
        return _local(self.record.documented_at) if n == CERTIFICATE else None

    # When ----------------------------------------------------------------------------------------------------------

    def _promised(self, n: int, status: str) -> date | None:
        """Return the day by which a stage is promised to be over; of one not begun, the day it would be if all keep theirs."""
        record = self.record
        if n in {SUBMISSION, CERTIFICATE}:
            return None
        if n <= APPROVAL and status != "todo":
            return record.due_on if status == "now" and record.due_on else self._clocked(n)
        if n == NOTICE and record.notices:
            return max(one.closes_on for one in record.notices)
        if n == PAYMENT and record.notices:
            closed = max(one.closes_on for one in record.notices)
            return add_months(closed, self.terms(record.scheme, "payment_months", closed))
        return self._forecast(n)

    def _clocked(self, n: int) -> date | None:
        term = COMPLETENESS if n == ACCEPTANCE else REVIEW
        moves = [(one.move, _day(one.at)) for one in self.record.steps]
        begun = [at for at, (move, _on) in enumerate(moves) if move == term.starts]
        return self._end(term, moves, begun[-1]) if begun else None

    def _end(self, term: Clock, moves: list[tuple[str, date]], begun: int) -> date:
        on = moves[begun][1]
        left = self.terms(self.record.scheme, term.term, on) - used(term, moves[:begun], self.calendar)
        return self.calendar.add(on, max(1, left))

    def _forecast(self, n: int) -> date | None:
        if self.last is None:
            return None
        base, scheme = max(self.last, clock.today()), self.record.scheme
        if n == PAYMENT:
            return add_months(base, self.terms(scheme, "payment_months", base))
        name = {ACCEPTANCE: "acceptance_days", NOTICE: "notice_days"}.get(n, "review_days")
        if ACCEPTANCE + 1 < n <= APPROVAL:
            return self.last  # one clock for the whole review
        return self.calendar.add(base, self.terms(scheme, name, base))

    def _safely(self, reckon: Callable[[], date | None]) -> date | None:
        try:
            return reckon()
        except Refusal as refusal:
            year = refusal.values.get("year")
            self.missing = year if isinstance(year, int) else self.missing
            return None

    def _late(self, promised: date | None, on: date | None) -> int | None:
        if promised is None or on is None or on <= promised:
            return None
        with suppress(Refusal):
            return self.calendar.between(promised, on)
        return (on - promised).days

    def _left(self, promised: date | None) -> int | None:
        if promised is None or promised < clock.today():
            return None
        with suppress(Refusal):
            return self.calendar.between(clock.today(), promised)
        return None

    # Who ------------------------------------------------------------------------------------------------------------

    def _whose(self, role: str) -> str:
        return str(_(ROLE_LABELS[Role(role)]))

    def _held(self, n: int) -> dict[str, Any]:
        state = self.record.state
        if n == SUBMISSION:
            back = state is S.RETURNED
            return {
                "holder": _("申请单位或申请人"),
                "note": _("待补正，补正期间不计入办理期限") if back else _("待提交"),
            }
        if n == NOTICE and (state is S.IN_NOTICE or self.record.notices):
            return {"holder": "", "note": self._posted()}
        if n == PAYMENT:
            return self._paying()
        if n == CERTIFICATE:
            return {"holder": _("系统"), "note": _("款已到账，凭证生成中")}
        role = Role.APPROVAL if n == NOTICE else IN_REVIEW[state]
        return self._post(role, _("待发布公示") if n == NOTICE else "")

    def _posted(self) -> str:
        numbers = "、".join(one.number for one in self.record.notices)
        objected = self.record.lines[L.OBJECTED]
        if objected and not self.alone:
            return str(_("公示 %(number)s；%(n)s 人有异议，只暂停这些人", number=numbers, n=objected))
        return str(_("公示 %(number)s", number=numbers))

    def _paying(self) -> dict[str, Any]:
        sent = [one for one in self.record.sent if one.state is PaymentState.PENDING]
        if not sent:
            failed = any(one.state is PaymentState.FAILED for one in self.record.sent) and self.record.lines[L.FAILED]
            return self._post(Role.PREPARER, _("银行退回，更正账户后重发") if failed else _("待编入支付批次"))
        batch = sent[-1]
        if batch.batch_state in (BatchState.RELEASED, BatchState.SETTLED):
            return {"holder": _("银行"), "note": _("批次 %(number)s 已送银行，等待回单", number=batch.batch)}
        if batch.batch_state is BatchState.CHECKED:
            return self._post(Role.CHECKER, _("批次 %(number)s 待放款", number=batch.batch))
        return self._post(Role.CHECKER, _("批次 %(number)s 待复核", number=batch.batch))

    def _post(self, role: Role, note: str = "") -> dict[str, Any]:
        acted = {one.human for one in self.record.steps if one.role != role.value}
        names = [one.name for one in self.record.staff.get(role, ()) if one.human not in acted]
        holder = _("%(office)s %(post)s", office=self.record.office, post=_(ROLE_LABELS[role]))
        return {"holder": holder, "names": names[:3] if self.named else [], "note": note}

    def _held_up(self, n: int, on: date | None) -> dict[str, Any]:
        states, reason = set(self.record.lines), self.record.reason
        if self.alone and L.OBJECTED in states:
            note = _("公示期收到异议，正在核查；只暂停这一人，期限暂停计算")
            return {"holder": self.record.office, "note": f"{note}。{reason}" if reason else note}
        if self.alone and L.HELD in states:
            return {"holder": self.record.office, "note": _("暂缓：%(reason)s", reason=reason)}
        if self.alone and L.FAILED in states:
            return {"holder": _("收款人"), "note": _("银行退回，请更正收款账户后重发")}
        without = self.record.state not in CLAIM.final or self.record.state is S.PAID  # others of the claim were paid
        label = _("不予补贴") if without else _(CLAIM.labels[self.record.state])
        return {"holder": "", "note": label, "on": on}


def _facts(told: dict[str, Any]) -> Iterator[str]:
    """Yield what there is to say of a stage: its day, who has it, what about it, and by when."""
    if told["on"]:
        yield told["on"].isoformat()
    names = _("、").join(told["names"])
    if told["holder"] and names:
        yield _("%(holder)s（%(names)s）", holder=told["holder"], names=names)
    elif told["holder"] or names:
        yield told["holder"] or names
    if told["note"]:
        yield told["note"]
    if told["promised_on"]:
        by = told["promised_on"].isoformat()
        if told["status"] == "done":
            yield _("期限 %(day)s", day=by)
        else:
            yield _("预计 %(day)s 前", day=by) if told["forecast"] else _("应于 %(day)s 前办结", day=by)
    if (left := told.get("left")) is not None:
        yield ngettext("剩余 %(num)s 个工作日", "剩余 %(num)s 个工作日", left)


def _day(at: datetime) -> date:
    return clock.local(at).date()


def _local(at: datetime | None) -> date | None:
    return _day(at) if at else None
