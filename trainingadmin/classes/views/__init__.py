"""Pages of classes: the list, one class's tabs, and the forms that change it."""

from __future__ import annotations

from trainingadmin.classes.views import changing, examining, opening, planning, rosters
from trainingadmin.classes.views.blueprint import bp

__all__ = ["bp", "changing", "examining", "opening", "planning", "rosters"]
