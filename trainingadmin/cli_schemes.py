"""The commands `schemes decide | list | facts`: the law from the outside, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import click

from trainingadmin.schemes import SCHEMES, BadPolicy, Scheme, Version, versions, versions_from_document
from trainingadmin.schemes.jsonl import answers, shipped_law
from trainingadmin.schemes.schema import facts_schema

_DAY = timedelta(days=1)


@click.group("schemes", help="补贴项目的规则：试算、列出版本与参数、说明事实。")
def schemes_group() -> None:
    """Hold the commands about the law."""


@schemes_group.command(
    "decide", help="逐行判断 FILE（JSON Lines，- 为标准输入），每行给出一个结论；有错误行时退出码为 1。"
)
@click.argument("file", type=click.File("rb"))
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML 或 JSON 文件，替换其中所写项目的全部版本；文件有误时退出码为 2。",
)
@click.pass_context
def decide_command(context: click.Context, file: BinaryIO, policy: Path | None) -> None:
    """Judge every line; exit 1 if any was no valid case, 2 before reading any if the policy file is refused."""
    law = shipped_law()
    if policy is not None:
        scheme, replaced = _versions_in(policy)
        law[scheme] = replaced
    out = sys.stdout.buffer
    failed = False
    for judged, line in answers(file, law):
        failed = failed or not judged
        out.write(line)
    out.flush()
    context.exit(1 if failed else 0)


def _versions_in(policy: Path) -> tuple[str, tuple[Version[Any], ...]]:
    try:
        return versions_from_document(policy)
    except (BadPolicy, OSError) as wrong:
        raise click.BadParameter(str(wrong), param_hint="--policy") from None


@schemes_group.command("list", help="列出补贴项目、各版本的施行日期和文号、参数的值、单位和依据。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def list_command(as_json: bool) -> None:
    """Print schemes, versions and parameters."""
    if as_json:
        click.echo(json.dumps([_described(scheme) for scheme in SCHEMES.values()], ensure_ascii=False, indent=2))
        return
    for scheme in SCHEMES.values():
        for line in _listed(scheme):
            click.echo(line)


@schemes_group.command("facts", help="输出某个补贴项目的事实的 JSON Schema，名称有中文和英文。")
@click.argument("scheme", type=click.Choice(tuple(SCHEMES)))
def facts_command(scheme: str) -> None:
    """Print the JSON Schema of a scheme's facts."""
    click.echo(json.dumps(facts_schema(SCHEMES[scheme]), ensure_ascii=False, indent=2))


def _described(scheme: Scheme) -> dict[str, Any]:
    return {
        "scheme": scheme.name,
        "label_zh": scheme.label_zh,
        "label_en": scheme.label_en,
        "payee": scheme.payee,
        "versions": [version.to_json() | {"digest": version.digest} for version in versions(scheme.name)],
    }


def _listed(scheme: Scheme) -> Iterator[str]:
    yield f"{scheme.name}  {scheme.label_zh}  {scheme.label_en}"
    of_scheme = versions(scheme.name)
    for version, until in zip(of_scheme, _ends(of_scheme), strict=True):
        yield f"  {version.code}  {version.from_on} — {until or ''}  {version.document}"
        for name, figure in version.figures.items():
            choice = "（系统取定）" if figure.choice else ""
            coded = f"{figure.value} " if isinstance(figure.value, str) else ""
            value = f"{coded}{figure.shown} {figure.unit}".rstrip()
            yield f"    {name}  {figure.spec.label_zh}: {value}  [{figure.citation}]{choice}"
    yield ""


def _ends(of_scheme: Sequence[Version[Any]]) -> list[date | None]:
    """Return each version's last day; None for the one still in force."""
    return [later.from_on - _DAY for later in of_scheme[1:]] + [None]
