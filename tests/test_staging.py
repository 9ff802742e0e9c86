"""A stage that is copied is the stage that the product's actions make; where that cannot be known, they make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import staging
from tests.attendance import stage as attendance
from tests.claims import stage as claims
from tests.cohorts import stage
from tests.factories import Office, person
from tests.staging import Ground, staged
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.cohorts.models import Cohort
from trainingadmin.cohorts.queries import documents
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import Base, db
from trainingadmin.plumbing.storage import store

Renew = Callable[[], Office]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Forget stages of other tests for as long as one of these runs."""
    asked, saved = set(staging._asked), dict(staging._saved)
    staging._asked.clear()
    staging._saved.clear()
    yield
    staging._asked.update(asked)
    staging._saved.update(saved)


def rows() -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }


def picture(claim: Claim) -> dict[str, Any]:
    lines = select(ClaimLine.position, ClaimLine.state, ClaimLine.entitlement, ClaimLine.verdict)
    told = {
        "rows": rows(),
        "claim": (claim.id, claim.number, claim.state, claim.entitlement, claim.policy_digest, len(claim.steps)),
        "lines": list(db.session.execute(lines.order_by(ClaimLine.position))),
    }
    db.session.rollback()
    return told


def counting() -> tuple[Callable[[Office], Cohort], list[Office]]:
    """Return a stage, and the offices it was made in; in others it was copied."""
    made: list[Office] = []

    @staged
    def enrolled(office: Office) -> Cohort:
        made.append(office)
        return stage.enrolled_cohort(office)

    return enrolled, made


def test_a_copy_is_what_the_actions_make(renew: Renew, office: Office) -> None:
    first, second, third = (picture(claims.approved_claim(renew())) for _ in range(3))
    assert first == second == third
    assert any("approved_claim" in str(key) for key in staging._saved)


def test_it_is_made_twice_and_copied_from_then_on(renew: Renew, office: Office) -> None:
    assert Ground.here is not None
    Ground.here.copies.worth = 0.0
    enrolled, made = counting()
    for _ in range(4):
        enrolled(renew())
    assert len(made) == 2


def test_who_was_given_a_copy_goes_on_in_it(renew: Renew, office: Office) -> None:
    for _ in range(3):
        bureau = renew()
        cohort = stage.approved_cohort(bureau)
        assert attendance.imported(bureau, attendance.uploaded(bureau, cohort)) == 751
        assert cohort.number == "XT-511824-2020-001"
        assert all(store().read(paper.sha256) for paper in documents(cohort.id))


def test_after_another_act_it_is_made_anew(renew: Renew, office: Office) -> None:
    enrolled, made = counting()
    for serial in range(4):
        bureau = renew()
        with transaction.unit():
            person(serial)
        enrolled(bureau)
    assert len(made) == 4


def test_other_arguments_make_another_stage(renew: Renew, office: Office) -> None:
    percents = [stage.approved_cohort(renew(), percent).advance_percent for percent in (50, 0, 50, 0, 50, 0)]
    assert percents == [50, 0, 50, 0, 50, 0]


def test_who_changes_the_code_under_a_stage_is_given_none(
    renew: Renew, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled, made = counting()
    for _ in range(3):
        enrolled(renew())
    assert Ground.here is None
    assert len(made) == 3
