"""What is done about anomalies: search for them, say what was found out, set the limits."""

from __future__ import annotations

from trainingadmin.anomalies.actions.limiting import LIMITERS, set_limits
from trainingadmin.anomalies.actions.ruling import move, offers, recused
from trainingadmin.anomalies.actions.searching import search, search_if_new

__all__ = ["LIMITERS", "move", "offers", "recused", "search", "search_if_new", "set_limits"]
