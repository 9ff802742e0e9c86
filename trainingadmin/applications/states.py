"""What photographs show, and what can come of a site visit."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_


class PhotoKind(StrEnum):
    """What a photograph shows, and who took it: the applicant the first two, officers the third."""

    LICENCE = "licence"
    SITE = "site"
    VISIT = "visit"


PHOTO_LABELS = {
    PhotoKind.LICENCE: N_("营业执照照片"),
    PhotoKind.SITE: N_("经营场所照片"),
    PhotoKind.VISIT: N_("实地核查照片"),
}
WANTED = (PhotoKind.LICENCE, PhotoKind.SITE)
"""Of each of these one is needed before an application can be submitted."""
