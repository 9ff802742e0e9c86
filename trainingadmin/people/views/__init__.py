"""Pages of signing in and out, of organisations, accounts and delegations, and the demo's inbox."""

from trainingadmin.people.views import delegating, disclosing, pages
from trainingadmin.people.views.pages import bp

PAGES = (delegating, disclosing, pages)

__all__ = ["PAGES", "bp"]
