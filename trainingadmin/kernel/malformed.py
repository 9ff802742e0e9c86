"""Why a piece of text is not what it should be: one code and one sentence."""

from __future__ import annotations


class Malformed(ValueError):
    """Text that cannot be read as the identifier, name, level … it should be.

    `code` is stable and for machines; `reason` is Chinese, marked for translation, and never
    repeats the text itself, which may be personal.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
