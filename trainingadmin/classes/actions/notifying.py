"""Tells the trainees of a class by message what has changed; their phone page says it too, with or without a gateway."""

from __future__ import annotations

from flask_babel import gettext

from trainingadmin.classes import queries
from trainingadmin.classes.models import TrainingClass
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import SYSTEM
from trainingadmin.people import messages
from trainingadmin.plumbing import journal


def notify(found: TrainingClass, words: str, *, group: str = "", **told: object) -> int:
    """Send `words`, to be translated and filled with `told`, to everybody in training; return how many were reached.

    Without a gateway nobody is reached and the change holds all the same.
    """
    body = gettext(words, title=found.cohort.title, **told)
    reached = 0
    for _, phone in queries.phones(found.cohort_id, group):
        try:
            messages.send(phone, body)
        except Refusal:
            break
        reached += 1
    journal.record("notify-class", f"cohorts:{found.cohort_id}", by=SYSTEM, reached=reached)
    return reached
