"""What of transfers came damaged or never came, and who has signed it."""

from shundan.kernel.actor import Actor
from shundan.orders.models import Order
from shundan.orders.models import TransferDifference as TransferDifference
from shundan.orders.queries.record import may_do


def transfer_differences(order: Order, *, by: Actor) -> list[TransferDifference]:
    """Return the differences of a transfer that stand, oldest first; none for who may not see the order."""
    if not may_do("order.read", order, by=by):
        return []
    rows = TransferDifference.objects.filter(order_id=order.pk).exclude(state="void").select_related("line")
    return list(rows.order_by("id"))
