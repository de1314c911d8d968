"""Lines of the orders of a filter, for lists and files."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from shundan.kernel.actor import Actor
from shundan.kernel.listing import Page, page_of
from shundan.orders.models import OrderLine
from shundan.orders.queries.lists import OrderFilter, filtered_orders


def list_lines(
    *, by: Actor, wanted: OrderFilter | None = None, cursor: str | None = None, limit: int = 50
) -> Page[OrderLine]:
    """Return one page of the lines of a filter's orders, newest first. Raises: NotPermitted, Malformed."""
    return page_of(_lines(by=by, wanted=wanted or OrderFilter(), permission="order.read"), cursor=cursor, limit=limit)


def exported_lines(
    *, by: Actor, wanted: OrderFilter, numbers: Iterable[str] | None = None, limit: int = 200_000
) -> Iterator[OrderLine]:
    """Return the lines of a filter's orders, or of those with the given numbers, for a file. Raises: NotPermitted."""
    rows = _lines(by=by, wanted=wanted, permission="order.export")
    if numbers is not None:
        rows = rows.filter(order__number__in=list(numbers))
    return rows.order_by("-order_id", "position")[:limit].iterator(chunk_size=1000)


def _lines(*, by: Actor, wanted: OrderFilter, permission: str) -> QuerySet[OrderLine]:
    orders = filtered_orders(by=by, wanted=wanted, permission=permission)
    rows = OrderLine.objects.filter(order__in=orders.order_by().values("pk"))
    sides = ("customer", "supplier", "target_warehouse", "target_department", "type", "owner")
    return rows.select_related("warehouse", "order", *(f"order__{one}" for one in sides))
