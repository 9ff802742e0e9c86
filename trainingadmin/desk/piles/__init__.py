"""What waits for whom: each role's cards, with a count and the filtered list it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trainingadmin.anomalies.states import AnomalyState
from trainingadmin.attendance.evidence import alerts
from trainingadmin.claims.states import CLAIM, ClaimState
from trainingadmin.classes import queries as classes
from trainingadmin.cohorts.states import (
    APPRENTICE_SCHEME,
    CLASS,
    CLASS_SCHEME,
    COHORT,
    PLACEMENT,
    WORK_SCHEME,
    CohortState,
)
from trainingadmin.desk import overdue, queries, tally
from trainingadmin.desk.piles.own import Own, lists
from trainingadmin.desk.tally import Tally, What
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Lifecycle
from trainingadmin.kernel.money import Money, total
from trainingadmin.kernel.roles import FINANCE, ROLE_LABELS, Actor, Role
from trainingadmin.offers import queries as offers
from trainingadmin.payments.actions.accounts import REVIEWERS
from trainingadmin.payments.queries import dues as owed
from trainingadmin.payments.queries.answered import accounts
from trainingadmin.payments.states import BatchState, DueState
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.addresses import address as url_for
from trainingadmin.plumbing.words import phrase as _
from trainingadmin.policies.states import DRAFT, OPEN, DraftState
from trainingadmin.recoveries.states import ActKind, ActState, OrderState
from trainingadmin.registers import queries as registers

_MOST = 8
_OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)
_OFFICERS = (Role.ACCEPTANCE, Role.FIRST_REVIEW)
_COHORTS = {
    Role.ENTERPRISE: (CohortState.RETURNED, CohortState.DRAFT),
    Role.INSTITUTION: (CohortState.RETURNED, CohortState.DRAFT),
    Role.ACCEPTANCE: (CohortState.SUBMITTED,),
    Role.FIRST_REVIEW: (CohortState.ACCEPTED,),
}
_CLASSES = {
    Role.INSTITUTION: (CohortState.RETURNED, CohortState.DRAFT, CohortState.APPROVED),
    Role.ACCEPTANCE: (CohortState.SUBMITTED,),
    Role.FIRST_REVIEW: (CohortState.ACCEPTED,),
}
_BATCHES = {
    Role.PREPARER: (BatchState.RELEASED,),
    Role.CHECKER: (BatchState.COMPOSED, BatchState.CHECKED, BatchState.RELEASED),
}
_WORK = {
    Role.ENTERPRISE: (CohortState.RETURNED, CohortState.DRAFT, CohortState.APPROVED),
    Role.ACCEPTANCE: (CohortState.SUBMITTED,),
    Role.FIRST_REVIEW: (CohortState.ACCEPTED,),
}
_TRAINING = {
    APPRENTICE_SCHEME: (N_("培养中的学徒（人）"), "cohorts"),
    CLASS_SCHEME: (N_("培训班在训（人）"), "classes"),
    WORK_SCHEME: (N_("以工代训（人）"), "wages"),
}
HOLDERS = {
    CohortState.SUBMITTED: ROLE_LABELS[Role.ACCEPTANCE],
    CohortState.ACCEPTED: ROLE_LABELS[Role.FIRST_REVIEW],
}
"""Who has what an operator has sent."""
_KINDS = {
    What.FILINGS: N_("备案 · %(state)s"),
    What.CLASSES: N_("培训班 · %(state)s"),
    What.WORK: N_("以工代训 · %(state)s"),
}
_CLAIMS = {
    Role.ENTERPRISE: (ClaimState.RETURNED, ClaimState.DRAFT),
    Role.INSTITUTION: (ClaimState.RETURNED, ClaimState.DRAFT),
    Role.ACCEPTANCE: (ClaimState.SUBMITTED,),
    Role.FIRST_REVIEW: (ClaimState.ACCEPTED,),
    Role.SECOND_REVIEW: (ClaimState.CHECKED,),
    Role.APPROVAL: (ClaimState.REVIEWED, ClaimState.APPROVED),
}


@dataclass(frozen=True, slots=True)
class Pile:
    """What one person finds in the morning: cards on top, then the batches, claims and filings themselves, and what was
    paid month by month.

    `payables` are what a preparer can compose; `own` what is to do for roles that judge no claim. `judges` and `pays` tell
    that claims and batches come to this desk at all.

    `missing_year`: deadlines will soon reach into a year whose calendar nobody entered yet.
    """

    cards: list[dict[str, Any]]
    claims: list[tuple[Any, ...]]
    cohorts: list[tuple[Any, ...]]
    batches: list[tuple[Any, ...]]
    payables: list[Any]
    own: list[Own]
    judges: bool
    pays: bool
    months: list[tuple[str, Money]]
    missing_year: int | None = None


def pile_of(actor: Actor) -> Pile:
    """Gather what waits for `actor`, in a number of queries that does not depend on how much it is."""
    cohort_states = [state for role, states in _COHORTS.items() if actor.has(role) for state in states]
    claim_states = [state for role, states in _CLAIMS.items() if actor.has(role) for state in states]
    batch_states = sorted({state for role, states in _BATCHES.items() if actor.has(role) for state in states})
    filings = [] if actor.has(Role.INSTITUTION) else cohort_states
    work = [state for role, states in _WORK.items() if actor.has(role) for state in states]
    told = tally.of(actor)
    cards = [
        *_class_cards(actor, told),
        *_filing_cards(actor, told, What.FILINGS, filings, COHORT, "cohorts.index"),
        *_filing_cards(actor, told, What.WORK, work, PLACEMENT, "wages.index"),
        *_claim_cards(actor, told, claim_states),
        *_money_cards(actor, told),
        *_recovery_cards(actor, told),
        *_failed_cards(actor, told),
        *_owed_cards(told),
        *_late_cards(actor, told),
        *_offer_cards(actor, told),
        *_match_cards(actor),
        *_attendance_cards(actor, told),
        *_change_cards(actor, told),
        *_anomaly_cards(actor, told),
    ]
    cards += [*_delegation_cards(told), *_policy_cards(actor, told)]
    if not cards or actor.has(Role.SUPERVISOR):
        cards += _overview(told)
    return Pile(
        cards,
        queries.waiting_claims(actor, claim_states) if claim_states else [],
        queries.waiting_cohorts(actor, [*cohort_states, *([] if actor.is_staff else HOLDERS)]) if cohort_states else [],
        queries.waiting_batches(actor, batch_states) if batch_states else [],
        owed.payables(actor)[:_MOST] if actor.has(Role.PREPARER) else [],
        lists(actor),
        bool(claim_states),
        bool(batch_states) and not claim_states,
        told.paid_by_month(),
        told.missing_year() if actor.is_staff else None,
    )


def _delegation_cards(told: Tally) -> list[dict[str, Any]]:
    """Roles that colleagues ask one to take on for some days, if any."""
    asked = told.number(What.DELEGATIONS)
    return [_card(_("请我代办的岗位"), asked, url_for("people.delegations"), "warn")] if asked else []


def _match_cards(actor: Actor) -> list[dict[str, Any]]:
    """To officers the matches with other departments' lists that nobody has judged."""
    if not actor.has(*_OFFICERS):
        return []
    href = url_for("registers.matches", ruled="open")
    return [_card(_("名单比对待核实"), registers.open_matches(actor), href, "warn")]


def _filing_cards(
    actor: Actor, told: Tally, what: What, states: list[CohortState], lifecycle: Lifecycle[CohortState], page: str
) -> list[dict[str, Any]]:
    """Filings of a kind by what waits of them; to an operator also what it has sent, if anything, and who has it now."""
    sent = {} if actor.is_staff or not states else HOLDERS
    # Of people trained at work, which few firms have, only what there is.
    always = () if what is What.WORK else states
    return [
        _card(
            _(_KINDS[what], state=_(lifecycle.labels[state])),
            number,
            url_for(page, state=state.value),
            note=_("由%(who)s办理", who=_(sent[state])) if state in sent else "",
        )
        for state in (*states, *sent)
        if (number := told.number(what, state)) or state in always
    ]


def _class_cards(actor: Actor, told: Tally) -> list[dict[str, Any]]:
    """Classes by what waits of them, and to an institution the next session of all its classes."""
    states = [state for role, wanted in _CLASSES.items() if actor.has(role) for state in wanted]
    cards = _filing_cards(actor, told, What.CLASSES, states, CLASS, "classes.index")
    ahead = (
        classes.next_session(actor.organisation_id) if actor.has(Role.INSTITUTION) and actor.organisation_id else None
    )
    if ahead is not None:
        held, title = ahead
        today = held.held_on == clock.today()
        when = f"{held.starts_at:%H:%M}" if today else f"{held.held_on:%m-%d} {held.starts_at:%H:%M}"
        href = url_for("attendance.register", cohort_id=held.cohort_id, session_id=held.id)
        label = _("今天的下一次课") if today else _("下一次课")
        cards.append(_card(label, when, href, note=f"{title} · {held.course}"))
    return cards


def _claim_cards(actor: Actor, told: Tally, states: list[ClaimState]) -> list[dict[str, Any]]:
    cards = [
        _card(
            _("申领 · %(state)s", state=_(CLAIM.labels[state])),
            told.number(What.CLAIMS, state),
            url_for("claims.index", state=state.value),
        )
        for state in states
    ]
    if actor.has(Role.APPROVAL):
        href = url_for("claims.index", pile="mine")
        cards.append(_card(_("解除暂缓待补充审批"), told.number(What.RELEASED), href, "warn"))
    if states and actor.is_staff:
        cards.append(_card(_("异议待核查"), told.number(What.OBJECTIONS), url_for("notices.index"), "warn"))
    return cards


def _late_cards(actor: Actor, told: Tally) -> list[dict[str, Any]]:
    """What is late, by the office's three terms; each count leads to its list."""
    return [
        _card(
            _("%(list)s（件）", list=_(overdue.LABELS[late])),
            told.number(What.LATE, late),
            url_for("desk.late", late=late.value),
            "bad",
        )
        for late in overdue.watched(actor)
    ]


def _attendance_cards(actor: Actor, told: Tally) -> list[dict[str, Any]]:
    """To operators and the bureau whom the share to be attended is out of reach for, or will be at the present pace; what
    was entered late to whoever may confirm it."""
    cards = []
    if actor.has(*_OPERATORS, *_OFFICERS, Role.SUPERVISOR):
        found = alerts(actor)
        note = _("其中 %(n)s 人已无法达标", n=found.lost) if found.lost else ""
        if found.lost and found.behind:
            note = _("其中 %(n)s 人已无法达标，其余照目前进度达不到", n=found.lost)
        href = url_for("attendance.index", risk="below")
        if len(found.filings) == 1:
            href = url_for("attendance.show", cohort_id=found.filings[0], risk="below")
        cards.append(_card(_("出勤预警（人）"), found.lost + found.behind, href, "bad" if found.lost else "warn", note))
    if actor.has(*_OPERATORS, *_OFFICERS):
        cards.append(_card(_("补登待确认"), told.number(What.LATE_ENTRIES), url_for("checkins.index"), "warn"))
    return cards


def _change_cards(actor: Actor, told: Tally) -> list[dict[str, Any]]:
    """To first review the changes that were asked for: of classes, and of filings."""
    if not actor.has(Role.FIRST_REVIEW):
        return []
    of_classes = told.number(What.CHANGES, CLASS_SCHEME)
    of_filings = told.total(What.CHANGES) - of_classes
    return [
        _card(_("培训班 · 变更待审核"), of_classes, url_for("desk.changes"), "warn"),
        _card(_("备案 · 变更待审核"), of_filings, url_for("desk.changes"), "warn"),
    ]


def _anomaly_cards(actor: Actor, told: Tally) -> list[dict[str, Any]]:
    """To whoever rules what is open; what was referred to supervision to it, and to whoever rules in the end."""
    rules, watches = actor.has(Role.ACCEPTANCE, Role.FIRST_REVIEW), actor.has(Role.SUPERVISOR)
    wanted = [(_("异常待核实"), AnomalyState.OPEN)] if rules else []
    wanted += (
        [(_("异常移交督查"), AnomalyState.REFERRED)]
        if watches or told.number(What.ANOMALIES, AnomalyState.REFERRED)
        else []
    )
    return [
        _card(label, told.number(What.ANOMALIES, state), url_for("anomalies.index", state=state.value), "warn")
        for label, state in wanted
    ]


def _offer_cards(actor: Actor, told: Tally) -> list[dict[str, Any]]:
    """What the nightly search found: to officers the number, to a firm the sum and the way to its claim, class by class."""
    if actor.has(Role.ACCEPTANCE):
        return [_card(_("免申即享 · 可申领未申领"), told.number(What.OFFERS), url_for("offers.index"))]
    if not actor.has(Role.ENTERPRISE):
        return []
    return [
        _card(
            _("%(title)s 可申领", title=one.title),
            one.amount.grouped(),
            url_for("claims.precheck", cohort_id=one.cohort_id),
            note=_("%(n)s 人，自 %(day)s 起", n=one.people, day=one.possible_on.isoformat()),
        )
        for one in offers.waiting(actor)
    ]


def _account_cards(actor: Actor) -> list[dict[str, Any]]:
    """To who may look at an account that a payee corrected after the bank sent money back."""
    if not actor.has(*REVIEWERS):
        return []
    return [_card(_("更正账户待复核"), accounts.waiting(actor), url_for("payments.accounts"), "warn")]


def _money_cards(actor: Actor, told: Tally) -> list[dict[str, Any]]:
    if not actor.has(*FINANCE):
        return _account_cards(actor)
    to_pay = told.number(What.DUES, DueState.OPEN)
    sum_ = told.sum(What.DUES, DueState.OPEN).grouped() if to_pay else ""
    batches = [
        (_("待复核批次"), BatchState.COMPOSED),
        (_("待放款批次"), BatchState.CHECKED),
        (_("待银行回单"), BatchState.RELEASED),
    ]
    failed = told.number(What.DUES, DueState.FAILED)
    return [
        _card(_("待编批（笔）"), to_pay, url_for("payments.payables"), note=sum_),
        *(
            _card(label, told.number(What.BATCHES, state), url_for("payments.index", state=state.value))
            for label, state in batches
        ),
        _card(_("待查回单行"), told.number(What.STRAYS), url_for("payments.strays"), "warn"),
        _card(_("拨付失败（笔）"), failed, url_for("payments.accounts"), "bad"),
        *_account_cards(actor),
    ]


def _recovery_cards(actor: Actor, told: Tally) -> list[dict[str, Any]]:
    """What of recoveries waits for whom: orders to be issued, and what was entered to close one by who decides on it."""
    asked = told.number(What.ACTS, ActKind.SET_OFF) + told.number(What.ACTS, ActKind.WAIVER)
    waiting = (
        (Role.CHECKER, _("待下达追回通知"), told.number(What.ORDERS), OrderState.DRAFTED),
        (Role.CHECKER, _("退款待核定"), told.number(What.ACTS, ActKind.REPAYMENT), ActState.PROPOSED),
        (Role.APPROVAL, _("抵扣、核销待批准"), asked, ActState.PROPOSED),
    )
    return [
        _card(label, number, url_for("recoveries.index", state=state.value), "warn")
        for role, label, number, state in waiting
        if actor.has(role)
    ]


def _failed_cards(actor: Actor, told: Tally) -> list[dict[str, Any]]:
    """To an operator what the bank sent back, if anything, until its account is corrected and the money sent again."""
    if actor.organisation_id is None or not told.number(What.DUES, DueState.FAILED):
        return []
    href = url_for("payments.statement", organisation_id=actor.organisation_id, state=DueState.FAILED.value)
    left = told.sum(What.DUES, DueState.FAILED).grouped()
    return [_card(_("支付失败（元）"), left, href, "bad", _("请更正收款账户"))]


def _owed_cards(told: Tally) -> list[dict[str, Any]]:
    """To an operator what it has still to give back, and by when; red from the day after the nearest due date."""
    if not (days := told.states(What.OWED)):
        return []
    left, late = total(told.sum(What.OWED, day) for day in days), days[0] < told.today.isoformat()
    note = _("期限 %(day)s，已逾期", day=days[0]) if late else _("最近的期限 %(day)s", day=days[0])
    href = url_for("recoveries.index", state="issued")
    return [_card(_("待退款（元）"), left.grouped(), href, "bad" if late else "warn", note)]


def _policy_cards(actor: Actor, told: Tally) -> list[dict[str, Any]]:
    if not actor.has(Role.POLICY):
        return []
    return [
        _card(
            _("政策草案 · %(state)s", state=_(DRAFT.labels[state])),
            told.number(What.DRAFTS, state),
            url_for("reforms.index"),
        )
        for state in DraftState
        if state in OPEN
    ]


def _overview(told: Tally) -> list[dict[str, Any]]:
    return [
        *(
            _card(_(label), number, url_for(f"{slice_}.index", state=CohortState.APPROVED.value))
            for scheme, (label, slice_) in _TRAINING.items()
            if (number := told.number(What.PEOPLE, scheme)) or scheme == APPRENTICE_SCHEME
        ),
        _card(_("累计拨付（元）"), told.sum(What.PAID).grouped(), None),
        _card(_("暂缓、异议或退回（人）"), told.number(What.FROZEN), url_for("claims.index", pile="frozen"), "warn"),
    ]


def _card(label: str, value: object, href: str | None, tone: str = "info", note: str = "") -> dict[str, Any]:
    quiet = value in {0, "0"}
    return {"label": label, "value": value, "href": href, "tone": "idle" if quiet else tone, "note": note}
