"""How fast, how small and how steadily certificates are made and signed: python -m bench.certificates."""

from __future__ import annotations

import argparse
import io
import multiprocessing
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import jinja2
import segno
import weasyprint
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from bench.ratio import fact, interleaved, show
from trainingadmin.plumbing import documents, fonts, signing
from trainingadmin.plumbing.documents.contents import FOLDER

CERTIFICATES = ("training_certificate", "payment_certificate")
AT = datetime(2026, 9, 1, tzinfo=UTC)
MEMORY_RUNS = (25, 100, 200, 400)


def naive(template: str) -> bytes:
    """Make a certificate as a first version does: everything anew, the machine's fonts, images as the libraries give them."""
    environment = jinja2.Environment(autoescape=True, loader=jinja2.FileSystemLoader(FOLDER))
    environment.filters["day"] = lambda iso: date.fromisoformat(iso).strftime("%Y年%m月%d日")
    html = environment.get_template(f"{template}.html").render(
        documents.specimen(template),
        qr=lambda text: segno.make(text, error="m", micro=False).svg_data_uri(border=4),
        asset=lambda name: (FOLDER / f"{name}.svg").as_uri(),
    )
    style = str(FOLDER / f"{template}.css")
    data: bytes = weasyprint.HTML(string=html).write_pdf(stylesheets=[style], pdf_variant="pdf/a-3a")
    return data


def with_our_font(template: str) -> bytes:
    """Make it naively, but let it see our font and no other."""
    with fonts.private():
        return naive(template)


def sign_naively(folder: Path, pdf: bytes) -> bytes:
    """Sign as pyHanko's first example does."""
    signer = signers.SimpleSigner.load(  # type: ignore[no-untyped-call]
        str(folder / "signer.key"), str(folder / "signer.pem"), (str(folder / "authority.pem"),)
    )
    meta = signers.PdfSignatureMetadata(
        field_name="Seal", subfilter=SigSeedSubFilter.PADES, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return bytes(signers.PdfSigner(meta, signer).sign_pdf(writer).getbuffer())


def resident() -> int:
    """Return this process's resident memory in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


def watch(make: Callable[[str], bytes], runs: tuple[int, ...], answers: multiprocessing.Queue[list[int]]) -> None:
    """Put the resident memory after so many certificates, in MiB, into `answers`."""
    found = []
    for number in range(1, runs[-1] + 1):
        make(CERTIFICATES[number % 2])
        if number in runs:
            found.append(resident())
    answers.put(found)


def ours(template: str) -> bytes:
    """Make a certificate as the application does."""
    return documents.pdf(template, documents.specimen(template))


def memory(make: Callable[[str], bytes], runs: tuple[int, ...]) -> str:
    """Run `watch` in a process of its own and describe what it saw."""
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[list[int]] = context.Queue()
    process = context.Process(target=watch, args=(make, runs, answers))
    process.start()
    found = answers.get()
    process.join()
    return ", ".join(f"{mebibytes} MiB after {number}" for number, mebibytes in zip(runs, found, strict=True))


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--no-memory", action="store_true", help="leave out the minutes-long memory runs")
    options = parser.parse_args()
    documents.warm()
    for template in CERTIFICATES:
        makers = {"naive": naive, "naive, our font": with_our_font, "ours": ours}
        ways: dict[str, Callable[[], object]] = {name: partial(make, template) for name, make in makers.items()}
        show(f"{template}, CPU", interleaved(ways, rounds=options.rounds), base="naive", goal="≥ 2.2 × naive")
        fact("size, naive", f"{len(naive(template)) / 1000:.1f} kB")
        fact("size, ours", f"{len(ours(template)) / 1000:.1f} kB", goal="≤ 40 kB unsigned")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "signer"
        signer = signing.open_signer(f"folder:{folder}", create=True)
        pdf = ours(CERTIFICATES[0])
        ways = {"naive": partial(sign_naively, folder, pdf), "ours": partial(signer.sign, pdf, at=AT)}
        show("signature, CPU", interleaved(ways, rounds=options.rounds), base="naive", goal="key kept, room reserved")
        fact("a signature adds", f"{(len(signer.sign(pdf, at=AT)) - len(pdf)) / 1000:.1f} kB")
    if not options.no_memory:
        print("\nresident memory")
        fact("ours", memory(ours, MEMORY_RUNS), goal="flat over 400")
        fact("naive", memory(naive, MEMORY_RUNS[:2]))


if __name__ == "__main__":
    main()
