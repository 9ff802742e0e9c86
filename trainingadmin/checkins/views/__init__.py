"""Pages at the door: the teacher's screen, the trainee's phone, and what goes on without a network."""

from __future__ import annotations

from trainingadmin.checkins.views import calling, entering_late, offline, phone, teacher
from trainingadmin.checkins.views.blueprint import bp

__all__ = ["bp", "calling", "entering_late", "offline", "phone", "teacher"]
