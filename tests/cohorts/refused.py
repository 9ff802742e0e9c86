"""Expects an act to be refused, and to leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, transaction


@contextmanager
def refused(code: str, *, on: date, field: str | None = None) -> Iterator[None]:
    """Run the block as one transaction on a day; it must be refused with `code`, at `field` where one is named."""
    with pytest.raises(Refusal) as caught, clock.at(on), transaction.unit():
        yield
    assert caught.value.code == code
    assert field in (None, caught.value.field)
    caught.value.message % caught.value.values  # every place has its value
