"""The demo's classes of a training institution: one that ended and is claimed, one in the middle of its days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from trainingadmin.attendance import actions as attendance
from trainingadmin.attendance.actions import Entry
from trainingadmin.attendance.models import MarkStatus, Session
from trainingadmin.claims import actions as claims
from trainingadmin.classes import actions, queries
from trainingadmin.classes.actions import Marks, Opening, Sitting, Timetable
from trainingadmin.classes.models import TrainingClass
from trainingadmin.classes.roster_columns import FIELDS
from trainingadmin.classes.states import Mode
from trainingadmin.classes.timetable import Slot
from trainingadmin.cohorts.actions import ChangeRequest
from trainingadmin.cohorts.queries import people
from trainingadmin.cohorts.states import ChangeKind
from trainingadmin.courses import actions as courses
from trainingadmin.courses.queries import batches_of
from trainingadmin.demo import rosters
from trainingadmin.demo.bureau import actor
from trainingadmin.demo.chain import on
from trainingadmin.plumbing import clock, transaction
from trainingadmin.plumbing.spreadsheets.writing import Column, Form, write_table
from trainingadmin.registers import actions as registers
from trainingadmin.registers.states import Fact

_CATALOGUE, _TEA = "catalogue-2020.xlsx", "YAZX-2020-001"
_ENTERED_ON = date(2020, 9, 1)
_PLACE, _SIZE, _DAYS = "石棉县示例村茶叶初制所", 20, 10
_MORNING, _AFTERNOON = (time(8, 30), time(11, 30)), (time(14), time(17))
_THEORY = ("开班与安全", "茶叶基础知识", "鲜叶采摘标准", "鲜叶摊放", "杀青原理")
_PRACTICE = (
    "杀青实操一", "杀青实操二", "揉捻", "做形一", "做形二", "干燥", "提香", "审评", "包装", "设备维护", "茶园参观",
    "全程实操一", "全程实操二", "全程实操三", "考核练习",
)  # fmt: skip


@dataclass
class Tea:
    """A class of 名优绿茶加工: ten days of eight class hours from `starts_on`, by two teachers."""

    title: str
    seed: int
    starts_on: date
    teachers: tuple[str, str]
    found: TrainingClass = field(init=False)

    @property
    def ends_on(self) -> date:
        """The day of the assessment, two days after the last session."""
        return self.starts_on + timedelta(days=_DAYS + 1)

    @property
    def opening(self) -> Opening:
        """What the institution applies for."""
        return Opening(
            _TEA, self.title, _PLACE, self.starts_on, self.ends_on, Mode.ORDINARY, self.teachers, self.ends_on, _PLACE,
            ("考评一",),
        )  # fmt: skip

    @property
    def timetable(self) -> Timetable:
        """A morning and an afternoon on every day."""
        slots = tuple(Slot(*at, who) for at, who in zip((_MORNING, _AFTERNOON), self.teachers, strict=True))
        last = self.starts_on + timedelta(days=_DAYS - 1)
        return Timetable(self.starts_on, last, slots, _THEORY + _PRACTICE, frozenset(range(7)))


def catalogue() -> None:
    """Let one maintainer enter the three batches of 2020 and another publish them."""

    def act() -> None:
        by = actor("mulu")
        sent = courses.upload_catalogue(_CATALOGUE, (rosters.SAMPLES / _CATALOGUE).read_bytes(), by=by)
        courses.import_catalogue(sent, by=by)
        for batch in batches_of(sent.id):
            courses.move(batch, "propose", by=by)
            courses.move(batch, "publish", by=actor("mulu2"))

    on(_ENTERED_ON, act)


def class_claimed() -> None:
    """A class that ended: certificates issued, two people short of hours, its claim on first review's desk."""
    today = clock.today()
    starts_on = today - timedelta(days=40)
    told = Tea(f"{starts_on.year}年名优绿茶加工培训班（第一期）", 71, starts_on, ("贺明德", "石兰芳"))
    open_class(told)
    teach(told, absent={6: 6, 15: 5})
    on(told.ends_on, lambda: examine(told))
    on(told.ends_on + timedelta(days=4), lambda: actions.move(told.found, "complete", by=actor("shouli")))

    def claim() -> None:
        made = claims.open_claim(told.found.cohort, by=actor("jigou"))
        claims.submit(made, by=actor("jigou"))
        claims.move(made, "accept", by=actor("shouli"))

    on(today - timedelta(days=3), claim)


def class_in_training() -> None:
    """A class in the middle of its days, with a session that the institution asks to move."""
    starts_on = clock.today() - timedelta(days=5)
    told = Tea(f"{starts_on.year}年名优绿茶加工培训班（第二期）", 72, starts_on, ("何茂林", "黄春梅"))
    open_class(told)
    teach(told, absent={9: 2})
    on(clock.today(), lambda: ask(told))


def open_class(told: Tea) -> None:
    """Apply with roster, plan and commitment; accept, compare with the list, agree."""

    def apply() -> None:
        by = actor("jigou")
        told.found = actions.open_class(told.opening, by=by)
        actions.enrol(actions.upload_roster(told.found, f"{told.title}-花名册.xlsx", roster(told.seed), by=by), by=by)
        actions.plan_daily(told.found, told.timetable, by=by)
        actions.promise(told.found, by=by)
        actions.move(told.found, "submit", by=by)

    def accept() -> None:
        by = actor("shouli")
        persons = [one.person_id for one in people(told.found.cohort_id)]
        registers.attest(
            Fact.CIVIL_SERVICE_PENSION, False, persons=persons, source="市社保局名单", as_of=clock.today(), by=by
        )
        actions.move(told.found, "accept", by=by)

    on(told.starts_on - timedelta(days=12), apply)
    on(told.starts_on - timedelta(days=9), accept)
    note = "人员类别材料已看原件"
    agreed_on = told.starts_on - timedelta(days=7)
    on(agreed_on, lambda: actions.move(told.found, "approve", by=actor("chushen"), note=note))


def roster(seed: int) -> bytes:
    """Return a 培训花名册 as .xlsx, of made-up people."""
    usual = {"category": "农民工", "project": "名优绿茶加工", "education": "初中", "household": "四川省雅安市石棉县"}
    rows = [
        [
            {**usual, "position": str(at), "name": one.name, "id_number": one.id_number, "phone": one.phone}.get(
                item.key, ""
            )
            for item in FIELDS
        ]
        for at, one in enumerate(rosters.apprentices(seed, _SIZE), start=1)
    ]
    return write_table([Column(item.title, Form.TEXT, 14) for item in FIELDS], rows, sheet="培训花名册")


def teach(told: Tea, *, absent: dict[int, int]) -> None:
    """Call the roll of every session that is over; `absent` gives how many of the first ones a number missed."""
    seats = people(told.found.cohort_id)
    for at, session in enumerate(queries.sessions(told.found.cohort_id)):
        if session.held_on >= clock.today():
            return
        evening = datetime.combine(session.held_on, session.ends_at, clock.LOCAL) + timedelta(minutes=20)
        entries = [_entry(session, one.id, at < absent.get(one.position, 0), one.position) for one in seats]
        with clock.at(evening), transaction.unit():
            attendance.record(session, entries, by=actor("jigou"))


def _entry(session: Session, enrolment_id: int, missed: bool, position: int) -> Entry:
    if missed:
        return Entry(enrolment_id, MarkStatus.ABSENT)
    first = datetime.combine(session.held_on, session.starts_at) - timedelta(minutes=3 + position * 7 % 11)
    last = datetime.combine(session.held_on, session.ends_at) + timedelta(minutes=1 + position * 5 % 9)
    return Entry(enrolment_id, MarkStatus.PRESENT, first.time(), last.time())


def examine(told: Tea) -> None:
    """Record the marks of everybody; one does not pass."""
    entries = [
        Marks(one.id, 62 + one.position * 7 % 30, 41 if one.position == 12 else 66 + one.position * 5 % 29)
        for one in people(told.found.cohort_id)
    ]
    actions.record_scores(told.found, Sitting(1, told.ends_on, "考评一"), entries, by=actor("jigou"))


def ask(told: Tea) -> None:
    """Ask to hold the last afternoon a day later."""
    last = queries.sessions(told.found.cohort_id)[-1]
    day = last.held_on + timedelta(days=1)
    details = {
        "session": last.id,
        "held_on": day.isoformat(),
        "starts_at": last.starts_at.isoformat(),
        "ends_at": last.ends_at.isoformat(),
    }
    asked = ChangeRequest(ChangeKind.SESSION, day, "当天茶厂检修设备，改到次日下午。", details=details)
    actions.request_change(told.found, asked, by=actor("jigou"))
