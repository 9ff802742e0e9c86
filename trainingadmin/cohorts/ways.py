"""Where a filing's facts come from, and where each source can be opened, as the why card links them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from sqlalchemy import select

from trainingadmin.cohorts.models import RosterUpload
from trainingadmin.cohorts.states import UploadKind
from trainingadmin.kernel.roles import REVIEWERS, Actor, Role
from trainingadmin.people.models import Account
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.registers.why import Source, Way

_LISTS = (*REVIEWERS, Role.SUPERVISOR)


def roster_source(cohort_id: int) -> dict[str, Any]:
    """Return which file the roster in force came from, who imported it and when; empty before the first."""
    imported = (
        select(RosterUpload.id, RosterUpload.filename, RosterUpload.imported_at, Account.name)
        .outerjoin(Account, Account.id == RosterUpload.account_id)
        .where(
            RosterUpload.cohort_id == cohort_id,
            RosterUpload.kind == UploadKind.ROSTER,
            RosterUpload.imported_at.is_not(None),
        )
        .order_by(RosterUpload.imported_at.desc(), RosterUpload.id.desc())
        .limit(1)
    )
    sent = db.session.execute(imported).first()
    if sent is None:
        return {}
    on = clock.local(sent.imported_at).date().isoformat()
    return {"id": sent.id, "file": sent.filename, "who": sent.name or "—", "on": on}


def ways(cohort_id: int, enrolment_id: int, *, reader: Actor) -> Way:
    """Return the addresses of the sources of one apprentice's facts for a reader who may open the filing.

    Checks with other departments are shown to staff, their lists to those who review and supervise.
    """
    of_cohort: dict[str, Any] = {"cohort_id": cohort_id}
    of_person: dict[str, Any] = {"cohort_id": cohort_id, "enrolment_id": enrolment_id}

    def roster(source: Source) -> str:
        if "id" not in source:
            return url_for("cohorts.person", **of_person)
        return url_for("cohorts.upload", upload_id=source["id"], **of_cohort)

    def checks(_source: Source) -> str | None:
        return url_for("claims.attest_person", **of_person) if reader.is_staff else None

    def results(_source: Source) -> str:
        return url_for("cohorts.results", **of_cohort)

    def claims(source: Source) -> str | None:
        return url_for("claims.index", q=source["numbers"][0]) if source["numbers"] else None

    def register(source: Source) -> str | None:
        return url_for("registers.show", list_id=source["list"]) if reader.has(*_LISTS) else None

    told: dict[str, Callable[[Source], str | None]] = _of_class(of_cohort) | {
        "filing": lambda _source: url_for("cohorts.show", **of_cohort),
        "roster": roster,
        "uploaded": roster,
        "changes": lambda _source: url_for("cohorts.changes", **of_cohort),
        "attendance": lambda _source: url_for("attendance.person", **of_person),
        "attestation": checks,
        "register": register,
        "unattested": checks,
        "result": results,
        "no_result": results,
        "verification": results,
        "claims": claims,
    }
    return lambda source: told[source["from"]](source) if source["from"] in told else None


def _of_class(of_cohort: dict[str, Any]) -> dict[str, Callable[[Source], str | None]]:
    """Return the addresses of what a class knows."""

    def roster(source: Source) -> str | None:
        return url_for("classes.upload", upload_id=source["id"], **of_cohort) if "id" in source else None

    return {
        "class": lambda _source: url_for("classes.show", **of_cohort),
        "class_roster": roster,
        "score": lambda _source: url_for("classes.scores", **of_cohort),
    }
