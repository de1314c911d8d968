"""What suppliers sent to our customers."""

from django.db.models import Prefetch, QuerySet

from shundan.fulfilment.models import DirectDelivery, DirectDeliveryLine
from shundan.fulfilment.scopes import visible_direct_deliveries
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.orders.models import Order


def direct_deliveries_of(order: Order) -> list[DirectDelivery]:
    """Return what was sent for a sale or with a purchase that the caller was allowed to fetch, oldest first."""
    side = "purchase_id" if order.kind == "purchase" else "order_id"
    return list(_with_lines().filter(**{side: order.pk}).order_by("id"))


def get_direct_delivery(number: str, *, by: Actor) -> DirectDelivery:
    """Return a delivery with its lines. Raises: NotPermitted, NotFound."""
    require(by, "order.read")
    seen = visible_direct_deliveries(by).filter(number=number.replace("\x00", "")).values("pk")
    delivery = _with_lines().filter(pk__in=seen).first()
    if delivery is None:
        raise NotFound(what="direct delivery", key=number[:100])
    return delivery


def _with_lines() -> QuerySet[DirectDelivery]:
    lines = DirectDeliveryLine.objects.select_related("order_line", "purchase_line").order_by("order_line__position")
    rows = DirectDelivery.objects.select_related("order", "purchase", "purchase__supplier")
    return rows.prefetch_related(Prefetch("lines", queryset=lines))
