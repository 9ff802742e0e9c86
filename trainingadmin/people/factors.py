"""The second factor: secrets shared with an authenticator app, codes that are good once, recovery codes."""

from __future__ import annotations

import base64
import secrets as random
from urllib.parse import quote

from sqlalchemy import delete, update

from trainingadmin.kernel import totp
from trainingadmin.kernel.identifiers import fold_number
from trainingadmin.people import queries
from trainingadmin.people.models import RecoveryCode, SecondFactor
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.secrets import blind_index

ISSUER = "培训补贴"
RECOVERY_CODES = 10
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_SECRET_BYTES = 20
_LONGEST_NAME = 60


def begin(account_id: int) -> SecondFactor:
    """Give an account a fresh secret, to be confirmed; one that was never confirmed is replaced."""
    db.session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    secret = base64.b32encode(random.token_bytes(_SECRET_BYTES)).decode()
    factor = SecondFactor(account_id=account_id, secret=secret, made_at=clock.now())
    db.session.add(factor)
    db.session.flush()
    return factor


def forget(account_id: int) -> None:
    """Take the second factor and its recovery codes from an account."""
    for table in (RecoveryCode, SecondFactor):
        db.session.execute(delete(table).where(table.account_id == account_id))


def in_letters(factor: SecondFactor) -> str:
    """Return the secret as it is typed into an app."""
    return totp.in_letters(_secret(factor))


def address(factor: SecondFactor, login: str) -> str:
    """Return what the app reads from the QR code; a name too long for the code gives way to the account's number."""
    name = login if len(quote(login)) <= _LONGEST_NAME else f"account-{factor.account_id}"
    return totp.address(_secret(factor), issuer=ISSUER, login=name)


def _secret(factor: SecondFactor) -> bytes:
    return base64.b32decode(factor.secret)


def takes_code(factor: SecondFactor, text: str) -> bool:
    """Use the app's code up; False when it is wrong, too old or was used before, however many send it at once."""
    counter = totp.counter_of(_secret(factor), fold_number(text), clock.now(), after=factor.last_counter)
    if counter is None:
        return False
    used = (
        update(SecondFactor)
        .where(SecondFactor.account_id == factor.account_id, SecondFactor.last_counter < counter)
        .values(last_counter=counter)
    )
    return bool(db.session.execute(used).rowcount)  # type: ignore[attr-defined]


def takes_recovery_code(account_id: int, text: str) -> bool:
    """Use a recovery code up; False when it is none of the account's or was used before."""
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == _hash(account_id, text),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
    return bool(db.session.execute(used).rowcount)  # type: ignore[attr-defined]


def new_recovery_codes(account_id: int) -> list[str]:
    """Replace the recovery codes of an account and return the new ones, readable this once."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = sorted(_recovery_code() for _ in range(RECOVERY_CODES))
    db.session.add_all(RecoveryCode(account_id=account_id, code_hash=_hash(account_id, code)) for code in codes)
    return codes


def _recovery_code() -> str:
    letters = "".join(random.choice(_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _hash(account_id: int, text: str) -> str:
    plain = "".join(character for character in fold_number(text).upper() if character.isalnum())
    return blind_index(f"recovery:{account_id}:{plain}")


def confirmed(account_id: int) -> SecondFactor | None:
    """Return the second factor of an account if it counts."""
    factor = queries.factor(account_id)
    return factor if factor and factor.confirmed_at else None
