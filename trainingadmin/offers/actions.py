"""What the nightly search and officers do with offers: find them, keep them as they are today, dismiss one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, or_, select

from trainingadmin.applications.models import Application
from trainingadmin.claims.models import Claim, ClaimLine
from trainingadmin.claims.states import ClaimState
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import Outcome
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import REVIEWERS, SYSTEM, Actor
from trainingadmin.offers import search
from trainingadmin.offers.models import Look, Offer
from trainingadmin.offers.search import Possible
from trainingadmin.people.models import Office, Person
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db
from trainingadmin.registers import queries as registers
from trainingadmin.registers.models import RegisterList, RegisterRow
from trainingadmin.registers.queries import Snapshot
from trainingadmin.registers.states import Register

STRETCH = 500
"""Lines of a business register that are searched at once."""
AT_ONCE = 5
"""How many filings or stretches one turn searches: a turn holds the database for a moment only."""
_DEAD = (ClaimState.NOT_ACCEPTED, ClaimState.REFUSED, ClaimState.WITHDRAWN)
_SUBMITTED = (Claim.state.not_in(_DEAD), Claim.submitted_at.is_not(None))
_Work = tuple[str, int]


def find(at_once: int = AT_ONCE) -> int:
    """Search what was not searched today, a few at a time; return how many offers were found or ended.

    Each turn is one transaction: killed, it never was, and the next turn begins where it began. Decides nothing.
    """
    today = clock.today()
    looks = db.session.execute(select(Look.kind, Look.ref).where(Look.looked_on >= today))
    done = {(look.kind, look.ref) for look in looks}
    waiting = [work for work in (*_filings(), *_stretches()) if work not in done]
    changed = 0
    for kind, ref in waiting[:at_once]:
        changed += _search_filing(ref, today) if kind == "cohort" else _search_stretch(ref, today)
        db.session.merge(Look(kind=kind, ref=ref, looked_on=today))
        db.session.flush()
    if changed:
        journal.record("find-offers", "offers", by=SYSTEM, changed=changed)
    return changed


def dismiss(offer: Offer, reason: str, *, by: Actor) -> None:
    """Say why an offer is not to be shown any more; refusals `offer-role`, `offer-ended`, `offer-reason`."""
    if not by.has(*REVIEWERS):
        raise Refusal("offer-role", N_("由受理、审核岗位办理。"))
    if offer.claimed_at or offer.dismissed_at or offer.expired_at:
        raise Refusal("offer-ended", N_("这一条已经办结。"))
    if not reason.strip():
        raise Refusal("offer-reason", N_("请写明不再提示的原因。"), field="reason")
    offer.dismissed_at, offer.dismissed_by, offer.reason = clock.now(), by.id, reason.strip()
    journal.record("dismiss-offer", f"offers:{offer.id}", by=by, reason=reason.strip())


def _filings() -> list[_Work]:
    certified = exists().where(
        Enrolment.cohort_id == Cohort.id, Result.enrolment_id == Enrolment.id, Result.outcome == Outcome.PASSED
    )
    found = select(Cohort.id).where(Cohort.state.in_(search.CLAIMABLE), certified).order_by(Cohort.id)
    return [("cohort", cohort_id) for cohort_id in db.session.scalars(found)]


def _stretches() -> list[_Work]:
    newest = [one.id for one in _newest() if one.kind is Register.BUSINESS]
    rows = select(RegisterRow.id).where(RegisterRow.list_id.in_(newest)).order_by(RegisterRow.id)
    ids = list(db.session.scalars(rows))
    return [("rows", first) for first in ids[::STRETCH]]


def _newest() -> list[Snapshot]:
    """Return the last version of every register that still speaks for today."""
    every = registers.shelf(list(db.session.scalars(select(Office.code)))).newest()
    return [one for one in every if registers.speaks_for(one.as_of, clock.today())]


def _search_filing(cohort_id: int, today: date) -> int:
    cohort = db.session.get_one(Cohort, cohort_id)
    claimed = set(
        db.session.scalars(
            select(ClaimLine.enrolment_id)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .where(Claim.cohort_id == cohort_id, *_SUBMITTED)
        )
    )
    known = {one.key: one for one in db.session.scalars(select(Offer).where(Offer.cohort_id == cohort_id))}
    ended = sum(_claim(one) for key, one in known.items() if int(key.partition(":")[2]) in claimed)
    found = [one for one in search.of_cohort(cohort, today) if int(one.key.partition(":")[2]) not in claimed]
    gone = [one for key, one in known.items() if key not in {it.key for it in found}]
    return ended + _keep(found, known) + sum(_expire(one) for one in gone)


def _search_stretch(first: int, today: date) -> int:
    begin = db.session.get_one(RegisterRow, first)
    rows = select(RegisterRow).where(RegisterRow.list_id == begin.list_id, RegisterRow.id >= first)
    stretch = list(db.session.scalars(rows.order_by(RegisterRow.id).limit(STRETCH)))
    listed = db.session.get_one(RegisterList, begin.list_id)
    keys = [search.key_of(row) for row in stretch]
    known = {one.key: one for one in db.session.scalars(select(Offer).where(Offer.key.in_(keys)))}
    claimed = _claimed(stretch)
    ended = sum(_claim(one) for key, one in known.items() if key in claimed)
    possible = search.of_businesses(stretch, listed, today, search.groups_in(_newest()))
    found = [one for one in possible if one.key not in claimed]
    gone = [one for key, one in known.items() if key not in {it.key for it in found}]
    return ended + _keep(found, known) + sum(_expire(one) for one in gone)


def _claimed(stretch: Sequence[RegisterRow]) -> set[str]:
    """Return of which lines the person or the business has an application that was submitted: once in a life each."""
    people, codes = {row.id_index for row in stretch}, {row.credit_code for row in stretch}
    mine = or_(Person.id_number_index.in_(people), Application.credit_code.in_(codes))
    told = (
        select(Person.id_number_index, Application.credit_code)
        .select_from(Claim)
        .join(Application, Application.id == Claim.application_id)
        .join(Person, Person.id == Application.person_id)
        .where(Application.scheme == search.GRANT, Application.closed_at.is_(None), *_SUBMITTED, mine)
    )
    taken = {one for row in db.session.execute(told) for one in row}
    return {search.key_of(row) for row in stretch if row.id_index in taken or row.credit_code in taken}


def _keep(found: Sequence[Possible], known: dict[str, Offer]) -> int:
    """Store what is new and bring what is known up to date; the first possible day and what ended an offer stay."""
    fresh = 0
    for one in found:
        offer = known.get(one.key)
        if offer is None:
            db.session.add(_offer(one))
            fresh += 1
            continue
        offer.findings, offer.sources, offer.amount = one.findings, one.sources, one.amount
        offer.policy_code, offer.person_id = one.policy_code, one.person_id
        offer.possible_on = min(offer.possible_on, one.possible_on)
        if offer.expired_at is not None:
            offer.expired_at, fresh = None, fresh + 1
    return fresh


def _offer(one: Possible) -> Offer:
    return Offer(**{name: getattr(one, name) for name in Possible.__slots__}, found_at=clock.now())


def _claim(offer: Offer) -> bool:
    if offer.claimed_at or offer.dismissed_at or offer.expired_at:
        return False
    offer.claimed_at = clock.now()
    return True


def _expire(offer: Offer) -> bool:
    if offer.claimed_at or offer.dismissed_at or offer.expired_at:
        return False
    offer.expired_at = clock.now()
    return True
