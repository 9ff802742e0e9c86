"""Hostile and broken uploads: each is refused with its reason, and none of them costs a crash."""

from __future__ import annotations

import io
import json
import resource

import pytest

from tests.hostile_uploads import Upload, mutations, text_cell, uploads, workbook
from tests.sample_files import ROSTER_WITH_MISTAKES, sample
from trainingadmin.plumbing.spreadsheets import child, limits, reading, workbook_xml
from trainingadmin.plumbing.spreadsheets.package import Broken, parse
from trainingadmin.plumbing.spreadsheets.reading import REASONS, SpreadsheetRefused, read_workbook

KINDS = list(uploads())


def test_there_are_enough_kinds_and_they_are_the_same_each_time() -> None:
    assert len(KINDS) >= 60
    assert [upload.data for upload in uploads()] == [upload.data for upload in KINDS]


@pytest.mark.parametrize("upload", KINDS, ids=[upload.name for upload in KINDS])
def test_a_hostile_upload_is_refused_with_its_reason(upload: Upload) -> None:
    with pytest.raises(SpreadsheetRefused) as refusal:
        read_workbook(upload.data)
    assert refusal.value.code in upload.codes
    assert refusal.value.message % refusal.value.values


PACKAGES = [upload for upload in KINDS if upload.data.startswith(b"PK") and "too-big" not in upload.codes]


@pytest.mark.parametrize("upload", PACKAGES, ids=[upload.name for upload in PACKAGES])
def test_the_readers_own_rules_refuse_it_and_not_the_death_of_the_child(upload: Upload) -> None:
    with pytest.raises(Broken) as refusal:
        workbook_xml.read(upload.data)
    assert refusal.value.code in upload.codes


def test_a_damaged_file_is_either_read_or_refused() -> None:
    outcomes = set()
    for upload in mutations(sample(ROSTER_WITH_MISTAKES), 200):
        try:
            workbook_xml.read(upload.data)
            outcomes.add("read")
        except Broken as refusal:
            outcomes.add(refusal.code)
    assert {"read", "broken"} <= outcomes <= {"read", *REASONS}


class Streams:
    """Standard input and output of a child run in this process."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


def run_child(monkeypatch: pytest.MonkeyPatch, data: bytes) -> dict[str, object]:
    streams = Streams(data)
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    monkeypatch.setattr("sys.stdin", streams)
    monkeypatch.setattr("sys.stdout", streams)
    child.main()
    answer: dict[str, object] = json.loads(streams.text)
    return answer


def test_the_child_answers_with_sheets_or_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = run_child(monkeypatch, workbook(f'<row r="1">{text_cell("A1")}</row>'))
    assert answer == {"sheets": [{"name": "表1", "hidden": False, "rows": [[1, "t", ["x"]]], "merged": []}]}
    assert run_child(monkeypatch, b"PK") == {"refused": "broken", "values": {}}


def test_the_parser_itself_refuses_a_dtd() -> None:
    with pytest.raises(Broken) as refusal:
        parse(b"<!DOCTYPE w []><w/>", lambda *_: None, lambda _: None, lambda _: None)
    assert refusal.value.code == "dtd"


def test_a_child_is_held_to_its_limits_and_never_above_the_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    ceilings = {resource.RLIMIT_AS: resource.RLIM_INFINITY, resource.RLIMIT_CPU: 5, resource.RLIMIT_CORE: 9}
    held: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr("resource.getrlimit", lambda kind: (0, ceilings[kind]))
    monkeypatch.setattr("resource.setrlimit", held.__setitem__)
    limits.confine(memory_bytes=1000, cpu_seconds=10)
    assert held == {
        resource.RLIMIT_AS: (1000, resource.RLIM_INFINITY),
        resource.RLIMIT_CPU: (5, 5),
        resource.RLIMIT_CORE: (0, 9),
    }


def test_a_child_without_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(_: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(workbook_xml, "read", exhausted)
    assert run_child(monkeypatch, b"PK") == {"refused": "too-much-content", "values": {}}


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHILD_WALL_SECONDS", 0.001)
    with pytest.raises(SpreadsheetRefused) as refusal:
        read_workbook(workbook(f'<row r="1">{text_cell("A1")}</row>'))
    assert refusal.value.code == "took-too-long"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "took-too-long"),
        ("raise MemoryError", "too-much-content"),
    ],
)
def test_a_child_that_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch, body: str, code: str) -> None:
    monkeypatch.setattr(reading, "_CHILD", body)
    with pytest.raises(SpreadsheetRefused) as refusal:
        read_workbook(workbook())
    assert refusal.value.code == code


def test_the_child_is_given_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "secret")
    monkeypatch.setattr(
        reading,
        "_CHILD",
        "import os, sys; sys.stdin.buffer.read(); print('{\"sheets\": []}'); sys.exit('DATABASE_URL' in os.environ)",
    )
    assert read_workbook(workbook()).sheets == ()
