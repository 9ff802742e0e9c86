"""Create the tables of versions of figures, of their drafts and of golden cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, unguard

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FIXED = (
    "scheme",
    "code",
    "valid_from",
    "document",
    "content",
    "digest",
    "scan_sha256",
    "draft_id",
    "drafted_by",
    "activated_by",
    "activated_at",
    "simulation_digest",
)


def upgrade() -> None:
    """Create."""
    op.create_table(
        "policy_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "proposed",
                "active",
                "dropped",
                name="draftstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scan_sha256", sa.String(), nullable=True),
        sa.Column("scan_name", sa.String(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_policy_drafts_created_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_drafts")),
    )
    op.create_index("ix_policy_drafts_scheme_state", "policy_drafts", ["scheme", "state"], unique=False)
    op.create_table(
        "policy_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column(
            "target",
            sa.Enum(
                "draft",
                "proposed",
                "active",
                "dropped",
                name="draftstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("human", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["policy_drafts.id"], name=op.f("fk_policy_steps_draft_id_policy_drafts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_steps")),
    )
    op.create_index(op.f("ix_policy_steps_draft_id"), "policy_steps", ["draft_id"], unique=False)
    op.create_table(
        "policy_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("scan_sha256", sa.String(), nullable=True),
        sa.Column("scan_name", sa.String(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("activated_by", sa.String(), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("simulation_digest", sa.String(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_policy_versions_period")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["policy_drafts.id"], name=op.f("fk_policy_versions_draft_id_policy_drafts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
        sa.UniqueConstraint("digest", name=op.f("uq_policy_versions_digest")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_policy_versions_draft_id")),
        sa.UniqueConstraint("scheme", "code", name=op.f("uq_policy_versions_scheme_code")),
    )
    op.create_table(
        "golden_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("shipped", sa.Boolean(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "content IS NOT NULL OR replaces_id IS NOT NULL", name=op.f("ck_golden_cases_says_something")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_golden_cases_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["policy_drafts.id"], name=op.f("fk_golden_cases_draft_id_policy_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["golden_cases.id"], name=op.f("fk_golden_cases_replaces_id_golden_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_cases")),
    )
    op.create_index(op.f("ix_golden_cases_draft_id"), "golden_cases", ["draft_id"], unique=False)
    op.create_index(op.f("ix_golden_cases_scheme"), "golden_cases", ["scheme"], unique=False)
    guard("policy_steps")
    guard("golden_cases")
    keep_apart()


def keep_apart() -> None:
    """Let no two versions of a scheme overlap, and no version change but by the closing of its open end."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in of_sqlite():
            op.execute(statement)
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE policy_versions ADD CONSTRAINT ex_policy_versions_overlap "
        "EXCLUDE USING gist (scheme WITH =, daterange(valid_from, valid_to, '[]') WITH &&)"
    )
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in FIXED)
    op.execute(
        "CREATE FUNCTION policy_versions_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'UPDATE' OR OLD.valid_to IS NOT NULL OR {changed} THEN "
        "RAISE EXCEPTION 'policy_versions: only an open end can be closed'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER policy_versions_no_change BEFORE UPDATE OR DELETE ON policy_versions "
        "FOR EACH ROW EXECUTE FUNCTION policy_versions_refuse()"
    )
    op.execute(
        "CREATE TRIGGER policy_versions_no_truncate BEFORE TRUNCATE ON policy_versions "
        "FOR EACH STATEMENT EXECUTE FUNCTION policy_versions_refuse()"
    )


def of_sqlite() -> list[str]:
    """Return the triggers that stand for the exclusion constraint and the row guard."""
    changed = " OR ".join(["OLD.valid_to IS NOT NULL", *(f"OLD.{name} IS NOT NEW.{name}" for name in FIXED)])
    other = (
        "EXISTS (SELECT 1 FROM policy_versions AS other WHERE other.scheme = NEW.scheme AND other.id IS NOT NEW.id "
        "AND other.valid_from <= coalesce(NEW.valid_to, '9999-12-31') "
        "AND NEW.valid_from <= coalesce(other.valid_to, '9999-12-31'))"
    )
    overlap = "BEGIN SELECT RAISE(ABORT, 'policy_versions overlap'); END"
    only = "BEGIN SELECT RAISE(ABORT, 'policy_versions: only an open end can be closed'); END"
    return [
        f"CREATE TRIGGER policy_versions_no_overlap BEFORE INSERT ON policy_versions WHEN {other} {overlap}",
        f"CREATE TRIGGER policy_versions_no_stretch BEFORE UPDATE ON policy_versions WHEN {other} {overlap}",
        f"CREATE TRIGGER policy_versions_no_update BEFORE UPDATE ON policy_versions WHEN {changed} {only}",
        f"CREATE TRIGGER policy_versions_no_delete BEFORE DELETE ON policy_versions {only}",
    ]


def downgrade() -> None:
    """Drop, children first."""
    for table in ("golden_cases", "policy_versions", "policy_steps", "policy_drafts"):
        op.drop_table(table)
    unguard("golden_cases")
    unguard("policy_versions")
    unguard("policy_steps")
