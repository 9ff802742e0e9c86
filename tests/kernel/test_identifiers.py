"""ID numbers, credit codes, phones, accounts: what is read, what is refused, what is shown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainingadmin.kernel.identifiers import (
    CreditCode,
    EntityKind,
    IdNumber,
    Sex,
    credit_check_digit,
    id_check_digit,
    looks_like_id,
    mask_account,
    mask_id,
    mask_phone,
    parse_account,
    parse_phone,
    passes_luhn,
)
from trainingadmin.kernel.malformed import Malformed


def id_number(region: str = "511824", born: str = "19890628", serial: str = "003") -> str:
    first = region + born + serial
    return first + id_check_digit(first)


def code_of(call: object, text: str) -> str:
    with pytest.raises(Malformed) as refusal:
        call(text)  # type: ignore[operator]
    assert refusal.value.reason
    return refusal.value.code


def test_an_id_number_tells_birth_date_sex_and_region() -> None:
    number = IdNumber.parse("51182419890628003X")
    assert number.born_on == date(1989, 6, 28)
    assert number.sex is Sex.MALE
    assert number.sex.label == "男"
    assert number.region == "511824"
    assert number.region_known


def test_an_even_serial_is_a_woman() -> None:
    assert IdNumber.parse("513434199408260068").sex is Sex.FEMALE
    assert Sex.FEMALE.label == "女"


@pytest.mark.parametrize(
    "written",
    [
        "51182419890628003x",
        " 511824 19890628 003X ",
        "５１１８２４１９８９０６２８００３Ｘ",
        "\u3000511824198906\u200b28003ｘ",
    ],
)
def test_small_x_blanks_and_full_width_digits_fold(written: str) -> None:
    assert IdNumber.parse(written).text == "51182419890628003X"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "id-missing"),
        ("\u3000", "id-missing"),
        ("513122740626009", "id-legacy"),
        ("51312274062600X", "id-length"),
        ("5118241989062800", "id-length"),
        ("51182419890628003XX", "id-length"),
        ("5118241989O628003X", "id-characters"),
        ("X1182419890628003X", "id-characters"),
        (id_number(born="19900230"), "id-birth-date"),
        (id_number(born="19901301"), "id-birth-date"),
        (id_number(born="00000000"), "id-birth-date"),
        (id_number(born="17991231"), "id-birth-date"),
        ("511824198906280030", "id-check-digit"),
    ],
)
def test_a_wrong_id_number_is_refused_with_its_reason(written: str, code: str) -> None:
    assert code_of(IdNumber.parse, written) == code


def test_an_unknown_region_is_read_and_told() -> None:
    assert not IdNumber.parse(id_number(region="519999")).region_known


def test_an_id_number_never_shows_itself_whole() -> None:
    number = IdNumber.parse("51182419890628003X")
    assert repr(number) == "IdNumber(511824********003X)"
    assert number.masked == "511824********003X"


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_the_id_check_digit_finds_every_single_wrong_digit(first: str, at: int, by: int) -> None:
    changed = first[:at] + str((int(first[at]) + by) % 10) + first[at + 1 :]
    assert id_check_digit(changed) != id_check_digit(first)


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)), st.integers(0, 999))
def test_every_number_made_by_the_rule_is_read_back(born_on: date, serial: int) -> None:
    number = IdNumber.parse(id_number(born=f"{born_on:%4Y%m%d}".zfill(8), serial=f"{serial:03d}"))
    assert number.born_on == born_on
    assert (number.sex is Sex.MALE) == bool(serial % 2)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("91511824MA0000111L", EntityKind.FIRM),
        ("91511822MA0000226X", EntityKind.FIRM),
        ("52511824MJ0000333R", EntityKind.CIVIL_NON_ENTERPRISE),
        ("９１511824ma0000111l", EntityKind.FIRM),
    ],
)
def test_a_credit_code_is_read(written: str, kind: EntityKind) -> None:
    code = CreditCode.parse(written)
    assert code.kind is kind
    assert code.region in ("511824", "511822")


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("N2", EntityKind.VILLAGE_COLLECTIVE),
        ("92", EntityKind.SOLE_TRADER),
        ("93", EntityKind.COOPERATIVE),
        ("12", EntityKind.OTHER),
    ],
)
def test_the_first_two_characters_tell_the_kind(prefix: str, kind: EntityKind) -> None:
    first = f"{prefix}511824MF0000111"
    assert CreditCode.parse(first + credit_check_digit(first)).kind is kind


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "credit-code-missing"),
        ("91511824MA0000111", "credit-code-length"),
        ("91511824MI0000111L", "credit-code-characters"),
        ("915118Q4MA0000111L", "credit-code-characters"),
        ("91511824MA0000111M", "credit-code-check-digit"),
        ("91511824MA0000112L", "credit-code-check-digit"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_its_reason(written: str, code: str) -> None:
    assert code_of(CreditCode.parse, written) == code


def test_a_phone_has_eleven_digits_and_starts_with_one() -> None:
    assert parse_phone(" 140-0000-2042 ") == "14000002042"
    assert code_of(parse_phone, "1400000204") == "phone-format"
    assert code_of(parse_phone, "24000002042") == "phone-format"
    assert code_of(parse_phone, " ") == "phone-missing"


def test_an_account_is_digits_only() -> None:
    assert parse_account("6299 9900 0098 2113 189") == "6299990000982113189"
    assert code_of(parse_account, "1234567") == "account-format"
    assert code_of(parse_account, "6299E90000982113189") == "account-format"
    assert code_of(parse_account, "") == "account-missing"


def test_the_card_check_digit_is_told_apart() -> None:
    assert passes_luhn("6299990000982113189")
    assert not passes_luhn("6299990000982113188")


def test_masks_leave_what_a_reader_needs_to_recognise_it() -> None:
    assert mask_id("511824199606220012") == "511824********0012"
    assert mask_id("511824199606220012", head=2) == "51************0012"
    assert mask_phone("14000000012") == "140****0012"
    assert mask_account("6299990000982113189") == "***************3189"


@pytest.mark.parametrize("mask", [mask_id, mask_phone, mask_account])
@given(text=st.text("0123456789X", max_size=20))
def test_a_mask_keeps_the_length_and_hides_at_least_four_marks_or_all(mask: object, text: str) -> None:
    shown = mask(text)  # type: ignore[operator]
    assert len(shown) == len(text)
    assert shown.count("*") >= min(4, len(text))


def test_the_code_of_a_firm_does_not_look_like_an_id_number_though_it_be_all_digits() -> None:
    codes = (f"91511824{serial:09d}" for serial in range(1, 2000))
    whole = (one + credit_check_digit(one) for one in codes)
    numeric = next(one for one in whole if one.isdecimal())
    assert CreditCode.parse(numeric).text == numeric
    assert not looks_like_id(numeric)
    assert not looks_like_id("2020年机械加工学徒班")


def test_what_can_be_read_as_both_is_taken_for_a_persons() -> None:
    both = id_number()
    assert CreditCode.parse(both).text == both
    assert looks_like_id(both)
    assert looks_like_id("511824198906280030"), "mistyped, it is nobody's code"
