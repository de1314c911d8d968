"""Purchases of other days: ordered, issued, received, sent back by the real actions at their moment."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from shundan.catalog.models import Product
from shundan.fulfilment.actions import receive_goods, ship_order
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.analytics.test_stock_reports import days_ago

Came = tuple[int, int] | tuple[int, int, int]


def supplier(name: str, **more: str) -> str:
    """Add a supplier and return its number."""
    make.shipped()
    return create_supplier(SupplierInput(name=name, **more), by=make.boss()).number


def bought(
    of: str,
    *lines: tuple[Product, int, str],
    days: int,
    due: date | None = None,
    came: Sequence[Came] = (),
    state: str = "issued",
    acknowledged: int | None = None,
    currency: str | None = None,
) -> Order:
    """Order so many days ago; of each line came so much so many days ago (and so much of it was rejected)."""
    by = make.boss(days_ago(days))
    given = OrderInput(
        type="purchase",
        supplier=of,
        currency=currency,
        requested_on=due,
        lines=tuple(
            LineInput(sku=goods.sku, quantity=Decimal(quantity), unit_price=Decimal(price))
            for goods, quantity, price in lines
        ),
    )
    number = create_order(given, by=by).number
    if state == "draft":
        return make.fresh(number)
    if move_order(number, "submit", by=by).state == "submitted":
        move_order(number, "approve", by=by)
    move_order(number, "confirm", by=by)
    if acknowledged is not None:
        move_order(number, "acknowledge", by=make.boss(days_ago(acknowledged)))
    for one in came:
        at, quantity, rejected = (*one, 0)[:3]
        receive_goods(
            number,
            quantities=dict.fromkeys(range(1, len(lines) + 1), Decimal(quantity)),
            rejected=dict.fromkeys(range(1, len(lines) + 1), Decimal(rejected)) if rejected else None,
            by=make.boss(days_ago(at)),
        )
    return make.fresh(number)


def sent_back(order: Order, sku: str, quantity: int, *, days: int) -> Order:
    """Send goods back to their supplier."""
    by = make.boss(days_ago(days))
    given = OrderInput(
        type="purchase_return", origin=order.number, lines=(LineInput(sku=sku, quantity=Decimal(quantity)),)
    )
    number = create_order(given, by=by).number
    if move_order(number, "submit", by=by).state == "submitted":
        move_order(number, "approve", by=by)
    move_order(number, "confirm", by=by)
    ship_order(number, by=by)
    return make.fresh(number)
