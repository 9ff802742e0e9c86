"""The states of a certificate: the pending row is the outbox of its rendering."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_


class CertificateKind(StrEnum):
    """What a document certifies."""

    PAYMENT = "payment"
    TRAINING = "training"
    RECOVERY = "recovery"
    STATEMENT = "statement"


class CertificateState(StrEnum):
    """From the wish to the sealed document, and what may become of it later."""

    PENDING = "pending"
    FAILED = "failed"
    SEALED = "sealed"
    REPLACED = "replaced"
    REVOKED = "revoked"


LABELS = {
    CertificateState.PENDING: N_("生成中"),
    CertificateState.FAILED: N_("生成失败"),
    CertificateState.SEALED: N_("有效"),
    CertificateState.REPLACED: N_("已补发"),
    CertificateState.REVOKED: N_("已作废"),
}
TONES = {
    CertificateState.PENDING: "info",
    CertificateState.FAILED: "bad",
    CertificateState.SEALED: "ok",
    CertificateState.REPLACED: "warn",
    CertificateState.REVOKED: "bad",
}
KIND_LABELS = {
    CertificateKind.PAYMENT: N_("拨付凭证"),
    CertificateKind.TRAINING: N_("培训合格证书"),
    CertificateKind.RECOVERY: N_("追回通知书"),
    CertificateKind.STATEMENT: N_("年度对账单"),
}
