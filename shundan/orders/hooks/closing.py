"""What orders still need of a warehouse: while goods are to leave it or to arrive, it stays open."""

from collections.abc import Sequence

from django.db.models import F, Q

from shundan.inventory.registries import WAREHOUSE_WORK
from shundan.orders.models import Order, OrderLine
from shundan.workflow.queries import FINAL


def _orders_at(warehouse_id: int, most: int) -> Sequence[str]:
    waiting = OrderLine.objects.filter(
        warehouse_id=warehouse_id, is_stocked=True, is_history=False, quantity__gt=F("cancelled") + F("shipped")
    )
    rows = Order.objects.filter(Q(pk__in=waiting.values("order_id")) | Q(target_warehouse_id=warehouse_id))
    rows = rows.filter(is_history=False).exclude(category__in=FINAL)
    return list(rows.order_by("id").values_list("number", flat=True)[:most])


WAREHOUSE_WORK.append(_orders_at)
