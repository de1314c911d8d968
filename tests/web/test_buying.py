"""Pages of what is to be bought: rules, demand, requests, what is to be ordered; and the same over the API."""

from decimal import Decimal
from uuid import uuid4

import pytest

from shundan.inventory.actions import ReorderInput, save_reorder_rule
from shundan.kernel.actor import Actor
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.parties.models import Supplier
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
