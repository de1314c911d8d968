"""Lines across orders: who holds stock, what was paid last, where a product went."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import TextField, Value
from django.db.models.functions import Coalesce

from shundan.kernel.actor import Actor
from shundan.orders.models import OrderLine
from shundan.orders.rules import AgreedPrice
from shundan.orders.scopes import visible_orders

# A kit seldom has more parts; of one that has, fewer orders are shown.
LINES_LOOKED_AT = 10
LINES_SEARCHED = 2000


def last_prices(*, by: Actor, customer_id: int, product_ids: Iterable[int]) -> dict[int, tuple[Decimal, date]]:
    """Return the last price and day that a customer paid for products, of the orders this actor sees."""
    rows = (
        OrderLine.objects.filter(
            order__in=visible_orders(by).filter(customer_id=customer_id).exclude(category="cancelled"),
            product_id__in=list(product_ids),
            # What a part of a kit came to is no price of its own.
            kit__isnull=True,
        )
        .order_by("product_id", "-order_id")
        .distinct("product_id")
        .values_list("product_id", "unit_price", "order__ordered_on")
    )
    return {product: (price, on) for product, price, on in rows}


def last_purchase_prices_unscoped(
    supplier_id: int | None, currency: str, product_ids: Iterable[int]
) -> dict[int, AgreedPrice]:
    """Return what products last cost in orders to a supplier, for those who enter purchases."""
    rows = OrderLine.objects.filter(
        order__supplier=supplier_id,
        order__kind="purchase",
        order__currency=currency,
        product_id__in=list(product_ids),
    ).exclude(order__category__in=("draft", "cancelled"))
    return {line.product_id: line.agreed for line in rows.order_by("product_id", "-order_id").distinct("product_id")}


def latest_lines_of_product(product_id: int, *, by: Actor, limit: int = 10) -> list[OrderLine]:
    """Return the latest lines of a product in the orders this actor sees."""
    if not by.may("order.read"):
        return []
    rows = OrderLine.objects.filter(product_id=product_id, order__in=visible_orders(by))
    return list(rows.select_related("order", "order__customer").order_by("-order_id")[:limit])


def latest_lines_of_kit(product_id: int, parts: Iterable[int], *, by: Actor, limit: int = 10) -> list[OrderLine]:
    """Return one line for each of the latest times a kit was sold in the orders this actor sees.

    Looked for among the latest lines of its parts, so that a part sold a million times costs no more.
    """
    if not by.may("order.read"):
        return []
    latest = OrderLine.objects.filter(product_id__in=list(parts)).order_by("-order_id").values("pk")[:LINES_SEARCHED]
    rows = OrderLine.objects.filter(pk__in=latest, kit__product=product_id, order__in=visible_orders(by))
    found: dict[tuple[int, int], OrderLine] = {}
    for line in rows.select_related("order", "order__customer").order_by("-order_id", "position")[
        : limit * LINES_LOOKED_AT
    ]:
        if line.kit:
            found.setdefault((line.order_id, line.kit["group"]), line)
    return list(found.values())[:limit]


def holders_of_lines(line_ids: Iterable[int], *, by: Actor) -> dict[int, tuple[str, str]]:
    """Return (order number, name of its party or receiver) of lines by id, of the orders this actor sees."""
    if not by.may("order.read"):
        return {}
    rows = OrderLine.objects.filter(pk__in=list(line_ids), order__in=visible_orders(by))
    party = Coalesce(
        "order__customer__name", "order__supplier__name", "order__target_warehouse__name_zh", Value("", TextField())
    )
    return {pk: (number, name) for pk, number, name in rows.values_list("pk", "order__number", party)}


def lines_by_ids_unscoped(ids: Iterable[int]) -> dict[int, OrderLine]:
    """Return lines with their orders by id, for rooms above that show who holds stock."""
    return {line.pk: line for line in OrderLine.objects.filter(pk__in=list(ids)).select_related("order")}
