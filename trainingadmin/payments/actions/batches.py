"""Batches: composed by one person, checked and released by another for exactly the rows they saw, cancelled, issued again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainingadmin.claims import actions as claims
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import Money, total
from trainingadmin.kernel.names import same_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.payments import queries
from trainingadmin.payments.actions import budgets, deaths
from trainingadmin.payments.actions.following import follow_dues, hold, hold_rows, move_dues, refuse_in_batch
from trainingadmin.payments.actions.planning import drop_advance
from trainingadmin.payments.bank import remittance
from trainingadmin.payments.models import Batch, BatchFile, Due, Payment
from trainingadmin.payments.queries import acted, locks, rows
from trainingadmin.payments.queries import dues as dues_of
from trainingadmin.payments.queries.answered import accounts
from trainingadmin.payments.queries.rows import DueRow, Payee
from trainingadmin.payments.states import BATCH, PAYMENT, DueKind, DueState, PaymentState
from trainingadmin.people import actions as people
from trainingadmin.plumbing import clock, journal, serials
from trainingadmin.plumbing.bulk import bulk_insert, uncollected
from trainingadmin.plumbing.database import db, write_same
from trainingadmin.schemes import SCHEMES


@dataclass(frozen=True, slots=True)
class Account:
    """Whose money a batch is: one office's, for one scheme and kind, from one source and budget item."""

    office_code: str
    scheme: str
    kind: DueKind
    funding_source: str
    budget_item: str


@uncollected()
def compose(account: Account, due_ids: Collection[int], *, by: Actor) -> Batch:
    """Put open dues into a new batch; payee facts are copied now and never follow later changes.

    Refusals `move-role`, `nothing-chosen`, `funding-source-missing`, `budget-item-missing`,
    `due-not-open` when somebody was faster, `mixed-batch`, `budget-line-unknown`, `budget-exceeded`,
    `payee-account-missing`, `relative`, `move-same-person` for who acted on one of the claims otherwise, and those of
    `deaths.refuse_chosen`.
    """
    dues = _take(due_ids, by, DueState.OPEN)
    deaths.refuse_chosen(due_ids)
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


@uncollected()
def compose_again(failed: Batch, note: str, *, by: Actor) -> Batch:
    """Issue the failed lines of a batch again, to the payees' accounts as they are now, linked to what they follow.

    Refusals as `compose`, `nothing-failed`, and `account-unchanged` while a payee's account is still the one that
    failed and no note says why it should work now, `account-unreviewed` until a second person has passed another one.
    Whom `deaths.refuse_chosen` would refuse stays behind, the others go on.
    """
    batch = locks.batch(failed.id)
    due_ids = rows.failed_dues(batch.id)
    if not due_ids:
        raise Refusal("nothing-failed", N_("这个批次没有需要重发的款项。"))
    dues = deaths.without(_take(due_ids, by, DueState.FAILED))
    due_ids = [due.id for due in dues]
    last = rows.latest_payments(due_ids, PaymentState.FAILED)
    _refuse_unchanged(dues, last, note)
    _refuse_unreviewed(dues, last)
    # A follow-up that was cancelled is a link of the chain too.
    former = rows.latest_payments(due_ids, PaymentState.FAILED, PaymentState.CANCELLED)
    account = Account(batch.office_code, batch.scheme, batch.kind, batch.funding_source, batch.budget_item)
    return _compose(account, dues, by, follows=batch, former=former, note=note)


def _take(due_ids: Collection[int], by: Actor, state: DueState) -> list[DueRow]:
    """Lock the dues and everything above them; refuse unless all are still where the preparer saw them."""
    if not by.has(Role.PREPARER):
        raise Refusal("move-role", N_("您的岗位不办理这一步。"))
    if not due_ids:
        raise Refusal("nothing-chosen", N_("请先勾选要拨付的款项。"), field="groups")
    dues = hold_rows(due_ids)
    if any(due.state is not state or due.kind is DueKind.RECOVERY for due in dues) or len(dues) < len(set(due_ids)):
        raise Refusal("due-not-open", N_("所选款项有变化，可能已被他人列入批次，请刷新后重新选择。"))
    people.refuse_relatives((due.person_id for due in dues), by=by)
    _refuse_second_hand(due_ids, Role.PREPARER, by)
    return dues


def _refuse_second_hand(due_ids: Collection[int], duty: Role, by: Actor) -> None:
    """Refuse who had a hand in the claims or filings behind dues under another duty (`move-same-person`)."""
    if acted.elsewhere(due_ids, duty, by):
        raise Refusal("move-same-person", N_("您已办理过其中申领的其他环节，须由另一人办理。"))


def _compose(
    account: Account,
    dues: Sequence[DueRow],
    by: Actor,
    *,
    follows: Batch | None = None,
    former: Mapping[int, Payment] | None = None,
    note: str = "",
) -> Batch:
    batch = _batch(account, dues, follows, by)
    db.session.add(batch)
    db.session.flush()
    made = _payments(batch, dues, former or {})
    bulk_insert(Payment, made)
    move_dues(dues, "batch_again" if follows else "batch", by=by)
    about = {due.id: due.about for due in dues}
    told = [remittance.told(row, about[row["due_id"]]) for row in made]
    files = remittance.cut(batch.id, told)
    db.session.add_all(files)
    batch.digest = files[0].digest if len(files) == 1 else remittance.digest(told)
    follow_dues([due.id for due in dues], by=by, note=batch.number)
    facts = {"number": batch.number, "count": batch.count, "total": str(batch.total), "digest": batch.digest}
    journal.record("compose", f"batches:{batch.id}", by=by, **facts, follows=batch.follows_id, note=note.strip())
    return batch


def _batch(account: Account, dues: Sequence[DueRow], follows: Batch | None, by: Actor) -> Batch:
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
        composed_name=by.name_as(Role.PREPARER),
        composed_at=clock.now(),
    )


def _number(office_code: str) -> str:
    year = clock.today().year
    return f"PAY-{office_code}-{year}-{serials.take('batch', office_code, year)[0]:04d}"


def _refuse_terms(account: Account, dues: Sequence[DueRow]) -> None:
    if any(
        (due.office_code, due.scheme, due.kind) != (account.office_code, account.scheme, account.kind) for due in dues
    ):
        raise Refusal("mixed-batch", N_("一个批次只能包含同一经办机构、同一补贴项目、同一类款项。"))
    if not account.funding_source.strip() or "/" in account.funding_source:
        raise Refusal("funding-source-missing", N_("请填写资金来源，不要使用“/”。"), field="funding_source")
    if not account.budget_item.strip():
        raise Refusal("budget-item-missing", N_("请填写预算科目。"), field="budget_item")


def _refuse_payees(payees: Mapping[str, Payee]) -> None:
    unready = sorted(payee.name for payee in payees.values() if not payee.complete)
    if unready:
        raise Refusal(
            "payee-account-missing",
            N_("%(firms)s 还没有登记完整的收款户名、账号和开户行，请通知其补充后再制单。"),
            firms="、".join(unready),
        )
    others = sorted(payee.name for payee in payees.values() if not same_name(payee.holder, payee.name))
    if others:
        reason = N_("%(names)s 的收款户名与本人或本单位名称不一致，不能拨付，请通知其更正账户。")
        raise Refusal("payee-name", reason, names="、".join(others))


def _refuse_unchanged(dues: Sequence[DueRow], former: Mapping[int, Payment], note: str) -> None:
    if note.strip():
        return
    payees = rows.payees(dues)
    same = {
        payees[due.owner].name
        for due in dues
        if payees[due.owner].account
        == (former[due.id].payee_name, former[due.id].payee_account, former[due.id].payee_bank)
    }
    if same:
        raise Refusal(
            "account-unchanged",
            N_("%(firms)s 的收款账户自上次失败后没有变化。请先更正账户，或写明为什么可以按原账户重发。"),
            field="note",
            firms="、".join(sorted(same)),
        )


def _refuse_unreviewed(dues: Sequence[DueRow], former: Mapping[int, Payment]) -> None:
    names = accounts.unreviewed(dues, former)
    if names:
        raise Refusal(
            "account-unreviewed",
            N_("%(names)s 更正后的收款账户还没有复核。请初审岗或财务复核在“退回账户”页核对后再重发。"),
            names="、".join(names),
        )


def _payments(batch: Batch, dues: Sequence[DueRow], former: Mapping[int, Payment]) -> list[dict[str, Any]]:
    payees = {owner: payee.account for owner, payee in rows.payees(dues).items()}
    ordered = sorted(dues, key=lambda due: (due.payee_id or 0, due.cohort_id or 0, due.about, due.position, due.id))
    return [
        {
            "batch_id": batch.id,
            "due_id": due.id,
            "position": position,
            "person_id": due.person_id,
            "payee_name": payees[due.owner][0],
            "payee_account": payees[due.owner][1],
            "payee_bank": payees[due.owner][2],
            "amount": due.amount - due.offset,
            "purpose": SCHEMES[batch.scheme].label_zh,
            "state": PaymentState.PENDING,
            "follows_id": former[due.id].id if due.id in former else None,
        }
        for position, due in enumerate(ordered, start=1)
    ]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a batch was when somebody looked at it."""

    count: int
    total: Money
    digest: str


@uncollected()
def check(batch: Batch, seen: Seen, *, by: Actor) -> None:
    """Note that another human has compared exactly these rows with what they are paid for.

    Refusals as `Lifecycle.check` (`move-same-person` for who composed it or acted on one of its claims), `relative`, `batch-changed` when the
    rows or files are not the ones that were composed, or not the ones that were seen, and those of `deaths.refuse_batch`.
    """
    batch = locks.batch(batch.id)
    allowed = BATCH.check("check", state=batch.state, actor=by, past=queries.hands(batch))
    _refuse_changed(batch, seen, by)
    claims.note_hands(rows.claims_of(batch.id), "verify", by=by)
    batch.state = allowed.target
    batch.checked_by, batch.checked_human, batch.checked_name = by.id, by.human, by.name_as(Role.CHECKER)
    batch.checked_at = clock.now()
    _note("check", batch, by)


@uncollected()
def release(batch: Batch, seen: Seen, *, by: Actor) -> None:
    """Let exactly the rows that were checked go to the bank; from now on they can only be answered.

    Refusals as `check`, and `account-changed` when a payee is to be paid to another account than when it was composed.
    """
    batch = locks.batch(batch.id)
    allowed = BATCH.check("release", state=batch.state, actor=by, past=queries.hands(batch))
    _refuse_changed(batch, seen, by)
    _refuse_other_accounts(batch)
    claims.note_hands(rows.claims_of(batch.id), "send", by=by)
    batch.state = allowed.target
    batch.released_by, batch.released_human, batch.released_name = by.id, by.human, by.name_as(Role.CHECKER)
    batch.released_at = clock.now()
    _note("release", batch, by)


def _refuse_changed(batch: Batch, seen: Seen, by: Actor) -> None:
    """Insist that the rows of a batch are those composed and those seen, and none of them the actor's."""
    sent = remittance.rows(batch.id)
    now = Seen(len(sent), Money(sum(row.amount.fen for row in sent)), remittance.digest(sent))
    files = {part.digest for part in remittance.files_of(batch.id)}
    bound = {now.digest} if len(files) == 1 else {part.digest for part in remittance.cut(batch.id, sent)}
    if files != bound or not now == Seen(batch.count, batch.total, batch.digest) == seen:
        raise Refusal("batch-changed", N_("批次明细与制单时不一致，不能复核。请撤销本批次并报告管理员。"))
    people.refuse_relatives(rows.persons(rows.due_ids(batch.id)), by=by)
    _refuse_second_hand(rows.due_ids(batch.id), Role.CHECKER, by)
    deaths.refuse_batch(batch)


def _refuse_other_accounts(batch: Batch) -> None:
    others = rows.moved_payees(batch.id)
    if others:
        raise Refusal(
            "account-changed",
            N_("%(names)s 的收款账户在制单后有变化。请撤销本批次，按新账户重新制单。"),
            names="、".join(others),
        )


def _note(verb: str, batch: Batch, by: Actor) -> None:
    facts = {"count": batch.count, "total": str(batch.total), "digest": batch.digest}
    journal.record(verb, f"batches:{batch.id}", by=by, **facts)


def cancel(batch: Batch, note: str, *, by: Actor) -> None:
    """Take a batch back before its release; its dues wait again. Refusals as `Lifecycle.check` (`move-note`), `relative`."""
    batch = locks.batch(batch.id)
    allowed = BATCH.check("cancel", state=batch.state, actor=by, past=queries.hands(batch), note=note)
    due_ids = rows.due_ids(batch.id)
    people.refuse_relatives(rows.persons(due_ids), by=by)
    back = "fail" if batch.follows_id else "reopen"
    move_dues(hold_rows(due_ids), back, by=by)
    made = rows.payments(batch.id)
    for state in dict.fromkeys(one.state for one in made):
        PAYMENT.check("cancel", state=state, actor=by, past=())
    write_same(Payment, [one.id for one in made], state=PAYMENT.moves["cancel"].target)
    batch.state = allowed.target
    db.session.flush()
    follow_dues(due_ids, by=by, note=note)
    journal.record("cancel", f"batches:{batch.id}", by=by, note=note.strip())


def cancel_due(due: Due, note: str, *, by: Actor) -> None:
    """Drop an advance that is not on its way to the bank; the claim may then go on without it.

    Refusals `claim-in-batch`, `due-not-open`, `relative`, and as `Lifecycle.check` (`move-role`, `move-note`).
    """
    (due,) = hold([due.id])
    people.refuse_relatives([due.person_id], by=by)
    refuse_in_batch([due.id])
    if due.kind is not DueKind.ADVANCE or due.state not in (DueState.OPEN, DueState.FAILED):
        raise Refusal("due-not-open", N_("只有尚未列入批次的预支款可以取消。"))
    drop_advance(due, note, by=by)


def note_export(batch: Batch, part: BatchFile, form: str, *, by: Actor) -> None:
    """Note that somebody took the file with the full account numbers; refusal `not-released` before the release."""
    if batch.released_at is None:
        raise Refusal("not-released", N_("放款后才能下载银行文件。"))
    journal.record("export-bank-file", f"batches:{batch.id}", by=by, form=form, part=part.part, digest=part.digest)
