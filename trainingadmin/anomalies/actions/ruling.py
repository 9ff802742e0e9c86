"""Records what was found out about an anomaly: nothing behind it, it is so, or supervision shall look and say."""

from __future__ import annotations

from dataclasses import replace

from trainingadmin.anomalies import queries
from trainingadmin.anomalies.models import Anomaly, AnomalyStep
from trainingadmin.anomalies.states import ANOMALY, UPHELD, AnomalyState
from trainingadmin.cohorts.queries import names_any_of
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.lifecycle import Move, Offer
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.queries import relatives_of
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db

_CHARACTERS = 500


def offers(anomaly: Anomaly, by: Actor) -> list[Offer[AnomalyState]]:
    """List what can be said of it now, each allowed or with the reason why not."""
    found = ANOMALY.offers(state=anomaly.state, actor=by, past=anomaly.steps)
    return [replace(one, refusal=one.refusal or _upheld(anomaly, one.move.name)) for one in found]


def _upheld(anomaly: Anomaly, name: str) -> Refusal | None:
    if name != "clear" or not anomaly.steps or anomaly.steps[-1].move != UPHELD:
        return None
    return Refusal("anomaly-upheld", N_("督查已认定属实；要改变结论，请再次移交督查。"))


def recused(anomaly: Anomaly, by: Actor) -> bool:
    """Whether it is about somebody whose matters this officer must leave to others."""
    return _concerns(anomaly, relatives_of(by))


def move(anomaly: Anomaly, name: str, *, by: Actor, note: str = "") -> None:
    """Say what was found out, and why. It stops no money by itself: whoever judges the claim sees it.

    Refusals of the lifecycle, `anomaly-upheld`, `anomaly-relative`, `note-long`.
    """
    db.session.refresh(anomaly, ["state", "version"], with_for_update=True)
    allowed = ANOMALY.check(name, state=anomaly.state, actor=by, past=anomaly.steps, note=note)
    if refusal := _upheld(anomaly, name):
        raise refusal
    if len(note.strip()) > _CHARACTERS:
        raise Refusal("note-long", N_("经过和依据不超过 500 个字。"), field="note")
    if recused(anomaly, by):
        raise Refusal("anomaly-relative", N_("涉及您本人或已申报的亲属，须由其他人核实。"))
    anomaly.state = allowed.target
    anomaly.steps.append(_step(allowed, note, by))
    db.session.flush()
    journal.record("rule-anomaly", f"anomalies:{anomaly.id}", by=by, move=name, note=note.strip())


def _concerns(anomaly: Anomaly, indexes: set[str]) -> bool:
    """Whether it is about one of these people; what names nobody is about everybody of its filings."""
    if named := {one.id_number_index for one in queries.people(anomaly.id)}:
        return bool(named & indexes)
    filings = {place["cohort"] for place in anomaly.evidence["places"] if "cohort" in place}
    return any(names_any_of(cohort_id, indexes) for cohort_id in filings | {anomaly.cohort_id})


def _step(move: Move[AnomalyState], note: str, by: Actor) -> AnomalyStep:
    role = next(one for one in Role if one in move.roles and by.has(one))
    signed = by.name_as(role)
    return AnomalyStep(
        move=move.name,
        account_id=by.id,
        human=by.human,
        name=signed,
        role=role.value,
        note=note.strip(),
        at=clock.now(),
    )
