"""What suppliers bring to customers themselves: what is ordered of them, and what is still to be ordered."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.money import ZERO
from shundan.orders.models import DirectSupplier, Order, OrderLine
from shundan.orders.queries.record import lines_of


@dataclass(frozen=True, slots=True)
class DirectLine:
    """A line of a sale that a supplier brings, with what of it is ordered of suppliers, and what is not yet."""

    line: OrderLine
    ordered: Decimal
    left: Decimal


def is_direct_purchase(order: Order) -> bool:
    """Tell whether an order's supplier brings the goods to a customer of ours."""
    return order.kind == "purchase" and order.origin_id is not None


def direct_lines_of(order: Order) -> list[DirectLine]:
    """Return the lines of a sale that suppliers bring to the customer."""
    lines = [line for line in lines_of(order) if line.is_direct]
    if order.kind != "sale" or not lines:
        return []
    ordered = supplied_unscoped(line.pk for line in lines)
    return [
        DirectLine(
            line,
            ordered.get(line.pk, ZERO),
            max(ZERO, line.quantity - line.cancelled - ordered.get(line.pk, ZERO)),
        )
        for line in lines
    ]


def supplied_unscoped(line_ids: Iterable[int], *, besides: int | None = None) -> dict[int, Decimal]:
    """Return by the id of a sale's line what purchases that were not cancelled bring of it, `besides` one of them."""
    rows = OrderLine.objects.filter(source_line_id__in=list(line_ids), is_direct=True)
    rows = rows.exclude(order__category="cancelled").exclude(order_id=besides or 0)
    return dict(rows.values_list("source_line_id").annotate(q=Sum(F("quantity") - F("cancelled"))))


def open_direct_purchases_unscoped(order: Order) -> list[str]:
    """Return the numbers of the purchases that still bring something to the customer of a sale."""
    rows = Order.objects.filter(origin_id=order.pk, kind="purchase")
    rows = rows.exclude(category__in=("cancelled", "closed", "completed"))
    rows = rows.filter(lines__is_direct=True, lines__quantity__gt=F("lines__cancelled") + F("lines__shipped"))
    return list(rows.order_by("id").values_list("number", flat=True).distinct())


def list_direct_suppliers(*, by: Actor, supplier_id: int | None = None) -> list[DirectSupplier]:
    """Return who brings which product to customers (or what one supplier brings), by product. Raises: NotPermitted."""
    require(by, "supplier.read")
    rows = DirectSupplier.objects.select_related("product", "product__unit", "supplier").order_by("product__sku")
    return list(rows if supplier_id is None else rows.filter(supplier_id=supplier_id))


def direct_supplier_of(product_id: int, *, by: Actor) -> DirectSupplier | None:
    """Return who brings a product to customers, for those who may know suppliers."""
    return direct_suppliers_unscoped([product_id]).get(product_id) if by.may("supplier.read") else None


def direct_suppliers_unscoped(product_ids: Iterable[int]) -> dict[int, DirectSupplier]:
    """Return who brings these products to customers, by product id."""
    rows = DirectSupplier.objects.select_related("supplier").filter(product_id__in=list(product_ids))
    return {one.product_id: one for one in rows}
