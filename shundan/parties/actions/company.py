"""Keeping what our own company is called and where it is: the head of every paper."""

import struct
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, VersionConflict, require
from shundan.kernel.events import record
from shundan.parties.models import OwnCompany

LONGEST = 200
LARGEST_LOGO = 150_000
TEXTS = (
    "name_zh",
    "name_en",
    "address_zh",
    "address_en",
    "phone",
    "email",
    "website",
    "tax_number",
    "bank_name",
    "bank_account",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyInput:
    """Our company as it is given; `logo` is a PNG or JPEG, None keeps the present one, empty removes it."""

    name_zh: str
    name_en: str = ""
    address_zh: str = ""
    address_en: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    tax_number: str = ""
    bank_name: str = ""
    bank_account: str = ""
    logo: bytes | None = None


@action
def save_company(given: CompanyInput, *, version: int, by: Actor) -> OwnCompany:
    """Keep our company's data if nobody else did meanwhile (version 0: there were none).

    Raises: NotPermitted, Malformed, VersionConflict.
    """
    require(by, "company.edit")
    values = {name: getattr(given, name).strip() for name in TEXTS}
    wrong = [
        Detail(path, "invalid_text", _("This text is too long or contains characters that cannot be stored."))
        for path, text in values.items()
        if len(text) > LONGEST or not text.isprintable()
    ]
    if not values["name_zh"]:
        wrong.append(Detail("name_zh", "required", _("This field is required.")))
    size = _size_of(given.logo) if given.logo else (0, 0)
    if given.logo and (size is None or len(given.logo) > LARGEST_LOGO):
        sentence = _("Choose a PNG or JPEG picture of at most 150 KB.")
        wrong.append(Detail("logo", "not_a_picture", sentence))
    if wrong:
        raise Malformed(details=wrong)
    one = OwnCompany.objects.select_for_update().first() or OwnCompany(pk=1, version=0)
    if version != one.version:
        raise VersionConflict()
    changes = {name: [getattr(one, name), text] for name, text in values.items() if getattr(one, name) != text}
    for name, text in values.items():
        setattr(one, name, text)
    if given.logo is not None:
        one.logo = given.logo
        one.logo_width, one.logo_height = size or (0, 0)
        changes["logo"] = ["", _("new picture") if given.logo else ""]
    one.version, one.changed_at = one.version + 1, by.at
    one.save()
    said = {name: [str(value) for value in both] for name, both in changes.items()}
    record("company.changed", subject=("company", one.pk), by=by, data={"changes": said})
    return one


def _size_of(picture: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG or JPEG in pixels, None for anything else."""
    if picture[:8] == b"\x89PNG\r\n\x1a\n" and len(picture) > 24:
        width, height = struct.unpack(">II", picture[16:24])
        return (width, height) if 0 < width <= 5000 and 0 < height <= 5000 else None
    return _size_of_jpeg(picture) if picture[:3] == b"\xff\xd8\xff" else None


def _size_of_jpeg(picture: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(picture) and picture[at] == 0xFF:
        mark, length = picture[at + 1], struct.unpack(">H", picture[at + 2 : at + 4])[0]
        # A frame of any kind tells the size; C4, C8 and CC are no frames (ITU-T T.81, table B.1).
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", picture[at + 5 : at + 9])
            return (width, height) if width and height else None
        at += 2 + length
    return None
