"""One bureau with a row of every kind, and everybody who may or may not see it; built once, only looked at."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from tests.applications import stage as grants
from tests.attendance import stage as attendance
from tests.claims import stage as claims
from tests.cohorts import stage as cohorts
from tests.cohorts.rosters import made_up
from tests.courses import stage as courses
from tests.factories import DISTRICT, STAFF_ROLES, Office, person
from tests.house import floor, world_of_books, world_of_classes
from tests.notices import stage as notices
from tests.payments import stage as payments
from tests.recoveries import stage as recoveries
from tests.reforms import stage as reforms
from tests.registers import lists as registers
from trainingadmin.anomalies.models import Anomaly
from trainingadmin.anomalies.states import AnomalyKind
from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates import jobs as packing
from trainingadmin.certificates import printing
from trainingadmin.certificates.models import Certificate
from trainingadmin.claims import actions as claiming
from trainingadmin.claims.models import Claim, ClaimStep
from trainingadmin.cohorts import actions as filing
from trainingadmin.cohorts.actions import ChangeRequest
from trainingadmin.cohorts.models import Cohort, Document, RosterUpload
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import ChangeKind
from trainingadmin.kernel.identifiers import credit_check_digit
from trainingadmin.kernel.money import Money
from trainingadmin.kernel.roles import CITY, STAFF, SYSTEM, Role
from trainingadmin.notices import actions as publishing
from trainingadmin.offers.models import Offer
from trainingadmin.payments import actions as finance
from trainingadmin.payments.actions import Budget
from trainingadmin.payments.models import Batch, Due
from trainingadmin.people import actions as accounts
from trainingadmin.people import sessions
from trainingadmin.people.actions import Handing
from trainingadmin.people.models import Person, SignIn
from trainingadmin.people.states import OrganisationKind
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.storage import store
from trainingadmin.policies.queries import golden_cases
from trainingadmin.recoveries import queries as ordered
from trainingadmin.recoveries.actions import Finding
from trainingadmin.recoveries.states import Cause
from trainingadmin.registers import actions as ruling
from trainingadmin.registers import queries as lists
from trainingadmin.registers.models import RegisterRow
from trainingadmin.registers.states import Register

NEIGHBOUR = "511822"
NOWHERE = 2**31 - 1


@dataclass
class World:
    """The application, the ids that addresses need, a cookie for everybody, and words that strangers may not read."""

    app: Flask
    ids: dict[str, Any] = field(default_factory=dict)
    by_endpoint: dict[str, dict[str, Any]] = field(default_factory=dict)
    elsewhere: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)
    asked: dict[str, dict[str, str]] = field(
        default_factory=lambda: {"claims.move": {"move": "return"}, "claims.line_move": {"move": "hold"}}
    )

    def client(self, who: str | None) -> FlaskClient:
        """Return the browser of somebody who is signed in, or of nobody."""
        client = self.app.test_client()
        if who is not None:
            client.set_cookie("signin", self.cookies[who])
        return client

    def values(self, rule: Rule) -> dict[str, Any]:
        """Return a real row's ids for the places of an address; KeyError names what the world lacks."""
        known = {
            **self.ids,
            **self.by_endpoint.get(rule.endpoint.partition(".")[0], {}),
            **self.by_endpoint.get(rule.endpoint, {}),
        }
        return {name: known[name] for name in rule.arguments}

    def address(self, rule: Rule, values: Mapping[str, Any]) -> str:
        """Return the address of a page about these rows."""
        asked = {**values, **self.asked.get(rule.endpoint, {})}  # what is no place of the address becomes a question
        return self.app.url_map.bind("localhost").build(rule.endpoint, asked)


def own(role: Role) -> str:
    """Name the account of this role at the place the rows belong to."""
    return role.value


def stranger(role: Role) -> str:
    """Name the account of the same role at another place."""
    return f"other_{role.value}"


def build(app: Flask) -> World:
    """Fill the bureau by the product's own actions."""
    world = World(app)
    with app.app_context():
        with transaction.unit():
            office = Office.open()
            _add_strangers(office)
        training, returned = _training(office, world), _returned(office, world)
        paid = _paid(office, world)
        floor.at_the_door(office, world, training)
        floor.at_work(office, world)
        _recovered(office, world, paid)
        _lists(office, world, training)
        _dead(office, world, paid)
        _offer(office, world, paid)
        _grant(office, world)
        _odd(world, paid)
        _reform(office, world)
        _catalogue(office, world)
        _told(world, *world_of_classes.rows(office))
        _marks(world, training, returned, paid)
        with transaction.unit():
            for login, account in office.accounts.items():
                world.cookies[login] = secrets.token_urlsafe(32)
                db.session.add(_signed_in(world.cookies[login], account.id))
        db.session.remove()
    return world


def _signed_in(token: str, account_id: int) -> SignIn:
    now = clock.now()
    return SignIn(token_hash=sessions._hash(token), account_id=account_id, started_at=now, seen_at=now)


def _add_strangers(office: Office) -> None:
    code = "52511822MJ0000777"
    school = accounts.register_organisation(
        OrganisationKind.INSTITUTION, code + credit_check_digit(code), "荥经示例职业培训学校", NEIGHBOUR, by=SYSTEM
    )
    office.add("other_institution", [Role.INSTITUTION], organisation_id=school.id)
    for serial, role in enumerate(STAFF, start=800):
        if role not in STAFF_ROLES:
            office.add(own(role), [role], office_code=DISTRICT, person_id=person(serial, f"{role.value}员").id)
        office.add(stranger(role), [role], office_code=NEIGHBOUR, person_id=person(serial + 50, "邻县员").id)
    office.add("city_admin", [Role.ADMIN], office_code=CITY)


def _training(office: Office, world: World) -> Cohort:
    """A filing in training: a session, an attendance file, a change asked for."""
    cohort = cohorts.approved_cohort(office, roster=made_up(3, first=2000))
    session = attendance.marked_session(office, cohort)
    upload = attendance.uploaded(office, cohort)
    with clock.at(attendance.HELD_ON), transaction.unit():
        asked = ChangeRequest(ChangeKind.MENTOR, attendance.HELD_ON, "导师调岗", mentor="易娟梅")
        change = filing.request_change(cohort, asked, by=office.actor("enterprise"))
    document = db.session.scalars(select(Document).where(Document.cohort_id == cohort.id)).first()
    sent = db.session.scalars(select(RosterUpload).where(RosterUpload.cohort_id == cohort.id)).one()
    assert document is not None
    ids = {"cohort_id": cohort.id, "enrolment_id": people(cohort.id)[0].id, "change_id": change.id}
    world.ids |= ids | {"document_id": document.id, "upload_id": sent.id, "session_id": session.id}
    world.by_endpoint["attendance"] = {"upload_id": upload.id}
    return cohort


def _offer(office: Office, world: World, cohort: Cohort) -> None:
    """Something the firm could claim for the trainee who signs in."""
    with transaction.unit():
        offer = Offer(
            key="apprenticeship:0", scheme="apprenticeship", office_code=DISTRICT, name="学徒", title=cohort.title,
            person_id=office.accounts["trainee"].person_id, organisation_id=cohort.enterprise_id, cohort_id=cohort.id,
            possible_on=clock.today(), amount=Money.yuan(8000), policy_code="YA-2020", findings=[], sources={},
            found_at=clock.now(),
        )  # fmt: skip
        db.session.add(offer)
        db.session.flush()
    world.ids["offer_id"] = offer.id


def _grant(office: Office, world: World) -> None:
    """The trainee's own claim with its photographs, accepted, and a visit that waits for the second officer."""
    claim, photo_id, visit_id = grants.waiting_for_the_second_officer(office, office.actor("trainee"))
    world.ids |= {"application_id": claim.application_id, "photo_id": photo_id, "visit_id": visit_id}
    of_claim = {"claim_id": claim.id, "line_id": claim.lines[0].id}
    world.by_endpoint |= dict.fromkeys(("claims.visit", "claims.confirm_visit", "claims.attest_line"), of_claim)
    world.asked["claims.own_move"] = {"move": "withdraw"}


def _lists(office: Office, world: World, cohort: Cohort) -> None:
    """A list that names an apprentice and the firm under other names, and one that came back with a mistake marked."""
    one = people(cohort.id)[0].person
    found = {"name": "别人", "id_number": one.id_number, "standing": "注销", "unit": "别的单位"}
    line = {**found, "credit_code": office.enterprise.credit_code}
    sent = registers.imported(office, registers.made_up(Register.BUSINESS, [line]))
    wrong = registers.uploaded(office, registers.made_up(Register.DEATH, [{**line, "id_number": "1"}]))
    row = db.session.scalars(select(RegisterRow.id)).one()
    ids = {"list_id": sent.id, "row_id": row, "person_id": one.id, "organisation_id": office.enterprise.id}
    world.by_endpoint |= {
        "policies.day": {"day": "2026-12-31"}, "registers": {**ids, "kind": "death"}, "registers.annotated": {"list_id": wrong.id},
    }  # fmt: skip


def _returned(office: Office, world: World) -> Cohort:
    """A filing that was returned, and whose new roster came back with its mistakes marked."""
    cohort = cohorts.submitted_cohort(office, roster=made_up(3, first=4000))
    with clock.at(cohorts.ACCEPTED_ON), transaction.unit():
        filing.move(cohort, "return", by=office.actor("acceptance"), note="花名册有误")
    with clock.at(cohorts.ACCEPTED_ON), transaction.unit():
        mistakes = cohorts.MISTAKES.read_bytes()
        sent = filing.upload_roster(cohort, cohorts.MISTAKES.name, mistakes, by=office.actor("enterprise"))
    marked = {"cohort_id": cohort.id, "upload_id": sent.id}
    letter = {"cohort_id": cohort.id, "step_id": cohort.steps[-1].id}
    world.by_endpoint |= {
        "cohorts.letter": letter,
        "cohorts.annotated": marked,
        "cohorts.edit": {"cohort_id": cohort.id},
    }
    return cohort


def _paid(office: Office, world: World) -> Cohort:
    """A filing claimed for, returned once, published, objected to, paid in part, certified."""
    cohort = claims.claimable_cohort(office, 0, roster=made_up(3, first=3000))
    claim = claims.submitted_claim(office, cohort)
    returned = _returned_once(office, claim)
    claims.move_on(office, claim)
    notice = notices.posted_notice(office, claim)
    with clock.at(notices.POSTED_ON), transaction.unit():
        objection = publishing.object_to(notice, 3, "未参加培训。", "群众", "0835-0000000", address="127.0.0.1")
    with clock.at(notices.PAYABLE_ON), transaction.unit():
        publishing.clear_due()
    payments.plan()
    batch = payments.released(office, [due for due in payments.dues() if due.cohort_id == cohort.id])
    payments.answer(office, batch, _answered(batch))
    due = db.session.scalars(select(Due).where(Due.cohort_id == cohort.id)).first()
    assert due is not None
    world.asked |= world_of_books.asked(due)
    made = _certified(office, batch.id)
    lines = claims.lines_of(claim)
    world.ids |= {
        "claim_id": claim.id, "line_id": lines[0].id, "step_id": returned.id, "notice_id": notice.id,
        "number": notice.number, "objection_id": objection.id, "batch_id": batch.id, "layout": "csv", "part": 1, "stray_id": 1, "due_id": due.id,
        "kind": due.kind.value, "organisation_id": office.enterprise.id, "account_id": office.accounts["acceptance"].id,
        "certificate_id": made.id, "group": made.group,
    }  # fmt: skip
    code = printing.verify_address(made.number, made.content_sha256).rpartition("/")[2]
    of_paid: dict[str, Any] = {"cohort_id": cohort.id, "enrolment_id": people(cohort.id)[0].id}
    of_payee: dict[str, Any] = {"kind": "organisation", "key": office.enterprise.id}
    world.by_endpoint |= {
        "claims": of_paid, "payments": of_paid | {"pile": str(cohort.id)}, "certificates.verify": {"number": made.number, "code": code},
        "desk.language": {"code": "en"}, "desk.late": {"late": "review"}, "desk.late_file": {"late": "review"},
        "payments.review": of_payee, "payments.account_numbers": of_payee, "ledger.years": of_payee, "ledger.state_year": of_payee | {"year": clock.today().year},
        **_packed(office, made), **dict.fromkeys(("people.agree", "people.end_delegation"), _delegated(office)),
    }  # fmt: skip
    paper = db.session.scalars(select(Document.id).where(Document.cohort_id == cohort.id)).first()
    world.by_endpoint["claims.paper"] = {"document_id": paper}
    world.ids["scheme"] = "entrepreneurship_grant"
    world.by_endpoint["institution"] = {"organisation_id": office.institution.id}
    world.elsewhere = of_paid | {"line_id": lines[1].id}
    return cohort


def _delegated(office: Office) -> dict[str, int]:
    """A role that acceptance asks the administrator to take for a day."""
    with transaction.unit():
        wanted = Handing(Role.ACCEPTANCE, office.accounts["admin"].id, clock.today(), clock.today(), "外出")
        return {"delegation_id": accounts.delegate(wanted, by=office.actor("acceptance")).id}


def _odd(world: World, cohort: Cohort) -> None:
    """Something odd that a search found about a filing."""
    with transaction.unit():
        facts = {"facts": {"n": 3, "sessions": 1, "perfect": 3}, "places": []}
        found = Anomaly(
            kind=AnomalyKind.ALL_PERFECT, key="house", office_code=cohort.office_code, cohort_id=cohort.id,
            evidence=facts, first_seen_at=clock.now(),
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
        world.by_endpoint["anomalies"] = {"anomaly_id": found.id, "name": "clear"}


def _packed(office: Office, made: Certificate) -> dict[str, dict[str, Any]]:
    """A volume that the enterprise asked for."""
    with transaction.unit():
        bundle = certificates.ask_for_bundle([made.id], "zh_CN", by=office.actor("enterprise"))
    packing.pack(bundle.id)
    of_bundle = {"bundle_id": bundle.id, "position": 1}
    return {"certificates.bundle": of_bundle, "certificates.volume": of_bundle}


def _recovered(office: Office, world: World, cohort: Cohort) -> None:
    """An order for what one of them was paid, and money that came back for it."""
    paid = ordered.recoverable_of(ordered.of_filing(cohort))[0]
    order = recoveries.found(office, cohort, Finding([paid.person_id], Cause.AUDIT, recoveries.YUAN(2000)))
    recoveries.issue(office, order)
    act = recoveries.repay(office, order, 1000)
    budget = Budget(cohort.office_code, clock.today().year, "就业补助资金", "2080799 其他就业补助支出")
    with transaction.unit():
        line = finance.appropriate(budget, recoveries.YUAN(100_000), "财社〔2026〕1号", by=office.actor("checker"))
    world.by_endpoint["payments.budget"] = {"line_id": line.id}
    for endpoint in ("ledger.statement", "ledger.statement_file"):
        world.by_endpoint[endpoint] = {"by": "cohort", "key": cohort.id}
    world.by_endpoint["recoveries"] = {"order_id": order.id, "act_id": act.id, "cohort_id": cohort.id}


def _dead(office: Office, world: World, cohort: Cohort) -> None:
    """Somebody who was paid and whose death a list reported and an officer confirmed."""
    paid = ordered.recoverable_of(ordered.of_filing(cohort))[0]
    gone: dict[str, Any] = {"name": "石开业", "id_number": paid.id_number, "from_on": date(2019, 3, 1)}
    registers.imported(office, registers.made_up(Register.DEATH, [gone]))
    (match,) = lists.matches(office.actor("acceptance"), kind="death")
    with transaction.unit():
        ruling.rule(match, True, "与户籍核对一致", by=office.actor("acceptance"))
    of_filing = {"person_id": paid.person_id, "kind": "filing", "origin_id": cohort.id}
    world.by_endpoint["recoveries.let_be"] = of_filing


def _returned_once(office: Office, claim: Claim) -> ClaimStep:
    with clock.at(claims.CLAIMED_ON), transaction.unit():
        claiming.move(claim, "return", by=office.actor("acceptance"), note="缺培训协议签字页")
    with clock.at(claims.CLAIMED_ON), transaction.unit():
        claiming.submit(claim, by=office.actor("enterprise"))
    returned = select(ClaimStep).where(ClaimStep.claim_id == claim.id, ClaimStep.move == "return")
    return db.session.scalars(returned).one()


def _answered(batch: Batch) -> bytes:
    """Return a bank's answer with a failed line, and one that was never sent."""
    told = payments.bank_answer(batch, {2: "账号户名不符"})
    return told + told.splitlines()[1].replace(b"1,", b"903,", 1) + b"\r\n"


def _certified(office: Office, batch_id: int) -> Certificate:
    (first, *_) = db.session.scalars(select(Certificate).where(Certificate.group == f"batch:{batch_id}"))
    with transaction.unit():
        held = certificates.lease(first.id)
        assert held is not None
        certificates.seal(held, store().keep(b"%PDF-1.7 a certificate"))
        for login, person_id in (("trainee", first.holder_person_id), ("other_trainee", person(700, "另一学员").id)):
            office.accounts[login] = accounts.open_account("学员", [Role.TRAINEE], person_id=person_id, by=SYSTEM)
            db.session.flush()
            me, stated = db.session.get_one(Person, person_id), {"registered_on": clock.today().isoformat()}
            claiming.declare("entrepreneurship_grant", me, stated, DISTRICT, by=office.actor(login))
    return first


def _reform(office: Office, world: World) -> None:
    """New figures: drafted, simulated, in force; a draft beside them, and a golden case."""
    version = reforms.activated(office)
    draft = reforms.drafted(office, reforms.proposal(code="YA-2023", valid_from=date(2023, 1, 1), min_age=17))
    simulation = reforms.simulated(office, draft)
    with transaction.unit(reads=True):
        case = golden_cases(reforms.SCHEME)[0]
    of_reforms = {"draft_id": draft.id, "simulation_id": simulation.id, "case_id": case.id}
    world.by_endpoint["reforms"] = of_reforms | {"digest": version.digest, "scheme": reforms.SCHEME}
    world.asked |= {"reforms.withdraw_case": {"draft": str(draft.id)}, "reforms.move": {"move": "drop"}}


def _catalogue(office: Office, world: World) -> None:
    """A batch that is published, and a file that came back with a mistake marked."""
    (batch,) = courses.imported(office, courses.made_up({}))
    courses.moved(office, batch, "propose", "catalogue")
    with transaction.unit():
        office.add("catalogue2", [Role.CATALOGUE], office_code=CITY, person_id=person(970, "目录复核员").id)
    courses.moved(office, batch, "publish", "catalogue2")
    wrong = courses.uploaded(office, courses.made_up({"batch": "2021-02", "hours": 99}))
    ids = {"batch_id": batch.id, "upload_id": batch.upload_id, "code": "YAZX-2021-001"}
    world.by_endpoint |= {"courses": ids, "courses.annotated": {"upload_id": wrong.id}}
    world.asked["courses.move"] = {"move": "propose"}


def _told(world: World, ids: Mapping[str, dict[str, Any]], asked: Mapping[str, dict[str, str]]) -> None:
    world.by_endpoint |= ids
    world.asked |= asked


def _marks(world: World, *found: Cohort) -> None:
    world.marks = [mark for cohort in found for mark in _words(cohort)]


def _words(cohort: Cohort) -> Iterator[str]:
    yield cohort.number
    yield from (one.person.name for one in people(cohort.id))
