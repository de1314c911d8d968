"""The designer's forms without a browser: tables posted, files that are none, scripts in names, old versions."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shundan.config.shipped import ROOMS, WORKFLOWS
from shundan.workflow.models import ApprovalTableVersion, DesignDraft, WorkflowVersion
from shundan.workflow.queries import changes_between
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db

SALE = (WORKFLOWS / "sale.toml").read_text(encoding="utf-8")


@pytest.fixture
def admin(people: Cast, browser_of: Browser) -> Client:
    return browser_of(people.zhou)


def form_of(page: str) -> dict[str, str]:
    """Return what the table editor of a page would post unchanged."""
    found: dict[str, str] = {"as": "table"}
    body = page[page.index("data-designer") :]
    body = body[: body.index("</form>")]
    for tag in re.findall(r"<input[^>]*>", body):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and (not re.search(r'type="(checkbox|radio)"', tag) or " checked" in tag):
            found[name[1]] = _plain(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', body, re.S):
        found[name] = _plain(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = _plain(chosen[1]) if chosen else ""
    return found


def _plain(value: str) -> str:
    return unescape(value)


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.toml")), ids=lambda path: path.stem)
def test_a_form_that_is_saved_unchanged_changes_nothing(path, admin: Client) -> None:  # type: ignore[no-untyped-def]
    url = f"/workflows/{path.stem}/"
    answer = admin.post(f"{url}save/", form_of(admin.get(url).content.decode()))
    assert answer.status_code == 303, answer.content.decode()
    assert changes_between("workflow", DesignDraft.objects.get().content, path.read_text(encoding="utf-8")) == ()


def test_a_table_that_is_saved_unchanged_changes_nothing(admin: Client) -> None:
    answer = admin.post("/tables/order/save/", form_of(admin.get("/tables/order/").content.decode()))
    assert answer.status_code == 303
    shipped = (ROOMS / "orders" / "approvals" / "order.toml").read_text(encoding="utf-8")
    assert changes_between("approval_table", DesignDraft.objects.get().content, shipped) == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfebroken", "not encoded in UTF-8"),
        (b"[states", "cannot be published yet"),
        (b"x" * 3_000_000, "more than 400,000 characters"),
        (SALE.encode("gb18030"), "not encoded in UTF-8"),
    ],
)
def test_a_broken_file_is_told_and_changes_nothing(admin: Client, content: bytes, words: str) -> None:
    for url in ("/workflows/import/", "/workflows/sale/import/"):
        answer = admin.post(url, {"file": SimpleUploadedFile("sale.toml", content)})
        assert answer.status_code in (409, 422)
        assert words in answer.content.decode()
    assert not DesignDraft.objects.exists()
    assert WorkflowVersion.objects.filter(code="sale").count() == 1


def test_an_exported_file_comes_back_as_a_draft(admin: Client) -> None:
    sent = admin.get("/workflows/sale/export/")
    assert sent["Content-Disposition"] == 'attachment; filename="workflow-sale-v1.toml"'
    changed = sent.content.decode().replace('zh = "提交"', 'zh = "送审"').encode()
    answer = admin.post("/workflows/import/", {"file": SimpleUploadedFile("x.toml", changed)})
    assert (answer.status_code, answer["Location"]) == (303, "/workflows/sale/?check=1")
    assert "送审" in admin.get("/workflows/sale/diff/").content.decode()
    assert admin.get("/workflows/sale/export/")["Content-Disposition"].endswith('-draft.toml"')


def test_a_script_in_a_name_is_told_and_never_run(admin: Client) -> None:
    evil = SALE.replace('en = "Submit"', 'en = "<script>alert(1)</script>"').replace(
        'en = "Draft"', 'en = "\\"><img src=x>"'
    )
    answer = admin.post("/workflows/sale/save/", {"as": "text", "text": evil, "version": "0"}, follow=True)
    for url in ("/workflows/sale/?check=1", "/workflows/sale/?tab=text", "/workflows/sale/diff/"):
        page = admin.get(url).content.decode()
        assert "<script>alert(1)" not in page and "<img src=x>" not in page
    assert "holds markup or a script" in answer.content.decode()


def test_text_that_cannot_be_read_is_kept_shown_and_not_published(admin: Client) -> None:
    answer = admin.post("/workflows/sale/save/", {"as": "text", "text": "code = [", "version": "0"}, follow=True)
    page = answer.content.decode()
    assert "code = [" in page and "The text cannot be read" in page
    assert admin.post("/workflows/sale/publish/", {"version": "1"}).status_code == 409
    assert admin.get("/workflows/sale/").status_code == 200
    stale = admin.post("/workflows/sale/save/", {"as": "text", "text": SALE, "version": "0"})
    assert (stale.status_code, 'name="text"' in stale.content.decode()) == (409, True)
    assert admin.post("/workflows/sale/discard/").status_code == 303
    assert not DesignDraft.objects.exists()


def test_an_old_version_is_put_in_force_again(admin: Client) -> None:
    admin.post("/workflows/sale/save/", {"as": "text", "text": SALE.replace("Submit", "Hand in"), "version": "0"})
    assert admin.post("/workflows/sale/publish/", {"version": "1"}).status_code == 303
    assert admin.post("/workflows/sale/versions/1/restore/").status_code == 303
    assert set(WorkflowVersion.objects.filter(code="sale").values_list("version", flat=True)) == {1, 2, 3}
    assert "Hand in" in admin.get("/workflows/sale/versions/2/").content.decode()


def test_a_table_is_tried_with_an_order(admin: Client, people: Cast) -> None:
    goods = make.product(price="60000.00", stock=5)
    order = make.order(state="draft", products=[goods], of=people.boyuan, by=people.wang, quantity=1)
    page = admin.get(f"/tables/order/?order={order.number}").content.decode()
    assert f"{order.number} needs 1 step." in page and "张伟" in page and "Row 1 holds" in page
    assert "does not exist" in admin.get("/tables/order/?order=SO1").content.decode()


def test_thousands_of_rows_are_refused_in_words(admin: Client) -> None:
    row = '[[rows]]\nwhen = "company_total > {0}"\nlevel = 1\nwho = "role:finance"\n'
    huge = 'code = "order"\npolicy = "first"\n' + "".join(row.format(number) for number in range(4_000))
    answer = admin.post("/tables/import/", {"file": SimpleUploadedFile("t.toml", huge.encode())}, follow=True)
    assert "at most 500" in answer.content.decode()
    assert admin.post("/tables/order/publish/", {"version": "1"}).status_code == 409
    assert ApprovalTableVersion.objects.filter(code="order").count() == 1
