"""Our own company: the head of papers, kept on a page and over the API."""

import zlib
from base64 import b64encode
from decimal import Decimal
from struct import pack

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from shundan.kernel.errors import Malformed, NotPermitted, VersionConflict
from shundan.kernel.prints import Column, Paper, pdf_of_paper, picture_of_paper
from shundan.parties.actions import CompanyInput, save_company
from shundan.parties.models import OwnCompany
from shundan.parties.queries import letterhead
from tests import make
from tests.api.client import as_person
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
GIVEN = CompanyInput(
    name_zh="顺达公司",
    name_en="Shunda Ltd.",
    address_zh="上海",
    address_en="Shanghai",
    tax_number="91310114MA1GTX0J2K",
    bank_name="工行",
)


def png(width: int = 4, height: int = 2) -> bytes:
    """Return a red picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\xff\x00\x00" * width for _row in range(height))
    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def paper() -> Paper:
    return Paper(title="T", number="N-1", facts=[], columns=[Column("A", 1)], rows=[["x"]])


def test_the_head_speaks_the_language_of_the_paper() -> None:
    assert letterhead() is None
    save_company(GIVEN, version=0, by=make.boss())
    with override("en"):
        head = letterhead()
        assert head is not None
        assert (head.name, list(head.lines)) == ("Shunda Ltd.", ["Shanghai", "Tax number 91310114MA1GTX0J2K · 工行"])
    with override("zh-hans"):
        head = letterhead()
        assert head is not None
        assert (head.name, head.lines[0]) == ("顺达公司", "上海")


def test_a_paper_with_head_and_logo_is_drawn() -> None:
    without = pdf_of_paper(paper(), None)
    save_company(GIVEN, version=0, by=make.boss())
    plain = pdf_of_paper(paper(), letterhead())
    save_company(CompanyInput(name_zh="顺达公司", logo=png()), version=1, by=make.boss())
    one = OwnCompany.objects.get()
    assert (one.logo_width, one.logo_height) == (4, 2)
    drawn = pdf_of_paper(paper(), letterhead())
    assert without != plain
    assert b"/Subtype /Image" in drawn.replace(b"/Subtype/Image", b"/Subtype /Image")
    assert picture_of_paper(paper(), letterhead()).startswith("<svg")


def test_what_is_no_picture_too_long_or_outdated_is_refused() -> None:
    save_company(GIVEN, version=0, by=make.boss())
    for logo in (b"GIF89a", png()[:20], png() + b"x" * 150_000):
        with make.refused(Malformed) as caught:
            save_company(CompanyInput(name_zh="顺", logo=logo), version=1, by=make.boss())
        assert [one.path for one in caught.value.details] == ["logo"]
    with make.refused(Malformed):
        save_company(CompanyInput(name_zh=" ", phone="1" * 201), version=1, by=make.boss())
    with make.refused(VersionConflict):
        save_company(GIVEN, version=0, by=make.boss())
    with make.refused(NotPermitted):
        save_company(GIVEN, version=1, by=make.actor("finance"))


def test_the_page_keeps_it_and_shows_a_paper(people: Cast, browser_of: Browser) -> None:
    admin = browser_of(people.zhou)
    wrong = admin.post("/company/", {"name_zh": "", "phone": "021", "version": "0"})
    assert (wrong.status_code, 'value="021"' in wrong.content.decode()) == (422, True)
    file = SimpleUploadedFile("logo.png", png(), content_type="image/png")
    body = {"name_zh": "顺达公司", "version": "0", "logo": file}
    assert admin.post("/company/", body).status_code == 303
    page = admin.get("/company/").content.decode()
    assert ('value="顺达公司"' in page, "no_logo" in page) == (True, True)
    seen = admin.get("/company/preview/")
    assert (seen.headers["Content-Type"], b"<svg" in seen.content) == ("image/svg+xml", True)
    assert admin.post("/company/", {"name_zh": "顺达公司", "version": "1", "no_logo": "1"}).status_code == 303
    assert bytes(OwnCompany.objects.get().logo) == b""
    assert browser_of(people.zhao).get("/company/").status_code == 403


def test_the_api_keeps_it_too_and_papers_carry_it(people: Cast) -> None:
    admin = as_person(people.zhou)
    assert admin.get("/company").body["version"] == 0
    body = {"name_zh": "顺达公司", "logo": b64encode(png()).decode(), "version": 0}
    kept = admin.put("/company", body)
    assert (kept.status, kept.body["has_logo"], kept.body["version"]) == (200, True, 1)
    refused = admin.put("/company", body | {"logo": "AAA", "version": 1})
    assert (refused.status, refused.body["details"][0]["path"]) == (422, "body.logo")
    order = make.order(of=people.boyuan, by=people.wang, price="10.00", quantity=Decimal(1))
    answer = as_person(people.wang).get(f"/orders/{order.number}/paper")
    assert answer.status == 200
