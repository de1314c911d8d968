"""How papers look: chosen in versions, looked at while choosing, kept by one of two who choose at once."""

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.kernel.errors import Malformed, NotFound, NotPermitted, VersionConflict
from shundan.papers.actions import save_paper_look
from shundan.papers.models import PaperTemplate
from shundan.papers.queries import PaperLook, current_look, layout_of, print_paper
from tests import make
from tests.api.client import as_person
from tests.cast import Cast
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db


def test_a_choice_is_a_version_and_the_next_print_follows_it() -> None:
    boss = make.boss()
    number = make.order(state="confirmed").number
    before = print_paper("confirmation", number, by=boss).content
    look = PaperLook(size="needle", hidden=("tax",), copies_zh=("存根", "客户"), foot_zh="谢谢惠顾", terms_en="Net 30")
    assert save_paper_look("confirmation", look, version=0, by=boss).version == 1
    assert current_look("confirmation") == (look, 1)
    layout = layout_of("confirmation")
    assert (layout.size, layout.copies, layout.foot_note, layout.terms) == (
        "needle",
        ("存根", "客户"),
        "谢谢惠顾",
        "Net 30",
    )
    assert print_paper("confirmation", number, by=boss).content != before
    assert layout_of("quotation").size == "a4"
    with make.refused(VersionConflict):
        save_paper_look("confirmation", PaperLook(), version=0, by=boss)
    assert save_paper_look("confirmation", PaperLook(), version=1, by=boss).version == 2
    assert [one.version for one in PaperTemplate.objects.order_by("version")] == [1, 2]


def test_versions_are_final_and_counted_once() -> None:
    made = save_paper_look("invoice", PaperLook(), version=0, by=make.boss())
    for sql in ("update papers_papertemplate set version = 9", "delete from papers_papertemplate"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperTemplate.objects.create(kind="invoice", version=1, content={}, saved_by_name="x", saved_at=make.AT)
    made.refresh_from_db()
    assert made.version == 1


@pytest.mark.parametrize(
    ("look", "path"),
    [
        (PaperLook(size="a3"), "size"),
        (PaperLook(hidden=("nothing",)), "hidden"),
        (PaperLook(copies_zh=("x",) * 7), "copies_zh"),
        (PaperLook(signatures_en=("x" * 31,)), "signatures_en"),
        (PaperLook(head_zh="x" * 501), "head_zh"),
        (PaperLook(terms_zh="a\x07b"), "terms_zh"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_place(look: PaperLook, path: str) -> None:
    with make.refused(Malformed) as refused:
        save_paper_look("confirmation", look, version=0, by=make.boss())
    assert [one.path for one in refused.value.details] == [path]
    assert not PaperTemplate.objects.exists()


def test_only_administrators_choose_and_only_known_kinds() -> None:
    with make.refused(NotPermitted):
        save_paper_look("invoice", PaperLook(), version=0, by=make.person("finance"))
    with make.refused(NotFound):
        save_paper_look("menu", PaperLook(), version=0, by=make.boss())


def test_the_page_shows_the_paper_while_one_chooses(people: Cast, browser_of: Browser) -> None:
    make.shipped()
    order = make.order(state="confirmed", of=people.boyuan, by=people.wang)
    admin = browser_of(people.zhou)
    assert "/papers/delivery_note/" in admin.get("/papers/").content.decode()
    form = {"size": "a5", "column-sku": "1", "copies_zh": "存根、客户", "head_zh": "加急", "version": "0"}
    fragment = admin.post("/papers/confirmation/preview/", form).content.decode()
    assert "data:image/svg+xml;base64," in fragment
    # An administrator runs the system and sees no orders: a preview leaks none.
    hidden = admin.post("/papers/confirmation/preview/", {**form, "number": order.number}).content.decode()
    assert "data:image" not in hidden and "bad small" in hidden
    assert admin.post("/papers/confirmation/", {**form, "head_zh": "x" * 501}).status_code == 422
    assert admin.post("/papers/confirmation/", form).status_code == 303
    look, version = current_look("confirmation")
    assert (version, look.size, look.copies_zh, look.head_zh) == (1, "a5", ("存根", "客户"), "加急")
    assert "sku" not in look.hidden and "tax" in look.hidden
    page = admin.get("/papers/confirmation/?from=1").content.decode()
    assert "存根, 客户" in page
    assert admin.get("/papers/menu/").status_code == 404


def test_over_the_api(people: Cast) -> None:
    make.shipped()
    admin = as_person(people.zhou)
    rows = {one["kind"]: one for one in admin.get("/paper-kinds").body["items"]}
    assert rows["delivery_note"]["version"] == 0
    body = {"size": "needle", "hidden": ["sku"], "copies_zh": ["存根"], "terms_zh": "一\n二", "version": 0}
    saved = admin.put("/paper-kinds/delivery_note", body)
    assert (saved.status, saved.body["version"], saved.body["look"]["size"]) == (200, 1, "needle")
    shown = admin.get("/paper-kinds/delivery_note").body
    assert (shown["version"], shown["columns"], shown["versions"][0]["look"]["copies_zh"]) == (
        1, ["position", "sku"], ["存根"],
    )  # fmt: skip
    assert admin.put("/paper-kinds/delivery_note", body).code == "version_conflict"
    assert as_person(people.zhao).get("/paper-kinds").status == 403
