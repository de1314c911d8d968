"""Shipped in parts, billed in parts: each shipment raises a step of the plan for its share, and bills its own goods."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from shundan.billing.actions import PartInput, TermInput, credit_invoice, invoice_part, plan_invoices, save_payment_term
from shundan.billing.actions.plans import PartNotDue
from shundan.billing.models import Invoice, PlannedPart
from shundan.billing.queries import invoice_plan
from shundan.fulfilment.actions import post_direct_delivery, reverse_direct_delivery, ship_order
from shundan.kernel.models import Event
from shundan.orders.actions import (
    ChangeWish,
    LineInput,
    LineWish,
    OrderInput,
    amend_order,
    deliver_directly,
    move_order,
    place_order,
)
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.api.client import as_person
from tests.jobs import do_jobs
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
D = Decimal
THREE = (
    PartInput(percent=D(30), event="order", name="预付"),
    PartInput(percent=D(60), event="each_shipment", name="发货"),
    PartInput(percent=D(10), event="delivery", days=30, name="质保金"),
)
WHOLE = (PartInput(percent=D(100), event="each_shipment"),)


def amounts(order: Order) -> dict[int, Decimal]:
    """Return what each part is worth now, by position."""
    return {one.part.position: one.amount for one in invoice_plan(make.fresh(order.number), by=make.boss())}


def due(order: Order) -> list[int]:
    """Return which parts may be invoiced now."""
    return [one.part.position for one in invoice_plan(make.fresh(order.number), by=make.boss()) if one.is_due]


def ship(order: Order, quantities: Mapping[int, int] | None = None) -> None:
    """Ship so much of each line, by position; without quantities all that is left."""
    given = {position: D(quantity) for position, quantity in quantities.items()} if quantities else None
    ship_order(order.number, quantities=given, by=make.boss())


def test_each_partial_shipment_raises_a_step_that_is_billed_for_its_share() -> None:
    order = make.order()
    plan_invoices(order.number, THREE, by=make.boss())
    invoice_part(order.number, 1, by=make.boss())
    with make.refused(PartNotDue):
        invoice_part(order.number, 2, by=make.boss())
    ship(order, {1: 4})
    # 400.00 of 1,000.00 have left: 60 % of that.
    assert (amounts(order), due(order)) == ({1: D(300), 2: D(360), 3: D(100), 4: D(240)}, [4])
    ship(order, {1: 1})
    assert (amounts(order), due(order)) == ({1: D(300), 2: D(300), 3: D(100), 4: D(240), 5: D(60)}, [4, 5])
    steps = Event.objects.filter(kind="order.plan_step_raised").order_by("id")
    assert [(one.data["position"], one.data["of"], one.data["percent"]) for one in steps] == [(4, 2, "24"), (5, 2, "6")]
    assert invoice_part(order.number, 5, by=make.boss()).total == D(60)
    assert invoice_part(order.number, 4, by=make.boss()).total == D(240)
    ship(order)
    # The last shipment bills the part itself.
    assert due(order) == [2]
    assert invoice_part(order.number, 2, by=make.boss()).total == D(300)
    assert amounts(order) == {1: D(300), 2: D(300), 3: D(100), 4: D(240), 5: D(60)}
    assert make.fresh(order.number).invoiced == D(900)


def test_a_step_bills_the_goods_of_its_shipment() -> None:
    order = make.order(lines=2, quantity=3, price="33.37")
    plan_invoices(order.number, WHOLE, by=make.boss())
    ship(order, {1: 3})
    ship(order, {2: 1})
    first, second = (invoice_part(order.number, position, by=make.boss()) for position in (2, 3))
    billed = [
        [(one.order_line.position, one.quantity, one.gross) for one in each.lines.all()] for each in (first, second)
    ]
    assert billed == [[(1, D(3), D("100.11"))], [(2, D(1), D("33.37"))]]
    ship(order)
    assert invoice_part(order.number, 1, by=make.boss()).total == D("66.74")
    found = make.fresh(order.number)
    assert (found.invoiced, found.state) == (order.total, "completed")
    assert [line.invoiced for line in found.lines.all()] == [D(3), D(3)]


@pytest.mark.parametrize("price", ["0.01", "9.99", "33.33", "1234567.89"])
def test_steps_add_up_to_the_order_exactly(price: str) -> None:
    order = make.order(lines=3, quantity=7, price=price)
    plan_invoices(order.number, (*THREE[1:2], PartInput(percent=D(40), event="each_shipment", days=5)), by=make.boss())
    for quantities in ({1: 1}, {2: 2, 3: 1}, {1: 5}):
        ship(order, quantities)
        assert sum(amounts(order).values()) == order.total
    assert len(PlannedPart.objects.filter(of_part=1)) == len(PlannedPart.objects.filter(of_part=2)) == 3
    ship(order)
    later = make.on(make.boss(), days=5)
    for position, amount in sorted(amounts(order).items(), reverse=True):
        if amount:
            assert invoice_part(order.number, position, by=later).total == amounts(order)[position]
    found = make.fresh(order.number)
    assert (found.invoiced, found.exposure) == (order.total, 0)


def test_what_is_changed_or_closed_between_shipments_is_shared_out() -> None:
    order = make.order()
    plan_invoices(order.number, WHOLE, by=make.boss())
    ship(order, {1: 4})
    step = invoice_part(order.number, 2, by=make.boss())
    assert step.total == D(400)
    amend_order(
        order.number, ChangeWish(lines=(LineWish(position=1, quantity=D(8)),)), by=make.boss(), reason_code="stock"
    )
    ship(order, {1: 1})
    assert amounts(order) == {1: D(300), 2: D(400), 3: D(100)}
    # Credited, a step is billed again; what is closed is not billed at all.
    credit_invoice(step.number, reason="抬头有误", by=make.boss())
    move_order(order.number, "close", by=make.boss(), inputs={"reason": "test"})
    assert sum(amounts(order).values()) == D(500) and sorted(due(order)) == [1, 2, 3]
    for position in due(order):
        if amounts(order)[position]:
            invoice_part(order.number, position, by=make.boss())
    assert make.fresh(order.number).invoiced == D(500)


def test_a_delivery_of_a_supplier_that_is_undone_gives_its_step_back() -> None:
    pump = make.product("PUMP")
    line = LineInput(sku=pump.sku, quantity=D(10))
    wish = OrderInput(customer=make.customer().number, lines=(line,), allows_backorder=True)
    order = place_order(wish, by=make.boss())
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    (purchase,) = deliver_directly(order.number, [1], supplier=supplier.number, by=make.boss())
    for step in ("submit", "confirm"):
        move_order(purchase.number, step, by=make.boss())
    plan_invoices(order.number, WHOLE, by=make.boss())
    send = lambda n: post_direct_delivery(purchase.number, quantities={1: D(n)}, by=make.boss())  # noqa: E731
    send(4)
    second, third = send(2), send(4)
    assert amounts(order) == {1: D(400), 2: D(400), 3: D(200)} and sorted(due(order)) == [1, 2, 3]
    reverse_direct_delivery(third.number, reason="登记有误", by=make.boss())
    assert (amounts(order), due(order)) == ({1: D(400), 2: D(400), 3: D(200)}, [2, 3])
    reverse_direct_delivery(second.number, reason="登记有误", by=make.boss())
    assert amounts(order) == {1: D(600), 2: D(400)}
    assert Event.objects.filter(kind="order.plan_step_taken_back").count() == 1
    send(6)
    assert amounts(order) == {1: D(600), 2: D(400)} and sorted(due(order)) == [1, 2]


def test_a_plan_made_after_a_partial_shipment_begins_with_a_step() -> None:
    order = make.order()
    ship(order, {1: 4})
    plan_invoices(order.number, WHOLE, by=make.boss())
    assert (amounts(order), due(order)) == ({1: D(600), 2: D(400)}, [2])
    invoice_part(order.number, 2, by=make.boss())
    plan_invoices(order.number, WHOLE, by=make.boss())
    assert (sorted(amounts(order).values()), due(order)) == ([D(400), D(600)], [])


def test_a_type_that_invoices_by_itself_bills_each_shipment() -> None:
    make.publish_type("sales", invoices_itself=True)
    order = make.order(state="draft")
    code = order.payment_term.code
    save_payment_term(code, TermInput(name_zh="分批", name_en="In parts", days=0, parts=WHOLE), by=make.boss())
    make.advance(order.number, "confirmed")
    do_jobs()
    for quantity in (4, 1, 5):
        ship(order, {1: quantity})
        do_jobs()
    assert list(Invoice.objects.order_by("id").values_list("total", flat=True)) == [D(400), D(100), D(500)]


def test_the_page_and_the_api_tell_steps_of_their_parts(browser_of: Browser) -> None:
    order, finance = make.order(), make.person("finance")
    web, api = browser_of(finance), as_person(finance)
    place = f"/orders/{order.number}/invoice-plan"
    parts: list[Any] = [{"percent": "100", "event": "each_shipment", "name": "分批"}]
    assert api.put(place, {"parts": parts}).body["parts"][0]["event"] == "each_shipment"
    ship(order, {1: 4})
    told = api.get(place).body["parts"]
    assert [(one["of_part"], one["percent"], one["amount"], one["is_due"]) for one in told] == [
        (None, "60", "600.00", False),
        (1, "40", "400.00", True),
    ]
    shown = web.get(f"/orders/{order.number}/plan/").content.decode()
    assert "of part 1" in shown and "400.00" in shown and shown.count('name="part-0-percent"') == 1
    assert 'name="part-1-percent"' not in shown
    assert web.post(f"/orders/{order.number}/plan/2/invoice/").status_code == 303
    assert api.get(place).body["parts"][1]["invoice"] == Invoice.objects.get().number
    assert "part 2 of the invoice plan is due" in web.get(f"/orders/{order.number}/?tab=history").content.decode()
