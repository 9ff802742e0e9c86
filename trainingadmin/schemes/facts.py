"""Facts: what a scheme may be told about a case, declared once as a dataclass and read strictly from JSON."""

# ruff: noqa: RUF009 - `fact` returns a dataclass field, not a value shared by instances
from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.schemes.errors import BadFact
from trainingadmin.schemes.kinds import DAY, TEXT, Json, Kind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact: its name in JSON, its attribute, its kind and what people call it."""

    name: str
    attribute: str
    kind: Kind
    label_zh: str
    label_en: str
    unit: str
    required: bool

    def title(self, *, english: bool) -> str:
        """Return what people call it, without what only tells whoever fills it in."""
        return self.label_en.partition(" (")[0] if english else self.label_zh.partition("（")[0]


def fact(kind: Kind, zh: str, en: str, *, unit: str = "", name: str = "", required: bool = False) -> Any:
    """Declare a fact; missing is None, which means unknown. `name` where JSON's name is no Python name."""
    told = {"kind": kind, "zh": zh, "en": en, "unit": unit, "name": name, "required": required}
    return dataclasses.field(metadata=told) if required else dataclasses.field(default=None, metadata=told)


@dataclass(slots=True, kw_only=True, repr=False)
class Facts:
    """What every scheme may be told. None is unknown, and never passes a condition."""

    scheme: ClassVar[str]

    case: str = fact(TEXT, "案例编号", "Case", required=True)
    policy_on: date | None = fact(DAY, "适用政策日期（不填用默认的锚定日）", "Anchor date, if not the default one")

    def to_json(self) -> dict[str, Json]:
        """Return the facts that are known as JSON in a fixed order: the form that is stored and digested."""
        told: dict[str, Json] = {"case": self.case, "scheme": self.scheme}
        return told | written(self)


_SPECS: dict[type[Any], tuple[FactSpec, ...]] = {}


def specs_of(declared: type[Any]) -> tuple[FactSpec, ...]:
    """Return the facts of a dataclass in the order in which their form is checked, `policy_on` last."""
    if declared not in _SPECS:
        specs = [_spec_of(declaration.name, declaration.metadata) for declaration in dataclasses.fields(declared)]
        _SPECS[declared] = tuple(sorted(specs, key=lambda spec: spec.name == "policy_on"))
    return _SPECS[declared]


def _spec_of(attribute: str, told: Mapping[str, Any]) -> FactSpec:
    name = told["name"] or attribute
    return FactSpec(name, attribute, told["kind"], told["zh"], told["en"], told["unit"], told["required"])


def written(entry: Any) -> dict[str, Json]:
    """Return what is known of a dataclass of facts as JSON, under JSON's names."""
    return {
        spec.name: spec.kind.write(value)
        for spec in specs_of(type(entry))
        if (value := getattr(entry, spec.attribute)) is not None
    }


def entry_of(declared: type[Any]) -> Kind:
    """Return the kind of JSON objects with the members of a dataclass, such as one certificate."""
    specs = specs_of(declared)
    names = frozenset(spec.name for spec in specs)

    def read(raw: Any) -> Any:
        if type(raw) is not dict:
            raise ValueError(f"应为对象，成员为 {'、'.join(spec.name for spec in specs)}")
        values = {}
        for spec in specs:
            member = raw.get(spec.name)
            if member is not None:
                values[spec.attribute] = spec.kind.read(member)
            elif spec.required:
                raise ValueError(f"缺少 {spec.name}")
        return declared(**values)

    members = [(attrgetter(spec.attribute), spec.kind.show) for spec in specs]

    def show(entry: Any) -> str:
        return " ".join([tell(member) for get, tell in members if (member := get(entry)) is not None])

    schema = {
        "type": "object",
        "properties": {spec.name: described(spec) for spec in specs},
        "required": [spec.name for spec in specs if spec.required],
        "additionalProperties": False,
    }
    return Kind(
        "object", read, schema, write=written, show=show, unlisted=lambda raw: not raw.keys() <= names, entry=declared
    )


def described(spec: FactSpec) -> dict[str, Json]:
    """Return the JSON Schema of one fact, labels in both languages; null is missing."""
    about: dict[str, Json] = {"title": spec.label_zh, "x-title-en": spec.label_en}
    if spec.unit:
        about["x-unit"] = spec.unit
    schema = dict(spec.kind.schema)
    if spec.required:
        return about | schema
    return about | {"anyOf": [schema, {"type": "null"}]}


class Reader:
    """Reads the facts of one scheme from JSON, in the order in which what is wrong is to be reported."""

    def __init__(self, declared: type[Facts]) -> None:
        self.declared = declared
        self.specs = specs_of(declared)
        self._reads: list[tuple[str, Callable[[Any], Any]]] = [(s.name, s.kind.read) for s in self.specs]
        self._required = frozenset(spec.name for spec in self.specs if spec.required)
        self._names = frozenset(spec.name for spec in self.specs) | {"scheme"}
        self._nested = {s.name: s.kind.unlisted for s in self.specs if s.kind.unlisted is not None}

    def read(self, told: Mapping[str, Json]) -> Any:
        """Return the facts `told`; BadFact names the first one that is not as it should be."""
        get = told.get
        values: dict[str, Any] = {}
        name = ""
        try:
            for name, read_one in self._reads:
                raw = get(name)
                if raw is not None:
                    values[name] = read_one(raw)
                elif name in self._required:
                    raise ValueError(N_("不可缺少"))
        except Malformed as wrong:
            raise BadFact("bad-fact", name, wrong.reason) from None
        except ValueError as wrong:
            raise BadFact("bad-fact", name, str(wrong)) from None
        self._refuse_unlisted(told)
        return self.declared(**values)

    def _refuse_unlisted(self, told: Mapping[str, Json]) -> None:
        if told.keys() <= self._names and not any(self._inside(told, name) for name in self._nested):
            return
        name = next(name for name in told if name not in self._names or self._inside(told, name))
        raise BadFact("bad-fact", name, N_("其中有未列出的成员") if name in self._names else N_("没有这一项事实"))

    def _inside(self, told: Mapping[str, Json], name: str) -> bool:
        """Tell whether the value of `name` has members that it may not have."""
        raw = told.get(name)
        return raw is not None and name in self._nested and self._nested[name](raw)
