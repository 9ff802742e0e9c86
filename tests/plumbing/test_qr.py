"""Codes are of one size and say exactly what they were given."""

from __future__ import annotations

import io
import random

import pytest
import zxingcpp
from defusedxml.ElementTree import fromstring
from PIL import Image

from trainingadmin.plumbing import qr

URL = "https://peixun.example.gov.cn/v/PX51182420200000128/MNKERO148O_g49NnzpV3Se8bMvbhWrqMT7qoFu7reQkhXQDEzV2VaZUX7Q6fxucv"


def read(png: bytes) -> str:
    image = Image.open(io.BytesIO(png)).convert("L")
    (found,) = zxingcpp.read_barcodes(image.resize((image.width * 4, image.height * 4), Image.Resampling.NEAREST))
    return str(found.text)


def test_a_code_says_what_it_was_given() -> None:
    assert read(qr.png(URL)) == URL


def test_a_hundred_random_texts_come_back() -> None:
    chance = random.Random(20200930)
    for _ in range(100):
        text = "".join(chance.choices("ABCxyz0189-_/:.培训", k=chance.randrange(1, 70)))
        assert read(qr.png(text)) == text


def test_all_codes_have_one_size_and_one_bit_a_module() -> None:
    for text in ("1", URL):
        image = Image.open(io.BytesIO(qr.png(text)))
        assert image.size == (qr.SIDE, qr.SIDE)
        assert image.mode == "1"


def test_equal_texts_give_equal_images() -> None:
    assert qr.png(URL) == qr.png(URL)
    assert qr.svg(URL) == qr.svg(URL)


def test_the_longest_text_fits_and_one_more_byte_does_not() -> None:
    assert read(qr.png("a" * qr.LONGEST)) == "a" * qr.LONGEST
    with pytest.raises(qr.TooLong, match="213"):
        qr.png("a" * (qr.LONGEST + 1))


def test_the_drawing_for_a_page_covers_the_same_modules() -> None:
    dark = sum(sum(row) for row in qr.matrix(URL))
    root = fromstring(qr.svg(URL))
    runs = root.findall("{http://www.w3.org/2000/svg}path")[1].attrib["d"].split("M")[1:]
    assert sum(int(run.split("h")[1].split("v")[0]) for run in runs) == dark
