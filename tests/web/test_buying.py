"""Pages of what is to be bought: rules, demand, requests, what is to be ordered; and the same over the API."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from shundan.inventory.actions import ReorderInput, save_reorder_rule
from shundan.kernel.actor import Actor
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.parties.models import Supplier
from shundan.purchasing.actions import PurchaseRequestInput, RequestedLine, request_purchase
from shundan.purchasing.models import PurchaseRequest
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def wu(people: Cast) -> Actor:
    """The buyer."""
    return make.person("purchasing", name="吴刚")


@pytest.fixture
def works(wu: Actor) -> Supplier:
    """The supplier of pumps."""
    return create_supplier(SupplierInput(name="无锡泵业有限公司"), by=wu)


@pytest.fixture
def pump(wu: Actor, works: Supplier) -> str:
    """A pump below its reorder point."""
    sku = make.product("PUMP-40", stock=2, name_zh="离心泵").sku
    rule = ReorderInput(
        sku=sku, warehouse="MAIN", reorder_point=D(10), target=D(20), supplier=works.number, lead_days=5
    )
    save_reorder_rule(rule, by=wu)
    return sku


def test_a_rule_is_made_changed_and_deleted(wu: Actor, works: Supplier, browser_of: Browser) -> None:
    sku, buyer = make.product("SEAL-40").sku, browser_of(wu)
    typed = {"sku": sku, "warehouse": "MAIN", "reorder_point": "5", "target": "3", "is_active": "1"}
    wrong = buyer.post("/reorder-rules/new/", typed)
    assert (wrong.status_code, "Enter a target above 0" in wrong.content.decode()) == (422, True)
    made = buyer.post("/reorder-rules/new/", typed | {"target": "30", "supplier": works.number, "lead_days": "7"})
    assert made.status_code == 303
    page = buyer.get("/reorder-rules/").content.decode()
    assert ("SEAL-40" in page, works.name in page) == (True, True)
    form = buyer.get("/reorder-rules/edit/MAIN/SEAL-40/").content.decode()
    assert 'value="30"' in form
    changed = buyer.post("/reorder-rules/edit/MAIN/SEAL-40/", typed | {"target": "40", "version": "1"})
    assert changed.status_code == 303
    assert buyer.post("/reorder-rules/edit/MAIN/SEAL-40/", typed | {"target": "50", "version": "1"}).status_code == 409
    assert buyer.post("/reorder-rules/drop/MAIN/SEAL-40/").status_code == 303
    assert "SEAL-40" not in buyer.get("/reorder-rules/").content.decode()


def test_demand_becomes_a_request_and_the_request_an_order(
    wu: Actor, works: Supplier, pump: str, browser_of: Browser
) -> None:
    buyer = browser_of(wu)
    page = buyer.get("/demand/").content.decode()
    assert ("离心泵" in page or "PUMP-40" in page, 'value="18"' in page, "urgent" in page) == (True, True, False)
    form = {"chosen": f"MAIN|{pump}", f"quantity-MAIN|{pump}": "18", "idempotency_key": str(uuid4())}
    answer = buyer.post("/demand/", form)
    one = PurchaseRequest.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/purchase-requests/{one.number}/")
    assert buyer.post("/demand/", form).headers["Location"] == answer.headers["Location"]
    again = buyer.post("/demand/", form | {"idempotency_key": str(uuid4())})
    assert (again.status_code, "demand_met" in again.content.decode()) == (409, True)
    if one.state == "pending":
        pytest.fail("the reorder point needs nobody")
    line = one.lines.get().pk
    page = buyer.get("/sourcing/").content.decode()
    assert (one.number in page, works.name in page) == (True, True)
    chosen = {"chosen": line, f"supplier-{line}": works.number, f"quantity-{line}": "18", f"price-{line}": "99.5"}
    made = buyer.post("/sourcing/", chosen)
    order = Order.objects.get(kind="purchase")
    assert (made.headers["Location"], order.total) == (f"/orders/{order.number}/", D("1791.00"))
    shown = buyer.get(f"/purchase-requests/{one.number}/").content.decode()
    assert (order.number in shown, "Ordered" in shown) == (True, True)
    assert "Nothing is to be ordered" in buyer.get("/sourcing/").content.decode()


def test_a_rep_asks_sees_and_withdraws(people: Cast, wu: Actor, browser_of: Browser) -> None:
    wang, sku = browser_of(people.wang), make.product("LAMP").sku
    form = {
        "warehouse": "MAIN",
        "needed_on": "2026-12-01",
        "reason": "展会",
        "lines-0-at": "0",
        "lines-0-sku": sku,
        "lines-0-quantity": "x",
        "lines-1-at": "1",
    }
    wrong = wang.post("/purchase-requests/new/", form)
    assert (wrong.status_code, "Enter a number such as" in wrong.content.decode()) == (422, True)
    made = wang.post("/purchase-requests/new/", form | {"lines-0-quantity": "3", "lines-0-price": "12.50"})
    one = PurchaseRequest.objects.get()
    assert (made.headers["Location"], one.company_amount) == (f"/purchase-requests/{one.number}/", D("37.50"))
    page = wang.get(f"/purchase-requests/{one.number}/").content.decode()
    assert ("展会" in page, "/withdraw/" in page, "/close/" in page) == (True, True, False)
    assert browser_of(people.li).get(f"/purchase-requests/{one.number}/").status_code == 404
    closing = browser_of(wu).get(f"/purchase-requests/{one.number}/").content.decode()
    assert ("/withdraw/" in closing, "/close/" in closing) == (False, True)
    assert wang.post(f"/purchase-requests/{one.number}/withdraw/").status_code == 303
    assert PurchaseRequest.objects.get().state == "withdrawn"
    assert one.number in wang.get("/purchase-requests/", {"view": "ended"}).content.decode()


def test_suppliers_quote_by_their_address_and_the_buyer_compares(
    wu: Actor, works: Supplier, browser_of: Browser
) -> None:
    other = create_supplier(SupplierInput(name="宁波泵业有限公司"), by=wu)
    buyer, sku = browser_of(wu), make.product("PUMP-60").sku
    line = RequestedLine(sku=sku, quantity=D(4), expected_price=D(100))
    one = request_purchase(PurchaseRequestInput(lines=(line,)), by=wu)
    asked = one.lines.get().pk
    assert one.number in buyer.get("/inquiries/new/").content.decode()
    wrong = buyer.post("/inquiries/new/", {"chosen": asked, f"quantity-{asked}": "4"})
    assert (wrong.status_code, "Choose 1 to 20 suppliers." in wrong.content.decode()) == (422, True)
    form = {"chosen": asked, f"quantity-{asked}": "4", "supplier": [works.number, other.number, ""]}
    made = buyer.post("/inquiries/new/", form)
    number = made.headers["Location"].split("/")[-2]
    page = buyer.get(made.headers["Location"]).content.decode()
    guest = Client()
    [mine, theirs] = re.findall(r'data-copy="http://testserver(/quotations/[^"]+)"', page)
    shown = guest.get(mine).content.decode()
    assert (number in shown, works.name in shown, other.name in shown) == (True, True, False)
    assert guest.post(mine, {"price-1": "x"}).status_code == 422
    assert guest.post(mine, {"price-1": "95.50", "days-1": "7", "currency": "CNY"}).status_code == 303
    assert 'value="95.5"' in guest.get(mine).content.decode()
    assert guest.post(theirs, {"declines": "1", "remark": "停产"}).status_code == 303
    assert guest.get(mine + "x").status_code == 404
    page = buyer.get(f"/inquiries/{number}/").content.decode()
    assert ("95.50" in page, "停产" in page, "2 / 2" in page) == (True, True, True)
    assert buyer.post(f"/inquiries/{number}/quote/{other.number}/", {"price-1": "90"}).status_code == 303
    done = buyer.post(f"/inquiries/{number}/award/", {"choice-1": works.number})
    order = Order.objects.get(kind="purchase")
    assert (done.status_code, order.supplier_id, order.total) == (303, works.pk, D("382.00"))
    assert 'name="price-1"' not in guest.get(mine).content.decode()
    assert buyer.post(f"/inquiries/{number}/cancel/").status_code == 409
    assert number in buyer.get("/inquiries/", {"view": "awarded"}).content.decode()


def test_the_buyer_decides_what_the_supplier_answered(wu: Actor, works: Supplier, browser_of: Browser) -> None:
    line = LineInput(sku=make.product("PUMP-80").sku, quantity=D(10), unit_price=D(100))
    number = create_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=wu).number
    buyer = browser_of(wu)
    for verb in ("submit", "confirm"):
        move_order(number, verb, by=wu)
    assert f"/orders/{number}/supplier/" in buyer.get(f"/orders/{number}/").content.decode()
    page = buyer.get(f"/orders/{number}/supplier/").content.decode()
    assert ("No answer yet" in page, "no e-mail address" in page) == (True, True)
    refused = buyer.post(f"/orders/{number}/supplier/send/")
    assert (refused.status_code, "supplier_without_mail" in refused.content.decode()) == (409, True)
    [link] = re.findall(r'data-copy="http://testserver(/supply/[^"]+)"', page)
    guest = Client()
    assert guest.post(link, {"price-1": "y"}).status_code == 422
    assert guest.post(link, {"price-1": "99", "delivers_on": "2090-01-08"}).status_code == 303
    assert guest.get(link).status_code == 200
    page = buyer.get(f"/orders/{number}/supplier/").content.decode()
    assert "Supplier answers to decide" in buyer.get("/").content.decode()
    [decide] = re.findall(r'action="(/orders/[^"]+/answers/\d+/)"', page)
    assert buyer.post(decide, {"accept": "1"}).status_code == 303
    assert "Supplier answers to decide" not in buyer.get("/").content.decode()
    order = Order.objects.get(number=number)
    assert (order.total, order.requested_on.isoformat() if order.requested_on else "") == (D("990.00"), "2090-01-08")
    assert buyer.post(decide, {"accept": "1"}).status_code == 409
    sale = make.order(state="draft", by=make.boss()).number
    assert browser_of(make.person("finance")).get(f"/orders/{sale}/supplier/").status_code == 404
