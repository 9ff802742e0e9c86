"""Draws the demonstration seal of the documents as outlines, so that no reader needs a font for it."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from outlines import contours_of, store

ROOT = Path(__file__).parents[2]
FONT = ROOT / "trainingadmin" / "fonts" / "LXGWWenKai-trainingadmin.ttf"
TARGET = ROOT / "templates" / "documents" / "seal.svg"
AROUND = "示例市人力资源和社会保障局"
BELOW = "演示专用章"
# A seal of an office measures 42 mm; the drawing counts twentieths of a millimetre around its centre, in whole numbers.
RADIUS = 420
ARC_RADIUS, ARC_DEGREES, ARC_SIZE = 304, 236, 86
BELOW_SIZE, BELOW_Y = 68, 224
TOLERANCE = 1.5
RED = "#c8161d"


def outline(font: TTFont, character: str, size: float, turn: float, place: tuple[float, float]) -> str:
    """Return the path of `character`, centred at `place` above its baseline, turned by `turn` radians."""
    name = font.getBestCmap()[ord(character)]
    scale = size / font["head"].unitsPerEm
    half = font["hmtx"][name][0] * scale / 2
    cos, sin = math.cos(turn), math.sin(turn)
    x, y = place[0] - half * cos, place[1] - half * sin
    pen = SVGPathPen(None, ntos=lambda number: f"{number:.0f}")
    cubic = Qu2CuPen(pen, TOLERANCE, all_cubic=True)
    _anchor(font["glyf"][name])
    font.getGlyphSet()[name].draw(TransformPen(cubic, (scale * cos, scale * sin, scale * sin, -scale * cos, x, y)))
    return str(pen.getCommands())


def _anchor(glyph: Any) -> None:
    """Give every contour a point on the curve, which the pen that joins curves needs to start from."""
    contours = contours_of(glyph)
    for contour in contours:
        if not any(point[2] for point in contour):
            (ax, ay, _), (bx, by, _) = contour[-1], contour[0]
            contour.insert(0, ((ax + bx) / 2, (ay + by) / 2, 1))
    store(glyph, contours)


def around(font: TTFont) -> list[str]:
    """Return the paths of the office's name along the rim, its middle on top."""
    paths = []
    step = math.radians(ARC_DEGREES) / (len(AROUND) - 1)
    for position, character in enumerate(AROUND):
        turn = (position - (len(AROUND) - 1) / 2) * step
        paths.append(
            outline(font, character, ARC_SIZE, turn, (ARC_RADIUS * math.sin(turn), -ARC_RADIUS * math.cos(turn)))
        )
    return paths


def below(font: TTFont) -> list[str]:
    """Return the paths of the seal's purpose, set straight under the star."""
    first = -(len(BELOW) - 1) * BELOW_SIZE / 2
    return [
        outline(font, character, BELOW_SIZE, 0, (first + i * BELOW_SIZE, BELOW_Y)) for i, character in enumerate(BELOW)
    ]


def star(radius: float) -> str:
    """Return the five-pointed star in the middle."""
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = corner * math.pi / 5
        points.append(f"{reach * math.sin(angle):.0f} {-reach * math.cos(angle):.0f}")
    return f"M{'L'.join(points)}Z"


def main() -> int:
    """Write the drawing."""
    font = TTFont(FONT)
    paths = "".join([star(116), *around(font), *below(font)])
    TARGET.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="42mm" height="42mm" viewBox="{-RADIUS} {-RADIUS} {2 * RADIUS} {2 * RADIUS}">'
        f'<circle r="{RADIUS - 12}" fill="none" stroke="{RED}" stroke-width="18"/><path fill="{RED}" d="{paths}"/></svg>\n',
        encoding="utf-8",
    )
    sys.stdout.write(f"{TARGET.name}: {TARGET.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
