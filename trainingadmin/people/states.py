"""What kinds of organisations there are."""

from __future__ import annotations

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is to the bureau."""

    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
