"""Thins the outlines of a TrueType font: drops the points whose absence no reader can see."""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import Any

import numpy as np
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import GlyphCoordinates
from numpy.typing import NDArray

Point = tuple[float, float, int]
Path = NDArray[np.float64]

STEPS = 5  # chords a curve is judged by
REACH = 3  # points to either side that a change can move
SMALLEST = 2 * REACH + 2  # contours with fewer points are left alone


def thin(font: TTFont, tolerance: float) -> tuple[int, int]:
    """Thin every simple glyph in place, no outline straying over `tolerance` units; return the points before and after."""
    before = after = 0
    glyphs = font["glyf"]
    for name in font.getGlyphOrder():
        glyph = glyphs[name]
        if glyph.numberOfContours > 0:
            contours = contours_of(glyph)
            thinner = [thinned(contour, tolerance) for contour in contours]
            store(glyph, thinner)
            glyph.recalcBounds(glyphs)
            before += sum(map(len, contours))
            after += sum(map(len, thinner))
    return before, after


def thinned(contour: list[Point], tolerance: float) -> list[Point]:
    """Return the contour with points dropped, or control points joined, wherever that fits the original."""
    original = _polyline([*contour, *contour[: REACH + 1]])
    current, place, quiet = list(contour), 0, 0
    while len(current) >= SMALLEST and quiet < len(current):
        window = [current[(place + step) % len(current)] for step in range(-REACH, REACH + 1)]
        for shorter in _shorter(window):
            if _fits(shorter, window, original, tolerance):
                current = _with(current, place, shorter)
                place, quiet = (place - 2) % len(current), 0
                break
        else:
            place, quiet = (place + 1) % len(current), quiet + 1
    return current


def _shorter(window: list[Point]) -> list[list[Point]]:
    """Return the window with fewer points in its middle: control points joined first, then the middle one dropped."""
    head, (b, c, d), tail = window[: REACH - 1], window[REACH - 1 : REACH + 2], window[REACH + 2 :]
    found = []
    if not b[2] and c[2] and not d[2] and (joined := _meeting(head[-1], b, d, tail[0])):
        found.append([*head, joined, *tail])
    if not c[2] and not d[2] and (joined := _meeting(b, c, d, tail[0])):
        found.append([*head, b, joined, *tail])
    found.append([*head, b, d, *tail])
    return found


def _meeting(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Return the control point, rounded, where the ray a→b meets the ray d→c."""
    ux, uy, vx, vy = b[0] - a[0], b[1] - a[1], c[0] - d[0], c[1] - d[1]
    cross = ux * vy - uy * vx
    if abs(cross) < 1:
        return None
    wx, wy = d[0] - a[0], d[1] - a[1]
    along, back = (wx * vy - wy * vx) / cross, (wx * uy - wy * ux) / cross
    return (round(a[0] + along * ux), round(a[1] + along * uy), 0) if along > 0 and back > 0 else None


def _fits(shorter: list[Point], window: list[Point], original: Path, tolerance: float) -> bool:
    new = _polyline(shorter)
    if len(new) < 2 or not _stray(_polyline(window), new, tolerance):
        return False
    near = _near(original, new.min(axis=0) - tolerance, new.max(axis=0) + tolerance)
    return len(near) > 1 and _stray(new, near, tolerance)


def _near(path: Path, low: Path, high: Path) -> Path:
    """Return the stretch of `path` between its first and last visit to a box; shorter to search, and never too short."""
    inside = ((np.maximum(path[:-1], path[1:]) >= low) & (np.minimum(path[:-1], path[1:]) <= high)).all(axis=1)
    visited = np.flatnonzero(inside)
    return path[visited[0] : visited[-1] + 2] if len(visited) else path[:0]


def _stray(points: Path, path: Path, tolerance: float) -> bool:
    """Return whether every one of `points` lies within `tolerance` of the polyline `path`."""
    start, along = path[:-1], path[1:] - path[:-1]
    length = np.maximum((along * along).sum(axis=1), 1e-9)
    offset = points[:, None, :] - start
    share = np.clip((offset * along).sum(axis=2) / length, 0, 1)
    rest = offset - share[:, :, None] * along
    return bool((rest * rest).sum(axis=2).min(axis=1).max() <= tolerance * tolerance)


def _polyline(points: list[Point]) -> Path:
    """Return the stretch of outline that these neighbouring points fix entirely, as chords."""
    full: list[Point] = []
    for here, after in zip(points, [*points[1:], None], strict=True):
        full.append(here)
        if after and not here[2] and not after[2]:
            full.append(((here[0] + after[0]) / 2, (here[1] + after[1]) / 2, 1))
    on = [i for i, point in enumerate(full) if point[2]]
    if not on:
        return np.zeros((0, 2))
    lines, place = [full[on[0]][:2]], on[0]
    while place < on[-1]:
        if full[place + 1][2]:
            lines.append(full[place + 1][:2])
            place += 1
        else:
            lines.extend(_chords(*full[place : place + 3]))
            place += 2
    return np.array(lines)


def _chords(a: Point, b: Point, c: Point) -> list[tuple[float, float]]:
    found = []
    for step in range(1, STEPS + 1):
        t = step / STEPS
        p, q, r = (1 - t) ** 2, 2 * t * (1 - t), t * t
        found.append((p * a[0] + q * b[0] + r * c[0], p * a[1] + q * b[1] + r * c[1]))
    return found


def _with(contour: list[Point], place: int, window: list[Point]) -> list[Point]:
    size = len(contour)
    first = (place - REACH) % size
    rest = [contour[(first + step) % size] for step in range(2 * REACH + 1, size)]
    whole = [*window, *rest]
    turn = first % len(whole)  # keep the points roughly where they were, so that the walk goes on from here
    return whole[-turn:] + whole[:-turn] if turn else whole


def contours_of(glyph: Any) -> list[list[Point]]:
    """Return a simple glyph's contours."""
    points = [(x, y, flag & 1) for (x, y), flag in zip(glyph.coordinates, glyph.flags, strict=True)]
    starts = [0, *(end + 1 for end in glyph.endPtsOfContours)]
    return [points[start:end] for start, end in pairwise(starts)]


def store(glyph: Any, contours: list[list[Point]]) -> None:
    """Give a simple glyph other contours."""
    points = [point for contour in contours for point in contour]
    glyph.coordinates = GlyphCoordinates([(int(x), int(y)) for x, y, _ in points])
    glyph.flags = array("B", [flag for _, _, flag in points])
    ends, last = [], -1
    for contour in contours:
        last += len(contour)
        ends.append(last)
    glyph.endPtsOfContours = ends
