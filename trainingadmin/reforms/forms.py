"""Forms of policy maintainers: a scheme's figures field by field, moves, golden cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from trainingadmin.kernel.dates import FIRST_YEAR, LAST_YEAR
from trainingadmin.kernel.levels import LEVELS, level_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing.pages import Form, language
from trainingadmin.reforms.actions import Proposal, Scan
from trainingadmin.schemes import SCHEMES, ParameterSpec, Version, in_english
from trainingadmin.schemes.kinds import WHOLE_MAX


def _within_years(_form: Form, field: DateField) -> None:
    if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(gettext("日期应在 1900 年至 2199 年之间。"))


class DraftForm(Form):
    """What every draft says, whatever the scheme; `draft_form` adds the scheme's figures."""

    code = StringField(_l("版本代码"), validators=[InputRequired(_l("请填写版本代码，如 YA-2026。")), Length(max=40)])
    valid_from = DateField(_l("施行日期"), validators=[InputRequired(_l("请选择日期。")), _within_years])
    document = StringField(_l("文号"), validators=[InputRequired(_l("请填写文号。")), Length(max=120)])
    scan = FileField(_l("文件扫描件"))

    scheme = ""
    base: Version[Any]

    def blame(self, refusal: Refusal) -> None:
        """Put a refusal about a figure beside the first of its fields."""
        if refusal.field and refusal.field not in self._fields:
            first = next((name for name in self._fields if name.startswith(f"{refusal.field}_")), None)
            refusal.field = first
        super().blame(refusal)

    def proposal(self) -> Proposal:
        """Return what the form asks for."""
        assert self.valid_from.data is not None
        return Proposal(self.code.data or "", self.valid_from.data, self.document.data or "", self._figures())

    def _figures(self) -> dict[str, dict[str, Any]]:
        figures = {}
        for name, spec in SCHEMES[self.scheme].parameters.items():
            value = _shape(spec).read(self, name)
            if value is None and not spec.judged:
                continue
            figures[name] = {
                "value": value,
                "unit": self.base.figures[name].unit if name in self.base.figures else spec.unit,
                "citation": (self[f"{name}_citation"].data or "").strip(),
                "choice": bool(self[f"{name}_choice"].data),
            }
        return figures

    def sent(self) -> Scan | None:
        """Return the scan that was chosen, if one was."""
        chosen = self.scan.data
        return Scan(chosen.filename or "", chosen.read()) if chosen else None

    def rows(self) -> list[dict[str, Any]]:
        """Return the figures with their fields, as the page lays them out."""
        return [self._row(name, spec) for name, spec in SCHEMES[self.scheme].parameters.items()]

    def _row(self, name: str, spec: ParameterSpec) -> dict[str, Any]:
        fields = [self[one] for one in _shape(spec).names(name)]
        citation = self[f"{name}_citation"]
        return {
            "spec": spec,
            "label": label_of(spec),
            "unit": unit_of(spec.unit),
            "bounds": spec.bounds if spec.bounds and spec.bounds[1] < WHOLE_MAX else None,
            "now": shown(self.base, name),
            "fields": fields,
            "citation": citation,
            "choice": self[f"{name}_choice"],
            "wrong": any(one.errors for one in (*fields, citation)),
        }


def label_of(spec: ParameterSpec) -> str:
    """Return what a parameter is called in the reader's language."""
    return spec.label_en if language() == "en" else spec.label_zh


def unit_of(unit: str) -> str:
    """Return a unit in the reader's language."""
    return in_english(unit) if language() == "en" else unit


def shown(version: Version[Any], name: str) -> str:
    """Return a figure of a version for reading, levels by name; a dash where it has none."""
    figure = version.figures.get(name)
    if figure is None:
        return "—"
    if isinstance(figure.value, Mapping):
        rates = (f"{gettext(level_name(level))} {amount}" for level, amount in figure.value.items())
        return str(gettext("、")).join(rates)
    return in_english(figure.shown) if language() == "en" else figure.shown


# How each kind of figure is entered -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shape:
    """The fields of one kind of figure: how they are made, filled from a version's JSON, and read into JSON."""

    make: Callable[[ParameterSpec, str], dict[str, Any]]
    fill: Callable[[str, Any], dict[str, Any]]
    read: Callable[[Any, str], Any]
    names: Callable[[str], list[str]]


def _bounded(spec: ParameterSpec, label: str) -> IntegerField:
    least, most = spec.bounds or (0, WHOLE_MAX)
    wrong = gettext("不可能的数值：应为 %(least)s 至 %(most)s 的整数。", least=f"{least:,}", most=f"{most:,}")
    needed = InputRequired(gettext("请填写。")) if spec.judged and spec.kind.name != "rates" else Optional()
    return IntegerField(label, validators=[needed, NumberRange(least, most, message=wrong)])


def _alone(make: Callable[[ParameterSpec, str], Any], read: Callable[[Any], Any], fill: Callable[[Any], Any]) -> _Shape:
    return _Shape(
        lambda spec, name: {name: make(spec, label_of(spec))},
        lambda name, value: {name: fill(value)},
        lambda form, name: read(form[name].data),
        lambda name: [name],
    )


def _chosen(spec: ParameterSpec, label: str) -> SelectField:
    say = in_english if language() == "en" else str
    options = [SelectChoice(option, say(spec.kind.show(option))) for option in spec.options]
    return SelectField(label, choices=options)


def _rates(spec: ParameterSpec, name: str) -> dict[str, Any]:
    return {f"{name}_{level}": _bounded(spec, gettext(level_name(level))) for level in LEVELS}


def _read_rates(form: Any, name: str) -> dict[str, int]:
    told = {level: form[f"{name}_{level}"].data for level in LEVELS}
    return {str(level): amount for level, amount in told.items() if amount is not None}


def _uncertified(spec: ParameterSpec, name: str) -> dict[str, Any]:
    choices = [
        SelectChoice("zero", gettext("不予补贴")),
        SelectChoice("half", gettext("减半")),
        SelectChoice("flat", gettext("按固定标准")),
    ]
    flat = gettext("不可能的数值：应为 %(least)s 至 %(most)s 的整数。", least=0, most=f"{WHOLE_MAX:,}")
    return {
        name: SelectField(label_of(spec), choices=choices),
        f"{name}_flat": IntegerField(
            gettext("固定标准（元/人·年）"), validators=[Optional(), NumberRange(0, WHOLE_MAX, message=flat)]
        ),
    }


def _fill_uncertified(name: str, value: str) -> dict[str, Any]:
    kind, _, amount = value.partition(":")
    return {name: kind, f"{name}_flat": int(amount) if amount else None}


def _read_uncertified(form: Any, name: str) -> str:
    if form[name].data != "flat":
        return str(form[name].data)
    amount = form[f"{name}_flat"].data
    return "flat:" if amount is None else f"flat:{amount}"


def _lines(told: str | None) -> list[str]:
    return [line.strip() for line in (told or "").splitlines() if line.strip()]


_NUMBER = _alone(_bounded, lambda told: told, lambda value: value)
_TEXT = _alone(
    lambda _spec, label: StringField(label, validators=[Length(max=200)]),
    lambda told: (told or "").strip() or None,
    str,
)
_SHAPES: Mapping[str, _Shape] = {
    "choice": _alone(_chosen, lambda told: told, lambda value: value),
    "flag": _alone(lambda _spec, label: BooleanField(label), bool, bool),
    "list of text": _alone(lambda _spec, label: TextAreaField(label), _lines, "\n".join),
    "free": _TEXT,
    "text": _TEXT,
    "rates": _Shape(
        _rates,
        lambda name, value: {f"{name}_{level}": amount for level, amount in value.items()},
        _read_rates,
        lambda name: [f"{name}_{level}" for level in LEVELS],
    ),
    "uncertified": _Shape(_uncertified, _fill_uncertified, _read_uncertified, lambda name: [name, f"{name}_flat"]),
}


def _shape(spec: ParameterSpec) -> _Shape:
    return _SHAPES.get(spec.kind.name, _NUMBER)


def draft_form(base: Version[Any], told: Version[Any] | None = None) -> DraftForm:
    """Return the form of a draft that would follow `base`, filled in with `told`, or with `base` for a new one."""
    fields: dict[str, Any] = {"scheme": base.scheme, "base": base}
    filled: dict[str, Any] = {}
    for name, spec in SCHEMES[base.scheme].parameters.items():
        shape = _shape(spec)
        fields |= shape.make(spec, name)
        fields[f"{name}_citation"] = _citation(spec)
        fields[f"{name}_choice"] = BooleanField(gettext("政策未明确，由本系统取定"))
        figure = (told or base).figures.get(name)
        if figure is not None:
            filled |= shape.fill(name, spec.kind.write(figure.value))
            filled |= {f"{name}_citation": figure.citation, f"{name}_choice": figure.choice}
    if told is not None:
        filled |= {"code": told.code, "valid_from": told.from_on, "document": told.document}
    form: DraftForm = type("SchemeDraftForm", (DraftForm,), fields)(data=filled)
    return form


def _citation(spec: ParameterSpec) -> Field:
    needed = InputRequired(gettext("请写明依据（文号或来源）。")) if spec.judged else Optional()
    return StringField(gettext("%(label)s的依据", label=label_of(spec)), validators=[needed, Length(max=200)])


class MoveForm(Form):
    """A move of the lifecycle, with the words that go with it."""

    move = HiddenField()
    note = TextAreaField(_l("意见"), validators=[Length(max=500)])


class CaseForm(Form):
    """A golden case as the files of cases write it."""

    text = TextAreaField(_l("案例（YAML）"), validators=[InputRequired(_l("请写一个案例。")), Length(max=8000)])
    note = StringField(_l("为什么写这个案例"), validators=[Length(max=200)])


class WithdrawForm(Form):
    """Why a case no longer counts."""

    note = TextAreaField(_l("原因"), validators=[InputRequired(_l("请写明这个案例为什么不再适用。")), Length(max=500)])
