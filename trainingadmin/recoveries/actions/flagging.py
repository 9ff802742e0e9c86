"""Flags people and organisations while an order of theirs is overdue, where claims and filings can see it."""

from __future__ import annotations

from trainingadmin.kernel.roles import SYSTEM, Actor
from trainingadmin.plumbing import clock
from trainingadmin.recoveries import queries
from trainingadmin.registers import actions as registers
from trainingadmin.registers.actions import Mark
from trainingadmin.registers.states import FlagCode


def flag_overdue(*, by: Actor = SYSTEM) -> int:
    """Make the flags those of today: raised the day after an order's due date, lifted when it is settled; return changes."""
    wanted = set()
    for late in queries.overdue(clock.today()):
        if late.payee_id is not None:
            wanted.add(Mark(None, late.payee_id, late.number, late.due_on))
        wanted.add(Mark(late.person_id, None, late.number, late.due_on))
    return registers.keep_flags(FlagCode.RECOVERY_OVERDUE, wanted, by=by)
