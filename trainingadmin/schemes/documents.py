"""Documents of versions: YAML or JSON that names a scheme and its dated, cited figures, read strictly and whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from trainingadmin.kernel.malformed import Malformed
from trainingadmin.schemes.base import Scheme
from trainingadmin.schemes.errors import BadPolicy
from trainingadmin.schemes.figures import Figure, Version, digest_of, version_document
from trainingadmin.schemes.kinds import DAY, FLAG, TEXT, Json, Kind

_SHIPPED = Path(__file__).parent / "parameters"
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it was built in: 8 times faster


class _StrictLoader(_Loader):  # type: ignore[misc]
    """Refuses a name written twice, of which YAML would silently drop one."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping; BadPolicy when a name stands in it twice."""
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
        if twice is not None:
            raise BadPolicy(f"第 {node.start_mark.line + 1} 行", f"{twice} 写了两次")
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def read_document(source: str | bytes) -> Json:
    """Read YAML, of which JSON is a part; BadPolicy when it is neither."""
    try:
        return yaml.load(source, _StrictLoader)  # noqa: S506 - a subclass of the safe loader
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as wrong:
        if isinstance(wrong, BadPolicy):
            raise
        raise BadPolicy("", f"不是可读的 YAML 或 JSON 文件：{wrong}") from None


def scheme_of(document: Json, schemes: Mapping[str, Scheme]) -> Scheme:
    """Return the scheme that a document names; BadPolicy when it is not a document of versions of one of them."""
    _members(document, "", {"scheme", "versions"})
    name = document["scheme"]
    if type(name) is not str or name not in schemes:
        raise BadPolicy("scheme", f"没有这个补贴项目，应为以下之一：{'、'.join(schemes)}")
    return schemes[name]


def versions_of(document: Json, scheme: Scheme) -> tuple[Version[Any], ...]:
    """Return the versions of a document of `scheme` in order; BadPolicy says where it is wrong.

    A version takes what it does not name from the one before; the first names every parameter that is judged.
    """
    entries = document["versions"]
    if type(entries) is not list or not entries:
        raise BadPolicy("versions", "应为不空的版本列表")
    versions: list[Version[Any]] = []
    for number, entry in enumerate(entries, start=1):
        version = _version(entry, f"versions[{number}]", scheme, versions[-1].figures if versions else {})
        if versions and version.from_on <= versions[-1].from_on:
            raise BadPolicy(f"versions[{number}].from", "施行日期应晚于前一版本")
        if any(version.code == earlier.code for earlier in versions):
            raise BadPolicy(f"versions[{number}].code", "版本代码重复")
        versions.append(version)
    return tuple(versions)


@cache
def shipped(scheme: Scheme) -> tuple[Version[Any], ...]:
    """Return the versions that come with the application."""
    return versions_of(read_document((_SHIPPED / f"{scheme.name}.yaml").read_bytes()), scheme)


def _version(entry: Json, where: str, scheme: Scheme, before: Mapping[str, Figure]) -> Version[Any]:
    _members(entry, where, {"code", "from", "document", "parameters"})
    code = _read(TEXT, entry["code"], f"{where}.code")
    document = _read(TEXT, entry["document"], f"{where}.document")
    from_on = _day(entry["from"], f"{where}.from")
    figures = _figures(entry["parameters"], f"{where}.parameters", scheme, before)
    parameters = scheme.parameters_type(**{name: figure.value for name, figure in figures.items()})
    return Version(
        scheme.name,
        code,
        from_on,
        document,
        figures,
        parameters,
        {condition.code: condition.asks(parameters) for condition in scheme.conditions.values()},
        digest_of({"scheme": scheme.name, **version_document(code, from_on, document, figures)}),
    )


def _figures(named: Json, where: str, scheme: Scheme, before: Mapping[str, Figure]) -> dict[str, Figure]:
    if type(named) is not dict:
        raise BadPolicy(where, "应为参数名和值")
    for name in named:
        if name not in scheme.parameters:
            raise BadPolicy(f"{where}.{name}", "没有这个参数")
    figures: dict[str, Figure] = {}
    for name, spec in scheme.parameters.items():
        if name in named:
            figures[name] = _figure(named[name], f"{where}.{name}", spec)
        elif name in before:
            figures[name] = before[name]
        elif spec.judged:
            raise BadPolicy(f"{where}.{name}", "第一个版本必须写明这个参数")
    return figures


def _figure(entry: Json, where: str, spec: Any) -> Figure:
    _members(entry, where, {"value", "citation"}, {"unit", "choice"})
    return Figure(
        spec,
        _read(spec.kind, entry["value"], f"{where}.value"),
        entry_unit
        if isinstance(entry_unit := entry.get("unit", spec.unit), str)
        else _read(TEXT, entry_unit, f"{where}.unit"),
        _read(TEXT, entry["citation"], f"{where}.citation"),
        _read(FLAG, entry.get("choice", False), f"{where}.choice"),
    )


def _members(entry: Json, where: str, needed: set[str], allowed: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    if type(entry) is not dict:
        raise BadPolicy(where, f"应为对象，成员为 {'、'.join(sorted(needed))}")
    for name in entry:
        if name not in needed and name not in allowed:
            raise BadPolicy(f"{where}.{name}".lstrip("."), "没有这一项")
    for name in sorted(needed):
        if entry.get(name) is None:
            raise BadPolicy(f"{where}.{name}".lstrip("."), "不可缺少")


def _read(kind: Kind, raw: Json, where: str) -> Any:
    try:
        return kind.read(raw)
    except Malformed as wrong:
        raise BadPolicy(where, wrong.reason) from None
    except ValueError as wrong:
        raise BadPolicy(where, str(wrong)) from None


def _day(raw: Json, where: str) -> date:
    """Read a date that YAML made a date, or left a string."""
    day: date = _read(DAY, raw.isoformat() if type(raw) is date else raw, where)
    return day
