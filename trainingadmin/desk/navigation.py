"""The sections of the menu, by role."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext

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


def sections(actor: Actor | None, known: frozenset[str]) -> list[dict[str, Any]]:
    """Return the menu of `actor`."""
    if actor is None:
        return []
    here = (request.endpoint or "").partition(".")[0]
    return [
        {
            "label": gettext(label),
            "icon": icon,
            "href": url_for(endpoint),
            "active": request.endpoint == endpoint
            or (endpoint.endswith(".index") and endpoint.partition(".")[0] == here),
        }
        for label, icon, endpoint, roles in SECTIONS
        if actor.has(*roles) and endpoint in known
    ]


def install(app: Flask) -> None:
    """Put the menu on every page."""

    @app.context_processor
    def menu() -> dict[str, Any]:
        return {"nav": sections(g.get("actor"), frozenset(app.view_functions))}
