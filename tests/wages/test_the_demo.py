"""What the demo tells of people trained at their work, and what the desks say of such filings."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from tests.client import Browser
from tests.factories import Office
from tests.wages import stage
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState
from trainingadmin.demo import bureau, work
from trainingadmin.kernel.money import Money
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db


def test_three_months_are_claimed_and_one_person_lacks_the_last(app: Flask) -> None:
    with app.app_context():
        with transaction.unit():
            bureau.open_bureau()
        work.work_claimed()
        claim = db.session.scalars(select(Claim)).one()
        assert claim.state is ClaimState.SUBMITTED
        # Eight people, three months each, but for one that one person was not paid in.
        assert claim.entitlement == Money.yuan(200 * (8 * 3 - 1))


def test_each_desk_names_the_filings_that_wait_for_it(browser: Browser, office: Office) -> None:
    stage.returned(office)
    browser.sign_in("enterprise")
    page = browser.open("/desk")
    assert page.said("以工代训 · 待补正")
    assert page.links("/wages/?state=returned")
    browser.sign_in("acceptance")
    assert not browser.open("/desk").said("以工代训 ·")
