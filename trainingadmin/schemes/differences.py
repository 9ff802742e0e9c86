"""What two versions of a scheme's figures differ in, figure by figure, as plain values for words to be made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trainingadmin.schemes.figures import Figure, ParameterSpec, Version


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure, or one level's figure, that is another one.

    `before` and `after` are None where a version has none. `level` is set where the figure is one of a row by level.
    `sources` are the citations before and after.
    """

    spec: ParameterSpec
    before: Any
    after: Any
    unit: str
    sources: tuple[str, str]
    level: int | None = None

    def shown(self, value: Any) -> str:
        """Return `value` for reading in Chinese, whole numbers with blanks between thousands that do not break."""
        if type(value) is int:
            return f"{value:,}".replace(",", "\u00a0")
        return self.spec.kind.show(value)


def differences(before: Version[Any], after: Version[Any]) -> list[Difference]:
    """Return every figure that differs in value, in the order of the scheme's parameters; levels one by one."""
    specs = {**{n: f.spec for n, f in before.figures.items()}, **{n: f.spec for n, f in after.figures.items()}}
    return [one for name in specs for one in _of(before.figures.get(name), after.figures.get(name), specs[name])]


def _of(before: Figure | None, after: Figure | None, spec: ParameterSpec) -> Iterator[Difference]:
    old, new = (None if figure is None else figure.value for figure in (before, after))
    if old == new:
        return
    sources = (before.citation if before else "", after.citation if after else "")
    unit = (after or before).unit if after or before else spec.unit  # type: ignore[union-attr]
    if isinstance(old or new, Mapping):
        for level in sorted({*(old or {}), *(new or {})}):
            was, is_now = (old or {}).get(level), (new or {}).get(level)
            if was != is_now:
                yield Difference(spec, was, is_now, unit, sources, level)
        return
    yield Difference(spec, old, new, unit, sources)


def recited(before: Version[Any], after: Version[Any]) -> list[ParameterSpec]:
    """Return the figures of which only the citation changed."""
    return [
        figure.spec
        for name, figure in after.figures.items()
        if name in before.figures
        and before.figures[name].value == figure.value
        and before.figures[name].citation != figure.citation
    ]
