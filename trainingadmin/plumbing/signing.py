"""Signs documents so that any later change shows, judges signed ones, and tags QR addresses against forgery."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from asn1crypto import cms, pem  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigner, PdfSigningSession
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Seal"
DEMO_DAYS = 3650
# Besides the certificates a signature holds attributes and the value itself; written in hexadecimal.
_ATTRIBUTES_BYTES = 3_000
_HASH_BYTES = 8
_SIGNATURE_BYTES = 64
# Stands for the digest in the form of a signature; nothing else in one has these bytes.
_BLANK = hashlib.sha256(b"trainingadmin form").digest()

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class SigningProblem(Exception):
    """Nothing can be signed with what is configured; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about a signed file; a reader may rely on it only when `valid`.

    `recorded`: its bytes are those we recorded. `whole`: one signature covers every byte. `intact`: that signature
    fits the bytes, forbids changes and was made with a certificate under our roots. `reason` names the first failing.
    """

    recorded: bool
    whole: bool
    intact: bool
    reason: str = ""

    @property
    def valid(self) -> bool:
        """Return whether all three hold."""
        return self.recorded and self.whole and self.intact


class Signer(Protocol):
    """Whatever can sign: the demo's own key, a PKCS#12 file, later a city authority or SM2 device."""

    @property
    def roots(self) -> Sequence[bytes]:
        """Return the certificates (DER) that its signatures are traced to."""

    def sign(self, pdf: bytes, *, at: datetime) -> bytes:
        """Return `pdf` with a certifying signature dated `at` appended. Raises `SigningProblem`."""


class KeptKey(signers.Signer):
    """A pyHanko signer that keeps its key ready and its form filled in; the stock one makes both anew at every signature.

    Of what stands in a signature only the digest and the value differ from one document to the next. pyHanko writes
    the first; of the rest, four fifths of the work would be to write the same certificates and attributes again.
    """

    def __init__(self, key: PrivateKey, certificate: asn1.Certificate, chain: Sequence[asn1.Certificate]) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain)  # pyHanko adds the signer's own
        super().__init__(signing_cert=certificate, cert_registry=store)
        self._key = key
        self._form: bytes | None = None

    async def async_sign(
        self, data_digest: bytes, digest_algorithm: str, *args: Any, **settings: Any
    ) -> cms.ContentInfo:
        """Return a signature of `data_digest` with the attributes of the first one; for documents signed alike."""
        if self._form is None:
            self._form = (await super().async_sign(_BLANK, digest_algorithm, *args, **settings)).dump()
        signed = cms.ContentInfo.load(self._form)
        info = signed["content"]["signer_infos"][0]
        attributes = info["signed_attrs"].untag().dump().replace(_BLANK, data_digest)
        info["signed_attrs"] = cms.CMSAttributes.load(attributes)
        info["signature"] = await self.async_sign_raw(attributes, digest_algorithm)
        return signed

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the raw signature over `data`; the digest is always SHA-256."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class Dated(PdfSigner):
    """A pyHanko document signer whose clock is ours."""

    at: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        """Start a signature dated `at`."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


class KeySigner:
    """Signs with a private key in memory: PAdES-B-B, certifying, no changes allowed afterwards."""

    def __init__(self, key: PrivateKey, certificate: bytes, chain: Sequence[bytes]) -> None:
        parsed = asn1.Certificate.load(certificate)
        self._roots = tuple(chain) or (certificate,)
        self._reserved = 2 * (len(certificate) + sum(map(len, chain)) + _ATTRIBUTES_BYTES)
        meta = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        self._signer = Dated(meta, KeptKey(key, parsed, [asn1.Certificate.load(each) for each in chain]))

    @property
    def roots(self) -> Sequence[bytes]:
        """Return the chain above the certificate, or the certificate itself when it has none."""
        return self._roots

    def sign(self, pdf: bytes, *, at: datetime) -> bytes:
        """Return `pdf` signed. Raises `SigningProblem` for what is no PDF or is signed already."""
        self._signer.at = at
        try:
            writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
            signed = self._signer.sign_pdf(writer, bytes_reserved=self._reserved)
        except (PdfError, SigningError) as error:
            raise SigningProblem(str(error)) from error
        return bytes(signed.getbuffer())


def open_signer(spec: str, *, create: bool = False, passphrase: bytes | None = None) -> KeySigner:
    """Open the signer that `spec` names: `folder:/path` (our own key) or `pkcs12:/path.p12`.

    With `create`, a folder that does not exist is filled once with a demonstration authority and a P-256 key under
    it; several processes may try at the same time. Raises `SigningProblem`.
    """
    kind, _, place = spec.partition(":")
    if kind == "pkcs12":
        return _from_pkcs12(Path(place), passphrase)
    if kind != "folder":
        raise SigningProblem(f"TRAININGADMIN_SIGNER must start with folder: or pkcs12:, not {kind}:")
    folder = Path(place)
    if not folder.exists():
        if not create:
            raise SigningProblem(
                f"No signing key in {folder}. Name a certificate with: TRAININGADMIN_SIGNER=pkcs12:/path"
            )
        _make_demo(folder)
    key = serialization.load_pem_private_key((folder / "signer.key").read_bytes(), None)
    return KeySigner(_usable(key), _der(folder / "signer.pem"), [_der(folder / "authority.pem")])


def verify(pdf: bytes, *, sha256: str, roots: Sequence[bytes]) -> Verdict:
    """Judge a file that claims to be the document whose signed bytes we recorded as `sha256`.

    Our record is asked first, because a signature alone stays "valid" when bytes are appended after it.
    """
    recorded = hashlib.sha256(pdf).hexdigest() == sha256
    whole, intact = _examine(pdf, roots)
    reason = "digest" if not recorded else "coverage" if not whole else "signature" if not intact else ""
    return Verdict(recorded=recorded, whole=whole, intact=intact, reason=reason)


class Tags:
    """Makes and checks the tag in a QR address, so that an invented number is refused before anything is read."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._public = key.public_key()

    def tag(self, serial: str, sha256: str) -> str:
        """Return the tag (96 characters, safe in an address) of `serial` and the first 8 bytes of a content hash."""
        head = bytes.fromhex(sha256)[:_HASH_BYTES]
        return base64.urlsafe_b64encode(head + self._key.sign(_tagged(serial, head))).decode()

    def check(self, serial: str, tag: str) -> str | None:
        """Return the 16 hexadecimal digits with which the content's hash must start, or None for a forgery."""
        try:
            raw = base64.b64decode(tag.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError:
            return None
        head, signature = raw[:_HASH_BYTES], raw[_HASH_BYTES:]
        if len(signature) != _SIGNATURE_BYTES:
            return None
        try:
            self._public.verify(signature, _tagged(serial, head))
        except InvalidSignature:
            return None
        return head.hex()


def open_tags(folder: Path) -> Tags:
    """Open the tag key in `folder`, made there at the first use; several processes may try at the same time."""
    path = folder / "tag.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_once(path, Ed25519PrivateKey.generate().private_bytes_raw())
    return Tags(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))


def _tagged(serial: str, head: bytes) -> bytes:
    return b"trainingadmin tag\0" + serial.encode() + b"\0" + head


def _examine(pdf: bytes, roots: Sequence[bytes]) -> tuple[bool, bool]:
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        found = reader.embedded_signatures
        if len(found) != 1:
            return False, False
        status = validate_pdf_signature(found[0], _trust(found[0], roots), skip_diff=True)
    except Exception:  # noqa: BLE001 - a mangled file may fail anywhere in the parser; it is then simply not ours
        return False, False
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return whole, bool(
        status.intact and status.valid and status.trusted and found[0].docmdp_level is MDPPerm.NO_CHANGES
    )


def _trust(signature: EmbeddedPdfSignature, roots: Sequence[bytes]) -> ValidationContext:
    # Traced at the moment of signing: a document outlives the certificate it was signed with.
    return ValidationContext(
        trust_roots=[asn1.Certificate.load(root) for root in roots],
        moment=signature.self_reported_timestamp,
        allow_fetching=False,
        best_signature_time=signature.self_reported_timestamp,
    )


def _from_pkcs12(path: Path, passphrase: bytes | None) -> KeySigner:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase)
    except (OSError, ValueError) as error:
        raise SigningProblem(f"{path} cannot be opened ({error}). Check the path and the passphrase.") from error
    if certificate is None:
        raise SigningProblem(f"{path} holds no certificate.")
    encoding = serialization.Encoding.DER
    return KeySigner(_usable(key), certificate.public_bytes(encoding), [each.public_bytes(encoding) for each in others])


def _usable(key: object) -> PrivateKey:
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise SigningProblem("The signing key must be RSA or on an elliptic curve.")
    return key


def _der(path: Path) -> bytes:
    return bytes(pem.unarmor(path.read_bytes())[2])


def _make_demo(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in _demo_files().items():
            _write_once(beside / name, content)
        with suppress(OSError):  # another process was first; its key counts
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _demo_files() -> dict[str, bytes]:
    authority, signer = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("示例签发机构（演示）", authority, "示例签发机构（演示）", authority, for_signing=False)
    leaf = _certificate(
        "示例市人力资源和社会保障局（演示）", signer, "示例签发机构（演示）", authority, for_signing=True
    )
    pem_encoding = serialization.Encoding.PEM
    key = signer.private_bytes(pem_encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {
        "signer.key": key,
        "signer.pem": leaf.public_bytes(pem_encoding),
        "authority.pem": root.public_bytes(pem_encoding),
    }


def _certificate(name: str, key: PrivateKey, issuer: str, by: PrivateKey, *, for_signing: bool) -> x509.Certificate:
    starts = datetime(2020, 1, 1, tzinfo=UTC)  # the demonstration signs documents of past years
    usage = x509.KeyUsage(
        digital_signature=for_signing, content_commitment=for_signing, key_cert_sign=not for_signing,
        crl_sign=not for_signing, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = x509.CertificateBuilder(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        key.public_key(),
        x509.random_serial_number(),
        starts,
        starts + timedelta(days=2 * DEMO_DAYS),
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=not for_signing, path_length=None), critical=True)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    return builder.sign(by, hashes.SHA256())


def _write_once(path: Path, content: bytes) -> None:
    """Write a file only its owner can read; whoever comes second leaves the first one's."""
    descriptor, beside = tempfile.mkstemp(prefix=".unfinished-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(beside)
    finally:
        Path(beside).unlink()
