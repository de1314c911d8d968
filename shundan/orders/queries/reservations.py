"""What is reserved: by all orders as a list, by one order line by line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from shundan.catalog.models import Product
from shundan.inventory.models import Reservation
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.search import matches
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries.record import lines_of
from shundan.orders.scopes import order_scope

# Held for so long without leaving: somebody should ask whether it is still wanted.
LONG = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Held:
    """One page of reservations, with the order line of each by its id."""

    page: Page[Reservation]
    lines: dict[int, OrderLine]


@dataclass(frozen=True, slots=True)
class LineHold:
    """A line of goods, and since when until when it holds what it holds; neither where it holds nothing."""

    line: OrderLine
    since: datetime | None
    until: datetime | None


def list_reservations(
    *,
    by: Actor,
    view: str = "all",
    search: str = "",
    warehouse: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Held:
    """Return one page of what visible orders hold; `ending` is what ends in time, the next first, `long` is old.

    Raises: NotPermitted, Malformed.
    """
    require(by, "stock.read")
    require(by, "order.read")
    lines = OrderLine.objects.filter(order_scope(by, "order.read", path="order__"))
    text = search.strip().replace("\x00", "")
    rows = Reservation.objects.select_related("warehouse", "product__unit").filter(line_id__in=lines.values("pk"))
    if text:
        of_order = OrderLine.objects.filter(order__number__iexact=text).values("pk")
        rows = rows.filter(Q(product__in=Product.objects.filter(matches(text))) | Q(line_id__in=of_order))
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    if view == "ending":
        rows = rows.filter(expires_at__isnull=False)
    if view == "long":
        rows = rows.filter(at__lt=by.at - LONG)
    sort = {"ending": "expires_at", "long": "at"}.get(view, "-id")
    found = page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=("expires_at", "at"), counted=counted)
    known = OrderLine.objects.select_related("order__customer", "order__target_warehouse", "order__target_department")
    return Held(found, known.in_bulk([one.line_id for one in found.items]))


def holds_of_order(order: Order, *, by: Actor) -> list[LineHold]:
    """Return the lines of goods of an order that this actor fetched, with their reservations. Raises: NotPermitted."""
    require(by, "stock.read")
    lines = [line for line in lines_of(order) if line.is_stocked]
    held = {one.line_id: one for one in Reservation.objects.filter(line_id__in=[line.pk for line in lines])}
    return [
        LineHold(line, held[line.pk].at, held[line.pk].expires_at) if line.pk in held else LineHold(line, None, None)
        for line in lines
    ]
