"""A refusal: why something asked for was not done, in words a person can act on."""

from __future__ import annotations


class Refusal(Exception):
    """Raised by actions and guards; shown beside the button or field that was used.

    `code` is stable and tested; `message` is Chinese with %(name)s places, translated where it is
    shown; `field` names the form field at fault, when there is one.
    """

    def __init__(self, code: str, message: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.values = values
