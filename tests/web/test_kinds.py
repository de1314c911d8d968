"""The other kinds of order on the pages: their lists, who sees them, and each from its first to its last state."""

import json
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from shundan.billing.actions import register_bill
from shundan.fulfilment.actions import receive_goods
from shundan.inventory.actions import create_warehouse
from shundan.kernel.actor import Actor
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.parties.models import Supplier
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def wu(people: Cast) -> Actor:
    """The buyer."""
    return make.person("purchasing", name="吴刚")


@pytest.fixture
def works(wu: Actor) -> Supplier:
    """The supplier of pumps."""
    return create_supplier(SupplierInput(name="无锡泵业有限公司"), by=wu)


def bought(wu: Actor, works: Supplier, quantity: int = 10, price: str = "100.00") -> Order:
    """Enter a purchase of pumps."""
    if not make.Product.objects.filter(sku="PUMP-40").exists():
        make.product("PUMP-40", price="199.00", name_zh="离心泵")
    wanted = LineInput(sku="PUMP-40", quantity=Decimal(quantity), unit_price=Decimal(price))
    return create_order(OrderInput(type="purchase", supplier=works.number, lines=(wanted,)), by=wu)


def test_each_list_shows_its_own_kind(people: Cast, wu: Actor, works: Supplier, browser_of: Browser) -> None:
    purchase = bought(wu, works).number
    sale = make.order(state="draft", of=people.boyuan, by=people.wang).number
    finance = browser_of(people.zhao)
    for path, mine, other in (("/orders/", sale, purchase), ("/purchases/", purchase, sale)):
        page = finance.get(path).content.decode()
        assert (mine in page, other in page) == (True, False), path
    page = finance.get("/purchases/").content.decode()
    assert "无锡泵业有限公司" in page
    assert ">Requested<" in page
    assert purchase in finance.get("/purchases/", {"q": "wxby"}).content.decode()
    assert purchase in finance.get("/purchases/", {"supplier": works.number}).content.decode()
    counts = finance.get("/purchases/views/", {"view": "drafts"}, headers={"HX-Request": "true"}).content.decode()
    assert "To receive" in counts
    for path in ("/returns/", "/services/", "/transfers/"):
        page = finance.get(path).content.decode()
        assert purchase not in page
        assert sale not in page


def test_people_find_only_their_kinds_in_the_navigation(people: Cast, wu: Actor, browser_of: Browser) -> None:
    def places(by: Actor) -> set[str]:
        page = browser_of(by).get("/").content.decode()
        return {
            name for name in ("orders", "purchases", "returns", "services", "transfers") if f'data-nav="{name}"' in page
        }

    assert places(wu) == {"purchases", "returns", "transfers"}
    assert places(people.wang) == {"orders", "returns", "services", "transfers"}
    assert places(people.sun) == {"orders", "purchases", "returns", "services", "transfers"}
    assert browser_of(people.wang).get("/purchases/").status_code == 403
    assert browser_of(wu).get("/orders/").status_code == 403


def test_a_file_holds_the_kind_of_its_list(people: Cast, wu: Actor, works: Supplier, browser_of: Browser) -> None:
    purchase = bought(wu, works).number
    sale = make.order(state="draft", of=people.boyuan, by=people.wang).number
    told = browser_of(wu).get("/purchases/export/", {"format": "csv"})
    file = b"".join(told.streaming_content).decode()  # type: ignore[attr-defined]
    assert purchase in file
    assert "Requested" in file
    assert works.number in file
    assert sale not in file
    assert browser_of(wu).get("/orders/export/", {"format": "csv"}).status_code == 403


def test_many_purchases_are_approved_at_once(people: Cast, wu: Actor, works: Supplier, browser_of: Browser) -> None:
    dear = [move_order(bought(wu, works, price="60000.00").number, "submit", by=wu).number for _one in range(2)]
    page = browser_of(people.zhao).post("/purchases/approve/", {"ids": dear}).content.decode()
    assert "2 orders approved" in page
    assert set(Order.objects.filter(number__in=dear).values_list("state", flat=True)) == {"approved"}


def test_a_transfer_shows_where_goods_go(people: Cast, browser_of: Browser) -> None:
    make.product("PUMP-40", stock=5, name_zh="离心泵")
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    lines = (LineInput(sku="PUMP-40", quantity=Decimal(1)),)
    order = create_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines), by=people.sun)
    page = browser_of(people.sun).get("/transfers/").content.decode()
    assert order.number in page
    assert ">South<" in page
    assert "Payment" not in page.partition("<thead>")[2].partition("</thead>")[0]


def _saved(browser: Client, body: dict[str, object]) -> str:
    """Enter an order as the grid sends it, and submit it; return its number."""
    key = uuid4()
    answer = browser.put(f"/orders/new/{key}/save/", json.dumps({"version": 0} | body), "application/json")
    assert answer.status_code == 200, answer.content.decode()
    assert browser.post(f"/orders/new/{key}/submit/", {"version": answer.json()["version"]}).status_code == 303
    return str(answer.json()["number"])


def _does(browser: Client, number: str, *transitions: str, **inputs: str) -> None:
    for transition in transitions:
        answer = browser.post(f"/orders/{number}/do/{transition}/", inputs)
        assert answer.status_code == 303, answer.content.decode()[:3000]


def _page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return answer.content.decode()


def test_a_purchase_is_entered_received_billed_and_paid(
    people: Cast, wu: Actor, works: Supplier, browser_of: Browser
) -> None:
    make.product("PUMP-40", price="199.00", name_zh="离心泵")
    buyer, store, finance = browser_of(wu), browser_of(people.sun), browser_of(people.zhao)
    page = _page(buyer, f"/orders/new/?type=purchase&supplier={works.number}")
    assert "无锡泵业有限公司" in page
    head = {"type": "purchase", "party": "supplier", "supplier": works.number}
    # Nobody bought it before: without a price there is none, and the place is named.
    lines = [{"sku": "PUMP-40", "quantity": "10", "price": "", "discount": "0"}]
    refused = buyer.put(
        f"/orders/new/{uuid4()}/save/", json.dumps({"version": 0, **head, "lines": lines}), "application/json"
    )
    assert (refused.status_code, refused.json()["details"][0]["path"]) == (422, "lines[0].price")
    number = _saved(buyer, {**head, "lines": [{**lines[0], "price": "100"}]})
    _does(buyer, number, "confirm", "acknowledge")
    page = _page(store, f"/orders/{number}/")
    assert "Not received" in page
    assert f"/orders/{number}/receive/" in page
    assert "/ship/" not in page

    form = _page(store, f"/orders/{number}/receive/")
    assert 'value="10"' in form
    too_many = store.post(f"/orders/{number}/receive/", {"quantity-1": "11"})
    assert too_many.status_code == 409
    assert "PUMP-40: 11 received, at most 10 may come in." in too_many.content.decode()
    given = {"quantity-1": "10", "rejected-1": "2", "reference": "送货单 88", "idempotency_key": str(uuid4())}
    places = {store.post(f"/orders/{number}/receive/", given)["Location"] for _click in range(2)}
    (receipt,) = places
    assert "送货单 88" in _page(store, receipt)
    assert receipt.split("/")[2] in _page(store, "/receipts/")
    assert _page(buyer, f"/orders/{number}/?tab=documents").count("送货单 88") == 1

    wrong = finance.post(f"/orders/{number}/bill/", {"quantity-1": "8", "total": "1000", "reference": "F-1"})
    assert wrong.status_code == 409
    said = "The bill says 1000, order and receipt say 800.00; a difference of up to 1.00 is accepted."
    assert said in wrong.content.decode()
    assert 'value="F-1"' in wrong.content.decode()
    bill = finance.post(f"/orders/{number}/bill/", {"quantity-1": "8", "total": "800", "reference": "F-1"})["Location"]
    assert bill.startswith("/bills/")
    over = finance.post(f"{bill}pay/", {"amount": "800.01", "method": "bank_transfer"})
    assert over.status_code == 409
    assert finance.post(f"{bill}pay/", {"amount": "800", "method": "bank_transfer"}).status_code == 303
    page = _page(finance, bill)
    assert "Paid" in page
    assert "F-1" in _page(finance, "/bills/?view=all")
    assert "No bills yet" not in _page(finance, "/bills/?view=open&q=F-1")
    billed = store.post(f"{receipt}reverse/", {"reason": "wrong"})
    assert billed.status_code == 409
    assert "receipt_billed" in billed.content.decode()

    # The rest comes, is counted twice, and the receipt is taken back.
    again = store.post(f"/orders/{number}/receive/", {"quantity-1": "2"})["Location"]
    assert store.post(f"{again}reverse/", {"reason": "twice"}).status_code == 303
    assert "Reversed" in _page(store, again)
    store.post(f"/orders/{number}/receive/", {"quantity-1": "2"})
    finance.post(f"/orders/{number}/bill/", {"quantity-1": "2", "total": "200", "reference": "F-2"})
    page = _page(finance, f"/orders/{number}/")
    assert ">Completed<" in page
    # The next purchase knows the last price.
    item = buyer.get("/products/pick/", {"q": "pump", "kind": "purchase", "supplier": works.number}).json()["items"][0]
    assert (item["price"], item["last_price"]) == (None, "100")


def test_goods_come_back_from_their_order_and_the_money_too(people: Cast, browser_of: Browser) -> None:
    pump = make.product("PUMP-40", price="199.00", stock=40, name_zh="离心泵")
    sale = make.order(state="invoiced", of=people.boyuan, by=people.wang, products=[pump], quantity=10)
    payment = make.payment(people.boyuan, "1990.00").number
    rep, store, finance = browser_of(people.wang), browser_of(people.sun), browser_of(people.zhao)
    link = f"/orders/new/?type=sales_return&origin={sale.number}"
    assert link.replace("&", "&amp;") in _page(rep, f"/orders/{sale.number}/")
    grid = json.loads(_page(rep, link).partition('id="grid-data">')[2].partition("</script>")[0])
    assert [(one["quantity"], one["price"], one["source"]) for one in grid["lines"]] == [("10", "199", 1)]
    body = {"type": "sales_return", "party": "customer", "origin": sale.number, "customer": people.boyuan.number}
    number = _saved(rep, {**body, "lines": [{"sku": "PUMP-40", "quantity": "4", "price": "199", "source": 1}]})
    assert sale.number in _page(rep, f"/orders/{number}/")
    _does(rep, number, "confirm")
    store.post(f"/orders/{number}/receive/", {"quantity-1": "4", "rejected-1": "1"})
    _does(finance, number, "settle")
    page = _page(rep, f"/orders/{sale.number}/")
    assert number in page
    assert "4 returned" in page
    page = _page(finance, f"/payments/{payment}/")
    assert "Refund" in page
    assert finance.post(f"/payments/{payment}/refund/", {"amount": "796", "method": "cash"}).status_code == 422
    given = {"amount": "796", "method": "bank_transfer", "reason": "goods came back"}
    assert finance.post(f"/payments/{payment}/refund/", given).status_code == 303
    assert "goods came back" in _page(finance, f"/payments/{payment}/")
    assert make.credit(people.boyuan) == (Decimal(0), Decimal(0), Decimal(0))


def test_goods_go_back_to_the_supplier(people: Cast, wu: Actor, works: Supplier, browser_of: Browser) -> None:
    order = bought(wu, works)
    for step in ("submit", "confirm"):
        move_order(order.number, step, by=wu)
    receive_goods(order.number, by=people.sun)
    register_bill(order.number, by=people.zhao)
    buyer, store, finance = browser_of(wu), browser_of(people.sun), browser_of(people.zhao)
    assert f"type=purchase_return&amp;origin={order.number}" in _page(buyer, f"/orders/{order.number}/")
    _page(buyer, f"/orders/new/?type=purchase_return&origin={order.number}")
    body = {"type": "purchase_return", "party": "supplier", "origin": order.number, "supplier": works.number}
    number = _saved(buyer, {**body, "lines": [{"sku": "PUMP-40", "quantity": "3", "price": "", "source": 1}]})
    _does(buyer, number, "confirm")
    store.post(f"/orders/{number}/ship/", {"quantity-1": "3"})
    assert "Sent back" in _page(buyer, f"/orders/{number}/")
    _does(finance, number, "settle")
    assert "-¥300.00" in _page(finance, "/bills/?view=debit")


def test_a_service_runs_from_the_request_to_the_invoice(people: Cast, browser_of: Browser) -> None:
    make.product("SEAL-8", price="12.35", stock=20, name_zh="密封圈")
    make.product("REPAIR", price="260.00", name_zh="上门维修", unit="hour", kind="service")
    rep, finance = browser_of(people.wang), browser_of(people.zhao)
    _page(rep, f"/orders/new/?type=service&customer={people.boyuan.number}")
    lines = [{"sku": "REPAIR", "quantity": "1.5", "price": "260"}, {"sku": "SEAL-8", "quantity": "4", "price": "12.35"}]
    number = _saved(rep, {"type": "service", "customer": people.boyuan.number, "lines": lines})
    _does(rep, number, "confirm", "plan", "begin")
    _does(rep, number, "wait", reason="part missing")
    _does(rep, number, "go_on", "finish")
    page = _page(finance, f"/orders/{number}/")
    assert "Done, to be accepted" in page
    assert f"/orders/{number}/invoice/" in page
    assert "/ship/" not in page
    assert finance.post(f"/orders/{number}/invoice/", {"quantity-1": "1.5", "quantity-2": "4"}).status_code == 303
    assert ">Completed<" in _page(rep, f"/orders/{number}/")


def test_goods_move_between_warehouses_and_the_difference_is_settled(people: Cast, browser_of: Browser) -> None:
    make.product("PUMP-40", stock=40, price="199.00", name_zh="离心泵")
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    store = browser_of(people.sun)
    assert "To warehouse" in _page(store, "/orders/new/?kind=transfer")
    lines = [{"sku": "PUMP-40", "quantity": "12", "price": "199"}]
    head = {"type": "transfer", "party": "none", "prices": "none", "target_warehouse": "SOUTH"}
    number = _saved(store, {**head, "lines": lines})
    assert Order.objects.get(number=number).total == 0
    _does(store, number, "confirm")
    sent = store.post(f"/orders/{number}/ship/", {"quantity-1": "12"})["Location"]
    assert "deliver/" not in _page(store, sent)
    assert "arrives_by_receipt" in store.post(f"{sent}deliver/").content.decode()
    assert "In transit" in _page(store, f"/orders/{number}/")
    assert store.post(f"/orders/{number}/receive/", {"quantity-1": "11", "rejected-1": "1"}).status_code == 303
    _does(store, number, "settle_difference", reason="broken on the way")
    page = _page(store, f"/orders/{number}/?tab=documents")
    assert "broken on the way" in page
    assert "Waits for the sending side" in page
    other = browser_of(make.person("warehouse", name="何仓"))
    _does(other, number, "accept_difference")
    page = _page(store, f"/orders/{number}/")
    assert ">Completed<" in page
    assert "2 lost" in page


def test_a_department_works_for_another(people: Cast, browser_of: Browser) -> None:
    make.product("DESIGN", price="800.00", name_zh="包装设计", unit="hour", kind="service")
    chief = make.person("executive", "warehouse", name="钱总", department=people.east)
    browser = browser_of(chief)
    assert "Receiving department" in _page(browser, "/orders/new/?type=service_transfer")
    lines = [{"sku": "DESIGN", "quantity": "2.5", "price": "300"}]
    head = {"type": "service_transfer", "party": "none", "target_department": "SOUTH"}
    number = _saved(browser, {**head, "lines": lines})
    _does(browser, number, "perform")
    refused = browser.post(f"/orders/{number}/do/complete/", {})
    assert (refused.status_code, "performed_by_you" in refused.content.decode()) == (409, True)
    _does(browser_of(make.person("executive", "warehouse", name="周总", department=people.south)), number, "complete")
    page = _page(browser, f"/orders/{number}/")
    assert "Confirmed by the receiver" in page
    # Nothing is shipped of work.
    assert "lines-progress" not in page
    # Who reads English reads the English names of departments, of whom it goes to, too.
    assert "华南销售部" not in page
    assert "Confirmed by the receiver" in _page(browser, f"/orders/{number}/?tab=history")


def test_a_supplier_is_added_and_changed_openly(people: Cast, wu: Actor, browser_of: Browser) -> None:
    buyer = browser_of(wu)
    given = {"name": "宁波密封件厂", "country": "cn", "currency": "CNY", "payment_term": "net30", "phone": "0574-1"}
    bad = buyer.post("/suppliers/new/", {**given, "name": ""})
    assert (bad.status_code, "Enter a name of at most 200 characters." in bad.content.decode()) == (422, True)
    place = buyer.post("/suppliers/new/", {**given, "idempotency_key": str(uuid4())})["Location"]
    assert "宁波密封件厂" in _page(buyer, place)
    assert buyer.post(f"{place}edit/", {**given, "phone": "0574-2", "version": "1"}).status_code == 303
    stale = buyer.post(f"{place}edit/", {**given, "phone": "0574-3", "version": "1"})
    assert stale.status_code == 409
    assert "0574-2" in stale.content.decode()
    assert "0574-3" in stale.content.decode()
    assert "宁波密封件厂" in _page(buyer, "/suppliers/?q=nbmf")
    assert buyer.get("/suppliers/pick/", {"q": "nbmf"}).json()["items"][0]["label"] == "宁波密封件厂"
    finance = browser_of(people.zhao)
    assert "宁波密封件厂" in _page(finance, "/suppliers/")
    assert finance.get("/suppliers/new/").status_code == 403
