"""Puts a draft into force: every bar is checked, the version before is closed, open claims are taken up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.policies import queries as policies
from trainingadmin.policies import seeding
from trainingadmin.policies.models import PolicyDraft, PolicyVersion
from trainingadmin.reforms import queries
from trainingadmin.reforms.actions import golden, reassessing
from trainingadmin.schemes import Version


def activate(draft: PolicyDraft, *, by: Actor) -> PolicyVersion:
    """Store the draft's figures as a version, close the one before it, and have open claims judged again.

    Refusals: `scan-missing`, `simulation-missing`, `golden-broken`, `date-overlap`, `code-taken`.
    """
    for refusal in obstacles(draft):
        raise refusal
    seeding.seed_versions(draft.scheme)
    open_end = update(PolicyVersion).where(
        PolicyVersion.scheme == draft.scheme,
        PolicyVersion.valid_to.is_(None),
        PolicyVersion.valid_from < draft.valid_from,
    )
    closed: Any = db.session.execute(open_end.values(valid_to=draft.valid_from - timedelta(days=1)))
    if closed.rowcount != 1:
        raise _overlap(draft.valid_from)
    simulated = queries.simulation_for(draft)
    assert simulated is not None
    version = PolicyVersion(
        scheme=draft.scheme,
        code=draft.code,
        valid_from=draft.valid_from,
        document=draft.document,
        content=draft.content,
        digest=draft.digest,
        scan_sha256=draft.scan_sha256,
        scan_name=draft.scan_name,
        draft_id=draft.id,
        drafted_by=next(step.name for step in reversed(draft.steps) if step.move == "edit"),
        activated_by=by.name_as(Role.POLICY),
        activated_at=clock.now(),
        simulation_digest=simulated.result_digest or "",
    )
    db.session.add(version)
    db.session.flush()
    reassessing.begin(version)
    return version


def obstacles(draft: PolicyDraft) -> list[Refusal]:
    """Return everything that bars a draft from coming into force now, in words; empty when nothing does."""
    found = _bars_of_law(draft, policies.versions(draft.scheme))
    if found:
        return found
    if draft.scan_sha256 is None:
        found.append(Refusal("scan-missing", N_("还没有上传文件的扫描件。")))
    if queries.simulation_for(draft) is None:
        found.append(
            Refusal(
                "simulation-missing", N_("还没有对这一稿做过完整的试算。数值每改一次，都要重新试算，然后才能施行。")
            )
        )
    broken = [run for run in golden.run_cases(draft.scheme, draft) if run.misses]
    if broken:
        message = N_("有 %(n)s 个基准案例的结论与期望不符：%(names)s。请改正参数，或随本草案修订案例。")
        names = "、".join(f"“{run.case.name}”" for run in broken[:3])
        found.append(Refusal("golden-broken", message, n=len(broken), names=names))
    return found


def _bars_of_law(draft: PolicyDraft, known: Iterable[Version[Any]]) -> list[Refusal]:
    others = [one for one in known if one.digest != draft.digest]
    try:
        refuse_overlap(others, draft.valid_from)
        refuse_taken(others, draft.code)
    except Refusal as refusal:
        return [refusal]
    return []


def refuse_overlap(known: Iterable[Version[Any]], valid_from: date) -> None:
    """Refuse a version that would not begin after the latest of `known` begins (`date-overlap`)."""
    latest = max(known, key=lambda version: version.from_on)
    if valid_from <= latest.from_on:
        message = N_("与版本 %(latest)s（自 %(day)s 起施行）重叠。新版本的施行日期应晚于它。")
        raise Refusal("date-overlap", message, field="valid_from", latest=latest.code, day=latest.from_on.isoformat())


def refuse_taken(known: Iterable[Version[Any]], code: str) -> None:
    """Refuse a code that another version has (`code-taken`)."""
    if any(version.code == code for version in known):
        raise Refusal("code-taken", N_("版本代码已经用过，请换一个。"), field="code")


def _overlap(valid_from: date) -> Refusal:
    message = N_("自 %(day)s 起已有别的版本刚刚施行，请重新确定施行日期。")
    return Refusal("date-overlap", message, field="valid_from", day=valid_from.isoformat())
