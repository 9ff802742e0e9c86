"""Drafts new figures for a scheme and moves a draft along its lifecycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trainingadmin import schemes
from trainingadmin.cohorts.actions.papers import clean_name
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Offer
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.storage import store
from trainingadmin.policies import queries as policies
from trainingadmin.policies.models import PolicyDraft, PolicyStep
from trainingadmin.policies.states import DRAFT, DraftState
from trainingadmin.reforms.actions import activating, simulating
from trainingadmin.schemes import SCHEMES, BadPolicy, Version
from trainingadmin.schemes.differences import differences

LARGEST = 5 * 1024 * 1024
_FORMS = ((b"%PDF-", ".pdf"), (b"\xff\xd8\xff", ".jpg"))
Told = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a draft says: `figures` as one entry of a document of versions writes them, by the parameter's name."""

    code: str
    valid_from: date
    document: str
    figures: Told


@dataclass(frozen=True, slots=True)
class Scan:
    """The scanned document that the new figures rest on."""

    filename: str
    data: bytes


def draft(scheme: str, proposal: Proposal, scan: Scan | None = None, *, by: Actor) -> PolicyDraft:
    """Draft new figures for a scheme.

    Refusals, each at its field: `move-role`, `code-missing`, `code-taken`, `date-overlap`, `document-missing`,
    `citation-missing`, `citation-old`, `figure-bad`, `nothing-changed`, `file-too-big`, `file-kind`.
    """
    _require_maintainer(by)
    version = _version(scheme, proposal)
    made = PolicyDraft(
        scheme=scheme,
        code=version.code,
        valid_from=version.from_on,
        document=version.document,
        content=policies.written(version),
        digest=version.digest,
        created_by=by.id,
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    _keep_scan(made, scan)
    made.steps.append(_step(made, "edit", by))
    db.session.add(made)
    db.session.flush()
    journal.record("draft-policy", subject(made), by=by, scheme=scheme, digest=made.digest)
    return made


def amend(draft: PolicyDraft, proposal: Proposal, scan: Scan | None = None, *, by: Actor) -> None:
    """Change a draft; what was simulated before no longer counts unless the figures are the same again.

    Refusals as `draft`, and those of `Lifecycle.check`.
    """
    _hold(draft)
    DRAFT.check("edit", state=draft.state, actor=by, past=draft.steps)
    version = _version(draft.scheme, proposal)
    draft.code, draft.valid_from, draft.document = version.code, version.from_on, version.document
    draft.content, draft.digest = policies.written(version), version.digest
    draft.changed_at = clock.now()
    _keep_scan(draft, scan)
    simulating.stop(draft)
    draft.steps.append(_step(draft, "edit", by))
    journal.record("edit-policy", subject(draft), by=by, digest=draft.digest)


def move(draft: PolicyDraft, name: str, *, by: Actor, note: str = "") -> None:
    """Make a move of the draft's lifecycle other than editing it.

    Refusals: those of `Lifecycle.check`; proposing: `scan-missing`; activating: those of `activating.activate`.
    """
    if name == "edit":
        raise Refusal("move-unknown", N_("没有这个操作。"))
    _hold(draft)
    allowed = DRAFT.check(name, state=draft.state, actor=by, past=draft.steps, note=note)
    prepare: Callable[[PolicyDraft, Actor], object] | None = _PREPARE.get(name)
    if prepare is not None:
        prepare(draft, by)
    draft.state = allowed.target
    draft.changed_at = clock.now()
    draft.steps.append(_step(draft, name, by, note))
    journal.record(f"{name}-policy", subject(draft), by=by, digest=draft.digest, state=allowed.target.value)
    db.session.flush()


def offers(draft: PolicyDraft, actor: Actor) -> list[Offer[DraftState]]:
    """List the moves that leave the draft's state, each allowed or with the reason why not."""
    return [_honest(draft, one) for one in DRAFT.offers(state=draft.state, actor=actor, past=draft.steps)]


def _honest(draft: PolicyDraft, offer: Offer[DraftState]) -> Offer[DraftState]:
    if not offer.allowed or offer.move.name != "activate":
        return offer
    found = activating.obstacles(draft)
    return Offer(offer.move, found[0], ()) if found else offer


def subject(draft: PolicyDraft) -> str:
    """Return how the journal names a draft."""
    return f"policy-drafts:{draft.id}"


def _hold(draft: PolicyDraft) -> None:
    db.session.refresh(draft, ["state", "digest", "version"], with_for_update=True)


def _require_maintainer(by: Actor) -> None:
    if not by.has(Role.POLICY):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))


def _require_scan(draft: PolicyDraft, _by: Actor) -> None:
    if draft.scan_sha256 is None:
        raise Refusal("scan-missing", N_("请先上传文件的扫描件（PDF 或 JPG），再提请施行。"))


_PREPARE: Mapping[str, Callable[[PolicyDraft, Actor], object]] = {
    "propose": _require_scan,
    "activate": lambda draft, by: activating.activate(draft, by=by),
}


def _step(draft: PolicyDraft, name: str, by: Actor, note: str = "") -> PolicyStep:
    return PolicyStep(
        move=name,
        target=draft.state,
        digest=draft.digest,
        account_id=by.id,
        human=by.human,
        name=by.name_as(Role.POLICY),
        role=Role.POLICY.value,
        note=note.strip(),
        at=clock.now(),
    )


# What a proposal must be ------------------------------------------------------------------------------------------------


def _version(scheme: str, proposal: Proposal) -> Version[Any]:
    if not proposal.code.strip():
        raise Refusal("code-missing", N_("请填写版本代码，如 YA-2026。"), field="code")
    if not proposal.document.strip():
        raise Refusal("document-missing", N_("请填写文号。"), field="document")
    known = policies.versions(scheme)
    activating.refuse_overlap(known, proposal.valid_from)
    activating.refuse_taken(known, proposal.code.strip())
    before = policies.before(scheme, proposal.valid_from)
    _check_citations(proposal.figures, before)
    version = _read(scheme, proposal)
    if not differences(before, version):
        raise Refusal("nothing-changed", N_("没有一个参数与现行版本不同，不需要新版本。"))
    return version


def _check_citations(figures: Told, before: Version[Any]) -> None:
    for name, told in figures.items():
        citation = str(told.get("citation") or "").strip()
        if not citation:
            raise Refusal("citation-missing", N_("请写明依据（文号或来源）。"), field=f"{name}_citation")
        known = before.figures.get(name)
        if known is None or known.spec.kind.write(known.value) == told.get("value"):
            continue
        if citation == known.citation and not told.get("choice"):
            message = N_("数值改了，请写明新的依据；原依据“%(old)s”规定的是原来的数值。")
            raise Refusal("citation-old", message, field=f"{name}_citation", old=known.citation)


def _read(scheme: str, proposal: Proposal) -> Version[Any]:
    entry = {
        "code": proposal.code.strip(),
        "from": proposal.valid_from.isoformat(),
        "document": proposal.document.strip(),
        "parameters": {name: dict(told) for name, told in proposal.figures.items()},
    }
    try:
        return schemes.version_from_json(scheme, entry)
    except BadPolicy as wrong:
        parts = wrong.where.split(".")
        field = parts[2] if len(parts) > 2 else parts[-1]
        raise _bad_figure(scheme, field, wrong) from None


def _bad_figure(scheme: str, field: str, wrong: BadPolicy) -> Refusal:
    spec = SCHEMES[scheme].parameters.get(field)
    if spec is not None and spec.bounds is not None:
        least, most = spec.bounds
        message = N_("不可能的数值：应为 %(least)s 至 %(most)s 的整数。")
        return Refusal("figure-bad", message, field=field, least=least, most=most)
    return Refusal("figure-bad", N_("填写有误：%(why)s"), field=field, why=wrong.message)


def _keep_scan(draft: PolicyDraft, scan: Scan | None) -> None:
    if scan is None or not scan.data:
        return
    if len(scan.data) > LARGEST:
        raise Refusal("file-too-big", N_("文件超过 5 MB，请压缩后上传。"), field="scan")
    ending = next((ending for magic, ending in _FORMS if scan.data.startswith(magic)), None)
    if ending is None:
        raise Refusal("file-kind", N_("只接受 PDF 或 JPG 文件。"), field="scan")
    draft.scan_sha256 = store().keep(scan.data)
    draft.scan_name = clean_name(scan.filename, ending)
