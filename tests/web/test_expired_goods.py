"""Pages that tell what of booked goods had expired, where a quantity is missing, and how what is found counts."""

from decimal import Decimal

import pytest
from django.test import Client

from shundan.fulfilment.actions import ship_order
from shundan.fulfilment.models import Receipt
from shundan.inventory.actions import LocationInput, create_warehouse, receive_stock, save_location
from shundan.inventory.models import CountLine, StockPosition
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def desk(browser_of: Browser) -> Client:
    """Sign the warehouse in."""
    return browser_of(make.person("warehouse"))


def bought(*skus: str) -> str:
    """Return the number of an issued purchase of five of each."""
    works = create_supplier(SupplierInput(name="光明乳业"), by=make.boss())
    lines = tuple(LineInput(sku=sku, quantity=Decimal(5), unit_price=Decimal(1)) for sku in skus)
    return place_order(OrderInput(type="purchase", supplier=works.number, lines=lines), by=make.boss()).number


def test_who_books_stock_is_told_of_what_has_expired(desk: Client) -> None:
    goods = make.product("WEB-EX", tracking="lot", has_expiry=True)
    given = {"product": "WEB-EX", "kind": "receipt", "warehouse": "MAIN", "quantity": "5", "reason": "purchase"}
    old = {"lots": "OLD-1 2\nOLD-2 3", "expires_on": "2026-01-31", "idempotency_key": "ex-1"}
    for _twice in range(2):
        answer = desk.post("/stock/adjust/", given | old)
        page = desk.get(answer["Location"]).content.decode()
        assert "WEB-EX: lot OLD-1 expired on 2026-01-31; 2 lie blocked." in page
    assert set(StockPosition.objects.filter(product=goods).values_list("status", flat=True)) == {"blocked"}
    found = {"code": "OLD-1", "what": "found", "reason": "", "quantity": "3"}
    page = desk.post("/stock-corrections/MAIN/", found, **HTMX).content.decode()
    assert "3 × WEB-EX OLD-1" in page and "3 lie blocked" in page
    fresh = {"lots": "NEW-1", "expires_on": "2090-01-31", "idempotency_key": "ex-2"}
    page = desk.get(desk.post("/stock/adjust/", given | fresh)["Location"]).content.decode()
    assert "was posted" in page and "lie blocked" not in page
    many = {"lots": "\n".join(f"MANY-{n} 1" for n in range(5)), "expires_on": "2026-01-31", "idempotency_key": "ex-3"}
    page = desk.get(desk.post("/stock/adjust/", given | many)["Location"]).content.decode()
    assert "2 more lots have expired." in page
    position = StockPosition.objects.get(lot__code="OLD-1")
    freed = {"what": "shift", "quantity": "5", "location": "", "status": "usable"}
    refused = desk.post(f"/stock/positions/{position.pk}/", freed)
    assert (refused.status_code, "expired_stays_blocked" in refused.content.decode()) == (409, True)


def test_who_receives_a_purchase_is_told_of_what_has_expired(desk: Client) -> None:
    make.product("WEB-EP", tracking="lot", has_expiry=True, barcode="6901234567892")
    number = bought("WEB-EP")
    label = "(01)06901234567892(17)260131(10)P-1"
    said = desk.post(f"/orders/{number}/receive/scan/", {"code": label, "quantity-1": "0"}).json()
    assert (said["warning"], said["expires_on"]) == ("Expired on 2026-01-31: it will not be usable.", "2026-01-31")
    assert desk.post(f"/orders/{number}/receive/scan/", {"code": "WEB-EP", "quantity-1": "0"}).json()["warning"] == ""
    # Each lot has its own day, as the labels say; the field holds for the others.
    lots = "P-1 3 2026-01-31\nP-2 1"
    wrong = {"quantity-1": "4", "lots-1": "P-1 3 2026-02-31", "expires-1": "2090-01-31", "idempotency_key": "ep-0"}
    assert desk.post(f"/orders/{number}/receive/", wrong).status_code == 422
    given = {"quantity-1": "4", "lots-1": lots, "expires-1": "2090-01-31", "idempotency_key": "ep-1"}
    answer = desk.post(f"/orders/{number}/receive/", given)
    page = desk.get(answer["Location"]).content.decode()
    assert "WEB-EP: lot P-1 expired on 2026-01-31; 3 lie blocked." in page
    # It stands there the next day, too.
    page = desk.get(answer["Location"]).content.decode()
    assert "lie blocked" not in page and "3 of P-1 blocked: expired" in page


def test_where_no_quantity_is_typed_the_lines_say_so(desk: Client) -> None:
    for sku in ("WEB-Z1", "WEB-Z2"):
        make.product(sku)
    number = bought("WEB-Z1", "WEB-Z2")
    refused = desk.post(f"/orders/{number}/receive/", {"quantity-1": "0", "quantity-2": "", "idempotency_key": "z-1"})
    page = refused.content.decode()
    assert (refused.status_code, "nothing_to_receive" in page) == (422, False)
    assert page.count("All quantities are 0. Enter how much here, or at another line.") == 2
    assert page.count('aria-invalid="true"') == 2 and not Receipt.objects.exists()
    answer = desk.post(f"/orders/{number}/receive/", {"quantity-1": "0", "quantity-2": "3", "idempotency_key": "z-2"})
    assert answer.status_code == 303
    assert [line.order_line.position for line in Receipt.objects.get().lines.all()] == [2]


def test_what_is_on_no_list_is_counted_as_found_and_an_unknown_code_leads_to_where_it_is_received(
    desk: Client,
) -> None:
    save_location("MAIN", LocationInput(code="WX-01", zone="WX"), by=make.boss())
    goods = make.product("WEB-CX")
    make.product("WEB-CY")
    make.product("WEB-CZ", tracking="lot", has_expiry=True, barcode="6901234567892")
    there = {"product_id": goods.pk, "warehouse_id": make.main_warehouse().pk, "quantity": Decimal(2)}
    receive_stock(**there, reason="found", location="WX-01", by=make.boss())
    path = desk.post("/counts/new/", {"warehouse": "MAIN", "zone": "WX"})["Location"]
    page = desk.post(f"{path}scan/", {"code": "WEB-CX", "location": "WX-01"}, **HTMX).content.decode()
    assert "counts as found" not in page
    page = desk.post(f"{path}scan/", {"code": "WEB-CY", "location": "WX-01"}, **HTMX).content.decode()
    assert "WEB-CY: 1" in page and "counts as found" in page
    page = desk.post(f"{path}scan/", {"code": "WEB-CY", "location": "WX-01"}, **HTMX).content.decode()
    assert "WEB-CY: 2" in page and "counts as found" not in page
    assert CountLine.objects.get(product__sku="WEB-CY").found == 2
    page = desk.post(f"{path}scan/", {"code": "NO-SUCH", "location": "WX-01"}, **HTMX).content.decode()
    assert "unknown_code" in page and "Type the SKU" in page
    assert "/stock/adjust/?kind=receipt&amp;reason=found&amp;warehouse=MAIN&amp;location=WX-01" in page
    label = "(01)06901234567892(10)NEW-9"
    page = desk.post(f"{path}scan/", {"code": label, "location": "WX-01"}, **HTMX).content.decode()
    link = "/stock/adjust/?kind=receipt&reason=found&warehouse=MAIN&location=WX-01&product=WEB-CZ&lots=NEW-9"
    assert "lot_days_unknown" in page and link.replace("&", "&amp;") in page
    form = desk.get(link).content.decode()
    assert "WEB-CZ" in form and "NEW-9" in form


def test_a_transfer_offers_to_close_the_rest_only_while_something_has_not_left(desk: Client) -> None:
    make.product("WEB-TR", stock=9)
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    line = LineInput(sku="WEB-TR", quantity=Decimal(4))
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=(line,)), by=make.boss())
    ship_order(order.number, quantities={1: Decimal(3)}, by=make.boss())
    assert f"/orders/{order.number}/do/close/" in desk.get(f"/orders/{order.number}/").content.decode()
    ship_order(order.number, by=make.boss())
    page = desk.get(f"/orders/{order.number}/").content.decode()
    assert f"/orders/{order.number}/do/close/" not in page and "Close the remainder" not in page
