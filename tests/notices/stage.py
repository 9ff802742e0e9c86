"""Notices of the sample cohort, posted and cleared by the product's own actions."""

from __future__ import annotations

from datetime import date

from tests.claims.stage import approved_claim, lines_of
from tests.factories import Office
from tests.staging import staged
from trainingadmin.claims.models import Claim
from trainingadmin.cohorts.models import Cohort
from trainingadmin.notices import actions
from trainingadmin.notices.models import Notice
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db

POSTED_ON = date(2022, 6, 20)
CLOSES_ON = date(2022, 6, 27)
PAYABLE_ON = date(2022, 6, 28)


@staged
def posted_notice(office: Office, claim: Claim | None = None, **kwargs: object) -> Notice:
    """Post the approved lines of a claim."""
    claim = claim or approved_claim(office)
    with clock.at(POSTED_ON), transaction.unit():
        lines = [line for line in lines_of(claim) if line.state == "approved"]
        return actions.publish(lines, "企业新型学徒制培训补贴公示", by=office.actor("approval"))


@staged
def cleared_claim(office: Office, cohort: Cohort | None = None, *, advance_percent: int = 0) -> Claim:
    """Return a claim whose notice is over."""
    claim = approved_claim(office, cohort, advance_percent=advance_percent)
    posted_notice(office, claim)
    with clock.at(PAYABLE_ON), transaction.unit():
        actions.clear_due()
    db.session.refresh(claim)
    return claim
