"""Text messages to phones, behind one function: the demo keeps them in an inbox, production needs a gateway."""

from __future__ import annotations

from flask import current_app

from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.people.models import InboxMessage
from trainingadmin.plumbing import clock
from trainingadmin.plumbing.database import db
from trainingadmin.settings import Settings


def send(phone: str, body: str) -> None:
    """Send `body` to `phone` by the way the settings name; raises `Refusal("sms-missing")` without one."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.sms == "inbox" and settings.demo:
        db.session.add(InboxMessage(phone=phone, body=body, at=clock.now()))
        return
    raise Refusal("sms-missing", N_("短信网关尚未配置，请联系管理员。"))
