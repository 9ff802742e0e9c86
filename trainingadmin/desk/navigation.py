"""The sections of the menu, by role."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, url_for
from markupsafe import Markup

from trainingadmin.desk import hanging, whereabouts
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.roles import FINANCE, REVIEWERS, STAFF, Actor, Role
from trainingadmin.plumbing.pages import language

_OPERATORS = (Role.ENTERPRISE, Role.INSTITUTION)

SECTIONS: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    (N_("工作台"), "home", "desk.home", (*STAFF, *_OPERATORS)),
    (N_("企业与机构"), "building", "people.organisations", (*STAFF, *_OPERATORS)),
    (N_("学徒备案"), "users", "cohorts.index", (*STAFF, *_OPERATORS)),
    (N_("培训班"), "presentation", "classes.index", (*STAFF, *_OPERATORS)),
    (N_("以工代训"), "briefcase", "wages.index", (*STAFF, Role.ENTERPRISE)),
    (N_("考勤管理"), "calendar-check", "attendance.index", (*STAFF, *_OPERATORS)),
    (
        N_("现场签到"),
        "qrcode",
        "checkins.index",
        (Role.ACCEPTANCE, Role.FIRST_REVIEW, Role.SUPERVISOR, Role.ADMIN, *_OPERATORS),
    ),
    (N_("补贴申领"), "clipboard-check", "claims.index", (*STAFF, *_OPERATORS)),
    (N_("专项能力目录"), "school", "courses.index", (*STAFF, Role.INSTITUTION)),
    (N_("外部名单"), "list-check", "registers.index", (*REVIEWERS, Role.SUPERVISOR)),
    (N_("异常核查"), "flag", "anomalies.index", (*REVIEWERS, Role.POLICY, Role.SUPERVISOR)),
    (N_("免申即享"), "bulb", "offers.index", (*REVIEWERS, Role.SUPERVISOR, Role.ENTERPRISE)),
    (N_("公示"), "speakerphone", "notices.index", (*REVIEWERS, *FINANCE, Role.SUPERVISOR, Role.ADMIN)),
    (N_("补贴支付批次"), "coin-yuan", "payments.index", (*FINANCE, Role.APPROVAL, Role.SUPERVISOR, Role.ADMIN)),
    (
        N_("追回"),
        "receipt-yuan",
        "recoveries.index",
        (*FINANCE, Role.APPROVAL, Role.SUPERVISOR, Role.ADMIN, *_OPERATORS),
    ),
    (N_("总账"), "book", "ledger.index", (*FINANCE, Role.SUPERVISOR, Role.ADMIN)),
    (N_("凭证与证书"), "certificate", "certificates.index", (*STAFF, *_OPERATORS)),
    (N_("政策版本"), "scale", "reforms.index", (Role.POLICY, Role.SUPERVISOR, Role.ADMIN)),
    (N_("工作日历"), "calendar", "policies.index", (Role.POLICY, *REVIEWERS, *FINANCE, Role.SUPERVISOR, Role.ADMIN)),
    (N_("信息查看记录"), "eye", "people.disclosures", (Role.SUPERVISOR, Role.ADMIN)),
    (N_("系统设置"), "settings", "people.accounts", (Role.ADMIN,)),
    (N_("首页"), "home", "desk.mine", (Role.TRAINEE,)),
    (N_("考勤"), "calendar-check", "desk.my_attendance", (Role.TRAINEE,)),
    (N_("凭证"), "certificate", "desk.my_certificates", (Role.TRAINEE,)),
    (N_("我的"), "user", "desk.me", (Role.TRAINEE,)),
)


# Pages that belong to a section of their slice other than its list.
_UNDER = dict.fromkeys(("ledger.account", "ledger.source"), "ledger.index")


def sections(roles: frozenset[Role], endpoint: str) -> tuple[dict[str, Any], ...]:
    """Return the menu of somebody with these roles on the page `endpoint`, its labels to be translated."""
    endpoint = _UNDER.get(endpoint, endpoint)
    here = "" if any(to == endpoint for _, _, to, _ in SECTIONS) else endpoint.partition(".")[0]
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
    """Put the menu on every page, and let pages ask what lies downstream of them: where a claim's money is, what hangs on a ruling."""
    app.jinja_env.globals["trail_of"] = lambda claim_id: whereabouts.of_claim(claim_id, g.actor)

    app.jinja_env.globals["hanging_on"] = lambda person_id, organisation_id: hanging.on(
        g.actor, person_id, organisation_id
    )

    @app.context_processor
    def menu() -> dict[str, Any]:
        actor: Actor | None = g.get("actor")
        return {"menu": _written(actor.roles, request.endpoint or "", language()) if actor else ""}


@lru_cache(maxsize=1024)
def _written(roles: frozenset[Role], endpoint: str, _language: str) -> Markup:
    template = current_app.jinja_env.get_template("layouts/navigation.html")
    return Markup(template.render(nav=sections(roles, endpoint)))  # noqa: S704 - a template of ours, escaped
