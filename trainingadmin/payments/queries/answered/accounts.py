"""Reads the accounts that the bank sent money back from: what was entered since, by whom, and who has looked at it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import Select, and_, func, select

from trainingadmin.kernel.money import Money, total
from trainingadmin.kernel.roles import Actor
from trainingadmin.payments.models import AccountReview, Due, Payment
from trainingadmin.payments.queries import rows
from trainingadmin.payments.queries.dues import dues_visible_to
from trainingadmin.payments.queries.rows import DueRow, Payee
from trainingadmin.payments.states import DueState, PaymentState
from trainingadmin.people.models import Account, Organisation, PayoutAccount
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, remembered
from trainingadmin.plumbing.journal import JournalEntry
from trainingadmin.plumbing.secrets import blind_index

Triple = tuple[str, str, str]


class Entered(NamedTuple):
    """Who entered an account, and when; `human` is empty where only the payee themselves can."""

    human: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Returned:
    """A payee whom the bank sent money back: the account then and now, and what a second person said of the one now.

    Payments may have failed to several accounts: `then` is the last of them that is not the one now, if there is any.
    """

    owner: str
    payee: Payee
    payments: int
    amount: Money
    reason: str
    then: Triple
    entered: Entered | None
    review: AccountReview | None

    @property
    def changed(self) -> bool:
        """Whether one of the payments is to go to another account than the one it failed to."""
        return self.payee.account != self.then

    @property
    def waits(self) -> bool:
        """Whether the account was corrected and nobody has looked at it."""
        return self.changed and self.review is None

    @property
    def kind(self) -> str:
        """Whether an organisation is paid or a person; with `key`, how an address names the payee."""
        return "person" if self.owner.startswith("person/") else "organisation"

    @property
    def key(self) -> int:
        """The id of the organisation or person."""
        return int(self.owner.rpartition("/")[2])


def index_of(account: Triple) -> str:
    """Return what stands for an account without showing it."""
    return blind_index(json.dumps(account, ensure_ascii=False))


def returned(actor: Actor) -> list[Returned]:
    """Return every payee one may see of whom payments failed and wait to be issued again; a constant number of queries."""
    failed = dues_visible_to(actor).where(Due.state == DueState.FAILED).order_by(Due.id)
    of_owner: dict[str, list[Due]] = {}
    for due in db.session.scalars(failed):
        of_owner.setdefault(due.owner, []).append(due)
    everything = [due for mine in of_owner.values() for due in mine]
    last = rows.latest_payments([due.id for due in everything], PaymentState.FAILED)
    payees, entered, reviews = rows.payees(everything), _entered(of_owner), _reviews(of_owner)
    return [
        _returned(owner, mine, [last[due.id] for due in mine], payees[owner], entered.get(owner), reviews)
        for owner, mine in sorted(of_owner.items())
    ]


def _returned(
    owner: str,
    dues: Sequence[Due],
    failed: Sequence[Payment],
    payee: Payee,
    entered: Entered | None,
    reviews: Mapping[tuple[str, str], AccountReview],
) -> Returned:
    accounts = [_then(payment) for payment in failed]
    return Returned(
        owner=owner,
        payee=payee,
        payments=len(dues),
        amount=total(due.amount - due.offset for due in dues),
        reason="、".join(dict.fromkeys(payment.failure or "" for payment in failed)),
        then=next((one for one in reversed(accounts) if one != payee.account), accounts[-1]),
        entered=entered,
        review=reviews.get((owner, index_of(payee.account))),
    )


def waiting(actor: Actor) -> int:
    """Count the payees among `returned` whose account was corrected and nobody has looked at; at most two queries."""
    # Of each due the latest payment is the last of its rows.
    last = {row.id: row for row in driver.rows(_failed(actor))}
    corrected = {(_owner(row), _now(row)) for row in last.values() if _now(row) != _then(row)}
    if not corrected:
        return 0
    waits = {(paid_to, index_of(now)) for paid_to, now in corrected}
    seen = select(AccountReview.owner, AccountReview.account_index).where(
        AccountReview.owner.in_({paid_to for paid_to, _index in waits})
    )
    return len(waits - {(review.owner, review.account_index) for review in db.session.execute(seen)})


def _then(failed: Any) -> Triple:
    """Return the account that a payment, or a row of one, was sent to."""
    return failed.payee_name, failed.payee_account, failed.payee_bank


def _owner(row: Any) -> str:
    return str(row.payee_id) if row.payee_id is not None else f"person/{row.person_id}"


def _now(row: Any) -> Triple:
    if row.payee_id is not None:
        return row.firm_holder, row.firm_number or "", row.firm_bank
    return row.own_holder or "", row.own_number or "", row.own_bank or ""


@remembered
def _failed(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select each failed payment of a failed due, the latest last, with the account of its payee then and now."""
    newest = select(func.max(PayoutAccount.id)).where(PayoutAccount.person_id == Due.person_id)
    own = and_(Due.payee_id.is_(None), PayoutAccount.id == newest.correlate(Due).scalar_subquery())
    return (
        dues_visible_to(actor)
        .join(Payment, and_(Payment.due_id == Due.id, Payment.state == PaymentState.FAILED))
        .outerjoin(Organisation, Organisation.id == Due.payee_id)
        .outerjoin(PayoutAccount, own)
        .where(Due.state == DueState.FAILED)
        .with_only_columns(
            Due.id,
            Due.payee_id,
            Due.person_id,
            Payment.payee_name,
            Payment.payee_account,
            Payment.payee_bank,
            Organisation.payee_name.label("firm_holder"),
            Organisation.payee_account.label("firm_number"),
            Organisation.payee_bank.label("firm_bank"),
            PayoutAccount.holder.label("own_holder"),
            PayoutAccount.number.label("own_number"),
            PayoutAccount.bank.label("own_bank"),
        )
        .order_by(Due.id, Payment.id)
    )


def one(kind: str, key: int, *, actor: Actor) -> Returned:
    """Return one of them, or answer 404."""
    found = (each for each in returned(actor) if (each.kind, each.key) == (kind, key))
    return next(found, None) or abort(404)


def _reviews(owners: Collection[str]) -> dict[tuple[str, str], AccountReview]:
    """Return the latest word on each account of these payees."""
    told = select(AccountReview).where(AccountReview.owner.in_(owners)).order_by(AccountReview.id)
    return {(review.owner, review.account_index): review for review in db.session.scalars(told)}


def _entered(owners: Collection[str]) -> dict[str, Entered]:
    firms = {f"organisations:{owner}": owner for owner in owners if not owner.startswith("person/")}
    entry = JournalEntry
    last = select(func.max(entry.id)).where(entry.subject.in_(firms), entry.verb == "set-payee").group_by(entry.subject)
    told = select(entry.subject, entry.human, Account.name, entry.at).join(Account, Account.id == entry.account_id)
    found = {firms[row[0]]: Entered(*row[1:]) for row in db.session.execute(told.where(entry.id.in_(last)))}
    people = [int(owner.removeprefix("person/")) for owner in owners if owner.startswith("person/")]
    newest = select(func.max(PayoutAccount.id)).where(PayoutAccount.person_id.in_(people))
    newest = newest.group_by(PayoutAccount.person_id)
    own = select(PayoutAccount.person_id, PayoutAccount.holder, PayoutAccount.at).where(PayoutAccount.id.in_(newest))
    return found | {f"person/{id_}": Entered("", holder, at) for id_, holder, at in db.session.execute(own)}


def unreviewed(dues: Sequence[DueRow], former: Mapping[int, Payment]) -> list[str]:
    """Return who of the payees of failed dues has another account by now that no second person has passed."""
    payees = rows.payees(dues)
    reviews = _reviews({due.owner for due in dues})
    found = set()
    for due in dues:
        payee = payees[due.owner]
        if payee.account == _then(former[due.id]):
            continue
        review = reviews.get((due.owner, index_of(payee.account)))
        if review is None or not review.passed:
            found.add(payee.name)
    return sorted(found)
