"""Makes the bytes of pending certificates; runs twice like once, and one certificate never waits for another."""

from __future__ import annotations

import time
from collections.abc import Sequence

from flask_babel import force_locale

from trainingadmin.certificates import actions, packing, printing, queries
from trainingadmin.plumbing import queue, transaction
from trainingadmin.plumbing.documents import DocumentError
from trainingadmin.plumbing.storage import store

QUEUE = "documents"
_TURN = 20.0
"""Seconds after which packing lets certificates that wait have the worker."""


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


def pack(bundle_id: int) -> None:
    """Pack the volumes of a bundle that are still wanted, each kept by itself; lets others have the worker in between."""
    until = time.monotonic() + _TURN
    with transaction.unit(reads=True):
        waiting = [(one.id, one.certificate_ids) for one in queries.unpacked(bundle_id)]
    for at, (volume_id, ids) in enumerate(waiting):
        if at and time.monotonic() > until:
            queue.doorbell().ring(QUEUE, actions.PACKING, [[bundle_id]])
            return
        with transaction.unit(reads=True), force_locale(queries.language_of(bundle_id)):
            data = b"".join(packing.packed(queries.by_ids(ids)))
        sha256 = store().keep(data)
        with transaction.unit():
            actions.note_packed(volume_id, sha256)
