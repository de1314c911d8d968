"""Receiving rules, inspections of lots, and landed costs by quantity and weight, beside the story of a purchase."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shundan.catalog.actions import set_product_cost
from shundan.catalog.models import Product
from shundan.fulfilment.actions import (
    ChargeInput,
    Finding,
    InspectionGone,
    NothingRejected,
    ReceivingRuleInput,
    WeightUnknown,
    decide_inspection,
    drop_receiving_rule,
    plan_shipment,
    post_landed_cost,
    receive_goods,
    refuse_concession,
    reopen_inspection,
    return_rejected,
    reverse_landed_cost,
    reverse_receipt,
    save_receiving_rule,
    ship_order,
)
from shundan.fulfilment.actions.receipts import TooManyReceived
from shundan.fulfilment.models import Inspection, LandedPart, Receipt, ReceiptLine
from shundan.fulfilment.queries import CostReversed, CostSetSince
from shundan.fulfilment.rules import sample_size, tolerated
from shundan.inventory.actions import LotInput, adjust_stock
from shundan.inventory.models import StockLevel, StockPosition
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db


def bought(*wanted: tuple[Product, int | str, str]) -> Order:
    """Return an issued purchase of these products, quantities and prices."""
    works = create_supplier(SupplierInput(name="苏州标准件厂"), by=make.boss())
    lines = tuple(
        LineInput(sku=product.sku, quantity=Decimal(quantity), unit_price=Decimal(price))
        for product, quantity, price in wanted
    )
    return place_order(OrderInput(type="purchase", supplier=works.number, lines=lines), by=make.boss())


def inspected(product: Product, quantity: int) -> tuple[Inspection, Receipt]:
    """Return the inspection of so many units that came."""
    save_receiving_rule(ReceivingRuleInput(sku=product.sku, examined="all"), by=make.boss())
    receipt = receive_goods(bought((product, quantity, "10.00")).number, by=make.boss())
    return receipt.inspections.get(), receipt


def cost_of(product: Product) -> Decimal | None:
    return Product.objects.get(pk=product.pk).standard_cost


def set_cost(product: Product, cost: str) -> None:
    version = Product.objects.get(pk=product.pk).version
    set_product_cost(product.sku, Decimal(cost), version=version, by=make.boss())


@pytest.mark.parametrize(
    ("quantity", "percent", "looked_at"),
    [("60", "10", "6"), ("61", "10", "7"), ("5", "1", "1"), ("0.5", "10", "0.5"), ("8", None, "8"), ("9", "100", "9")],
)
def test_a_sample_is_rounded_up_to_whole_units(quantity: str, percent: str | None, looked_at: str) -> None:
    assert sample_size(Decimal(quantity), None if percent is None else Decimal(percent)) == Decimal(looked_at)


def test_a_tolerance_is_rounded_down_to_what_the_unit_can_say() -> None:
    assert tolerated(Decimal(99), Decimal(5), decimals=0) == 4
    assert tolerated(Decimal("12.5"), Decimal(3), decimals=3) == Decimal("0.375")


def test_the_closest_rule_holds_as_a_whole() -> None:
    one, other = make.product("RCV-1"), make.product("RCV-2")
    save_receiving_rule(ReceivingRuleInput(over_percent=Decimal(50)), by=make.boss())
    save_receiving_rule(ReceivingRuleInput(sku="RCV-1", short_percent=Decimal(10)), by=make.boss())
    order = bought((one, 10, "1.00"), (other, 10, "1.00"))
    with make.refused(TooManyReceived, "quantity_not_awaited"):
        receive_goods(order.number, quantities={1: Decimal(11)}, by=make.boss())
    receive_goods(order.number, quantities={1: Decimal(9), 2: Decimal(15)}, by=make.boss())
    rows = ReceiptLine.objects.filter(order_line__order=order).order_by("order_line__position")
    assert [(row.over, row.closed) for row in rows] == [(0, 1), (5, 0)]
    drop_receiving_rule("RCV-1", "", by=make.boss())
    with make.refused(Malformed):
        save_receiving_rule(ReceivingRuleInput(sku="RCV-1", examined="sample"), by=make.boss())
    with make.refused(NotPermitted):
        save_receiving_rule(ReceivingRuleInput(over_percent=Decimal(1)), by=make.actor("warehouse"))


def test_lots_are_judged_one_by_one_and_the_rejected_lot_leaves() -> None:
    paint = make.product("RCV-LOT", tracking="lot")
    save_receiving_rule(ReceivingRuleInput(sku=paint.sku, examined="all"), by=make.boss())
    lots = [LotInput(code="GOOD", quantity=Decimal(6)), LotInput(code="BAD", quantity=Decimal(4))]
    receipt = receive_goods(bought((paint, 10, "3.00")).number, lots={1: lots}, by=make.boss())
    inspection = receipt.inspections.get()
    good, bad = inspection.lines.order_by("id")
    with make.refused(Malformed):
        decide_inspection(inspection.number, [Finding(line_id=good.pk, accepted=Decimal(6))], by=make.boss())
    decide_inspection(
        inspection.number,
        [
            Finding(line_id=good.pk, accepted=Decimal(6)),
            Finding(line_id=bad.pk, rejected=Decimal(4), reason="结块"),
        ],
        by=make.boss(),
    )
    with make.refused(InspectionGone):
        decide_inspection(inspection.number, [], by=make.boss())
    assert {(one.lot.code, one.status) for one in StockPosition.objects.filter(product=paint) if one.lot} == {
        ("GOOD", "usable"),
        ("BAD", "blocked"),
    }
    back = return_rejected(inspection.number, by=make.boss())
    for step in ("submit", "confirm"):
        move_order(back.number, step, by=make.boss())
    ship_order(back.number, by=make.boss())
    (left,) = StockPosition.objects.filter(product=paint).select_related("lot")
    assert (left.lot and left.lot.code, left.quantity) == ("GOOD", 6)


def test_a_refused_concession_goes_back_to_the_inspector_and_a_decision_can_be_taken_back() -> None:
    product = make.product("RCV-AGAIN")
    inspection, receipt = inspected(product, 8)
    line = inspection.lines.get()
    asked = Finding(line_id=line.pk, accepted=Decimal(5), conceded=Decimal(3), reason="色差")
    assert decide_inspection(inspection.number, [asked], by=make.boss()).state == "waiting"
    assert refuse_concession(inspection.number, reason="不接受", by=make.boss()).state == "open"
    rest = replace(asked, conceded=Decimal(0), rejected=Decimal(3))
    decide_inspection(inspection.number, [rest], by=make.boss())
    assert StockLevel.objects.get(product=product).available == 5

    again = reopen_inspection(inspection.number, reason="复检", by=make.boss())
    level = StockLevel.objects.get(product=product)
    assert (again.state, level.on_hand, level.available) == ("open", 8, 0)
    decide_inspection(again.number, [Finding(line_id=again.lines.get().pk, accepted=Decimal(8))], by=make.boss())
    assert StockLevel.objects.get(product=product).available == 8
    with make.refused(NothingRejected):
        return_rejected(again.number, by=make.boss())
    last = reopen_inspection(again.number, reason="收错", by=make.boss())
    reverse_receipt(receipt.number, by=make.boss())
    last.refresh_from_db()
    assert (last.state, StockLevel.objects.get(product=product).on_hand) == ("void", 0)


def test_costs_are_spread_to_the_cent_and_goods_that_are_gone_raise_nothing() -> None:
    heavy, light = make.product("RCV-HEAVY", weight=Decimal(9)), make.product("RCV-LIGHT", weight=Decimal(1))
    receipt = receive_goods(bought((heavy, 3, "10.00"), (light, 3, "90.00")).number, by=make.boss())
    set_cost(heavy, "10")
    set_cost(light, "90")
    # Two of the light ones are gone before the freight is known.
    adjust_stock(
        product_id=light.pk, warehouse_id=receipt.warehouse_id, delta=Decimal(-2), reason="lost", by=make.boss()
    )
    cost = post_landed_cost(
        [receipt.number],
        [
            ChargeInput(kind="freight", amount=Decimal("10.00"), spread_by="weight"),
            ChargeInput(kind="insurance", amount=Decimal("0.01"), spread_by="quantity"),
            ChargeInput(kind="duty", amount=Decimal("20.00"), spread_by="value"),
        ],
        by=make.boss(),
    )
    parts = LandedPart.objects.filter(charge__landed_cost=cost).order_by("charge__position", "receipt_line_id")
    assert [(part.amount, part.on_stock) for part in parts] == [
        (Decimal("9.00"), Decimal("9.00")),
        (Decimal("1.00"), Decimal("0.33")),
        (Decimal("0.01"), Decimal("0.01")),
        (Decimal("0.00"), Decimal("0.00")),
        (Decimal("2.00"), Decimal("2.00")),
        (Decimal("18.00"), Decimal("6.00")),
    ]
    assert (cost_of(heavy), cost_of(light)) == (Decimal("13.67"), Decimal("96.33"))

    # A second one and then the first are taken back, in whatever order.
    second = post_landed_cost([receipt.number], [ChargeInput(kind="other", amount=Decimal(6))], by=make.boss())
    reverse_landed_cost(cost.number, reason="x", by=make.boss())
    reverse_landed_cost(second.number, reason="x", by=make.boss())
    assert (cost_of(heavy), cost_of(light)) == (Decimal(10), Decimal(90))
    with make.refused(CostReversed):
        reverse_landed_cost(cost.number, reason="x", by=make.boss())

    third = post_landed_cost([receipt.number], [ChargeInput(kind="other", amount=Decimal(6))], by=make.boss())
    set_cost(heavy, "12")
    with make.refused(CostSetSince):
        reverse_landed_cost(third.number, reason="x", by=make.boss())


def test_nothing_is_spread_by_a_weight_that_nobody_knows() -> None:
    receipt = receive_goods(bought((make.product("RCV-WHAT"), 3, "10.00")).number, by=make.boss())
    charge = ChargeInput(kind="freight", amount=Decimal(5), spread_by="weight")
    with make.refused(WeightUnknown):
        post_landed_cost([receipt.number], [charge], by=make.boss())
    with make.refused(Malformed):
        post_landed_cost([receipt.number], [replace(charge, amount=Decimal("0.005"))], by=make.boss())
    with make.refused(NotPermitted):
        post_landed_cost([receipt.number], [charge], by=make.actor("warehouse"))


@pytest.mark.parametrize("given", ["0.5", "0.000001", "0.0000001"])
def test_pieces_are_not_received_rejected_or_sent_in_parts(given: str) -> None:
    order = bought((make.product("RCV-PIECE"), 3, "10.00"))
    for wrong in ({"quantities": {1: Decimal(given)}}, {"rejected": {1: Decimal(given)}}):
        with make.refused(Malformed) as refusal:
            receive_goods(order.number, by=make.boss(), **wrong)
        assert [one.code for one in refusal.value.details] == ["too_many_decimals"]
    sold = make.order(state="confirmed", products=[make.product("RCV-SOLD", stock=3)], quantity=3)
    with make.refused(Malformed):
        plan_shipment(sold.number, quantities={1: Decimal(given)}, by=make.boss())
