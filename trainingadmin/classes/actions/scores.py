"""Records the marks of an assessment: one sitting at a time, by grid or from a sheet; retakes for those who failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from trainingadmin.classes import evidence, queries, scores_sheet
from trainingadmin.classes.models import Score, TrainingClass
from trainingadmin.classes.scores_sheet import ScoresContext, ScoresReading, Seat
from trainingadmin.classes.scoring import MOST
from trainingadmin.cohorts import queries as cohorts
from trainingadmin.cohorts.actions.holding import in_training, require_enterprise, subject
from trainingadmin.cohorts.actions.sheets import kept, sheets_of
from trainingadmin.cohorts.models import Enrolment, RosterUpload
from trainingadmin.cohorts.states import EnrolmentState, UploadKind
from trainingadmin.kernel.labels import N_
from trainingadmin.kernel.malformed import Malformed
from trainingadmin.kernel.names import parse_name
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.kernel.roles import Actor
from trainingadmin.plumbing import clock, journal
from trainingadmin.plumbing.bulk import bulk_insert
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.storage import store


@dataclass(frozen=True, slots=True)
class Sitting:
    """When an assessment was held, by whom, and whether it is the first or a retake (2 and more)."""

    attempt: int
    examined_on: date
    assessor: str


@dataclass(frozen=True, slots=True)
class Marks:
    """One trainee's marks of a sitting; whoever was absent has none."""

    enrolment_id: int
    theory: int | None = None
    practice: int | None = None
    absent: bool = False


def candidates(found: TrainingClass, attempt: int) -> list[Enrolment]:
    """Return who sits: everybody in training the first time, then whoever failed the sitting before."""
    scores = queries.scores(found.cohort_id)
    people = [one for one in cohorts.people(found.cohort_id) if one.state is EnrolmentState.ACTIVE]
    if attempt == 1:
        return people
    return [one for one in people if (last := scores.get(one.id, {}).get(attempt - 1)) is not None and not last.passed]


def record_scores(
    found: TrainingClass, sitting: Sitting, entries: Sequence[Marks], *, by: Actor, upload: RosterUpload | None = None
) -> int:
    """Record the marks of one sitting, all or none; return how many differ from what was recorded.

    Refusals `not-in-training`, `not-the-institution`, `attempt-unknown`, `examined-ahead`, `examined-early`,
    `assessor-missing`, `person-missing`, `retake-passed`, `attempt-closed`, `score-missing`, `score-range`.
    """
    to_score(found, by)
    assessor = _checked(found, sitting)
    seats = {one.id: one for one in candidates(found, sitting.attempt)}
    known = queries.scores(found.cohort_id)
    rows = [
        _row(found, sitting, assessor, one)
        for one in entries
        if _differs(_in_order(found, sitting, one, seats, known), known.get(one.enrolment_id, {}).get(sitting.attempt))
    ]
    made = {"upload_id": upload.id if upload else None, "account_id": by.id, "at": clock.now()}
    bulk_insert(Score, [row | made for row in rows])
    if rows:
        told = {"people": len(rows), "attempt": sitting.attempt}
        journal.record("record-scores", subject(found.cohort), by=by, **told)
    return len(rows)


def to_score(found: TrainingClass, by: Actor) -> None:
    """Hold a class whose marks are written; refusals `not-in-training` (also once it is completed), `not-the-institution`."""
    in_training(found.cohort)
    require_enterprise(found.cohort, by)


def _checked(found: TrainingClass, sitting: Sitting) -> str:
    if sitting.attempt < 1:
        raise Refusal("attempt-unknown", N_("请选择首次考核或补考。"), field="attempt")
    if sitting.examined_on > clock.today():
        raise Refusal("examined-ahead", N_("考核日期不能晚于今天。"), field="examined_on")
    if sitting.examined_on < found.cohort.starts_on:
        raise Refusal("examined-early", N_("考核日期不能早于开班日期。"), field="examined_on")
    try:
        return parse_name(sitting.assessor)
    except Malformed:
        raise Refusal("assessor-missing", N_("请填写考评人员姓名。"), field="assessor") from None


def _in_order(
    found: TrainingClass,
    sitting: Sitting,
    one: Marks,
    seats: Mapping[int, Enrolment],
    known: Mapping[int, dict[int, Score]],
) -> Marks:
    sittings = known.get(one.enrolment_id, {})
    if one.enrolment_id not in seats:
        before = sittings.get(sitting.attempt - 1)
        if before is not None and before.passed:
            raise Refusal("retake-passed", N_("已合格的学员不参加补考。"))
        raise Refusal("person-missing", N_("名单里没有这名学员，或他没有参加上一次考核。"))
    if max(sittings, default=0) > sitting.attempt:
        name = seats[one.enrolment_id].person.name
        raise Refusal("attempt-closed", N_("%(name)s 已补考，之前的成绩不能再改。"), name=name)
    _refuse_marks(found, one)
    return one


def _refuse_marks(found: TrainingClass, one: Marks) -> None:
    parts = evidence.scale(found.item).parts
    for part in ("theory", "practice"):
        mark, field = getattr(one, part), f"{part}-{one.enrolment_id}"
        if mark is not None and not 0 <= mark <= MOST:
            raise Refusal("score-range", N_("成绩应为 0 至 100 的整数。"), field=field)
        if part in parts and mark is None and not one.absent:
            raise Refusal("score-missing", N_("请填写成绩；没有参加考核的，请勾选缺考。"), field=field)
        if mark is not None and (one.absent or part not in parts):
            raise Refusal("score-surplus", N_("缺考的不填成绩；项目不考的部分也不填。"), field=field)


def _differs(one: Marks, known: Score | None) -> bool:
    said = (one.theory, one.practice, one.absent)
    return known is None or (known.theory, known.practice, known.absent) != said


def _row(found: TrainingClass, sitting: Sitting, assessor: str, one: Marks) -> dict[str, object]:
    return {
        "enrolment_id": one.enrolment_id,
        "attempt": sitting.attempt,
        "theory": one.theory,
        "practice": one.practice,
        "absent": one.absent,
        "passed": not one.absent and evidence.scale(found.item).passes(one.theory, one.practice),
        "examined_on": sitting.examined_on,
        "assessor": assessor,
    }


def scores_form(found: TrainingClass, attempt: int, *, by: Actor) -> bytes:
    """Return the sheet to fill in, with those who sit; it names them whole, so only the institution gets it."""
    require_enterprise(found.cohort, by)
    title = gettext("%(title)s 考核成绩", title=found.cohort.title)
    return scores_sheet.template(_context(found, attempt), title=title, translate=gettext)


def _context(found: TrainingClass, attempt: int) -> ScoresContext:
    seats = {one.person.id_number: Seat(one.person.name, one.position) for one in candidates(found, attempt)}
    return ScoresContext(seats, evidence.scale(found.item).parts)


def upload_scores(found: TrainingClass, attempt: int, filename: str, data: bytes, *, by: Actor) -> RosterUpload:
    """Read a sheet of marks without recording them; refusals of `to_score` and `read_workbook`."""
    to_score(found, by)
    reading = _read(found, attempt, data)
    upload = kept(found.cohort, UploadKind.RESULTS, filename, data, reading.findings, people=reading.lines, by=by)
    journal.record("upload-scores", subject(found.cohort), by=by, upload=upload.id, sha256=upload.sha256)
    return upload


def _read(found: TrainingClass, attempt: int, data: bytes) -> ScoresReading:
    return scores_sheet.read(sheets_of(data), _context(found, attempt))


def import_scores(upload: RosterUpload, sitting: Sitting, *, by: Actor) -> bool:
    """Record the marks of an upload as those of a sitting, all or none; False when nothing differs.

    Refusals `scores-have-errors` and those of `record_scores`.
    """
    found = db.session.get_one(TrainingClass, upload.cohort_id)
    to_score(found, by)
    reading = _read(found, sitting.attempt, store().read(upload.sha256))
    if not reading.importable:
        raise Refusal("scores-have-errors", N_("成绩表还有错误，没有登记任何成绩。请改正后重新上传。"))
    seats = {one.person.id_number: one.id for one in candidates(found, sitting.attempt)}
    entries = [Marks(seats[row.id_number.text], row.theory, row.practice, row.absent) for row in reading.rows]
    changed = record_scores(found, sitting, entries, by=by, upload=upload)
    upload.imported_at, upload.people = clock.now(), len(entries)
    return changed > 0
