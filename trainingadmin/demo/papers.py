"""A one-page PDF that stands for a signed agreement."""

from __future__ import annotations

from trainingadmin.cohorts.states import DocumentKind


def agreement(title: str, kind: DocumentKind) -> bytes:
    """Return a small PDF naming the filing and the kind of agreement, in Latin letters."""
    words = f"Demo agreement: {kind.value} / {abs(hash_of(title)) % 10**8:08d}"
    stream = f"BT /F1 14 Tf 60 760 Td ({words}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(body),
    )


def hash_of(title: str) -> int:
    """Return a number that is the same at every start."""
    return int.from_bytes(title.encode()[-6:], "big")
