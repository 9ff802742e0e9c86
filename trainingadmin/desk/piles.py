"""What waits for whom: each role's cards, with a count and the filtered list it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from trainingadmin.claims.states import CLAIM, ClaimState
from trainingadmin.cohorts.states import COHORT, CohortState
from trainingadmin.desk import queries
from trainingadmin.kernel.roles import FINANCE, Actor, Role
from trainingadmin.offers import queries as offers
from trainingadmin.payments.states import BatchState, DueState
from trainingadmin.plumbing import clock
from trainingadmin.policies import queries as policies
from trainingadmin.policies.states import DRAFT, OPEN, DraftState
from trainingadmin.registers import queries as registers

_COHORTS = {
    Role.ENTERPRISE: (CohortState.RETURNED, CohortState.DRAFT),
    Role.ACCEPTANCE: (CohortState.SUBMITTED,),
    Role.FIRST_REVIEW: (CohortState.ACCEPTED,),
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
    """What one person finds in the morning: cards on top, then the claims and filings themselves."""

    cards: list[dict[str, Any]]
    claims: list[tuple[Any, ...]]
    cohorts: list[tuple[Any, ...]]


def pile_of(actor: Actor) -> Pile:
    """Gather what waits for `actor`, in a number of queries that does not depend on how much it is."""
    cohort_states = [state for role, states in _COHORTS.items() if actor.has(role) for state in states]
    claim_states = [state for role, states in _CLAIMS.items() if actor.has(role) for state in states]
    cards = [*_cohort_cards(actor, cohort_states), *_claim_cards(actor, claim_states), *_money_cards(actor)]
    cards += _offer_cards(actor)
    if actor.is_staff and (year := policies.missing_soon(clock.today())) is not None:
        cards.append(
            _card(_("缺少 %(year)s 年的节假日日历", year=year), 1, url_for("policies.index", year=year), "bad")
        )
    if actor.has(Role.ACCEPTANCE, Role.FIRST_REVIEW):
        href = url_for("registers.matches", ruled="open")
        cards.append(_card(_("名单比对待核实"), registers.open_matches(actor), href, "warn"))
    cards += _policy_cards(actor)
    if not cards or actor.has(Role.SUPERVISOR):
        cards += _overview(actor)
    return Pile(
        cards,
        queries.waiting_claims(actor, claim_states) if claim_states else [],
        queries.waiting_cohorts(actor, cohort_states) if cohort_states else [],
    )


def _cohort_cards(actor: Actor, states: list[CohortState]) -> list[dict[str, Any]]:
    counts = queries.cohort_counts(actor) if states else {}
    return [
        _card(
            _("备案 · %(state)s", state=_(COHORT.labels[state])),
            counts.get(state, 0),
            url_for("cohorts.index", state=state.value),
        )
        for state in states
    ]


def _claim_cards(actor: Actor, states: list[ClaimState]) -> list[dict[str, Any]]:
    counts = queries.claim_counts(actor) if states else {}
    cards = [
        _card(
            _("申领 · %(state)s", state=_(CLAIM.labels[state])),
            counts.get(state, 0),
            url_for("claims.index", state=state.value),
        )
        for state in states
    ]
    if states and actor.is_staff:
        cards.append(_card(_("异议待核查"), queries.open_objections(actor), url_for("notices.index"), "warn"))
        cards.append(_card(_("超期未办"), queries.overdue(actor), url_for("claims.index"), "bad"))
    return cards


def _offer_cards(actor: Actor) -> list[dict[str, Any]]:
    """What the nightly search found: to officers the number, to a firm the sum and the way to its claim, class by class."""
    if actor.has(Role.ACCEPTANCE):
        return [_card(_("免申即享 · 可申领未申领"), offers.count_open(actor), url_for("offers.index"))]
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


def _money_cards(actor: Actor) -> list[dict[str, Any]]:
    if not actor.has(*FINANCE):
        return []
    dues, batches = queries.due_sums(actor), queries.batch_counts(actor)
    to_pay, failed = dues.get(DueState.OPEN), dues.get(DueState.FAILED)
    return [
        _card(
            _("待编批（笔）"),
            to_pay[0] if to_pay else 0,
            url_for("payments.payables"),
            note=to_pay[1].grouped() if to_pay else "",
        ),
        _card(_("待复核批次"), batches.get(BatchState.COMPOSED, 0), url_for("payments.index")),
        _card(_("待银行回单"), batches.get(BatchState.RELEASED, 0), url_for("payments.index")),
        _card(_("拨付失败（笔）"), failed[0] if failed else 0, url_for("payments.index"), "bad"),
    ]


def _policy_cards(actor: Actor) -> list[dict[str, Any]]:
    if not actor.has(Role.POLICY):
        return []
    counts = queries.draft_counts()
    return [
        _card(_("政策草案 · %(state)s", state=_(DRAFT.labels[state])), counts.get(state, 0), url_for("reforms.index"))
        for state in DraftState
        if state in OPEN
    ]


def _overview(actor: Actor) -> list[dict[str, Any]]:
    sums = queries.totals_of_office(actor)
    return [
        _card(_("培养中（人）"), sums["people"], url_for("cohorts.index")),
        _card(_("累计拨付（元）"), sums["paid"].grouped(), None),
        _card(_("暂缓、异议或退回（人）"), sums["frozen"], url_for("claims.index"), "warn"),
        _card(_("超期未办（件）"), queries.overdue(actor), url_for("claims.index"), "bad"),
    ]


def _card(label: str, value: object, href: str | None, tone: str = "info", note: str = "") -> dict[str, Any]:
    quiet = value in {0, "0"}
    return {"label": label, "value": value, "href": href, "tone": "idle" if quiet else tone, "note": note}
