"""By which figures attendance counts: those of the version a filing was approved under."""

from __future__ import annotations

from tests.cohorts import rosters, stage
from tests.factories import Office
from trainingadmin.attendance.crediting import CreditRules
from trainingadmin.attendance.evidence import terms
from trainingadmin.plumbing import transaction


def test_the_shipped_version_says_all_of_them(office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(1))
    assert cohort.policy is not None
    assert {"hour_minutes", "late_minutes", "leave_counts", "day_hours_max"} <= set(cohort.policy["parameters"])
    assert terms(cohort).rules == CreditRules()


def test_other_figures_frozen_on_a_filing_hold_for_it(office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(1))
    assert cohort.policy is not None
    other = {
        "late_minutes": {"value": 5, "unit": "分钟", "citation": "测试"},
        "leave_counts": {"value": True, "citation": "测试"},
    }
    with transaction.unit():
        cohort.policy = {**cohort.policy, "parameters": {**cohort.policy["parameters"], **other}}
    assert (terms(cohort).rules.late_minutes, terms(cohort).rules.leave_counts) == (5, True)


def test_a_version_frozen_before_these_figures_were_known_is_read_with_the_defaults(office: Office) -> None:
    cohort = stage.approved_cohort(office, roster=rosters.made_up(1))
    assert cohort.policy is not None
    named = {"hour_minutes", "late_minutes", "leave_counts", "day_hours_max", "replace_months"}
    with transaction.unit():
        kept = {name: value for name, value in cohort.policy["parameters"].items() if name not in named}
        cohort.policy = {**cohort.policy, "parameters": kept}
    assert terms(cohort).rules == CreditRules()
