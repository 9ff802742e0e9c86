"""What a bank's answer says line by line, held against what it was sent. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trainingadmin.kernel.identifiers import mask_account, parse_account
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.names import bank_name_agrees, fold, has_wildcard
from trainingadmin.payments.bank.rows import BankRow
from trainingadmin.plumbing.spreadsheets import written
from trainingadmin.plumbing.spreadsheets.cells import Cell, Sheet
from trainingadmin.plumbing.spreadsheets.findings import CellFinding, Severity, has_errors, in_order
from trainingadmin.plumbing.spreadsheets.tables import (
    Field,
    Line,
    find_table,
    header_findings,
    lines_of,
    no_table,
)

FIELDS: tuple[Field, ...] = (
    Field("position", "序号", ("编号", "明细序号")),
    Field("account", "账号", ("收款账号", "卡号", "银行账号"), exact=True, mask=mask_account),
    Field("name", "户名", ("收款户名", "姓名", "收款人"), required=False, filled=False),
    Field("amount", "金额", ("交易金额", "发放金额")),
    Field("status", "状态", ("交易状态", "处理结果", "处理状态")),
    Field("reason", "失败原因", ("原因", "退回原因"), required=False, filled=False),
)
ANCHORS = ("position", "account", "amount", "status")

_PAID = frozenset({"成功", "交易成功", "付款成功", "已支付"})
_FAILED = frozenset({"失败", "交易失败", "付款失败", "退回", "退票"})
# Characters that older tables of GB18030 kept in the private area; banks' machines still send them so.
_FORMERLY_PRIVATE = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class AnswerLine:
    """What the bank says about one payment; `reason` is filled where it failed."""

    row: int
    position: int
    paid: bool
    reason: str
    answered_name: str
    known: bool
    """The same was answered before; nothing is left to do."""

    def __repr__(self) -> str:
        return f"AnswerLine({self.position}, {'paid' if self.paid else 'failed'})"


@dataclass(frozen=True, slots=True, repr=False)
class Stray:
    """A line that speaks of nothing that was sent."""

    row: int
    position: int
    account: str
    name: str
    amount: Money
    paid: bool
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """A bank's answer: importable as a whole or not at all."""

    lines: tuple[AnswerLine, ...]
    findings: tuple[CellFinding, ...]
    unanswered: tuple[int, ...] = ()
    """Positions sent that neither this answer nor an earlier one speaks of."""
    strays: tuple[Stray, ...] = ()

    @property
    def importable(self) -> bool:
        """No error anywhere, and at least one line."""
        return bool(self.lines) and not has_errors(self.findings)

    @property
    def fresh(self) -> tuple[AnswerLine, ...]:
        """The lines that were not answered before."""
        return tuple(line for line in self.lines if not line.known)

    @property
    def paid(self) -> int:
        """How many payments succeeded."""
        return sum(line.paid for line in self.lines)

    @property
    def failed(self) -> int:
        """How many payments failed."""
        return len(self.lines) - self.paid


@dataclass(frozen=True, slots=True)
class _Sent:
    """What the answer is held against."""

    rows: Mapping[int, BankRow]
    settled: Mapping[int, bool]
    elsewhere: Mapping[int, int]
    strays: list[Stray] = field(default_factory=list)


_FROM_BANK = N_("请上传银行返回的回单原文件，不要改动表头；回单没有模板")


def read_answer(
    sheets: Sequence[Sheet],
    sent: Sequence[BankRow],
    settled: Mapping[int, bool] | None = None,
    elsewhere: Mapping[int, int] | None = None,
) -> AnswerReading:
    """Hold an answer against what was sent: key 序号, account and amount equal, every line named once.

    A line whose 序号 was not sent settles nothing and is set apart with a warning, the others go on; one that went out
    in another file of the batch, as `elsewhere` tells by position, is an error.

    `settled` tells of the positions answered before whether they were paid; a line that says otherwise is an error.
    A failed line may carry another name, a paid one only with `?` for characters the bank cannot hold.
    """
    table = find_table(sheets, FIELDS, ANCHORS)
    if table is None:
        return AnswerReading((), (no_table(sheets, ("序号", "账号", "金额", "状态"), _FROM_BANK),))
    findings = header_findings(table, _FROM_BANK)
    told = _Sent({row.position: row for row in sent}, settled or {}, elsewhere or {})
    lines: list[AnswerLine] = []
    seen: dict[int, int] = {}
    for line in lines_of(table, "account", findings):
        answered = _answer(line, told, seen)
        if answered is not None:
            lines.append(answered)
    spoken = seen.keys() | told.settled.keys()
    left = tuple(sorted(told.rows.keys() - spoken))
    return AnswerReading(tuple(lines), in_order(findings), left, tuple(told.strays))


def _answer(line: Line, told: _Sent, seen: dict[int, int]) -> AnswerLine | None:
    position = line.read_cell("position", written.whole_number)
    account, amount = line.read("account", parse_account), line.read_cell("amount", _amount)
    paid = line.read("status", _paid)
    if position is None:
        return None
    sent = told.rows.get(position)
    if sent is None:
        _set_apart(line, told, position, account, amount, paid)
        return None
    if position in seen:
        reason, advice = N_("序号与第 %(row)s 行重复"), N_("请向银行索取正确的回执")
        line.error("position", "position-repeated", reason, advice, row=seen[position])
    seen.setdefault(position, line.row.number)
    _compare(line, sent, account, amount)
    name = fold(line.text("name").translate(_FORMERLY_PRIVATE))
    _compare_name(line, sent, name, paid)
    before = told.settled.get(position)
    if before is not None and paid is not None and before != paid:
        reason = N_("这一笔先前的回执已是另一个结果，不能改变")
        line.error("status", "contradicts-settled", reason, N_("请与银行核实"))
    if paid is None or line.failed:
        return None
    return AnswerLine(line.row.number, position, paid, _reason(line, paid), name, before is not None)


def _set_apart(
    line: Line, told: _Sent, position: int, account: str | None, amount: Money | None, paid: bool | None
) -> None:
    if position in told.elsewhere:
        reason = N_("这一笔在本批次的第 %(part)s 个文件里")
        line.error(
            "position", "position-of-another-file", reason, N_("请在那个文件下导入"), part=told.elsewhere[position]
        )
        return
    reason, advice = N_("发出的批次里没有这个序号，这一行没有入账"), N_("请与银行核实这一行")
    line.report("position", Severity.WARNING, "position-unknown", reason, advice)
    if account is not None and amount is not None and paid is not None:
        name = fold(line.text("name").translate(_FORMERLY_PRIVATE))
        told.strays.append(Stray(line.row.number, position, account, name, amount, paid, _reason(line, paid)))


def _compare(line: Line, sent: BankRow, account: str | None, amount: Money | None) -> None:
    if account not in (None, sent.account):
        line.error("account", "account-differs", N_("账号与发出的不一致"), N_("请向银行索取正确的回执"))
    if amount not in (None, sent.amount):
        line.error("amount", "amount-differs", N_("金额与发出的不一致"), N_("请向银行索取正确的回执"))


def _compare_name(line: Line, sent: BankRow, name: str, paid: bool | None) -> None:
    if not name:
        return
    if not bank_name_agrees(sent.name, name):
        severity = Severity.ERROR if paid else Severity.WARNING
        line.report("name", severity, "name-differs", N_("户名与发出的不一致"), N_("请与银行核实"))
    elif has_wildcard(name):
        reason = N_("银行写不出户名里的字，以“?”代替，请人工核对")
        line.report("name", Severity.WARNING, "name-wildcard", reason, N_("按序号、账号和金额仍是同一笔"))


def _reason(line: Line, paid: bool) -> str:
    if paid:
        return ""
    stated = line.text("reason")
    if not stated:
        line.report("reason", Severity.WARNING, "reason-missing", N_("银行没有说明失败原因"), N_("请与银行核实"))
    return stated or "银行未说明原因"


def _amount(cell: Cell) -> Money:
    try:
        return Money.parse(fold(cell.text).replace(",", "").replace(" ", ""))
    except ValueError:
        raise Malformed("amount-form", N_("金额应为最多两位小数的数字")) from None


def _paid(text: str) -> bool:
    plain = fold(text).replace(" ", "")
    if plain in _PAID:
        return True
    if plain in _FAILED:
        return False
    raise Malformed("status-unknown", N_("状态应为成功或失败"))
