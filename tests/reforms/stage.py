"""Drafts, simulations and versions at every stage, and claims that a reform meets, by the product's own actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select, update

from tests.claims import small
from tests.factories import Office, person
from tests.staging import staged
from trainingadmin import schemes
from trainingadmin.claims.models import Claim
from trainingadmin.cohorts.models import Cohort
from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.policies.models import PolicyDraft, PolicyVersion
from trainingadmin.reforms import actions, jobs
from trainingadmin.reforms.actions import Proposal, Scan
from trainingadmin.reforms.models import Simulation

SCHEME = "apprenticeship"
DRAFTED_ON = date(2022, 6, 20)
FROM = date(2022, 1, 1)
FILED_AFTER = date(2022, 2, 1)
PDF = Scan("雅人社发2022-3.pdf", b"%PDF-1.7 scanned")
DOCUMENT = "雅人社发〔2022〕3号"


def figures(scheme: str = SCHEME, document: str = DOCUMENT, **values: Any) -> dict[str, dict[str, Any]]:
    """The figures in force last, with other values for some and the new document cited for these."""
    told = schemes.versions(scheme)[-1].to_json()["parameters"]
    for name, value in values.items():
        told[name] = {**told[name], "value": value, "citation": document}
    return dict(told)


def proposal(
    code: str = "YA-2022", valid_from: date = FROM, document: str = DOCUMENT, *, scheme: str = SCHEME, **values: Any
) -> Proposal:
    """Every level at 5 000 yuan from 2022-01-01, but for `values`."""
    own = {"annual_rate": {"3": 5000, "4": 5000}} if scheme == SCHEME else {}
    return Proposal(code, valid_from, document, figures(scheme, document, **(own | values)))


@staged
def maintainers(office: Office) -> None:
    """Let there be a second policy maintainer."""
    if "policy2" not in office.accounts:
        with transaction.unit():
            office.add("policy2", [Role.POLICY], office_code="511824", person_id=person(880, "第二政策员").id)


@staged
def drafted(office: Office, told: Proposal | None = None, scan: Scan | None = PDF) -> PolicyDraft:
    """A draft by `policy`."""
    maintainers(office)
    with clock.at(DRAFTED_ON), transaction.unit():
        return actions.draft(SCHEME, told or proposal(), scan, by=office.actor("policy"))


@staged
def begun(office: Office, draft: PolicyDraft) -> Simulation:
    """A simulation that waits for workers."""
    with clock.at(DRAFTED_ON), transaction.unit():
        return actions.simulate(draft, by=office.actor("policy"))


@staged
def simulated(office: Office, draft: PolicyDraft) -> Simulation:
    """A simulation worked off."""
    simulation = begun(office, draft)
    jobs.simulate(simulation.id)
    db.session.expire_all()
    return simulation


@staged
def proposed(office: Office, draft: PolicyDraft | None = None) -> PolicyDraft:
    """A draft, simulated, that waits for the second person."""
    draft = draft or drafted(office)
    simulated(office, draft)
    return moved(office, draft, "propose", "policy")


@staged
def moved(office: Office, draft: PolicyDraft, name: str, login: str, note: str = "") -> PolicyDraft:
    """A draft moved on by somebody."""
    with clock.at(DRAFTED_ON), transaction.unit():
        actions.move(draft, name, by=office.actor(login), note=note)
    return draft


@staged
def activated(office: Office, draft: PolicyDraft | None = None) -> PolicyVersion:
    """A version put into force by the second person; nothing is judged under it yet."""
    draft = moved(office, proposed(office, draft), "activate", "policy2")
    return db.session.scalars(select(PolicyVersion).where(PolicyVersion.draft_id == draft.id)).one()


def worked_off(version: PolicyVersion) -> None:
    """Judge everything under a version that came into force."""
    with clock.at(DRAFTED_ON):
        jobs.reassess(version.id)
    db.session.expire_all()


@staged
def cohort_after(office: Office, people: int = 3, *, first: int = 1, advance: int = 0) -> Cohort:
    """A cohort filed when NAT-2021 was in force, and after the day from which the drafts here bind."""
    cohort = small.cohort_of(office, people, first=first, advance=advance)
    version = schemes.version_on(SCHEME, FILED_AFTER)
    with transaction.unit():
        frozen = {"policy_code": version.code, "policy_digest": version.digest, "policy": version.to_json()}
        db.session.execute(update(Cohort).where(Cohort.id == cohort.id).values(filed_on=FILED_AFTER, **frozen))
    db.session.expire_all()
    return cohort


@staged
def open_claim(office: Office, people: int = 3, *, first: int = 1, until: str = "accept") -> Claim:
    """A claim under NAT-2021 that is still open: 12 000 yuan a person."""
    return small.walked(office, cohort_after(office, people, first=first), until=until)
