"""Recomputing kept judgements: what was kept comes out again, and what was tampered with is found and named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from tests.claims import small
from tests.factories import Office
from trainingadmin import schemes
from trainingadmin.claims import queries, replay
from trainingadmin.claims.models import Assessment, Claim, Verdict
from trainingadmin.cli_claims import claims_group
from trainingadmin.cohorts.models import Cohort
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.database import db


@pytest.fixture(autouse=True)
def _commands(app: Flask) -> None:
    app.cli.add_command(claims_group)


@pytest.fixture
def claim(office: Office) -> Claim:
    """An approved claim of three people: judged at the draft, the submission and the approval."""
    return small.walked(office, small.cohort_of(office, 3), until="approve")


def tamper(assessment_id: int, **values: Any) -> None:
    """Change a kept row as somebody would who has the database's own password."""
    with transaction.unit():
        for name in _triggers():
            db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(update(Assessment).where(Assessment.id == assessment_id).values(**values))
    db.session.expire_all()


def _triggers() -> list[str]:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("tampering is done with SQLite's triggers")
    found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'assessments'"
    return list(db.session.scalars(text(found)))


def last() -> Assessment:
    found: Assessment = db.session.scalars(select(Assessment).order_by(Assessment.id.desc())).first()  # type: ignore[assignment]
    return found


def test_every_kept_judgement_comes_out_again(claim: Claim) -> None:
    replayed = list(replay.every())
    assert [one.matches for one in replayed] == [True] * (db.session.scalar(select(func.count(Assessment.id))) or 0)
    assert {one.claim for one in replayed} == {claim.number}


def test_one_line_or_one_claim_can_be_asked_for(claim: Claim) -> None:
    line = claim.lines[1].id
    assert {one.line_id for one in replay.every(line_id=line)} == {line}
    assert list(replay.every(claim="SL-none")) == []
    assert len(list(replay.every(claim=claim.number))) == 9


def test_pieces_do_not_lose_or_repeat_anything(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "CHUNK", 2)
    ids = [one.assessment_id for one in replay.every()]
    assert ids == sorted(set(ids))
    assert len(ids) == 9


def test_a_changed_fact_is_found_and_said_in_words(claim: Claim) -> None:
    kept = last()
    tamper(kept.id, facts=kept.facts | {"credited_minutes": 1})
    (wrong,) = [one for one in replay.every() if not one.matches]
    told = {one.where: (one.kept, one.recomputed) for one in wrong.differences}
    assert told["verdict"] == ("eligible", "refused")
    assert told["findings.attendance-low.outcome"] == ("pass", "fail")
    assert "digest" in told


def test_a_changed_finding_is_found_even_when_its_digest_was_made_again(claim: Claim) -> None:
    kept = last()
    findings = [one | {"outcome": "warn"} if one["code"] == "age-min" else one for one in kept.findings]
    content = queries.content_of(kept) | {"findings": findings}
    tamper(kept.id, findings=findings, digest=schemes.digest_of(content))
    (wrong,) = [one for one in replay.every() if not one.matches]
    assert [tuple(one) for one in wrong.differences] == [("findings.age-min.outcome", "warn", "pass")]


def test_a_version_that_nobody_has_is_a_difference(claim: Claim) -> None:
    kept = last()
    tamper(kept.id, policy_digest="0" * 64)
    (wrong,) = [one for one in replay.every() if not one.matches]
    assert ("policy_digest", "0" * 64, None) in [tuple(one) for one in wrong.differences]


def test_facts_that_can_no_longer_be_read_are_a_difference(claim: Claim) -> None:
    kept = last()
    tamper(kept.id, facts=kept.facts | {"starts_on": "gestern"})
    (wrong,) = [one for one in replay.every() if not one.matches]
    assert "facts.starts_on" in [one.where for one in wrong.differences]


def test_a_version_that_was_frozen_with_the_filing_is_found_by_its_digest(office: Office) -> None:
    shipped = schemes.version_on("apprenticeship", small.FILED_ON).to_json()
    local = schemes.version_from_json("apprenticeship", shipped | {"code": "LOCAL-1"})
    cohort = small.cohort_of(office, 1)
    with transaction.unit():
        changed = db.session.get_one(Cohort, cohort.id)
        changed.policy, changed.policy_code, changed.policy_digest = local.to_json(), local.code, local.digest
    small.draft(office, cohort)
    (one,) = replay.every()
    assert (one.policy, one.matches) == ("LOCAL-1", True)


def test_the_command_prints_a_line_a_judgement_and_ends_well(app: Flask, claim: Claim) -> None:
    result = app.test_cli_runner().invoke(args=["claims", "replay", "--all", "--json"])
    rows = [json.loads(row) for row in result.output.splitlines()]
    assert result.exit_code == 0
    assert rows[-1] == {"ok": True, "checked": 9, "different": 0}
    assert rows[0]["digest"] == db.session.scalar(select(Assessment.digest).order_by(Assessment.id).limit(1))


def test_the_command_fails_on_a_difference_and_names_it(app: Flask, claim: Claim) -> None:
    kept = last()
    tamper(kept.id, verdict=Verdict.REFUSED)
    result = app.test_cli_runner().invoke(args=["claims", "replay", "--claim", claim.number])
    assert result.exit_code == 1
    assert 'verdict: "refused" → "eligible"' in result.output
    assert "different: 1" in result.output


def test_the_command_wants_to_know_what_to_recompute(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["claims", "replay"]).exit_code == 2


def test_nothing_found_is_a_failure(app: Flask, office: Office) -> None:
    assert app.test_cli_runner().invoke(args=["claims", "replay", "--line", "7"]).exit_code == 1
