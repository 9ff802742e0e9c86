"""What an apprentice is planned to earn and earns, and how that is worked out."""

from __future__ import annotations

from trainingadmin.kernel.dates import day_text, full_months
from trainingadmin.kernel.levels import level_name
from trainingadmin.kernel.money import Money
from trainingadmin.schemes.apprenticeship_terms import Facts, Parameters
from trainingadmin.schemes.figures import Version
from trainingadmin.schemes.reckoning import Reckoning, Step, figure, grouped, known


def _counted(months: int, p: Parameters) -> int:
    """Return the months that are paid for, part years as `proration` says."""
    return months - months % 12 if p.proration == "whole_year" else months


def _for_months(annual_rate: int, months: int, p: Parameters) -> int:
    """Return whole yuan for `months` at a yearly rate."""
    return annual_rate * _counted(months, p) // 12


def planned(f: Facts, p: Parameters) -> Money:
    """Return what a filing plans for the apprentice: the target level's rate over the filed months.

    Clause: 人社部发〔2018〕66号 补贴标准
    """
    assert f.target_level is not None
    assert f.filed_months is not None
    return Money.yuan(_for_months(p.annual_rate[f.target_level], f.filed_months, p))


def earned(f: Facts, p: Parameters, *, certified: bool) -> Money:
    """Return what a claim earns: whole months trained, capped at the filed and extended period, at the target's rate.

    Without a certificate half of it, or a flat yearly rate in place of the level's.
    Clause: 人社部发〔2018〕66号 补贴标准；未取得证书的按各版本参数
    """
    assert f.target_level is not None
    months, rate = _months(f), p.annual_rate[f.target_level]
    if certified:
        return Money.yuan(_for_months(rate, months, p))
    if p.uncertified == "half":
        return Money.yuan(_for_months(rate, months, p) // 2)
    return Money.yuan(_for_months(_flat(p), months, p))


def _trained(f: Facts) -> int:
    assert f.starts_on is not None
    assert f.ended_on is not None
    return full_months(f.starts_on, f.ended_on)


def _months(f: Facts) -> int:
    assert f.filed_months is not None
    return min(_trained(f), f.filed_months + (f.extended_months or 0))


def _flat(p: Parameters) -> int:
    return int(p.uncertified.removeprefix("flat:"))


def reckon_planned(f: Facts, version: Version[Parameters]) -> Reckoning:
    """Tell how the planned sum of an eligible apprentice arises."""
    p = version.parameters
    assert f.target_level is not None
    assert f.filed_months is not None
    rate, months = p.annual_rate[f.target_level], _counted(f.filed_months, p)
    steps = (_rate(f, version), *known(f, ["filed_months"]), figure(version, "proration"), _count(months))
    return Reckoning(steps, _formula(rate, months), planned(f, p))


def reckon_earned(f: Facts, version: Version[Parameters], *, certified: bool) -> Reckoning:
    """Tell how the sum that an eligible apprentice earns arises."""
    p = version.parameters
    assert f.target_level is not None
    assert f.starts_on is not None
    assert f.ended_on is not None
    half, months = p.uncertified == "half", _counted(_months(f), p)
    rate = p.annual_rate[f.target_level] if certified or half else _flat(p)
    span = f"{_trained(f)} 个月 · {day_text(f.starts_on)} – {day_text(f.ended_on)}"
    steps = (
        *([_rate(f, version)] if certified or half else []),
        *([] if certified else [figure(version, "uncertified", facts=("certificate", "no_certificate"))]),
        Step("实际培养的整月", "Whole months trained", span, ("starts_on", "ended_on")),
        *known(f, ["filed_months", "extended_months"]),
        figure(version, "proration"),
        _count(months),
    )
    formula = _formula(rate, months) + ("" if certified or not half else " ÷ 2")
    return Reckoning(steps, formula, earned(f, p, certified=certified))


def _rate(f: Facts, version: Version[Parameters]) -> Step:
    assert f.target_level is not None
    rate = grouped(version.parameters.annual_rate[f.target_level])
    value = f"{level_name(f.target_level)} · {rate} {version.figures['annual_rate'].unit}"
    return figure(version, "annual_rate", value, ("target_level",))


def _count(months: int) -> Step:
    return Step(
        "计入月数（不超过备案和批准延长的期限）", "Months that count, no more than filed and extended", f"{months} 个月"
    )


def _formula(rate: int, months: int) -> str:
    return f"{grouped(rate)} × {months} ÷ 12"
