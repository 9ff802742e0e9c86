"""Runs golden cases and takes in new ones; a case that already counts is only changed along with a draft."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.policies import golden
from trainingadmin.policies import queries as policies
from trainingadmin.policies.golden import BadCase, Miss
from trainingadmin.policies.models import GoldenCase, PolicyDraft
from trainingadmin.policies.states import DraftState


@dataclass(frozen=True, slots=True)
class Run:
    """One golden case and what came out otherwise than it says."""

    case: GoldenCase
    content: dict[str, Any]
    misses: tuple[Miss, ...]


def run_cases(scheme: str, draft: PolicyDraft | None = None) -> list[Run]:
    """Run every golden case of a scheme under what is in force, or as it would be with `draft` in force."""
    law = policies.law_with(draft) if draft else policies.versions(scheme)
    return [_run(case, law) for case in policies.golden_cases(scheme, draft)]


def _run(case: GoldenCase, law: golden.Law) -> Run:
    content = json.loads(case.content or "{}")
    return Run(case, content, tuple(golden.misses(case.scheme, content, law)))


def add_case(
    scheme: str,
    text: str,
    *,
    by: Actor,
    draft: PolicyDraft | None = None,
    replaces: GoldenCase | None = None,
    note: str = "",
) -> GoldenCase:
    """Take in a case written as in the files of cases; with `draft` it counts for that draft until it is in force.

    Refusals: `move-role`, `draft-closed`, `case-bad`, `case-known`, `case-broken` (it does not hold under what is in
    force, and belongs to no draft), `case-counts` (replacing one outside a draft).
    """
    _admit(by, draft, replaces)
    try:
        content = golden.read_case(scheme, text)
    except BadCase as wrong:
        raise _bad(wrong) from None
    counting = policies.golden_cases(scheme, draft)
    if any(case.name == content["case"] and case is not replaces for case in counting):
        raise Refusal("case-known", N_("已有同名的案例，请换一个名称。"), field="text")
    if draft is None and (missed := golden.misses(scheme, content, policies.versions(scheme))):
        raise Refusal("case-broken", N_("按现行参数，结论与期望不符：%(found)s。"), field="text", found=said(missed))
    made = GoldenCase(
        scheme=scheme,
        name=content["case"],
        content=json.dumps(content, ensure_ascii=False),
        note=note.strip(),
        draft_id=draft.id if draft else None,
        replaces_id=replaces.id if replaces else None,
        account_id=by.id,
        at=clock.now(),
    )
    return _kept(made, "add-case", by)


def withdraw_case(case: GoldenCase, draft: PolicyDraft, *, by: Actor, note: str) -> GoldenCase:
    """Let a case no longer count once `draft` is in force, with the reason.

    Refusals: `move-role`, `draft-closed`, `note-missing`, `case-known` (it does not count any more).
    """
    _admit(by, draft, case)
    if not note.strip():
        raise Refusal("note-missing", N_("请写明这个案例为什么不再适用。"), field="note")
    if all(one.id != case.id for one in policies.golden_cases(case.scheme, draft)):
        raise Refusal("case-known", N_("这个案例已不在本草案的案例之中。"))
    gone = GoldenCase(
        scheme=case.scheme,
        name=case.name,
        note=note.strip(),
        draft_id=draft.id,
        replaces_id=case.id,
        account_id=by.id,
        at=clock.now(),
    )
    return _kept(gone, "withdraw-case", by)


def _admit(by: Actor, draft: PolicyDraft | None, replaces: GoldenCase | None) -> None:
    if not by.has(Role.POLICY):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))
    if draft is not None and draft.state is not DraftState.DRAFT:
        raise Refusal("draft-closed", N_("草案已提请施行或已办结，不能再改它的案例。"))
    if draft is None and replaces is not None:
        raise Refusal("case-counts", N_("正在使用的案例只能随草案修订，由第二人批准。"))


def _bad(wrong: BadCase) -> Refusal:
    why = Refusal("case-bad", wrong.message, field="text", **wrong.values)
    return (
        Refusal("case-bad", N_("%(where)s：%(why)s"), field="text", where=wrong.where, why=why) if wrong.where else why
    )


def _kept(case: GoldenCase, verb: str, by: Actor) -> GoldenCase:
    db.session.add(case)
    db.session.flush()
    journal.record(verb, f"golden-cases:{case.id}", by=by, scheme=case.scheme, draft=case.draft_id)
    return case


def said(missed: list[Miss]) -> str:
    """Return in one line what came out otherwise, as codes and sums."""
    return "；".join(f"{one.what} {one.expected or '—'} → {one.found or '—'}" for one in missed)
