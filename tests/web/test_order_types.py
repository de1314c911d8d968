"""Order types on the pages: the editor without a script, versions, and attributes from entry to the file."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shundan.kernel.actor import Actor
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.models import Order, OrderType
from shundan.orders.queries import current_version_of
from shundan.orders.rules.types import ChoiceOption
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
CHANNELS = (ChoiceOption("fair", "展会", "Fair"), ChoiceOption("visit", "拜访", "Visit"))
FORM = {
    "code": "sample",
    "party": "customer",
    "name_zh": "样品订单",
    "name_en": "Sample order",
    "number": "YP-{yyyy}-{seq:4}",
    "workflow": "sale",
    "invoices_on": "never",
    "colour": "violet",
    "icon": "gift",
    "print_layout": "standard",
    "columns-0-code": "quantity",
    "columns-0-on": "1",
    "columns-1-code": "price",
    "attributes-0-code": "channel",
    "attributes-0-name_zh": "渠道",
    "attributes-0-name_en": "Channel",
    "attributes-0-data_type": "choice",
    "attributes-0-place": "header",
    "attributes-0-options": "fair | 展会 | Fair\nvisit | 拜访 | Visit",
    "attributes-0-in_draft": "1",
}


@pytest.fixture
def admin(people: Cast, browser_of: Browser) -> Client:
    """The administrator's browser."""
    return browser_of(make.person("admin", name="管理员"))


def sampled(by: Actor, people: Cast, **attributes: Any) -> Order:
    """Place a sample order."""
    lines = (LineInput(sku=make.product(stock=5).sku, quantity=Decimal(1)),)
    given = OrderInput(customer=people.boyuan.number, type="sample", lines=lines, attributes=attributes)
    return place_order(given, until="confirmed", by=by)


def sampled_sale(people: Cast) -> Order:
    """Enter an ordinary order."""
    lines = (LineInput(sku=make.product(stock=5).sku, quantity=Decimal(1)),)
    return place_order(OrderInput(customer=people.boyuan.number, lines=lines), until="draft", by=people.wang)


def test_an_administrator_makes_a_type_without_a_programmer(admin: Client) -> None:
    page = admin.get("/order-types/new/?kind=sale").content.decode()
    assert "New type: " in page
    added = admin.post("/order-types/new/?kind=sale", FORM | {"do": "add"}).content.decode()
    assert 'name="attributes-1-code"' in added
    assert not OrderType.objects.filter(code="sample").exists()
    checked = admin.post("/order-types/new/?kind=sale", FORM | {"do": "check"})
    assert (checked.status_code, "Nothing is wrong" in checked.content.decode()) == (200, True)
    made = admin.post("/order-types/new/?kind=sale", FORM)
    assert (made.status_code, made["Location"]) == (303, "/order-types/of/sample/")
    definition = current_version_of(OrderType.objects.get(code="sample"))
    assert (definition.line_columns, definition.attributes[0].options) == (("quantity",), CHANNELS)
    assert "Sample order" in admin.get("/order-types/").content.decode()


def test_what_is_wrong_stands_at_its_field_and_nothing_is_published(admin: Client) -> None:
    admin.post("/order-types/new/?kind=sale", FORM)
    bad = FORM | {"version": "1", "name_en": "<script>alert(1)</script>", "number": "SO-{yyyy}-{seq:6}"}
    bad |= {"attributes-0-default": "moon"}
    answer = admin.post("/order-types/of/sample/edit/", bad)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#f-name_en">' in page
    assert '<a href="#f-number">' in page
    assert '<a href="#f-attributes-0-default">' in page
    assert "<script>alert(1)</script>" not in page
    assert OrderType.objects.get(code="sample").version == 1


def test_rows_move_and_go_by_buttons(admin: Client) -> None:
    two = FORM | {name.replace("-0-", "-1-"): value for name, value in FORM.items() if name.startswith("attributes-0-")}
    two |= {"attributes-1-code": "grade", "attributes-1-name_zh": "等级"}

    def order(wish: str) -> list[str]:
        page = admin.post("/order-types/new/?kind=sale", two | {"do": wish}).content.decode()
        places = {code: page.find(f'value="{code}" spellcheck') for code in ("channel", "grade")}
        return sorted((code for code, at in places.items() if at >= 0), key=lambda code: places[code])

    assert order("check") == ["channel", "grade"]
    assert order("up-1") == ["grade", "channel"]
    assert order("down-0") == ["grade", "channel"]
    assert order("up-0") == ["channel", "grade"]
    assert order("remove-0") == ["grade"]
    assert order("remove-99") == ["channel", "grade"]


def test_versions_tell_what_changed(admin: Client) -> None:
    admin.post("/order-types/new/?kind=sale", FORM)
    changed = FORM | {"version": "1", "name_en": "Samples", "attributes-0-is_required": "1"}
    assert admin.post("/order-types/of/sample/edit/", changed).status_code == 303
    page = admin.get("/order-types/of/sample/").content.decode()
    assert "<del>Sample order</del>" in page
    assert "<ins>Samples</ins>" in page
    assert "Attribute “Channel”: Required" in page
    late = admin.post("/order-types/of/sample/edit/", FORM | {"version": "1", "name_en": "Late"})
    assert (late.status_code, "Theirs" in late.content.decode()) == (409, True)
    admin.post("/order-types/of/sample/retire/")
    assert not OrderType.objects.get(code="sample").is_active
    admin.post("/order-types/of/sample/revive/")
    assert OrderType.objects.get(code="sample").is_active


def test_the_preview_shows_numbers_or_the_fault(admin: Client) -> None:
    assert "XS-" in admin.get("/order-types/preview/", {"number": "XS-{yyyy}{mm}-{seq:4}"}).content.decode()
    collides = admin.get("/order-types/preview/", {"number": "so-{yyyy}-{seq:6}"}).content.decode()
    assert "may give the same numbers" in collides
    own = admin.get("/order-types/preview/", {"number": "SO-{yyyy}-{seq:6}", "of": "sales"}).content.decode()
    assert "SO-" in own
    assert (
        "does not work as a number pattern" in admin.get("/order-types/preview/", {"number": "{oops}"}).content.decode()
    )


def test_entry_shows_what_the_type_asks_and_hides_what_does_not_apply(people: Cast, browser_of: Browser) -> None:
    make.order_type(
        attributes=(
            make.attribute("channel", "choice", options=CHANNELS, is_required=True),
            make.attribute("stand", shown_when='attribute.channel == "fair"'),
            make.attribute("colours", "multi_choice", options=CHANNELS),
            make.attribute("double", "computed", formula="total * 2"),
            make.attribute("kg", "decimal", place="line"),
        ),
        line_columns=("quantity", "kg"),
    )
    rep = browser_of(people.wang)
    page = rep.get(f"/orders/new/?type=sample&customer={people.boyuan.number}").content.decode()
    assert 'name="attributes.channel"' in page
    assert '"field": "a_kg"' in page
    sku, key = make.product(price="10.00", stock=9).sku, uuid4()
    body = {
        "version": 0,
        "type": "sample",
        "customer": people.boyuan.number,
        "attributes.channel": "visit",
        "attributes.stand": "A1",
        "attributes.colours:fair": True,
        "attributes.colours:visit": False,
        "lines": [{"sku": sku, "quantity": "2", "price": "", "discount": "0", "attributes": {"kg": "1.50"}}],
    }

    def save(**changed: Any) -> Any:
        answer = rep.put(f"/orders/new/{key}/save/", json.dumps(body | changed), content_type="application/json")
        return answer.json()

    told = save()
    assert told["attributes"] == {"shown": ["channel", "colours", "double"], "computed": {"double": "40"}}
    assert told["lines"][0]["a_kg"] == "1.5"
    order = Order.objects.get(number=told["number"])
    assert order.attributes == {"channel": "visit", "colours": ["fair"], "double": "40"}
    again = save(version=told["version"], **{"attributes.channel": "fair"})
    assert "stand" in again["attributes"]["shown"]
    wrong = save(version=again["version"], lines=[body["lines"][0] | {"attributes": {"kg": "heavy"}}])
    assert [(one["path"], one["code"]) for one in wrong["details"]] == [("lines[0].a_kg", "not_a_number")]


def test_the_order_shows_and_changes_its_attributes(people: Cast, browser_of: Browser) -> None:
    make.order_type(
        attributes=(
            make.attribute("channel", "choice", options=CHANNELS),
            make.attribute("site", "link"),
            make.attribute("feedback", "long_text", editable_in=("draft", "confirmed")),
        )
    )
    order = sampled(people.wang, people, channel="fair", site="https://example.com/a?b=<1>".replace("<1>", "1"))
    rep = browser_of(people.wang)
    path = f"/orders/{order.number}/"
    page = rep.get(path).content.decode()
    assert "Fair" in page
    assert 'href="https://example.com/a?b=1" rel="noopener noreferrer nofollow"' in page
    assert 'name="attributes.feedback"' in page
    assert 'name="attributes.channel"' not in page
    given = {"version": str(order.version), "attributes.feedback": "很好"}
    assert rep.post(f"{path}attributes/", given).status_code == 303
    assert make.fresh(order.number).attributes["feedback"] == "很好"
    fixed = rep.post(f"{path}attributes/", {"attributes.channel": "visit"})
    assert (fixed.status_code, "can no longer be changed" in fixed.content.decode()) == (422, True)


def test_lists_filter_show_and_export_attributes(people: Cast, browser_of: Browser) -> None:
    make.order_type(
        attributes=(
            make.attribute("channel", "choice", options=CHANNELS, name_en="Channel"),
            make.attribute("score", "integer", name_en="Score"),
        )
    )
    fair = sampled(people.wang, people, channel="fair", score=7).number
    visit = sampled(people.wang, people, channel="visit").number
    manager = browser_of(people.zhang)
    page = manager.get("/orders/", {"attribute.channel": "fair"}).content.decode()
    assert (fair in page, visit in page) == (True, False)
    assert "Channel: Fair" in page
    assert '<th scope="col">Channel</th>' not in page
    ranged = manager.get("/orders/", {"attribute.score.from": "5", "attribute.channel.empty": "no"}).content.decode()
    assert (fair in ranged, visit in ranged) == (True, False)
    assert ("Score ≥ 5" in ranged, "Channel: not empty" in ranged) == (True, True)
    assert visit in manager.get("/orders/", {"type": "sample"}).content.decode()
    assert manager.get("/orders/", {"attribute.channel": "moon"}).status_code == 422
    file = manager.get("/orders/export/?format=csv&type=sample&attribute.channel=fair")
    rows = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert rows[0].endswith("Channel,Score")
    assert [row.split(",")[0] for row in rows[1:]] == [fair]
    assert rows[1].endswith("Fair,7")


def test_lines_are_exported_with_their_attributes_in_own_columns(people: Cast, browser_of: Browser) -> None:
    make.order_type(
        attributes=(
            make.attribute("batch", place="line", name_en="Batch"),
            make.attribute("channel", "choice", options=CHANNELS, name_en="Channel"),
        )
    )
    lines = tuple(
        LineInput(sku=make.product(price="10.00").sku, quantity=Decimal(i), attributes={"batch": f"B{i}"})
        for i in (1, 2)
    )
    given = OrderInput(type="sample", customer=people.boyuan.number, lines=lines, attributes={"channel": "fair"})
    order = place_order(given, until="draft", by=people.wang)
    other = sampled(people.wang, people).number
    manager = browser_of(people.zhang)
    page = manager.get("/orders/?type=sample").content.decode()
    assert "/orders/export/lines/?" in page
    file = manager.get("/orders/export/lines/?format=csv&type=sample&attribute.channel=fair")
    rows = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert (rows[0].startswith("Number,Line,"), rows[0].endswith("Remark,Batch")) == (True, True)
    assert [row.split(",")[:2] for row in rows[1:]] == [[order.number, "1"], [order.number, "2"]]
    assert [row.split(",")[-1] for row in rows[1:]] == ["B1", "B2"]
    ticked = manager.post("/orders/export/lines/?format=csv", {"ids": [other]})
    assert b"".join(ticked.streaming_content).decode().count(other) == 1  # type: ignore[attr-defined]
    assert manager.get("/orders/export/lines/").status_code == 200
    assert manager.get("/orders/export/lines/?format=exe").status_code == 422
    assert browser_of(people.sun).get("/orders/export/lines/").status_code == 403


def test_columns_are_kept_for_each_person_and_view_and_files_have_them(people: Cast, browser_of: Browser) -> None:
    make.order_type(attributes=(make.attribute("channel", "choice", options=CHANNELS, name_en="Channel"),))
    fair = sampled(people.wang, people, channel="fair").number
    manager, rep = browser_of(people.zhang), browser_of(people.wang)
    chosen = {"columns": ["attribute.channel", "amount"], "view": "mine", "query": "view=mine&q=x"}
    answer = rep.post("/orders/columns/", chosen)
    assert (answer.status_code, answer["Location"]) == (303, "/orders/?view=mine&q=x")
    page = rep.get("/orders/?view=mine").content.decode()
    assert '<th scope="col">Channel</th>' in page
    assert '<th scope="col">Shipping</th>' not in page
    assert '<td class="attribute-cell">Fair</td>' in page
    for other in (rep.get("/orders/"), manager.get("/orders/?view=mine")):
        assert '<th scope="col">Channel</th>' not in other.content.decode()
    file = manager.get("/orders/export/?format=csv&view=mine")
    assert b"Shipping" in b"".join(file.streaming_content)  # type: ignore[attr-defined]
    manager.post("/orders/columns/", {"columns": ["attribute.channel", "type", "warehouse", "due_on"], "view": "all"})
    file = manager.get("/orders/export/?format=csv")
    rows = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert rows[0] == "Number,Channel,Type,Warehouse,Due on"
    assert rows[1].startswith(f"{fair},Fair,")
    assert rep.post("/orders/columns/", {"columns": ["nonsense"], "view": "mine"}).status_code == 422
    rep.post("/orders/columns/", {"reset": "1", "view": "mine"})
    assert '<th scope="col">Shipping</th>' in rep.get("/orders/?view=mine").content.decode()


def test_attributes_of_a_line_are_changed_after_entry(people: Cast, browser_of: Browser) -> None:
    make.order_type(
        attributes=(
            make.attribute("batch", place="line", editable_in=("draft", "confirmed"), is_required=True),
            make.attribute("drawing", "file", place="line", editable_in=("draft", "confirmed")),
            make.attribute("fixed", place="line"),
        ),
        line_columns=("quantity", "batch", "drawing", "fixed"),
    )
    goods = LineInput(sku=make.product(stock=5).sku, quantity=Decimal(1), attributes={"batch": "B1", "fixed": "F"})
    given = OrderInput(customer=people.boyuan.number, type="sample", lines=(goods,))
    order = place_order(given, until="confirmed", by=people.wang)
    rep = browser_of(people.wang)
    address = f"/orders/{order.number}/lines/1/"
    assert f'href="{address}"' in rep.get(f"/orders/{order.number}/").content.decode()
    form = rep.get(address).content.decode()
    assert ('name="attributes.batch"' in form, 'name="attributes.fixed"' in form) == (True, False)
    told = rep.post("/orders/files/", {"file": SimpleUploadedFile("a.txt", b"plan")}).json()
    version = make.fresh(order.number).version
    wrong = rep.post(address, {"version": version, "attributes.batch": "", "attributes.drawing": told["value"]})
    assert (wrong.status_code, "is required" in wrong.content.decode()) == (422, True)
    good = rep.post(address, {"version": version, "attributes.batch": "B2", "attributes.drawing": told["value"]})
    assert good.status_code == 303
    assert make.fresh(order.number).lines.get().attributes == {"batch": "B2", "drawing": told["value"], "fixed": "F"}
    page = rep.get(f"/orders/{order.number}/").content.decode()
    assert f'<a href="/orders/files/{told["value"].partition(":")[0]}/">a.txt</a>' in page
    assert rep.get(f"/orders/{order.number}/lines/7/").status_code == 404
    assert browser_of(people.li).get(address).status_code in (403, 404)


def test_every_kind_of_record_can_be_looked_for(people: Cast, browser_of: Browser) -> None:
    order = sampled_sale(people)
    rep = browser_of(people.wang)

    def first(path: str) -> str:
        return str(rep.get(path).json()["items"][0]["id"])

    assert first(f"/orders/pick/?q={order.number}") == order.number
    assert "@" in first("/pick/users/?q=wang")
    assert first("/pick/warehouses/?q=main") == rep.get("/pick/warehouses/").json()["items"][0]["id"]


def test_a_file_is_uploaded_and_downloaded_but_never_shown(people: Cast, browser_of: Browser) -> None:
    make.order_type("drawn", attributes=(make.attribute("drawing", "file"),))
    rep = browser_of(people.wang)
    told = rep.post("/orders/files/", {"file": SimpleUploadedFile("a.html", b"<script>alert(1)</script>")}).json()
    lines = (LineInput(sku=make.product(stock=5).sku, quantity=Decimal(1)),)
    given = OrderInput(customer=people.boyuan.number, type="drawn", lines=lines, attributes={"drawing": told["value"]})
    order = place_order(given, until="confirmed", by=people.wang)
    page = rep.get(f"/orders/{order.number}/").content.decode()
    path = f"/orders/files/{told['value'].partition(':')[0]}/"
    assert f'href="{path}"' in page
    file = rep.get(path)
    assert (file["Content-Type"], file["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert file["Content-Disposition"] == 'attachment; filename="a.html"'
    assert rep.post("/orders/files/", {}).status_code == 422
    assert browser_of(people.li).get(path).status_code == 404
