"""What can be wrong with a case or with a file of parameters, said so that the sender can mend it."""

from __future__ import annotations


class BadFact(ValueError):
    """A case that cannot be judged.

    `code` is `bad-fact`, `bad-json` or `no-policy`; `field` names the fact at fault (None when there is no case at
    all); `message` is Chinese and never repeats the value.
    """

    def __init__(self, code: str, field: str | None, message: str) -> None:
        super().__init__(code, field, message)
        self.code = code
        self.field = field
        self.message = message


class BadPolicy(ValueError):
    """A document of versions that may not come into force: `where` it is wrong and, in Chinese, why."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where
        self.message = message
