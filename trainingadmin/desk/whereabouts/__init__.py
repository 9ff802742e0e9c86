"""Where the money of a claim is: what became of it, read once, and told stage by stage to whoever may see it."""

from trainingadmin.desk.whereabouts.records import of_claims as records_of
from trainingadmin.desk.whereabouts.telling import Terms, Trail, of_claim, of_lines, of_organisation, told

__all__ = ["Terms", "Trail", "of_claim", "of_lines", "of_organisation", "records_of", "told"]
