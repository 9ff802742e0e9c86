"""Words the manifest of packed documents: one row a document, people as the pages show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from trainingadmin.certificates.archive import Entry, pieces
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import KIND_LABELS, LABELS
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.storage import store


def packed(found: Sequence[Certificate]) -> Iterator[bytes]:
    """Yield the bytes of a ZIP with these documents and their manifest."""
    return pieces(heading(), entries(found), store().read)


def heading() -> list[str]:
    """Return the first row of a manifest."""
    about = [_("序号"), _("编号"), _("种类"), _("状态"), _("持有人"), _("身份证号"), _("单位"), _("项目")]
    return [*about, _("金额（元）"), _("签发日期"), _("文件名"), "SHA-256"]


def entries(found: Sequence[Certificate]) -> list[Entry]:
    """Return the documents with their names in the archive: the number, and the id where several bear it."""
    often = Counter(one.number for one in found)
    return [
        Entry(f"{one.number}{f'-{one.id}' if often[one.number] > 1 else ''}.pdf", one.sha256 or "", _told(place, one))
        for place, one in enumerate(found, start=1)
    ]


def _told(place: int, one: Certificate) -> list[str]:
    shown = one.public
    about = [str(place), one.number, _(KIND_LABELS[one.kind]), _(LABELS[one.state])]
    whose = [str(shown.get(name) or "") for name in ("holder", "id", "unit", "project", "amount")]
    return [*about, *whose, clock.local(one.issued_at).date().isoformat()]
