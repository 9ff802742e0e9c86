"""What is somebody's own where no claim waits for them: drafts, batches of the catalogue, referred anomalies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trainingadmin.anomalies import queries as anomalies
from trainingadmin.anomalies.states import ANOMALY, KIND_LABELS, AnomalyState
from trainingadmin.courses import queries as courses
from trainingadmin.courses.states import CATALOGUE, CatalogueState
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.addresses import address as url_for
from trainingadmin.plumbing.words import phrase as _
from trainingadmin.policies import queries as policies
from trainingadmin.policies.states import DRAFT, OPEN, DraftState
from trainingadmin.schemes import SCHEMES

_MOST = 8


@dataclass(frozen=True, slots=True)
class Own:
    """One list of a desk: its title, what is said where it is empty, where all of them are, and the rows."""

    title: str
    nothing: str
    href: str
    rows: list[dict[str, Any]]


def lists(actor: Actor) -> list[Own]:
    """Return the lists of the roles that judge no claim."""
    return [made(actor) for role, made in _BY_ROLE.items() if actor.has(role)]


def _drafts(_actor: Actor) -> Own:
    waiting = [one for one in policies.drafts_listed() if one.state in OPEN]
    rows = [
        _row(
            url_for("reforms.show", draft_id=one.id),
            f"{one.code} · {_(SCHEMES[one.scheme].label_zh)}",
            _("%(document)s，自 %(day)s 起施行", document=one.document, day=one.valid_from.isoformat()),
            _(DRAFT.labels[one.state]),
            DRAFT.tones[one.state],
        )
        for one in sorted(waiting, key=lambda one: one.state != DraftState.PROPOSED)[:_MOST]
    ]
    return Own(_("待办草案"), _("没有待办草案"), url_for("reforms.index"), rows)


def _batches(actor: Actor) -> Own:
    waiting = [one for one in courses.batches(actor) if one.state in (CatalogueState.DRAFT, CatalogueState.PROPOSED)]
    rows = [
        _row(
            url_for("courses.batch", batch_id=one.id),
            one.code,
            _("%(document)s，%(n)s 个项目", document=one.document, n=one.items),
            _(CATALOGUE.labels[one.state]),
            CATALOGUE.tones[one.state],
        )
        for one in sorted(waiting, key=lambda one: one.state != CatalogueState.PROPOSED)[:_MOST]
    ]
    return Own(_("待办目录批次"), _("没有待办目录批次"), url_for("courses.index"), rows)


def _referred(actor: Actor) -> Own:
    found = driver.rows(anomalies.listing(actor, state=AnomalyState.REFERRED).limit(_MOST))
    rows = [
        _row(
            url_for("anomalies.show", anomaly_id=one.id),
            _(KIND_LABELS[one.kind]),
            f"{one.title} · {one.number}",
            _(ANOMALY.labels[one.state]),
            ANOMALY.tones[one.state],
        )
        for one in found
    ]
    href = url_for("anomalies.index", state=AnomalyState.REFERRED.value)
    return Own(_("移交督查的异常"), _("没有移交督查的异常"), href, rows)


def _row(href: str, label: str, note: str, state: str, tone: str) -> dict[str, Any]:
    return {"href": href, "label": label, "note": note, "state": state, "tone": tone}


_BY_ROLE = {Role.POLICY: _drafts, Role.CATALOGUE: _batches, Role.SUPERVISOR: _referred}
