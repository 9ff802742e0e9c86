"""What a person who applies for themselves stated, and the reminders they asked for."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainingadmin.claims.models import Declaration, Reminder
from trainingadmin.people.models import Person
from trainingadmin.plumbing.database import db


def applicant(person_id: int) -> Person:
    """Return one human being; only ever called with one's own id."""
    return db.session.get_one(Person, person_id)


def declared(scheme: str, person_id: int) -> Declaration | None:
    """Return what a person stated last for a scheme."""
    stated = select(Declaration).where(Declaration.scheme == scheme, Declaration.person_id == person_id)
    return db.session.scalars(stated.order_by(Declaration.id.desc()).limit(1)).first()


def reminder(scheme: str, person_id: int, due_on: date) -> Reminder | None:
    """Return the reminder of a person for a day, if they asked for one."""
    asked = select(Reminder).where(
        Reminder.scheme == scheme, Reminder.person_id == person_id, Reminder.due_on == due_on
    )
    return db.session.scalars(asked).one_or_none()


def unsent(on: date, limit: int = 200) -> list[Reminder]:
    """Return the reminders due by a day that nobody was sent yet, oldest first."""
    due = select(Reminder).where(Reminder.due_on <= on, Reminder.sent_at.is_(None))
    return list(db.session.scalars(due.options(joinedload(Reminder.person)).order_by(Reminder.id).limit(limit)))
