"""Says what differs between two versions of an item, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from trainingadmin.courses.models import CatalogueItem
from trainingadmin.courses.states import ASSESSMENT_LABELS, GROUP_LABELS
from trainingadmin.kernel.labels import N_

_NONE = "—"
FIELDS: tuple[tuple[str, Callable[[CatalogueItem], Any]], ...] = (
    (N_("项目名称"), lambda one: one.name),
    (N_("关联职业编码"), lambda one: one.occupation_code or _NONE),
    (N_("考核规范"), lambda one: one.standard),
    (N_("理论课时"), lambda one: one.theory_hours),
    (N_("实操课时"), lambda one: one.practice_hours),
    (N_("总课时"), lambda one: one.hours),
    (N_("考核方式"), lambda one: gettext(ASSESSMENT_LABELS[one.assessment])),
    (N_("合格线"), lambda one: one.pass_mark),
    (N_("理论权重"), lambda one: one.theory_weight),
    (N_("实操权重"), lambda one: one.practice_weight),
    (N_("证书类型"), lambda one: one.certificate_type),
    (N_("补贴标准(元/人)"), lambda one: one.subsidy.grouped()),
    (N_("适用人群"), lambda one: gettext("、").join(gettext(GROUP_LABELS[group]) for group in one.open_to)),
    (N_("有效期起"), lambda one: one.valid_from.isoformat()),
    (N_("有效期止"), lambda one: one.valid_to.isoformat() if one.valid_to else gettext("长期")),
)


def facts(item: CatalogueItem) -> list[tuple[str, str]]:
    """Return every field of a version as (label, text)."""
    return [(gettext(label), str(of(item))) for label, of in FIELDS]


def changes(before: CatalogueItem, after: CatalogueItem) -> list[tuple[str, str, str]]:
    """Return the fields in which a version differs from the one before as (label, before, after)."""
    return [(gettext(label), str(of(before)), str(of(after))) for label, of in FIELDS if of(before) != of(after)]
