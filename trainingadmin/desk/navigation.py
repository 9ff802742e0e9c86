"""The sections of the menu, by role."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask, g, request, url_for

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.roles import FINANCE, REVIEWERS, STAFF, Actor, Role

_OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)

SECTIONS: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    (N_("工作台"), "home", "desk.home", (*STAFF, *_OPERATORS)),
    (N_("企业与机构"), "building", "people.organisations", (*STAFF, *_OPERATORS)),
    (N_("学徒备案"), "users", "cohorts.index", (*STAFF, *_OPERATORS)),
    (N_("考勤管理"), "calendar-check", "attendance.index", (*STAFF, *_OPERATORS)),
    (N_("补贴申领"), "clipboard-check", "claims.index", (*STAFF, *_OPERATORS)),
    (N_("公示"), "speakerphone", "notices.index", (*REVIEWERS, *FINANCE, Role.SUPERVISOR, Role.ADMIN)),
    (N_("补贴支付批次"), "coin-yuan", "payments.index", (*FINANCE, Role.APPROVAL, Role.SUPERVISOR, Role.ADMIN)),
    (N_("总账"), "book", "payments.ledger", (*FINANCE, Role.SUPERVISOR, Role.ADMIN)),
    (N_("凭证与证书"), "certificate", "certificates.index", (*STAFF, *_OPERATORS)),
    (N_("系统设置"), "settings", "people.accounts", (Role.ADMIN,)),
    (N_("首页"), "home", "desk.mine", (Role.TRAINEE,)),
    (N_("考勤"), "calendar-check", "desk.my_attendance", (Role.TRAINEE,)),
    (N_("凭证"), "certificate", "desk.my_certificates", (Role.TRAINEE,)),
    (N_("我的"), "user", "desk.me", (Role.TRAINEE,)),
)


@cache
def sections(roles: frozenset[Role], endpoint: str) -> tuple[dict[str, Any], ...]:
    """Return the menu of somebody with these roles on the page `endpoint`, its labels to be translated."""
    here = endpoint.partition(".")[0]
    return tuple(
        {
            "label": label,
            "icon": icon,
            "href": url_for(to),
            "active": endpoint == to or (to.endswith(".index") and to.partition(".")[0] == here),
        }
        for label, icon, to, admitted in SECTIONS
        if roles & set(admitted)
    )


def install(app: Flask) -> None:
    """Put the menu on every page."""

    @app.context_processor
    def menu() -> dict[str, Any]:
        actor: Actor | None = g.get("actor")
        return {"nav": sections(actor.roles, request.endpoint or "") if actor else ()}
