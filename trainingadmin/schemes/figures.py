"""Figures: the numbers of a scheme, each declared with its kind, unit and clause, and dated and cited in versions."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from trainingadmin.schemes.errors import BadFact
from trainingadmin.schemes.kinds import Json, Kind

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One parameter: what it is called, what it may be, in which unit, and the clause that sets it.

    `judged` tells whether `decide` reads it; the others guide filings and classes and may be absent.
    """

    name: str
    kind: Kind
    unit: str
    label_zh: str
    label_en: str
    clause: str
    judged: bool

    @property
    def bounds(self) -> tuple[int, int] | None:
        """Least and largest value of a whole number; None for other kinds."""
        return self.kind.bounds

    @property
    def options(self) -> tuple[str, ...]:
        """The values to choose from; empty for other kinds."""
        return self.kind.options


def parameter(kind: Kind, unit: str, zh: str, en: str, clause: str) -> Any:
    """Declare a parameter that `decide` reads and that the first version must name."""
    return dataclasses.field(
        metadata={"kind": kind, "unit": unit, "zh": zh, "en": en, "clause": clause, "judged": True}
    )


def guide(kind: Kind, unit: str, zh: str, en: str, clause: str) -> Any:
    """Declare a further parameter, which `decide` does not read and a version may leave out (None)."""
    return dataclasses.field(
        default=None,
        metadata={"kind": kind, "unit": unit, "zh": zh, "en": en, "clause": clause, "judged": False},
    )


def parameters_of(declared: type[Any]) -> Mapping[str, ParameterSpec]:
    """Return the parameters of a dataclass by name, in the order in which they are declared."""
    return {
        declaration.name: ParameterSpec(
            declaration.name,
            declaration.metadata["kind"],
            declaration.metadata["unit"],
            declaration.metadata["zh"],
            declaration.metadata["en"],
            declaration.metadata["clause"],
            declaration.metadata["judged"],
        )
        for declaration in dataclasses.fields(declared)
    }


@dataclass(frozen=True, slots=True)
class Figure:
    """The value of one parameter in one version, with the document it rests on.

    `choice` marks our own reading where policy is silent.
    """

    spec: ParameterSpec
    value: Any
    unit: str
    citation: str
    choice: bool

    @property
    def shown(self) -> str:
        """The value for reading, without its unit."""
        return self.spec.kind.show(self.value)

    def to_json(self) -> dict[str, Json]:
        """Return the figure as it stands in a document of versions."""
        return {
            "value": self.spec.kind.write(self.value),
            "unit": self.unit,
            "citation": self.citation,
            "choice": self.choice,
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Version(Generic[P]):
    """The figures of a scheme in force from a date until the day before the next version's.

    `parameters` are the bare values that rules read, `figures` the same with citations, `required` what each
    condition asks under them, for reading.
    """

    scheme: str
    code: str
    from_on: date
    document: str
    figures: Mapping[str, Figure]
    parameters: P
    required: Mapping[str, str]
    digest: str

    def to_json(self) -> dict[str, Json]:
        """Return the whole version, inherited figures included, as one entry of a document of versions."""
        return version_document(self.code, self.from_on, self.document, self.figures)


def version_document(code: str, from_on: date, document: str, figures: Mapping[str, Figure]) -> dict[str, Json]:
    """Return one entry of a document of versions."""
    return {
        "code": code,
        "from": from_on.isoformat(),
        "document": document,
        "parameters": {name: figure.to_json() for name, figure in figures.items()},
    }


def canonical(value: Json) -> bytes:
    """Return JSON in the one form that digests are made of: sorted names, no blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(value: Json) -> str:
    """Return the SHA-256 of the canonical form of `value`, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def in_force(versions: Sequence[Version[P]], day: date, field: str | None = None) -> Version[P]:
    """Return the version in force on `day`; BadFact `no-policy` naming `field` when `day` is before the first."""
    for version in reversed(versions):
        if version.from_on <= day:
            return version
    raise BadFact("no-policy", field, "锚定日早于第一个政策版本的施行日期")
