"""The one-time notification letter (一次性告知): a why card as a PDF that an applicant can take away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from trainingadmin.people.models import Office
from trainingadmin.plumbing import documents

MOST_ROWS = 200
"""Rows a letter prints; the rest is counted and shown in the system."""
_UNMET = frozenset({"fail", "unknown", "warn"})

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a letter says beside its findings; texts in the reader's language.

    `items` are pairs of whom it is about and one condition of their why card. `sealed` where the office decided
    something: a pre-check is no act of the office.
    """

    title: str
    number: str
    issued_on: date
    addressee: str
    received_on: date
    matter: str
    matter_number: str
    outcome: str
    office: Office
    contact: str
    items: Iterable[tuple[str, Item]] = ()
    note: str = ""
    remedy: str = ""
    remark: str = ""
    sealed: bool = True
    english: bool = field(default=False)


def pdf(letter: Letter) -> bytes:
    """Print a letter. Raises `DocumentError` naming what cannot be printed."""
    return documents.pdf("notification_letter", content(letter))


def content(letter: Letter) -> dict[str, Any]:
    """Return a letter as its template wants it."""
    unmet = [(subject, item) for subject, item in letter.items if item["outcome"] in _UNMET]
    more = len(unmet) - MOST_ROWS
    cut = _("另有 %(n)s 项，请登录系统查看。", n=more) if more > 0 else ""
    return {
        "lang": "en" if letter.english else "zh-CN",
        "title": letter.title,
        "number": letter.number,
        "issuer": letter.office.name,
        "issued_on": letter.issued_on.isoformat(),
        "addressee": letter.addressee,
        "received_on": letter.received_on.isoformat(),
        "matter": letter.matter,
        "matter_number": letter.matter_number,
        "outcome": letter.outcome,
        "note": [row for row in letter.note.splitlines() if row.strip()],
        "findings": [_row(subject, item) for subject, item in unmet[:MOST_ROWS]],
        "due_on": "",
        "manner": _("登录系统在原申请中补正，或者到受理窗口提交"),
        "contact": {"name": letter.contact, "phone": letter.office.phone or "—"},
        "remedy": letter.remedy,
        "remark": " ".join(filter(None, (letter.remark, cut))),
        "seal": "seal" if letter.sealed else "",
    }


def _row(subject: str, item: Item) -> dict[str, str]:
    told = [
        _("%(label)s：核验值 %(value)s，要求 %(required)s。", **_of(item, "label", "value", "required")),
        _("来源：%(text)s。", text=_("；").join(one["text"] for one in item["sources"])) if item["sources"] else "",
        _("最早可于 %(day)s 符合。", day=item["possible_on"].isoformat()) if item["possible_on"] else "",
    ]
    basis = " · ".join(filter(None, (item["clause"], item["document"])))
    return {"subject": subject, "problem": " ".join(filter(None, told)), "clause": basis, "bring": item["advice"]}


def _of(item: Item, *names: str) -> dict[str, str]:
    return {name: item[name] or "—" for name in names}
