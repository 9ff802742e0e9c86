"""A worker makes pending certificates: whole, signed, once."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from tests.certificates import stage
from tests.factories import Office
from trainingadmin.certificates import actions, jobs, printing, queries
from trainingadmin.certificates.models import Certificate
from trainingadmin.certificates.states import CertificateKind, CertificateState
from trainingadmin.plumbing import clock, signing, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.storage import store


def test_a_pending_certificate_becomes_a_signed_file_kept_under_its_hash(office: Office) -> None:
    made = stage.sealed(office)[0]
    assert made.state is CertificateState.SEALED
    assert made.sha256
    data = store().read(made.sha256)
    assert hashlib.sha256(data).hexdigest() == made.sha256
    assert signing.verify(data, sha256=made.sha256, roots=printing.press().signer.roots).valid


def test_a_second_worker_finds_nothing_to_do(office: Office) -> None:
    made = stage.sealed(office)[0]
    first = made.sha256
    jobs.render([made.id])
    db.session.expire_all()
    assert db.session.get_one(Certificate, made.id).sha256 == first


def test_a_worker_whose_lease_ran_out_cannot_seal_over_the_one_who_took_it(office: Office) -> None:
    [id_] = stage.issued(office)
    with transaction.unit():
        slow = actions.lease(id_)
    with clock.at(clock.now() + actions.LEASE + timedelta(seconds=1)), transaction.unit():
        quick = actions.lease(id_)
        assert quick is not None
        assert actions.seal(quick, "b" * 64)
    with transaction.unit():
        assert slow is not None
        assert not actions.seal(slow, "a" * 64)
    assert db.session.get_one(Certificate, id_).sha256 == "b" * 64


def test_a_leased_certificate_is_not_leased_twice(office: Office) -> None:
    [id_] = stage.issued(office)
    with transaction.unit():
        assert actions.lease(id_) is not None
        assert actions.lease(id_) is None


def test_a_character_without_a_glyph_fails_with_its_name_and_can_be_retried(office: Office) -> None:
    [id_] = stage.issued(office, name="王\U0002a6d6")
    jobs.render([id_])
    progress = queries.progress("batch:1")
    assert progress.failed == 1
    assert "2A6D6" in progress.failures[0].reason.upper()
    with transaction.unit():
        assert actions.retry("batch:1", by=office.actor("checker")) == 1
    assert queries.progress("batch:1").pending == 1


def test_one_subject_has_one_live_certificate(office: Office) -> None:
    stage.issued(office)
    with pytest.raises(IntegrityError):
        stage.issued(office)


def test_numbers_run_without_gaps_and_a_rolled_back_issue_gives_its_numbers_back(office: Office) -> None:
    class Stop(Exception):
        pass

    with suppress(Stop), transaction.unit():
        actions.issue_many(CertificateKind.PAYMENT, [stage.order(office, 7)], by=office.actor("checker"))
        raise Stop
    ids = stage.issued(office, 3)
    numbers = [db.session.get_one(Certificate, id_).number[-6:] for id_ in ids]
    assert numbers == ["000001", "000002", "000003"]


def test_reconcile_counts_what_nobody_is_making(office: Office) -> None:
    ids = stage.issued(office, 3)
    with transaction.unit():
        actions.lease(ids[0])
    with transaction.unit():
        assert actions.reconcile() == 2


def test_a_certificate_that_kills_its_maker_five_times_is_given_up(office: Office) -> None:
    [id_] = stage.issued(office)
    moment = clock.now()
    for _ in range(actions.ATTEMPTS):
        with clock.at(moment), transaction.unit():
            assert actions.lease(id_) is not None
        moment += actions.LEASE + timedelta(seconds=1)
    with clock.at(moment), transaction.unit():
        assert actions.reconcile() == 0
    assert queries.progress("batch:1").failed == 1


def test_printing_twice_gives_the_same_bytes_before_signing(office: Office) -> None:
    [id_] = stage.issued(office)
    with transaction.unit():
        held = actions.lease(id_)
    assert held is not None
    assert printing.unsigned(held) == printing.unsigned(held)
