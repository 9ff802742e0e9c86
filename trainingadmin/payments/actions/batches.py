"""Batches: composed by one person, released by another for exactly the rows they saw, cancelled, issued again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainingadmin.claims import actions as claims
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import Money, total
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.payments import bankfile, queries, remittance
from trainingadmin.payments.actions import budgets
from trainingadmin.payments.actions.planning import drop_advance
from trainingadmin.payments.models import Batch, Due, Payment
from trainingadmin.payments.queries import dues as dues_of
from trainingadmin.payments.queries import locks, planning, rows
from trainingadmin.payments.states import BATCH, DUE, PAYMENT, DueKind, DueState, PaymentState
from trainingadmin.people.models import Organisation
from trainingadmin.plumbing import clock, journal, serials
from trainingadmin.plumbing.database import bulk_insert, db, move_rows, write_rows
from trainingadmin.schemes import SCHEMES

MOST_ROWS = bankfile.ROWS_PER_FILE


@dataclass(frozen=True, slots=True)
class Account:
    """Whose money a batch is: one office's, for one scheme and kind, from one source and budget item."""

    office_code: str
    scheme: str
    kind: DueKind
    funding_source: str
    budget_item: str


def compose(account: Account, due_ids: Collection[int], *, by: Actor) -> Batch:
    """Put open dues into a new batch; payee facts are copied now and never follow later changes.

    Refusals `move-role`, `nothing-chosen`, `too-many-rows`, `funding-source-missing`, `budget-item-missing`,
    `due-not-open` when somebody was faster, `mixed-batch`, `budget-line-unknown`, `budget-exceeded`, `payee-account-missing`, `relative`.
    """
    dues = _take(due_ids, by, DueState.OPEN)
    return _compose(account, dues, by)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a preparer ticked: whole groups as they were seen (`Group.key`), or single dues; and where the money is from."""

    groups: Sequence[str]
    due_ids: Sequence[int]
    funding_source: str
    budget_item: str


def compose_chosen(choice: Choice, *, by: Actor) -> Batch:
    """Compose what was ticked on a page; refusals as `compose`, and `payables-changed` when a group is not what was seen."""
    whole = dues_of.open_dues(choice.groups, by)
    if whole is None:
        raise Refusal("payables-changed", N_("待拨付清单在您打开页面后有变化，请核对后重新勾选。"), field="groups")
    wanted = [*whole, *dues_of.by_ids(choice.due_ids, by)]
    if not wanted or len(wanted) < len(whole) + len(set(choice.due_ids)):
        raise Refusal("nothing-chosen", N_("请先勾选要拨付的款项。"), field="groups")
    one = wanted[0]
    account = Account(one.office_code, one.scheme, one.kind, choice.funding_source, choice.budget_item)
    return compose(account, {due.id for due in wanted}, by=by)


def compose_again(failed: Batch, note: str, *, by: Actor) -> Batch:
    """Issue the failed lines of a batch again, to the payees' accounts as they are now, linked to what they follow.

    Refusals as `compose`, `nothing-failed`, and `account-unchanged` while a payee's account is still the one that
    failed and no note says why it should work now.
    """
    batch = locks.batch(failed.id)
    due_ids = rows.failed_dues(batch.id)
    if not due_ids:
        raise Refusal("nothing-failed", N_("这个批次没有需要重发的款项。"))
    dues = _take(due_ids, by, DueState.FAILED)
    _refuse_unchanged(dues, rows.latest_payments(due_ids, PaymentState.FAILED), note)
    # A follow-up that was cancelled is a link of the chain too.
    former = rows.latest_payments(due_ids, PaymentState.FAILED, PaymentState.CANCELLED)
    account = Account(batch.office_code, batch.scheme, batch.kind, batch.funding_source, batch.budget_item)
    return _compose(account, dues, by, follows=batch, former=former, note=note)


def _take(due_ids: Collection[int], by: Actor, state: DueState) -> list[Due]:
    """Lock the dues and everything above them; refuse unless all are still where the preparer saw them."""
    if not by.has(Role.PREPARER):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))
    if not due_ids:
        raise Refusal("nothing-chosen", N_("请先勾选要拨付的款项。"), field="groups")
    if len(due_ids) > MOST_ROWS:
        raise Refusal("too-many-rows", N_("一个批次最多 %(most)s 笔，请分批制单。"), most=MOST_ROWS)
    dues = hold(due_ids)
    if any(due.state is not state or due.kind is DueKind.RECOVERY for due in dues) or len(dues) < len(set(due_ids)):
        raise Refusal("due-not-open", N_("所选款项有变化，可能已被他人列入批次，请刷新后重新选择。"))
    if rows.names_relative(due_ids, by):
        raise Refusal("relative", N_("所选款项涉及您本人或已申报的亲属，须回避，由其他人办理。"))
    return dues


def move_dues(dues: Sequence[Due], name: str, *, by: Actor) -> None:
    """Move locked dues by one of DUE's moves, in one statement a chunk; refusals as `Lifecycle.check`."""
    for due in dues:
        DUE.check(name, state=due.state, actor=by, past=())
    move_rows(dues, state=DUE.moves[name].target)


def hold(due_ids: Collection[int]) -> list[Due]:
    """Lock dues after the filings and claims they belong to."""
    filings, requests = planning.chain_of(due_ids)
    locks.cohorts(filings)
    locks.claims(requests)
    return locks.dues(due_ids)


def _compose(
    account: Account,
    dues: Sequence[Due],
    by: Actor,
    *,
    follows: Batch | None = None,
    former: Mapping[int, Payment] | None = None,
    note: str = "",
) -> Batch:
    batch = _batch(account, dues, follows, by)
    db.session.add(batch)
    db.session.flush()
    bulk_insert(Payment, _payments(batch, dues, former or {}))
    move_dues(dues, "batch_again" if follows else "batch", by=by)
    batch.digest = remittance.digest(remittance.rows(batch.id))
    claims.move_lines(rows.lines([due.id for due in dues]), "pay", by=by, note=batch.number)
    facts = {"number": batch.number, "count": batch.count, "total": str(batch.total), "digest": batch.digest}
    journal.record("compose", f"batches:{batch.id}", by=by, **facts, follows=batch.follows_id, note=note.strip())
    return batch


def _batch(account: Account, dues: Sequence[Due], follows: Batch | None, by: Actor) -> Batch:
    _refuse_terms(account, dues)
    _refuse_payees(rows.payees(dues))
    source, item = account.funding_source.strip(), account.budget_item.strip()
    amount = total(due.amount - due.offset for due in dues)
    line_id = budgets.take(account.office_code, source, item, amount)
    return Batch(
        number=_number(account.office_code),
        scheme=account.scheme,
        kind=account.kind,
        office_code=account.office_code,
        funding_source=source,
        budget_item=item,
        budget_line_id=line_id,
        count=len(dues),
        total=amount,
        digest="",
        follows_id=follows.id if follows else None,
        composed_by=by.id,
        composed_human=by.human,
        composed_name=by.name,
        composed_at=clock.now(),
    )


def _number(office_code: str) -> str:
    year = clock.today().year
    return f"PAY-{office_code}-{year}-{serials.take('batch', office_code, year)[0]:04d}"


def _refuse_terms(account: Account, dues: Sequence[Due]) -> None:
    if any(
        (due.office_code, due.scheme, due.kind) != (account.office_code, account.scheme, account.kind) for due in dues
    ):
        raise Refusal("mixed-batch", N_("一个批次只能包含同一经办机构、同一补贴项目、同一类款项。"))
    if not account.funding_source.strip() or "/" in account.funding_source:
        raise Refusal("funding-source-missing", N_("请填写资金来源，不要使用“/”。"), field="funding_source")
    if not account.budget_item.strip():
        raise Refusal("budget-item-missing", N_("请填写预算科目。"), field="budget_item")


def _refuse_payees(payees: Collection[Organisation]) -> None:
    unready = [firm.name for firm in payees if not (firm.payee_name and firm.payee_account and firm.payee_bank)]
    if unready:
        raise Refusal(
            "payee-account-missing",
            N_("%(firms)s 还没有登记完整的收款户名、账号和开户行，请通知其补充后再制单。"),
            firms="、".join(sorted(unready)),
        )


def _refuse_unchanged(dues: Sequence[Due], former: Mapping[int, Payment], note: str) -> None:
    if note.strip():
        return
    payees = {firm.id: firm for firm in rows.payees(dues)}
    same = {
        payees[due.payee_id].name
        for due in dues
        if _snapshot(payees[due.payee_id])
        == (former[due.id].payee_name, former[due.id].payee_account, former[due.id].payee_bank)
    }
    if same:
        raise Refusal(
            "account-unchanged",
            N_("%(firms)s 的收款账户自上次失败后没有变化。请先更正账户，或写明为什么可以按原账户重发。"),
            field="note",
            firms="、".join(sorted(same)),
        )


def _snapshot(payee: Organisation) -> tuple[str, str, str]:
    return payee.payee_name, payee.payee_account or "", payee.payee_bank


def _payments(batch: Batch, dues: Sequence[Due], former: Mapping[int, Payment]) -> list[dict[str, Any]]:
    payees = {firm.id: _snapshot(firm) for firm in rows.payees(dues)}
    places = rows.places([due.id for due in dues])
    ordered = sorted(dues, key=lambda due: (due.payee_id, due.cohort_id, places[due.id].position, due.id))
    return [
        {
            "batch_id": batch.id,
            "due_id": due.id,
            "position": position,
            "person_id": places[due.id].person_id,
            "payee_name": payees[due.payee_id][0],
            "payee_account": payees[due.payee_id][1],
            "payee_bank": payees[due.payee_id][2],
            "amount": due.amount - due.offset,
            "purpose": SCHEMES[batch.scheme].label_zh,
            "state": PaymentState.PENDING,
            "follows_id": former[due.id].id if due.id in former else None,
        }
        for position, due in enumerate(ordered, start=1)
    ]


def release(batch: Batch, *, count: int, total: Money, digest: str, by: Actor) -> None:
    """Let exactly the rows that were seen go to the bank: another human, bound to their count, total and digest.

    Refusals as `Lifecycle.check` (`move-same-person` for who composed it), `relative`, and `batch-changed` when the
    rows are not the ones that were composed, or not the ones that were seen.
    """
    batch = locks.batch(batch.id)
    allowed = BATCH.check("release", state=batch.state, actor=by, past=queries.hands(batch))
    sent = remittance.rows(batch.id)
    now = (len(sent), Money(sum(row.amount.fen for row in sent)), remittance.digest(sent))
    if not now == (batch.count, batch.total, batch.digest) == (count, total, digest):
        raise Refusal("batch-changed", N_("批次明细与制单时不一致，不能复核。请撤销本批次并报告管理员。"))
    if rows.names_relative(rows.due_ids(batch.id), by):
        raise Refusal("relative", N_("本批次涉及您本人或已申报的亲属，须回避，由其他人办理。"))
    batch.state = allowed.target
    batch.released_by, batch.released_human, batch.released_name = by.id, by.human, by.name
    batch.released_at = clock.now()
    journal.record("release", f"batches:{batch.id}", by=by, count=count, total=str(total), digest=digest)


def cancel(batch: Batch, note: str, *, by: Actor) -> None:
    """Take a batch back before its release; its dues wait again. Refusals as `Lifecycle.check` (`move-note`)."""
    batch = locks.batch(batch.id)
    allowed = BATCH.check("cancel", state=batch.state, actor=by, past=queries.hands(batch), note=note)
    due_ids = rows.due_ids(batch.id)
    back = "fail" if batch.follows_id else "reopen"
    move_dues(hold(due_ids), back, by=by)
    made = rows.payments(batch.id)
    ended = [{"state": PAYMENT.check("cancel", state=one.state, actor=by, past=()).target} for one in made]
    write_rows(made, ended)
    batch.state = allowed.target
    db.session.flush()
    claims.move_lines(rows.lines(due_ids), "fail" if batch.follows_id else "recall", by=by, note=note)
    journal.record("cancel", f"batches:{batch.id}", by=by, note=note.strip())


def cancel_due(due: Due, note: str, *, by: Actor) -> None:
    """Drop an advance that is not on its way to the bank; the claim may then go on without it.

    Refusals `due-not-open`, and as `Lifecycle.check` (`move-role`, `move-note`).
    """
    (due,) = hold([due.id])
    if due.kind is not DueKind.ADVANCE or due.state not in (DueState.OPEN, DueState.FAILED):
        raise Refusal("due-not-open", N_("只有尚未列入批次的预支款可以取消。"))
    drop_advance(due, note, by=by)


def note_export(batch: Batch, form: str, *, by: Actor) -> None:
    """Note that somebody took the file with the full account numbers; refusal `not-released` before the release."""
    if batch.released_at is None:
        raise Refusal("not-released", N_("复核通过后才能下载银行文件。"))
    journal.record("export-bank-file", f"batches:{batch.id}", by=by, form=form, digest=batch.digest)
