"""Pages of reservations: listed, limited, given back, handed over, and why a product is not available."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shundan.catalog.models import Product
from shundan.inventory.actions import LotInput, create_warehouse, receive_stock
from shundan.inventory.models import Reservation, Warehouse
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.orders.models import Order
from shundan.orders.queries import sourcing_rules
from tests import make
from tests.jobs import do_jobs
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def ordered(product: Product, quantity: int, **more: Any) -> Order:
    """Confirm an order of this department that takes what is there and waits for the rest."""
    values = {"allows_backorder": True} | more
    return make.order(state="confirmed", products=[product], quantity=quantity, **values)


def held(order: Order) -> Decimal:
    """Return what the order has reserved now."""
    return order.lines.get().reserved


def test_what_is_held_is_listed_and_narrowed(browser_of: Browser) -> None:
    desk = browser_of(make.person("executive", "warehouse"))
    goods, other = make.product("NUT-1", stock=5), make.product("NUT-2", stock=5)
    first, second = ordered(goods, 3), ordered(other, 2)
    Reservation.objects.filter(line_id=second.lines.get().pk).update(expires_at=make.AT + timedelta(days=1))
    Reservation.objects.filter(line_id=first.lines.get().pk).update(at=make.AT - timedelta(days=4000))
    page = desk.get("/stock/reservations/").content.decode()
    assert first.number in page and second.number in page
    for query, shown, hidden in (
        ("q=NUT-1", first, second),
        (f"q={second.number}", second, first),
        ("view=ending", second, first),
    ):
        page = desk.get(f"/stock/reservations/?{query}").content.decode()
        assert f">{shown.number}<" in page and f">{hidden.number}<" not in page
    assert f">{first.number}<" in desk.get("/stock/reservations/?view=long").content.decode()


def test_an_order_limits_and_gives_back_what_it_holds_and_others_are_served(browser_of: Browser) -> None:
    desk = browser_of(make.person("sales_manager", department=make.department("SALES")))
    manager = make.person("rep", department=make.department("SALES"))
    goods = make.product("NUT-3", stock=6)
    holder, waiter = ordered(goods, 6, by=manager, of=make.customer(owner_id=manager.id)), ordered(goods, 4)
    do_jobs()
    path = f"/orders/{holder.number}/reservations/"
    assert "NUT-3" in desk.get(path).content.decode()
    assert desk.post(path, {"what": "limit", "until": "2020-01-01T10:00"}).status_code == 422
    assert desk.post(path, {"what": "limit", "until": "2099-01-01T10:00"}).status_code == 303
    assert Reservation.objects.get(line_id=holder.lines.get().pk).expires_at is not None
    assert "2099" in desk.get(path).content.decode()
    for wrong in ("1.5", "101", "x"):
        assert desk.post(path, {"what": "priority", "priority": wrong}).status_code == 422
    assert desk.post(path, {"what": "priority", "priority": "-3"}).status_code == 303
    assert make.fresh(holder.number).priority == -3
    assert desk.post(path, {"what": "nonsense"}).status_code == 422
    assert desk.post(path, {"what": "release-1"}).status_code == 303
    assert desk.post(path, {"what": "release"}).status_code == 409
    do_jobs()
    assert (held(holder), held(waiter), make.stock_of(goods)) == (0, 4, (6, 4))
    assert desk.post(path, {"what": "reserve"}).status_code == 303
    assert (held(holder), make.stock_of(goods)) == (2, (6, 6))


def test_an_order_that_is_delivered_complete_is_let_ship_available_goods_first_and_back(browser_of: Browser) -> None:
    seller = make.person("rep", "sales_manager", department=make.department("SALES"))
    desk = browser_of(seller)
    customer = make.customer(owner_id=seller.id)
    order = ordered(make.product("NUT-5", stock=3), 3, by=seller, of=customer, allows_backorder=False)
    path = f"/orders/{order.number}/reservations/"
    for what, is_allowed, offers in (("backorders", True, "complete"), ("complete", False, "backorders")):
        assert f'value="{what}"' in desk.get(path).content.decode()
        assert desk.post(path, {"what": what}).status_code == 303
        assert make.fresh(order.number).allows_backorder is is_allowed
        assert f'value="{offers}"' in desk.get(path).content.decode()


def test_what_a_cancelled_order_held_goes_to_who_waits() -> None:
    goods = make.product("NUT-4", stock=3)
    holder, waiter = ordered(goods, 3), ordered(goods, 2)
    move_order(holder.number, "cancel", inputs={"reason": "不要了"}, by=make.boss())
    do_jobs()
    assert (held(holder), held(waiter)) == (0, 2)


def test_why_is_answered_and_stock_changes_hands(browser_of: Browser) -> None:
    sales = make.department("SALES2")
    rep = make.person("rep", department=sales)
    desk, mere_rep = browser_of(make.person("sales_manager", department=sales)), browser_of(rep)
    goods = make.product("NUT-5", stock=6)
    own = {"by": rep, "of": make.customer(owner_id=rep.id)}
    holder, waiter = ordered(goods, 6, **own), ordered(goods, 4, **own)
    page = desk.get(f"/stock/why/NUT-5/?order={waiter.number}").content.decode()
    assert f"{waiter.number} lacks 4" in page and holder.number in page and 'name="giver"' in page
    assert 'name="giver"' not in mere_rep.get("/stock/why/NUT-5/").content.decode()
    assert f"/stock/why/NUT-5/?order={waiter.number}" in desk.get(f"/orders/{waiter.number}/").content.decode()
    facts = {"giver": holder.number, "taker": waiter.number, "reason": "急"}
    assert desk.post("/stock/hand-over/NUT-5/", facts | {"quantity": "9"}).status_code == 409
    assert desk.post("/stock/hand-over/NUT-5/", facts | {"quantity": "x"}).status_code == 422
    assert desk.post("/stock/hand-over/NUT-5/", facts | {"quantity": "4"}).status_code == 303
    assert (held(holder), held(waiter)) == (2, 4)


def test_rules_of_sourcing_are_tried_and_kept_on_their_page(browser_of: Browser) -> None:
    desk = browser_of(make.person("warehouse", "executive"))
    create_warehouse(code="WR-SOUTH", name_zh="华南仓", name_en="South", province="广东省", by=make.boss())
    goods = make.product("NUT-6", stock=5)
    order = make.order(products=[goods], quantity=2)
    page = desk.get(f"/shipping-rules/?order={order.number}").content.decode()
    assert "NUT-6" in page and "South" in page
    assert "SO-NONE" in desk.get("/shipping-rules/?order=SO-NONE").content.decode()
    kinds = ("priority", "nearest", "single_parcel", "own_fleet", "split", "divide", "direct")
    typed = {"kind": kinds, **{f"place-{kind}": str(n) for n, kind in enumerate(kinds)}, "active-priority": "1"}
    assert desk.post("/shipping-rules/", typed | {"what": "try", "order": order.number}).status_code == 200
    assert sourcing_rules()[0] == ("single_parcel", True)
    make.receive(goods, 4, warehouse=Warehouse.objects.get(code="WR-SOUTH"))
    wanted = make.order(state="draft", products=[goods], quantity=8)
    tried = {"what": "try", "order": wanted.number, "active-divide": "1"}
    assert "becomes 2 lines when confirmed" in desk.post("/shipping-rules/", typed | tried).content.decode()
    assert desk.post("/shipping-rules/", typed | {"what": "save"}).status_code == 303
    assert sourcing_rules()[0] == ("priority", True)
    assert desk.post("/shipping-rules/", {"what": "save", "kind": "split"}).status_code == 422
    # What is no rank is told at its place, and nothing is put in another order by it.
    kept = sourcing_rules()
    for wrong in ("abc", "1,5", ""):
        answer = desk.post("/shipping-rules/", typed | {"what": "save", "place-priority": wrong})
        page = answer.content.decode()
        assert (answer.status_code, f'value="{wrong}"' in page, "Enter a whole number" in page) == (422, True, True)
    assert sourcing_rules() == kept
    facts = {"code": "WR-3PL", "name_zh": "外包仓", "operator": "third_party", "priority": "4"}
    assert desk.post("/warehouses/new/", facts).status_code == 303
    assert (Warehouse.objects.get(code="WR-3PL").operator, Warehouse.objects.get(code="WR-3PL").priority) == (
        "third_party",
        4,
    )


def test_the_lot_of_a_line_is_changed_and_a_transfer_gets_its_day(browser_of: Browser) -> None:
    desk = browser_of(make.person("executive", "warehouse", "rep"))
    goods = make.product("NUT-LOT", tracking="lot")
    for lot in ("WL-1", "WL-2"):
        receive_stock(
            product_id=goods.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(5),
            reason="opening",
            lots=[LotInput(code=lot, quantity=Decimal(5))],
            by=make.boss(),
        )
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    lines = (LineInput(sku="NUT-LOT", quantity=Decimal(3)),)
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines), by=make.boss())
    path = f"/orders/{order.number}/reservations/"
    page = desk.get(path).content.decode()
    assert 'name="lot_of-1"' in page and "WL-2" in page
    assert desk.post(path, {"what": "lot-1", "lot_of-1": "WL-2"}).status_code == 303
    assert Reservation.objects.get().lot.code == "WL-2"  # type: ignore[union-attr]
    assert desk.post(path, {"what": "lot-1", "lot_of-1": "NONE"}).status_code == 422
    assert desk.post(path, {"what": "plan", "planned_on": "2020-01-01"}).status_code == 422
    assert desk.post(path, {"what": "plan", "planned_on": "2099-01-02"}).status_code == 303
    assert "2099-01-02" in desk.get(f"/orders/{order.number}/").content.decode()
