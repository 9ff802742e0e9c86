"""Keep marks in little room, what a roll shares apart from them, and the sums of each month beside them."""

# ruff: noqa: S608 - names and numbers of this file alone
from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard, unguard

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_SOURCES = ("import", "register", "correction", "checkin")
_STATUSES = ("present", "absent", "leave")
_KINDS = ("theory", "practice", "online")
_SUMS = ("present", "absent", "leave", "planned_minutes", "credited_minutes", "leave_minutes")


def upgrade() -> None:
    """Make the new tables, move every mark, add up the months, drop the old table."""
    op.execute("CREATE TEMPORARY TABLE old_marks AS SELECT * FROM marks")
    op.drop_table("marks")
    unguard("marks")
    _create_rolls()
    _create_marks()
    _create_months()
    _move_marks()
    _add_up()
    op.execute("DROP TABLE old_marks")
    for table in ("rolls", "marks", "mark_doubts"):
        guard(table)


def downgrade() -> None:
    """Write the marks out again, each with what its roll says."""
    op.execute(
        "CREATE TEMPORARY TABLE new_marks AS SELECT m.*, r.source, r.reason, r.upload_id, r.account_id, r.at, d.flags "
        "FROM marks m JOIN rolls r ON r.id = m.roll_id "
        "LEFT JOIN mark_doubts d ON d.roll_id = m.roll_id AND d.enrolment_id = m.enrolment_id"
    )
    for table in ("cohort_months", "person_months", "mark_doubts", "marks", "rolls"):
        op.drop_table(table)
    for table in ("mark_doubts", "marks", "rolls"):
        unguard(table)
    _create_old_marks()
    _move_back()
    op.execute("DROP TABLE new_marks")
    guard("marks")


def _create_rolls() -> None:
    op.create_table(
        "rolls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source BETWEEN 0 AND 3", name=op.f("ck_rolls_source")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_rolls_account_id_accounts")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_rolls_session_id_sessions")),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["attendance_uploads.id"], name=op.f("fk_rolls_upload_id_attendance_uploads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rolls")),
        sa.UniqueConstraint("id", "session_id", name=op.f("uq_rolls_id_session_id")),
    )
    op.create_index(op.f("ix_rolls_session_id"), "rolls", ["session_id"], unique=False)


def _create_marks() -> None:
    op.create_table(
        "marks",
        sa.Column("roll_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("enrolment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("in_at", sa.Integer(), nullable=True),
        sa.Column("out_at", sa.Integer(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("credited_minutes", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("credited_minutes >= 0", name=op.f("ck_marks_credited")),
        sa.CheckConstraint("status BETWEEN 0 AND 2", name=op.f("ck_marks_status")),
        sa.ForeignKeyConstraint(
            ["roll_id", "session_id"], ["rolls.id", "rolls.session_id"], name=op.f("fk_marks_roll_id_session_id_rolls")
        ),
        sa.PrimaryKeyConstraint("roll_id", "enrolment_id", name=op.f("pk_marks")),
    )
    op.create_table(
        "mark_doubts",
        sa.Column("roll_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("enrolment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("flags", _json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["roll_id", "enrolment_id"],
            ["marks.roll_id", "marks.enrolment_id"],
            name=op.f("fk_mark_doubts_roll_id_enrolment_id_marks"),
        ),
        sa.PrimaryKeyConstraint("roll_id", "enrolment_id", name=op.f("pk_mark_doubts")),
    )


def _create_months() -> None:
    sums = [sa.Column(name, sa.Integer(), nullable=False) for name in _SUMS]
    op.create_table(
        "person_months",
        *sums,
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("shift_group", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_person_months_enrolment_id_enrolments")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "month", "kind", "shift_group", name=op.f("pk_person_months")),
    )
    sums = [sa.Column(name, sa.Integer(), nullable=False) for name in _SUMS]
    op.create_table(
        "cohort_months",
        *sums,
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_months_cohort_id_cohorts")),
        sa.PrimaryKeyConstraint("cohort_id", "month", "kind", name=op.f("pk_cohort_months")),
    )
    op.create_index(op.f("ix_cohort_months_month"), "cohort_months", ["month"], unique=False)


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _place(column: str, values: tuple[str, ...]) -> str:
    """Return SQL for a value's place in its list."""
    return f"CASE {column} " + " ".join(f"WHEN '{value}' THEN {at}" for at, value in enumerate(values)) + " END"


def _word(column: str, values: tuple[str, ...]) -> str:
    return f"CASE {column} " + " ".join(f"WHEN {at} THEN '{value}'" for at, value in enumerate(values)) + " END"


def _seconds(column: str) -> str:
    text = f"CAST({column} AS VARCHAR(15))"
    hours, minutes, seconds = (f"CAST(substr({text}, {at}, 2) AS INTEGER)" for at in (1, 4, 7))
    return f"3600 * {hours} + 60 * {minutes} + {seconds}"


def _clock(column: str) -> str:
    """Return SQL for a time of the day as either database keeps it."""
    if op.get_bind().dialect.name == "sqlite":
        return f"CASE WHEN {column} IS NOT NULL THEN time({column}, 'unixepoch') || '.000000' END"
    return f"TIME '00:00' + make_interval(secs => {column})"


def _move_marks() -> None:
    """A roll is what was written of one session at one instant, the same way and by the same account."""
    act = "session_id, source, reason, upload_id, account_id, at"
    op.execute(
        "CREATE TEMPORARY TABLE numbered AS SELECT n.*, dense_rank() OVER (ORDER BY first_id) AS roll_id FROM ("
        f"SELECT c.*, min(id) OVER (PARTITION BY {act}, nth) AS first_id FROM ("
        f"SELECT o.*, row_number() OVER (PARTITION BY enrolment_id, {act} ORDER BY id) AS nth FROM old_marks o) c) n"
    )
    op.execute(
        "INSERT INTO rolls (id, session_id, source, reason, upload_id, account_id, at) "
        f"SELECT DISTINCT roll_id, session_id, {_place('source', _SOURCES)}, reason, upload_id, account_id, at FROM numbered"
    )
    op.execute(
        "INSERT INTO marks (roll_id, enrolment_id, session_id, in_at, out_at, status, credited_minutes) "
        f"SELECT roll_id, enrolment_id, session_id, {_seconds('in_at')}, {_seconds('out_at')}, "
        f"{_place('status', _STATUSES)}, credited_minutes FROM numbered"
    )
    some = "flags <> '[]'" if op.get_bind().dialect.name == "sqlite" else "flags <> CAST('[]' AS jsonb)"
    op.execute(
        f"INSERT INTO mark_doubts (roll_id, enrolment_id, flags) SELECT roll_id, enrolment_id, flags FROM numbered WHERE {some}"
    )
    op.execute("DROP TABLE numbered")
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('rolls', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM rolls), false)"
        )


def _add_up() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    month = "date(s.held_on, 'start of month')" if sqlite else "CAST(date_trunc('month', s.held_on) AS DATE)"
    kind = _place("s.kind", _KINDS)
    counts = [f"sum(CASE WHEN m.status = {at} THEN 1 ELSE 0 END)" for at in range(3)]
    sums = ", ".join(
        [
            *counts,
            "sum(s.planned_minutes)",
            "sum(m.credited_minutes)",
            "sum(CASE WHEN m.status = 2 THEN s.planned_minutes ELSE 0 END)",
        ]
    )
    effective = (
        "FROM marks m JOIN sessions s ON s.id = m.session_id WHERE m.roll_id = (SELECT max(l.roll_id) FROM rolls r "
        "JOIN marks l ON l.roll_id = r.id AND l.enrolment_id = m.enrolment_id WHERE r.session_id = m.session_id)"
    )
    for table, owner, extra in (
        ("person_months", "m.enrolment_id", (("shift_group", "s.shift_group"),)),
        ("cohort_months", "s.cohort_id", ()),
    ):
        keys = (("month", month), ("kind", kind), *extra)
        names = ", ".join([owner[2:], *(name for name, _ in keys), *_SUMS])
        values = ", ".join([owner, *(value for _, value in keys)])
        op.execute(f"INSERT INTO {table} ({names}) SELECT {values}, {sums} {effective} GROUP BY {values}")


def _create_old_marks() -> None:
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("status", _choice("markstatus", *_STATUSES), nullable=False),
        sa.Column("in_at", sa.Time(), nullable=True),
        sa.Column("out_at", sa.Time(), nullable=True),
        sa.Column("credited_minutes", sa.Integer(), nullable=False),
        sa.Column("flags", _json(), nullable=False),
        sa.Column("source", _choice("marksource", *_SOURCES[:3]), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_marks_account_id_accounts")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_marks_enrolment_id_enrolments")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_marks_session_id_sessions")),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["attendance_uploads.id"], name=op.f("fk_marks_upload_id_attendance_uploads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
    )
    op.create_index("ix_marks_enrolment_id", "marks", ["enrolment_id"], unique=False)
    op.create_index("ix_marks_session_id_enrolment_id", "marks", ["session_id", "enrolment_id"], unique=False)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _move_back() -> None:
    """What was noted by scanning becomes the register's: the older table knows no other name for it."""
    source = f"CASE source WHEN 3 THEN 'register' ELSE {_word('source', _SOURCES[:3])} END"
    empty = "'[]'" if op.get_bind().dialect.name == "sqlite" else "CAST('[]' AS jsonb)"
    columns = "session_id, enrolment_id, status, in_at, out_at, credited_minutes, flags, source, reason, upload_id, account_id, at"
    op.execute(
        f"INSERT INTO marks ({columns}) SELECT session_id, enrolment_id, {_word('status', _STATUSES)}, {_clock('in_at')}, "
        f"{_clock('out_at')}, credited_minutes, coalesce(flags, {empty}), {source}, reason, upload_id, account_id, at "
        "FROM new_marks ORDER BY roll_id, enrolment_id"
    )
