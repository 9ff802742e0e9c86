"""Pages of claims: the list, one claim and its lines, the pre-check, letters, dossiers, and checks with other departments."""

from trainingadmin.claims.views import (
    applying,
    attesting,
    checking,
    correcting,
    dossier,
    exporting,
    letters,
    lines,
    own,
    review,
    visiting,
)
from trainingadmin.claims.views.blueprint import bp

PAGES = (applying, attesting, checking, correcting, dossier, exporting, letters, lines, own, review, visiting)

__all__ = ["PAGES", "bp"]
