"""Reading a roster without importing it."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.cohorts import rosters, stage
from tests.cohorts.refused import refused
from tests.factories import Office
from trainingadmin.cohorts import actions, queries
from trainingadmin.cohorts.models import Cohort, RosterUpload
from trainingadmin.cohorts.states import UploadKind
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.storage import store


def upload(office: Office, cohort: Cohort, data: bytes, login: str = "enterprise") -> RosterUpload:
    with clock.at(stage.FILED_ON), transaction.unit():
        return actions.upload_roster(cohort, "花名册.xlsx", data, by=office.actor(login))


def codes(sent: RosterUpload, severity: str = "error") -> list[tuple[int, str]]:
    return [(found["row"], found["code"]) for found in sent.findings if found["severity"] == severity]


def test_a_clean_roster_is_counted_and_nobody_is_imported(office: Office) -> None:
    cohort = stage.draft_cohort(office)
    sent = upload(office, cohort, stage.ROSTER.read_bytes())
    assert (sent.people, sent.findings, sent.annotated_sha256, sent.imported_at) == (30, [], None, None)
    assert queries.people(cohort.id) == []


def test_mistakes_come_back_in_a_copy_of_the_file_itself(office: Office) -> None:
    cohort = stage.draft_cohort(office, login="other_enterprise")
    sent = upload(office, cohort, stage.MISTAKES.read_bytes(), "other_enterprise")
    rows = {row for row, _ in codes(sent)} | {29, 30}  # the merged cell is named by its first row
    assert rows == {5, 6, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 24, 26, 28, 29, 30, 32, 33, 34, 35, 36, 40, 41}
    assert codes(sent, "hold") == [(42, "insured-elsewhere")]
    assert sent.annotated_sha256 is not None
    book = openpyxl.load_workbook(io.BytesIO(store().read(sent.annotated_sha256)))
    assert any(cell.comment for sheet in book for row in sheet.iter_rows() for cell in row)


def test_findings_never_show_a_whole_id_number(office: Office) -> None:
    cohort = stage.draft_cohort(office, login="other_enterprise")
    sent = upload(office, cohort, stage.MISTAKES.read_bytes(), "other_enterprise")
    told = [found["value"] for found in sent.findings if found["column_name"] == "身份证号"]
    assert told
    assert all("*" in value for value in told)


def test_the_roster_of_another_enterprise_is_an_error(office: Office) -> None:
    sent = upload(office, stage.draft_cohort(office), stage.MISTAKES.read_bytes())
    assert (2, "other-enterprise") in codes(sent)


def test_a_number_known_under_another_name_is_an_error_in_that_row(office: Office) -> None:
    stage.enrolled_cohort(office, roster=rosters.made_up(3))
    cohort = stage.draft_cohort(office, title="二班")
    sent = upload(office, cohort, rosters.made_up(3, changes={1: {"name": "欧阳改名"}}))
    assert codes(sent) == [(6, "name-differs")]
    assert sent.findings[0]["value"] == "欧阳改名"


def test_a_name_with_characters_that_cannot_be_printed_is_a_warning(office: Office) -> None:
    sent = upload(office, stage.draft_cohort(office), rosters.made_up(2, changes={0: {"name": "张\U0003134f"}}))
    assert (codes(sent), codes(sent, "warning")) == ([], [(5, "name-unprintable")])


def test_the_file_in_force_sent_again_is_answered_with_its_own_upload(office: Office) -> None:
    cohort = stage.enrolled_cohort(office)
    before = queries.uploads(cohort.id, UploadKind.ROSTER)
    again = upload(office, cohort, stage.ROSTER.read_bytes())
    assert [one.id for one in queries.uploads(cohort.id, UploadKind.ROSTER)] == [one.id for one in before]
    assert again.id == before[0].id


@pytest.mark.parametrize(("code", "data"), [("empty", b""), ("not-a-spreadsheet", b"\x00\x01\x02")])
def test_what_is_no_spreadsheet_is_refused_beside_the_file(office: Office, code: str, data: bytes) -> None:
    cohort = stage.draft_cohort(office)
    with refused(code, on=stage.FILED_ON, field="sheet"):
        actions.upload_roster(cohort, "花名册.xlsx", data, by=office.actor("enterprise"))


def test_a_submitted_filing_takes_no_roster(office: Office) -> None:
    cohort = stage.submitted_cohort(office)
    with refused("not-editable", on=stage.FILED_ON):
        actions.upload_roster(cohort, "花名册.xlsx", rosters.made_up(1), by=office.actor("enterprise"))


def test_a_filing_before_the_first_version_of_the_policy_has_no_rules(office: Office) -> None:
    cohort = stage.draft_cohort(office)
    with refused("no-policy", on=stage.FILED_ON.replace(year=2019)):
        actions.upload_roster(cohort, "花名册.xlsx", rosters.made_up(1), by=office.actor("enterprise"))
