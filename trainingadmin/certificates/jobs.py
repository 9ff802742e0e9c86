"""Makes the bytes of pending certificates; runs twice like once, and one certificate never waits for another."""

from __future__ import annotations

from collections.abc import Sequence

from trainingadmin.certificates import actions, printing
from trainingadmin.plumbing import transaction
from trainingadmin.plumbing.documents import DocumentError
from trainingadmin.plumbing.storage import store


def render(certificate_ids: Sequence[int]) -> None:
    """Make each certificate that is still wanted; each is committed by itself, so a killed job resumes."""
    for certificate_id in certificate_ids:
        _make(certificate_id)


def _make(certificate_id: int) -> None:
    with transaction.unit():
        held = actions.lease(certificate_id)
    if held is None:
        return
    try:
        signed = printing.signed(held)
    except DocumentError as error:
        with transaction.unit():
            actions.fail(held, str(error))
        return
    sha256 = store().keep(signed)
    with transaction.unit():
        actions.seal(held, sha256)
