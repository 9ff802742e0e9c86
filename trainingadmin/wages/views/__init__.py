"""Pages of people trained at work: the list, one filing with its roster and months, the sheets that are sent."""

from trainingadmin.wages.views import filings, proving, sending
from trainingadmin.wages.views.blueprint import bp

PAGES = (filings, proving, sending)

__all__ = ["PAGES", "bp"]
