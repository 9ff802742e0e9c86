"""Pages of claims: the list, one claim and its lines, the pre-check, letters, and checks with other departments."""

from trainingadmin.claims.views import attesting, checking, exporting, letters, lines, review
from trainingadmin.claims.views.blueprint import bp

PAGES = (attesting, checking, exporting, letters, lines, review)

__all__ = ["PAGES", "bp"]
