"""How dear the law is: `decide` against a hand-written yes or no, and the lines against only reading and printing them.

Run with `python -m bench.decide`. Every figure is a ratio of two timings taken in turn in the same run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from trainingadmin.kernel.dates import add_months, full_months, retirement_day
from trainingadmin.kernel.money import Money
from trainingadmin.schemes import decide, facts_from_json, versions
from trainingadmin.schemes.apprenticeship_terms import Facts, Parameters
from trainingadmin.schemes.jsonl import answers, decide_told, shipped_law

CASE = {
    "case": "石棉-2020-001",
    "scheme": "apprenticeship",
    "stage": "claim",
    "filed_on": "2020-05-01",
    "claimed_on": "2022-06-01",
    "born_on": "1990-02-03",
    "retirement_class": "M60",
    "pension_drawn": False,
    "civil_service_pension": False,
    "insured_by_applicant": True,
    "starts_on": "2020-05-01",
    "filed_months": 24,
    "ended_on": "2022-04-30",
    "left_early": False,
    "occupation": "电工",
    "target_level": 3,
    "planned_minutes": 24000,
    "credited_minutes": 22080,
    "certificate": {"occupation": "电工", "level": 3, "number": "Y1", "issued_on": "2022-05-02", "verified": True},
    "no_certificate": False,
    "paid_before": [{"occupation": "电工", "level": 4, "on": "2019-01-01"}],
    "trainings_this_year": 1,
    "cross_fund_paid": False,
    "advance_paid": "4000.00",
    "enterprise_blacklisted": False,
}
PEOPLE = 1_000  # cases that differ in their dates and numbers, so that nothing is merely remembered


def yes_or_no(f: Facts, p: Parameters) -> int:
    """Return yuan, or 0 for no: what one writes who need not say why. Fully known claims only."""
    held, start, end, issued = f.certificate, f.starts_on, f.ended_on, f.certificate and f.certificate.issued_on
    born, paid_before, used = f.born_on, f.paid_before or (), f.trainings_this_year or 0
    if not (held and start and end and issued and born and f.retirement_class and f.claimed_on and f.filed_months):
        return 0
    if not (f.planned_minutes and f.credited_minutes and f.target_level):
        return 0
    if (
        f.target_level not in p.annual_rate
        or start < add_months(born, 12 * p.min_age)
        or start >= retirement_day(born, f.retirement_class)
        or f.pension_drawn
        or f.civil_service_pension
        or not f.insured_by_applicant
        or f.enterprise_blacklisted
        or f.left_early
        or end < start
        or 100 * f.credited_minutes < p.attendance_percent * f.planned_minutes
        or f.no_certificate
        or held.occupation != f.occupation
        or (held.level or 9) > f.target_level
        or not held.verified
        or issued < start
        or issued > f.claimed_on
        or f.claimed_on > add_months(issued, p.claim_window_months)
        or any(paid.level <= f.target_level and paid.occupation == f.occupation for paid in paid_before)
        or used >= p.trainings_per_person_year_max
        or f.cross_fund_paid
    ):
        return 0
    months = min(full_months(start, end), f.filed_months + (f.extended_months or 0))
    return p.annual_rate[f.target_level] * months // 12


def cases() -> list[dict[str, object]]:
    """Return `PEOPLE` eligible cases."""
    known = facts_from_json("apprenticeship", CASE)
    assert isinstance(known, Facts)
    assert known.born_on is not None
    return [
        CASE
        | {
            "case": f"石棉-2020-{number:04d}",
            "born_on": (known.born_on + timedelta(days=number * 3)).isoformat(),
            "credited_minutes": 19_200 + number,
        }
        for number in range(PEOPLE)
    ]


def seconds(run: Callable[[], object]) -> float:
    """Return the processor seconds of one run: other processes on the machine do not count."""
    began = time.process_time()
    run()
    return time.process_time() - began


def report(name: str, goal: float, floor: Callable[[], object], ours: Callable[[], object], rounds: int) -> bool:
    """Print the ratio of `ours` to `floor`, run in turn; tell whether its median reaches the goal."""
    floor(), ours()
    ratios = [seconds(ours) / seconds(floor) for _ in range(rounds)]
    per_case = min(seconds(ours) for _ in range(3)) / PEOPLE * 1e6
    median = statistics.median(ratios)
    span = f"min {min(ratios):.2f}, max {max(ratios):.2f}"
    print(f"{name}: {median:.2f} x ({span}); goal <= {goal:g} x; {per_case:.1f} microseconds a case")
    return median <= goal


def judging(rounds: int) -> bool:
    """Compare `decide` with the function that only says yes or no."""
    people = [facts for case in cases() if isinstance(facts := facts_from_json("apprenticeship", case), Facts)]
    version = versions("apprenticeship")[0]
    for facts in people:
        said = yes_or_no(facts, version.parameters)
        assert decide("apprenticeship", facts, version).entitlement == Money.yuan(said)

    def by_hand() -> None:
        for facts in people:
            yes_or_no(facts, version.parameters)

    def by_law() -> None:
        for facts in people:
            decide("apprenticeship", facts, version)

    def read_out() -> None:
        for facts in people:
            for finding in decide("apprenticeship", facts, version).findings:
                _ = finding.value, finding.required, finding.clause

    met = report("decide, all findings / hand-written yes or no", 5, by_hand, by_law, rounds)
    return report("the same, every text read / hand-written yes or no", 20, by_hand, read_out, rounds) and met


def streaming(rounds: int) -> bool:
    """Compare the lines of `schemes decide` with only parsing every case and printing every answer."""
    law = shipped_law()
    told = cases()
    lines = [json.dumps(case, ensure_ascii=False).encode() for case in told]
    printed = [decide_told(case, law).to_json() for case in told]

    def parse_and_print() -> None:
        for line, answer in zip(lines, printed, strict=True):
            json.loads(line)
            json.dumps(answer, ensure_ascii=False).encode()

    def stream() -> None:
        for _ in answers(lines, law):
            pass

    return report("a line of schemes decide / parse the case, print the answer", 3, parse_and_print, stream, rounds)


def main() -> int:
    """Print the ratios; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=31)
    rounds = parser.parse_args().rounds
    return 0 if judging(rounds) & streaming(rounds) else 1


if __name__ == "__main__":
    raise SystemExit(main())
