"""A purchase with tolerances: too much is refused, what comes is inspected, the bad part goes back, costs follow."""

from dataclasses import replace
from decimal import Decimal

from shundan.billing.actions import register_bill
from shundan.billing.actions.bills import GoodsExamined
from shundan.catalog.actions import set_product_cost
from shundan.catalog.queries import get_product
from shundan.fulfilment.actions import (
    ChargeInput,
    Finding,
    InspectionDecided,
    OwnConcession,
    ReceivingRuleInput,
    ReturnedAlready,
    agree_concession,
    decide_inspection,
    post_landed_cost,
    receive_goods,
    reopen_inspection,
    return_rejected,
    reverse_landed_cost,
    reverse_receipt,
    save_receiving_rule,
    ship_order,
)
from shundan.fulfilment.actions.receipts import TooManyReceived
from shundan.fulfilment.queries import (
    ReceiptBearsCosts,
    get_landed_cost,
    inspection_of_receipt,
    inspections_to_do,
    lines_of_inspection,
)
from shundan.inventory.actions import LocationInput, save_location, shift_stock
from shundan.inventory.models import StockLevel, StockPosition
from shundan.inventory.queries import list_to_put_away
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.orders.models import OrderLine
from shundan.orders.queries import get_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.cast import Cast


def test_goods_within_tolerance_are_inspected_and_the_rejected_part_goes_back(people: Cast) -> None:
    valves = make.product("QC-VALVE", price="35.00", name_zh="球阀")
    wu, sun = make.person("purchasing", name="吴刚"), people.sun
    works = create_supplier(SupplierInput(name="温州阀门厂"), by=wu)
    save_receiving_rule(ReceivingRuleInput(over_percent=Decimal(2)), by=wu)
    rule = ReceivingRuleInput(
        sku="QC-VALVE",
        over_percent=Decimal(5),
        short_percent=Decimal(3),
        examined="sample",
        sample_percent=Decimal(10),
    )
    save_receiving_rule(rule, by=wu)
    set_product_cost("QC-VALVE", Decimal(20), version=get_product("QC-VALVE", by=wu).version, by=wu)
    wanted = LineInput(sku="QC-VALVE", quantity=Decimal(100), unit_price=Decimal("22.60"))
    bought = place_order(OrderInput(type="purchase", supplier=works.number, lines=(wanted,)), by=wu)

    # 60 come, then 46: 105 are the most, so 45 are allowed, and 46 are refused with that number.
    first = receive_goods(bought.number, quantities={1: Decimal(60)}, by=sun)
    with make.refused(TooManyReceived) as refused:
        receive_goods(bought.number, quantities={1: Decimal(46)}, by=sun)
    assert refused.value.details[0].code == "quantity_not_awaited"
    assert "45" in str(refused.value.details[0].message)
    second = receive_goods(bought.number, quantities={1: Decimal(44)}, by=sun)
    line = OrderLine.objects.get(order=bought)
    assert (line.quantity, line.shipped, line.over, line.invoiced) == (100, 104, 4, 0)

    # All stand in quarantine: on hand, and not available.
    level = StockLevel.objects.get(product=valves)
    assert (level.on_hand, level.blocked, level.available) == (104, 104, 0)
    assert [one.receipt_id for one in inspections_to_do(by=sun, limit=9)] == [first.pk, second.pk]

    # Sun looks at 6 of the first 60 and rejects 10; 5 are to be taken despite scratches: Wu agrees, not Sun.
    quality = inspection_of_receipt(first.pk, by=sun)
    assert quality is not None
    (row,) = lines_of_inspection(quality)
    assert (row.quantity, row.sample, row.supplier_id) == (60, 6, works.pk)
    finding = Finding(line_id=row.pk, accepted=Decimal(45), conceded=Decimal(5), rejected=Decimal(10), reason="划痕")
    assert decide_inspection(quality.number, [finding], by=sun).state == "waiting"
    assert make.stock_of(valves) == (Decimal(104), Decimal(0))
    with make.refused(OwnConcession):
        agree_concession(quality.number, by=replace(wu, id=sun.id))
    assert agree_concession(quality.number, by=wu).state == "decided"
    level = StockLevel.objects.get(product=valves)
    assert (level.on_hand, level.blocked, level.available) == (104, 54, 50)
    with make.refused(InspectionDecided):
        reverse_receipt(first.number, by=sun)

    # What was rejected is not payable, nor what nobody has judged yet: 50 are.
    with make.refused(GoodsExamined) as waiting:
        register_bill(bought.number, quantities={1: Decimal(94)}, by=people.zhao)
    assert "44" in str(waiting.value.details[0].message)
    bill = register_bill(bought.number, by=people.zhao)
    assert bill.total == Decimal("1130.00")
    with make.refused(GoodsExamined):
        register_bill(bought.number, by=people.zhao)

    # The accepted ones wait to be put on a shelf.
    main = make.main_warehouse()
    save_location(main.code, LocationInput(code="QC-A1", kind="shelf"), by=make.boss())
    (position,) = [one for one in list_to_put_away(main, by=sun) if one.product_id == valves.pk]
    assert position.quantity == 50
    shift_stock(position.pk, quantity=Decimal(50), location="QC-A1", by=sun)

    # One click makes the return of the rejected part; nothing is reserved for it, and it leaves from what is blocked.
    back = return_rejected(quality.number, by=wu)
    assert (back.kind, back.supplier_id, back.total) == ("return", works.pk, Decimal("226.00"))
    with make.refused(ReturnedAlready):
        return_rejected(quality.number, by=wu)
    with make.refused(ReturnedAlready):
        reopen_inspection(quality.number, reason="复检", by=sun)
    move_order(back.number, "submit", by=wu)
    move_order(back.number, "confirm", by=wu)
    assert make.stock_of(valves) == (Decimal(104), Decimal(0))
    ship_order(back.number, by=sun)
    level = StockLevel.objects.get(product=valves)
    assert (level.on_hand, level.blocked, level.available) == (94, 44, 50)
    line.refresh_from_db()
    assert (line.shipped, line.returned, line.rejected, line.invoiced) == (104, 10, 0, 50)
    assert move_order(back.number, "settle", by=people.zhao).state == "completed"

    # The second 44 are fine; the order is complete with them: received 104, back 10, billed 94.
    quality = inspection_of_receipt(second.pk, by=sun)
    assert quality is not None
    (row,) = lines_of_inspection(quality)
    decide_inspection(quality.number, [Finding(line_id=row.pk, accepted=Decimal(44))], by=sun)
    assert register_bill(bought.number, by=people.zhao).total == Decimal("994.40")
    assert get_order(bought.number, by=wu).state == "completed"

    # Freight of 100.00 is borne by the 94 that were kept; all are here, so the cost rises by 100 / 94.
    cost = post_landed_cost(
        [first.number, second.number], [ChargeInput(kind="freight", amount=Decimal(100))], by=people.zhao
    )
    parts = [part for charge in get_landed_cost(cost.number, by=wu).charges.all() for part in charge.parts.all()]
    assert [part.amount for part in parts] == [Decimal("53.19"), Decimal("46.81")]
    assert get_product("QC-VALVE", by=wu).standard_cost == Decimal("21.063830")
    with make.refused(ReceiptBearsCosts):
        reverse_receipt(second.number, by=sun)
    reverse_landed_cost(cost.number, reason="运费由供应商承担", by=people.zhao)
    assert get_product("QC-VALVE", by=wu).standard_cost == Decimal(20)
    assert not StockPosition.objects.filter(product=valves, status__in=["quarantine", "blocked"]).exists()


def test_what_little_is_missing_closes_the_line_and_comes_back_with_the_receipt(people: Cast) -> None:
    make.product("QC-NUT", name_zh="螺母")
    wu, sun = make.person("purchasing", name="吴刚"), people.sun
    works = create_supplier(SupplierInput(name="温州紧固件厂"), by=wu)
    save_receiving_rule(ReceivingRuleInput(supplier=works.number, short_percent=Decimal(2)), by=wu)
    wanted = LineInput(sku="QC-NUT", quantity=Decimal(100), unit_price=Decimal(1))
    bought = place_order(OrderInput(type="purchase", supplier=works.number, lines=(wanted,)), by=wu)

    receive_goods(bought.number, quantities={1: Decimal(90)}, by=sun)
    assert OrderLine.objects.get(order=bought).cancelled == 0
    last = receive_goods(bought.number, quantities={1: Decimal(8)}, by=sun)
    line = OrderLine.objects.get(order=bought)
    assert (line.shipped, line.cancelled) == (98, 2)
    register_bill(bought.number, by=people.zhao, total=Decimal("98.00"), reference="QC-N")
    assert get_order(bought.number, by=wu).state == "completed"

    other = place_order(OrderInput(type="purchase", supplier=works.number, lines=(wanted,)), by=wu)
    last = receive_goods(other.number, quantities={1: Decimal(99)}, by=sun)
    assert OrderLine.objects.get(order=other).cancelled == 1
    reverse_receipt(last.number, by=sun)
    line = OrderLine.objects.get(order=other)
    assert (line.shipped, line.cancelled, line.over) == (0, 0, 0)
