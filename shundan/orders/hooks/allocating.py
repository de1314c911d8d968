"""What came in, or was given back, goes to the orders that wait for it."""

from shundan.kernel.actor import system_actor
from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.orders.actions import fill_backorders
from shundan.orders.models import Order, OrderLine


@subscribe("stock.received", "stock.adjusted", "stock.moved")
def serve_from_stock(event: Event) -> None:
    """Serve the orders that wait for a product after it was booked by hand."""
    fill_backorders([event.subject_id], warehouse_id=event.data["warehouse_id"], by=system_actor(event.at))


@subscribe("receipt.posted")
def serve_from_receipt(event: Event) -> None:
    """Serve the orders that wait for what a purchase, a return or a transfer brought."""
    order = Order.objects.get(pk=event.data["order_id"])
    lines = OrderLine.objects.filter(order=order, is_stocked=True).order_by("product_id")
    warehouse_id = order.target_warehouse_id or order.warehouse_id
    if warehouse_id is not None:
        products = list(dict.fromkeys(lines.values_list("product_id", flat=True)))
        fill_backorders(products, warehouse_id=warehouse_id, by=system_actor(event.at))


@subscribe(
    "order.reservation_released",
    "order.cancelled",
    "order.closed",
    "order.unconfirmed",
    "order.line_closed",
    "order.amended",
)
def serve_from_what_came_free(event: Event) -> None:
    """Serve the others that wait for what an order gave back; itself it is served when more comes."""
    lines = OrderLine.objects.filter(order_id=event.subject_id, is_stocked=True, warehouse__isnull=False)
    products: dict[int, set[int]] = {}
    for warehouse_id, product_id in lines.values_list("warehouse_id", "product_id"):
        products.setdefault(warehouse_id, set()).add(product_id)
    for warehouse_id in sorted(products):
        wanted = sorted(products[warehouse_id])
        fill_backorders(wanted, warehouse_id=warehouse_id, by=system_actor(event.at), besides=event.subject_id)
