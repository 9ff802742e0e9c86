"""What is known of a filing and its apprentices when the filing is judged, and what the scheme says of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext

from trainingadmin import schemes
from trainingadmin.cohorts import queries
from trainingadmin.cohorts.models import Cohort, Enrolment
from trainingadmin.cohorts.states import APPRENTICE_SCHEME, DOCUMENT_LABELS, REQUIRED_DOCUMENTS
from trainingadmin.cohorts.ways import roster_source
from trainingadmin.kernel.dates import add_months, retirement_day
from trainingadmin.kernel.identifiers import Sex
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.money import ZERO, Money
from trainingadmin.kernel.names import fold
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.journal import JournalEntry
from trainingadmin.policies.queries import in_force
from trainingadmin.registers import evidence as registers
from trainingadmin.registers.evidence import Asked, Known, Told
from trainingadmin.registers.states import Fact
from trainingadmin.registers.why import Source, Way, card
from trainingadmin.schemes import BadFact, Decision, Outcome, Verdict, Version
from trainingadmin.schemes.apprenticeship_sums import planned
from trainingadmin.schemes.apprenticeship_terms import Facts

_ROSTER, _UPLOADED, _OURS = {"from": "roster"}, {"from": "uploaded"}, {"from": "filings"}
_FILING, _ID, _UNCHECKED = {"from": "filing"}, {"from": "id_number"}, {"from": "unattested"}
_SOURCES: Mapping[str, Source] = {
    "born_on": _ID,
    "retirement_class": _ID,
    "contract_from": _ROSTER,
    "contract_to": _ROSTER,
    "contract_with_applicant": _UPLOADED,
    "insured_by_applicant": _ROSTER,
    "in_other_training": _OURS,
    "starts_on": _ROSTER,
    "filed_months": _ROSTER,
    "target_level": _ROSTER,
    "plan_hours_per_year": _FILING,
    "pension_drawn": _UNCHECKED,
    "civil_service_pension": _UNCHECKED,
    "enterprise_blacklisted": _UNCHECKED,
}


@dataclass(frozen=True, slots=True, repr=False)
class Judged:
    """One apprentice of a filing with what the scheme says, and where each fact it looked at comes from."""

    enrolment: Enrolment
    decision: Decision
    sources: Mapping[str, Source]

    @property
    def planned(self) -> Money:
        """What the filing plans for the apprentice; nothing where the scheme has no rate or refuses."""
        facts, parameters = self.decision.facts, self.decision.version.parameters
        assert isinstance(facts, Facts)
        if self.decision.verdict is Verdict.REFUSED:
            return ZERO
        return planned(facts, parameters)


@dataclass(frozen=True, slots=True)
class Check:
    """One condition on the filing as a whole, in the shape of a finding; texts to translate with `params`."""

    code: str
    label: str
    outcome: Outcome
    value: str = ""
    required: str = ""
    clause: str = ""
    advice: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def in_words(self, part: str) -> str:
        """Return `value`, `required` or `advice` in the reader's language, lists of labels joined."""
        text: str = getattr(self, part)
        filled = {name: _joined(value) for name, value in self.params.items()}
        return gettext(text) % filled if text else ""


def named(checks: Sequence[Check]) -> dict[str, Any]:
    """Return what a refusal says of the checks that bar an act: their labels, and their codes in the same order."""
    return {"checks": tuple(check.label for check in checks), "codes": tuple(check.code for check in checks)}


def _joined(value: object) -> object:
    return gettext("、").join(gettext(one) for one in value) if isinstance(value, tuple) else value


def why(one: Judged, way: Way) -> list[dict[str, Any]]:
    """Return the why card of one apprentice of a filing."""
    told = one.decision
    findings = [finding.to_json() for finding in told.findings]
    facts, document = told.facts.to_json(), told.version.document
    return card(told.version.scheme, findings, one.sources, facts=facts, document=document, way=way)


def version_of(cohort: Cohort) -> Version[Any]:
    """Return the version a filing is judged under: the frozen one, else that of the filing date, else today's.

    A class is judged under the version of its opening day, people trained at work under that of their first month,
    whenever they are filed.

    Refusal `no-policy` before the first version.
    """
    if cohort.policy is not None:
        return schemes.version_from_json(cohort.scheme, cohort.policy)
    try:
        filed_on = cohort.filed_on or clock.today()
        return in_force(cohort.scheme, filed_on if cohort.scheme == APPRENTICE_SCHEME else cohort.starts_on)
    except BadFact:
        raise Refusal("no-policy", N_("备案日期早于最早的政策版本，不能备案。"), field="starts_on") from None


def rebindings(cohort_id: int) -> list[JournalEntry]:
    """Return when a policy change put another version in the place of the one frozen with a filing, oldest first."""
    return [entry for entry in journal.of(f"cohorts:{cohort_id}") if entry.verb == "rebind-policy"]


def bound_version(scheme: str, digest: str) -> Version[Any]:
    """Return the version that filings in training are bound to, as one of them has it frozen."""
    return schemes.version_from_json(scheme, queries.frozen_policy(scheme, digest))


def filing_findings(cohort: Cohort, people: Sequence[Enrolment] | None = None) -> list[Judged]:
    """Judge every apprentice of a filing, or those of `people`, in roster order; a constant number of queries."""
    version, sources = version_of(cohort), _sources(cohort.id)
    judged = queries.people(cohort.id) if people is None else people
    told = registers.gather([_asked(enrolment) for enrolment in judged], cohort.operator, cohort.office_code)
    elsewhere: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for person_id, _, first, last in queries.elsewhere(cohort.id):
        elsewhere[person_id].append((first, last))
    return [
        _judged(cohort, enrolment, told, elsewhere[enrolment.person_id], version, dict(sources)) for enrolment in judged
    ]


def _asked(enrolment: Enrolment) -> Asked:
    """Lists are asked about the first day of the training."""
    return Asked(enrolment.person_id, enrolment.starts_on)


def _sources(cohort_id: int) -> dict[str, Source]:
    sent = roster_source(cohort_id)
    return {name: {**source, **sent} if source in (_ROSTER, _UPLOADED) else source for name, source in _SOURCES.items()}


def _judged(
    cohort: Cohort,
    enrolment: Enrolment,
    told: Told,
    elsewhere: Sequence[tuple[date, date]],
    version: Version[Any],
    sources: dict[str, Source],
) -> Judged:
    known = {fact: told.of(fact, _asked(enrolment)) for fact in Fact}
    sources |= {fact.value: answer.source for fact, answer in known.items() if answer is not None}
    death = told.death(_asked(enrolment))
    if death is not None:
        sources["contract_with_applicant"] = death.source
    facts = Facts(
        case=f"enrolments:{enrolment.id}",
        stage="filing",
        filed_on=cohort.filed_on or clock.today(),
        born_on=enrolment.person.born_on,
        retirement_class=retirement_class(enrolment),
        pension_drawn=_value(known[Fact.PENSION_DRAWN]),
        civil_service_pension=_value(known[Fact.CIVIL_SERVICE_PENSION]),
        contract_from=enrolment.contract_from,
        contract_to=enrolment.contract_to,
        # Nobody trains after their death; a doubtful line of a death list is for a human first.
        contract_with_applicant=True if death is None else _alive(death),
        insured_by_applicant=_insured(cohort, enrolment, known[Fact.INSURED_BY_APPLICANT]),
        in_other_training=_overlaps(enrolment, elsewhere) or _value(known[Fact.IN_OTHER_TRAINING]) or False,
        starts_on=enrolment.starts_on,
        filed_months=enrolment.filed_months,
        occupation=enrolment.occupation,
        target_level=enrolment.target_level,
        plan_hours_per_year=cohort.plan_hours_per_year,
        enterprise_blacklisted=_value(known[Fact.ENTERPRISE_BLACKLISTED]),
    )
    if _overlaps(enrolment, elsewhere):
        sources["in_other_training"] = _OURS
    return Judged(enrolment, schemes.decide(cohort.scheme, facts, version), sources)


def _value(answer: Known | None) -> bool | None:
    return None if answer is None else answer.value


def _alive(death: Known) -> bool | None:
    return None if death.value is None else not death.value


def _insured(cohort: Cohort, enrolment: Enrolment, answer: Known | None) -> bool | None:
    """Lists and officers go before what the roster states; a blank cell is not known."""
    if answer is not None:
        return answer.value
    stated = _plain(enrolment.insured_unit)
    return None if not stated else stated == _plain(cohort.operator.name)


def _plain(unit: str) -> str:
    return fold(unit).replace(" ", "")


def _overlaps(enrolment: Enrolment, elsewhere: Sequence[tuple[date, date]]) -> bool:
    return any(first <= enrolment.ends_on and enrolment.starts_on <= last for first, last in elsewhere)


def retirement_class(enrolment: Enrolment) -> str | None:
    """Return M60 for men; for women what is stated, else F50 where F55 would say the same, else None.

    Which age applies to a woman depends on her post, so it is an input. Apprentices are trained for the shop
    floor, hence 50; but nobody is refused or warned by that guess: where the two ages differ, it stays unknown.
    Clause: 国务院关于渐进式延迟法定退休年龄的办法.
    """
    if enrolment.retirement_class:
        return enrolment.retirement_class
    if enrolment.person.sex == Sex.MALE:
        return "M60"
    last = add_months(enrolment.starts_on, enrolment.filed_months)
    at_50, at_55 = (
        _against(retirement_day(enrolment.person.born_on, kind), enrolment.starts_on, last) for kind in ("F50", "F55")
    )
    return "F50" if at_50 == at_55 else None


def last_day(enrolment: Enrolment) -> date:
    """Return the last day of an apprentice's period, extensions included."""
    return queries.extended(enrolment.ends_on, enrolment.extended_months)


def _against(day: date, first: date, last: date) -> int:
    return 0 if day <= first else 1 if day < last else 2


def filing_checks(cohort: Cohort, people: Sequence[Enrolment]) -> list[Check]:
    """Judge the filing as a whole: papers, roster, teaching classes, mentors, the advance asked for."""
    parameters = version_of(cohort).parameters
    checks = [_papers(cohort), _somebody(people), _classes(people, parameters.class_max)]
    checks.append(_mentors(people, parameters.class_max, parameters.apprentices_per_mentor_max))
    checks.append(_listed(cohort, people))
    checks.append(_advance(cohort, parameters.advance_max_percent))
    return checks


def _papers(cohort: Cohort) -> Check:
    label, required = N_("协议齐全"), N_("学徒培养协议、企校合作协议")
    there = queries.document_kinds(cohort.id)
    lacking = [DOCUMENT_LABELS[kind] for kind in REQUIRED_DOCUMENTS if kind not in there]
    if not lacking:
        return Check("documents-missing", label, Outcome.PASS, N_("已上传"), required, _MODEL)
    return Check(
        "documents-missing", label, Outcome.FAIL, N_("缺：%(papers)s"), required, _MODEL,
        N_("请在“材料”页上传扫描件。"), {"papers": tuple(lacking)},
    )  # fmt: skip


_MODEL = "人社部发〔2018〕66号"
_TIANJIN = N_("天津地方细则（参数）")


def _somebody(people: Sequence[Enrolment]) -> Check:
    label, required, count = N_("已导入学徒花名册"), N_("至少 1 人"), {"n": len(people)}
    if people:
        return Check("roster-missing", label, Outcome.PASS, N_("%(n)s 人"), required, _MODEL, params=count)
    advice = N_("请在“花名册”页下载模板，填好后上传。")
    return Check("roster-missing", label, Outcome.FAIL, N_("%(n)s 人"), required, _MODEL, advice, count)


def _classes(people: Sequence[Enrolment], class_max: int | None) -> Check:
    """The limit holds for a teaching class, never for a file: a larger roster is taught in several classes."""
    label, required = N_("教学班人数"), N_("每班不超过 %(most)s 人")
    params = {"n": len(people), "most": class_max or 0, "classes": _class_count(people, class_max)}
    if class_max is None or len(people) <= class_max:
        return Check("class-max", label, Outcome.PASS, N_("%(n)s 人"), required, _TIANJIN, params=params)
    advice = N_("须分成至少 %(classes)s 个教学班授课。")
    return Check("class-max", label, Outcome.WARN, N_("%(n)s 人"), required, _TIANJIN, advice, params)


def _class_count(people: Sequence[Enrolment], class_max: int | None) -> int:
    return max(1, -(-len(people) // class_max)) if class_max else 1


def _mentors(people: Sequence[Enrolment], class_max: int | None, most: int | None) -> Check:
    label, required = N_("每名导师带徒人数"), N_("每个教学班内每名导师不超过 %(most)s 人")
    load = Counter(fold(enrolment.mentor) for enrolment in people)
    over = {mentor: n for mentor, n in load.items() if most is not None and n > most}
    worst = max(load.values(), default=0)
    params = {
        "n": worst,
        "most": most or 0,
        "names": tuple(f"{mentor}（{n}）" for mentor, n in sorted(over.items())),
    }
    if not over:
        return Check("mentor-ratio", label, Outcome.PASS, N_("最多 %(n)s 人"), required, _TIANJIN, params=params)
    # With several classes a mentor may be within the limit in each of them; nobody can know from the roster.
    hopeless = worst > (most or 0) * _class_count(people, class_max)
    outcome, advice = Outcome.FAIL if hopeless else Outcome.WARN, N_("请为部分学徒更换导师：%(names)s。")
    return Check("mentor-ratio", label, outcome, N_("最多 %(n)s 人"), required, _TIANJIN, advice, params)


def _listed(cohort: Cohort, people: Sequence[Enrolment]) -> Check:
    label, required = N_("导师已备案"), N_("花名册中的导师都在备案名单内")
    known = {fold(name) for name in cohort.mentors}
    others = sorted({enrolment.mentor for enrolment in people if fold(enrolment.mentor) not in known})
    if not others:
        return Check("mentor-unlisted", label, Outcome.PASS, N_("都在名单内"), required, _MODEL)
    params = {"names": tuple(others)}
    advice = N_("请核对导师姓名，或补充到备案的导师名单。")
    return Check("mentor-unlisted", label, Outcome.WARN, N_("不在名单内：%(names)s"), required, _MODEL, advice, params)


def _advance(cohort: Cohort, most: int) -> Check:
    label, required = N_("预支比例"), N_("不超过 %(most)s%%")
    params = {"n": cohort.advance_percent, "most": most}
    if cohort.advance_percent <= most:
        return Check("advance-max", label, Outcome.PASS, N_("%(n)s%%"), required, _MODEL, params=params)
    advice = N_("超出部分不予预支，按 %(most)s%% 计算。")
    return Check("advance-max", label, Outcome.WARN, N_("%(n)s%%"), required, _MODEL, advice, params)


def verdicts(cohort: Cohort, enrolment_ids: Collection[int]) -> dict[int, Judged]:
    """Judge some of a filing's apprentices, as one page of the roster shows them."""
    people = queries.people(cohort.id, among=enrolment_ids)
    return {one.enrolment.id: one for one in filing_findings(cohort, people)}


def chosen(cohort: Cohort, *, verdict: str = "", code: str = "") -> list[int] | None:
    """Return whose verdict is `verdict` and who does not pass `code`; None when neither is asked for."""
    if not verdict and not code:
        return None
    return [
        one.enrolment.id
        for one in filing_findings(cohort)
        if verdict in ("", one.decision.verdict)
        and (not code or any(f.code == code and f.outcome is not Outcome.PASS for f in one.decision.findings))
    ]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many apprentices each verdict has, and how often each code fails, is unknown or warns."""

    eligible: int
    unknown: int
    refused: int
    codes: tuple[tuple[str, Outcome, int], ...]


def summary(judged: Sequence[Judged]) -> Summary:
    """Count verdicts, and what stands in the way, gravest and most frequent first."""
    verdicts = Counter(one.decision.verdict for one in judged)
    found = Counter(
        (finding.code, finding.outcome)
        for one in judged
        for finding in one.decision.findings
        if finding.outcome is not Outcome.PASS
    )
    gravity = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.WARN)
    ranked = sorted(found.items(), key=lambda entry: (gravity.index(entry[0][1]), -entry[1], entry[0][0]))
    return Summary(
        verdicts[Verdict.ELIGIBLE],
        verdicts[Verdict.UNKNOWN],
        verdicts[Verdict.REFUSED],
        tuple((code, outcome, number) for (code, outcome), number in ranked),
    )
