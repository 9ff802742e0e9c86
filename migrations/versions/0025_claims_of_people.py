"""Let people claim for themselves: applications, photographs, visits, payout accounts; claims and dues without a filing."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import allow, guard, unguard

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_LIVE = sa.text("closed_at IS NULL")
_DEAD = "state IN ('not_accepted', 'refused', 'withdrawn')"
_KINDS = ("advance", "balance", "monthly", "allowance", "one_off", "recovery")
_KINDS_BEFORE = ("advance", "balance", "recovery")
_ONE = "(cohort_id IS NULL) <> (application_id IS NULL)"


def _id(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _at(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Create the new tables, then loosen claims, lines and dues and fill in what they say of themselves."""
    _create_payout_accounts()
    _create_applications()
    for name in ("credit_code", "business", "place"):
        op.add_column("declarations", sa.Column(name, sa.String(), nullable=False, server_default=""))
    _loosen_claims()
    _loosen_lines()
    _loosen_dues()
    for table in ("dues", "batches"):
        allow(table, "kind", "duekind", _KINDS)


def _create_payout_accounts() -> None:
    op.create_table(
        "payout_accounts",
        _id("id"),
        _id("person_id"),
        _text("holder"),
        sa.Column("number", sa.Text(), nullable=False),
        _text("number_index"),
        _text("bank"),
        _id("account_id"),
        _at("at"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_payout_accounts_account_id_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_payout_accounts_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_accounts")),
    )
    op.create_index("ix_payout_accounts_person_id_id", "payout_accounts", ["person_id", "id"])
    op.create_index(op.f("ix_payout_accounts_number_index"), "payout_accounts", ["number_index"])
    guard("payout_accounts")


def _create_applications() -> None:
    op.create_table(
        "applications",
        _id("id"),
        _text("number"),
        _text("scheme"),
        _id("person_id"),
        _text("office_code"),
        _text("credit_code"),
        _text("business"),
        _text("place"),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        _id("created_by"),
        _at("created_at"),
        _at("closed_at", nullable=True),
        _id("version"),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_applications_created_by_accounts")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_applications_office_code_offices")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_applications_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("number", name=op.f("uq_applications_number")),
    )
    op.create_index(op.f("ix_applications_office_code"), "applications", ["office_code"])
    op.create_index(op.f("ix_applications_person_id"), "applications", ["person_id"])
    once = {"unique": True, "sqlite_where": _LIVE, "postgresql_where": _LIVE}
    op.create_index("uq_applications_live_person", "applications", ["scheme", "person_id"], **once)
    op.create_index("uq_applications_live_entity", "applications", ["scheme", "credit_code"], **once)
    _create_visits()
    _create_photos()


def _create_visits() -> None:
    op.create_table(
        "site_visits",
        _id("id"),
        _id("application_id"),
        _text("place"),
        _text("latitude", nullable=True),
        _text("longitude", nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        _text("remark"),
        _id("visited_by"),
        _text("visited_human"),
        _text("visited_name"),
        _at("visited_at"),
        _id("confirmed_by", nullable=True),
        _text("confirmed_human", nullable=True),
        _text("confirmed_name", nullable=True),
        _at("confirmed_at", nullable=True),
        _id("version"),
        sa.CheckConstraint(
            "confirmed_human IS NULL OR confirmed_human <> visited_human", name=op.f("ck_site_visits_two_people")
        ),
        sa.CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_site_visits_confirmed_at")),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_site_visits_coordinates")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_site_visits_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["accounts.id"], name=op.f("fk_site_visits_confirmed_by_accounts")),
        sa.ForeignKeyConstraint(["visited_by"], ["accounts.id"], name=op.f("fk_site_visits_visited_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_visits")),
    )
    op.create_index(op.f("ix_site_visits_application_id"), "site_visits", ["application_id"])


def _create_photos() -> None:
    kind = sa.Enum("licence", "site", "visit", name="photokind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "application_photos",
        _id("id"),
        _id("application_id"),
        _id("visit_id", nullable=True),
        sa.Column("kind", kind, nullable=False),
        _text("sha256"),
        _text("media_type"),
        _id("size"),
        _id("account_id"),
        _at("at"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_application_photos_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_application_photos_application_id_applications")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["site_visits.id"], name=op.f("fk_application_photos_visit_id_site_visits")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_photos")),
        sa.UniqueConstraint(
            "application_id", "kind", "sha256", name=op.f("uq_application_photos_application_id_kind_sha256")
        ),
    )
    op.create_index(op.f("ix_application_photos_visit_id"), "application_photos", ["visit_id"])
    guard("application_photos")


def _loosen_claims() -> None:
    for name in ("title", "applicant"):
        op.add_column("claims", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE claims SET title = (SELECT title FROM cohorts WHERE cohorts.id = claims.cohort_id), "
        "applicant = (SELECT name FROM organisations WHERE organisations.id = claims.payee_id)"
    )
    with op.batch_alter_table("claims") as batch:
        batch.add_column(_id("application_id", nullable=True))
        for name in ("cohort_id", "payee_id"):
            batch.alter_column(name, existing_type=sa.Integer(), nullable=True)
        for name in ("title", "applicant"):
            batch.alter_column(name, existing_type=sa.String(), server_default=None)
        batch.create_foreign_key(
            op.f("fk_claims_application_id_applications"), "applications", ["application_id"], ["id"]
        )
        batch.create_check_constraint(op.f("ck_claims_one_subject"), _ONE)
    op.create_index(
        "uq_claims_live_application",
        "claims",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text(f"NOT {_DEAD}"),
        postgresql_where=sa.text(f"NOT ({_DEAD})"),
    )


def _loosen_lines() -> None:
    op.add_column("claim_lines", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("claim_lines", sa.Column("particulars", _JSON, nullable=False, server_default="{}"))
    op.add_column("claim_lines", sa.Column("owed", _JSON, nullable=False, server_default="[]"))
    op.add_column("claim_lines", sa.Column("beside", sa.BigInteger(), nullable=False, server_default="0"))
    _tell_lines()
    with op.batch_alter_table("claim_lines") as batch:
        batch.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=True)
        batch.alter_column("position", existing_type=sa.Integer(), server_default=None)
        batch.alter_column("particulars", existing_type=_JSON, server_default=None)
        batch.alter_column("owed", existing_type=_JSON, server_default=None)
        batch.alter_column("beside", existing_type=sa.BigInteger(), server_default=None)
        batch.drop_constraint(op.f("uq_claim_lines_claim_id_enrolment_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_claim_lines_claim_id_person_id"), ["claim_id", "person_id"])


def _tell_lines() -> None:
    """Say of each line what was shown by its enrolment until now, and that what it still earns is owed in one sum."""
    connection, last = op.get_bind(), 0
    told = sa.text(
        "SELECT claim_lines.id, enrolments.position, occupation, occupation_code, target_level, filed_months, starts_on, "
        "ends_on, balance FROM claim_lines JOIN enrolments ON enrolments.id = claim_lines.enrolment_id "
        "WHERE claim_lines.id > :last ORDER BY claim_lines.id LIMIT 1000"
    )
    cast = "CAST({} AS jsonb)" if connection.dialect.name == "postgresql" else "{}"
    write = sa.text(
        f"UPDATE claim_lines SET position = :position, particulars = {cast.format(':particulars')}, "  # noqa: S608
        f"owed = {cast.format(':owed')} WHERE id = :id"
    )
    while rows := connection.execute(told, {"last": last}).all():
        last = rows[-1].id
        connection.execute(write, [_told(row) for row in rows])


def _told(row: Any) -> dict[str, Any]:
    particulars = {
        "occupation": row.occupation,
        "occupation_code": row.occupation_code,
        "level": row.target_level,
        "months": row.filed_months,
        "period": [str(row.starts_on), str(row.ends_on)],
    }
    amount = f"{row.balance // 100}.{row.balance % 100:02d}"
    owed = [{"kind": "balance", "amount": amount, "period": "", "payee": "organisation"}] if row.balance > 0 else []
    return {
        "id": row.id,
        "position": row.position,
        "particulars": json.dumps(particulars, ensure_ascii=False),
        "owed": json.dumps(owed),
    }


def _loosen_dues() -> None:
    op.add_column("dues", sa.Column("person_id", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("dues", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    for name in ("about", "title"):
        op.add_column("dues", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE dues SET "
        "person_id = (SELECT person_id FROM enrolments WHERE enrolments.id = dues.enrolment_id), "
        "position = (SELECT position FROM enrolments WHERE enrolments.id = dues.enrolment_id), "
        "about = (SELECT number FROM cohorts WHERE cohorts.id = dues.cohort_id), "
        "title = (SELECT title FROM cohorts WHERE cohorts.id = dues.cohort_id)"
    )
    with op.batch_alter_table("dues") as batch:
        for name in ("cohort_id", "enrolment_id", "payee_id"):
            batch.alter_column(name, existing_type=sa.Integer(), nullable=True)
        for name in ("person_id", "position"):
            batch.alter_column(name, existing_type=sa.Integer(), server_default=None)
        for name in ("about", "title"):
            batch.alter_column(name, existing_type=sa.String(), server_default=None)
        batch.create_foreign_key(op.f("fk_dues_person_id_persons"), "persons", ["person_id"], ["id"])
    op.create_index(op.f("ix_dues_person_id"), "dues", ["person_id"])
    live = sa.text("state <> 'cancelled'")
    op.create_index(
        "uq_dues_live_line",
        "dues",
        ["claim_line_id", "kind", "period"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def downgrade() -> None:
    """Take away; refused while somebody claims for themselves, for the tables before cannot say so."""
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT 1 FROM claims WHERE cohort_id IS NULL LIMIT 1")).first() is not None:
        raise RuntimeError("people have claimed for themselves: there is no going back behind 0025")
    for table in ("dues", "batches"):
        allow(table, "kind", "duekind", _KINDS_BEFORE)
    _tighten()
    with op.batch_alter_table("claims") as batch:
        batch.drop_constraint(op.f("fk_claims_application_id_applications"), type_="foreignkey")
        batch.drop_column("application_id")
    _forget_declared()
    for table in ("application_photos", "site_visits", "applications", "payout_accounts"):
        op.drop_table(table)
    unguard("application_photos")
    unguard("payout_accounts")


def _tighten() -> None:
    op.drop_index("uq_dues_live_line", "dues")
    op.drop_index(op.f("ix_dues_person_id"), "dues")
    with op.batch_alter_table("dues") as batch:
        batch.drop_constraint(op.f("fk_dues_person_id_persons"), type_="foreignkey")
        for name in ("person_id", "position", "about", "title"):
            batch.drop_column(name)
        for name in ("cohort_id", "enrolment_id", "payee_id"):
            batch.alter_column(name, existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("claim_lines") as batch:
        batch.drop_constraint(op.f("uq_claim_lines_claim_id_person_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_claim_lines_claim_id_enrolment_id"), ["claim_id", "enrolment_id"])
        batch.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=False)
        for name in ("position", "particulars", "owed", "beside"):
            batch.drop_column(name)
    op.drop_index("uq_claims_live_application", "claims")
    with op.batch_alter_table("claims") as batch:
        batch.drop_constraint(op.f("ck_claims_one_subject"), type_="check")
        for name in ("title", "applicant"):
            batch.drop_column(name)
        for name in ("cohort_id", "payee_id"):
            batch.alter_column(name, existing_type=sa.Integer(), nullable=False)


def _forget_declared() -> None:
    # Plain ALTER TABLE: a table made anew would lose the triggers that guard it.
    for name in ("credit_code", "business", "place"):
        op.execute(f"ALTER TABLE declarations DROP COLUMN {name}")
