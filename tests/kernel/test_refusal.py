"""A refusal carries a stable code and words with places for values."""

from __future__ import annotations

from trainingadmin.kernel.refusal import Refusal


def test_a_refusal_keeps_its_code_words_field_and_values() -> None:
    refusal = Refusal("short", "还差 %(n)s 课时", field="hours", n=3)
    assert (refusal.code, refusal.message, refusal.field, refusal.values) == (
        "short",
        "还差 %(n)s 课时",
        "hours",
        {"n": 3},
    )


def test_a_log_shows_the_code_and_none_of_the_values() -> None:
    assert str(Refusal("known", "%(name)s 已登记", name="某某某")) == "known"
    assert "某某某" not in repr(Refusal("known", "%(name)s 已登记", name="某某某"))


def test_a_refusal_may_belong_to_no_field() -> None:
    assert Refusal("no", "不行。").field is None
