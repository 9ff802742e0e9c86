"""Says findings, and where each fact comes from, in the reader's language: the one why card of every page and letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from trainingadmin import schemes
from trainingadmin.plumbing.pages import language
from trainingadmin.registers.evidence import source_words
from trainingadmin.schemes.base import BETWEEN, Condition, Decision
from trainingadmin.schemes.first_days import first_day
from trainingadmin.schemes.wording import in_english

Source = Mapping[str, Any]
"""Where a fact comes from: `from` names the place, the other members what one needs to find it again."""
Way = Callable[[Source], str | None]
"""Returns the address at which the reader may open a source, if there is one for them."""


def english() -> bool:
    """Whether the reader chose English."""
    return language() == "en"


def label_of(scheme: str, code: str) -> str:
    """Return what a condition is called; its code where the scheme no longer has it."""
    condition = schemes.SCHEMES[scheme].conditions.get(code)
    return code if condition is None else condition.label_en if english() else condition.label_zh


def advice_of(scheme: str, code: str) -> str:
    """Return what to bring or to do about a condition that is not met."""
    condition = schemes.SCHEMES[scheme].conditions.get(code)
    return "" if condition is None else condition.advice_en if english() else condition.advice_zh


def nowhere(_source: Source) -> None:
    """Open no source: for letters, and for readers who see no other page."""
    return


def card(
    scheme: str,
    findings: Iterable[Mapping[str, Any]],
    sources: Mapping[str, Source],
    *,
    facts: Mapping[str, Any] | None = None,
    document: str = "",
    way: Way = nowhere,
) -> list[dict[str, Any]]:
    """Return findings as the card shows them, each with the sources of the facts it looked at.

    `facts` let it say the first day on which a failing condition could pass, `document` is the 文号 of the version
    of the figures, `way` makes sources links.
    """
    say: Callable[[str], str] = in_english if english() else str
    return [
        {
            "code": told["code"],
            "label": label_of(scheme, told["code"]),
            "outcome": told["outcome"],
            "value": _value(schemes.SCHEMES[scheme].conditions.get(told["code"]), told["value"], say),
            "required": say(told["required"]),
            "clause": told["clause"],
            "document": document if document and document not in told["clause"] else "",
            "possible_on": _possible_on(told, facts or {}),
            "advice": advice_of(scheme, told["code"]),
            "sources": _sources(scheme, told["code"], sources, way),
        }
        for told in findings
    ]


def _value(condition: Condition[Any, Any] | None, value: str, say: Callable[[str], str]) -> str:
    """Return what was looked at, in words; of several facts each is called by its name."""
    specs, parts = condition.specs if condition else (), value.split(BETWEEN)
    if len(parts) == 1 or len(parts) != len(specs):
        return say(value)
    of = ": " if english() else " "
    return " · ".join(f"{one.title(english=english())}{of}{say(part)}" for one, part in zip(specs, parts, strict=True))


def _possible_on(told: Mapping[str, Any], facts: Mapping[str, Any]) -> date | None:
    if told["possible_on"]:
        return date.fromisoformat(told["possible_on"])
    return first_day(told["code"], facts) if told["outcome"] == "fail" else None


def _sources(scheme: str, code: str, sources: Mapping[str, Source], way: Way) -> list[dict[str, str | None]]:
    condition = schemes.SCHEMES[scheme].conditions.get(code)
    return _sources_of(facts_of(condition.reads if condition else ()), sources, way)


def _sources_of(names: Iterable[str], sources: Mapping[str, Source], way: Way) -> list[dict[str, str | None]]:
    told = {source_text(sources[name]): way(sources[name]) for name in names if name in sources}
    return [{"text": text, "href": href} for text, href in told.items()]


def sums(decision: Decision, sources: Mapping[str, Source], *, way: Way = nowhere) -> list[dict[str, Any]]:
    """Return how the sums of a decision arise as pages show it: every value with what it rests on, and the formula."""
    say: Callable[[str], str] = in_english if english() else str
    return [
        {
            "rows": [
                {
                    "label": step.label_en if english() else step.label_zh,
                    "value": say(step.value),
                    "citation": step.figure.citation if step.figure else "",
                    "choice": step.figure is not None and step.figure.choice,
                    "sources": _sources_of(step.facts, sources, way),
                }
                for step in one.steps
            ],
            "formula": one.formula,
            "amount": one.amount,
            "beside": one.beside,
        }
        for one in schemes.SCHEMES[decision.version.scheme].reckon(decision)
    ]


def facts_of(reads: Sequence[str]) -> list[str]:
    """Return the names of the facts that a condition's `reads` stand for, members of one fact together."""
    return list(dict.fromkeys(path.partition(".")[0] for path in reads))


def source_text(source: Source) -> str:
    """Return where a fact comes from, in words."""
    say = _WORDS.get(source["from"])
    return say(source) if say else str(source["from"])


def _roster(source: Source) -> str:
    if not source.get("file"):
        return str(_("学徒花名册"))
    told = {"file": source["file"], "who": source["who"], "on": source["on"]}
    return str(_("学徒花名册“%(file)s”（%(who)s %(on)s 导入）", **told))


def _class_roster(source: Source) -> str:
    if not source.get("file"):
        return str(_("培训花名册"))
    told = {"file": source["file"], "who": source["who"], "on": source["on"]}
    return str(_("培训花名册“%(file)s”（%(who)s %(on)s 导入）", **told))


def _uploaded(source: Source) -> str:
    if not source.get("file"):
        return str(_("企业上传花名册时声明"))
    return str(_("企业上传花名册时声明（%(who)s %(on)s）", who=source["who"], on=source["on"]))


def _claims(source: Source) -> str:
    if not source["numbers"]:
        return str(_("本系统补贴记录：无"))
    return str(_("本系统补贴记录：%(numbers)s", numbers="、".join(source["numbers"])))


def _verified(source: Source) -> str:
    told = {"source": source["source"], "who": source["who"] or "—", "on": source["on"]}
    return str(_("%(source)s（%(who)s %(on)s 核验）", **told))


def _attested(source: Source) -> str:
    told = {name: source[name] for name in ("source", "as_of", "who")}
    return str(_("%(source)s（名单日期 %(as_of)s，%(who)s核对）", **told))


def _registered(source: Source) -> str:
    if source.get("stated") is None:
        return source_words(source)
    return str(_("%(listed)s；与本人填报不一致", listed=source_words(source)))


def _wages(source: Source) -> str:
    if not source["vouchers"]:
        return str(_("还没有登记工资并上传凭证"))
    return str(
        _(
            "工资发放明细和凭证扫描件（%(who)s登记，凭证号 %(vouchers)s）",
            who=source["who"],
            vouchers="、".join(source["vouchers"]),
        )
    )


def _filings(source: Source) -> str:
    if not source.get("numbers"):
        return str(_("本系统备案记录"))
    return str(_("本系统备案记录：%(numbers)s", numbers="、".join(source["numbers"])))


_WORDS: dict[str, Callable[[Source], str]] = {
    "filing": lambda _source: _("备案信息"),
    "filings": _filings,
    "uploaded": _uploaded,
    "roster": _roster,
    "id_number": lambda _source: _("身份证号"),
    "catalogue": lambda source: _(
        "项目目录：%(item)s（%(document)s）", item=source["item"], document=source["document"]
    ),
    "class": lambda _source: _("开班申请"),
    "score": lambda source: _("考核成绩（%(who)s %(on)s 录入）", who=source["who"] or "—", on=source["on"]),
    "class_roster": _class_roster,
    "changes": lambda _source: _("备案变更记录"),
    "attendance": lambda _source: _("考勤记录合计"),
    "wages": _wages,
    "payments": lambda _source: _("拨付记录"),
    "declared": lambda source: _("本人填报（%(on)s）", on=source["on"]),
    "unstated": lambda _source: _("本人没有填报"),
    "own": lambda _source: _("本次申请"),
    "claim": lambda _source: _("本次申领"),
    "unattested": lambda _source: _("尚未核对，由受理岗或初审岗登记"),
    "no_result": lambda _source: _("尚未录入考核结果"),
    "result": lambda source: _("考核结果（%(who)s %(on)s 录入）", who=source["who"] or "—", on=source["on"]),
    "verification": _verified,
    "attestation": _attested,
    "register": _registered,
    "visit": lambda source: _("实地核查（%(who)s，%(on)s）", who=source["who"], on=source["on"]),
    "claims": _claims,
}
