"""Draws people by a seed, so that anybody can draw the same ones again. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def draw(seed: str, among: Iterable[int], count: int) -> list[int]:
    """Return `count` of `among`: those whose hash with the seed comes first, in that order."""
    return sorted(set(among), key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())[:count]
