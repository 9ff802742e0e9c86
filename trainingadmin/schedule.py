"""What the clock does, and how often."""

from __future__ import annotations

from datetime import timedelta

from trainingadmin.plumbing import idempotency
from trainingadmin.plumbing.periodic import Periodic

PERIODIC = (Periodic("forget-old-answers", timedelta(hours=24), idempotency.forget_old),)
