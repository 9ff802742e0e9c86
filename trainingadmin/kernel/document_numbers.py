"""Numbers of documents: skill certificates issued by others and our own training certificates."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trainingadmin.kernel.identifiers import fold_number
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed

_LEVEL_CERTIFICATE = re.compile(r"[YS][0-9]{4}([0-9]{2})[0-9]{6}([0-9]{2})([1-5])[0-9]{6}")
_TOP_CERTIFICATE = re.compile(r"[YS][A-Z][0-9]{3}([0-9]{2})[0-9]{6}([0-9]{2})[0-9]{7}")
_QUALIFICATION = re.compile(r"([0-9]{2})([0-9]{2})[0-9]{2}[0-9]{4}([1-5])[0-9]{5}")
_TRAINING = re.compile(r"PX([0-9]{6})([0-9]{4})([0-9]{6})([0-9])")
# The older qualification certificates began in the nineties.
_CENTURY_TURNS_AT = 80


@dataclass(frozen=True, slots=True)
class SkillCertificate:
    """The number of a 职业技能等级证书 (22 characters) or of an older 职业资格证书 (16 digits)."""

    text: str
    province: str
    year: int
    level: int | None
    """The level the number carries; None for 特级技师, which stands above the five levels."""

    @classmethod
    def parse(cls, text: str) -> SkillCertificate:
        """Read a number of either layout; Malformed `certificate-number-missing` or `-format`."""
        number = fold_number(text)
        if not number:
            raise Malformed("certificate-number-missing", N_("没有填写证书编号"))
        if found := _LEVEL_CERTIFICATE.fullmatch(number):
            return cls(number, found[1], 2000 + int(found[2]), int(found[3]))
        if found := _TOP_CERTIFICATE.fullmatch(number):
            return cls(number, found[1], 2000 + int(found[2]), None)
        if found := _QUALIFICATION.fullmatch(number):
            year = int(found[1])
            return cls(number, found[2], year + (1900 if year >= _CENTURY_TURNS_AT else 2000), int(found[3]))
        raise Malformed(
            "certificate-number-format",
            N_("证书编号应为22位（Y或S开头的职业技能等级证书）或16位数字（职业资格证书）"),
        )

    def agrees_with(self, *, level: int, year: int) -> bool:
        """Tell whether the number carries this level and this year of issue."""
        return self.year == year and self.level in (None, level)


@dataclass(frozen=True, slots=True)
class TrainingCertificate:
    """The number of a 培训合格证书 of ours: PX, region, year, serial and one check digit."""

    region: str
    year: int
    serial: int

    @classmethod
    def parse(cls, text: str) -> TrainingCertificate:
        """Read a number; Malformed `training-certificate-format` or `training-certificate-check-digit`."""
        number = fold_number(text)
        found = _TRAINING.fullmatch(number)
        if found is None:
            raise Malformed("training-certificate-format", N_("证书编号应为PX加17位数字"))
        if training_check_digit(number[2:18]) != found[4]:
            raise Malformed("training-certificate-check-digit", N_("证书编号校验码不对"))
        return cls(found[1], int(found[2]), int(found[3]))

    def __post_init__(self) -> None:
        if not (re.fullmatch(r"[0-9]{6}", self.region) and 0 <= self.year <= 9999 and 0 <= self.serial <= 999_999):
            raise ValueError("region has six digits, year four, serial at most six")

    def __str__(self) -> str:
        digits = f"{self.region}{self.year:04d}{self.serial:06d}"
        return f"PX{digits}{training_check_digit(digits)}"


def training_check_digit(digits: str) -> str:
    """Return the ISO 7064 MOD 11,10 check digit: it finds every single wrong digit."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)
