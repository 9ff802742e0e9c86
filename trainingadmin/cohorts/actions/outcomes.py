"""Records how assessments ended, and what an officer found when comparing certificates with the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from trainingadmin.cohorts import queries
from trainingadmin.cohorts.actions import diplomas
from trainingadmin.cohorts.actions.holding import in_training, subject, to_correct
from trainingadmin.cohorts.models import Cohort, Enrolment, Result
from trainingadmin.cohorts.states import CohortState, Outcome
from trainingadmin.kernel.document_numbers import SkillCertificate
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor, Role
from trainingadmin.people.queries import relatives_of
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.database import db

VERIFIERS = (Role.ACCEPTANCE, Role.FIRST_REVIEW)


@dataclass(frozen=True, slots=True)
class ResultEntry:
    """One apprentice's result as entered; what belongs to a certificate is for those who passed."""

    enrolment_id: int
    outcome: Outcome
    ended_on: date | None
    certificate_number: str = ""
    occupation: str = ""
    level: int | None = None
    issued_on: date | None = None


def record_results(cohort: Cohort, entries: Sequence[ResultEntry], *, by: Actor) -> int:
    """Record results, all or none; return how many differ from what was recorded. A changed one is unverified again.

    Refusals `not-in-training`, `not-yours`, `person-missing`, `result-verified`, `ended-missing`, `period-reversed`,
    `ended-in-future`, `certificate-number-missing`, `certificate-number-format`, `certificate-disagrees`, `certificate-incomplete`,
    `issued-in-future`, `certificate-twice`.
    """
    in_training(cohort)
    return _record_all(cohort, entries, by)


def correct_result(cohort: Cohort, entry: ResultEntry, *, by: Actor) -> int:
    """Correct one result for a claim, after completion too; whose certificate was found true stays as it is.

    Refusals as `record_results`.
    """
    to_correct(cohort)
    return _record_all(cohort, [entry], by)


def _record_all(cohort: Cohort, entries: Sequence[ResultEntry], by: Actor) -> int:
    require_reporter(cohort, by)
    people = {one.id: one for one in queries.people(cohort.id)}
    known = queries.results(cohort.id)
    checked = [_checked(entry, people.get(entry.enrolment_id)) for entry in entries]
    _refuse_twice(cohort, checked, known)
    _let_go(checked, known)
    changed = sum(_record(entry, known.get(entry["enrolment_id"]), by) for entry in checked)
    _write()
    if changed:
        journal.record("record-results", subject(cohort), by=by, people=changed)
    return changed


def require_reporter(cohort: Cohort, by: Actor) -> None:
    """Refuse anyone but operators of the enterprise and of the training institution: `not-yours`."""
    enterprise = by.has(Role.ENTERPRISE) and by.organisation_id == cohort.enterprise_id
    institution = by.has(Role.INSTITUTION) and by.organisation_id == cohort.institution_id
    if not (enterprise or institution):
        raise Refusal("not-yours", N_("考核结果由申报企业或培训机构登记。"))


def _checked(entry: ResultEntry, enrolment: Enrolment | None) -> dict[str, Any]:
    if enrolment is None:
        raise Refusal("person-missing", N_("请从名单中选择学徒。"), field="enrolment_id")
    if entry.ended_on is None:
        raise Refusal("ended-missing", N_("请填写实际结束日期。"), field="ended_on")
    if entry.ended_on < enrolment.starts_on:
        raise Refusal("period-reversed", N_("结束日期不能早于开始日期。"), field="ended_on")
    if entry.ended_on > clock.today():
        message = N_("实际结束日期晚于今天；还没有结束的，请在结束后登记。")
        raise Refusal("ended-in-future", message, field="ended_on")
    values: dict[str, Any] = {"enrolment_id": entry.enrolment_id, "outcome": entry.outcome, "ended_on": entry.ended_on}
    if entry.outcome is Outcome.PASSED:
        return values | _certificate(entry)
    return values | {"certificate_number": None, "occupation": None, "level": None, "issued_on": None}


def _certificate(entry: ResultEntry) -> dict[str, Any]:
    try:
        number = SkillCertificate.parse(entry.certificate_number)
    except Malformed as malformed:
        raise Refusal(malformed.code, malformed.reason, field="certificate_number") from None
    occupation = fold(entry.occupation)
    if not occupation or entry.level is None or entry.issued_on is None:
        lacking = "occupation" if not occupation else "level" if entry.level is None else "issued_on"
        raise Refusal("certificate-incomplete", N_("合格的请填写证书职业、等级和发证日期。"), field=lacking)
    if entry.issued_on > clock.today():
        raise Refusal("issued-in-future", N_("发证日期晚于今天，请对照证书核对。"), field="issued_on")
    if not number.agrees_with(level=entry.level, year=entry.issued_on.year):
        message = N_("证书编号里的年份或等级与填写的不一致，请对照证书核对。")
        raise Refusal("certificate-disagrees", message, field="certificate_number")
    return {
        "certificate_number": number.text,
        "occupation": occupation,
        "level": entry.level,
        "issued_on": entry.issued_on,
    }


def _refuse_twice(cohort: Cohort, checked: Sequence[dict[str, Any]], known: dict[int, Result]) -> None:
    entered = {values["enrolment_id"] for values in checked}
    numbers = [values["certificate_number"] for values in checked if values["certificate_number"]]
    kept = {result.certificate_number for id_, result in known.items() if id_ not in entered}
    taken = queries.certificate_numbers_elsewhere(cohort.id, numbers) | (kept & set(numbers))
    if taken or len(set(numbers)) < len(numbers):
        number = next((n for n, count in Counter(numbers).items() if count > 1 or n in taken), "")
        message = N_("证书编号 %(number)s 已登记在另一人名下。")
        raise Refusal("certificate-twice", message, field="certificate_number", number=number)


def _let_go(checked: Sequence[dict[str, Any]], known: dict[int, Result]) -> None:
    """Free the numbers that go from one of these people to another: not for a moment may two have one."""
    numbers = {values["enrolment_id"]: values["certificate_number"] for values in checked}
    given = set(numbers.values()) - {None}
    for id_ in numbers.keys() & known.keys():
        result = known[id_]
        if result.certificate_number in given - {numbers[id_]}:
            result.outcome, result.certificate_number = Outcome.FAILED, None
    db.session.flush()


def _write() -> None:
    """Write the results; whoever recorded one of the numbers for somebody else a moment ago was faster."""
    try:
        db.session.flush()
    except IntegrityError as error:
        if "certificate_number" not in str(error.orig):
            raise
        message = N_("刚刚有人把其中一个证书编号登记在另一人名下，请再提交一次，页面会指出是哪一个。")
        raise Refusal("certificate-twice", message, field="certificate_number") from None


def _record(values: dict[str, Any], result: Result | None, by: Actor) -> bool:
    entered: dict[str, Any] = {"entered_by": by.id, "entered_at": clock.now()}
    if result is None:
        db.session.add(Result(**values, **entered))
        return True
    if all(getattr(result, name) == value for name, value in values.items()):
        return False
    if result.verified:
        raise Refusal("result-verified", N_("这名学徒的证书已核验属实，不能再改。"))
    for name, value in (values | entered).items():
        setattr(result, name, value)
    result.verified, result.verified_source, result.verified_by, result.verified_at = None, "", None, None
    return True


def verify_results(
    cohort: Cohort,
    enrolment_ids: Collection[int],
    verified: bool,
    source: str,
    by: Actor,
    *,
    as_of: date | None = None,
) -> int:
    """Note that these people's results were compared with a source, and whether they agreed; return how many.

    After completion only what was not found true before: who passes then is given the training certificate.
    Refusals `not-in-training`, `verify-role`, `own-relative`, `source-missing`, `as-of-future`, `nobody-chosen`,
    `results-missing`, `result-verified`.
    """
    to_correct(cohort)
    _refuse_wrong_hands(cohort, by)
    if not source.strip():
        raise Refusal("source-missing", N_("请写明核验的来源，例如国家职业技能等级证书查询网。"), field="source")
    if as_of is not None and as_of > clock.today():
        raise Refusal("as-of-future", N_("核验日期不能晚于今天。"), field="as_of")
    if not enrolment_ids:
        raise Refusal("nobody-chosen", N_("请先勾选学徒。"))
    results = queries.results(cohort.id)
    if not set(enrolment_ids) <= results.keys():
        raise Refusal("results-missing", N_("所选学徒中有人没有登记考核结果。"))
    _refuse_settled(cohort, [results[one] for one in enrolment_ids])
    told = f"{source.strip()} {(as_of or clock.today()).isoformat()}"
    for enrolment_id in enrolment_ids:
        result = results[enrolment_id]
        result.verified, result.verified_source = verified, told
        result.verified_by, result.verified_at = by.id, clock.now()
    journal.record("verify-results", subject(cohort), by=by, people=len(enrolment_ids), verified=verified, source=told)
    if cohort.state is CohortState.COMPLETED:
        chosen = queries.people(cohort.id, among=enrolment_ids)
        diplomas.issue(cohort, chosen, results, by=by)
    return len(enrolment_ids)


def _refuse_settled(cohort: Cohort, chosen: Sequence[Result]) -> None:
    if cohort.state is CohortState.COMPLETED and any(result.verified for result in chosen):
        raise Refusal(
            "result-verified", N_("已结业，核验属实的证书不再更改；确有问题的，请先作废培训合格证书并办理追回。")
        )


def _refuse_wrong_hands(cohort: Cohort, by: Actor) -> None:
    if not by.has(*VERIFIERS):
        raise Refusal("verify-role", N_("证书由受理岗或初审岗核验。"))
    if queries.names_any_of(cohort.id, relatives_of(by)):
        raise Refusal("own-relative", N_("名单中有您本人或已申报的亲属，须由其他人办理。"))
