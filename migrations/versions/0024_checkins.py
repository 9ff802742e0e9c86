"""Create the tables of check-ins: scans, marks by hand, roll-calls, late entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard, unguard

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

GUARDED = ("checkin_scans", "checkin_hand_marks", "roll_calls", "roll_call_answers", "late_entry_steps")
VERDICTS = (
    "accepted", "repeated", "forged", "expired", "early", "other-class", "other-group", "not-there", "not-in",
    "closed", "too-late",
)  # fmt: skip


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    """Create, parents first."""
    _create_scans()
    _create_hand_marks()
    _create_roll_calls()
    _create_late_entries()
    for table in GUARDED:
        guard(table)


def _create_scans() -> None:
    table = "checkin_scans"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("direction", _choice("direction", "in", "out"), nullable=True),
        sa.Column("verdict", _choice("verdict", *VERDICTS), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("device", "address", "network", "agent")),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("latitude", "longitude", "accuracy")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict NOT IN ('accepted', 'repeated') OR "
            "(session_id IS NOT NULL AND enrolment_id IS NOT NULL AND direction IS NOT NULL AND shown_at IS NOT NULL)",
            name=op.f("ck_checkin_scans_good_says_of_whom"),
        ),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_checkin_scans_place")),
        _to(table, "account_id", "accounts"),
        _to(table, "person_id", "persons"),
        _to(table, "session_id", "sessions"),
        _to(table, "enrolment_id", "enrolments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_scans")),
        sa.UniqueConstraint("client_id", name=op.f("uq_checkin_scans_client_id")),
    )
    for column in ("account_id", "person_id", "session_id", "enrolment_id", "device", "at"):
        op.create_index(op.f(f"ix_checkin_scans_{column}"), table, [column], unique=False)
    op.create_index(
        "uq_checkin_scans_accepted",
        table,
        ["session_id", "enrolment_id", "direction", "token_digest"],
        unique=True,
        sqlite_where=sa.text("verdict = 'accepted'"),
        postgresql_where=sa.text("verdict = 'accepted'"),
    )


def _create_hand_marks() -> None:
    table = "checkin_hand_marks"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("status", _choice("markstatus", "present", "absent", "leave"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_synced", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_checkin_hand_marks_reason")),
        _to(table, "session_id", "sessions"),
        _to(table, "enrolment_id", "enrolments"),
        _to(table, "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_hand_marks")),
        sa.UniqueConstraint("client_id", name=op.f("uq_checkin_hand_marks_client_id")),
    )
    op.create_index(op.f("ix_checkin_hand_marks_session_id"), table, ["session_id"], unique=False)


def _create_roll_calls() -> None:
    op.create_table(
        "roll_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("among", _json(), nullable=False),
        sa.Column("drawn", _json(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("called_at < ends_at", name=op.f("ck_roll_calls_times")),
        _to("roll_calls", "session_id", "sessions"),
        _to("roll_calls", "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_calls")),
    )
    op.create_index(op.f("ix_roll_calls_session_id"), "roll_calls", ["session_id"], unique=False)
    table = "roll_call_answers"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roll_call_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("reason", "device", "network")),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("NOT by_hand OR reason <> ''", name=op.f("ck_roll_call_answers_by_hand_has_reason")),
        _to(table, "roll_call_id", "roll_calls"),
        _to(table, "enrolment_id", "enrolments"),
        _to(table, "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_call_answers")),
        sa.UniqueConstraint(
            "roll_call_id", "enrolment_id", name=op.f("uq_roll_call_answers_roll_call_id_enrolment_id")
        ),
    )
    op.create_index(op.f("ix_roll_call_answers_enrolment_id"), table, ["enrolment_id"], unique=False)


def _create_late_entries() -> None:
    states = ("waiting", "confirmed", "declined")
    op.create_table(
        "late_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("entries", _json(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", _choice("latestate", *states), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _to("late_entries", "session_id", "sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_entries")),
    )
    for column in ("session_id", "state"):
        op.create_index(op.f(f"ix_late_entries_{column}"), "late_entries", [column], unique=False)
    table = "late_entry_steps"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("late_entry_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("target", _choice("latestate", *states), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("human", "name", "note")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _to(table, "late_entry_id", "late_entries"),
        _to(table, "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_entry_steps")),
    )
    op.create_index(op.f("ix_late_entry_steps_late_entry_id"), table, ["late_entry_id"], unique=False)


def downgrade() -> None:
    """Drop, children first."""
    for table in ("late_entry_steps", "late_entries", "roll_call_answers", "roll_calls", "checkin_hand_marks"):
        op.drop_table(table)
    op.drop_table("checkin_scans")
    for table in GUARDED:
        unguard(table)
