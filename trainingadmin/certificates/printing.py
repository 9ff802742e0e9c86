"""Turns a lease into signed bytes, and the code of a QR back into what it vouches for."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app

from trainingadmin.certificates.actions import Lease
from trainingadmin.certificates.states import CertificateKind
from trainingadmin.plumbing import clock, documents, signing
from trainingadmin.settings import Settings

TEMPLATES = {
    CertificateKind.PAYMENT: "payment_certificate",
    CertificateKind.TRAINING: "training_certificate",
    CertificateKind.RECOVERY: "recovery_letter",
    CertificateKind.STATEMENT: "payee_statement",
}


@dataclass(frozen=True, slots=True)
class Press:
    """The keys of one process, opened once: opening them again costs more than a signature."""

    signer: signing.Signer
    tags: signing.Tags


def press() -> Press:
    """Return this process's keys; a demo makes its own at the first use."""
    app: Flask = current_app
    if "press" not in app.extensions:
        settings: Settings = app.config["SETTINGS"]
        signer = signing.open_signer(settings.signer, create=settings.demo)
        app.extensions["press"] = Press(signer, signing.open_tags(settings.var / "keys"))
    found: Press = app.extensions["press"]
    return found


def signed(held: Lease) -> bytes:
    """Print and sign one certificate; raises `DocumentError` naming what cannot be printed."""
    printed = documents.pdf(TEMPLATES[held.kind], _complete(held))
    return press().signer.sign(printed, at=held.issued_at)


def unsigned(held: Lease) -> bytes:
    """Print one certificate without signing: the same bytes whenever it is done."""
    return documents.pdf(TEMPLATES[held.kind], _complete(held))


def _complete(held: Lease) -> dict[str, object]:
    settings: Settings = current_app.config["SETTINGS"]
    issued_on = held.content.get("first_issued_on") or clock.local(held.issued_at).date().isoformat()
    address = verify_address(held.number, held.content_sha256)
    return {
        "mark": "",
        "mark_on": "",
        "seal": "seal",
        **held.content,
        "issued_on": issued_on,
        "verify_url": address,
        "verify_site": f"{settings.base_url}/v",
    }


def verify_address(number: str, content_sha256: str) -> str:
    """Return the address in the QR: number and a tag that only we can make."""
    settings: Settings = current_app.config["SETTINGS"]
    return f"{settings.base_url}/v/{number}/{press().tags.tag(number, content_sha256)}"


def vouched(number: str, code: str) -> str | None:
    """Return how the content's hash must start, or None for a forgery, which is told without any read."""
    return press().tags.check(number, code)
