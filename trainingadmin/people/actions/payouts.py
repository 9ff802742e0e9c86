"""Where a person's money goes: entered by the person themselves, checked, kept with everything entered before."""

from __future__ import annotations

from collections.abc import Mapping

from trainingadmin.kernel.identifiers import parse_account, passes_luhn
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import same_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.models import PayoutAccount, Person
from trainingadmin.people.queries import payout_accounts
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index

CARD_DIGITS = range(16, 20)
_CARD_BANK = "社会保障卡发卡银行"


def set_payout(person: Person, holder: str, number: str, bank: str, *, by: Actor) -> PayoutAccount:
    """Enter the person's own social-security card account; the latest counts, what is in a batch keeps its own.

    Refusals `apply-self`, `payout-holder` unless it bears the person's name, `account-missing`, `account-format`,
    `card-length`, `card-digit`, `bank-missing`.
    """
    if not by.has(Role.TRAINEE) or by.person_id != person.id:
        raise Refusal("apply-self", N_("只能由本人填写自己的账户。"))
    if not same_name(holder, person.name):
        raise Refusal("payout-holder", N_("户名必须是您本人的姓名，补贴只能拨入本人账户。"), field="holder")
    card = _card(number)
    if not bank.strip():
        raise Refusal("bank-missing", N_("请填写开户行，到支行。"), field="bank")
    made = PayoutAccount(
        person_id=person.id,
        holder=person.name,
        number=card,
        number_index=blind_index(card),
        bank=bank.strip(),
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    journal.record("set-payout", f"persons:{person.id}", by=by, tail=card[-4:])
    return made


def take_payouts(cards: Mapping[int, tuple[str, str]], *, by: Actor) -> int:
    """Keep what an approved roster states, (holder, card number) by person, for those who have no account yet.

    What a person entered themselves is never replaced; a number that is no card is left out. Return how many were kept.
    """
    known, now = payout_accounts(cards), clock.now()
    fresh = {id_: told for id_, told in cards.items() if id_ not in known and _is_card(told[1])}
    for person_id, (holder, number) in fresh.items():
        db.session.add(
            PayoutAccount(
                person_id=person_id,
                holder=holder,
                number=number,
                number_index=blind_index(number),
                bank=_CARD_BANK,
                account_id=by.id,
                at=now,
            )
        )
    if fresh:
        journal.record("take-payouts", "persons", by=by, people=len(fresh))
    return len(fresh)


def _is_card(number: str) -> bool:
    return number.isdigit() and len(number) in CARD_DIGITS and passes_luhn(number)


def _card(number: str) -> str:
    try:
        card = parse_account(number)
    except Malformed as wrong:
        raise Refusal(wrong.code, wrong.reason, field="number") from None
    if len(card) not in CARD_DIGITS:
        raise Refusal("card-length", N_("社会保障卡银行账号应为16至19位数字，请对照卡面重新填写。"), field="number")
    if not passes_luhn(card):
        raise Refusal("card-digit", N_("卡号的校验位不对，可能抄错了一位，请对照卡面重新填写。"), field="number")
    return card
