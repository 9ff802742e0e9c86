"""Pages of the books: the trial balance, accounts and statements down to their rows, a payee's years."""

from trainingadmin.ledger.views import books, sources, stating
from trainingadmin.ledger.views.blueprint import bp

PAGES = (books, sources, stating)

__all__ = ["PAGES", "bp"]
