"""The classes of the one bureau that everybody looks at."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.classes import stage as classes
from tests.factories import Office
from trainingadmin.classes import actions as teaching
from trainingadmin.classes.states import Mode
from trainingadmin.cohorts.actions import ChangeRequest
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import ChangeKind
from trainingadmin.plumbing import clock, transaction


def rows(office: Office) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, str]]]:
    """Return ids and questions of addresses: a running class with a change asked for, and one that was returned."""
    more = {"item_code": "YAZX-2021-001", "starts_on": date(2020, 9, 7), "ends_on": date(2020, 9, 18)}
    ordered = {"mode": Mode.ORDERED, "employer_code": office.enterprise.credit_code}
    days: dict[str, Any] = {**more, **ordered, "assess_on": date(2020, 9, 18)}
    usual = {at: {"project": "藤编"} for at in range(20)}
    timetable = classes.timetable(first=date(2020, 9, 7), last=date(2020, 9, 18))
    found = classes.approved(office, classes.made_up(20, first=6000, changes=usual), plan=timetable, **days)
    draft = classes.submitted(office, classes.made_up(20, first=7000, changes=usual), plan=timetable, **days)
    with clock.at(date(2020, 9, 6)), transaction.unit():
        teaching.move(draft, "return", by=office.actor("acceptance"), note="缺教师资质")
    wrong = classes.made_up(20, first=7000, changes={**usual, 0: {"phone": "1"}})
    with clock.at(date(2020, 9, 8)), transaction.unit():
        asked = ChangeRequest(ChangeKind.EXTENSION, date(2020, 9, 18), "天气", details={"until": "2020-09-20"})
        change = teaching.request_change(found, asked, by=office.actor("institution"))
        by = office.actor("institution")
        scores = teaching.upload_scores(found, 1, "成绩.xlsx", wrong, by=by)
        bad = teaching.upload_roster(draft, "名单.xlsx", wrong, by=by)
        sent = teaching.upload_roster(draft, "名单二.xlsx", classes.made_up(20, first=7000, changes=usual), by=by)
    of_draft = {"cohort_id": draft.cohort_id, "upload_id": sent.id}
    ids = {"cohort_id": found.cohort_id, "enrolment_id": people(found.cohort_id)[0].id, "change_id": change.id}
    held = classes.held(found)[0].id
    told = {
        "classes": ids | {"upload_id": scores.id, "session_id": held, "kind": "place"},
        "classes.annotated": {"cohort_id": draft.cohort_id, "upload_id": bad.id},
        "classes.upload": of_draft,
        "classes.take_in": of_draft,
        "classes.letter": {"cohort_id": draft.cohort_id, "step_id": draft.cohort.steps[-1].id},
    }
    return told, {"classes.move": {"move": "complete"}}
