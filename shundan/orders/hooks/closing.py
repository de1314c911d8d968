"""What orders still need: a warehouse while goods are to leave it or to arrive, a unit as fine as what is open."""

from collections.abc import Sequence

from django.db.models import F, Q

from shundan.catalog.registries import COUNTED_DECIMALS
from shundan.inventory.registries import WAREHOUSE_WORK
from shundan.kernel.money import decimal_places
from shundan.orders.models import Order, OrderLine
from shundan.workflow.queries import FINAL


def _orders_at(warehouse_id: int, most: int) -> Sequence[str]:
    waiting = OrderLine.objects.filter(
        warehouse_id=warehouse_id, is_stocked=True, is_history=False, quantity__gt=F("cancelled") + F("shipped")
    )
    rows = Order.objects.filter(Q(pk__in=waiting.values("order_id")) | Q(target_warehouse_id=warehouse_id))
    rows = rows.filter(is_history=False).exclude(category__in=FINAL)
    return list(rows.order_by("id").values_list("number", flat=True)[:most])


def _decimals_on_order(product_id: int) -> int:
    rows = OrderLine.objects.filter(product_id=product_id, is_history=False, order__is_history=False)
    open_ones = rows.filter(quantity__gt=F("cancelled") + F("shipped")).exclude(order__category__in=FINAL)
    left = open_ones.values_list(F("quantity") - F("cancelled") - F("shipped"), flat=True)
    return max((decimal_places(one) for one in left.distinct()), default=0)


WAREHOUSE_WORK.append(_orders_at)
COUNTED_DECIMALS.append(_decimals_on_order)
