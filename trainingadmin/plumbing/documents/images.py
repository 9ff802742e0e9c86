"""Owns the images of documents in the form the renderer takes from its cache: drawn once, compressed once."""

from __future__ import annotations

import re
import zlib
from typing import Any

import pydyf  # type: ignore[import-untyped]
from weasyprint.images import SVGImage
from weasyprint.pdf.stream import Stream

from trainingadmin.plumbing import qr

_OPAQUE = re.compile(rb"^/[aA]1(?:\.0)? gs\n", re.MULTILINE)  # as the page is already
_NUMBER = re.compile(rb"-?\d+\.\d+")
# A drawing that paints with anything but plain colours needs resources of its own, which a kept drawing has not.
_NEEDS_RESOURCES = re.compile(rb"(?:^| )(?:Do|sh|gs|Tf|scn|SCN|cs|CS)$", re.MULTILINE)


class Code:
    """A QR code: one bit a module, without the decoding and encoding of an image file on the way."""

    def __init__(self, name: str, text: str) -> None:
        self.id = name
        self._rows = zlib.compress(qr.bits(text), 9)

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Return width, height in pixels and their ratio."""
        return qr.SIDE, qr.SIDE, 1.0

    def draw(self, stream: Stream, width: float, height: float, _style: object) -> None:
        """Place the code on the page."""
        name = stream.add_image(self, interpolate=False, ratio=1)
        stream.transform(width, 0, 0, -height, 0, height)
        stream.draw_x_object(name)

    def get_x_object(self, _interpolate: bool, _ratio: float) -> pydyf.Stream:
        """Return the code as a PDF object."""
        extra = {
            "Type": "/XObject",
            "Subtype": "/Image",
            "Width": qr.SIDE,
            "Height": qr.SIDE,
            "ColorSpace": "/DeviceGray",
            "BitsPerComponent": 1,
            "Interpolate": "false",
            "Filter": "/FlateDecode",
        }
        return pydyf.Stream([self._rows], extra)


class Drawing:
    """A drawing in plain colours, turned into PDF operators once and placed in every document as it is."""

    def __init__(self, name: str, image: SVGImage) -> None:
        self.id = name
        self._size = image.get_intrinsic_size(1, 16)
        width, height, _ = self._size
        canvas = Stream({}, (0, 0, width, height), {"ExtGState": {}}, {}, None, {}, None)
        image.draw(canvas, width, height, None)
        painted = b"\n".join(each if isinstance(each, bytes) else str(each).encode("ascii") for each in canvas.stream)
        painted = _OPAQUE.sub(b"", painted)
        self.plain = not _NEEDS_RESOURCES.search(painted)
        self._painted = zlib.compress(_NUMBER.sub(_rounded, painted), 9)

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Return width, height in pixels and their ratio."""
        width, height, ratio = self._size
        return width, height, ratio

    def draw(self, stream: Stream, width: float, height: float, _style: object) -> None:
        """Place the drawing on the page."""
        name = stream.add_image(self, interpolate=False, ratio=1)
        stream.transform(width / self._size[0], 0, 0, height / self._size[1], 0, 0)
        stream.draw_x_object(name)

    def get_x_object(self, _interpolate: bool, _ratio: float) -> pydyf.Stream:
        """Return the drawing as a PDF object."""
        extra: dict[str, Any] = {
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": pydyf.Array([0, 0, *self._size[:2]]),
            "Resources": pydyf.Dictionary({}),
            "Filter": "/FlateDecode",
        }
        return pydyf.Stream([self._painted], extra)


def _rounded(found: re.Match[bytes]) -> bytes:
    # A hundredth of a pixel is 2.6 µm.
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".").encode("ascii")
