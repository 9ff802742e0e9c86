"""Pure nouns of the field: money, dates, identifiers, roles, lifecycles. Standard library only."""
