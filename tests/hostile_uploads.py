"""Makes hostile and broken uploads, the same ones for the same seed: each a name, the bytes, and the code it must meet."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Iterator, Mapping
from typing import NamedTuple

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


class Upload(NamedTuple):
    """One upload and the codes by which it may be refused."""

    name: str
    data: bytes
    codes: frozenset[str]


def sheet_xml(rows: str, after: str = "", before: str = "") -> str:
    """Return a sheet's XML around its rows."""
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def parts(rows: str = "", *, sheets: int = 1, after: str = "", before: str = "") -> dict[str, str]:
    """Return the parts of a small workbook, every sheet holding the same rows."""
    names = range(1, sheets + 1)
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(f'<sheet name="表{at}" sheetId="{at}" r:id="s{at}"/>' for at in names)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        + "".join(
            f'<Relationship Id="s{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at in names
        )
        + f'<Relationship Id="t" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>姓名</t></si></sst>',
        **{f"xl/worksheets/sheet{at}.xml": sheet_xml(rows, after, before) for at in names},
    }


def zipped(content: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return the parts as a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as package:
        for name, part in content.items():
            # A fixed date: the same seed must give the same bytes.
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            package.writestr(info, part)
    return buffer.getvalue()


def workbook(rows: str = "") -> bytes:
    """Return a small workbook."""
    return zipped(parts(rows))


def text_cell(address: str, text: str = "x") -> str:
    """Return a cell with its text inline."""
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


def uploads(seed: int = 1) -> Iterator[Upload]:
    """Yield every kind of hostile or broken upload that we know of."""
    chance = random.Random(seed)
    for make in (_not_spreadsheets, _bad_packages, _bombs, _bad_xml, _bad_cells, _too_much):
        for name, data, *codes in make(chance):
            yield Upload(name, data, frozenset(codes))


def mutations(original: bytes, count: int, seed: int = 1) -> Iterator[Upload]:
    """Yield copies of an honest workbook with bytes changed, outside or inside one part; some may still be honest."""
    chance = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(original)) as package:
        inside = {name: package.read(name) for name in package.namelist()}
    for number in range(count):
        if chance.random() < 0.3:
            data = _mutated(original, chance)
        else:
            name = chance.choice(sorted(inside))
            data = zipped({**inside, name: _mutated(inside[name], chance)})
        yield Upload(f"mutation-{number}", data, frozenset())


def _mutated(original: bytes, chance: random.Random) -> bytes:
    data = bytearray(original)
    at = chance.randrange(len(data))
    match chance.randrange(4):
        case 0:
            for _ in range(chance.randrange(1, 6)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        case 1:
            del data[at:]
        case 2:
            del data[at : at + chance.randrange(1, 20)]
        case _:
            data[at:at] = data[: chance.randrange(1, 200)]
    return bytes(data)


Made = Iterator[tuple[str, bytes, *tuple[str, ...]]]


def _not_spreadsheets(chance: random.Random) -> Made:
    yield "empty", b"", "empty"
    yield "too-big", b"PK\x03\x04" + bytes(5 * 1024 * 1024), "too-big"
    yield "old-xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old-or-encrypted"
    yield "noise", b"\x00" + chance.randbytes(4000), "not-a-spreadsheet", "encoding"
    yield "pdf", b"%PDF-1.7\n\x00\xff" + chance.randbytes(900), "not-a-spreadsheet", "encoding"
    yield "picture", b"\xff\xd8\xff\xe0\x00\x10JFIF" + chance.randbytes(900), "not-a-spreadsheet", "encoding"
    yield "text-with-zeros", "姓名,身份证号\n张三\0,1".encode(), "not-a-spreadsheet"
    yield "broken-gb18030", "姓名,身份证号\n张三".encode("gb18030")[:-1], "encoding"
    yield "open-quote", '姓名,身份证号\n"张三,1\n'.encode() * 3, "broken"
    yield "csv-too-long", b"a,b\n" * 20_001, "too-many-rows"
    yield "csv-too-wide", b"a," * 129 + b"\n", "too-many-columns"
    yield "csv-one-giant-cell", b"a," + b"x" * 40_000, "too-much-content"


def _bad_packages(chance: random.Random) -> Made:
    honest = workbook(f'<row r="1">{text_cell("A1")}</row>')
    yield "cut-off", honest[: len(honest) // 2], "broken"
    yield "no-directory", honest[:200], "broken"
    yield "only-magic", b"PK\x03\x04", "broken"
    yield "bad-crc", _with_wrong_crc(honest), "broken"
    yield "word-document", zipped({"word/document.xml": "<document/>"}), "not-a-workbook"
    yield "binary-workbook", zipped({"xl/workbook.bin": b"\x83\x01"}), "not-a-workbook"
    yield "macros", zipped({**parts(), "xl/vbaProject.bin": "x"}), "macros"
    yield "encrypted-members", _with_flag(honest, 0x1), "encrypted", "broken"
    yield "too-many-members", zipped({**parts(), **{f"xl/media/{n}.txt": "" for n in range(250)}}), "too-many-members"
    yield "same-member-twice", _with_member_twice(parts()), "broken"
    yield "lzma-member", zipped(parts(), zipfile.ZIP_LZMA), "broken"
    yield "bzip2-member", zipped(parts(), zipfile.ZIP_BZIP2), "broken"
    yield "no-relations", zipped({"xl/workbook.xml": f'<workbook xmlns="{MAIN}"/>'}), "broken"
    yield "no-sheets", zipped({**parts(), "xl/workbook.xml": f'<workbook xmlns="{MAIN}"/>'}), "no-sheets"
    yield "sheet-not-there", zipped({k: v for k, v in parts().items() if "sheet1" not in k}), "broken"
    outside = parts()
    outside["xl/_rels/workbook.xml.rels"] = outside["xl/_rels/workbook.xml.rels"].replace(
        "worksheets/sheet1.xml", "../../../../etc/passwd"
    )
    yield "sheet-outside", zipped(outside), "broken"


def _bombs(chance: random.Random) -> Made:
    blank = " " * (30 * 1024 * 1024)
    yield "bomb-in-sheet", workbook(blank), "bomb"
    yield "bomb-in-unread-part", zipped({**parts(), "xl/media/a.txt": blank}), "bomb"
    yield "bomb-in-many-parts", zipped({**parts(), **{f"x/{n}": blank[: 2**20] for n in range(100)}}), "bomb"
    yield "bomb-that-lies-about-its-size", _with_small_size(workbook(blank)), "bomb", "broken"
    long = "长" * 30_000
    rows = "".join(f'<row r="{n}">' + f'<c r="A{n}" t="s"><v>0</v></c>' + "</row>" for n in range(1, 20_000))
    shared = f'<sst xmlns="{MAIN}"><si><t>{long}</t></si></sst>'
    content = {**parts(rows), "xl/sharedStrings.xml": shared}
    yield "one-long-text-everywhere", zipped(content), "too-much-content"


def _bad_xml(chance: random.Random) -> Made:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    dtd = f'<!DOCTYPE w [<!ENTITY l0 "lol">{laughs}]>'
    cell = text_cell("A1", "&l9;")
    yield "billion-laughs", zipped(parts(f'<row r="1">{cell}</row>', before=dtd)), "dtd"
    outer = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield "outer-entity", zipped(parts(f'<row r="1">{text_cell("A1", "&x;")}</row>', before=outer)), "dtd"
    yield "dtd-in-unread-part", zipped({**parts(), "xl/drawings/d.xml": outer + "<w/>"}), "dtd"
    yield "dtd-in-utf-16", zipped({**parts(), "docProps/app.xml": (outer + "<w/>").encode("utf-16")}), "dtd"
    yield "dtd-behind-a-long-comment", zipped(parts(before=f"<!--{'x' * 9000}-->" + outer)), "dtd"
    yield "unclosed", zipped({**parts(), "xl/worksheets/sheet1.xml": "<worksheet><sheetData><row>"}), "broken"
    yield "not-xml", zipped({**parts(), "xl/worksheets/sheet1.xml": chance.randbytes(500)}), "broken"
    yield (
        "unknown-encoding",
        zipped({**parts(), "xl/worksheets/sheet1.xml": '<?xml version="1.0" encoding="x-no"?><w/>'}),
        "broken",
    )
    yield "undeclared-entity", workbook(f'<row r="1">{text_cell("A1", "&nbsp;")}</row>'), "broken"


def _bad_cells(chance: random.Random) -> Made:
    def one(cell: str, row: str = "1") -> bytes:
        return workbook(f'<row r="{row}">{cell}</row>')

    yield "last-cell-of-all", one(text_cell("XFD1048576"), "1048576"), "too-many-columns", "too-many-rows"
    yield "far-row", one(text_cell("A20001"), "20001"), "too-many-rows"
    yield "far-column", one(text_cell("DY1")), "too-many-columns"
    yield "row-beyond-the-grid", one(text_cell("A9999999"), "9999999"), "broken"
    yield "column-beyond-the-grid", one(text_cell("ZZZ1")), "broken"
    yield "senseless-address", one(text_cell("1A")), "broken"
    yield "lower-case-address", one(text_cell("a1")), "broken"
    yield "address-of-another-row", one(text_cell("A2")), "broken"
    yield "negative-row", one(text_cell("A1"), "-1"), "broken"
    yield "huge-row-number", one(text_cell("A1"), "9" * 5000), "broken"
    yield "rows-backwards", workbook('<row r="2"/><row r="1"/>'), "broken"
    yield "same-cell-twice", one(text_cell("A1") * 2), "broken"
    yield "text-that-is-not-there", one('<c r="A1" t="s"><v>7</v></c>'), "broken"
    yield "text-number-no-number", one('<c r="A1" t="s"><v>x</v></c>'), "broken"
    yield "number-no-number", one('<c r="A1"><v>abc</v></c>'), "broken"
    yield "number-without-end", one('<c r="A1"><v>1e999</v></c>'), "broken"
    yield "number-not-a-number", one('<c r="A1"><v>nan</v></c>'), "broken"
    yield "date-no-date", one('<c r="A1" t="d"><v>gestern</v></c>'), "broken"
    yield "text-too-long", one(text_cell("A1", "x" * 32_768)), "too-much-content"


def _too_much(chance: random.Random) -> Made:
    yield "nine-sheets", zipped(parts(sheets=9)), "too-many-sheets"
    merges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 6000))
    yield "thousands-of-merges", zipped(parts(after=f"<mergeCells>{merges}</mergeCells>")), "too-much-content"
    tags = "".join(f'<c s="{chance.randrange(100)}"/>' for _ in range(1_000))
    yield "millions-of-empty-cells", workbook(f"<row>{tags}</row>" * 3_500), "too-much-content", "bomb"
    cells = "".join(f"<c><v>{chance.randrange(10**4)}</v></c>" for _ in range(120))
    yield "a-million-cells", workbook(f"<row>{cells}</row>" * 8_000), "too-much-content", "bomb"


def _with_wrong_crc(data: bytes) -> bytes:
    at = data.rindex(b"PK\x01\x02")
    return data[: at + 16] + struct.pack("<I", 7) + data[at + 20 :]


def _with_flag(data: bytes, flag: int) -> bytes:
    changed = bytearray(data)
    at = data.index(b"PK\x01\x02")
    while at >= 0:
        changed[at + 8] |= flag
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(changed)


def _with_member_twice(content: Mapping[str, str]) -> bytes:
    spare = "xl/workbook.xm_"
    return zipped({**content, spare: content["xl/workbook.xml"]}).replace(spare.encode(), b"xl/workbook.xml")


def _with_small_size(data: bytes) -> bytes:
    changed = bytearray(data)
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.find(mark)
        while at >= 0:
            changed[at + offset : at + offset + 4] = struct.pack("<I", 100)
            at = data.find(mark, at + 1)
    return bytes(changed)
