"""Draws QR codes of fixed sizes as small images."""

from __future__ import annotations

import base64
import struct
import zlib

import segno
from segno.encoder import DataOverflowError

# One version and one mask for all: trying the eight masks takes five times as long as drawing,
# and codes of one size keep every document's layout the same.
VERSION = 10
MASK = 2
QUIET = 4
LONGEST = 213
SIDE = 17 + 4 * VERSION + 2 * QUIET
# Bytes that versions 1 to 10 hold at this level of correction.
_HOLDS = (14, 26, 42, 62, 84, 106, 122, 152, 180, LONGEST)


class TooLong(ValueError):
    """The text does not fit a code of the fixed size."""


def version_for(length: int) -> int:
    """Return the smallest version that holds addresses of this many bytes: the fewer modules, the farther it is read."""
    for version, holds in enumerate(_HOLDS, start=1):
        if length <= holds:
            return version
    raise TooLong(f"{length} bytes; a code holds {LONGEST}")


def matrix(text: str, version: int = VERSION) -> list[bytearray]:
    """Return the code's rows of 0 (light) and 1 (dark), without its quiet zone. Raises `TooLong` over what it holds."""
    try:
        code = segno.make(text, version=version, mask=MASK, error="m", boost_error=False, micro=False)
    except DataOverflowError:
        raise TooLong(f"{len(text.encode())} bytes; a code holds {_HOLDS[version - 1]}") from None
    return list(code.matrix)


def bare_bits(text: str, version: int) -> bytes:
    """Return the code without its quiet zone, one bit a module, 1 for dark, all rows in one run. Raises `TooLong`."""
    modules = "".join("1" if module else "0" for row in matrix(text, version) for module in row)
    return int(modules.ljust(-(-len(modules) // 8) * 8, "0"), 2).to_bytes(-(-len(modules) // 8), "big")


def bits(text: str) -> bytes:
    """Return the code with its quiet zone, one bit a module, 1 for light, rows filled up to bytes. Raises `TooLong`."""
    width = -(-SIDE // 8)
    rows = _framed(matrix(text))
    return b"".join(
        int("".join("0" if module else "1" for module in row).ljust(8 * width, "1"), 2).to_bytes(width, "big")
        for row in rows
    )


def png(text: str) -> bytes:
    """Return the code with its quiet zone as a 1-bit PNG, one pixel a module. Raises `TooLong`."""
    packed, width = bits(text), -(-SIDE // 8)
    lines = b"".join(b"\0" + packed[start : start + width] for start in range(0, len(packed), width))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def svg(text: str, version: int = VERSION) -> str:
    """Return the code with its quiet zone as an SVG drawing for a page, 1 unit a module. Raises `TooLong`."""
    runs, side = [], 17 + 4 * version + 2 * QUIET
    for y, row in enumerate(_framed(matrix(text, version))):
        start = row.find(1)
        while start >= 0:
            end = row.find(0, start)
            runs.append(f"M{start} {y}h{end - start}v1h{start - end}z")
            start = row.find(1, end)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{"".join(runs)}"/></svg>'
    )


def data_address(text: str, version: int = VERSION) -> str:
    """Return the code as the source of an image that is part of its page. Raises `TooLong`."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg(text, version).encode()).decode()}"


def _framed(rows: list[bytearray]) -> list[bytearray]:
    blank, side = bytearray(len(rows) + 2 * QUIET), bytes(QUIET)
    return [blank] * QUIET + [bytearray(side + row + side) for row in rows] + [blank] * QUIET


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
