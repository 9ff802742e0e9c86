"""The application without its guards: it believes what a page said. The controls run against it and must find it out."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from trainingadmin.app import create_app
from trainingadmin.claims import actions as claims
from trainingadmin.claims import evidence
from trainingadmin.claims.actions import review
from trainingadmin.claims.evidence import Judgement
from trainingadmin.claims.models import Claim
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.actions import batches, budgets
from trainingadmin.payments.models import BudgetLine
from trainingadmin.payments.queries.rows import DueRow, due_columns
from trainingadmin.payments.states import DueState
from trainingadmin.plumbing.database import db


def take(due_ids: Collection[int], by: Actor, state: DueState) -> list[DueRow]:
    """Take dues without a lock and without looking where they are by now."""
    return [DueRow._make(row) for row in db.session.execute(due_columns(due_ids))]


def leave(*_: object, **__: object) -> None:
    """Change nothing: the dues and lines still look payable to the next one."""


def without_looking(office_code: str, funding_source: str, budget_item: str, amount: Money) -> int | None:
    """Name the budget line and do not look what is left of it."""
    terms = {"office_code": office_code, "funding_source": funding_source, "budget_item": budget_item}
    return db.session.scalar(select(BudgetLine.id).filter_by(**terms))


def as_seen(claim: Claim, chosen: object) -> Judgement:
    """Approve what the officers saw, whatever was approved since."""
    judgement = evidence.judge(claim.subject, claim.claimed_on)
    return Judgement(judgement.version, [])


batches._take = take
vars(batches)["move_dues"] = leave
claims.move_lines = leave
budgets.take = without_looking
review._unchanged = as_seen
app = create_app()
