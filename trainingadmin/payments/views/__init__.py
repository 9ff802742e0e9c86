"""Pages of payments: what waits, batches and their way to the bank, statements, the ledger, budgets."""

from trainingadmin.payments.views import batches, books, owed
from trainingadmin.payments.views.blueprint import bp

PAGES = (batches, books, owed)

__all__ = ["PAGES", "bp"]
