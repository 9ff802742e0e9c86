"""Whole numbers that pages show masked: told for a purpose, and who asked for whose stands in the journal."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.models import Organisation, Person
from trainingadmin.people.queries import DISCLOSED, payout_account
from trainingadmin.plumbing import journal


@dataclass(frozen=True, slots=True, repr=False)
class Masked:
    """Whose numbers are asked for, and each with its label; what there is none of is left out."""

    subject: str
    name: str
    numbers: tuple[tuple[str, str], ...]

    def beside(self, *numbers: tuple[str, str | None]) -> Masked:
        """Add numbers that belong to the same question, such as the other side of a comparison."""
        return replace(self, numbers=(*self.numbers, *_told(*numbers)))


def masked(whose: Person | Organisation) -> Masked:
    """Return what pages mask of a person or an organisation."""
    if isinstance(whose, Organisation):
        told = _told((N_("收款账号"), whose.payee_account), (N_("开户行"), whose.payee_bank), (N_("电话"), whose.phone))
        return Masked(f"organisations:{whose.id}", whose.name, told)
    card = payout_account(whose.id)
    account = (N_("收款账号"), card.number if card else None), (N_("开户行"), card.bank if card else None)
    told = _told((N_("身份证号"), whose.id_number), (N_("手机"), whose.phone), *account)
    return Masked(f"persons:{whose.id}", whose.name, told)


def _told(*numbers: tuple[str, str | None]) -> tuple[tuple[str, str], ...]:
    return tuple((label, number) for label, number in numbers if number)


def disclose(whose: Masked, purpose: str, *, by: Actor) -> None:
    """Note who looks at whose whole numbers and what for; never the numbers. Refusal `purpose-missing`."""
    if not purpose.strip():
        raise Refusal("purpose-missing", N_("请写明查看用途，它会留在查看记录里。"), field="purpose")
    journal.record(DISCLOSED, whose.subject, by=by, purpose=purpose.strip())
