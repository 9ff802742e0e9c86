"""Records what an officer found out about one match: it is so, or it is not."""

from __future__ import annotations

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.people import queries as people
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.registers.actions.attesting import ATTESTORS
from trainingadmin.registers.models import RegisterRow, Ruling
from trainingadmin.registers.queries import Found


def rule(found: Found, confirmed: bool, note: str, *, by: Actor) -> Ruling:
    """Rule that a line is about this person or organisation and true (`confirmed`), or that it is not.

    Holds for the same line in later versions of the list; a later ruling takes its place. Refusals `ruling-role`,
    `ruling-reason`, `ruling-relative`.
    """
    if not by.has(*ATTESTORS):
        raise Refusal("ruling-role", N_("比对结果由受理岗或初审岗核实。"))
    if not note.strip():
        raise Refusal("ruling-reason", N_("请写明核实的经过和依据。"), field="note")
    row = db.session.get_one(RegisterRow, found.row_id)
    if row.id_index is not None and found.person_id is not None and row.id_index in people.relatives_of(by):
        raise Refusal("ruling-relative", N_("这是您本人或已申报的亲属，须由其他人核实。"))
    ruling = Ruling(
        row_id=row.id,
        digest=row.digest,
        person_id=found.person_id,
        organisation_id=found.organisation_id,
        confirmed=confirmed,
        note=note.strip(),
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(ruling)
    db.session.flush()
    journal.record(
        "rule-match", f"register-rows:{row.id}", by=by, **found.subject, confirmed=confirmed, note=note.strip()
    )
    return ruling
