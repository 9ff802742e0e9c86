"""Certificate numbers: those of others in both layouts, and our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainingadmin.kernel.document_numbers import SkillCertificate, TrainingCertificate, training_check_digit
from trainingadmin.kernel.malformed import Malformed


@pytest.mark.parametrize(
    ("text", "province", "year", "level"),
    [
        ("S000051000001194000002", "51", 2019, 4),
        ("y000051000001253000002", "51", 2025, 3),
        ("1751182015421954", "51", 2017, 4),
        ("9851181002435957", "51", 1998, 4),
        ("YT00051000001250000002", "51", 2025, None),
    ],
)
def test_a_number_tells_province_year_and_level(text: str, province: str, year: int, level: int | None) -> None:
    certificate = SkillCertificate.parse(text)
    assert (certificate.province, certificate.year, certificate.level) == (province, year, level)


def test_level_and_year_must_agree_with_what_is_said() -> None:
    certificate = SkillCertificate.parse("S000051000001194000002")
    assert certificate.agrees_with(level=4, year=2019)
    assert not certificate.agrees_with(level=3, year=2019)
    assert not certificate.agrees_with(level=4, year=2020)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "certificate-number-missing"),
        ("S00005100000119400000", "certificate-number-format"),
        ("S000051000001197000002", "certificate-number-format"),
        ("A000051000001194000002", "certificate-number-format"),
        ("175118201542195", "certificate-number-format"),
        ("1751182015921954", "certificate-number-format"),
    ],
)
def test_a_wrong_number_is_refused(text: str, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        SkillCertificate.parse(text)
    assert refusal.value.code == code


def test_our_number_is_px_region_year_serial_and_check_digit() -> None:
    assert str(TrainingCertificate("511824", 2020, 1)) == "PX51182420200000013"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PX5118242020000001", "training-certificate-format"),
        ("PX51182420200000014", "training-certificate-check-digit"),
        ("PX51182420200000103", "training-certificate-check-digit"),
    ],
)
def test_a_forged_number_of_ours_is_refused(text: str, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        TrainingCertificate.parse(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("region", "year", "serial"), [("5118", 2020, 1), ("511824", 20200, 1), ("511824", 2020, 10**6)]
)
def test_a_number_that_does_not_fit_is_never_made(region: str, year: int, serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        TrainingCertificate(region, year, serial)


@given(st.integers(1990, 2199), st.integers(0, 999_999))
def test_every_number_of_ours_is_read_back(year: int, serial: int) -> None:
    certificate = TrainingCertificate("511824", year, serial)
    assert TrainingCertificate.parse(str(certificate)) == certificate


@given(st.text("0123456789", min_size=16, max_size=16), st.integers(0, 15), st.integers(1, 9))
def test_the_check_digit_finds_every_single_wrong_digit(digits: str, at: int, by: int) -> None:
    changed = digits[:at] + str((int(digits[at]) + by) % 10) + digits[at + 1 :]
    assert training_check_digit(changed) != training_check_digit(digits)


@given(st.text("0123456789", min_size=16, max_size=16))
def test_the_whole_number_closes_the_standards_own_check(digits: str) -> None:
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    assert (product + int(training_check_digit(digits))) % 10 == 1
