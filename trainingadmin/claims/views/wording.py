"""Says verdicts, stages, deadlines and moves in the reader's language, as the components want them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from trainingadmin.claims.states import CLAIM, IN_REVIEW, ClaimState
from trainingadmin.kernel.lifecycle import Offer
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import ROLE_LABELS
from trainingadmin.kernel.working_days import Calendar
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.pages import explain
from trainingadmin.plumbing.words import phrase
from trainingadmin.policies import queries as policies
from trainingadmin.registers.why import advice_of, label_of
from trainingadmin.schemes import SCHEMES

S = ClaimState


def verdicts() -> dict[str, tuple[str, str]]:
    """Return how each verdict is called, and its tone."""
    return {"eligible": (_("通过"), "ok"), "unknown": (_("待核实"), "info"), "refused": (_("不符合"), "bad")}


def terms() -> str:
    """Return the office's terms of today with what they rest on."""
    names = ("acceptance_days", "review_days")
    (accept, basis), (decide, other) = policies.terms(next(iter(SCHEMES)), names, clock.today())
    rests_on = _("；").join(dict.fromkeys(_(text) for text in (basis, other) if text)) or _("系统默认")
    return phrase(
        "受理 %(accept)s 个、审核 %(decide)s 个工作日（%(basis)s）", accept=accept, decide=decide, basis=rests_on
    )


_STAGES: tuple[tuple[tuple[str, ...], frozenset[ClaimState]], ...] = (
    (("submit",), frozenset({S.DRAFT, S.RETURNED})),
    (("accept", "reject"), frozenset({S.SUBMITTED})),
    (("check", "refuse_checked"), frozenset({S.ACCEPTED})),
    (("review", "refuse_reviewed"), frozenset({S.CHECKED})),
    (("approve", "refuse"), frozenset({S.REVIEWED})),
    (("clear", "conclude"), frozenset({S.APPROVED, S.IN_NOTICE})),
    (("settle",), frozenset({S.CLEARED, S.PAYING})),
)


def stages(claim: Any, steps: Sequence[Any], calendar: Calendar) -> list[dict[str, Any]]:
    """Return the chain bar of a claim: who did what when, who has it now and for how many working days."""
    labels = [_("提交申领"), _("受理"), _("初审"), _("复审"), _("审批"), _("公示"), _("拨付")]
    made = [step for step in steps if step.line_id is None]
    last = made[-1] if made else None
    dead = claim.state in CLAIM.final and claim.state is not S.PAID
    at = next((n for n, (_moves, states) in enumerate(_STAGES) if claim.state in states), len(_STAGES))
    if dead and last is not None:
        at = next((n for n, (moves, _states) in enumerate(_STAGES) if last.move in moves), 0)
    bar = []
    for n, (moves, _states) in enumerate(_STAGES):
        step = next((one for one in reversed(made) if one.move in moves), None)
        if n < at and step is not None:
            bar.append({"label": labels[n], "status": "done", "who": step.name, "when": step.at})
        elif n == at and dead:
            when = {"who": last.name, "when": last.at} if last else {}
            bar.append({"label": labels[n], "status": "stopped", "note": _(CLAIM.labels[claim.state]), **when})
        elif n == at:
            bar.append({"label": labels[n], "status": "now", **_waiting(claim, calendar)})
        else:
            bar.append({"label": labels[n], "status": "done" if n < at else "todo"})
    return bar


def _waiting(claim: Any, calendar: Calendar) -> dict[str, Any]:
    role = IN_REVIEW.get(claim.state)
    if role is not None:
        return {"who": _(ROLE_LABELS[role]), "days_left": days_left(claim.due_on, calendar)}
    notes = {
        S.DRAFT: _("待申领人提交"),
        S.RETURNED: _("待申领人补正"),
        S.APPROVED: _("待发布公示"),
        S.IN_NOTICE: _("公示中"),
        S.CLEARED: _("待拨付"),
        S.PAYING: _("拨付中"),
    }
    return {"note": notes.get(claim.state, "")}


def days_left(due_on: date | None, calendar: Calendar) -> int | None:
    """Return the working days left until a deadline, negative once it has passed; None when it cannot be told."""
    if due_on is None:
        return None
    try:
        return calendar.between(clock.today(), due_on)
    except Refusal:
        return None


_TONES = {"danger": "bad", "warning": "warn"}
_MARKS = {
    "submit": "send",
    "withdraw": "arrow-back-up",
    "accept": "circle-check",
    "check": "circle-check",
    "review": "circle-check",
    "approve": "rubber-stamp",
}


def move_items(offers: Sequence[Offer[Any]], href: Callable[[str], str]) -> list[dict[str, Any]]:
    """Return moves as the buttons want them; those that need a reason lead to the form that asks for it."""
    return [
        {
            "name": offer.move.name,
            "label": _(offer.move.label),
            "allowed": offer.allowed,
            "tone": _TONES.get(offer.move.tone, "primary"),
            "mark": _MARKS.get(offer.move.name),
            "href": href(offer.move.name) if offer.move.needs_note else None,
            "reason": explain(offer.refusal) if offer.refusal else None,
            "who": [_(role) for role in offer.who],
        }
        for offer in offers
    ]


def draft_note(scheme: str, reasons: Sequence[tuple[str, str, int]]) -> str:
    """Return the beginnings of a letter: what is missing, of how many people, and what to bring."""
    people: Counter[str] = Counter()
    for code, _outcome, number in reasons:
        people[code] += number
    return "\n".join(
        _(
            "%(n)s. %(label)s（%(people)s 人）：%(advice)s",
            n=n,
            label=label_of(scheme, code),
            people=number,
            advice=advice_of(scheme, code),
        )
        for n, (code, number) in enumerate(people.items(), start=1)
    )
