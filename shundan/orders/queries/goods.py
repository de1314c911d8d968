"""Which way the goods of an order go, and what of them is still awaited."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from shundan.accounts.scopes import Reader, reader_of
from shundan.kernel.actor import Actor
from shundan.kernel.kept import kept
from shundan.kernel.money import ZERO
from shundan.orders.kinds import KINDS
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries.record import lines_of
from shundan.orders.rules import open_quantity
from shundan.orders.scopes import visible_orders


@dataclass(frozen=True, slots=True)
class Direction:
    """Where goods go: out with a shipment, in with a receipt, or both on a transfer."""

    goes_out: bool = False
    comes_in: bool = False
    is_transfer: bool = False
    is_return: bool = False
    is_billed: bool = False


_BY_GOODS = {
    ("out", "customer"): Direction(goes_out=True),
    ("in", "supplier"): Direction(comes_in=True, is_billed=True),
    ("back", "customer"): Direction(comes_in=True, is_return=True),
    ("back", "supplier"): Direction(goes_out=True, is_return=True),
    ("move", "none"): Direction(goes_out=True, comes_in=True, is_transfer=True),
}


def direction_of(order: Order) -> Direction:
    """Return which way an order's goods go; those used in a service, or work for a department, go no way."""
    if order.target_department_id is not None:
        return Direction()
    return _BY_GOODS.get((KINDS[order.kind].goods, order.type.party), Direction())


def returnable_of(order: Order) -> dict[OrderLine, Decimal]:
    """Return each line of goods with what of it can still come back: moved, not back, and announced by no return."""
    lines = [line for line in lines_of(order) if line.is_stocked and line.shipped - line.rejected > line.returned]
    announced = dict(_announced([line.pk for line in lines])) if lines else {}
    return {
        line: max(ZERO, line.shipped - line.rejected - line.returned - announced.get(line.pk, ZERO)) for line in lines
    }


@kept
def _announced(line_ids: Any) -> QuerySet[Any, tuple[int, Decimal]]:
    rows = OrderLine.objects.filter(
        source_line_id__any_of=line_ids,
        order__kind="return",
        order__category__in=("approved", "confirmed", "in_progress"),
        is_of_rejected=False,
    )
    return rows.values_list("source_line_id").annotate(left=Sum(F("quantity") - F("cancelled") - F("shipped")))


def followers_of(order: Order, *, by: Actor) -> list[Order]:
    """Return the visible orders that come from this one, oldest first: returns, services, direct purchases."""
    return _followers(order.pk, reader=reader_of(by)) if by.may("order.read") else []


@kept
def _followers(order_id: Any, *, reader: Reader) -> QuerySet[Order]:
    rows = visible_orders(reader.by).filter(origin_id=order_id).select_related("type", "customer", "supplier")
    return rows.order_by("id")


def receivable_of(order: Order) -> dict[OrderLine, Decimal]:
    """Return each line of goods with what of it is still awaited in a warehouse."""
    lines = [line for line in lines_of(order) if line.is_stocked and not line.is_direct]
    if direction_of(order).is_transfer:
        return {line: line.shipped - line.delivered - line.returned for line in lines}
    return {line: open_quantity(line) for line in lines}
