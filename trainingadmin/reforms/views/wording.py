"""Says differences of figures, outcomes of cases and sums of simulations in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from trainingadmin.kernel.levels import level_name
from trainingadmin.kernel.money import Money
from trainingadmin.plumbing.pages import language
from trainingadmin.policies.golden import Miss
from trainingadmin.reforms.forms import label_of, unit_of
from trainingadmin.reforms.simulation import AFTER, BEFORE, GAINS, LOSES, PEOPLE
from trainingadmin.schemes import SCHEMES, Version, in_english
from trainingadmin.schemes.differences import Difference, differences
from trainingadmin.schemes.facts import FactSpec


def scheme_label(scheme: str) -> str:
    """Return what a scheme is called."""
    found = SCHEMES[scheme]
    return found.label_en if language() == "en" else found.label_zh


def date_rule(scheme: str) -> str:
    """Return by which date a scheme chooses the version, such as "备案日期"."""
    found = SCHEMES[scheme]
    spec = next(one for one in found.reader.specs if one.name == found.anchor)
    return _DATES_IN_ENGLISH[found.anchor] if language() == "en" else spec.label_zh


_DATES_IN_ENGLISH = {
    "filed_on": "filing date",
    "opened_on": "opening date",
    "registered_on": "registration date",
    "months": "first month with wage proof",
}


def changes(before: Version[Any], after: Version[Any]) -> list[dict[str, Any]]:
    """Return each difference as a row to compare and as a sentence."""
    return [_change(one, after) for one in differences(before, after)]


def _change(one: Difference, after: Version[Any]) -> dict[str, Any]:
    label = label_of(one.spec)
    if one.level is not None:
        label = _("%(label)s（%(level)s）", label=label, level=_(level_name(one.level)))
    unit = unit_of(one.unit)
    was, will = _value(one, one.before), _value(one, one.after)
    sentence = _(
        "%(label)s %(before)s → %(after)s %(unit)s，自 %(day)s 起，按%(rule)s",
        label=label, before=was, after=will, unit=unit, day=after.from_on.isoformat(), rule=date_rule(after.scheme),
    )  # fmt: skip
    return {
        "label": label, "before": was, "after": will, "unit": unit, "sentence": sentence.replace("  ", " "),
        "was_from": one.sources[0], "from": one.sources[1], "clause": one.spec.clause,
    }  # fmt: skip


def _value(one: Difference, value: Any) -> str:
    if value is None:
        return str(_("不设标准") if one.level is not None else _("未规定"))
    return in_english(one.shown(value)) if language() == "en" else one.shown(value)


def misses(scheme: str, found: Sequence[Miss]) -> list[str]:
    """Return what came out otherwise than a golden case says, one sentence each."""
    return [
        _(
            "%(what)s：期望 %(expected)s，实际 %(found)s",
            what=_what(one.what),
            expected=_told(scheme, one, one.expected),
            found=_told(scheme, one, one.found),
        )
        for one in found
    ]


def _what(what: str) -> str:
    named = {
        "verdict": _("结论"),
        "pays": _("补贴（元）"),
        "refused": _("不满足的条件"),
        "unknown": _("不能判断的条件"),
        "warns": _("提示的条件"),
        "passes": _("应满足的条件"),
        "policy": _("适用版本"),
        "advance": _("已预支（元）"),
        "balance": _("余额（元）"),
        "living_allowance": _("生活补贴（元）"),
        "possible_on": _("最早可申请日期"),
        "facts": _("事实"),
    }
    return str(named.get(what, what))


def verdict_label(verdict: str) -> tuple[str, str]:
    """Return what a verdict is called, and its tone."""
    named = {"eligible": (_("符合条件"), "ok"), "unknown": (_("待核实"), "info"), "refused": (_("不符合条件"), "bad")}
    return named.get(verdict, (verdict, "idle"))


def _told(scheme: str, one: Miss, value: str) -> str:
    if not value or value == "None":
        return str(_("无"))
    if one.what == "verdict":
        return verdict_label(value)[0]
    if one.what in ("refused", "unknown", "warns", "passes"):
        return str(_("、")).join(condition(scheme, code) for code in value.split())
    return value


def condition(scheme: str, code: str) -> str:
    """Return what a condition is called; its code where the scheme has none of it."""
    found = SCHEMES[scheme].conditions.get(code)
    return code if found is None else found.label_en if language() == "en" else found.label_zh


def group(row: Sequence[int] | None) -> dict[str, Any]:
    """Return a group's figures by name, sums as money; nothing counts as zero."""
    told = row or [0, 0, 0, 0, 0]
    return {
        "people": told[PEOPLE],
        "gains": told[GAINS],
        "loses": told[LOSES],
        "before": Money(told[BEFORE]),
        "after": Money(told[AFTER]),
        "difference": Money(told[AFTER] - told[BEFORE]),
    }


def signed(amount: Money) -> str:
    """Return a difference with its sign."""
    return f"+{amount.grouped()}" if amount.fen > 0 else amount.grouped()


def fact_label(spec: FactSpec) -> str:
    """Return what a fact is called."""
    return spec.label_en if language() == "en" else spec.label_zh


def fact_value(spec: FactSpec, value: Any) -> str:
    """Return a fact of a case for reading."""
    said = spec.kind.show(spec.kind.read(value))
    return in_english(said) if language() == "en" else said
