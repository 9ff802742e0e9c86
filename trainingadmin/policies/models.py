"""Tables of the statutory calendar, of the versions of the schemes' figures, of drafts and of golden cases."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, UniqueConstraint, event, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainingadmin.plumbing.database import Base, append_only, choice
from trainingadmin.policies.states import DraftState


def new_revision() -> str:
    """Return a mark that no other state of a year's calendar bears, here or in another database."""
    return secrets.token_hex(8)


class CalendarDay(Base):
    """An exception to the week: a day off that is a weekday, or a day worked that is not (GB: 调休)."""

    __tablename__ = "holiday_calendar"

    date: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str]
    source: Mapped[str]


class CalendarYear(Base):
    """A year whose calendar is known; `revision` is another one each time that it or a day of it is written."""

    __tablename__ = "holiday_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    revision: Mapped[str] = mapped_column(default_factory=new_revision, insert_default=new_revision, server_default="")


class PolicyVersion(Base):
    """The figures of a scheme in force from a day to a day, whole as they were put into force.

    `content` is the canonical JSON that `digest` covers: every frozen version on a filing or claim is found by its
    digest for ever. Versions of one scheme never overlap, and of a row only an open end can be closed: the database
    refuses anything else (see the migration). `simulation_digest` is that of the simulation it was activated on;
    empty, like the two people, for versions that came with the application.
    """

    __tablename__ = "policy_versions"
    __table_args__ = (
        UniqueConstraint("scheme", "code"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        ExcludeConstraint(
            ("scheme", "="),
            (func.daterange(text("valid_from"), text("valid_to"), text("'[]'")), "&&"),
            name="ex_policy_versions_overlap",
            using="gist",
        ).ddl_if(dialect="postgresql"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    scheme: Mapped[str]
    code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(default=None)
    document: Mapped[str]
    content: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    scan_sha256: Mapped[str | None] = mapped_column(default=None)
    scan_name: Mapped[str] = mapped_column(default="")
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("policy_drafts.id"), default=None, unique=True)
    drafted_by: Mapped[str] = mapped_column(default="")
    activated_by: Mapped[str] = mapped_column(default="")
    activated_at: Mapped[datetime | None] = mapped_column(default=None)
    simulation_digest: Mapped[str] = mapped_column(default="")


class PolicyDraft(Base):
    """New figures for a scheme on their way into force; `content` and `digest` as in `PolicyVersion`."""

    __tablename__ = "policy_drafts"
    __table_args__ = (Index("ix_policy_drafts_scheme_state", "scheme", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    scheme: Mapped[str]
    code: Mapped[str]
    valid_from: Mapped[date]
    document: Mapped[str]
    content: Mapped[str]
    digest: Mapped[str]
    state: Mapped[DraftState] = mapped_column(choice(DraftState), default=DraftState.DRAFT)
    scan_sha256: Mapped[str | None] = mapped_column(default=None)
    scan_name: Mapped[str] = mapped_column(default="")
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)

    steps: Mapped[list[PolicyStep]] = relationship(init=False, order_by="PolicyStep.id")

    __mapper_args__ = {"version_id_col": version}


class PolicyStep(Base):
    """A move of a draft, kept for ever."""

    __tablename__ = "policy_steps"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    draft_id: Mapped[int] = mapped_column(ForeignKey("policy_drafts.id"), index=True, init=False)
    move: Mapped[str]
    target: Mapped[DraftState] = mapped_column(choice(DraftState))
    digest: Mapped[str]
    account_id: Mapped[int]
    human: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


append_only(PolicyStep.__table__)


class GoldenCase(Base):
    """A case with the outcome an official expects; run on every change, and a broken one bars activation.

    `content` is a case as the files of cases write it, with all its facts. With a `draft_id` it counts for that draft,
    and for everybody once the draft is in force; `replaces_id` names the case that it takes the place of, and without
    `content` it only takes it away. Rows are never changed.
    """

    __tablename__ = "golden_cases"
    __table_args__ = (CheckConstraint("content IS NOT NULL OR replaces_id IS NOT NULL", name="says_something"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    scheme: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    content: Mapped[str | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    shipped: Mapped[bool] = mapped_column(default=False)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("policy_drafts.id"), default=None, index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("golden_cases.id"), default=None)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    at: Mapped[datetime]


append_only(GoldenCase.__table__)


_FIXED = (
    "scheme", "code", "valid_from", "document", "content", "digest", "scan_sha256", "draft_id", "drafted_by",
    "activated_by", "activated_at", "simulation_digest",
)  # fmt: skip


def version_guards(dialect: str) -> list[str]:
    """Return the statements that keep versions apart and unchanged; the migration runs the same ones."""
    if dialect == "sqlite":
        return _guards_of_sqlite()
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _FIXED)
    return [
        (
            "CREATE OR REPLACE FUNCTION policy_versions_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP <> 'UPDATE' OR OLD.valid_to IS NOT NULL OR {changed} THEN "
            "RAISE EXCEPTION 'policy_versions: only an open end can be closed'; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER policy_versions_no_change BEFORE UPDATE OR DELETE ON policy_versions "
            "FOR EACH ROW EXECUTE FUNCTION policy_versions_refuse()"
        ),
        (
            "CREATE TRIGGER policy_versions_no_truncate BEFORE TRUNCATE ON policy_versions "
            "FOR EACH STATEMENT EXECUTE FUNCTION policy_versions_refuse()"
        ),
    ]


def _guards_of_sqlite() -> list[str]:
    changed = " OR ".join(["OLD.valid_to IS NOT NULL", *(f"OLD.{name} IS NOT NEW.{name}" for name in _FIXED)])
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


for _dialect in ("sqlite", "postgresql"):
    for _statement in version_guards(_dialect):
        _guard = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(PolicyVersion.__table__, "after_create", _guard.execute_if(dialect=_dialect))
event.listen(
    PolicyVersion.__table__,
    "before_create",
    DDL("CREATE EXTENSION IF NOT EXISTS btree_gist").execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call]
)
