"""Names every column that points into the store, so that verification and backups miss none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from trainingadmin.attendance.models import AttendanceUpload
from trainingadmin.certificates.models import Certificate, Volume
from trainingadmin.cohorts.models import Document, RosterUpload
from trainingadmin.payments.models import BankAnswer
from trainingadmin.plumbing.database import db
from trainingadmin.policies.models import PolicyDraft, PolicyVersion
from trainingadmin.recoveries.models import RecoveryAct
from trainingadmin.registers.models import RegisterList

COLUMNS: tuple[Any, ...] = (
    Certificate.sha256,
    Volume.sha256,
    Document.sha256,
    RosterUpload.sha256,
    RosterUpload.annotated_sha256,
    AttendanceUpload.sha256,
    AttendanceUpload.annotated_sha256,
    BankAnswer.sha256,
    RecoveryAct.sha256,
    RegisterList.sha256,
    RegisterList.annotated_sha256,
    PolicyVersion.scan_sha256,
    PolicyDraft.scan_sha256,
)


def every() -> Iterator[Iterator[str]]:
    """Yield the hashes each column names."""
    for column in COLUMNS:
        named: Select[str] = select(column).where(column.is_not(None))
        yield iter(db.session.scalars(named))
