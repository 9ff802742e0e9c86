"""Reads of notices: public ones for anybody, the rest by office."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import LineState
from trainingadmin.kernel.roles import Actor
from trainingadmin.notices.models import Notice, NoticeLine, Objection
from trainingadmin.notices.states import NoticeState, ObjectionState
from trainingadmin.people.models import Office
from trainingadmin.people.queries import office_filter
from trainingadmin.plumbing import driver
from trainingadmin.plumbing.database import db, locked, one_or_404, remembered


@remembered
def visible_to(actor: Actor) -> Select[Notice]:
    """Select the notices of the offices that a member of staff may see."""
    return select(Notice).where(office_filter(Notice.office_code, actor)).order_by(Notice.id.desc())


@remembered
def listing(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select what a list says of the notices that a member of staff may see."""
    return visible_to(actor).with_only_columns(
        Notice.id,
        Notice.number,
        Notice.title,
        Notice.body["headcount"].as_integer().label("headcount"),
        Notice.posted_on,
        Notice.closes_on,
        Notice.state,
    )


def of_claim(claim_id: int) -> list[tuple[Any, ...]]:
    """Return the notices that name people of a claim, oldest first: id, number, posted on, closes on, state."""
    named = select(NoticeLine.notice_id).join(ClaimLine, ClaimLine.id == NoticeLine.claim_line_id)
    columns = select(Notice.id, Notice.number, Notice.posted_on, Notice.closes_on, Notice.state)
    found = columns.where(Notice.id.in_(named.where(ClaimLine.claim_id == claim_id))).order_by(Notice.id)
    return [tuple(row) for row in db.session.execute(found)]


def notice(notice_id: int, *, actor: Actor) -> Notice:
    """Return one visible notice or answer 404."""
    return one_or_404(visible_to(actor).where(Notice.id == notice_id))


def public_notice(number: str) -> Notice:
    """Return one notice by its number, for anybody, or answer 404."""
    return one_or_404(select(Notice).where(Notice.number == number))


def public_list() -> Select[*tuple[Any, ...]]:
    """Select what is posted now, newest first: a notice disappears from the public list when it is over."""
    return _PUBLIC


_PUBLIC = (
    select(
        Notice.number,
        Notice.title,
        Notice.body["office"].as_string().label("office"),
        Notice.body["headcount"].as_integer().label("headcount"),
        Notice.body["total"].as_string().label("total"),
        Notice.closes_on,
    )
    .where(Notice.state == NoticeState.POSTED)
    .order_by(Notice.posted_at.desc())
)


def posted() -> list[Notice]:
    """Return every notice whose window has not been closed."""
    return list(db.session.scalars(select(Notice).where(Notice.state == NoticeState.POSTED).order_by(Notice.id)))


def lines(notice_id: int) -> list[ClaimLine]:
    """Return the claim lines of a notice in its order."""
    of_notice = (
        select(ClaimLine)
        .join(NoticeLine, NoticeLine.claim_line_id == ClaimLine.id)
        .where(NoticeLine.notice_id == notice_id)
    )
    return list(
        db.session.scalars(
            of_notice.order_by(NoticeLine.position).options(joinedload(ClaimLine.person), joinedload(ClaimLine.claim))
        )
    )


def publishable(actor: Actor) -> list[tuple[Any, ...]]:
    """Return claims with approved, unpublished lines, those for one notice together: id, number, applicant, title, people, sum, scheme, office, its name."""
    return [tuple(row) for row in driver.rows(_publishable(actor))]


@remembered
def _publishable(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Claim.id,
            Claim.number,
            Claim.applicant,
            Claim.title,
            func.count(),
            func.sum(ClaimLine.entitlement),
            Claim.scheme,
            Claim.office_code,
            Office.name,
        )
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .join(Office, Office.code == Claim.office_code)
        .where(ClaimLine.state == LineState.APPROVED, office_filter(Claim.office_code, actor))
        .group_by(Claim.id, Claim.number, Claim.applicant, Claim.title, Claim.scheme, Claim.office_code, Office.name)
        .order_by(Claim.office_code, Claim.scheme, Claim.id)
    )


def approved_lines(claim_ids: list[int], actor: Actor) -> list[ClaimLine]:
    """Return the approved lines of these claims, with all that a notice prints, in their order."""
    wanted = (
        select(ClaimLine)
        .join(Claim)
        .where(Claim.id.in_(claim_ids), ClaimLine.state == LineState.APPROVED, office_filter(Claim.office_code, actor))
        .order_by(Claim.id, ClaimLine.position, ClaimLine.id)
        .options(joinedload(ClaimLine.person), selectinload(ClaimLine.claim))
    )
    return list(db.session.scalars(wanted))


def notice_line(notice_id: int, position: int) -> NoticeLine | None:
    """Find a line of a notice by its number in the list."""
    return db.session.scalars(select(NoticeLine).filter_by(notice_id=notice_id, position=position)).one_or_none()


def objections(notice_id: int) -> list[tuple[Objection, int]]:
    """Return a notice's objections, newest first, with the position each is about."""
    of_notice = select(Objection, NoticeLine.position).join(NoticeLine).where(NoticeLine.notice_id == notice_id)
    return [(found, position) for found, position in db.session.execute(of_notice.order_by(Objection.id.desc()))]


def objection(objection_id: int, *, actor: Actor) -> Objection:
    """Return one objection to a visible notice or answer 404."""
    seen = (
        select(Objection)
        .join(NoticeLine)
        .join(Notice)
        .where(Objection.id == objection_id, office_filter(Notice.office_code, actor))
    )
    return one_or_404(seen)


def notice_of(found: Objection) -> Notice:
    """Return the notice an objection is about."""
    return db.session.scalars(select(Notice).where(Notice.id == found.notice_line.notice_id)).one()


def locked_notice(notice_id: int) -> Notice:
    """Lock a notice, so that objections, decisions and its end come one after the other; return it as it is then."""
    db.session.execute(locked(select(Notice.id).where(Notice.id == notice_id)))
    fresh = select(Notice).where(Notice.id == notice_id)
    return db.session.scalars(fresh.execution_options(populate_existing=True)).one()


def as_it_is(found: Objection) -> tuple[Objection, ClaimLine]:
    """Read an objection and its line again, once its notice is locked."""
    fresh = (
        select(Objection, ClaimLine)
        .join(NoticeLine, NoticeLine.id == Objection.notice_line_id)
        .join(ClaimLine, ClaimLine.id == NoticeLine.claim_line_id)
        .where(Objection.id == found.id)
    )
    objection, line = db.session.execute(fresh.execution_options(populate_existing=True)).one()
    return objection, line


def open_objections(notice_line_id: int) -> int:
    """Count the undecided objections to one line."""
    counted = (
        select(func.count())
        .select_from(Objection)
        .where(Objection.notice_line_id == notice_line_id, Objection.state == ObjectionState.OPEN)
    )
    return db.session.scalar(counted) or 0


_FORGOTTEN = (
    select(ClaimLine)
    .join(NoticeLine, NoticeLine.claim_line_id == ClaimLine.id)
    .join(Notice, Notice.id == NoticeLine.notice_id)
    .where(
        ClaimLine.state == LineState.OBJECTED,
        Notice.state == NoticeState.CLEARED,
        ~exists().where(Objection.notice_line_id == NoticeLine.id, Objection.state != ObjectionState.DISMISSED),
    )
)


def with_forgotten() -> list[int]:
    """Return the closed notices with lines still frozen though every objection to them was dismissed."""
    return list(db.session.scalars(_FORGOTTEN.with_only_columns(Notice.id).distinct().order_by(Notice.id)))


def forgotten(notice_id: int) -> list[ClaimLine]:
    """Return these lines of one notice."""
    of_notice = _FORGOTTEN.where(Notice.id == notice_id).order_by(NoticeLine.position)
    return list(db.session.scalars(of_notice.execution_options(populate_existing=True)))


def states(notice_id: int) -> dict[int, LineState]:
    """Return the state of each line by its position."""
    rows = select(NoticeLine.position, ClaimLine.state).join(ClaimLine, ClaimLine.id == NoticeLine.claim_line_id)
    return dict(db.session.execute(rows.where(NoticeLine.notice_id == notice_id)).all())
