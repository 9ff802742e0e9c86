"""Signed documents are trusted only whole, unchanged and recorded; tags cannot be invented."""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pydyf  # type: ignore[import-untyped]
import pytest
from asn1crypto import x509 as asn1  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers

from trainingadmin.plumbing import signing
from trainingadmin.plumbing.signing import KeySigner, SigningProblem, Tags, Verdict, open_signer, open_tags, verify

AT = datetime(2026, 9, 1, 1, 2, 3, tzinfo=UTC)
SEED = 20200930


def hashed(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def signer(folder: Path) -> KeySigner:
    return open_signer(f"folder:{folder / 'signer'}", create=True)


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    pdf = pydyf.PDF()
    stream = pydyf.Stream([b"0 0 m 100 100 l S"])
    pdf.add_object(stream)
    pdf.add_page(pydyf.Dictionary({"Type": "/Page", "Parent": pdf.pages.reference, "Contents": stream.reference,
                                   "MediaBox": pydyf.Array([0, 0, 200, 200])}))  # fmt: skip
    written = io.BytesIO()
    pdf.write(written, version=b"1.7", compress=True)
    return written.getvalue()


@pytest.fixture(scope="module")
def signed(signer: KeySigner, unsigned: bytes) -> bytes:
    return signer.sign(unsigned, at=AT)


@pytest.fixture(scope="module")
def tags(folder: Path) -> Tags:
    return open_tags(folder)


def test_a_signed_document_is_valid(signer: KeySigner, signed: bytes) -> None:
    assert verify(signed, sha256=hashed(signed), roots=signer.roots) == Verdict(recorded=True, whole=True, intact=True)
    assert verify(signed, sha256=hashed(signed), roots=signer.roots).valid


def test_the_signature_is_pades_certifies_forbids_changes_and_bears_the_given_instant(signed: bytes) -> None:
    (found,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert found.self_reported_timestamp == AT
    assert found.docmdp_level is not None
    assert found.docmdp_level.value == 1


def test_the_unsigned_document_stays_inside_untouched(signed: bytes, unsigned: bytes) -> None:
    assert signed.startswith(unsigned)


def test_every_document_is_signed_over_its_own_digest(signer: KeySigner, unsigned: bytes) -> None:
    for more in (b"", b"%1\n", b"%22\n"):
        data = signer.sign(unsigned + more, at=AT)
        assert verify(data, sha256=hashed(data), roots=signer.roots).valid


def test_a_signature_is_to_the_byte_what_pyhanko_makes(tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)  # whose signatures are the same each time
    certificate = asn1.Certificate.load(
        signing._certificate("局", key, "局", key, for_signing=True).public_bytes(serialization.Encoding.DER)
    )

    class Stock(signing.KeptKey):
        async_sign = signers.Signer.async_sign

    kept, stock = signing.KeptKey(key, certificate, []), Stock(key, certificate, [])
    for content in (b"one", b"two"):
        digest = hashlib.sha256(content).digest()
        ours, theirs = (asyncio.run(one.async_sign(digest, "sha256", use_pades=True)).dump() for one in (kept, stock))
        assert ours == theirs


def test_a_second_signature_is_refused(signer: KeySigner, signed: bytes) -> None:
    with pytest.raises(SigningProblem):
        signer.sign(signed, at=AT)


def test_what_is_no_pdf_is_refused(signer: KeySigner) -> None:
    with pytest.raises(SigningProblem):
        signer.sign(b"<html>", at=AT)


def test_an_unsigned_document_is_not_valid_even_when_recorded(signer: KeySigner, unsigned: bytes) -> None:
    assert verify(unsigned, sha256=hashed(unsigned), roots=signer.roots).reason == "coverage"


def test_appended_bytes_are_refused_by_our_record_and_by_coverage(signer: KeySigner, signed: bytes) -> None:
    longer = signed + b"\n% more\n"
    assert verify(longer, sha256=hashed(signed), roots=signer.roots).reason == "digest"
    assert verify(longer, sha256=hashed(longer), roots=signer.roots).reason == "coverage"


def test_an_incremental_update_is_refused_by_coverage(signer: KeySigner, signed: bytes) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Lang"] = writer.root.get("/Lang", writer.root["/Type"])
    writer.update_root()  # type: ignore[no-untyped-call]
    changed = io.BytesIO()
    writer.write(changed)  # type: ignore[no-untyped-call]
    data = changed.getvalue()
    assert verify(data, sha256=hashed(data), roots=signer.roots).reason == "coverage"


def test_another_authority_is_refused(tmp_path: Path, signer: KeySigner, unsigned: bytes) -> None:
    stranger = open_signer(f"folder:{tmp_path / 'stranger'}", create=True)
    forged = stranger.sign(unsigned, at=AT)
    assert verify(forged, sha256=hashed(forged), roots=signer.roots).reason == "signature"


def mutations(data: bytes, count: int) -> Iterator[bytes]:
    chance = random.Random(SEED)
    for _ in range(count):
        place = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                yield data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]
            case 1:
                yield data[:place] + data[place + chance.randrange(1, 40) :]
            case 2:
                yield data[:place] + chance.randbytes(chance.randrange(1, 40)) + data[place:]
            case _:
                yield data[:place]


def test_none_of_200_mutated_documents_is_accepted(signer: KeySigner, signed: bytes) -> None:
    accepted = [
        verdict
        for changed in mutations(signed, 200)
        if (verdict := verify(changed, sha256=hashed(signed), roots=signer.roots)).valid
    ]
    assert accepted == []


def test_the_signature_alone_notices_every_mutation_of_what_it_signs(signer: KeySigner, signed: bytes) -> None:
    first = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0].byte_range[1]
    assert isinstance(first, int)
    for changed in mutations(signed[:first], 60):
        data = changed + signed[first:]
        assert not verify(data, sha256=hashed(data), roots=signer.roots).valid


def test_the_demo_key_is_made_once_readable_by_its_owner_only_and_kept(folder: Path, signer: KeySigner) -> None:
    again = open_signer(f"folder:{folder / 'signer'}", create=True)
    assert again.roots == signer.roots
    assert (folder / "signer" / "signer.key").stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in (folder / "signer").iterdir()) == ["authority.pem", "signer.key", "signer.pem"]


def test_no_key_is_made_unless_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SigningProblem, match="TRAININGADMIN_SIGNER"):
        open_signer(f"folder:{tmp_path / 'none'}")


def test_an_unknown_kind_of_signer_is_refused() -> None:
    with pytest.raises(SigningProblem, match="pkcs12"):
        open_signer("card:/dev/reader")


def test_a_pkcs12_file_signs(tmp_path: Path, unsigned: bytes) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = signing._certificate("局", key, "局", key, for_signing=True)
    path = tmp_path / "office.p12"
    secret = serialization.BestAvailableEncryption(b"pass")
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"office", key, certificate, None, secret))
    signer = open_signer(f"pkcs12:{path}", passphrase=b"pass")
    data = signer.sign(unsigned, at=AT)
    assert verify(data, sha256=hashed(data), roots=signer.roots).valid
    with pytest.raises(SigningProblem, match="passphrase"):
        open_signer(f"pkcs12:{path}", passphrase=b"wrong")


def test_a_tag_names_the_start_of_the_hash_it_was_made_for(tags: Tags) -> None:
    sha256 = hashed(b"content")
    tag = tags.tag("PX51182420200000128", sha256)
    assert tags.check("PX51182420200000128", tag) == sha256[:16]
    assert len(tag) == 96


def test_the_tag_key_is_made_once(folder: Path, tags: Tags) -> None:
    assert open_tags(folder).check("1", tags.tag("1", hashed(b""))) is not None
    assert (folder / "tag.key").stat().st_mode & 0o077 == 0


def test_none_of_2000_forged_tags_is_accepted(tags: Tags) -> None:
    chance = random.Random(SEED)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    serial = "PX51182420200000128"
    good = tags.tag(serial, hashed(b"content"))
    for number in range(2_000):
        place = chance.randrange(len(good))
        other = chance.choice(letters.replace(good[place], ""))
        forged_serial, forged = [
            (serial, good[:place] + other + good[place + 1 :]),
            (f"PX{chance.randrange(10**17):017}", good),
            (serial, "".join(chance.choices(letters, k=len(good)))),
            (serial, good[:place]),
        ][number % 4]
        assert tags.check(forged_serial, forged) is None


@pytest.mark.parametrize("tag", ["", "字", "=" * 96, "A" * 95, "A" * 200, " " * 96, "\x00" * 96])
def test_what_is_no_tag_is_refused_quietly(tags: Tags, tag: str) -> None:
    assert tags.check("1", tag) is None
