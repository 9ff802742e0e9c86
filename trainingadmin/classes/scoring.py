"""What marks make of an assessment: the item's weights and pass mark, in whole numbers. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from trainingadmin.courses.states import Assessment

MOST = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """How an item is examined: by what, with which weights, and the mark that passes."""

    assessment: Assessment
    theory_weight: int
    practice_weight: int
    pass_mark: int

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are examined."""
        return tuple(
            part
            for part, without in (("theory", Assessment.PRACTICE), ("practice", Assessment.THEORY))
            if self.assessment is not without
        )

    def hundredths(self, theory: int | None, practice: int | None) -> int:
        """Return the weighted mark in hundredths of a point; of an item with one part, that part's alone."""
        match self.assessment:
            case Assessment.THEORY:
                return MOST * (theory or 0)
            case Assessment.PRACTICE:
                return MOST * (practice or 0)
            case _:
                return self.theory_weight * (theory or 0) + self.practice_weight * (practice or 0)

    def passes(self, theory: int | None, practice: int | None) -> bool:
        """Whether the weighted mark reaches the pass mark, compared in whole hundredths.

        Clause: 专项职业能力考核规范 合格线.
        """
        return self.hundredths(theory, practice) >= MOST * self.pass_mark
