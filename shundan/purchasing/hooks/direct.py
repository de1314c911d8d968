"""What suppliers bring to customers is ordered of them, and each side hears what changes on the other."""

from shundan.kernel.actor import system_actor
from shundan.kernel.events import record, subscribe
from shundan.kernel.models import Event
from shundan.orders.actions import order_directly
from shundan.orders.models import Order
from shundan.orders.queries import is_direct_purchase

BUYERS = "role:purchasing"


@subscribe("order.left_to_suppliers")
def order_what_suppliers_bring(event: Event) -> None:
    """Enter purchases for what the rules left to suppliers, once the sale is confirmed."""
    order = Order.objects.get(pk=event.subject_id)
    order_directly(order.number, by=system_actor(event.at))


@subscribe(
    "order.amended", "order.line_closed", "order.held", "order.released", "order.reopened", "order.line_reopened"
)
def tell_buyers_of_changed_sale(event: Event) -> None:
    """Tell who buys that the sale has changed for which a supplier delivers: address, day, quantity, or a hold."""
    open_ones = Order.objects.filter(origin_id=event.subject_id, kind="purchase")
    for purchase in open_ones.exclude(category__in=("cancelled", "closed", "completed")).order_by("id"):
        told = [f"user:{purchase.owner_id}"] if purchase.owner_id else [BUYERS]
        sale = Order.objects.get(pk=event.subject_id)
        data = {"number": purchase.number, "order": sale.number, "notify": told}
        record("order.direct_sale_changed", subject=purchase.subject, by=system_actor(event.at), data=data)


@subscribe("order.amended", "order.line_closed", "order.cancelled", "order.closed", "order.recalled", "order.held")
def tell_seller_of_changed_purchase(event: Event) -> None:
    """Tell who sells that the purchase has changed which brings goods to the customer."""
    purchase = Order.objects.select_related("origin").get(pk=event.subject_id)
    if not is_direct_purchase(purchase) or purchase.origin is None:
        return
    sale = purchase.origin
    told = [f"user:{sale.owner_id}"] if sale.owner_id else []
    data = {"number": sale.number, "purchase": purchase.number, "notify": told}
    record("order.direct_supply_changed", subject=sale.subject, by=system_actor(event.at), data=data)
