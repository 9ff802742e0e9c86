"""The limits of a class as a whole: item, commitment, size, teachers, plan; each with the clause and 文号 it stands in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from trainingadmin.attendance.models import Session, SessionKind
from trainingadmin.classes import queries
from trainingadmin.classes.evidence import DAY_HOURS_MAX, clause, hour_minutes, version
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.states import MODE_LABELS, ONLINE_MODES, Mode
from trainingadmin.cohorts.evidence import Check
from trainingadmin.cohorts.models import Enrolment
from trainingadmin.courses.queries import item_on
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.names import fold
from trainingadmin.schemes import Outcome, Version
from trainingadmin.schemes.special_skill import Parameters

_SHOWN = 5


def checks(found: TrainingClass, people: Sequence[Enrolment], held: Sequence[Session]) -> list[Check]:
    """Judge the class as a whole: item, commitment, size, teachers, the plan's hours, days, share online and period."""
    told = version(found)
    return [
        _item(found),
        _commitment(found),
        *_size(people, told),
        _teachers(found, people, told),
        _order(found),
        *_plan(found, people, held, told),
        _clashes(found, held),
    ]


def _check(
    code: str,
    label: str,
    met: bool,
    value: str,
    required: str,
    where: str,
    advice: str = "",
    failing: Outcome = Outcome.FAIL,
    **params: object,
) -> Check:
    outcome = Outcome.PASS if met else failing
    return Check(code, label, outcome, value, required, where, "" if met else advice, params)


def _item(found: TrainingClass) -> Check:
    """Return whether the version is still the one that the opening day falls under."""
    item, opened_on = found.item, found.cohort.starts_on
    now = item_on(item.code, opened_on)
    return _check(
        "item-not-valid",
        N_("项目在开班日有效"),
        now is not None and now.id == item.id,
        N_("%(name)s 第%(version)s版，开班 %(day)s"),
        N_("%(first)s 至 %(last)s"),
        item.batch.document,
        N_("请修改开班日期，或改选其他项目；目录有新版本的，重新保存申请即改用新版本。"),
        name=item.name,
        version=item.version,
        day=opened_on.isoformat(),
        first=item.valid_from.isoformat(),
        last=(N_("长期"),) if item.valid_to is None else item.valid_to.isoformat(),
    )


def _commitment(found: TrainingClass) -> Check:
    return _check(
        "commitment-missing",
        N_("告知承诺"),
        found.committed_at is not None,
        N_("已承诺") if found.committed_at else N_("未承诺"),
        N_("机构经办人阅读并承诺"),
        N_("告知承诺制"),
        N_("请在“概况”页阅读告知承诺书并承诺。"),
    )


def _size(people: Sequence[Enrolment], told: Version[Parameters]) -> list[Check]:
    least, most = told.parameters.class_min or 1, told.parameters.class_max
    size = len(people)
    low = _check(
        "class-min", N_("每班人数下限"), size >= least, N_("%(n)s 人"), N_("不少于 %(least)s 人"),
        clause(told, "class_min"), N_("请补充学员，人数不足不能开班。"), n=size, least=least,
    )  # fmt: skip
    if most is None:
        return [low]
    high = _check(
        "class-max", N_("每班人数上限"), size <= most, N_("%(n)s 人"), N_("不超过 %(most)s 人"),
        clause(told, "class_max"), N_("请分成两个班申请。"), n=size, most=most,
    )  # fmt: skip
    return [low, high]


def _teachers(found: TrainingClass, people: Sequence[Enrolment], told: Version[Parameters]) -> Check:
    most = told.parameters.trainees_per_teacher_max
    teachers = len(found.teachers)
    return _check(
        "teacher-ratio",
        N_("师生比"),
        most is None or len(people) <= most * teachers,
        N_("%(n)s 名学员，%(teachers)s 名教师"),
        N_("每名教师不超过 %(most)s 名学员"),
        clause(told, "trainees_per_teacher_max"),
        N_("请增加教师。"),
        n=len(people),
        teachers=teachers,
        most=most or 0,
    )


def _order(found: TrainingClass) -> Check:
    employer = found.cohort.enterprise
    return _check(
        "order-missing",
        N_("培训方式"),
        found.mode is not Mode.ORDERED or employer is not None,
        N_("%(mode)s %(employer)s"),
        N_("订单式须有下单企业"),
        N_("开班规则（参数）"),
        N_("请填写下单企业的统一社会信用代码。"),
        mode=(MODE_LABELS[found.mode],),
        employer=employer.name if employer else "",
    )


def _plan(
    found: TrainingClass, people: Sequence[Enrolment], held: Sequence[Session], told: Version[Parameters]
) -> list[Check]:
    minutes = hour_minutes(found)
    return [
        _hours(found, people, held, minutes),
        _period(found, held),
        _days(held, told, minutes),
        _online(found, held, told, minutes),
    ]


def _of_group(held: Iterable[Session], group: str) -> list[Session]:
    return [one for one in held if one.shift_group in ("", group)]


def _hours(found: TrainingClass, people: Sequence[Enrolment], held: Sequence[Session], minutes: int) -> Check:
    """The plan of every shift group has exactly the item's hours of theory and of practice."""
    item = found.item
    groups = sorted({one.shift_group for one in people} | {one.shift_group for one in held if one.shift_group}) or [""]
    told = {group: _taught(_of_group(held, group)) for group in groups}
    wanted = (item.theory_hours * minutes, item.practice_hours * minutes)
    wrong = {group: spent for group, spent in told.items() if spent != wanted}
    worst = sorted(wrong)[0] if wrong else ""
    theory, practice = wrong.get(worst, wanted)
    return _check(
        "plan-hours",
        N_("计划课时等于项目课时"),
        not wrong,
        N_("%(group)s理论 %(theory)s、实操 %(practice)s 课时"),
        N_("理论 %(want_theory)s、实操 %(want_practice)s 课时"),
        item.batch.document,
        N_("请在“教学计划”页补齐或删去课次。"),
        group=f"{worst}：" if worst else "",
        theory=_shown(theory, minutes),
        practice=_shown(practice, minutes),
        want_theory=item.theory_hours,
        want_practice=item.practice_hours,
    )


def _taught(held: Iterable[Session]) -> tuple[int, int]:
    spent: Counter[bool] = Counter()
    for one in held:
        spent[one.kind is SessionKind.PRACTICE] += one.planned_minutes
    return spent[False], spent[True]


def _shown(minutes: int, hour: int) -> str:
    whole, rest = divmod(minutes, hour)
    return str(whole) if not rest else f"{whole}+{rest}/{hour}"


def _period(found: TrainingClass, held: Sequence[Session]) -> Check:
    cohort = found.cohort
    outside = [one.held_on for one in held if not cohort.starts_on <= one.held_on <= cohort.ends_on]
    early = found.assess_on < (max((one.held_on for one in held), default=cohort.starts_on))
    return _check(
        "plan-outside",
        N_("课次和考核在培训期内"),
        not outside and not early,
        N_("%(n)s 次课在培训期外，考核 %(day)s"),
        N_("%(first)s 至 %(last)s，考核不早于最后一次课"),
        N_("开班规则（参数）"),
        N_("请修改起止日期、考核日期，或移动这些课次。"),
        n=len(outside),
        day=found.assess_on.isoformat(),
        first=cohort.starts_on.isoformat(),
        last=cohort.ends_on.isoformat(),
    )


def busiest(held: Iterable[Session]) -> tuple[date, int] | None:
    """Return the day on which a group is taught longest, and its minutes."""
    spent: dict[date, Counter[str]] = defaultdict(Counter)
    for one in held:
        spent[one.held_on][one.shift_group] += one.planned_minutes
    found = [(on, of[""] + max((n for group, n in of.items() if group), default=0)) for on, of in spent.items()]
    return max(found, key=lambda one: (one[1], one[0])) if found else None


def _days(held: Sequence[Session], told: Version[Parameters], minutes: int) -> Check:
    most = told.parameters.day_hours_max or DAY_HOURS_MAX
    day, spent = busiest(held) or (None, 0)
    return _check(
        "day-hours-max",
        N_("每天课时上限"),
        spent <= most * minutes,
        N_("最多的一天 %(day)s：%(n)s 课时") if day else N_("还没有排课"),
        N_("每天不超过 %(most)s 课时"),
        clause(told, "day_hours_max"),
        N_("请把这一天的课移到别的日子。"),
        day=day.isoformat() if day else "",
        n=_shown(spent, minutes),
        most=most,
    )


def _online(found: TrainingClass, held: Sequence[Session], told: Version[Parameters], minutes: int) -> Check:
    most = told.parameters.online_theory_max_percent
    online = sum(one.planned_minutes for one in held if one.kind is SessionKind.ONLINE)
    theory = online + sum(one.planned_minutes for one in held if one.kind is SessionKind.THEORY)
    allowed = found.mode in ONLINE_MODES
    met = online == 0 if not allowed else most is None or 100 * online <= most * theory
    return _check(
        "online-share",
        N_("线上理论课比例"),
        met,
        N_("线上 %(n)s 课时，理论共 %(theory)s 课时"),
        N_("不超过理论课时的 %(most)s%%") if allowed else N_("只有在线、混合方式可以线上授课"),
        clause(told, "online_theory_max_percent"),
        N_("请把线上课次改为面授，或修改培训方式。"),
        n=_shown(online, minutes),
        theory=_shown(theory, minutes),
        most=most if most is not None else 100,
    )


def _clashes(found: TrainingClass, held: Sequence[Session]) -> Check:
    """A teacher in two classes at once is for a human to look at: names may be borne by two."""
    names = {one.teacher for one in held}
    busy = queries.busy_teachers(found.cohort_id, names) if names else []
    strangers = sorted(names - {fold(name) for name in found.teachers})
    told = [f"{name} {on.isoformat()}（{number}）" for name, on, _, number in busy[:_SHOWN]] + strangers[:_SHOWN]
    return _check(
        "teacher-busy",
        N_("教师安排"),
        not told,
        N_("%(names)s") if told else N_("没有冲突"),
        N_("教师在名单内，同一时间只上一个班的课"),
        N_("开班规则（参数）"),
        N_("请核对教师姓名和上课时间。"),
        Outcome.WARN,
        names=tuple(told),
    )
