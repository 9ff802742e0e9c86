"""What the demo tells of founders: one has applied and waits for the second officer, one may apply now."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from trainingadmin.applications import queries
from trainingadmin.claims import applicants
from trainingadmin.claims.models import Claim
from trainingadmin.claims.states import ClaimState
from trainingadmin.demo import bureau, grants, lists
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.registers.states import Register


def test_a_grant_waits_for_the_second_officer_and_another_founder_may_apply(app: Flask) -> None:
    today = clock.today()
    as_of = today.replace(day=1) - timedelta(days=1)
    poor: lists.Line = {"word": "脱贫人口", "from_on": date(2015, 12, 31), "origin": "县农业农村局（示例）"}
    with app.app_context():
        with transaction.unit():
            bureau.open_bureau()
        members = [{"name": one.name, "id_number": one.id_number, **poor} for one in lists.founders()]
        lists.import_list(Register.STATUS, "县农业农村局（示例）", as_of, members)
        lists.import_list(Register.BUSINESS, "县市场监管局（示例）", as_of, lists.businesses(today, as_of))
        grants.founders_on_the_phone()
        claim = db.session.scalars(select(Claim)).one()
        (visit,) = queries.visits(claim.application_id or 0)
        assert (claim.state, visit.confirmed_at) == (ClaimState.ACCEPTED, None)
        _, first = grants.signed_in(lists.founders()[0])
        told = applicants.prefill(grants.GRANT, first)
        assert told.business[1] == "石棉县示例豆花店"
        assert told.facts["groups"][0]["group"] == "脱贫劳动力"
