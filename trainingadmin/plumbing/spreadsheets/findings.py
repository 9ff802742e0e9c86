"""What is wrong with a cell: its place, how grave it is, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from trainingadmin.kernel.labels import N_


class Severity(StrEnum):
    """How grave a finding is, gravest first."""

    ERROR = "error"
    HOLD = "hold"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """The word shown, marked for translation."""
        return _LABELS[self]


_LABELS = {Severity.ERROR: N_("错误"), Severity.HOLD: N_("待核实"), Severity.WARNING: N_("提醒")}
_GRAVITY = {severity: at for at, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, repr=False)
class CellFinding:
    """One remark about one cell, or about a row when `column` is empty.

    `row` and `column` are as the spreadsheet shows them. `value` is masked where it is personal. `reason` and
    `advice` are Chinese with %(name)s places for `params`, translated where they are shown.
    """

    row: int
    column: str
    column_name: str
    value: str
    severity: Severity
    code: str
    reason: str
    advice: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    sheet: str = ""
    last_row: int = 0
    """The last row, where the finding is about a range of rows."""

    @property
    def address(self) -> str:
        """The cell such as `K24`, the range such as `S28:S30`, or the row's number."""
        if self.last_row > self.row:
            return f"{self.column}{self.row}:{self.column}{self.last_row}"
        return f"{self.column}{self.row}"

    @property
    def rows(self) -> range:
        """The rows it is about."""
        return range(self.row, max(self.row, self.last_row) + 1)

    def as_json(self) -> dict[str, Any]:
        """Return plain values to store; `from_json` reads them back."""
        return {
            "row": self.row,
            "column": self.column,
            "column_name": self.column_name,
            "value": self.value,
            "severity": self.severity.value,
            "code": self.code,
            "reason": self.reason,
            "advice": self.advice,
            "params": dict(self.params),
            "sheet": self.sheet,
            "last_row": self.last_row,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> CellFinding:
        """Read what `as_json` gave."""
        return cls(**{**stored, "severity": Severity(stored["severity"])})

    def __repr__(self) -> str:
        return f"CellFinding({self.address}, {self.severity.value}, {self.code})"


def in_order(findings: Iterable[CellFinding]) -> tuple[CellFinding, ...]:
    """Return findings by sheet, row, column and gravity."""
    return tuple(sorted(findings, key=lambda f: (f.sheet, f.row, len(f.column), f.column, _GRAVITY[f.severity])))


def has_errors(findings: Iterable[CellFinding]) -> bool:
    """Tell whether any finding keeps the file from being imported."""
    return any(finding.severity is Severity.ERROR for finding in findings)


_VALUES_SHOWN = 3


def together(remarks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put remarks that say the same of a column into one that names all their rows, in the order of the first of each.

    A remark has `row`, `column`, `value`, `reason` and may have `kind`, `advice`, `name`.
    """
    alike: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for one in remarks:
        key = tuple(one.get(part) for part in ("kind", "column", "reason", "advice", "name"))
        alike.setdefault(key, []).append(one)
    return [
        {**same[0], "row": _rows([one["row"] for one in same]), "value": _values([one.get("value") for one in same])}
        for same in alike.values()
    ]


def _rows(rows: Sequence[Any]) -> str:
    """Return rows in their order, those that follow each other as a range."""
    runs: list[list[Any]] = []
    for row in rows:
        if runs and isinstance(row, int) and isinstance(runs[-1][-1], int) and row == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], row]
        else:
            runs.append([row])
    return "、".join("–".join(str(end) for end in run) for run in runs)


def _values(values: Sequence[Any]) -> str:
    different = list(dict.fromkeys(str(value) for value in values if value not in (None, "")))
    return "、".join(different[:_VALUES_SHOWN]) + ("…" if len(different) > _VALUES_SHOWN else "")
