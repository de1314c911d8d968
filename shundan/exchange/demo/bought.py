"""What the demo company bought before its days began: purchases taken over from an old system, as history."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from shundan.exchange.demo.calendar import at_work, day_of
from shundan.exchange.demo.world import Good, World
from shundan.orders.models import Order, OrderLine, OrderType
from shundan.orders.queries import current_type_version_id
from shundan.parties.models import Supplier
from shundan.workflow.queries import current_version_id

MONTHS, A_MONTH, GOODS = 12, 4, 24
CENT, SOURCE = Decimal("0.01"), "old"
# How much dearer than the others each supplier is, and what prices rose in a year.
DEARER = ("1.00", "0.97", "1.08", "1.02", "0.95", "1.12")
RISE = Decimal("0.09")
SHARE_OF_PRICE = Decimal("0.6")


def take_over_purchases(world: World, *, until: datetime) -> None:
    """Keep a year of purchases as history: some goods of one supplier alone, the others of two or three."""
    rng = Random(A_MONTH)  # noqa: S311 - a demo, no secret; its own, so that nothing else changes by it
    suppliers = list(Supplier.objects.order_by("id"))
    goods = [one for one in world.goods if one.product.kind == "goods" and one.usual and one.leaves_at is None][:GOODS]
    places, type_ = list(world.warehouses.values()), OrderType.objects.get(code="purchase")
    known = {
        "type": type_,
        "type_version_id": current_type_version_id(type_),
        "workflow_id": current_version_id(type_.workflow),
    }
    orders: list[Order] = []
    lines: list[OrderLine] = []
    for at in range(MONTHS * A_MONTH):
        day = day_of(until) - timedelta(days=360 - at * 350 // (MONTHS * A_MONTH))
        moment, who = at_work(rng, day), rng.randrange(len(suppliers))
        mine = [one for place, one in enumerate(goods) if who in _sellers(place, len(suppliers))]
        order = Order(
            **known,
            kind="purchase",
            number=f"CG{day:%Y%m}-{at + 1:03}",
            supplier=suppliers[who],
            warehouse=places[at % len(places)],
            state="completed",
            category="completed",
            fulfilment="delivered",
            invoicing="full",
            payment="paid",
            currency="CNY",
            ordered_on=day_of(moment),
            source=SOURCE,
            source_key=str(at + 1),
            is_history=True,
            created_at=moment,
            changed_at=moment,
        )
        rate = Decimal(DEARER[who % len(DEARER)]) * (1 + RISE * at / (MONTHS * A_MONTH))
        chosen = rng.sample(mine, min(len(mine), rng.randint(1, 3)))
        mine_lines = [_line(world, order, place, one, rate, rng) for place, one in enumerate(chosen, start=1)]
        _sum_up(order, mine_lines)
        orders.append(order)
        lines += mine_lines
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(lines)


def _sellers(place: int, count: int) -> set[int]:
    """Return who sells a product: every third one is sold by one supplier alone."""
    return {place % count} if place % 3 == 0 else {place % count, (place + 1) % count, (place + 3) % count}


def _line(world: World, order: Order, position: int, good: Good, rate: Decimal, rng: Random) -> OrderLine:
    product, quantity = good.product, Decimal(good.usual * rng.randint(4, 9))
    listed = good.offers["CNY"].price(Decimal(1)) or Decimal(10)
    price = (listed * SHARE_OF_PRICE * rate * Decimal(rng.randint(98, 102)) / 100).quantize(CENT, ROUND_HALF_UP)
    gross = (price * quantity).quantize(CENT, ROUND_HALF_UP)
    tax = world.taxes.tax_on(product.tax_rate.code, order.ordered_on)
    assert tax is not None
    net = (gross / (1 + tax.rate)).quantize(CENT, ROUND_HALF_UP)
    return OrderLine(
        order=order,
        position=position,
        product=product,
        sku=product.sku,
        name_zh=product.name_zh,
        name_en=product.name_en,
        unit=product.unit.code,
        is_history=True,
        warehouse=order.warehouse,
        quantity=quantity,
        unit_price=price,
        tax_code=tax.code,
        tax_kind=tax.kind,
        tax_rate=tax.rate,
        gross=gross,
        net=net,
        tax=gross - net,
        shipped=quantity,
        delivered=quantity,
        invoiced=quantity,
    )


def _sum_up(order: Order, lines: Sequence[OrderLine]) -> None:
    order.net, order.tax = sum((one.net for one in lines), Decimal(0)), sum((one.tax for one in lines), Decimal(0))
    order.total = order.company_total = order.invoiced = order.paid = order.net + order.tax
    order.line_count = len(lines)
