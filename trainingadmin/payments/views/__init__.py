"""Pages of payments: what waits, batches and their way to the bank, accounts sent back, stray lines, budgets."""

from trainingadmin.payments.views import accounts, batches, budgets, owed, strays
from trainingadmin.payments.views.blueprint import bp

PAGES = (accounts, batches, budgets, owed, strays)

__all__ = ["PAGES", "bp"]
