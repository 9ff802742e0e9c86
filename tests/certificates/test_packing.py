"""Many documents in one go: streamed with a manifest, or packed in volumes by the workers."""

from __future__ import annotations

import csv
import hashlib
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from tests.certificates import stage
from tests.client import Browser
from tests.factories import Office
from trainingadmin.certificates import actions, archive, jobs, queries
from trainingadmin.certificates.archive import Entry
from trainingadmin.certificates.models import Bundle, Certificate
from trainingadmin.kernel.refusal import Refusal
from trainingadmin.plumbing import journal, transaction
from trainingadmin.plumbing.database import db
from trainingadmin.plumbing.storage import Missing


def rows_of(data: bytes) -> list[dict[str, str]]:
    """The manifest of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return list(csv.DictReader(io.StringIO(packed.read(archive.MANIFEST).decode("utf-8-sig"))))


def checked(data: bytes) -> set[str]:
    """The numbers in an archive, once every file is what its manifest says."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        for row in rows_of(data):
            assert hashlib.sha256(packed.read(row["文件名"])).hexdigest() == row["SHA-256"]
        assert len(packed.namelist()) == len(rows_of(data)) + 1
    return {row["编号"] for row in rows_of(data)}


@pytest.mark.parametrize("login", ["preparer", "checker", "enterprise"])
def test_finance_and_the_firm_download_every_document_with_a_manifest(
    office: Office, browser: Browser, login: str
) -> None:
    made = stage.sealed(office, 3)
    browser.sign_in(login)
    assert browser.open("/certificates").links("/certificates/archive.zip")
    data = browser.download("/certificates/archive.zip")
    assert checked(data) == {one.number for one in made}
    first = rows_of(data)[0]
    assert (first["持有人"], first["身份证号"], first["金额（元）"]) == ("王䶮", "511824********0012", "4000.00")
    assert [one.verb for one in journal.of("certificates")] == ["export-certificates"]


def test_a_firm_gets_its_own_alone(office: Office, browser: Browser) -> None:
    stage.sealed(office, 2)
    browser.sign_in("other_enterprise")
    assert browser.open("/certificates/archive.zip").said("共 0 份")


@pytest.mark.parametrize("login", ["acceptance", "approval", "supervisor", "admin"])
def test_others_take_no_archive(office: Office, browser: Browser, login: str) -> None:
    browser.sign_in(login)
    browser.open("/certificates/archive.zip", expect=403)


def test_the_list_as_filtered_is_what_is_packed(office: Office, browser: Browser) -> None:
    one, _other = stage.sealed(office, 2)
    browser.sign_in("checker")
    assert checked(browser.download(f"/certificates/archive.zip?q={one.number}")) == {one.number}
    assert browser.open("/certificates/archive.zip?group=batch:2").said("共 0 份")


def test_documents_that_bear_one_number_have_names_of_their_own(office: Office, browser: Browser) -> None:
    first = stage.sealed(office)[0]
    with transaction.unit():
        fresh = actions.replace(first, "纸面污损", by=office.actor("checker"))
    jobs.render([fresh])
    browser.sign_in("checker")
    data = browser.download("/certificates/archive.zip")
    assert {row["状态"] for row in rows_of(data)} == {"已补发", "有效"}
    assert len(checked(data)) == 1


def test_a_manifest_holds_no_formulas() -> None:
    told = archive.manifest(["持有人"], [Entry("a.pdf", "0" * 64, ["=1+1"])]).decode("utf-8-sig")
    assert "'=1+1" in told


def test_one_document_at_a_time_is_in_memory(tmp_path: Path) -> None:
    size, count = 1_000_000, 60
    entries = [Entry(f"{n}.pdf", str(n), []) for n in range(count)]
    tracemalloc.start()
    try:
        with (tmp_path / "all.zip").open("wb") as out:
            for piece in archive.pieces([], entries, lambda sha256: bytes(int(sha256) % 256 for _ in range(1)) * size):
                out.write(piece)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6 * size
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert len(packed.namelist()) == count + 1


def test_the_same_documents_make_the_same_bytes_and_a_missing_one_breaks_it() -> None:
    entries = [Entry("a.pdf", "a", ["1"])]
    first, second = (b"".join(archive.pieces(["序号"], entries, lambda _: b"%PDF")) for _ in range(2))
    assert first == second

    def lost(_sha256: str) -> bytes:
        raise Missing("a")

    with pytest.raises(Missing):
        list(archive.pieces(["序号"], entries, lost))


def asked(office: Office, login: str = "checker") -> Bundle:
    by = office.actor(login)
    with transaction.unit():
        return actions.ask_for_bundle(queries.packable(by), "zh_CN", by=by)


def test_many_documents_are_packed_in_volumes_by_the_workers(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "VOLUME", 2)
    monkeypatch.setattr("trainingadmin.certificates.views.AT_ONCE", 2)
    made = stage.sealed(office, 3)
    browser.sign_in("checker")
    page = browser.submit(browser.open("/certificates"), "/certificates/bundles")
    assert page.said("打包中")
    (bundle,) = db.session.scalars(db.select(Bundle)).all()
    id_ = bundle.id
    jobs.pack(id_)
    db.session.expire_all()
    first, second = (browser.download(f"/certificates/bundles/{id_}/{n}.zip") for n in (1, 2))
    assert checked(first) | checked(second) == {one.number for one in made}
    assert browser.open(f"/certificates/bundles/{id_}").said("全部完成")


def test_packing_again_changes_nothing(office: Office) -> None:
    stage.sealed(office, 2)
    bundle = asked(office)
    jobs.pack(bundle.id)
    db.session.expire_all()
    before = [one.sha256 for one in queries.volumes(bundle.id)]
    jobs.pack(bundle.id)
    db.session.expire_all()
    assert [one.sha256 for one in queries.volumes(bundle.id)] == before
    assert before[0]


def test_what_was_packed_for_one_is_nobody_elses(office: Office, browser: Browser) -> None:
    stage.sealed(office)
    bundle = asked(office)
    jobs.pack(bundle.id)
    browser.sign_in("preparer")
    browser.open(f"/certificates/bundles/{bundle.id}", expect=404)
    browser.open(f"/certificates/bundles/{bundle.id}/1.zip", expect=404)


def test_who_may_no_longer_see_a_document_gets_no_volume_with_it(office: Office, browser: Browser) -> None:
    made = stage.sealed(office)[0]
    bundle = asked(office, "enterprise")
    jobs.pack(bundle.id)
    with transaction.unit():
        db.session.get_one(Certificate, made.id).organisation_id = office.other_enterprise.id
    browser.sign_in("enterprise")
    browser.open(f"/certificates/bundles/{bundle.id}/1.zip", expect=404)


def test_nothing_and_too_much_are_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refusal) as none, transaction.unit():
        actions.ask_for_bundle([], "zh_CN", by=office.actor("checker"))
    monkeypatch.setattr(actions, "MOST", 1)
    with pytest.raises(Refusal) as many, transaction.unit():
        actions.ask_for_bundle([1, 2], "zh_CN", by=office.actor("checker"))
    assert (none.value.code, many.value.code) == ("nothing-chosen", "too-many-documents")
