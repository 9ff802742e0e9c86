"""No content, however hostile, takes more than its share: it ends as a document or as a clear refusal."""

from __future__ import annotations

import copy
import signal
import threading
import time
from contextlib import suppress
from typing import Any

import pytest

from trainingadmin.plumbing.documents import DocumentError, LimitReached, pdf, specimen
from trainingadmin.plumbing.documents.limits import bounded

HOSTILE = [
    "", " ", "　", "\n" * 500, "\t" * 500, "·" * 300, "A" * 2_000, "长" * 2_000, "a b " * 500, "\u00a0" * 2_000,
    "\u202egnol", "\u200b" * 50, "e" + "\u0301" * 400, "\ufeff张三", "\x00", "\x1b[31m", "\ud800", "\ue123", "𠀀𠀁𠀂", "😀👩‍👩‍👧",
    "<script>alert(1)</script>", "</p></main></body></html>", "{{ 7*7 }}{% for x in range(10**9) %}{% endfor %}",
    "<img src=file:///etc/passwd>", "';DROP TABLE claims;--", "=cmd|' /C calc'!A0", "../../../etc/passwd", "&#x202e;&lt;",
    "https://example.org/" + "x" * 1_500, "ﷺ" * 200, "ｆｕｌｌｗｉｄｔｈ" * 100, "。" * 2_000, "（" * 1_999, "1" * 2_000,
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HOSTILE)))
@pytest.mark.parametrize("place", ["name", "remark"])
def test_a_hostile_text_ends_as_a_document_or_a_refusal(number: int, place: str) -> None:
    content: dict[str, Any] = copy.deepcopy(specimen("payment_certificate"))
    if place == "name":
        content["trainee"]["name"] = HOSTILE[number]
    else:
        content["remark"] = HOSTILE[number]
    refused: DocumentError | None = None
    made = b""
    try:
        made = pdf("payment_certificate", content)
    except DocumentError as error:
        refused = error
    assert made.startswith(b"%PDF") if refused is None else (str(refused) and refused.code)


def test_the_list_of_hostile_texts_is_long_enough() -> None:
    assert len(HOSTILE) >= 30


def spin() -> None:
    while True:
        pass


def insist() -> None:
    """Go on whatever happens, as a library might."""
    while True:
        with suppress(Exception):
            time.sleep(60)


def test_processor_time_is_bounded() -> None:
    with pytest.raises(LimitReached, match="处理器"), bounded(cpu=1):
        spin()


def test_wall_time_is_bounded() -> None:
    with pytest.raises(LimitReached, match="运行时间"), bounded(wall=0.05):
        time.sleep(60)


def test_no_handler_in_between_swallows_the_limit() -> None:
    with pytest.raises(LimitReached), bounded(wall=0.05):
        insist()


def test_memory_is_bounded() -> None:
    with pytest.raises(LimitReached, match="内存"), bounded():
        bytearray(8 << 30)


def test_the_limits_are_lifted_afterwards() -> None:
    with bounded(wall=0.05):
        pass
    time.sleep(0.1)
    assert len(bytearray(1 << 20)) == 1 << 20
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_alarm_that_was_running_rings_when_it_should() -> None:
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    try:
        signal.setitimer(signal.ITIMER_REAL, 50)
        with bounded(wall=5):
            assert signal.getitimer(signal.ITIMER_REAL)[0] <= 5
        assert 5 < signal.getitimer(signal.ITIMER_REAL)[0] <= 50
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with bounded(wall=5):
            time.sleep(0.1)
        assert rung == [True]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_outside_the_main_thread_the_block_just_runs() -> None:
    made: list[bytes] = []
    thread = threading.Thread(target=lambda: made.append(pdf("training_certificate", specimen("training_certificate"))))
    thread.start()
    thread.join()
    assert made[0].startswith(b"%PDF")
