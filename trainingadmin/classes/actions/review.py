"""Moves a class along its lifecycle: what each move demands, and what it settles."""

from __future__ import annotations

from trainingadmin.attendance.evidence import credited_hours
from trainingadmin.certificates import actions as certificates
from trainingadmin.certificates.actions import Order
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.classes import evidence, limits, queries
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.states import Mode
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.actions import moving
from trainingadmin.cohorts.evidence import named
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.cohorts.states import CLASS, EnrolmentState
from trainingadmin.kernel.identifiers import mask_id
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO, total
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.people.actions.payouts import take_payouts
from trainingadmin.plumbing import clock
from trainingadmin.schemes import Outcome, Verdict

_NAMED = 5


def move(found: TrainingClass, name: str, *, by: Actor, note: str = "") -> None:
    """Make a move of the class's lifecycle, and all that it settles.

    Refusals: those of `moving.make`; at submit and approval `opening-incomplete`, `opening-refused`, `no-policy`; at
    approval `unknown-needs-note`; at completion `changes-open`, `scores-missing`, `class-suspended`,
    `sessions-ahead`.
    """
    settles = {
        "submit": lambda: _submit(found),
        "approve": lambda: _approve(found, note, by),
        "complete": lambda: _complete(found, by),
    }
    moving.make(found.cohort, CLASS, name, settles, by=by, note=note)


def _submit(found: TrainingClass) -> None:
    _refuse_wrong(found)
    found.cohort.filed_on = found.cohort.filed_on or clock.today()


def _refuse_wrong(found: TrainingClass) -> list[evidence.Judged]:
    people = cohorts.people(found.cohort_id)
    checks = limits.checks(found, people, queries.sessions(found.cohort_id))
    failing = [check for check in checks if check.outcome is Outcome.FAIL]
    if failing:
        message = N_("还不能办理，这些事项不符合要求：%(checks)s。")
        raise Refusal("opening-incomplete", message, **named(failing))
    judged = evidence.findings(found, people)
    refused = [one.enrolment.person.name for one in judged if one.verdict is Verdict.REFUSED]
    if refused:
        message = N_("有 %(n)s 人不符合开班条件：%(names)s。请移出花名册或补正后再办理。")
        raise Refusal("opening-refused", message, n=len(refused), names="、".join(refused[:_NAMED]))
    return judged


def _approve(found: TrainingClass, note: str, by: Actor) -> None:
    """Freeze the version of the opening day, plan the item's rate for each, and keep where allowances would go."""
    judged = _refuse_wrong(found)
    unknown = sum(one.verdict is Verdict.UNKNOWN for one in judged)
    if unknown and not note.strip():
        message = N_("还有 %(n)s 人的条件待核实。请先登记核对结果；确需先行同意的，请写明理由。")
        raise Refusal("unknown-needs-note", message, field="note", n=unknown)
    cohort, version = found.cohort, evidence.version(found)
    cohort.policy_code, cohort.policy_digest, cohort.policy = version.code, version.digest, version.to_json()
    for one in judged:
        one.enrolment.planned = found.item.subsidy
        one.enrolment.advance = one.enrolment.advance_paid = ZERO
    cohort.planned, cohort.advance = total(found.item.subsidy for _ in judged), ZERO
    if found.mode is Mode.POVERTY:
        people = [one.enrolment for one in judged]
        take_payouts({one.person_id: (one.person.name, one.card_number) for one in people if one.card_number}, by=by)


def _complete(found: TrainingClass, by: Actor) -> None:
    """Confirm the end of the class, and issue a training certificate to everyone who passed."""
    if cohorts.tally(found.cohort_id).open_changes:
        raise Refusal("changes-open", N_("还有变更申请没有审核，不能确认结班。"))
    if found.suspended_on is not None:
        raise Refusal("class-suspended", N_("班级已暂停，恢复并上完课后才能结班。"))
    ahead = [one for one in queries.sessions(found.cohort_id) if one.held_on > clock.today()]
    if ahead:
        raise Refusal("sessions-ahead", N_("还有 %(n)s 次课没有上，不能确认结班。"), n=len(ahead))
    people = [one for one in cohorts.people(found.cohort_id) if one.state is EnrolmentState.ACTIVE]
    scores = {id_: queries.last_of(sittings) for id_, sittings in queries.scores(found.cohort_id).items()}
    lacking = sum(one.id not in scores for one in people)
    if lacking:
        raise Refusal("scores-missing", N_("还有 %(n)s 人没有登记考核成绩，不能确认结班。"), n=lacking)
    earned = [one for one in people if (score := scores[one.id]) is not None and score.passed]
    hours = credited_hours(found.cohort)
    orders = [order(found, one, hours.get(one.id, 0)) for one in earned]
    certificates.issue_many(CertificateKind.TRAINING, orders, by=by)


def order(found: TrainingClass, one: Enrolment, hours: int) -> Order:
    """Return the training certificate of one who passed; strangers see the ID number masked.

    Hours are those credited by attendance, as on the certificates of apprentices, not those of the catalogue.
    """
    cohort, item = found.cohort, found.item
    content = {
        "title": "培训合格证书",
        "institution": cohort.operator.name,
        "issuer": cohort.operator.office.name,
        "holder": {"name": one.person.name, "id_number": one.person.id_number},
        "project": "专项职业能力培训",
        "occupation": item.name,
        "level": "",
        "period": {"start_on": one.starts_on.isoformat(), "end_on": cohort.ends_on.isoformat()},
        "hours": hours,
        "cohort": f"{cohort.title}（{cohort.number}）",
        "result": "合格",
    }
    public = {
        "holder": one.person.name,
        "id": mask_id(one.person.id_number),
        "project": f"专项职业能力培训（{item.name}）",
        "unit": cohort.operator.name,
        "amount": "",
    }
    return Order(
        subject=f"enrolment:{one.id}",
        group=f"cohort:{cohort.id}",
        content=content,
        public=public,
        office_code=cohort.office_code,
        holder_person_id=one.person_id,
        organisation_id=cohort.operator_id,
    )
