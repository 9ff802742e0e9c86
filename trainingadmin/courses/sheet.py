"""Reads a catalogue file: its batches, its item versions, every mistake by its cell. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from trainingadmin.courses.sheet_columns import (
    ASSESSMENT_OF,
    BATCH_ANCHORS,
    BATCH_FIELDS,
    GROUP_OF,
    ITEM_ANCHORS,
    ITEM_FIELDS,
)
from trainingadmin.courses.states import Assessment, Group
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.occupations import occupation_name, parse_occupation_code
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Cell, Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import Line, Table, find_table, header_findings, lines_of, no_table

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,39}")
_BETWEEN_GROUPS = re.compile(r"[;；、,，]")
_WORDS = 120
_Marks = tuple[Assessment, int, int, int]


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as the file has it."""

    code: str
    document: str
    published_on: date
    title: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One version of an item, every value read and folded."""

    row: int
    batch: str
    code: str
    version: int
    name: str
    occupation_code: str | None
    standard: str
    theory_hours: int
    practice_hours: int
    assessment: Assessment
    pass_mark: int
    theory_weight: int
    practice_weight: int
    certificate_type: str
    subsidy: Money
    groups: tuple[Group, ...]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """A version that the catalogue has already."""

    code: str
    name: str
    version: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: `items` without an error of their own, `lines` in all."""

    batches: tuple[BatchRow, ...]
    items: tuple[ItemRow, ...]
    findings: tuple[CellFinding, ...]
    lines: int

    @property
    def importable(self) -> bool:
        """No error anywhere, and at least one item."""
        return bool(self.items) and not has_errors(self.findings)


def read(sheets: Sequence[Sheet], known: Collection[KnownVersion] = (), batches: Collection[str] = ()) -> Reading:
    """Read the items, and the batches where a sheet of their own names them.

    `known` versions and `batches` are in the catalogue: a file may follow them and never contradict them.
    """
    table = find_table(sheets, ITEM_FIELDS, ITEM_ANCHORS)
    if table is None:
        return Reading((), (), (no_table(sheets, ("批次号", "项目代码", "项目名称")),), 0)
    findings = header_findings(table)
    if has_errors(findings):
        return Reading((), (), in_order(findings), 0)
    listed = _listed(find_table(sheets, BATCH_FIELDS, BATCH_ANCHORS), findings)
    lines = lines_of(table, "code", findings)
    if not lines:
        reason, advice = N_("表头下面没有内容"), N_("请从表头的下一行开始填写")
        head = table.header.number
        findings.append(CellFinding(head, "", "", "", Severity.ERROR, "no-lines", reason, advice, {}, table.sheet.name))
    said = [_batch(line, "") for line in lines]
    found = _batches(zip(lines, said, strict=True), listed, batches)
    read_lines = [(line, _item(line, batch)) for line, batch in zip(lines, said, strict=True)]
    items = [(line, item) for line, item in read_lines if item is not None]
    _compare_versions(items, known)
    sound = tuple(item for line, item in items if not line.failed)
    return Reading(tuple(found.values()), sound, in_order(findings), len(lines))


def _listed(table: Table | None, findings: list[CellFinding]) -> dict[str, BatchRow] | None:
    """Return the batches of the sheet that lists them; None where no sheet does."""
    if table is None:
        return None
    missing = header_findings(table)
    findings += missing
    found: dict[str, BatchRow] = {}
    for line in [] if missing else lines_of(table, "batch", findings):
        batch = _batch(line, line.read("title", _words))
        if batch is not None and batch.code in found:
            line.error("batch", "batch-twice", N_("批次号与前面的一行重复"), N_("每个批次只列一行"))
        elif batch is not None:
            found[batch.code] = batch
    return found


def _batch(line: Line, title: str | None) -> BatchRow | None:
    code, document = line.read("batch", _code), line.read("document", _words)
    published_on = line.read_cell("published_on", written.day)
    if code is None or document is None or published_on is None or title is None:
        return None
    return BatchRow(code, document, published_on, title)


def _batches(
    lines: Iterable[tuple[Line, BatchRow | None]], listed: dict[str, BatchRow] | None, taken: Collection[str]
) -> dict[str, BatchRow]:
    found: dict[str, BatchRow] = {}
    for line, said in lines:
        if said is None:
            continue
        if said.code in taken:
            advice = N_("已有的批次不能再导入；请只保留新的批次，或先作废原批次")
            line.error("batch", "batch-known", N_("目录里已有这个批次"), advice)
        if listed is not None and said.code not in listed:
            line.error(
                "batch", "batch-unlisted", N_("“批次”表里没有这个批次号"), N_("请在“批次”表里补上，或改正批次号")
            )
            continue
        whole = (listed or {}).get(said.code) or found.get(said.code) or said
        for key in ("document", "published_on"):
            if getattr(said, key) != getattr(whole, key):
                reason = N_("同一批次的%(column)s前后不一致")
                line.error(key, "batch-differs", reason, N_("请改成一致"), column=line.table.title(key))
        found.setdefault(said.code, whole)
    return found


def _item(line: Line, batch: BatchRow | None) -> ItemRow | None:
    code, name = line.read("code", _code), line.read("name", _words)
    version, groups = line.read_cell("version", _between(1, 999)), line.read("groups", _groups)
    occupation, standard = line.read("occupation_code", parse_occupation_code), line.read("standard", _words)
    hours = _hours(line)
    marks = _marks(line)
    certificate, subsidy = line.read("certificate_type", _words), line.read("subsidy", _money)
    period = _period(line)
    if occupation is not None and occupation_name(occupation) is None:
        reason = N_("本系统的职业表里没有这个职业编码")
        line.report("occupation_code", Severity.WARNING, "occupation-unknown", reason, N_("请对照职业分类大典核对"))
    if batch is None or code is None or name is None or version is None or groups is None or standard is None:
        return None
    if hours is None or marks is None or certificate is None or subsidy is None or period is None:
        return None
    return ItemRow(
        line.row.number, batch.code, code, version, name, occupation, standard, *hours, marks[0], *marks[1:], certificate, subsidy, groups,
        *period,
    )  # fmt: skip


def _hours(line: Line) -> tuple[int, int] | None:
    theory, practice, total = (
        line.read_cell(key, _between(0, 2000)) for key in ("theory_hours", "practice_hours", "hours")
    )
    if theory is None or practice is None or total is None:
        return None
    if theory + practice != total or not total:
        reason = N_("总课时不等于理论课时 %(theory)s 加实操课时 %(practice)s")
        line.error("hours", "hours-sum", reason, N_("请核对三个课时数"), theory=theory, practice=practice)
    return theory, practice


def _marks(line: Line) -> _Marks | None:
    assessment, pass_mark = line.read("assessment", _assessment), line.read_cell("pass_mark", _between(1, 100))
    theory, practice = (line.read_cell(key, _between(0, 100)) for key in ("theory_weight", "practice_weight"))
    if assessment is None or pass_mark is None or theory is None or practice is None:
        return None
    if theory + practice != 100:
        line.error("theory_weight", "weights-sum", N_("理论权重与实操权重相加不是 100"), N_("请改正两个权重"))
    elif {Assessment.THEORY: theory, Assessment.PRACTICE: practice}.get(assessment, 100) != 100:
        line.error("assessment", "weights-assessment", N_("考核方式与权重不符"), N_("只考一项的，该项权重为 100"))
    return assessment, pass_mark, theory, practice


def _period(line: Line) -> tuple[date, date | None] | None:
    valid_from, valid_to = (line.read_cell(key, written.day) for key in ("valid_from", "valid_to"))
    if valid_from is None:
        return None
    if valid_to is not None and valid_to < valid_from:
        line.error("valid_to", "period", N_("有效期止早于有效期起"), N_("请核对两个日期"))
    return valid_from, valid_to


def _compare_versions(items: Sequence[tuple[Line, ItemRow]], known: Collection[KnownVersion]) -> None:
    """Hold each version to its neighbours: numbered once, later numbers beginning later, none running into the next."""
    mine = [KnownVersion(item.code, item.name, item.version, item.valid_from, item.valid_to) for _, item in items]
    for (line, item), one in zip(items, mine, strict=True):
        others = [other for other in (*known, *mine) if other.code == item.code and other is not one]
        if any(other.version == item.version for other in others):
            line.error("version", "version-twice", N_("这个项目的这个版本已有一行"), N_("新的版本请用下一个版本号"))
            continue
        before = max((o for o in others if o.version < item.version), key=lambda o: o.version, default=None)
        if before is not None:
            _follow(line, item, before)
        # What the catalogue has already cannot be blamed on a line of its own.
        later = (other for other in known if other.code == item.code and other.version > item.version)
        after = min(later, key=lambda other: other.version, default=None)
        if after is not None and max(item.valid_from, item.valid_to or item.valid_from) >= after.valid_from:
            reason = N_("与目录里的第 %(version)s 版（%(day)s 起）有效期重叠")
            line.error(
                "valid_from", "version-overlaps", reason, "", version=after.version, day=after.valid_from.isoformat()
            )


def _follow(line: Line, item: ItemRow, before: KnownVersion) -> None:
    if item.valid_from <= before.valid_from or (before.valid_to is not None and item.valid_from <= before.valid_to):
        reason, until = N_("与第 %(version)s 版有效期重叠"), before.valid_to or before.valid_from
        advice = N_("有效期起应晚于 %(day)s")
        line.error("valid_from", "version-overlaps", reason, advice, version=before.version, day=until.isoformat())
    if item.name != before.name:
        reason = N_("项目名称与第 %(version)s 版“%(name)s”不同")
        advice = N_("同一代码应是同一项目，请核对")
        line.report("name", Severity.WARNING, "name-differs", reason, advice, version=before.version, name=before.name)


def _words(text: str) -> str:
    words = fold(text)
    if len(words) > _WORDS:
        raise Malformed("too-long", N_("文字太长，应在 120 字以内"))
    return words


def _code(text: str) -> str:
    code = fold(text).replace(" ", "")
    if not _CODE.fullmatch(code):
        raise Malformed("code-form", N_("代码只能由字母、数字和连字符组成，最长 40 位"))
    return code


def _between(least: int, most: int) -> Callable[[Cell], int]:
    def parse(cell: Cell) -> int:
        number = written.whole_number(cell)
        if not least <= number <= most:
            raise Malformed("number-range", N_("数值超出了允许的范围"))
        return number

    return parse


def _money(text: str) -> Money:
    try:
        amount = Money.parse(fold(text).replace(",", ""))
    except ValueError:
        raise Malformed("amount-form", N_("金额应为数字，最多两位小数")) from None
    if amount <= Money(0) or amount > Money.yuan(1_000_000):
        raise Malformed("number-range", N_("数值超出了允许的范围"))
    return amount


def _groups(text: str) -> tuple[Group, ...]:
    names = [name for name in (part.strip() for part in _BETWEEN_GROUPS.split(fold(text))) if name]
    if not names or not set(names) <= GROUP_OF.keys():
        raise Malformed(
            "group-unknown", N_("有不认识的人群，应为脱贫、监测、失业、农民工、两后生、退役军人、残疾人、高校毕业生")
        )
    return tuple(group for name, group in GROUP_OF.items() if name in names)


def _assessment(text: str) -> Assessment:
    found = ASSESSMENT_OF.get(fold(text).replace(" ", ""))
    if found is None:
        raise Malformed("assessment-unknown", N_("考核方式应为 理论+实操、理论 或 实操"))
    return found
