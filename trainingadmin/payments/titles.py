"""What the accounts of the books are called: their kind, then the scheme or source, then whose they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from trainingadmin.kernel.labels import N_
from trainingadmin.people.queries import office_names, organisation_names, person_names
from trainingadmin.plumbing.words import phrase as _
from trainingadmin.schemes import SCHEMES

_KINDS = {
    "expense": N_("补贴支出"),
    "written_off": N_("核销损失"),
    "payable": N_("应付"),
    "receivable": N_("应收（追回）"),
    "clearing": N_("抵扣过渡"),
    "bank": N_("银行存款"),
    "appropriation": N_("资金下达"),
}
_OF_PAYEES = frozenset({"payable", "receivable", "clearing"})


def of_accounts(paths: Collection[str]) -> dict[str, str]:
    """Return the title of each account path: 应付 · 示例公司, 银行存款 · 就业补助资金 · 石棉县人社局."""
    split = {path: path.split("/") for path in paths}
    payees = [rest for kind, *rest in split.values() if kind in _OF_PAYEES]
    people = person_names([int(rest[1]) for rest in payees if rest[0] == "person"])
    firms = organisation_names([int(rest[0]) for rest in payees if rest[0] != "person"])
    offices = office_names()

    def named(kind: str, rest: list[str]) -> Iterable[str]:
        if kind not in _OF_PAYEES:
            scheme = SCHEMES.get(rest[0])
            return (_(scheme.label_zh) if scheme else rest[0]), offices.get(rest[1], rest[1])
        return [people.get(int(rest[1]), "") if rest[0] == "person" else firms.get(int(rest[0]), "")]

    return {path: " · ".join([_(_KINDS[kind]), *named(kind, rest)]) for path, (kind, *rest) in split.items()}
