"""Sets from which numbers on the counted kinds of anomalies speak."""

from __future__ import annotations

from collections.abc import Mapping

from trainingadmin.anomalies import queries
from trainingadmin.anomalies.models import AnomalyLimits
from trainingadmin.anomalies.states import LIMITS
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db

LIMITERS = (Role.POLICY,)


def set_limits(limits: Mapping[str, int], reason: str, *, by: Actor) -> None:
    """Put limits into force from the next search on; what was found before stays.

    Refusals `limits-role`, `limits-reason`, `limits-same`.
    """
    if not by.has(*LIMITERS):
        raise Refusal("limits-role", N_("异常的标准由政策维护岗设定。"))
    if not reason.strip():
        raise Refusal("limits-reason", N_("请写明调整的原因。"), field="reason")
    wanted = {name: limits[name] for name in LIMITS}
    if wanted == queries.limits():
        raise Refusal("limits-same", N_("与现行标准相同，没有改动。"))
    db.session.add(AnomalyLimits(limits=wanted, reason=reason.strip(), account_id=by.id, at=clock.now()))
    journal.record("set-anomaly-limits", "anomalies", by=by, **wanted, reason=reason.strip())
