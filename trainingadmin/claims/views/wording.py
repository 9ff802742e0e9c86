"""Says findings, sources, stages and moves in the reader's language, as the components want them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from trainingadmin import schemes
from trainingadmin.claims.states import CLAIM, IN_REVIEW, ClaimState
from trainingadmin.kernel.lifecycle import Offer
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import ROLE_LABELS
from trainingadmin.kernel.working_days import Calendar
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.pages import explain, language
from trainingadmin.policies.queries import term
from trainingadmin.registers.evidence import source_words
from trainingadmin.schemes.wording import in_english

S = ClaimState


def verdicts() -> dict[str, tuple[str, str]]:
    """Return how each verdict is called, and its tone."""
    return {"eligible": (_("通过"), "ok"), "unknown": (_("待核实"), "info"), "refused": (_("不符合"), "bad")}


def terms() -> str:
    """Return the office's terms of today with what they rest on."""
    told = {name: term("apprenticeship", name, clock.today()) for name in ("acceptance_days", "review_days")}
    (accept, basis), (decide, other) = told.values()
    rests_on = "；".join(dict.fromkeys(text for text in (basis, other) if text)) or _("系统默认")
    said: str = _(
        "受理 %(accept)s 个、审核 %(decide)s 个工作日（%(basis)s）", accept=accept, decide=decide, basis=rests_on
    )
    return said


def english() -> bool:
    """Whether the reader chose English."""
    return language() == "en"


def label_of(scheme: str, code: str) -> str:
    """Return what a condition is called; its code where the scheme no longer has it."""
    condition = schemes.SCHEMES[scheme].conditions.get(code)
    return code if condition is None else condition.label_en if english() else condition.label_zh


def advice_of(scheme: str, code: str) -> str:
    """Return what to do about a condition that is not met."""
    condition = schemes.SCHEMES[scheme].conditions.get(code)
    return "" if condition is None else condition.advice_en if english() else condition.advice_zh


def why(
    scheme: str, findings: Iterable[Mapping[str, Any]], sources: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return findings as the why card shows them, each with the sources of the facts it looked at."""
    conditions = schemes.SCHEMES[scheme].conditions
    say: Callable[[str], str] = in_english if english() else str
    return [
        {
            "code": told["code"],
            "label": label_of(scheme, told["code"]),
            "outcome": told["outcome"],
            "value": say(told["value"]),
            "required": say(told["required"]),
            "clause": told["clause"],
            "possible_on": date.fromisoformat(told["possible_on"]) if told["possible_on"] else None,
            "advice": advice_of(scheme, told["code"]),
            "source": _sources(conditions[told["code"]].reads if told["code"] in conditions else (), sources),
        }
        for told in findings
    ]


def _sources(reads: Sequence[str], sources: Mapping[str, Mapping[str, Any]]) -> str:
    names = dict.fromkeys(path.partition(".")[0] for path in reads)
    return "；".join(dict.fromkeys(source_text(sources[name]) for name in names if name in sources))


def source_text(source: Mapping[str, Any]) -> str:
    """Return where a fact comes from, in words."""
    told: dict[str, Callable[[], str]] = {
        "register": lambda: source_words(source),
        "filing": lambda: _("备案信息"),
        "roster": lambda: _("学徒花名册"),
        "id_number": lambda: _("身份证号"),
        "changes": lambda: _("备案变更记录"),
        "attendance": lambda: _("考勤记录合计"),
        "payments": lambda: _("拨付记录"),
        "claim": lambda: _("本次申领"),
        "unattested": lambda: _("尚未核对，由受理岗或初审岗登记"),
        "no_result": lambda: _("尚未录入考核结果"),
        "result": lambda: _("考核结果（%(who)s %(on)s 录入）", who=source["who"] or "—", on=source["on"]),
        "verification": lambda: _(
            "%(source)s（%(who)s %(on)s 核验）", source=source["source"], who=source["who"] or "—", on=source["on"]
        ),
        "attestation": lambda: _(
            "%(source)s（名单日期 %(as_of)s，%(who)s核对）",
            source=source["source"], as_of=source["as_of"], who=source["who"],
        ),
        "claims": lambda: _("本系统补贴记录：%(numbers)s", numbers="、".join(source["numbers"]))
        if source["numbers"]
        else _("本系统补贴记录：无"),
    }  # fmt: skip
    say = told.get(source["from"])
    return say() if say else str(source["from"])


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
        S.DRAFT: _("待企业提交"),
        S.RETURNED: _("待企业补正"),
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
            "who": "、".join(_(role) for role in offer.who),
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
