"""The commands `schemes decide | list | facts`: lines in and out, exit codes, what is printed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from tests.schemes.told import Told, cases_of, document_of, eligible
from trainingadmin.cli_schemes import schemes_group
from trainingadmin.schemes import SCHEMES


def run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(schemes_group, arguments, input=given)


def file_of(tmp_path: Path, *told: Told | bytes) -> str:
    file = tmp_path / "cases.jsonl"
    lines = [entry if isinstance(entry, bytes) else json.dumps(entry, ensure_ascii=False).encode() for entry in told]
    file.write_bytes(b"\n".join(lines))
    return str(file)


def policy_of(tmp_path: Path, document: Any) -> str:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout_bytes.splitlines()]


def test_every_line_is_answered_in_order(tmp_path: Path) -> None:
    told = [eligible(scheme, case=f"第 {number} 例") for number, scheme in enumerate(SCHEMES)]
    result = run("decide", file_of(tmp_path, *told))
    assert result.exit_code == 0
    assert [answer["case"] for answer in answers(result)] == [one["case"] for one in told]
    assert {answer["verdict"] for answer in answers(result)} == {"eligible"}
    assert "第 0 例".encode() in result.stdout_bytes


def test_a_dash_reads_standard_input() -> None:
    result = run("decide", "-", given=json.dumps(eligible("apprenticeship")).encode())
    assert answers(result)[0]["entitlement"] == "8000.00"


def test_a_bad_line_is_answered_the_rest_go_on_and_the_exit_status_is_1(tmp_path: Path) -> None:
    good = eligible("apprenticeship")
    result = run("decide", file_of(tmp_path, good, b"", b"nonsense", eligible("apprenticeship", filed_on="x"), good))
    assert result.exit_code == 1
    told = answers(result)
    assert [answer.get("verdict", answer.get("error", {}).get("code")) for answer in told] == [
        "eligible", "bad-json", "bad-fact", "eligible",
    ]  # fmt: skip
    assert told[2]["case"] == "案例"
    assert told[2]["error"].keys() == {"code", "field", "message"}


def test_an_empty_file_has_no_answers(tmp_path: Path) -> None:
    result = run("decide", file_of(tmp_path, b"\n\n"))
    assert (result.exit_code, result.stdout_bytes) == (0, b"")


def test_a_policy_file_replaces_the_versions_of_its_scheme_alone(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, document_of("work_as_training", monthly_rate=300))
    cases = file_of(tmp_path, eligible("work_as_training"), eligible("apprenticeship"))
    result = run("decide", cases, "--policy", policy)
    assert [answer["entitlement"] for answer in answers(result)] == ["900.00", "8000.00"]


def test_a_bad_policy_file_is_refused_before_any_line_is_read(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, document_of("work_as_training", monthly_rate="300"))
    result = run("decide", "-", "--policy", policy, given=b"nonsense\n")
    assert (result.exit_code, result.stdout_bytes) == (2, b"")
    assert "monthly_rate" in result.stderr


@pytest.mark.parametrize("policy", ["nowhere.yaml", "."])
def test_a_policy_file_that_cannot_be_read_is_refused(tmp_path: Path, policy: str) -> None:
    result = run("decide", file_of(tmp_path, eligible("apprenticeship")), "--policy", str(tmp_path / policy))
    assert (result.exit_code, result.stdout_bytes) == (2, b"")


def test_the_policy_may_come_before_the_file(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, document_of("work_as_training"))
    assert run("decide", "--policy", policy, file_of(tmp_path, eligible("work_as_training"))).exit_code == 0


def test_lines_are_streamed(tmp_path: Path) -> None:
    """The first answer is there before the last line is written."""
    program = "from trainingadmin.cli_schemes import schemes_group; schemes_group(['decide', '-'])"
    line = json.dumps(eligible("apprenticeship")).encode() + b"\n"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(line * 50)
        child.stdin.flush()
        assert json.loads(child.stdout.readline())["verdict"] == "eligible"
        child.stdin.close()
        assert len(child.stdout.readlines()) == 49
    assert child.returncode == 0


def test_list_shows_versions_dates_documents_figures_units_and_citations() -> None:
    text = run("list").stdout
    assert "YA-2020  2020-01-01 — 2021-06-07  人社部发〔2018〕66号" in text
    assert "NAT-2021  2021-06-08 — " in text
    assert "max_months  最长培养期限: 36 月  [人社部发〔2018〕66号]" in text
    assert "proration  折算方式: months 按整月  [系统默认]（系统取定）" in text
    for scheme in SCHEMES.values():
        assert f"{scheme.name}  {scheme.label_zh}  {scheme.label_en}" in text


def test_list_as_json_can_be_fed_back_as_a_policy(tmp_path: Path) -> None:
    listed = json.loads(run("list", "--json").stdout)
    assert [entry["scheme"] for entry in listed] == list(SCHEMES)
    for version in listed[0]["versions"]:
        assert len(version.pop("digest")) == 64
    policy = policy_of(tmp_path, {"scheme": listed[0]["scheme"], "versions": listed[0]["versions"]})
    assert run("decide", file_of(tmp_path, eligible("apprenticeship")), "--policy", policy).exit_code == 0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_facts_prints_a_json_schema_with_labels_that_the_cases_meet(scheme: str) -> None:
    schema = json.loads(run("facts", scheme).stdout)
    valid = jsonschema_rs.validator_for(schema)
    for case in cases_of(scheme)["cases"]:
        assert valid.is_valid(eligible(scheme, **case.get("facts", {}))), case["case"]
    for wrong in ({"case": ""}, {"scheme": "x"}, {"other": 1}, {"policy_on": "2020-1-1"}):
        assert not valid.is_valid(eligible(scheme) | wrong)
    assert not valid.is_valid(eligible(scheme) | {SCHEMES[scheme].anchor: None})
    assert all(about["title"] and about["x-title-en"] for about in schema["properties"].values())
    assert list(schema["properties"])[:2] == ["case", "scheme"]


def test_facts_of_an_unknown_scheme_is_a_usage_error() -> None:
    assert run("facts", "x").exit_code == 2
