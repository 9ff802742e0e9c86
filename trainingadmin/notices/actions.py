"""What is done with notices: publish, clear when the window closes, take and decide objections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from trainingadmin.claims import actions as claims
from trainingadmin.claims.models import ClaimLine
from trainingadmin.claims.states import LineState
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import SYSTEM, Actor, Role
from trainingadmin.notices import body, queries
from trainingadmin.notices.models import Notice, NoticeLine, Objection
from trainingadmin.notices.states import NoticeState, ObjectionState
from trainingadmin.people import actions as acting
from trainingadmin.people import passwords
from trainingadmin.people import queries as people
from trainingadmin.plumbing import clock, journal, serials
from trainingadmin.plumbing.database import db
from trainingadmin.policies import queries as policies

OBJECTIONS_PER_ADDRESS = 10


@dataclass(frozen=True, slots=True)
class Window:
    """How long a notice stands: parameters of the office, 5 working days from the day after by default."""

    days: int = 5
    working: bool = True
    exclusive: bool = True

    def closes_on(self, posted_on: date) -> date:
        """Return the last day; refusal `calendar-missing` beyond the known calendar."""
        return policies.calendar().add(posted_on, self.days, inclusive=not self.exclusive, natural=not self.working)


def publish(lines: Sequence[ClaimLine], title: str, *, by: Actor, window: Window | None = None) -> Notice:
    """Post approved lines of one office, masked.

    Refusals `nothing-to-publish`, `mixed-notice`, `relative`, `window-short`, `calendar-missing`.
    """
    _refuse_unfit(lines, by)
    office_code = lines[0].claim.office_code
    office, posted_on = people.office(office_code), clock.today()
    window = _long_enough(window, lines[0].claim.scheme, posted_on)
    closes_on = window.closes_on(posted_on)
    content = body.of_lines(lines, office)
    notice = Notice(
        number=f"GS-{office_code}-{posted_on.year}-{serials.take('notice', office_code, posted_on.year)[0]:04d}",
        title=title,
        scheme=lines[0].claim.scheme,
        office_code=office_code,
        posted_on=posted_on,
        days=window.days,
        unit="working" if window.working else "natural",
        counting="exclusive" if window.exclusive else "inclusive",
        closes_on=closes_on,
        payable_on=policies.calendar().next_working(closes_on),
        body=content,
        sha256=body.digest(content),
        posted_by=by.id,
        posted_name=by.name_as(Role.ACCEPTANCE, Role.APPROVAL),
        posted_at=clock.now(),
    )
    db.session.add(notice)
    db.session.flush()
    db.session.add_all(
        NoticeLine(notice_id=notice.id, claim_line_id=line.id, position=at) for at, line in enumerate(lines, start=1)
    )
    claims.move_lines(lines, "publish", by=by, note=notice.number)
    journal.record(
        "publish-notice",
        f"notices:{notice.id}",
        by=by,
        number=notice.number,
        lines=len(lines),
        closes_on=closes_on.isoformat(),
        sha256=notice.sha256,
    )
    return notice


def _long_enough(window: Window | None, scheme: str, posted_on: date) -> Window:
    """Return the window, or the one in force; nobody who posts a notice may give people less time than the office says."""
    days, _basis = policies.term(scheme, "notice_days", posted_on)
    if window is not None and window.days < days:
        message = N_("公示期不能少于 %(days)s 天；要改短，须先调整政策参数。")
        raise Refusal("window-short", message, field="days", days=days)
    return window or Window(days)


def _refuse_unfit(lines: Sequence[ClaimLine], by: Actor) -> None:
    if len({line.claim.scheme for line in lines}) > 1:
        raise Refusal("mixed-notice", N_("一份公示只能列同一补贴项目的申领，请分别发布。"), field="claims")
    if len({line.claim.office_code for line in lines}) > 1:
        message = N_("一份公示只能列同一经办机构的申领：请只勾选其中一个机构的，其余的另发一份公示。")
        raise Refusal("mixed-notice", message, field="claims")
    if not lines or any(line.state is not LineState.APPROVED for line in lines):
        raise Refusal("nothing-to-publish", N_("没有可以公示的人员：只有已批准、尚未公示的才能列入。"))
    acting.refuse_relatives([line.person_id for line in lines], by=by)


def clear_due(now: datetime | None = None) -> int:
    """Close every notice whose last day is over (24:00 of `closes_on`); return how many.

    A line of a closed notice that is still frozen, although every objection to it was dismissed, goes on too.
    """
    over = [notice for notice in queries.posted() if clock.end_of(notice.closes_on) <= (now or clock.now())]
    for notice in over:
        clear(notice)
    for notice_id in queries.with_forgotten():
        _release_forgotten(queries.locked_notice(notice_id))
    return len(over)


def _release_forgotten(notice: Notice) -> None:
    """Do what the last dismissal should have done: an objection holds up the person concerned no longer than it is open."""
    if lines := queries.forgotten(notice.id):
        claims.move_lines(lines, "dismiss", by=SYSTEM, note=notice.number)
        _clear_lines(lines, notice)


def clear(notice: Notice) -> None:
    """Close one notice; refusal `window-open` until its last day is over. Objected lines stay frozen."""
    notice = queries.locked_notice(notice.id)
    if notice.state is not NoticeState.POSTED or clock.now() < clock.end_of(notice.closes_on):
        raise Refusal("window-open", N_("公示期尚未结束，截止日 24:00 之前不能放行。"))
    notice.state = NoticeState.CLEARED
    notice.cleared_at = clock.now()
    _clear_lines([line for line in queries.lines(notice.id) if line.state is LineState.IN_NOTICE], notice)
    journal.record("clear-notice", f"notices:{notice.id}", by=SYSTEM)


def _clear_lines(lines: Sequence[ClaimLine], notice: Notice) -> None:
    if lines:
        claims.move_lines(lines, "clear", by=SYSTEM, note=notice.number)


def object_to(notice: Notice, position: int, text: str, objector: str, contact: str, *, address: str) -> Objection:
    """Take an objection against one line while the window is open, and freeze that line alone.

    Refusals `notice-closed`, `line-unknown`, `too-many-attempts`.
    """
    notice = queries.locked_notice(notice.id)
    if notice.state is not NoticeState.POSTED or clock.now() >= clock.end_of(notice.closes_on):
        raise Refusal("notice-closed", N_("公示已经结束。如有情况反映，请拨打监督电话。"))
    passwords.throttle("objection", address, OBJECTIONS_PER_ADDRESS)
    notice_line = queries.notice_line(notice.id, position)
    if notice_line is None:
        raise Refusal("line-unknown", N_("名单里没有这个序号。"), field="position")
    year = clock.today().year
    objection = Objection(
        number=f"YY-{notice.office_code}-{year}-{serials.take('objection', notice.office_code, year)[0]:04d}",
        notice_line_id=notice_line.id,
        text=text,
        objector=objector,
        contact=contact,
        at=clock.now(),
    )
    db.session.add(objection)
    if notice_line.line.state is LineState.IN_NOTICE:
        claims.move_lines([notice_line.line], "object", by=SYSTEM, note=objection.number)
    db.session.flush()
    journal.record("object", f"notices:{notice.id}", by=SYSTEM, objection=objection.number, position=position)
    return objection


def decide(objection: Objection, *, upheld: bool, decision: str, by: Actor) -> None:
    """Decide an objection; refusals `objection-decided`, `relative`, `decision-missing`.

    Dismissed, the line goes on (at once when the window has closed); upheld, it is refused.
    """
    notice = queries.locked_notice(objection.notice_line.notice_id)
    objection, line = queries.as_it_is(objection)
    if objection.state is not ObjectionState.OPEN:
        raise Refusal("objection-decided", N_("这个异议已经有结论。"))
    acting.refuse_relatives([line.person_id], by=by)
    if not decision.strip():
        raise Refusal("decision-missing", N_("请写明核查经过和结论。"), field="decision")
    objection.state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
    objection.decision, objection.decided_by, objection.decided_at = decision.strip(), by.id, clock.now()
    db.session.flush()
    signed = by.name_as(Role.ACCEPTANCE, Role.APPROVAL)
    told = {"objection": objection.number, "upheld": upheld, "signed": signed}
    journal.record("decide-objection", f"notices:{notice.id}", by=by, **told)
    if line.state is not LineState.OBJECTED:
        return
    if upheld:
        claims.move_lines([line], "uphold", by=by, note=objection.number)
    elif not queries.open_objections(objection.notice_line_id):
        claims.move_lines([line], "dismiss", by=by, note=objection.number)
        if notice.state is NoticeState.CLEARED:
            _clear_lines([line], notice)
