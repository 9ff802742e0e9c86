"""Drafting new figures: each mistake is refused beside its field, and moves keep to their people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import Office
from tests.reforms import stage
from trainingadmin import schemes
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.storage import store
from trainingadmin.policies import queries as policies
from trainingadmin.policies.models import PolicyDraft
from trainingadmin.policies.states import DraftState
from trainingadmin.reforms import actions, queries
from trainingadmin.reforms.actions import Proposal, Scan
from trainingadmin.schemes.differences import differences, recited


def test_a_draft_keeps_the_figures_whole_with_the_scan_and_who_made_it(office: Office) -> None:
    draft = stage.drafted(office)
    version = policies.version_of(draft)
    assert version.digest == draft.digest
    assert version.parameters.annual_rate == {3: 5000, 4: 5000}
    assert version.parameters.max_months == 36
    assert store().read(draft.scan_sha256 or "") == stage.PDF.data
    assert [(step.move, step.role) for step in draft.steps] == [("edit", "policy")]
    assert draft.state is DraftState.DRAFT
    assert policies.versions(stage.SCHEME)[-1].code == "NAT-2021"


def other(**changed: Any) -> Callable[[], Proposal]:
    return lambda: stage.proposal(**changed)


def uncited(citation: str) -> Callable[[], Proposal]:
    def made() -> Proposal:
        told = stage.proposal()
        figures = {**told.figures, "annual_rate": {**told.figures["annual_rate"], "citation": citation}}
        return Proposal(told.code, told.valid_from, told.document, figures)

    return made


REFUSED = [
    (other(code=" "), "code-missing", "code"),
    (other(code="NAT-2021"), "code-taken", "code"),
    (other(document=""), "document-missing", "document"),
    (other(valid_from=date(2021, 6, 8)), "date-overlap", "valid_from"),
    (other(valid_from=date(2020, 5, 1)), "date-overlap", "valid_from"),
    (other(attendance_percent=101), "figure-bad", "attendance_percent"),
    (other(min_age=-1), "figure-bad", "min_age"),
    (other(annual_rate={"6": 5000}), "figure-bad", "annual_rate"),
    (other(annual_rate={"3": -1}), "figure-bad", "annual_rate"),
    (other(uncertified="flat:"), "figure-bad", "uncertified"),
    (uncited(""), "citation-missing", "annual_rate_citation"),
    (uncited("人社部发〔2021〕39号"), "citation-old", "annual_rate_citation"),
    (other(annual_rate={"3": 6000, "4": 5000}), "nothing-changed", None),
]


@pytest.mark.parametrize(("made", "code", "field"), REFUSED, ids=[f"{code} {field}" for _, code, field in REFUSED])
def test_what_is_wrong_is_refused_at_its_field(
    office: Office, made: Callable[[], Proposal], code: str, field: str | None
) -> None:
    with pytest.raises(Refusal, match=code) as found, transaction.unit():
        actions.draft(stage.SCHEME, made(), by=office.actor("policy"))
    assert found.value.field == field


def test_a_figure_that_the_system_chose_may_keep_its_source(office: Office) -> None:
    told = stage.proposal()
    figures = dict(told.figures)
    figures["attendance_percent"] = {"value": 75, "unit": "%", "citation": "系统默认", "choice": True}
    assert stage.drafted(office, Proposal(told.code, told.valid_from, told.document, figures)).id


@pytest.mark.parametrize(
    ("scan", "code"),
    [(Scan("a.pdf", b"%PDF-" + b"0" * (5 * 1024 * 1024)), "file-too-big"), (Scan("a.png", b"\x89PNG\r\n\x1a\n"), "file-kind")],
)  # fmt: skip
def test_a_scan_is_a_pdf_or_jpg_of_at_most_5_mb(office: Office, scan: Scan, code: str) -> None:
    with pytest.raises(Refusal, match=code) as found:
        stage.drafted(office, scan=scan)
    assert found.value.field == "scan"


@pytest.mark.parametrize("login", ["approval", "supervisor", "admin", "enterprise"])
def test_only_policy_maintainers_draft(office: Office, login: str) -> None:
    with pytest.raises(Refusal, match="move-role"), transaction.unit():
        actions.draft(stage.SCHEME, stage.proposal(), by=office.actor(login))


def amended(office: Office, draft: PolicyDraft, login: str = "policy", **values: Any) -> None:
    with clock.at(stage.DRAFTED_ON), transaction.unit():
        actions.amend(draft, stage.proposal(**values), by=office.actor(login))


def test_amending_makes_another_digest_and_ends_a_simulation_of_the_old_one(office: Office) -> None:
    draft = stage.drafted(office)
    before, simulation = draft.digest, stage.begun(office, draft)
    amended(office, draft, annual_rate={"3": 5500})
    assert draft.digest != before
    assert queries.under_way(draft.id) is None
    assert simulation.state.value == "cancelled"


def test_back_to_figures_that_were_simulated_the_simulation_counts_again(office: Office) -> None:
    draft = stage.drafted(office)
    stage.simulated(office, draft)
    amended(office, draft, annual_rate={"3": 5500})
    assert queries.simulation_for(draft) is None
    amended(office, draft)
    assert queries.simulation_for(draft) is not None


def test_a_proposed_draft_is_not_amended(office: Office) -> None:
    draft = stage.proposed(office)
    with pytest.raises(Refusal, match="move-state"):
        amended(office, draft, annual_rate={"3": 5500})


def test_a_proposal_needs_the_scan(office: Office) -> None:
    draft = stage.drafted(office, scan=None)
    with pytest.raises(Refusal, match="scan-missing"):
        stage.moved(office, draft, "propose", "policy")


def test_the_second_person_returns_it_with_the_reason(office: Office) -> None:
    draft = stage.proposed(office)
    with pytest.raises(Refusal, match="move-note"):
        stage.moved(office, draft, "return", "policy2")
    with pytest.raises(Refusal, match="move-same-person"):
        stage.moved(office, draft, "return", "policy", "自己退")
    assert stage.moved(office, draft, "return", "policy2", "三级标准有误").state is DraftState.DRAFT


def test_who_returned_it_may_put_it_into_force_later(office: Office) -> None:
    draft = stage.moved(office, stage.proposed(office), "return", "policy2", "核对文号")
    amended(office, draft)
    stage.moved(office, draft, "propose", "policy")
    assert stage.moved(office, draft, "activate", "policy2").state is DraftState.ACTIVE


def test_a_dropped_draft_stays_dropped(office: Office) -> None:
    draft = stage.moved(office, stage.drafted(office), "drop", "policy", "文件撤销")
    for name in ("propose", "activate", "drop"):
        with pytest.raises(Refusal, match="move-state"):
            stage.moved(office, draft, name, "policy2", "因")


@pytest.mark.parametrize("name", ["edit", "publish", ""])
def test_no_other_moves_are_made_by_name(office: Office, name: str) -> None:
    with pytest.raises(Refusal, match="move-unknown"):
        stage.moved(office, stage.drafted(office), name, "policy")


def test_the_button_says_why_it_cannot_come_into_force_yet(office: Office) -> None:
    draft = stage.moved(office, stage.drafted(office), "propose", "policy")
    with transaction.unit(reads=True):
        offers = {offer.move.name: offer for offer in actions.offers(draft, office.actor("policy2"))}
    assert offers["activate"].refusal is not None
    assert offers["activate"].refusal.code == "simulation-missing"


rates = st.dictionaries(st.sampled_from("12345"), st.integers(0, 10_000_000), min_size=1)


@given(rates, st.integers(0, 100), st.integers(0, 1200))
def test_a_difference_names_exactly_what_is_another(told: dict[str, int], percent: int, months: int) -> None:
    before = schemes.versions(stage.SCHEME)[-1]
    entry = before.to_json()
    for name, value in (("annual_rate", told), ("attendance_percent", percent), ("max_months", months)):
        entry["parameters"][name] = {**entry["parameters"][name], "value": value}
    after = schemes.version_from_json(stage.SCHEME, entry)
    found = differences(before, after)
    changed = {one.spec.name for one in found}
    names = ("annual_rate", "attendance_percent", "max_months")
    assert changed == {one for one in names if before.figures[one].value != after.figures[one].value}
    old, new = before.parameters.annual_rate, after.parameters.annual_rate
    assert {(one.level, one.before, one.after) for one in found if one.level is not None} == {
        (level, old.get(level), new.get(level)) for level in old.keys() | new.keys() if old.get(level) != new.get(level)
    }
    assert all(one.before != one.after for one in found)
    assert {(one.level, one.spec.name, one.before, one.after) for one in differences(after, before)} == {
        (one.level, one.spec.name, one.after, one.before) for one in found
    }


@given(rates)
def test_nothing_differs_from_itself(told: dict[str, int]) -> None:
    version = schemes.versions(stage.SCHEME)[-1]
    assert differences(version, version) == []
    assert recited(version, version) == []


def test_a_figure_that_only_one_version_has_is_a_difference() -> None:
    first, last = schemes.versions(stage.SCHEME)
    entry = first.to_json()
    del entry["parameters"]["class_max"]
    without = schemes.version_from_json(stage.SCHEME, entry)
    (found,) = [one for one in differences(without, first) if one.spec.name == "class_max"]
    assert (found.before, found.after, found.sources) == (None, 40, ("", "天津地方细则"))
    assert [spec.name for spec in recited(first, last)] == []
