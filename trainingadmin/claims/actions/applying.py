"""What a person does before they apply for themselves: state facts, and ask to be reminded on the first possible day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext

from trainingadmin import schemes
from trainingadmin.applications.actions import refuse_others
from trainingadmin.claims import applicants, queries
from trainingadmin.claims.evidence.entrepreneurship_grant import Wanted
from trainingadmin.claims.models import Declaration, Reminder
from trainingadmin.kernel.identifiers import CreditCode
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.people import messages
from trainingadmin.people.models import Person
from trainingadmin.people.queries import offices
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.schemes import BadFact


class Named(NamedTuple):
    """The business a person would apply for, as far as they named one."""

    credit_code: str = ""
    name: str = ""
    place: str = ""


def declare(
    scheme: str,
    person: Person,
    facts: Mapping[str, Any],
    office_code: str,
    *,
    business: Named = Named(),  # noqa: B008 - a tuple
    by: Actor,
) -> Declaration:
    """Keep what a person states of themselves for a scheme, as JSON under the names of its facts.

    Refusals `apply-self`, `apply-scheme`, `apply-office`, those of a credit code, and `bad-fact` or `no-policy` beside the
    fact at fault.
    """
    refuse_others(person, by)
    code = _code(business.credit_code)
    if applicants.scheme_of(scheme) is None:
        raise Refusal("apply-scheme", N_("这个项目不由个人申领。"))
    if office_code not in {office.code for office in offices()}:
        raise Refusal("apply-office", N_("请选择经营主体登记所在的区县。"), field="office_code")
    if strange := set(facts) - set(applicants.STATED[scheme]):
        raise Refusal("bad-fact", N_("有不能由本人填报的内容。"), facts=sorted(strange))
    _refuse_unjudged(scheme, Wanted(person, office_code, code, facts, clock.today()))
    declaration = Declaration(
        scheme=scheme,
        person_id=person.id,
        office_code=office_code,
        credit_code=code,
        business=business.name.strip(),
        place=business.place.strip(),
        facts=dict(facts),
        account_id=by.id,
        at=clock.now(),
    )
    db.session.add(declaration)
    db.session.flush()
    journal.record("declare", f"declarations:{declaration.id}", by=by, scheme=scheme)
    return declaration


_REASONS = {"no-policy": N_("这个日期早于最早的政策版本，不能申领。")}


def _refuse_unjudged(scheme: str, wanted: Wanted) -> None:
    try:
        applicants.judge(scheme, applicants.known(scheme, wanted, clock.today()).told)
    except BadFact as wrong:
        raise Refusal(wrong.code, _REASONS.get(wrong.code, N_("请核对这一项。")), field=wrong.field) from None


def _code(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return CreditCode.parse(text).text
    except Malformed as wrong:
        raise Refusal(wrong.code, wrong.reason, field="credit_code") from None


MORNING = 8
"""No phone rings in the night."""


def remind(scheme: str, person: Person, *, by: Actor) -> Reminder:
    """Promise a message on the first day on which the person may apply; asked twice, it is one promise.

    Refusals `apply-self`, `remind-nothing` when waiting is not what is missing, `remind-phone` without a number.
    """
    refuse_others(person, by)
    foreseen = applicants.foresee(scheme, person) if applicants.scheme_of(scheme) else None
    day = foreseen.possible_on if foreseen else None
    if day is None:
        raise Refusal("remind-nothing", N_("没有需要等待的日期，不必提醒。"))
    if not person.phone:
        raise Refusal("remind-phone", N_("没有登记您的手机号，无法发送提醒，请联系所在区县人社局。"))
    if (known := queries.reminder(scheme, person.id, day)) is not None:
        return known
    wanted = Reminder(scheme=scheme, person_id=person.id, due_on=day, created_at=clock.now())
    db.session.add(wanted)
    db.session.flush()
    journal.record("remind", f"reminders:{wanted.id}", by=by, scheme=scheme, due_on=day.isoformat())
    return wanted


def send_reminders() -> int:
    """Send the messages that fall due today or were due before, from the morning on; return how many.

    For the clock, safe at any time.
    """
    sent = 0
    if clock.local(clock.now()).hour < MORNING:
        return sent
    for wanted in queries.unsent(clock.today()):
        label = schemes.SCHEMES[wanted.scheme].label_zh
        if not wanted.person.phone:
            continue
        try:
            messages.send(wanted.person.phone, gettext("您从今天起可以申领%(scheme)s，请登录系统办理。", scheme=label))
        except Refusal:
            return sent  # no gateway: it is tried again until there is one
        wanted.sent_at = clock.now()
        sent += 1
    return sent
