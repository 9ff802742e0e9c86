"""Pages of policy maintainers: versions, drafts, golden cases, simulations."""

from trainingadmin.reforms.views import cases, drafts, simulations
from trainingadmin.reforms.views.blueprint import bp

__all__ = ["bp", "cases", "drafts", "simulations"]
