"""Writes a batch as the file that a bank takes: one small writer per layout, chosen by name. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import Money, total
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.payments.bank.rows import BankRow, plain
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, Value, write_csv, write_table

ENCODING = "gb18030"


class Layout(StrEnum):
    """The kinds of file that banks take."""

    XLSX = "xlsx"
    CSV = "csv"
    CARD = "card"


@dataclass(frozen=True, slots=True, repr=False)
class BankFile:
    """One file to hand to the bank."""

    name: str
    data: bytes
    rows: int
    total: Money


@dataclass(frozen=True, slots=True)
class Writer:
    """How one bank wants its file: its name on the button, the columns and what stands in them.

    With an `encoding` it is a CSV file, and a character the encoding cannot hold is refused; without, a workbook.
    """

    label: str
    suffix: str
    media: str
    columns: tuple[Column, ...]
    values: Callable[[BankRow], tuple[Value, ...]]
    sheet: str = ""
    encoding: str | None = None

    def write(self, rows: Sequence[BankRow], encoding: str) -> bytes:
        """Return the bytes of one file."""
        values = (self.values(row) for row in rows)
        if self.encoding is None:
            return write_table(self.columns, values, sheet=self.sheet)
        # A machine reads it: a mark against formulas would be taken for part of the account or name.
        return write_csv(self.columns, values, encoding=encoding, guarded=False)


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_GENERIC = (
    Column("序号", Form.NUMBER, 8),
    Column("账号", Form.TEXT, 24),
    Column("户名", Form.TEXT, 24),
    Column("开户行", Form.TEXT, 28),
    Column("金额", Form.MONEY, 14),
    Column("用途", Form.TEXT, 20),
    Column("备注", Form.TEXT, 24),
)
_CARD = (
    Column("序号", Form.NUMBER, 8),
    Column("姓名", Form.TEXT, 16),
    Column("社会保障卡账号", Form.TEXT, 24),
    Column("开户银行", Form.TEXT, 28),
    Column("补贴项目", Form.TEXT, 24),
    Column("发放金额", Form.MONEY, 14),
    Column("备注", Form.TEXT, 24),
)


def _generic(row: BankRow) -> tuple[Value, ...]:
    return row.position, row.account, row.name, row.bank, row.amount, row.purpose, row.remark


def _card(row: BankRow) -> tuple[Value, ...]:
    return row.position, row.name, row.account, row.bank, row.purpose, row.amount, row.remark


WRITERS: Mapping[Layout, Writer] = {
    Layout.XLSX: Writer(N_("Excel"), "xlsx", _XLSX, _GENERIC, _generic, sheet="代发明细"),
    Layout.CSV: Writer(N_("CSV，GB18030"), "csv", "text/csv", _GENERIC, _generic, encoding=ENCODING),
    Layout.CARD: Writer(N_("一卡通发放清册"), "xlsx", _XLSX, _CARD, _card, sheet="一卡通发放清册"),
}


def file(rows: Sequence[BankRow], layout: Layout, stem: str, *, encoding: str = ENCODING) -> BankFile:
    """Return rows as one file named by `stem`, account numbers as text.

    Refusal `bank-no-rows`, `bank-position-repeated`, or `bank-character` for what the bank's `encoding` cannot hold.
    """
    writer = WRITERS[layout]
    _refuse_unfit(rows, encoding if writer.encoding else None)
    stem = f"{stem}-{layout.value}" if layout is Layout.CARD else stem
    return BankFile(
        f"{stem}.{writer.suffix}", writer.write(rows, encoding), len(rows), total(row.amount for row in rows)
    )


def _refuse_unfit(rows: Sequence[BankRow], encoding: str | None) -> None:
    if not rows:
        raise Refusal("bank-no-rows", N_("批次里没有可发放的明细"))
    if len({row.position for row in rows}) != len(rows):
        raise Refusal("bank-position-repeated", N_("批次里有重复的序号"))
    for row in rows if encoding else ():
        for character in "".join(plain(row)):
            if not _fits(character, encoding or ENCODING):
                reason = N_("第 %(position)s 笔的“%(character)s”不能写入银行文件，请联系银行确认该户名的写法")
                raise Refusal("bank-character", reason, position=row.position, character=character)


def _fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return character.isprintable()
