"""Numbers that name people, firms and documents: reading them strictly and masking them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.regions import is_known_region

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {mark: value for value, mark in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_CREDIT_SHAPE = re.compile(rf"[{_CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{_CREDIT_ALPHABET}]{{10}}")
_ACCOUNT_SHAPE = re.compile(r"[0-9]{8,32}")
_LIKE_ID = re.compile(r"(?<![0-9A-Z])(?:[0-9]{15}|[0-9]{17}[0-9X])(?![0-9A-Z])")
_PHONE_SHAPE = re.compile(r"1[0-9]{10}")


def fold_number(text: str) -> str:
    """Return a number as it is compared and kept: NFKC, no blanks or invisible characters, capital letters."""
    return fold(text).replace(" ", "").upper()


class Sex(StrEnum):
    """Sex as the parity of an ID number's serial tells it."""

    MALE = "male"
    FEMALE = "female"

    @property
    def label(self) -> str:
        """The word of the forms, marked for translation."""
        return N_("男") if self is Sex.MALE else N_("女")


@dataclass(frozen=True, slots=True, repr=False)
class IdNumber:
    """A resident identity number (GB 11643-1999), valid in form, date and check digit."""

    text: str
    born_on: date

    @classmethod
    def parse(cls, text: str) -> IdNumber:
        """Read an 18-digit number, folding full-width digits, blanks and a small x.

        Malformed `id-missing`, `id-legacy` (15 digits), `id-length`, `id-characters`, `id-birth-date` or
        `id-check-digit`. An unknown region is no error: see `region_known`.
        """
        number = fold_number(text)
        _refuse_id_shape(number)
        born_on = _birth_date(number[6:14])
        if id_check_digit(number[:17]) != number[17]:
            raise Malformed("id-check-digit", N_("身份证号校验码不对，请对照身份证逐位核对"))
        return cls(number, born_on)

    @property
    def sex(self) -> Sex:
        """Male if the serial is odd."""
        return Sex.MALE if int(self.text[16]) % 2 else Sex.FEMALE

    @property
    def region(self) -> str:
        """The six-digit code of the place where the number was issued, perhaps long abolished."""
        return self.text[:6]

    @property
    def region_known(self) -> bool:
        """False calls for a human look: the code names no place of today or of earlier years."""
        return is_known_region(self.region)

    @property
    def masked(self) -> str:
        """The form that may be shown in public."""
        return mask_id(self.text)

    def __repr__(self) -> str:
        return f"IdNumber({self.masked})"


def id_check_digit(first_17: str) -> str:
    """Return the check digit (0–9 or X) over seventeen digits."""
    weighed = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, first_17, strict=True))
    return _ID_CHECKS[weighed % 11]


def _refuse_id_shape(number: str) -> None:
    if not number:
        raise Malformed("id-missing", N_("没有填写身份证号"))
    if len(number) == 15 and number.isdecimal():
        raise Malformed("id-legacy", N_("这是15位的旧号码，请填写现行的18位身份证号"))
    if len(number) != 18:
        raise Malformed("id-length", N_("身份证号应为18位"))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Malformed("id-characters", N_("身份证号前17位应为数字，末位为数字或X"))


def _birth_date(digits: str) -> date:
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        born_on = date.min
    if born_on.year < 1800:
        raise Malformed("id-birth-date", N_("身份证号里的出生日期不存在"))
    return born_on


def looks_like_id(text: str) -> bool:
    """Tell whether a text has 15 or 18 digits in a row as ID numbers do, valid or mistyped; the code of a firm is none.

    What can be read as both is taken for a person's.
    """
    number = fold_number(text)
    if _LIKE_ID.search(number) is None:
        return False
    return _reads(IdNumber.parse, number) or not _reads(CreditCode.parse, number)


def _reads(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except Malformed:
        return False
    return True


class EntityKind(StrEnum):
    """What a unified social credit code says about its holder."""

    FIRM = "firm"
    SOLE_TRADER = "sole-trader"
    COOPERATIVE = "cooperative"
    CIVIL_NON_ENTERPRISE = "civil-non-enterprise"
    VILLAGE_COLLECTIVE = "village-collective"
    OTHER = "other"


_KINDS = {
    "91": EntityKind.FIRM,
    "92": EntityKind.SOLE_TRADER,
    "93": EntityKind.COOPERATIVE,
    "52": EntityKind.CIVIL_NON_ENTERPRISE,
}


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A unified social credit code (GB 32100-2015), valid in form and check digit."""

    text: str

    @classmethod
    def parse(cls, text: str) -> CreditCode:
        """Read a code; Malformed `credit-code-missing`, `-length`, `-characters` or `-check-digit`."""
        code = fold_number(text)
        if not code:
            raise Malformed("credit-code-missing", N_("没有填写统一社会信用代码"))
        if len(code) != 18:
            raise Malformed("credit-code-length", N_("统一社会信用代码应为18位"))
        if not _CREDIT_SHAPE.fullmatch(code):
            raise Malformed("credit-code-characters", N_("统一社会信用代码里有不该有的字符（没有字母 I、O、S、V、Z）"))
        if credit_check_digit(code[:17]) != code[17]:
            raise Malformed("credit-code-check-digit", N_("统一社会信用代码校验码不对，请对照营业执照核对"))
        return cls(code)

    @property
    def kind(self) -> EntityKind:
        """The holder's kind as its first two characters tell it."""
        if self.text[0] == "N":
            return EntityKind.VILLAGE_COLLECTIVE
        return _KINDS.get(self.text[:2], EntityKind.OTHER)

    @property
    def region(self) -> str:
        """The six-digit code of the registering authority."""
        return self.text[2:8]


def credit_check_digit(first_17: str) -> str:
    """Return the check character over seventeen characters of the standard's alphabet."""
    weighed = sum(weight * _CREDIT_VALUES[mark] for weight, mark in zip(_CREDIT_WEIGHTS, first_17, strict=True))
    return _CREDIT_ALPHABET[-weighed % 31]


def parse_phone(text: str) -> str:
    """Return a mobile number of eleven digits starting with 1; Malformed `phone-missing` or `phone-format`."""
    phone = fold_number(text).replace("-", "")
    if not phone:
        raise Malformed("phone-missing", N_("没有填写手机号"))
    if not _PHONE_SHAPE.fullmatch(phone):
        raise Malformed("phone-format", N_("手机号应为11位数字，以1开头"))
    return phone


def parse_account(text: str) -> str:
    """Return a bank account or card number of 8–32 digits; Malformed `account-missing` or `account-format`."""
    account = fold_number(text).replace("-", "")
    if not account:
        raise Malformed("account-missing", N_("没有填写银行账号"))
    if not _ACCOUNT_SHAPE.fullmatch(account):
        raise Malformed("account-format", N_("银行账号应为8至32位数字"))
    return account


def passes_luhn(card: str) -> bool:
    """Tell whether a card number's last digit checks (ISO/IEC 7812); accounts that are no cards need not."""
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(card)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def mask_id(text: str, head: int = 6) -> str:
    """Return an ID number with its middle starred, such as `511824********0012`; `head` 2 leaves the province."""
    return _masked(text, head, 4)


def mask_phone(text: str) -> str:
    """Return a phone number such as `140****0012`."""
    return _masked(text, 3, 4)


def mask_account(text: str) -> str:
    """Return an account number of which only the last four digits are left."""
    return _masked(text, 0, 4)


def _masked(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    # Of a number too short for its pattern nothing is shown: the pattern would bare most of it.
    return text[:head] + "*" * hidden + text[-tail:] if hidden >= 4 else "*" * len(text)
